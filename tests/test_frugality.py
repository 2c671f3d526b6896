"""What a large project must not cost: counts, which are exact, in place of times, which are not (see tests/bench)."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import deepdiff
import pytest
from sqlalchemy import event

from tests import builders as b
from tests.fake_clock import FakeClock
from tests.rig import RELAXED, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.plans.budget import Allowance, CallClass, Pace
from wagroups.execution.rate_limit import Pacer
from wagroups.planning.diff import people
from wagroups.planning.situation import Selection
from wagroups.simulation.world.faults import Call
from wagroups.state.ledger import SqlLedger
from wagroups.state.volatile import volatile_ledger

GROUPS = 12
EVERYBODY = ("anna", "ben", "carla")


def declared(keys: range, jids: list[GroupJid]) -> list[DesiredGroup]:
    return [b.group(f"g{n:02}", id=jids[n], subject=f"Group {n}", members=EVERYBODY, admins=("anna",)) for n in keys]


@contextmanager
def synced() -> Iterator[tuple[Rig, list[DesiredGroup]]]:
    """A dozen groups, all as declared, and read once before."""
    with rig("waha", "noweb", *EVERYBODY) as stage:
        roles = {"anna": Role.ADMIN, "ben": Role.MEMBER, "carla": Role.MEMBER}
        jids = [stage.live_group(f"Group {n}", roles) for n in range(GROUPS)]
        groups = declared(range(GROUPS), jids)
        assert stage.plan(*groups).empty
        stage.front.log.clear()
        yield stage, groups


def test_a_plan_of_many_groups_asks_for_one_listing_and_writes_nothing() -> None:
    with synced() as (stage, groups):
        stage.plan(*groups)
        assert Counter(entry.path for entry in stage.front.log) == {
            "/api/version": 1,
            "/api/sessions/default": 1,
            "/api/default/groups": 1,
        }
        assert stage.front.writes == []


def test_a_group_that_the_listing_does_not_show_costs_one_read_more() -> None:
    with synced() as (stage, groups):
        stranger = b.group("gone", id=b.JID, members=EVERYBODY)
        stage.plan(*groups, stranger)
        calls = Counter(entry.call for entry in stage.front.log)
        assert (calls[Call.LIST], calls[Call.GET]) == (1, 1)


def test_looking_again_at_what_did_not_change_costs_as_many_transactions_for_one_group_as_for_many() -> None:
    with synced() as (stage, groups):
        assert transactions(stage, groups[:1]) == transactions(stage, groups)


def test_an_apply_with_nothing_to_do_remembers_all_groups_in_one_transaction() -> None:
    with synced() as (stage, groups):
        stage.apply(*groups)
        one, all_ = (RELAXED.model_copy(update={"selection": Selection(targets=(glob,))}) for glob in ("g00", "g*"))
        with counted(stage.ledger) as few:
            stage.apply(*groups, terms=one)
        with counted(stage.ledger) as many:
            stage.apply(*groups, terms=all_)
        assert few["begin"] == many["begin"]


def transactions(stage: Rig, groups: list[DesiredGroup]) -> int:
    with counted(stage.ledger) as counts:
        stage.plan(*groups)
    return counts["begin"]


@contextmanager
def counted(ledger: SqlLedger) -> Iterator[Counter[str]]:
    """Counts the transactions that begin meanwhile."""
    counts: Counter[str] = Counter()
    engine = ledger._store._engine

    def begun(_connection: Any) -> None:
        counts["begin"] += 1

    event.listen(engine, "begin", begun)
    try:
        yield counts
    finally:
        event.remove(engine, "begin", begun)


def test_deepdiff_is_asked_about_texts_that_differ_and_never_about_people(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, Any]] = []
    real = deepdiff.DeepDiff

    def spying(one: Any, other: Any, **options: Any) -> Any:
        asked.append((one, other))
        return real(one, other, **options)

    monkeypatch.setattr(deepdiff, "DeepDiff", spying)
    with synced() as (stage, groups):
        stage.plan(*groups)
        assert asked == []
        fewer = [b.group(f"g{n:02}", id=g.id, subject=g.subject, members=("ben",)) for n, g in enumerate(groups)]
        assert not stage.plan(*fewer).empty
        assert asked == []
        renamed = b.group("g00", id=groups[0].id, subject="Another", members=EVERYBODY, admins=("anna",))
        stage.plan(renamed, *groups[1:])
        assert [sorted(one) for one, _ in asked] == [["subject"]]


def test_the_people_of_a_group_that_is_as_declared_are_not_looked_at_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("somebody was looked at")

    with synced() as (stage, groups):
        monkeypatch.setattr(people, "_Diff", never)
        assert stage.plan(*groups).empty


def test_three_hundred_calls_at_a_known_limit_take_what_they_must_and_never_come_too_early() -> None:
    gap = timedelta(seconds=2)
    clock, ledger = FakeClock(), volatile_ledger()
    budget = MappingProxyType({calls: Allowance(gap=gap) for calls in CallClass})
    pacer = Pacer(ledger, b.ACCOUNT, Pace(budget), clock)
    turns = []

    async def take_turns() -> None:
        for _ in range(300):
            await pacer.turn(CallClass.ADD)
            turns.append(clock.now())

    asyncio.run(take_turns())
    ledger.close()
    assert min(later - earlier for earlier, later in pairwise(turns)) >= gap
    assert (turns[-1] - turns[0]) / (299 * gap) <= 1.03
