"""What became of an action: a read is believed before an answer, and nothing is called done that no read shows."""

from typing import Final

import pytest

from tests import builders as b
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupKey, Identity, Role
from wagroups.domain.live.observed import ObservedGroup, ObservedMember
from wagroups.domain.live.roster import Names
from wagroups.domain.plans.change import Change, MemberAddition, SettingChange, SubjectChange
from wagroups.domain.plans.change_kinds import Risk
from wagroups.domain.plans.operation import AddMembers, Operation, WriteSetting, WriteSubject
from wagroups.domain.plans.outcome import (
    ActionResult,
    Done,
    PersonResult,
    Receipt,
    Refused,
    StepOutcome,
    StepRecord,
    Uncertain,
    Verdict,
)
from wagroups.domain.plans.plan import Action, GroupPlan, Reason, Step
from wagroups.execution.group_run import GroupWork
from wagroups.execution.judge import judge

BEN = Identity(phone=b.phone(b.number_of("ben")))
RENAMED = SubjectChange(before="Chess", after="Chess club")
ADDED = MemberAddition(person=BEN)
CLOSED = SettingChange(setting=Setting.SEND_MESSAGES, before="everyone", after="admins")
OPERATIONS: Final[dict[str, Operation]] = {
    "subject.set": WriteSubject(text="Chess club"),
    "member.add": AddMembers(people=(BEN,)),
    "setting.set": WriteSetting(setting=Setting.SEND_MESSAGES, value="admins"),
}


def told(code: int) -> Done:
    return Done(receipt=Receipt(people=(PersonResult(person=BEN, code=code),)))


def group(subject: str | None = "Chess", *, ben: bool = False, hidden: bool = False) -> ObservedGroup:
    members = [ObservedMember(phone=b.ME.phone, lid=b.ME.lid, role=Role.ADMIN)]
    members += [ObservedMember(phone=BEN.phone, lid=None, role=Role.MEMBER)] if ben else []
    members += [ObservedMember(phone=None, lid=b.lid(50), role=Role.MEMBER)] if hidden else []
    return ObservedGroup(jid=b.JID, subject=subject, members=tuple(members))


def result_of(
    change: Change,
    outcome: StepOutcome,
    live: ObservedGroup | None,
    *,
    looked: bool = True,
    before: ObservedGroup | None = None,
) -> ActionResult:
    action = Action(id="a", change=change, risk=Risk.LOW, reason=Reason.MANIFEST, origin=b.PLACE)
    step = Step(id="s", operation=OPERATIONS[change.kind], realises=("a",))
    plan = GroupPlan(
        key=GroupKey("chess"),
        account=b.ACCOUNT,
        subject="Chess",
        jid=b.JID,
        actions=(action,),
        steps=(step,),
        desired_fingerprint="",
        live_fingerprint="",
        source=b.PLACE,
    )
    work = GroupWork(plan, b.JID, before or live)
    work.live = live
    work.records.append(StepRecord(step="s", outcome=outcome))
    work.looked = 1 if looked else 0
    (result,) = judge(work, frozenset(), Names({}), b.ME)
    return result


def verdict(
    change: Change,
    outcome: StepOutcome,
    live: ObservedGroup | None,
    *,
    looked: bool = True,
    before: ObservedGroup | None = None,
) -> Verdict:
    return result_of(change, outcome, live, looked=looked, before=before).verdict


def test_a_number_without_an_account_is_not_said_to_be_whatsapps_answer() -> None:
    error = result_of(ADDED, told(404), group()).error
    assert error is not None
    assert error.message == "their number has no account on WhatsApp"
    other = result_of(ADDED, told(412), group()).error
    assert other is not None
    assert other.message == "WhatsApp answered 412 for this person"


@pytest.mark.parametrize(
    ("change", "outcome", "live", "expected"),
    [
        (RENAMED, Done(), group("Chess club"), Verdict.DONE),
        (RENAMED, Done(), group("Chess"), Verdict.FAILED),
        (RENAMED, Done(), group(None), Verdict.UNVERIFIED),
        (RENAMED, Done(), None, Verdict.UNVERIFIED),
        (RENAMED, Uncertain(message="no answer"), group("Chess club"), Verdict.DONE),
        (RENAMED, Uncertain(message="no answer"), group("Chess"), Verdict.FAILED),
        (RENAMED, Uncertain(message="no answer"), group(None), Verdict.FAILED),
        (RENAMED, Refused(message="no"), group("Chess"), Verdict.FAILED),
        (CLOSED, Done(), group(), Verdict.UNVERIFIED),
        (ADDED, Done(), group(ben=True), Verdict.DONE),
        (ADDED, Done(), group(hidden=True), Verdict.UNVERIFIED),
        (ADDED, told(200), group(hidden=True), Verdict.UNVERIFIED),
        (ADDED, told(409), group(hidden=True), Verdict.ALREADY),
        (ADDED, told(200), group(), Verdict.FAILED),
        (ADDED, told(409), group(), Verdict.FAILED),
        (ADDED, told(409), group(ben=True), Verdict.ALREADY),
        (ADDED, told(403), group(), Verdict.INVITED),
        (ADDED, told(421), group(), Verdict.PENDING),
        (ADDED, told(404), group(), Verdict.FAILED),
        (ADDED, told(404), group(ben=True), Verdict.DONE),
    ],
)
def test_a_read_is_believed_and_what_it_cannot_tell_is_not_called_done(
    change: Change, outcome: StepOutcome, live: ObservedGroup | None, expected: Verdict
) -> None:
    assert verdict(change, outcome, live) is expected


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Done(), Verdict.DONE),
        (told(200), Verdict.DONE),
        (told(409), Verdict.ALREADY),
        (told(403), Verdict.INVITED),
        (told(404), Verdict.FAILED),
    ],
)
def test_as_many_hidden_members_as_were_added_and_newly_shown_are_they(outcome: StepOutcome, expected: Verdict) -> None:
    assert verdict(ADDED, outcome, group(hidden=True), before=group()) is expected


@pytest.mark.parametrize("outcome", [Done(), told(200), told(409)])
@pytest.mark.parametrize("live", [group(ben=True), group(), None], ids=["before, with", "before, without", "never"])
def test_an_answer_that_nobody_looked_after_is_neither_done_nor_missing(
    outcome: StepOutcome, live: ObservedGroup | None
) -> None:
    assert verdict(ADDED, outcome, live, looked=False) is Verdict.NOT_KNOWN


def test_what_is_said_of_a_person_holds_without_a_look() -> None:
    assert verdict(ADDED, told(403), group(), looked=False) is Verdict.INVITED
    assert verdict(ADDED, told(404), group(), looked=False) is Verdict.FAILED
    assert verdict(RENAMED, Uncertain(message="no answer"), group("Chess club"), looked=False) is Verdict.FAILED
