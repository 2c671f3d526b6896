"""How long a run looks for what it wrote: for what the next step needs, and no more."""

from datetime import timedelta

from tests import builders as b
from tests.rig import rig
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Role
from wagroups.domain.plans.budget import CallClass
from wagroups.execution.verification import LOOKS
from wagroups.simulation.world.faults import Call, Fault, FaultKind


def test_people_are_not_kept_waiting_for_a_setting_that_shows_late() -> None:
    # GOWS' cache never hears of this setting, and shows it only after a refresh.
    settings = {Setting.ADD_MEMBERS: "everyone"}
    with rig("waha", "gows", "anna", "ben") as account:
        groups = [
            b.group(key, subject=f"Club {key}", members=["anna", "ben"], admins=["anna"], settings=settings)
            for key in ("chess", "go", "shogi")
        ]
        assert account.apply(*groups).converged
        # Every group is looked at together once, at the end.
        assert sum(account.clock.slept, timedelta(0)) <= LOOKS[-1]


def test_a_refresh_that_is_throttled_rests_listings() -> None:
    with rig("waha", "gows", "anna") as account:
        jid = account.live_group("Chess", {"anna": Role.MEMBER})
        chess = b.group("chess", id=jid, members=["anna"], settings={Setting.ADD_MEMBERS: "everyone"})
        account.script(Fault(kind=FaultKind.RATE_LIMIT, on=Call.REFRESH))
        account.apply(chess)
        (rest,) = account.ledger.standing(b.ACCOUNT, account.clock.now()).breakers
        assert (rest.calls, rest.reason) == (CallClass.LIST, "rate-overlimit")
