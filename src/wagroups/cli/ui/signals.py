"""Stop cleanly: the first Ctrl-C or SIGTERM lets the call in flight finish, the second ends at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from wagroups.domain.exit import Exit


class Termination(KeyboardInterrupt):
    """SIGTERM, raised where the program is; a verb that must finish something installs its own handler."""


@contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM raise a `Termination` for as long as a verb runs."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python delivers signals to the main thread only.
        return

    def terminate(number: int, frame: FrameType | None) -> NoReturn:
        raise Termination

    previous = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


class StopFlag:
    """Whether somebody asked to stop, and the exit code that goes with how they asked."""

    def __init__(self) -> None:
        self.code: int | None = None

    def __bool__(self) -> bool:
        return self.code is not None


@contextmanager
def stop_requests(say: Callable[[str], None]) -> Iterator[StopFlag]:
    """Take the process's signals for as long as a run writes; `say` tells who sent one what it does."""
    flag = StopFlag()

    def ask(number: int, frame: FrameType | None) -> None:
        if flag:
            raise KeyboardInterrupt
        flag.code = (Exit.TERMINATED if number == signal.SIGTERM else Exit.INTERRUPTED).code
        say("Stopping after the current call.  Press Ctrl-C again to stop at once.")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield flag
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
