"""A person at a terminal: reads what a command shows there, and types when it is their turn."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PATIENCE_S: Final = 60.0
"""Until a command is given up.  Chosen: it takes a few seconds on a quiet machine."""


class Person:
    """Somebody who runs `wagroups` on a terminal; what it writes to stdout is not mixed in."""

    def __init__(self, process: "subprocess.Popen[str]", terminal: int) -> None:
        self._process, self._terminal = process, terminal
        self.shown = ""
        """Everything that the terminal showed, with what was typed."""
        self._read = 0

    def answer(self, question: str, typed: str = "") -> None:
        """Wait for a question, and type the answer and Enter."""
        self.sees(question)
        os.write(self._terminal, f"{typed}\n".encode())

    def end(self) -> tuple[int, str]:
        """Wait for the command: its exit code and its stdout."""
        out, _ = self._process.communicate(timeout=PATIENCE_S)
        while self._more(0):
            pass
        return self._process.returncode, out

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)

    def sees(self, text: str) -> None:
        """Wait until the terminal shows it, after what was waited for before."""
        end = time.monotonic() + PATIENCE_S
        while (at := self.shown.find(text, self._read)) < 0:
            assert time.monotonic() < end, f"nobody asked {text!r}; shown: {self.shown!r}"
            assert self._more(1) or self._process.poll() is None, f"over before {text!r}; shown: {self.shown!r}"
        self._read = at + len(text)

    def _more(self, seconds: float) -> bool:
        if not select.select([self._terminal], [], [], seconds)[0]:
            return False
        try:
            chunk = os.read(self._terminal, 65536)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.shown += chunk.decode(errors="replace").replace("\r\n", "\n")
        return bool(chunk)


@contextmanager
def person(folder: Path, *arguments: str, environ: Mapping[str, str]) -> Iterator[Person]:
    """Run `wagroups` with a terminal of its own for stdin and stderr."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "wagroups", *arguments],
        cwd=folder,
        env={**os.environ, **environ},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        encoding="utf-8",
        # Whoever runs the tests has a terminal too: a question for a password must not go there.
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Person(process, ours)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
        os.close(ours)
