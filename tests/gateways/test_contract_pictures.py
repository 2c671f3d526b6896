"""What every gateway that claims pictures must do with them, over real HTTP against its fake."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests import builders as b
from tests.images import crest, data, png
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup, State
from wagroups.domain.declared.picture import Picture
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.budget import CallClass
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.domain.plans.plan import Plan
from wagroups.gateways.registry import KINDS
from wagroups.imaging import likeness_of
from wagroups.planning.diff.pictures import MAX_ATTEMPTS
from wagroups.simulation.world.account import phone_of
from wagroups.simulation.world.faults import Call, Fault, FaultKind

CLAIMING = [pair for pair in DIALECTS if KINDS[pair[0]].claims(pair[1]).can(Aspect.PICTURE, Access.FULL)]
DENYING = [pair for pair in DIALECTS if pair not in CLAIMING]


@pytest.fixture(params=CLAIMING, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna") as made:
        made.root = tmp_path
        yield made


def declared(account: Rig, image: bytes, jid: GroupJid | None = None) -> DesiredGroup:
    """The chess club with `image` as its picture."""
    (account.root / "crest.png").write_bytes(image)
    picture = Picture(path="crest.png", likeness=likeness_of(image))
    return b.group("chess", id=jid or account.group("Chess").jid, picture=picture)


def live(account: Rig, image: bytes | None = None) -> GroupJid:
    jid = account.live_group("Chess", {})
    if image is not None:
        on_a_phone(account, image)
    return jid


def on_a_phone(account: Rig, image: bytes | None) -> None:
    with account.world.lock:
        phone_of(account.world, None).picture(account.world.group("Chess").id, image)


def up(account: Rig) -> bytes | None:
    image: bytes | None = account.group("Chess").image
    return image


def shows(account: Rig, image: bytes) -> bool:
    found = up(account)
    return found is not None and likeness_of(found).looks_like(likeness_of(image))


def uploads(account: Rig) -> int:
    return sum(entry.call == "picture" for entry in account.front.writes)


def verdicts(run: Run) -> list[str]:
    return [result.verdict.value for result in run.results]


def notices(plan: Plan) -> list[str]:
    return [notice.code for group in plan.groups for notice in group.notices]


def test_a_declared_picture_is_put_up_once(account: Rig) -> None:
    live(account)
    chess = declared(account, png())
    run = account.apply(chess)
    assert verdicts(run) == ["done"]
    assert run.converged
    assert shows(account, png())
    assert up(account) != png()
    for _ in range(2):
        again = account.apply(chess)
        assert again.converged
        assert again.plan.empty
        assert notices(again.plan) == []
    assert uploads(account) == 1


def test_a_new_group_is_given_its_picture(account: Rig) -> None:
    chess = replace(declared(account, png(), GroupJid.of("1@g.us")), id=None, members_declared=True)
    chess = replace(chess, members=b.group(members=["anna"]).members)
    run = account.apply(chess)
    assert run.converged, run
    assert shows(account, png())


def test_a_picture_changed_on_a_phone_is_restored(account: Rig) -> None:
    live(account)
    chess = declared(account, png())
    account.apply(chess)
    on_a_phone(account, png(1))
    plan = account.plan(chess)
    assert [(action.change.kind, action.reason.value) for _, action in plan.actions()] == [("picture.set", "drift")]
    run = account.apply(chess)
    assert run.converged
    assert shows(account, png())
    assert uploads(account) == 2


def test_a_picture_that_is_up_already_is_not_put_up_again(account: Rig) -> None:
    live(account, png())
    run = account.apply(declared(account, png()))
    assert run.converged
    assert run.plan.empty
    assert uploads(account) == 0


@pytest.mark.parametrize("before", ["put up by us", "up before us"])
def test_a_file_that_was_touched_up_is_put_up_though_it_looks_alike(account: Rig, before: str) -> None:
    live(account, png() if before == "up before us" else None)
    account.apply(declared(account, png()))
    touched = crest()
    touched.putpixel((299, 299), (0, 0, 0))
    chess = declared(account, data(touched))
    old = up(account)
    run = account.apply(chess)
    assert verdicts(run) == ["done"]
    assert run.converged
    assert up(account) != old
    assert account.plan(chess).empty


def test_none_takes_a_picture_away_that_is_seen(account: Rig) -> None:
    jid = live(account, png())
    chess = b.group("chess", id=jid, picture="none")
    run = account.apply(chess)
    assert verdicts(run) == ["done"]
    assert run.converged
    assert up(account) is None
    again = account.apply(chess)
    assert (again.plan.empty, notices(again.plan)) == (True, [])
    on_a_phone(account, png(1))
    assert not account.plan(chess).empty


def test_none_takes_a_picture_away_whose_bytes_cannot_be_fetched(account: Rig) -> None:
    chess = b.group("chess", id=live(account, png()), picture="none")
    account.script(Fault(kind=FaultKind.HTTP_STATUS, status=404, on=Call.MEDIA, times=None))
    run = account.apply(chess)
    assert verdicts(run) == ["done"]
    assert up(account) is None
    assert account.plan(chess).empty


def test_none_where_none_is_shown_is_left_alone_and_said(account: Rig) -> None:
    run = account.apply(b.group("chess", id=live(account), picture="none"))
    assert run.converged
    assert notices(run.plan) == ["unverified"]
    assert uploads(account) == 0


def test_a_success_that_is_a_lie_is_not_believed(account: Rig) -> None:
    jid = live(account, png(1))
    chess = declared(account, png(), jid)
    account.script(Fault(kind=FaultKind.LIE, on=Call.PICTURE, times=None))
    run = account.apply(chess)
    assert [result.error.code for result in run.results if result.error] == ["not-seen"]
    assert not run.converged
    account.clear_faults()
    assert account.apply(chess).converged
    assert shows(account, png())


def test_a_picture_that_is_never_seen_up_is_tried_a_few_times_only(account: Rig) -> None:
    live(account)
    chess = declared(account, png())
    account.script(Fault(kind=FaultKind.LIE, on=Call.PICTURE, times=None))
    for _ in range(MAX_ATTEMPTS + 2):
        run = account.apply(chess)
    assert uploads(account) == MAX_ATTEMPTS
    assert notices(run.plan) == ["picture-not-shown"]


def test_a_picture_that_cannot_be_seen_is_a_notice_and_never_a_change(account: Rig) -> None:
    live(account)
    chess = declared(account, png())
    account.apply(chess)
    on_a_phone(account, None)
    for chess_or_none in (chess, replace(chess, picture="none")):
        run = account.apply(chess_or_none)
        assert run.plan.empty
        assert run.converged
    assert notices(account.plan(chess)) == ["not-observed"]
    assert uploads(account) == 1


def test_a_picture_that_whatsapp_does_not_serve_is_unverified_and_not_put_up_again(account: Rig) -> None:
    live(account)
    chess = declared(account, png())
    account.script(Fault(kind=FaultKind.HTTP_STATUS, status=503, on=Call.MEDIA, times=None))
    run = account.apply(chess)
    assert verdicts(run) == ["unverified"]
    assert run.converged
    assert notices(account.apply(chess).plan) == ["unverified"]
    account.clear_faults()
    assert notices(account.apply(chess).plan) == []
    assert uploads(account) == 1


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.CUT_OFF, FaultKind.TIME_OUT, FaultKind.RATE_LIMIT])
def test_a_disturbed_upload_converges_by_running_again(account: Rig, kind: FaultKind) -> None:
    jid = live(account, png(1))
    chess = declared(account, png(), jid)
    # The first request about the picture is the look of the plan.
    account.script(Fault(kind=kind, on=Call.PICTURE, after=1))
    run = account.apply(chess)
    for _ in range(4):
        if run.converged:
            break
        account.clock.advance(timedelta(days=1, minutes=1))
        run = account.apply(chess)
    assert run.converged
    assert shows(account, png())
    assert uploads(account) <= 2


def test_only_groups_that_declare_a_picture_cost_a_look(account: Rig) -> None:
    jid = live(account, png())
    account.plan(b.group("chess", id=jid))
    assert [entry for entry in account.front.log if entry.call == "picture"] == []
    account.plan(declared(account, png(), jid))
    assert len([entry for entry in account.front.log if entry.call == "picture"]) == 1
    spent = account.ledger.standing(b.ACCOUNT, account.clock.now()).spent
    assert len(spent.get(CallClass.READ, ())) == 1


def test_a_watched_group_is_compared_and_left_alone(account: Rig) -> None:
    jid = live(account, png(1))
    run = account.apply(replace(declared(account, png(), jid), state=State.WATCHED))
    assert [action.change.kind for _, action in run.plan.actions()] == ["picture.set"]
    assert uploads(account) == 0


def test_somebody_who_may_not_change_the_picture_is_told_so(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.OWNER}, me=Role.MEMBER, settings={"edit_info": "admins"})
    run = account.apply(declared(account, png(), jid))
    assert Verdict.DONE.value not in verdicts(run)
    assert uploads(account) == 0


@pytest.mark.parametrize(("gateway", "dialect"), DENYING)
def test_a_gateway_without_pictures_says_so(gateway: str, dialect: str, tmp_path: Path) -> None:
    with rig(gateway, dialect) as account:
        account.root = tmp_path
        run = account.apply(declared(account, png(), live(account)))
    assert run.plan.empty
    assert notices(run.plan) == ["unsupported"]


def test_what_is_sent_is_what_whatsapps_clients_send(account: Rig) -> None:
    live(account)
    account.apply(declared(account, data(crest(2, (500, 260)))))
    found = up(account)
    assert found is not None
    assert Image.open(BytesIO(found)).size == (640, 640)
