"""Whoever looks often is not locked out: what asks nothing of WhatsApp has a budget of its own, and a large one."""

import pytest

from tests import builders as b
from tests.rig import DIALECTS, rig
from wagroups.domain.errors import NotYet
from wagroups.domain.identity import Role
from wagroups.domain.plans.budget import CAREFUL, CallClass
from wagroups.gateways.registry import KINDS
from wagroups.gateways.waha.claims import capabilities

PULL_REQUESTS = 20


@pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])
def test_twenty_plans_in_an_hour_are_made_where_looking_asks_nothing_of_whatsapp(gateway: str, dialect: str) -> None:
    cost = KINDS[gateway].claims(dialect).read_cost
    with rig(gateway, dialect, "anna", "ben") as account:
        account.know("anna", "ben")
        account.profile = "careful"
        chess = b.group("chess", id=account.live_group("Chess", {"anna": Role.MEMBER}), members=["anna"])
        hourly = CAREFUL[cost.listing_class].hour
        assert hourly is not None
        for _ in range(min(PULL_REQUESTS, hourly)):
            assert account.plan(chess).live.complete
        if cost.listing:
            with pytest.raises(NotYet):
                account.plan(chess)
        else:
            assert account.plan(chess).live.complete


def test_without_its_store_noweb_pays_for_every_read_what_a_listing_costs() -> None:
    cost = capabilities("NOWEB", store=False).read_cost
    assert (cost.listing_class, cost.group_class) == (CallClass.LIST, CallClass.LIST)
    assert capabilities("NOWEB").read_cost.listing_class is CallClass.LOOK


def test_every_dialect_says_where_its_cost_is_known_from() -> None:
    for gateway, dialect in DIALECTS:
        assert KINDS[gateway].claims(dialect).read_cost.source
