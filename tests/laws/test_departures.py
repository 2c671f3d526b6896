"""Nobody has left because one read says so: a lasting consequence takes two reads, the second by the group's id."""

from typing import Final

from tests import builders as b
from tests.laws.effort import on_every_dialect
from tests.laws.stage import A_DAY
from tests.rig import Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.plans.plan import Plan
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.simulation.world.scripted_actions import ScriptedAction, act

FOLK: Final = ("anna", "ben", "carla", "dora", "emil", "finn")


def notices(plan: Plan) -> list[str]:
    return [f"{n.code} {n.person.alias}" for g in plan.groups for n in g.notices if n.person is not None]


def declared(jid: GroupJid, key: str, *names: str) -> DesiredGroup:
    return b.group(key, members=names, id=jid, subject=key.title())


def live(account: Rig, subject: str, *names: str, **roles: Role) -> GroupJid:
    return account.live_group(subject, {**dict.fromkeys(names, Role.MEMBER), **roles})


@on_every_dialect
def test_a_listing_that_swaps_two_groups_has_no_lasting_consequence(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, *FOLK) as account:
        account.know(*FOLK)
        chess, go = live(account, "Chess", "anna", "ben", "carla"), live(account, "Go", "dora", "emil", "finn")
        groups = declared(chess, "chess", "anna", "ben", "carla"), declared(go, "go", "dora", "emil", "finn")
        assert account.apply(*groups).converged
        account.script(Fault(kind=FaultKind.SWAP_GROUPS, on=Call.LIST, times=2))
        account.apply(*groups)
        account.clear_faults()
        assert not account.ledger.recall(b.ACCOUNT, account.clock.now()).tombstones
        assert account.apply(*groups).converged
        assert set(account.members("Chess")) == {"anna", "ben", "carla"}
        assert set(account.members("Go")) == {"dora", "emil", "finn"}


@on_every_dialect
def test_somebody_who_left_stays_out(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, *FOLK) as account:
        account.know(*FOLK)
        group = declared(live(account, "Chess", "anna", "ben", "carla"), "chess", "anna", "ben", "carla")
        assert account.apply(group).converged
        with account.world.lock:
            act(account.world, ScriptedAction(do="leave", who="ben", group="Chess"))
        assert notices(account.plan(group)) == ["left ben"]
        account.clock.advance(A_DAY)
        assert notices(account.plan(group)) == ["left ben"]


@on_every_dialect
def test_nobody_left_by_themselves_whom_another_admin_took_out_while_the_account_had_no_rights(
    gateway: str, dialect: str
) -> None:
    with rig(gateway, dialect, *FOLK) as account:
        account.know(*FOLK)
        jid = account.live_group("Chess", {"anna": Role.OWNER, "ben": Role.MEMBER, "carla": Role.MEMBER}, me=Role.ADMIN)
        group = declared(jid, "chess", "anna", "ben", "carla")
        assert account.apply(group).converged
        me = account.world.me
        with account.world.lock:
            account.group("Chess").members[me] = Role.MEMBER
            ben = account.world.people.called("ben")
            assert ben is not None
            del account.group("Chess").members[ben]
            account.group("Chess").version += 1
        account.plan(group)
        with account.world.lock:
            account.group("Chess").members[me] = Role.ADMIN
        assert notices(account.plan(group)) == ["gone-unknown ben"]
