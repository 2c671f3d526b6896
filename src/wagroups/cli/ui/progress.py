"""Show that something goes on: a bar on a terminal, now and then a line elsewhere, always on stderr.

Nothing is shown for work of less than a second: most of it is.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE: Final = 1.0
"""Seconds before anything is shown."""

LINE_EVERY: Final = 30.0
"""Seconds after which a line is due without a terminal, though no tenth was passed.  Keeps CI from giving up."""

_TENTHS: Final = 10


class Meter(Protocol):
    """What work reports to.  Cheap: it may be called for every item."""

    def advance(self, done: int = 1) -> None:
        """So many more items are done."""
        ...

    def note(self, text: str) -> None:
        """What is going on now; already redacted."""
        ...

    def wait(self, text: str, seconds: float) -> None:
        """Nothing will happen for so long, and why: told at once where somebody would wonder."""
        ...


@contextmanager
def meter(
    label: str,
    total: int,
    stream: TextIO,
    *,
    quiet: bool = False,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[Meter]:
    """Report on `total` items of work for as long as the context lasts."""
    if quiet:
        yield _Silent()
    elif stream.isatty():
        bar = _Bar(label, total, stream, now)
        try:
            yield bar
        finally:
            bar.close()
    else:
        yield _Lines(label, total, stream, now)


class _Silent:
    def advance(self, done: int = 1) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def wait(self, text: str, seconds: float) -> None:
        pass


@dataclass(slots=True)
class _Lines:
    """A line for each tenth, and at least every `LINE_EVERY` seconds."""

    label: str
    total: int
    stream: TextIO
    now: Callable[[], float]
    done: int = 0
    started: float = field(init=False)
    told_at: float = field(init=False)
    told_tenth: int = 0

    def __post_init__(self) -> None:
        self.started = self.told_at = self.now()

    def advance(self, done: int = 1) -> None:
        self.done += done
        self._tell()

    def note(self, text: str) -> None:
        self._tell(f" ({text})", patience=LINE_EVERY)

    def wait(self, text: str, seconds: float) -> None:
        if seconds >= LINE_EVERY:
            self._write(f" ({text})")

    def _tell(self, remark: str = "", patience: float = 0.0) -> None:
        at = self.now()
        tenth = self.done * _TENTHS // self.total if self.total else 0
        due = (tenth > self.told_tenth and not patience) or at - self.told_at >= LINE_EVERY
        if not due or at - self.started < PATIENCE:
            return
        self.told_tenth = tenth
        self._write(remark)

    def _write(self, remark: str) -> None:
        self.told_at = self.now()
        self.stream.write(f"{self.label}: {self.done} of {self.total}{remark}\n")
        self.stream.flush()


class _Bar:
    """A bar by rich, which is imported only when there is something to show."""

    def __init__(self, label: str, total: int, stream: TextIO, now: Callable[[], float]) -> None:
        self._label, self._total, self._stream, self._now = label, total, stream, now
        self._started = now()
        self._done = 0
        self._shown: Progress | None = None

    def advance(self, done: int = 1) -> None:
        self._done += done
        self._show(self._label)

    def note(self, text: str) -> None:
        self._show(f"{self._label} ({text})")

    def wait(self, text: str, seconds: float) -> None:
        self._show(f"{self._label} ({text})", at_once=seconds >= PATIENCE)

    def close(self) -> None:
        if self._shown is not None:
            self._shown.stop()

    def _show(self, label: str, *, at_once: bool = False) -> None:
        if self._shown is None:
            if not at_once and self._now() - self._started < PATIENCE:
                return
            self._shown = _rich_bar(self._stream)
            self._shown.add_task(label, total=self._total)
            self._shown.start()
        self._shown.update(self._shown.task_ids[0], completed=self._done, description=label)


def _rich_bar(stream: TextIO) -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    # Labels are plain text: a group's name must not be read as rich's markup.
    text = TextColumn("{task.description}", markup=False)
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(file=stream), transient=True)
