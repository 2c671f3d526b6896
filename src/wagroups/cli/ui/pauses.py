"""Say what is waited for, where somebody would wonder, and count down on a terminal."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from wagroups.cli.ui.terminal import Screen
from wagroups.domain.plans.budget import Waiting
from wagroups.reports.view.rests import waiting_words
from wagroups.workflows.reconcile.session import WaitPolicy

WORTH_SAYING: Final = timedelta(seconds=3)
"""Shorter pauses pass unnoticed (safety guide, part 6)."""

_ERASED: Final = "\r\x1b[K"
"""Back to the beginning of the line, and nothing on it (ECMA-48, CR and EL)."""


class Countdown:
    """Says every wait once, in a line; on a terminal the seconds that are left stand below it until it is over."""

    def __init__(self, screen: Screen, timezone: str) -> None:
        self._screen, self._timezone = screen, timezone
        self._counting = False
        self._shown: int | None = None

    def begin(self, waiting: Waiting) -> None:
        """Say a wait that is worth it."""
        self._counting = waiting.duration > WORTH_SAYING
        if self._counting:
            self._screen.say(waiting_words(waiting, self._timezone))

    def tick(self, left: timedelta) -> None:
        """Show how long it still takes; zero ends the countdown."""
        if not self._counting or self._screen.quiet or not self._screen.stderr.isatty():
            return
        seconds = max(0, round(left.total_seconds()))
        if seconds == self._shown:
            return
        self._shown = seconds or None
        minutes, rest = divmod(seconds, 60)
        self._write(f"{_ERASED}  {minutes}:{rest:02} left" if seconds else _ERASED)

    def _write(self, text: str) -> None:
        with suppress(BrokenPipeError):
            self._screen.stderr.write(text)
            self._screen.stderr.flush()


def patience_of(screen: Screen, timezone: str = "UTC") -> WaitPolicy:
    """As patient as usual, and pauses worth saying are said."""
    countdown = Countdown(screen, timezone)
    return WaitPolicy(waiting=countdown.begin, left=countdown.tick)
