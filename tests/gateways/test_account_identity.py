"""Another WhatsApp account behind the same name: refused, and nothing is learnt from it."""

from tests import builders as b
from tests.rig import rig
from wagroups.domain.identity import Role
from wagroups.simulation.world.account import account_of
from wagroups.simulation.world.people import SimulatedPerson


def test_another_account_behind_the_name_is_refused_and_teaches_nothing() -> None:
    with rig("waha", "noweb", "anna", "ben") as account:
        jid = account.live_group("Chess", {"anna": Role.MEMBER})
        chess = b.group("chess", id=jid, members=["anna", "ben"])
        assert account.apply(chess).converged
        before = account.ledger.recall(b.ACCOUNT, account.clock.now())
        other = account.world.people.enter(SimulatedPerson(name="other", phone=b.phone(500), lid=b.lid(500)))
        account.world.group("Chess").members[other] = Role.ADMIN
        account.world.tie("default", other)
        account.front.dialect.account = account_of(account.world, "default")
        writes = len(account.front.writes)
        run = account.apply(chess)
        assert [guard.rule for guard in run.plan.guards] == ["account-changed"]
        assert len(account.front.writes) == writes
        after = account.ledger.recall(b.ACCOUNT, account.clock.now())
        assert (after.me, after.snapshots[jid]) == (before.me, before.snapshots[jid])
