"""`doctor` looks at an account as a whole: its gateway, its clock, its rests and its groups."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests import builders as b
from tests.fake_clock import FakeClock
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.identity import Role
from wagroups.domain.live.checkup import Finding
from wagroups.domain.plans.budget import Breaker, CallClass
from wagroups.workflows.operate.doctor import CLOCKS_DIFFER, examine


def findings(account: Rig) -> dict[str, Finding]:
    group = b.group("chess", members=["anna"])
    (checkup,) = asyncio.run(examine(account.session(b.desired(group)), [b.ACCOUNT]))
    return {finding.code: finding for finding in checkup.findings}


@pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])
@pytest.mark.parametrize("late", [timedelta(0), 2 * CLOCKS_DIFFER], ids=["right", "slow"])
def test_a_clock_that_differs_from_the_gateways_is_named(gateway: str, dialect: str, late: timedelta) -> None:
    with rig(gateway, dialect, "anna", clock=FakeClock(datetime.now(UTC) - late)) as account:
        account.live_group("Go", {"anna": Role.ADMIN})
        found = findings(account)
        assert ("clock" in found) is bool(late)
        assert "connected" in found
        assert "“Go”" in found["undeclared"].text
        assert found["not-created"].group == "chess"


def test_a_rest_is_named_with_its_end() -> None:
    with rig("waxum", "waxum", "anna") as account:
        until = account.clock.now() + timedelta(hours=5)
        account.ledger.trip(b.ACCOUNT, Breaker(calls=CallClass.ADD, until=until, reason="rate-overlimit"))
        assert f"additions are paused until about {until:%H:%M} UTC" in findings(account)["breaker"].text
