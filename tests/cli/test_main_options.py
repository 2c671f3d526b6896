"""The common options: before or after the verb, from the environment, and formats paired with files."""

from pathlib import Path

import pytest

from tests.cli.specimens import LOOKS, OPENINGS, VERBS
from wagroups.cli.common_options import Common, Output
from wagroups.cli.main import run
from wagroups.domain.declared.choices import Section
from wagroups.domain.exit import Exit
from wagroups.domain.identity import AccountKey
from wagroups.planning.situation import Selection


def given(*arguments: str) -> tuple[Common, Selection, bool]:
    assert run(arguments, VERBS) is Exit.CHANGES
    return LOOKS[-1]


def common(*arguments: str) -> Common:
    return given(*arguments)[0]


def test_without_flags_text_goes_to_stdout_and_the_project_decides_about_redaction() -> None:
    assert common("look") == Common()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--project", "x"], Common(project=Path("x"))),
        (["-o", "json"], Common(outputs=(Output("json", None),))),
        (["--color", "never"], Common(color="never")),
        (["-q"], Common(quiet=True)),
        (["-vv"], Common(verbosity=2)),
        (["--log-format", "json"], Common(log_format="json")),
        (["--redact", "strict"], Common(redact="strict")),
    ],
)
def test_a_common_option_may_stand_before_and_after_the_verb(flags: list[str], expected: Common) -> None:
    assert common(*flags, "look") == expected
    assert common("look", *flags) == expected


def test_after_the_verb_wins_over_before_it() -> None:
    assert common("--color", "always", "look", "--color", "never").color == "never"


def test_a_verb_in_a_verb_takes_them_at_every_level() -> None:
    OPENINGS.clear()
    run(["-q", "box", "--color", "never", "open", "-v"], VERBS)
    assert [Common(quiet=True, color="never", verbosity=1)] == OPENINGS


def test_a_variable_stands_in_for_a_flag_and_the_verbs_own_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAGROUPS_REDACT", "alias")
    assert common("look").redact == "alias"
    monkeypatch.setenv("WAGROUPS_LOOK_REDACT", "strict")
    assert common("look").redact == "strict"


def test_a_flag_before_the_verb_wins_over_the_verbs_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAGROUPS_LOOK_REDACT", "strict")
    assert common("--redact", "off", "look").redact == "off"


def test_a_verbs_own_options_have_variables_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAGROUPS_LOOK_LOUD", "1")
    assert given("look")[2] is True


def test_each_file_belongs_to_the_format_before_it() -> None:
    outputs = common("look", "-o", "text", "-o", "json", "--to", "plan.json", "-o", "markdown", "--to", "c.md").outputs
    assert outputs == (Output("text", None), Output("json", Path("plan.json")), Output("markdown", Path("c.md")))


def test_formats_on_both_sides_of_the_verb_add_up() -> None:
    outputs = common("-o", "json", "--to", "plan.json", "look", "-o", "text").outputs
    assert outputs == (Output("json", Path("plan.json")), Output("text", None))


def test_a_file_alone_takes_the_usual_format(monkeypatch: pytest.MonkeyPatch) -> None:
    assert common("look", "--to", "x").outputs == (Output("text", Path("x")),)
    monkeypatch.setenv("WAGROUPS_OUTPUT", "json")
    assert common("look", "--to", "x").outputs == (Output("json", Path("x")),)


def test_a_dash_is_stdout() -> None:
    assert common("look", "-o", "json", "--to", "-").outputs == (Output("json", None),)


def test_formats_from_the_environment_are_paired_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAGROUPS_OUTPUT", "json text")
    monkeypatch.setenv("WAGROUPS_TO", "plan.json")
    assert common("look").outputs == (Output("json", Path("plan.json")), Output("text", None))


@pytest.mark.parametrize(
    "arguments",
    [
        ["look", "-o", "json", "-o", "text"],
        ["-o", "json", "look", "-o", "text"],
        ["look", "--to", "a", "-o", "json"],
        ["look", "-o", "json", "--to", "a", "--to", "b"],
    ],
)
def test_outputs_that_would_mix_are_a_usage_error(arguments: list[str]) -> None:
    assert run(arguments, VERBS) is Exit.USAGE


def test_the_options_that_select_arrive_as_one_selection() -> None:
    flags = ["--target", "a-*", "--target", "b", "--exclude", "a-9", "--account", "office", "--only", "members"]
    assert given("look", *flags, "--skip", "picture")[1] == Selection(
        targets=("a-*", "b"),
        exclude=("a-9",),
        accounts=(AccountKey("office"),),
        only=(Section.MEMBERS,),
        skip=(Section.PICTURE,),
    )


def test_without_options_everything_is_selected() -> None:
    assert given("look")[1] == Selection()
