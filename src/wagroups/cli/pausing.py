"""Say what is waited for, where somebody would wonder."""

from datetime import timedelta
from typing import Final

from wagroups.cli.terminal import Screen
from wagroups.domain.budget import Waiting
from wagroups.reports.resting import waiting_words
from wagroups.workflows.session import Patience

WORTH_SAYING: Final = timedelta(seconds=1)
"""Shorter pauses pass unnoticed.  Chosen."""


def patience_of(screen: Screen) -> Patience:
    """As patient as usual, and pauses worth saying are said."""

    def waiting(waiting: Waiting) -> None:
        if waiting.duration > WORTH_SAYING:
            screen.say(waiting_words(waiting))

    return Patience(waiting=waiting)
