"""The program as a process of its own that need not import anything: forked from one that has done so.

Importing is most of what a short command takes, and hundreds are run.  Each run is still a whole process with its own
environment, folder and streams; what importing itself does is seen where the program is started cold
(`tests/cli/test_main.py`, every run that is killed, every wheel).
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple


class Ended(NamedTuple):
    """A process that is over."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Stdout as JSON: the whole of it is exactly one document."""
        return json.loads(self.out)


def run_warm(arguments: tuple[str, ...], folder: Path, environ: Mapping[str, str], seconds: float) -> Ended:
    """Run `wagroups` to its end; after `seconds` it is ended, by SIGALRM."""
    with TemporaryDirectory(prefix="warm") as streams:
        out, err = Path(streams, "out"), Path(streams, "err")
        ask = {
            "arguments": arguments,
            "folder": str(folder),
            "environ": dict(environ),
            "out": str(out),
            "err": str(err),
            "seconds": int(seconds),
        }
        code = _parent().ask(ask)
        return Ended(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


class _Parent:
    """The process that imports everything once and forks for each command."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONUTF8": "1"},
            encoding="utf-8",
        )

    def ask(self, what: Mapping[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(what), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, "the process that forks has ended"
        return int(answer)


@cache
def _parent() -> _Parent:
    """One for each worker.  It ends by itself when its stdin is closed with the worker."""
    return _Parent()


def _serve() -> None:
    import importlib
    import pkgutil

    import wagroups

    for module in pkgutil.walk_packages(wagroups.__path__, "wagroups."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _be_wagroups(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _be_wagroups(ask: dict[str, object]) -> None:
    import atexit
    import runpy
    import signal
    import time
    import traceback

    code = 70
    try:
        signal.alarm(int(str(ask["seconds"])))
        for stream, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(str(ask[name]), os.O_WRONLY | os.O_CREAT), stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(str(ask["folder"]))
        os.environ.clear()
        os.environ.update(ask["environ"])  # type: ignore[call-overload]
        time.tzset()
        sys.argv = ["wagroups", *ask["arguments"]]  # type: ignore[misc]
        runpy.run_module("wagroups", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        atexit._run_exitfuncs()
        for written in (sys.stdout, sys.stderr):
            written.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
