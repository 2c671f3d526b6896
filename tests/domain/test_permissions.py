"""What is looser than before is named, one by one; what is tighter never is."""

from datetime import timedelta
from typing import Any

import pytest

from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.declared.safety import Safety
from wagroups.domain.identity import Alias
from wagroups.domain.plans.budget import PROFILES, Allowance, CallClass

ANNA, BEN = Alias("anna"), Alias("ben")


def permissions(profile: str = "careful", safety: Safety | None = None, **fields: Any) -> Permissions:
    values: dict[str, Any] = {"budget": dict(PROFILES[profile]), "gateway": "waha", "address": "one", **fields}
    return Permissions(profile=profile, safety=safety or Safety(), **values)


LOOSER = [
    (Safety(max_removals=10), Safety(max_removals=11), "`safety.max_removals` from 10 to 11"),
    (
        Safety(max_removal_percent=20),
        Safety(max_removal_percent=20.5),
        "`safety.max_removal_percent` from 20 to 20.5",
    ),
    (Safety(min_admins=2), Safety(min_admins=1), "`safety.min_admins` from 2 to 1"),
    (
        Safety(max_plan_age=timedelta(hours=72)),
        Safety(max_plan_age=timedelta(hours=73)),
        "`safety.max_plan_age` from 72h to 73h",
    ),
    (Safety(), Safety(allow_dissolve=True), "`safety.allow_dissolve` from no to yes"),
    (Safety(protect=(ANNA, BEN)), Safety(protect=(BEN,)), "`safety.protect` no longer protects 1 person"),
]


@pytest.mark.parametrize(("before", "after", "said"), LOOSER, ids=[said for _, _, said in LOOSER])
def test_a_brake_that_is_looser_is_named_and_one_that_is_tighter_is_not(
    before: Safety, after: Safety, said: str
) -> None:
    assert list(permissions(safety=after).looser_than(permissions(safety=before))) == [said]
    assert not list(permissions(safety=before).looser_than(permissions(safety=after)))


@pytest.mark.parametrize(("before", "after"), [("fresh", "careful"), ("careful", "seasoned"), ("seasoned", "sandbox")])
def test_a_wider_profile_is_named_once_and_a_narrower_one_is_not(before: str, after: str) -> None:
    said = list(permissions(after).looser_than(permissions(before)))
    assert said == [f"`profile` from {before} to {after}"]
    assert not list(permissions(before).looser_than(permissions(after)))


@pytest.mark.parametrize(
    ("wider", "said"),
    [
        (Allowance(gap=timedelta(seconds=15), hour=30, day=81), "`budgets.remove.day` from 80 to 81"),
        (Allowance(gap=timedelta(seconds=15), hour=None, day=80), "`budgets.remove.hour` from 30 to no limit"),
        (Allowance(gap=timedelta(seconds=14), hour=30, day=80), "`budgets.remove.gap` from 15s to 14s"),
    ],
)
def test_a_wider_budget_is_named(wider: Allowance, said: str) -> None:
    budget = {**PROFILES["careful"], CallClass.REMOVE: wider}
    assert list(permissions(budget=budget).looser_than(permissions())) == [said]
    assert not list(permissions().looser_than(permissions(budget=budget)))


def test_a_narrower_profile_does_not_hide_a_wider_budget() -> None:
    budget = {**PROFILES["careful"], CallClass.ADD: Allowance(day=500)}
    said = list(permissions(budget=budget).looser_than(permissions("seasoned")))
    assert "`budgets.add.day` from 80 to 500" in said


@pytest.mark.parametrize("key", ["url_env", "key_env", "state_env"])
@pytest.mark.parametrize(("was", "now"), [("A", "B"), (None, "B"), ("A", None)])
def test_another_variable_is_named(key: str, was: str | None, now: str | None) -> None:
    before = permissions().model_copy(update={key: was})
    said = list(before.model_copy(update={key: now}).looser_than(before))
    assert said == [f"`{key}` from {was or 'nothing'} to {now or 'nothing'}"]


def test_another_address_is_named_and_not_shown() -> None:
    assert list(permissions(address="two").looser_than(permissions())) == ["the gateway's address has changed"]
    assert list(permissions(gateway="waxum").looser_than(permissions())) == ["the gateway's address has changed"]
