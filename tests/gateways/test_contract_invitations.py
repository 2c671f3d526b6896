"""People whose privacy settings forbid adding them, on every gateway and engine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup, DesiredMembers
from wagroups.domain.identity import GroupKey, Role
from wagroups.domain.live.invitation import AGAIN_AFTER, LASTS, Invitation
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.simulation.world.account import phone_of
from wagroups.simulation.world.faults import Call, Fault, FaultKind

BEN = b.phone(b.number_of("ben"))


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna", "ben") as made:
        yield made


def guarded(account: Rig, *, by_message: bool = False) -> DesiredGroup:
    """A group that misses ben, whom nobody may add."""
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    private(account, True)
    return b.group("chess", id=jid, members=["anna", "ben"], invite_by_message=by_message)


def private(account: Rig, value: bool) -> None:
    person = account.world.people.called("ben")
    assert person is not None
    person.blocks_adds = value


def until_invited(account: Rig, chess: DesiredGroup) -> Run:
    """Apply until ben is invited: a gateway that tells of nobody is asked twice."""
    run = account.apply(chess)
    if not account.tells_about_people:
        assert [result.verdict for result in run.results] == [Verdict.FAILED]
        run = account.apply(chess)
    assert [result.verdict for result in run.results] == [Verdict.INVITED]
    return run


def invitation(account: Rig) -> Invitation | None:
    return account.ledger.recall(b.ACCOUNT, account.clock.now()).invitations.get((GroupKey("chess"), BEN))


def asked(account: Rig, call: Call) -> int:
    return sum(entry.call == call for entry in account.front.writes)


def notices(account: Rig, chess: DesiredGroup) -> list[str]:
    return [notice.code for notice in account.plan(chess).groups[0].notices]


def test_somebody_who_may_not_be_added_is_invited_and_left_in_peace(account: Rig) -> None:
    chess = guarded(account)
    run = until_invited(account, chess)
    assert run.converged
    adds = asked(account, Call.ADD)
    kept = invitation(account)
    assert kept is not None
    assert kept.code == (403 if account.tells_about_people else None)
    assert timedelta(0) < kept.expires_at - account.clock.now() <= LASTS
    for days in (0, 24):
        account.clock.advance(timedelta(days=days))
        run = account.apply(chess)
        assert run.converged
        assert [notice.code for notice in run.plan.groups[0].notices] == ["invited"]
    assert asked(account, Call.ADD) == adds


def test_an_accepted_invitation_is_a_membership_by_the_next_read(account: Rig) -> None:
    chess = guarded(account)
    until_invited(account, chess)
    account.know("ben")
    with account.world.lock:
        phone_of(account.world, "ben").join(account.group("Chess").invite_code)
    assert account.apply(chess).converged
    assert notices(account, chess) == []
    assert invitation(account) is None


def test_nobody_is_invited_more_than_twice(account: Rig) -> None:
    chess = guarded(account)
    until_invited(account, chess)
    account.clock.advance(AGAIN_AFTER)
    assert [result.verdict for result in account.apply(chess).results] == [Verdict.INVITED]
    adds = asked(account, Call.ADD)
    account.clock.advance(AGAIN_AFTER * 12)
    # Nobody asks again, and they are declared and not there: that needs someone to act.
    assert not account.apply(chess).converged
    assert asked(account, Call.ADD) == adds
    assert notices(account, chess) == ["invitation-over"]


def test_whoever_opens_their_settings_is_added_when_they_are_asked_once_more(account: Rig) -> None:
    chess = guarded(account)
    until_invited(account, chess)
    private(account, False)
    account.clock.advance(AGAIN_AFTER)
    assert account.apply(chess).converged
    assert "ben" in account.members("Chess")


def test_an_invitation_ends_when_the_person_is_taken_out_of_the_manifest(account: Rig) -> None:
    chess = guarded(account)
    until_invited(account, chess)
    anna = DesiredMembers.of(entry for entry in chess.members if entry.person.phone != BEN)
    assert account.apply(replace(chess, members=anna)).converged
    assert invitation(account) is None


def test_one_text_with_the_link_is_sent_where_the_group_says_so(account: Rig) -> None:
    chess = guarded(account, by_message=True)
    until_invited(account, chess)
    link = account.group("Chess").invite_code
    # WEBJS has written to them itself, with a private invitation.
    by_itself = account.dialect == "webjs"
    run = account.apply(chess)
    assert [result.verdict for result in run.results] == ([] if by_itself else [Verdict.INVITED])
    for _ in range(2):
        assert account.apply(chess).converged
    sent = [(message.to.split("@")[0], link in message.text) for message in account.world.messages]
    assert sent == [(BEN.digits(), not by_itself)]
    kept = invitation(account)
    assert kept is not None
    assert kept.texts == 1


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.REFUSE, FaultKind.REPLACE_ANSWER])
def test_whatever_happens_to_a_text_nobody_is_written_to_twice(account: Rig, kind: FaultKind) -> None:
    if account.dialect == "webjs":
        pytest.skip("it writes to them itself")
    chess = guarded(account, by_message=True)
    until_invited(account, chess)
    account.script(Fault(kind=kind, on=Call.MESSAGE, code=406 if kind is FaultKind.REFUSE else 0, status=503))
    for _ in range(3):
        account.apply(chess)
        account.clock.advance(timedelta(hours=2))
    # WPP's refusals name no code, so that a text may have been sent and is not sent again.
    assert len(account.world.messages) == (0 if account.dialect == "wpp" and kind is FaultKind.REFUSE else 1)
