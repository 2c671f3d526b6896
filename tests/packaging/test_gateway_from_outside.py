"""A gateway of another package, which only reads and has no simulation: found, named, planned with, never written to.

It is the package of `examples/gateway`, built as a wheel and installed in a folder of its own.
"""

import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.pseudo_terminal import person
from tests.packaging.test_distributions import REPOSITORY
from wagroups.domain.identity import AccountKey
from wagroups.domain.plans.budget import CallClass
from wagroups.state.open import open_ledger

EXAMPLE: Final = REPOSITORY / "examples" / "gateway"
ME: Final = "447700900100@s.whatsapp.net"
LIVE: Final[dict[str, Any]] = {
    "/me": {"id": ME},
    "/groups": [
        {
            "id": "120363000000000001@g.us",
            "subject": "Old rowers",
            "members": [{"id": ME, "role": "owner"}, {"id": "447700900101@s.whatsapp.net", "role": "member"}],
        }
    ],
}
CONFIG: Final = "accounts: {office: {gateway: acme, url_env: WAGROUPS_URL, key_env: WAGROUPS_KEY, profile: seasoned}}\n"
GROUPS: Final = """\
people: {anna: +44 7700 900101, ben: +44 7700 900102}
groups:
  rowers: {id: 120363000000000001@g.us, subject: Rowers, members: [anna, ben]}
"""


class Acme(BaseHTTPRequestHandler):
    """The made-up server.  Whatever is not read is written down, and answered as a fault."""

    asked: Final[list[str]] = []

    def do_GET(self) -> None:
        self.answer(200, LIVE[self.path])

    def do_POST(self) -> None:
        self.answer(500, {})

    do_PUT = do_DELETE = do_PATCH = do_POST

    def answer(self, status: int, body: object) -> None:
        self.asked.append(f"{self.command} {self.path}")
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the package as an installer puts it there."""
    built, site = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", built, EXAMPLE],
        check=True,
        capture_output=True,
        timeout=120,
    )
    [wheel] = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(site)
    return site


@pytest.fixture
def url() -> Iterator[str]:
    Acme.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Acme) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Project:
    def __init__(self, root: Path, site: Path, url: str) -> None:
        self.root = root
        source = str(REPOSITORY / "src")
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(root),
            "PYTHONPATH": os.pathsep.join([source, str(site)]),
            "WAGROUPS_URL": url,
            "WAGROUPS_KEY": "a-key",
        }
        (root / "wagroups.yaml").write_text(CONFIG, encoding="utf-8")
        (root / "groups.yaml").write_text(GROUPS, encoding="utf-8")

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def wagroups(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "wagroups", *arguments)


@pytest.fixture
def project(tmp_path: Path, installed: Path, url: str) -> Project:
    return Project(tmp_path, installed, url)


def test_the_example_is_short() -> None:
    """Lines that are neither blank nor an import."""
    text = (EXAMPLE / "wagroups_acme.py").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("import ", "from "))]
    assert len(lines) < 60


def test_what_it_cannot_do_is_planned_as_open_points(project: Project) -> None:
    done = project.wagroups("plan", "-o", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    [group] = json.loads(done.stdout)["groups"]
    assert group["actions"] == []
    notices = " ".join(json.dumps(notice) for notice in group["notices"])
    assert "Acme shows it and cannot change it" in notices
    assert "ben" in notices
    said = project.wagroups("plan").stdout
    assert "to add" not in said
    assert "rename" not in said


def test_an_apply_asks_for_nothing_and_spends_nothing(project: Project) -> None:
    done = project.wagroups("apply", "--yes")
    assert done.returncode in (0, 2), done.stdout + done.stderr
    assert {asked.split()[0] for asked in Acme.asked} == {"GET"}
    ledger = open_ledger(project.root / ".wagroups" / "state.db", read_only=True)
    try:
        spent = ledger.standing(AccountKey("office"), datetime.now(UTC)).spent
    finally:
        ledger.close()
    assert {calls for calls, attempts in spent.items() if attempts} <= {CallClass.LIST, CallClass.READ, CallClass.LOOK}


def test_init_offers_it(project: Project, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    with person(new, "init", environ=project.environ) as somebody:
        somebody.sees("Gateway (waha, waxum, acme)")


def test_errors_name_it_beside_ours(project: Project) -> None:
    (project.root / "wagroups.yaml").write_text(CONFIG.replace("acme", "acne"), encoding="utf-8")
    done = project.wagroups("validate")
    assert done.returncode == 65
    said = done.stdout + done.stderr
    assert "waha, waxum, acme" in said
    assert "acme" in said.partition("waha, waxum, acme")[0] or "Did you mean" in said


def test_a_sandbox_of_it_says_that_there_is_no_simulation(project: Project) -> None:
    done = project.wagroups("sandbox", "--gateway", "acme")
    assert done.returncode == 64, done.stdout
    assert "acme comes without a simulation" in done.stderr


def test_a_package_that_cannot_be_loaded_is_named(project: Project, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    metadata = broken / "wagroups_broken-2.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: wagroups-broken\nVersion: 2.0\n")
    (metadata / "entry_points.txt").write_text("[wagroups.gateways]\nbroken = wagroups_broken:KIND\n")
    project.environ["PYTHONPATH"] += os.pathsep + str(broken)
    (project.root / "wagroups.yaml").write_text(CONFIG.replace("acme", "broken"), encoding="utf-8")
    assert project.wagroups("validate").returncode == 0
    done = project.wagroups("plan")
    assert done.returncode == 7, done.stdout + done.stderr
    assert "wagroups-broken 2.0" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_contract_that_comes_along_passes_and_skips_what_is_not_claimed(project: Project, url: str) -> None:
    done = project.python("-m", "wagroups.contract", "acme", "--url", url)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok    acme: all groups are read, with people who have a number or a LID" in lines
    assert "skip  acme: somebody added is seen – a running gateway is only read" in lines
    assert {asked.split()[0] for asked in Acme.asked} == {"GET"}
    offline = project.python("-m", "wagroups.contract", "acme")
    assert (offline.returncode, offline.stdout.splitlines()[-1][:4]) == (0, "skip")


def test_the_contract_names_the_gateways_that_there_are(project: Project) -> None:
    done = project.python("-m", "wagroups.contract", "acne")
    assert done.returncode != 0
    assert "waha, waxum, acme" in done.stderr
