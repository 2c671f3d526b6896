"""What answers to additions say together: one refusal is about a person, many are about the account.

WhatsApp restricts accounts that add strangers, and says little before.  So the answers are read for signs, over all
runs: they are kept in the ledger, and a run that is started again is no fresh start.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from wagroups.domain.identity import Phone
from wagroups.domain.plans.budget import DAY, CallClass
from wagroups.domain.plans.operation import AddMembers
from wagroups.domain.plans.outcome import Done, NotAttempted, Paused, Refused, StepOutcome, Uncertain

ADDITIONS: Final = (CallClass.ADD, CallClass.ADD_UNSEEN)
"""The classes that rest together: WhatsApp does not know which people it has shown us before."""

ADDS_FAILING: Final = "adds-failing"
ADDS_REFUSED: Final = "adds-refused"

ADDS_REST: Final = DAY
"""Rest of additions after either of the two signs below."""

UNKNOWN_IN_A_ROW: Final = 3
"""So many unknown errors one after another: WhatsApp may be telling us something that we do not understand."""

WATCHED_ADDS: Final = 10
REFUSED_ADDS: Final = 4
"""So many privacy refusals (403) among the last WATCHED_ADDS: these are strangers.

All numbers of this kind are chosen (safety guide, part 6).
"""

PRIVACY: Final = 403
TOO_FAST: Final = 429

KNOWN_CODES: Final = frozenset({200, 401, PRIVACY, 404, 408, 409, 417, 419, 421, TOO_FAST})
"""What WhatsApp is known to answer about one person (safety guide, part 5)."""

_NO_RIGHT: Final = frozenset({401, PRIVACY})
"""Of a whole call, these speak of our rights in the group, not of the person."""

Codes = tuple[int | None, ...]
"""Answers to additions, oldest first, by WhatsApp's codes; `None` for an error without one.

The same refusal of the same person is one answer, however often they were asked: a fact about somebody is none about
the account.
"""


class Sign(NamedTuple):
    """One answer to an addition, and whom it is about."""

    code: int | None
    person: Phone | None


def signs_in(operation: AddMembers, outcome: StepOutcome) -> tuple[Sign, ...]:
    """What one call adds to the signs.  Nothing where WhatsApp was not asked, or spoke of the group."""
    asked = tuple(person.phone for person in operation.people)
    match outcome:
        case Done(receipt=receipt) if receipt.people:
            return tuple(Sign(result.code, result.person.phone) for result in receipt.people)
        case Done():
            # A gateway that speaks of nobody said success of all.
            return tuple(Sign(200, person) for person in asked)
        case Uncertain():
            return (Sign(None, asked[0] if asked else None),)
        case Refused(retryable=True) | NotAttempted() | Paused():
            return ()
        case Refused(code=code):
            return () if code in _NO_RIGHT else (Sign(code, asked[0] if asked else None),)


def warning_in(codes: Sequence[int | None]) -> str | None:
    """The word for why additions must rest after the answers `codes`; `None` while nothing speaks for it."""
    last = codes[-UNKNOWN_IN_A_ROW:]
    if len(last) == UNKNOWN_IN_A_ROW and KNOWN_CODES.isdisjoint(last):
        return ADDS_FAILING
    return ADDS_REFUSED if codes[-WATCHED_ADDS:].count(PRIVACY) >= REFUSED_ADDS else None
