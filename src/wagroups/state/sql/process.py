"""Who this process is, and whether another one is provably dead.

A lease must not outlive a killed run by its full time, and must never be taken from one that lives.  A number
alone proves nothing: process ids are used again, and each container counts its own.
"""

import os
import platform
import uuid
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")


class Holder(NamedTuple):
    """One process.  Empty fields: this system does not tell."""

    host: str
    """The machine and, where there are such, the space in which `pid` counts."""
    boot: str
    """Another value after each start of the machine."""
    pid: int
    started: str
    """When the process began, in the system's own unit: tells it from a later one with the same number."""


def this_process() -> Holder:
    pid = os.getpid()
    life = _life(pid)
    return Holder(host=_host(), boot=_boot(), pid=pid, started=life.started if life else "")


def provably_dead(holder: Holder) -> bool:
    """Whether `holder` was a process of this very machine and no longer runs."""
    if holder.host != _host():
        return False
    if holder.boot != _boot():
        return True
    life = _life(holder.pid)
    if life is None:
        return os.name == "posix" and not _exists(holder.pid)
    return not life.running or life.started != holder.started


@lru_cache(maxsize=1)
def _host() -> str:
    # Containers of one image share the machine id and, on one machine, the boot id; the space of process ids differs.
    machine = _text(Path("/etc/machine-id")) or f"{uuid.getnode():012x}"
    try:
        space = os.readlink(_PROC / "self/ns/pid")
    except OSError:
        space = ""
    return "/".join((machine, platform.node(), space))


@lru_cache(maxsize=1)
def _boot() -> str:
    return _text(_PROC / "sys/kernel/random/boot_id")


class _Life(NamedTuple):
    running: bool
    """False for a corpse that nobody has collected yet."""
    started: str


def _life(pid: int) -> _Life | None:
    """State and start of a process, from `/proc/<pid>/stat` (proc(5), fields 3 and 22); `None` if it cannot be read."""
    # The second field is the program's name in parentheses and may contain anything, spaces and parentheses too.
    fields = _text(_PROC / str(pid) / "stat").rpartition(")")[2].split()
    return _Life(fields[0] not in ("Z", "X"), fields[19]) if len(fields) > 19 else None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
