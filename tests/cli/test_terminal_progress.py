"""Progress and log lines: on stderr, seldom, and without anybody's number."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from wagroups.cli.ui.logs import configure
from wagroups.cli.ui.progress import meter


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines_of(total: int, seconds_each: float) -> list[str]:
    stream, now = io.StringIO(), FakeTime()
    with meter("Reading groups", total, stream, now=now) as progress:
        for _ in range(total):
            now.seconds += seconds_each
            progress.advance()
    return stream.getvalue().splitlines()


def test_short_work_is_not_spoken_of() -> None:
    assert lines_of(100, 0.005) == []


def test_without_a_terminal_each_tenth_is_a_line() -> None:
    lines = lines_of(100, 1.0)
    assert len(lines) == 10
    assert lines[0] == "Reading groups: 10 of 100"
    assert lines[-1] == "Reading groups: 100 of 100"


def test_without_a_terminal_a_line_comes_every_half_minute() -> None:
    assert lines_of(4, 45.0) == [f"Reading groups: {done} of 4" for done in (1, 2, 3, 4)]


def test_a_long_wait_is_told_once_in_half_a_minute() -> None:
    stream, now = io.StringIO(), FakeTime()
    with meter("Applying", 10, stream, now=now) as progress:
        for _ in range(60):
            now.seconds += 1
            progress.note("waiting for the budget")
    assert stream.getvalue().splitlines() == ["Applying: 0 of 10 (waiting for the budget)"] * 2


def test_a_terminal_gets_a_bar_that_goes_away_and_reads_no_markup() -> None:
    stream, now = Terminal(), FakeTime()
    with meter("Applying", 10, stream, now=now) as progress:
        now.seconds = 2
        progress.advance(3)
        progress.note("[red]waiting[/red]")
    shown = stream.getvalue()
    assert "3/10" in shown
    assert "[red]waiting" in shown


def test_a_terminal_sees_nothing_of_short_work() -> None:
    stream = Terminal()
    with meter("Applying", 10, stream, now=FakeTime()) as progress:
        progress.advance(10)
    assert stream.getvalue() == ""


def test_quiet_is_quiet() -> None:
    stream, now = Terminal(), FakeTime()
    with meter("Applying", 10, stream, quiet=True, now=now) as progress:
        now.seconds = 60
        progress.advance(5)
    assert stream.getvalue() == ""


@pytest.fixture
def root_restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("root_restored")
@pytest.mark.parametrize("form", ["text", "json"])
def test_log_lines_hold_no_numbers_whoever_wrote_them(form: str) -> None:
    stream = io.StringIO()
    configure(stream, verbosity=2, quiet=False, form=form)
    try:
        raise ValueError("+447700900123")
    except ValueError:
        logging.getLogger("wagroups").exception(
            "adding %s to %s", "447700900123@c.us", "120363041234567890@g.us", extra={"group": "Call 07700 900123"}
        )
    written = stream.getvalue()
    assert "900123" not in written
    assert "120363041234567890@g.us" in written
    if form == "json":
        line = json.loads(written)
        assert (line["level"], line["message"]) == ("error", "adding (id) to 120363041234567890@g.us")


@pytest.mark.usefixtures("root_restored")
@pytest.mark.parametrize(
    ("verbosity", "quiet", "heard"),
    [
        (0, True, ["error"]),
        (0, False, ["warning", "error"]),
        (1, False, ["info", "warning", "error"]),
        (2, False, ["debug", "info", "warning", "error"]),
    ],
)
def test_flags_decide_how_much_is_logged(verbosity: int, quiet: bool, heard: list[str]) -> None:
    stream = io.StringIO()
    configure(stream, verbosity=verbosity, quiet=quiet, form="json")
    for level in ("debug", "info", "warning", "error"):
        getattr(logging.getLogger("wagroups"), level)(level)
    logging.getLogger("httpx").info("a request")
    logging.getLogger("sqlalchemy.pool").debug("a connection")
    logging.getLogger("asyncio").debug("a selector")
    said = [json.loads(line)["message"] for line in stream.getvalue().splitlines()]
    assert [word for word in said if word != "a request"] == heard
    assert ("a request" in said) == (verbosity == 2)


def test_a_long_wait_is_told_before_it_begins() -> None:
    stream = io.StringIO()
    with meter("apply", 3, stream, now=FakeTime()) as progress:
        progress.wait("waiting 5 s", 5)
        assert stream.getvalue() == ""
        progress.wait("waiting 90 s for the budget of `add`", 90)
    assert stream.getvalue() == "apply: 0 of 3 (waiting 90 s for the budget of `add`)\n"


def test_on_a_terminal_every_wait_that_somebody_would_notice_is_told() -> None:
    stream = Terminal()
    with meter("apply", 3, stream, now=FakeTime()) as progress:
        progress.wait("waiting 18 s", 18)
    assert "waiting 18 s" in stream.getvalue()
