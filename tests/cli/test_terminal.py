"""Colours, signs and files: what is shown depends on who looks."""

import io
import os
import stat
from pathlib import Path

import click
import pytest

from wagroups.cli.options.redaction import redaction_of
from wagroups.cli.ui.terminal import Screen, color_on, colored, unicode_on
from wagroups.domain.errors import Refusal
from wagroups.privacy.redactor import Redaction
from wagroups.reports.view.style import TextRole, plain


@pytest.mark.parametrize(
    ("flag", "environ", "isatty", "colors"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"CLICOLOR_FORCE": "1", "CLICOLOR": "0"}, False, True),
        ("auto", {"GITHUB_ACTIONS": "true"}, False, True),
        ("auto", {"GITLAB_CI": "true", "CLICOLOR": "0"}, False, True),
        ("auto", {"CLICOLOR": "0"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
    ],
)
def test_colours_follow_flag_variables_and_terminal_in_that_order(
    flag: str, environ: dict[str, str], isatty: bool, colors: bool
) -> None:
    assert color_on(flag, environ, isatty) is colors


def stream(encoding: str = "utf-8") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)


def written(to: io.TextIOWrapper) -> str:
    buffer = to.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(to.encoding)


def screen(*, color: bool = False, quiet: bool = False, encoding: str = "utf-8") -> Screen:
    return Screen(stream(encoding), stream(encoding), io.StringIO(), color, unicode_on(stream(encoding)), quiet)


@pytest.mark.parametrize(
    ("encoding", "unicode"), [("utf-8", True), ("UTF8", True), ("latin-1", False), ("ascii", False)]
)
def test_signs_outside_ascii_need_an_encoding_that_has_them(encoding: str, unicode: bool) -> None:
    assert unicode_on(stream(encoding)) is unicode


def test_what_an_encoding_cannot_show_is_replaced_and_never_raises() -> None:
    shown = screen(encoding="ascii")
    shown.deliver("Café 🥳\n")
    assert isinstance(shown.stdout, io.TextIOWrapper)
    assert written(shown.stdout) == "Caf? ?\n"


def test_results_go_to_stdout_and_remarks_to_stderr() -> None:
    shown = screen()
    shown.deliver("result\n")
    shown.say("remark")
    assert isinstance(shown.stdout, io.TextIOWrapper)
    assert isinstance(shown.stderr, io.TextIOWrapper)
    assert (written(shown.stdout), written(shown.stderr)) == ("result\n", "remark\n")


def test_quiet_silences_remarks_and_not_complaints() -> None:
    shown = screen(quiet=True)
    shown.say("remark")
    shown.complain("complaint")
    assert isinstance(shown.stderr, io.TextIOWrapper)
    assert written(shown.stderr) == "complaint\n"


def test_files_are_plain_where_the_terminal_is_coloured(tmp_path: Path) -> None:
    shown = screen(color=True)
    assert shown.style() is colored
    assert shown.style(tmp_path / "x") is plain
    assert colored(TextRole.ADD, "+") == "\x1b[32m+\x1b[0m"
    assert colored(TextRole.PLACE, "") == ""


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    target.write_text("an older and much longer content")
    screen().deliver("new\n", target)
    assert target.read_text() == "new\n"
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_a_file_gets_the_rights_that_the_user_gives_to_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        screen().deliver("x", tmp_path / "plan.txt")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "plan.txt").stat().st_mode) == 0o640


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(click.FileError) as caught:
        screen().deliver("x", tmp_path / "missing" / "plan.txt")
    assert "plan.txt" in caught.value.format_message()


def test_a_device_is_written_to_and_not_replaced() -> None:
    screen().deliver("x", Path(os.devnull))
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_reader_who_went_away_does_not_change_how_the_command_ends() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        shown = Screen(closed, stream(), io.StringIO(), color=False, unicode=True)
        shown.deliver("x" * 100_000)


def test_nobody_is_asked_without_a_terminal() -> None:
    with pytest.raises(click.UsageError, match="no terminal"):
        screen().confirm("Apply?")
    with pytest.raises(click.UsageError, match="no terminal"):
        screen().confirm_by_typing("Dissolve?", "club")


PUBLIC = '{"repository": {"private": false}}'


@pytest.fixture
def public(tmp_path: Path) -> dict[str, str]:
    event = tmp_path / "event.json"
    event.write_text(PUBLIC)
    return {"CI": "true", "GITHUB_EVENT_PATH": str(event)}


def test_the_flag_wins_over_the_project_and_both_over_the_place() -> None:
    assert redaction_of("strict", "off", {}, isatty=True) is Redaction.STRICT
    assert redaction_of(None, "off", {}, isatty=True) is Redaction.OFF
    assert redaction_of("auto", "off", {}, isatty=True) is Redaction.LAST4
    assert redaction_of(None, None, {"CI": "1"}, isatty=False) is Redaction.ALIAS


def test_a_public_repository_is_strict_by_itself_and_shows_no_numbers_on_request(public: dict[str, str]) -> None:
    assert redaction_of(None, None, public, isatty=False) is Redaction.STRICT
    assert redaction_of("alias", None, public, isatty=False) is Redaction.ALIAS
    for revealing in ("off", "last4"):
        with pytest.raises(Refusal):
            redaction_of(revealing, None, public, isatty=False)


def test_an_event_that_cannot_be_read_is_not_public(tmp_path: Path) -> None:
    gone = {"CI": "true", "GITHUB_EVENT_PATH": str(tmp_path / "gone")}
    assert redaction_of(None, None, gone, isatty=False) is Redaction.ALIAS


class Narrow(io.StringIO):
    """A terminal; how wide it is says COLUMNS."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "lines"), [(Narrow(), 2), (io.StringIO(), 1)])
def test_only_a_terminal_gets_folded_lines(
    stream: io.StringIO, lines: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    screen = Screen(stream, stream, io.StringIO(), color=False, unicode=True)
    text = "word " * 16 + "end"
    assert len(screen.fitted(text).split("\n")) == lines
    assert screen.fitted(text, tmp_path / "file") == text
