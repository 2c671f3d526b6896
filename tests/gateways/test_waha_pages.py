"""A listing in pages shows what one listing shows, and never loses a group because others went away meanwhile."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders as b
from tests.rig import KEY, Rig, rig
from wagroups.domain.identity import AccountKey, GroupJid, Role, Secret
from wagroups.domain.live.observed import EVERYTHING, Observed, ObservedGroup, Scope
from wagroups.gateways.registry import KINDS
from wagroups.gateways.shared.connection import Connection
from wagroups.gateways.waha.pages import Page, in_pages
from wagroups.simulation.world.faults import Call


def ids(numbers: Sequence[int]) -> list[GroupJid]:
    return [GroupJid.of(f"12036300000000{number:04}@g.us") for number in numbers]


class Listing:
    """A server that makes each page from its list as it is then; `script` holds the list for each request."""

    def __init__(self, *script: Sequence[int], knows_limit: bool = True) -> None:
        self.script = [ids(numbers) for numbers in script]
        self.knows_limit = knows_limit
        self.queries: list[Mapping[str, str]] = []

    async def ask(self, query: Mapping[str, str]) -> Page:
        now = self.script[min(len(self.queries), len(self.script) - 1)]
        self.queries.append(query)
        if query and self.knows_limit:
            assert query["sortBy"] == "id"
            offset = int(query["offset"])
            now = now[offset : offset + int(query["limit"])]
        return Page(len(now), [ObservedGroup(jid=jid) for jid in now])

    def read(self, size: int) -> list[GroupJid]:
        return [group.jid for group in asyncio.run(in_pages(self.ask, size))]


@given(st.integers(0, 30), st.integers(1, 12))
def test_pages_show_every_group_once(groups: int, size: int) -> None:
    listing = Listing(range(groups))
    assert listing.read(size) == ids(range(groups))
    assert len(listing.queries) <= groups // size + 1


def test_a_list_that_fits_one_page_is_asked_for_once_in_any_order() -> None:
    listing = Listing([3, 1, 2])
    assert listing.read(5) == ids([3, 1, 2])
    assert len(listing.queries) == 1


def test_a_server_that_does_not_know_pages_has_answered_with_everything() -> None:
    listing = Listing(range(9), knows_limit=False)
    assert listing.read(4) == ids(range(9))
    assert len(listing.queries) == 1


def test_pages_begin_anew_when_a_group_went_away() -> None:
    listing = Listing(range(9), range(1, 9))
    assert listing.read(4) == ids(range(1, 9))


def test_a_list_that_never_stands_still_is_read_at_once() -> None:
    listing = Listing(*[range(number, 12) for number in range(9)])
    assert listing.read(3) == ids(range(listing.queries.index({}), 12))


def test_a_list_in_another_order_is_read_at_once() -> None:
    listing = Listing([4, 1, 3, 2, 0])
    assert listing.read(2) == ids([4, 1, 3, 2, 0])
    assert listing.queries[-1] == {}


LISTS = st.lists(st.sets(st.integers(0, 20)), min_size=1, max_size=8)


@given(LISTS, st.integers(1, 6))
def test_a_group_that_was_there_all_the_time_is_shown(script: list[set[int]], size: int) -> None:
    listing = Listing(*[sorted(numbers) for numbers in script])
    shown = listing.read(size)
    asked = listing.script[: len(listing.queries)]
    always = set.intersection(*map(set, [*asked, listing.script[-1]] if len(asked) > len(listing.script) else asked))
    assert always <= set(shown)
    assert len(shown) == len(set(shown))


# On the fakes


def observe(account: Rig, scope: Scope) -> Observed:
    async def run() -> Observed:
        at = Connection(AccountKey("office"), account.url, Secret.of(KEY), "default", account.clock)
        gateway = await KINDS[account.gateway].connect(at)
        try:
            return await gateway.observe(scope)
        finally:
            await gateway.close()

    return asyncio.run(run())


def listings(account: Rig) -> int:
    return sum(entry.call == Call.LIST for entry in account.front.log)


@pytest.mark.parametrize(
    ("dialect", "fake", "requests"),
    [
        ("gows", {}, 3),
        ("noweb", {}, 3),
        ("noweb", {"noweb_store": False}, 1),  # every page would ask WhatsApp for everything
        ("webjs", {}, 1),  # pages follow the chats' activity
        ("wpp", {}, 1),
    ],
)
def test_pages_are_read_where_they_hold_together(dialect: str, fake: dict[str, Any], requests: int) -> None:
    with rig("waha", dialect, "anna", **fake) as account:
        for number in range(5):
            account.live_group(f"Club {number}", {"anna": Role.MEMBER})
        whole = observe(account, EVERYTHING)
        before = listings(account)
        paged = observe(account, Scope(page=2))
        assert dict(paged.groups) == dict(whole.groups)
        assert paged.listing
        assert listings(account) - before == requests


def test_a_plan_for_many_people_reads_pages_within_one_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wagroups.workflows.reconcile.observe.PEOPLE_AT_ONCE", 4)
    with rig("waha", "gows", "anna", "ben") as account:
        groups = [
            b.group(f"club-{n}", id=account.live_group(f"Club {n}", {"anna": Role.MEMBER}), members=["anna", "ben"])
            for n in range(5)
        ]
        plan = account.plan(*groups)
        assert sum(len(group.actions) for group in plan.groups) >= 5
        assert listings(account) == 3
        spent = account.ledger.standing(b.ACCOUNT, account.clock.now()).spent
        assert {calls.value: len(turns) for calls, turns in spent.items()} == {"look": 1}
