"""Ask the gateways which declared numbers exist on WhatsApp, as gently as every other question.

Answers are remembered in the ledger for as long as they hold, so asking again asks only for what is new; and every
number is one turn of the `check` budget, because a club's whole list asked at once looks like a spammer's.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from wagroups.domain.declared.desired import Person, State
from wagroups.domain.errors import NotYet
from wagroups.domain.identity import AccountKey
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.problem import Problem
from wagroups.execution.number_checks import ask_about
from wagroups.workflows.reconcile.session import ConnectedAccount, Session, WaitPolicy, connected

Questions = dict[AccountKey, tuple[Person, ...]]
"""The people to ask about, by the account that knows them."""


class Checked(NamedTuple):
    """What the gateways said."""

    problems: tuple[Problem, ...] = ()
    """A warning for each number without an account on WhatsApp, at the place where it is declared."""
    unasked: int = 0
    """Numbers whose turn did not come."""
    paused: NotYet | None = None
    """Why not, and when to come back."""


def questions(session: Session) -> Questions:
    """Everybody declared in a group that wagroups looks after, once for each account, in order of their places."""
    people: dict[AccountKey, set[Person]] = {}
    for group in session.project.desired.groups.values():
        if group.state in (State.MANAGED, State.WATCHED):
            people.setdefault(group.account, set()).update(group.members.people)
    return {account: tuple(sorted(found, key=lambda person: person.origin)) for account, found in people.items()}


async def check_numbers(
    session: Session, asked: Questions, patience: WaitPolicy, progress: Callable[[], None] = lambda: None
) -> Checked:
    """Find the declared numbers that are not on WhatsApp; `progress` is told of each number that is settled.

    Raises GatewayError when an account cannot be asked.  What was learnt until then is in the ledger.
    """
    found = Checked()
    async with connected(session, asked, patience) as accounts:
        for account in accounts:
            found = _with(found, await _check(session, account, asked[account.key], progress))
    return found


def _with(one: Checked, other: Checked) -> Checked:
    problems = dict.fromkeys(one.problems + other.problems)
    return Checked(
        tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column))),
        one.unasked + other.unasked,
        one.paused or other.paused,
    )


async def _check(
    session: Session, account: ConnectedAccount, people: Sequence[Person], progress: Callable[[], None]
) -> Checked:
    if not account.gateway.capabilities.can(Aspect.EXISTS_CHECK, Access.READ):
        return Checked(unasked=len(people))
    checks = session.ledger.recall(account.key, session.clock.now()).checks
    known = {person: checks[person.phone].exists for person in people if person.phone in checks}
    problems = [_nobody(person) for person, exists in known.items() if not exists]
    for _ in known:
        progress()
    unknown = [person for person in people if person not in known]
    for number, person in enumerate(unknown):
        try:
            exists = await _exists(session, account, person)
        except NotYet as error:
            return Checked(tuple(problems), len(unknown) - number, error)
        if exists is False:
            problems.append(_nobody(person))
        progress()
    return Checked(tuple(problems))


async def _exists(session: Session, account: ConnectedAccount, person: Person) -> bool | None:
    """Whether the number has an account; `None` when the gateway did not say.  Raises NotYet, GatewayError."""
    answered = await ask_about(account.gateway, session.ledger, session.clock, person.phone)
    return answered.lookup.exists


def _nobody(person: Person) -> Problem:
    who = "This number" if person.alias is None else f"The number of “{person.alias}”"
    return Problem(
        rule="not-on-whatsapp",
        severity="warning",
        file=person.origin.file,
        line=person.origin.line,
        column=person.origin.column,
        message=f"{who} has no account on WhatsApp.",
        help="Check the digits, or ask for the new number.",
    )
