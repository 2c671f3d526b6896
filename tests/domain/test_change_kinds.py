"""One table holds for every kind of change, and every reader of it finds each kind there."""

from typing import Any, get_args

import pytest

from tests import builders as b
from wagroups.domain.declared.settings import SETTINGS, Setting
from wagroups.domain.live.capability import PARTS, Access, Aspect, Claim
from wagroups.domain.plans.budget import CallClass
from wagroups.domain.plans.change import (
    Change,
    DescriptionChange,
    GroupAdoption,
    GroupRelease,
    PersonChange,
    SettingChange,
    SubjectChange,
)
from wagroups.domain.plans.change_kinds import KINDS, Risk, aspect_of, risk_of
from wagroups.domain.plans.operation import Journalled, call_class
from wagroups.domain.plans.operation import aspect_of as aspect_of_call
from wagroups.planning.diff.lowering import in_order
from wagroups.reports.view.tally import Summary


def members_of(union: Any) -> tuple[type, ...]:
    """The classes of `Annotated[A | B, …]`, or of `A | B`."""
    inner = get_args(union)[0] if hasattr(union, "__metadata__") else union
    return get_args(inner)


OPERATIONS = members_of(Journalled)


def test_every_change_has_a_row() -> None:
    assert set(KINDS) == set(members_of(Change))


def test_every_total_is_counted_in_a_summary() -> None:
    assert {kind.total for kind in KINDS.values()} <= set(Summary.model_fields)
    assert Summary(**{kind.total: 1 for kind in KINDS.values()}).actions == len({k.total for k in KINDS.values()})


def test_whatever_is_asked_of_a_gateway_has_a_budget_and_a_claim() -> None:
    free = {change for change, kind in KINDS.items() if kind.calls is None}
    assert free == {GroupAdoption, GroupRelease}
    assert {change for change, kind in KINDS.items() if kind.aspect is None} == free | {SettingChange}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.__name__)
def test_every_call_has_a_budget_and_a_claim(operation: Any) -> None:
    empty = operation.model_construct(setting=Setting.SEND_MESSAGES, text="a text", unseen=False)
    assert isinstance(call_class(empty), CallClass)
    assert isinstance(aspect_of_call(empty), Aspect)


def test_only_changes_of_people_are_brought_by_dates_or_are_about_somebody_declared() -> None:
    about = set(members_of(PersonChange))
    assert {change for change, kind in KINDS.items() if kind.turn or kind.declared} <= about


def test_an_emptied_description_and_each_setting_have_claims_of_their_own() -> None:
    assert aspect_of(DescriptionChange(before="x", after="")) is Aspect.DESCRIPTION_CLEAR
    assert aspect_of(DescriptionChange(before="", after="x")) is Aspect.DESCRIPTION
    for setting in Setting:
        assert aspect_of(SettingChange(setting=setting, before=None, after="x")) is Aspect.of(setting)


@pytest.mark.parametrize("setting", Setting)
def test_a_setting_that_opens_the_group_is_of_high_risk(setting: Setting) -> None:
    for value in SETTINGS[setting].values:
        opens = value == SETTINGS[setting].open_value
        assert risk_of(SettingChange(setting=setting, before=None, after=value)) is (
            Risk.HIGH if opens else Risk.VISIBLE
        )


def test_changes_happen_in_the_order_of_the_table() -> None:
    subject, description = SubjectChange(before=None, after="a"), DescriptionChange(before=None, after="b")
    assert in_order([GroupRelease(), description, subject]) == [GroupRelease(), subject, description]


# --- parts of what a gateway can do ----------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "whole"), PARTS.items())
def test_a_part_is_claimed_with_the_whole_unless_it_is_claimed_by_itself(part: Aspect, whole: Aspect) -> None:
    said = b.capabilities()
    said = said.model_copy(update={"claims": {**said.claims, whole: Claim(access=Access.READ, note="whole")}})
    assert said.claim(part).note == "whole"
    assert part not in said.aspects
    other = said.model_copy(update={"claims": {**said.claims, part: Claim(access=Access.FULL, note="part")}})
    assert other.claim(part).note == "part"
    assert part in other.aspects
    assert not other.can(whole, Access.WRITE)
