"""`wagroups show`: what the files come to, and where each value was written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.command import Command
from tests.manifests.projects import CONFIG, PEOPLE, write
from wagroups.cli.main import program
from wagroups.domain.declared.group_fields import values_of
from wagroups.domain.exit import Exit
from wagroups.manifests.project import load_project
from wagroups.reports.documents.show import EffectiveDocument

GROUPS = """\
defaults:
  settings: {edit_info: admins}
profiles:
  loud:
    description: "First line\\nSecond: line"
    admins: [anna]
teams:
  crew:
    - ben
    - person: carla
      until: 2099-12-31
      reason: "substitute: only on Sundays"
groups:
  rowers:
    profile: loud
    subject: "Rowers: #1 [best]"
    members:
      - team: crew
  swimmers:
    id: 120363041234567890@g.us
    subject: Swimmers
"""


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"people.yaml": PEOPLE, "groups.yaml": GROUPS})
    return Command(capsys)


def lines_of(text: str) -> list[str]:
    """Each line with single blanks between a value and its remark."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_text_is_a_manifest_with_every_value_that_holds(wagroups: Command) -> None:
    ended = wagroups("show", "rowers")
    assert ended == (
        Exit.OK,
        """\
groups:
  rowers:
    account: office
    subject: "Rowers: #1 [best]"
    description: |-
      First line
      Second: line
    settings:
      edit_info: admins
    admins:
      - anna
    members:
      - ben
      - person: carla
        until: 2099-12-31
        reason: "substitute: only on Sundays"
    join: direct
    invite: link
    reject_unknown: no
    manage:
      members: exact
      admins: exact
      left: respect
    state: managed
""",
        "",
    )


def test_what_is_shown_declares_the_same_groups_again(wagroups: Command, tmp_path: Path) -> None:
    before = load_project(tmp_path, {}).desired.groups
    (tmp_path / "groups.yaml").write_text(wagroups("show").out)
    after = load_project(tmp_path, {}).desired.groups
    assert list(after) == list(before)
    for key, group in before.items():
        assert values_of(after[key]) == values_of(group)
        people = [
            [(m.person.alias, m.member, m.admin, m.entries[0].reason) for m in g.members] for g in (group, after[key])
        ]
        assert people[0] == people[1]


def test_texts_that_are_words_of_yaml_stay_texts_for_every_reader(wagroups: Command, tmp_path: Path) -> None:
    people = "people: {off: +44 7700 900101, anna: +44 7700 900102}"
    group = """groups:
      on:
        subject: no
        description: 0815
        members: [off, {person: anna, from: 2026-11-30, until: 2099-11-30, reason: 2026-11-30}]
    """
    write(tmp_path, {"people.yaml": people, "groups.yaml": group})
    shown = yaml.safe_load(wagroups("show").out)["groups"]
    assert list(shown) == ["on"]
    assert (shown["on"]["subject"], shown["on"]["description"]) == ("no", "0815")
    off, anna = sorted(shown["on"]["members"], key=str)
    assert (off, anna["person"], anna["reason"]) == ("off", "anna", "2026-11-30")
    # Dates are words of the language, as authors write them.
    assert "        from: 2026-11-30\n        until: 2099-11-30\n" in wagroups("show").out


def test_explain_tells_where_every_value_and_membership_was_written(wagroups: Command) -> None:
    lines = lines_of(wagroups("show", "rowers", "--explain").out)
    for told in (
        "rowers: # groups.yaml:14",
        "account: office # default",
        'subject: "Rowers: #1 [best]" # groups.yaml:16',
        "description: |- # groups.yaml:5 via profile loud",
        "edit_info: admins # groups.yaml:2 via defaults",
        "- anna # groups.yaml:6 via profile loud",
        "- ben # groups.yaml:9 via team crew",
        "- person: carla # groups.yaml:10 via team crew",
    ):
        assert told in lines


def test_without_names_all_groups_are_shown_and_with_names_those(wagroups: Command) -> None:
    assert [key for key in ("rowers", "swimmers") if f"  {key}:" in wagroups("show").out] == ["rowers", "swimmers"]
    document = wagroups("show", "swimmers", "-o", "json").document
    assert [group["key"] for group in document["groups"]] == ["swimmers"]


def test_an_adopted_group_shows_its_id_and_how_far_its_lists_reach(wagroups: Command) -> None:
    lines = lines_of(wagroups("show", "swimmers", "--explain").out)
    assert "id: 120363041234567890@g.us # groups.yaml:20" in lines
    assert "members: add-only # default" in lines


def test_the_document_always_has_the_origins(wagroups: Command) -> None:
    ended = wagroups("show", "rowers", "-o", "json")
    (group,) = EffectiveDocument.model_validate_json(ended.out).groups
    assert group.origins["subject"].line == 16
    assert [(p.person, *(line.via for line in p.origins)) for p in group.people] == [
        ("anna", ("profile loud",)),
        ("ben", ("team crew",)),
        ("carla", ("team crew",)),
    ]


def test_markdown_has_a_table_of_values_and_one_of_people(wagroups: Command) -> None:
    out = wagroups("show", "rowers", "-o", "markdown", "--explain").out
    assert "| settings.edit\\_info | admins | groups.yaml:2 via defaults |" in out
    assert "| ben | member |  |  | groups.yaml:9 via team crew |" in out
    assert "First line␤Second: line" in out


def test_an_unknown_group_is_a_usage_error_with_the_nearest_names(wagroups: Command) -> None:
    ended = wagroups("show", "rower")
    assert (ended.exit, ended.out) == (Exit.USAGE, "")
    assert "No such group: rower.  Did you mean rowers?" in ended.err
    assert wagroups("show", "rower", "-o", "json").document["error"]["code"] == "usage"


def test_an_invalid_project_lists_its_problems_on_stderr(wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "groups.yaml").write_text("groups: {rowers: {subject: Rowers, members: [nobody]}}\n")
    ended = wagroups("show", "-o", "json")
    assert ended.exit is Exit.INVALID
    assert ended.document["error"]["code"] == "invalid"
    assert "[unknown-alias]" in ended.err


@pytest.mark.parametrize(
    ("mode", "shown"),
    [("alias", "- ben"), ("last4", "- ben # +44 … 0102"), ("off", "- ben # +44 7700900102")],
)
def test_numbers_stand_in_remarks_as_far_as_the_mode_shows_them(mode: str, shown: str, wagroups: Command) -> None:
    assert shown in lines_of(wagroups("show", "rowers", "--redact", mode).out)


def test_strict_shows_neither_aliases_nor_texts(wagroups: Command) -> None:
    for format in ("text", "json", "markdown"):
        out = wagroups("show", "--redact", "strict", "-o", format).out
        for secret in ("anna", "ben", "Rowers:", "First line", "Sundays", "120363041234567890"):
            assert secret not in out


def test_a_bare_number_is_a_pseudonym_unless_numbers_are_asked_for(wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "groups.yaml").write_text("groups: {rowers: {subject: R, members: ['+44 7700 900155']}}\n")
    for format in ("text", "json", "markdown"):
        assert "900155" not in wagroups("show", "-o", format).out
    assert "- +44 7700900155" in wagroups("show", "--redact", "off").out


def test_pseudonyms_are_those_of_the_project_where_its_key_is_at_hand(
    wagroups: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAGROUPS_PLAN_KEY", "a-key-that-several-machines-share")
    first = wagroups("show", "rowers", "--redact", "strict").out
    assert first == wagroups("show", "rowers", "--redact", "strict").out
    monkeypatch.setenv("WAGROUPS_PLAN_KEY", "another-key")
    assert first != wagroups("show", "rowers", "--redact", "strict").out


def test_nothing_is_written_and_no_variable_is_needed(wagroups: Command, tmp_path: Path) -> None:
    config = CONFIG + "state_env: WAGROUPS_A_DATABASE_THAT_IS_NOT_SET\n"
    (tmp_path / "wagroups.yaml").write_text(config)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert wagroups("show").exit is Exit.OK
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_hostile_texts_add_no_line_and_no_key(wagroups: Command, tmp_path: Path) -> None:
    subject = "x\\u202e\\u2028  injected: yes"
    (tmp_path / "groups.yaml").write_text(f'groups: {{rowers: {{subject: "A{subject}", description: "::error::"}}}}\n')
    out = wagroups("show").out
    assert 'subject: "Ax\\u202e' in out
    assert "\u202e" not in out
    assert not any(line.startswith(("::", "injected")) for line in out.splitlines())


def test_a_terminal_without_unicode_changes_no_value(wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "groups.yaml").write_text("groups: {rowers: {subject: Ruderer – Köln}}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "wagroups", "show"],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=30,
        check=True,
    )
    shown = yaml.load(done.stdout.decode("ascii"), yaml.BaseLoader)
    assert shown["groups"]["rowers"]["subject"] == "Ruderer – Köln"


def test_a_shell_completes_group_names(wagroups: Command) -> None:
    from click.shell_completion import ShellComplete

    offered = ShellComplete(program(), {}, "wagroups", "_WAGROUPS_COMPLETE").get_completions(["show"], "row")
    assert [item.value for item in offered] == ["rowers"]
