"""What a run teaches the ledger, so that the next one does not ask in vain."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from wagroups.domain.declared.picture import PictureMemory
from wagroups.domain.identity import AccountKey, GroupKey, Me
from wagroups.domain.ledger import Facts
from wagroups.domain.live.capability import Access, Aspect, Capabilities
from wagroups.domain.live.invitation import invited
from wagroups.domain.live.memory import Memory, PersonRefusal
from wagroups.domain.live.presence import counted
from wagroups.domain.live.roster import Names
from wagroups.domain.live.warning_codes import KNOWN_CODES
from wagroups.domain.plans.change import (
    AdminDemotion,
    DescriptionChange,
    GroupDissolution,
    MemberAddition,
    MemberRemoval,
    PersonChange,
    PictureChange,
)
from wagroups.domain.plans.operation import aspect_of
from wagroups.domain.plans.outcome import ActionResult, Done, Refused, StepOutcome, Verdict
from wagroups.domain.plans.plan import Action, Step
from wagroups.execution.group_run import GroupWork
from wagroups.execution.judge import person_code
from wagroups.execution.visibility import visible

REFUSAL_LASTS: Final = timedelta(days=7)
"""How long WhatsApp's answer about a person is taken for its answer (safety guide, part 5)."""

LASTING: Final = frozenset({401, 404, 406, 408, 421})
UNKNOWN_REFUSALS: Final = 3
"""So often in REFUSAL_LASTS somebody is refused with a code that nobody knows before it is taken for an answer about
them.  Chosen: as often as somebody is added who is never seen."""

LEFT: Final = 408
CONFLICT: Final = 409


class Learning:
    """Writes what one account's run taught."""

    def __init__(
        self,
        facts: Facts,
        account: AccountKey,
        capabilities: Capabilities,
        memory: Memory,
        names: Names,
        me: Me,
    ) -> None:
        """`memory` is what was remembered before the run; `names` is what is known of people after it."""
        self._names, self._me = names, me
        self._facts, self._account = facts, account
        self._capabilities = capabilities
        self._pictures, self._invitations = memory.pictures, memory.invitations

    def from_group(self, work: GroupWork, results: Iterable[ActionResult], now: datetime) -> None:
        """Remember refusals, blind writes and additions that were never seen, of one group."""
        verdicts = {result.id: result for result in results}
        outcomes = {record.step: record.outcome for record in work.records}
        for step in work.plan.steps:
            for action in work.actions_of(step):
                result, outcome = verdicts.get(action.id), outcomes.get(step.id)
                if result is not None and outcome is not None:
                    self._from_lack(step, outcome, now)
                    self._from_failure(work.plan.key, action, result, outcome, now)
                    self._from_action(work, action, result, outcome, now)

    def _from_lack(self, step: Step, outcome: StepOutcome, now: datetime) -> None:
        """Remember what the gateway cannot do after all: its version could not be read, or was judged wrongly."""
        aspect = aspect_of(step.operation)
        if aspect is not None and isinstance(outcome, Refused) and outcome.lacking:
            self._facts.note_lack(self._account, aspect, self._capabilities.version or "", now)

    def _from_failure(
        self, key: GroupKey, action: Action, result: ActionResult, outcome: StepOutcome, now: datetime
    ) -> None:
        """Count what was asked for in vain: a limit keeps it from being asked for in every run.

        A refusal of somebody for a reason that nobody knows becomes one that is remembered of this person.
        """
        change = action.change
        answered = isinstance(outcome, Done) or (isinstance(outcome, Refused) and not outcome.retryable)
        if result.verdict is not Verdict.FAILED or not answered:
            return
        code = _unknown_code(change, outcome) if isinstance(change, MemberAddition) else None
        if isinstance(change, MemberAddition | PictureChange) and code is None:
            return  # they have limits of their own
        person = change.person if isinstance(change, PersonChange) else None
        times = self._facts.note_fruitless(self._account, key, action.id, person, now)
        if code is not None and person is not None and person.phone is not None and times >= UNKNOWN_REFUSALS:
            refusal = PersonRefusal(code=code, at=now, until=now + REFUSAL_LASTS)
            self._facts.note_refusal(self._account, key, person.phone, refusal)

    def _from_action(
        self, work: GroupWork, action: Action, result: ActionResult, outcome: StepOutcome, now: datetime
    ) -> None:
        key = work.plan.key
        match action.change:
            case MemberAddition() as change:
                self._from_addition(key, change, result, outcome, now)
                self._from_hidden(work, change, result, outcome, now)
            case DescriptionChange(blind=True) as change:
                self._from_blind(key, change, outcome)
            case PictureChange() as change:
                self._from_picture(work, change, result, outcome)
            case GroupDissolution() if result.verdict is Verdict.DONE:
                self._facts.release(self._account, key)
            case (MemberRemoval(was_admin=True) | AdminDemotion()) as change:
                if self._may_be_owner(result, outcome) and work.jid is not None:
                    # A refusal is WhatsApp's word; not being seen may also be a gateway's slip.
                    until = None if isinstance(outcome, Refused) else now + REFUSAL_LASTS
                    self._facts.note_undemotable(self._account, work.jid, change.person, now, until)
            case _:
                pass

    def _from_addition(
        self, key: GroupKey, change: MemberAddition, result: ActionResult, outcome: StepOutcome, now: datetime
    ) -> None:
        phone = change.person.phone
        if phone is None or not isinstance(outcome, Done):
            return
        code = person_code(change, outcome)
        if result.verdict is Verdict.INVITED:
            answer = next((r for r in outcome.receipt.people if r.person.same_as(change.person)), None)
            before = self._invitations.get((key, phone))
            self._facts.note_invitation(self._account, key, phone, invited(before, answer, now))
        elif code in LASTING and result.verdict is not Verdict.DONE:
            if code == LEFT:
                self._facts.note_departure(self._account, key, phone, now)
            until = now + REFUSAL_LASTS
            self._facts.note_refusal(self._account, key, phone, PersonRefusal(code=code, at=now, until=until))
        elif result.error is not None and result.error.code == "not-seen":
            self._facts.note_unseen_addition(self._account, key, phone, now)

    def _from_hidden(
        self, work: GroupWork, change: MemberAddition, result: ActionResult, outcome: StepOutcome, now: datetime
    ) -> None:
        """Remember what was told of somebody whom no read shows by a name that is known."""
        phone, live = change.person.phone, work.live
        if phone is None or live is None or not isinstance(outcome, Done) or outcome.already:
            return
        if visible(change, live, self._names) or result.verdict is Verdict.NOT_KNOWN:
            return
        code = person_code(change, outcome)
        there = result.verdict in (Verdict.DONE, Verdict.ALREADY) or code == CONFLICT
        if there or result.verdict is Verdict.UNVERIFIED:
            shown = counted(live, self._names, self._me) if there else None
            self._facts.note_presence(self._account, work.plan.key, phone, now, code, shown)

    def _from_blind(self, key: GroupKey, change: DescriptionChange, outcome: StepOutcome) -> None:
        """Remember a text written without being readable, or that another text is in its way."""
        if isinstance(outcome, Done):
            self._facts.note_blind(self._account, key, "description", change.after, refused=False)
        elif isinstance(outcome, Refused) and outcome.code == CONFLICT:
            self._facts.note_blind(self._account, key, "description", change.after, refused=True)

    def _from_picture(self, work: GroupWork, change: PictureChange, result: ActionResult, outcome: StepOutcome) -> None:
        """Remember how a picture looks since it was put up: WhatsApp encodes it anew, and that is what is compared."""
        key, after = work.plan.key, change.after
        if result.verdict in (Verdict.DONE, Verdict.ALREADY):
            seen = work.live.picture if work.live is not None else None
            shown = seen.likeness if seen is not None else None
            memory = PictureMemory(source=None if after is None else after.likeness.digest, shown=shown)
        elif isinstance(outcome, Done) and after is not None and result.verdict is not Verdict.NOT_KNOWN:
            source = after.likeness.digest
            known = self._pictures.get(key)
            attempts = known.attempts if known is not None and known.source == source else 0
            memory = PictureMemory(source=source, attempts=attempts + 1)
        else:
            return
        self._facts.note_picture(self._account, key, memory)

    def _may_be_owner(self, result: ActionResult, outcome: StepOutcome) -> bool:
        """Whether somebody who kept their rights may be the owner, on a gateway that cannot tell."""
        if self._capabilities.can(Aspect.OWNER, Access.READ) or result.verdict is not Verdict.FAILED:
            return False
        return isinstance(outcome, Done | Refused)


def _unknown_code(change: MemberAddition, outcome: StepOutcome) -> int | None:
    """The code with which somebody was refused, if nobody knows what it means."""
    match outcome:
        case Done():
            code = person_code(change, outcome)
        case Refused():
            code = outcome.code
        case _:
            code = None
    return None if code in KNOWN_CODES else code
