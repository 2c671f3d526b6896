"""Flags that tighten, loosen, name and limit."""

from datetime import UTC, datetime, timedelta

import click
import pytest

from tests import builders as b
from wagroups.cli.options.run_options import SafetyFlags, caps_of, duration_of, end_of, terms_of
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.domain.plans.budget import CallClass
from wagroups.manifests.configuration.values import Config
from wagroups.planning.situation import Selection, Terms

NOBODY = SafetyFlags(None, None, None, ())


def test_a_cap_of_additions_holds_for_people_never_met_before_too() -> None:
    assert caps_of(["add=2"]) == {CallClass.ADD: 2, CallClass.ADD_UNSEEN: 2}
    assert caps_of(["add_unseen=1", "add=2"]) == {CallClass.ADD: 2, CallClass.ADD_UNSEEN: 1}
    assert caps_of(["add_unseen=1"]) == {CallClass.ADD_UNSEEN: 1}


def terms(brakes: SafetyFlags = NOBODY, selection: Selection | None = None) -> Terms:
    return terms_of(Config(), b.desired(b.group("chess", members=["anna"])), selection or Selection(), brakes)


def test_a_flag_may_tighten() -> None:
    found = terms(NOBODY._replace(max_removals=2, max_removal_percent=5, min_admins=2)).safety
    assert (found.max_removals, found.max_removal_percent, found.min_admins) == (2, 5, 2)


@pytest.mark.parametrize(
    ("brakes", "rule"),
    [
        (NOBODY._replace(max_removals=11), "max-removals"),
        (NOBODY._replace(max_removal_percent=21), "max-removal-percent"),
    ],
)
def test_a_flag_that_loosens_is_refused_and_names_the_way(brakes: SafetyFlags, rule: str) -> None:
    with pytest.raises(click.UsageError, match=f"--override {rule}=REASON"):
        terms(brakes)


def test_an_override_needs_a_known_rule_and_a_reason() -> None:
    (override,) = terms(NOBODY._replace(overrides=("max-removals=end of season",))).overrides
    assert (override.rule, override.reason) == ("max-removals", "end of season")
    for wrong in ("max-removal=x", "max-removals", "max-removals= "):
        with pytest.raises(click.UsageError):
            terms(NOBODY._replace(overrides=(wrong,)))


def test_an_override_may_name_the_group_that_it_is_for() -> None:
    (override,) = terms(NOBODY._replace(overrides=("emptied@chess=the club = closed",))).overrides
    assert (override.rule, override.group, override.reason) == ("emptied", "chess", "the club = closed")
    (gone,) = terms(NOBODY._replace(overrides=("orphan@choir=ended",))).overrides
    assert gone.group == "choir"
    (copied,) = terms(NOBODY._replace(overrides=("emptied@\u200bchess=copied from a comment",))).overrides
    assert copied.group == "chess"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("emptied@choir=x", "names a group 'choir' that is in no manifest"),
        ("emptied@=x", "names a group '' that is in no manifest"),
        ("plan-age@chess=x", "applies to no single group: --override plan-age=REASON"),
        ("read-failed@chess=x", "Nothing can override read-failed: The group could not be read."),
        ("emptied@chess=", "needs a reason: --override emptied@chess='why this is right'"),
    ],
)
def test_an_override_that_could_not_work_says_why(written: str, said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        terms(NOBODY._replace(overrides=(written,)))


def test_an_override_of_a_group_passes_that_group_alone() -> None:
    given = terms(NOBODY._replace(overrides=("emptied@chess=x", "max-removals=y")))
    assert given.passes("emptied", GroupKey("chess"))
    assert not given.passes("emptied", GroupKey("choir"))
    assert not given.passes("emptied")
    assert given.passes("max-removals", GroupKey("choir"))
    assert given.passes("max-removals")


def test_adopting_needs_a_declared_group_and_an_id() -> None:
    adopt = terms(NOBODY._replace(adopt=("chess=120363000000000001@g.us",))).adopt
    assert adopt == {"chess": GroupJid.of("120363000000000001@g.us")}
    for wrong in ("choir=120363000000000001@g.us", "chess=the one", "chess"):
        with pytest.raises(click.UsageError):
            terms(NOBODY._replace(adopt=(wrong,)))


def test_an_unknown_account_is_refused() -> None:
    with pytest.raises(click.UsageError, match="no account 'sports'"):
        terms(selection=Selection(accounts=(AccountKey("sports"),)))


@pytest.mark.parametrize(
    ("text", "length"),
    [("90s", timedelta(seconds=90)), ("20m", timedelta(minutes=20)), ("2h", timedelta(hours=2)), ("1d", timedelta(1))],
)
def test_lengths_of_time(text: str, length: timedelta) -> None:
    assert duration_of(text) == length


@pytest.mark.parametrize("text", ["", "soon", "2 h", "-1h", "1w", "3651d", "999999999d", "9" * 5000])
def test_what_is_no_length_of_time(text: str) -> None:
    assert duration_of(text) is None


def test_a_run_ends_at_the_next_such_time_in_the_projects_zone() -> None:
    noon = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert end_of("18:30", noon, "Europe/Berlin") == datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    assert end_of("09:00", noon, "Europe/Berlin") == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert end_of("2h", noon, "Europe/Berlin") == noon + timedelta(hours=2)
    with pytest.raises(click.UsageError):
        end_of("25:00", noon, "UTC")


def test_fewer_calls_of_a_class() -> None:
    assert caps_of(["create=10", "edit=0"]) == {CallClass.CREATE: 10, CallClass.EDIT: 0}
    for wrong in ("adds=1", "add=many", "add"):
        with pytest.raises(click.UsageError):
            caps_of([wrong])
