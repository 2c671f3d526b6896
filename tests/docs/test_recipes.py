"""The recipes of `docs/architecture.md`, carried out word by word on a copy of the source."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from tests.docs.blocks import ROOT, Block, blocks
from wagroups.cli.verbs import VERBS

PAGE: Final = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
RECIPES: Final[Mapping[str, tuple[Block, ...]]] = {
    part.split("\n", 1)[0]: blocks(part.split("\n## ")[0]) for part in PAGE.split("\n### Recipe: ")[1:]
}
NO_VARIABLES: Final[Mapping[str, str]] = {}
MANIFEST: Final = """\
people:
  anna: +44 7700 900101
groups:
  rowers:
    subject: Rowers
    settings: {send_polls: %s}
    admins: [anna]
"""


class Copy:
    """A checkout in which every recipe was carried out, and a project to try it on."""

    def __init__(self, checkout: Path, project: Path) -> None:
        self.checkout, self.project = checkout, project
        self.write("wagroups.yaml", "accounts: {office: {gateway: waha, url_env: WAGROUPS_URL}}\n")

    def write(self, name: str, text: str) -> None:
        (self.project / name).write_text(text, encoding="utf-8")

    def python(
        self, *arguments: str, folder: Path | None = None, environ: Mapping[str, str] = NO_VARIABLES
    ) -> subprocess.CompletedProcess[str]:
        """Run the changed source, with the tests of this checkout."""
        places = os.pathsep.join(map(str, (self.checkout / "src", self.checkout, ROOT)))
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=folder or self.project,
            # What the first process compiles is kept for the others.
            env={**os.environ, **environ, "PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def wagroups(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "wagroups", *arguments, environ=environ)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for recipe in RECIPES.values():
        for block in recipe:
            block.carry_out(root)
    shutil.copytree(ROOT / "examples" / "gateway", root, dirs_exist_ok=True)
    _install(root)
    return root


@pytest.fixture
def copy(checkout: Path, tmp_path: Path) -> Copy:
    return Copy(checkout, tmp_path)


def test_each_recipe_is_tried_below() -> None:
    assert set(RECIPES) == {"add a setting", "add a verb", "add a gateway"}
    shown = [block for recipe in RECIPES.values() for block in recipe]
    assert {block.kind for block in shown if block.file is None} == {"console", "diff", "toml"}
    assert len(blocks(PAGE)) == PAGE.count("\n```") / 2


# --- a setting --------------------------------------------------------------------------------------------------


PLANS: Final = """
import sys
from tests import builders as b
from tests.rig import rig
from wagroups.domain.declared.settings import Setting

with rig("waha", "noweb", "anna") as noweb:
    chess = noweb.live_group("Chess", {})
    wanted = b.group(settings={Setting("send_polls"): "admins"}, id=chess)
    (group,) = noweb.plan(wanted).groups
    print([action.change.after for action in group.actions if action.change.kind == "setting.set"])
    noweb.apply(wanted)
    print(noweb.group("Chess").settings["send_polls"])
with rig("waxum", "waxum", "anna") as waxum:
    wanted = b.group(settings={Setting("send_polls"): "admins"}, id=waxum.live_group("Chess", {}))
    (group,) = waxum.plan(wanted).groups
    print([action.change.kind for action in group.actions], [notice.code for notice in group.notices])
"""


def test_a_setting_is_validated_shown_planned_and_applied(copy: Copy) -> None:
    copy.write("groups.yaml", MANIFEST % "nobody")
    wrong = copy.wagroups("validate")
    assert wrong.returncode == 65
    assert "groups.yaml:6:" in wrong.stdout + wrong.stderr
    assert "everyone" in wrong.stdout + wrong.stderr
    copy.write("groups.yaml", MANIFEST % "admins")
    assert "send_polls: admins" in copy.wagroups("show", "--redact", "alias").stdout
    planned = copy.python("-c", PLANS)
    assert planned.stdout.splitlines() == [
        "['admins']",
        "admins",
        "[] ['unsupported']",
    ], planned.stderr


def test_the_commands_of_the_recipe_of_a_setting_succeed(copy: Copy) -> None:
    shutil.copytree(ROOT / "tests" / "gateways", copy.checkout / "tests" / "gateways")
    for block in RECIPES["add a setting"]:
        for line in block.text.splitlines() if block.kind == "console" else ():
            prompt, python, *arguments = shlex.split(line)
            assert (prompt, python) == ("$", "python")
            done = copy.python(*arguments, folder=copy.checkout)
            assert done.returncode == 0, done.stdout + done.stderr
    schema = json.loads((copy.checkout / "schemas" / "manifest.schema.json").read_text(encoding="utf-8"))
    assert "send_polls" in json.dumps(schema)
    assert "`send_polls`" in (copy.checkout / "docs" / "gateways.md").read_text(encoding="utf-8")


# --- a verb -----------------------------------------------------------------------------------------------------


def test_a_verb_runs_and_stands_in_help(copy: Copy) -> None:
    assert "accounts" not in VERBS
    copy.write("groups.yaml", MANIFEST.replace("    settings: {send_polls: %s}\n", ""))
    assert "  accounts   Count the groups of each account." in copy.wagroups("--help").stdout
    assert "for each account" in copy.wagroups("accounts", "--help").stdout
    assert copy.wagroups("accounts").stdout == "office: 1\n"
    document = json.loads(copy.wagroups("accounts", "-o", "json").stdout)
    assert document == {"groups": {"office": 1}, "exit": {"code": 0, "reason": "ok"}}


# --- a gateway --------------------------------------------------------------------------------------------------


ACME: Final[Mapping[str, Any]] = {
    "/me": {"id": "447700900100@s.whatsapp.net"},
    "/groups": [
        {
            "id": "120363000000000001@g.us",
            "subject": "Old rowers",
            "members": [
                {"id": "447700900100@s.whatsapp.net", "role": "owner"},
                {"id": "447700900101@s.whatsapp.net", "role": "member"},
            ],
        }
    ],
}


class Acme(BaseHTTPRequestHandler):
    """The made-up server of the recipe."""

    def do_GET(self) -> None:
        body = json.dumps(ACME[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def acme() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Acme) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _install(folder: Path) -> None:
    """Write what an installer writes (Python Packaging User Guide, “Recording installed projects”)."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    recorded = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    recorded.mkdir()
    named = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (recorded / "METADATA").write_text(named, encoding="utf-8")
    sections = [
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in points.items())
        for group, points in project["entry-points"].items()
    ]
    (recorded / "entry_points.txt").write_text("\n".join(sections), encoding="utf-8")


def test_a_gateway_is_found_by_its_entry_point_and_plans(copy: Copy) -> None:
    copy.write("wagroups.yaml", "accounts: {office: {gateway: acme, url_env: WAGROUPS_URL, key_env: WAGROUPS_KEY}}\n")
    copy.write(
        "groups.yaml",
        """\
people: {anna: +44 7700 900101, ben: +44 7700 900102}
groups:
  rowers: {id: 120363000000000001@g.us, subject: Rowers, members: [anna, ben]}
""",
    )
    (entry,) = (block.text for block in RECIPES["add a gateway"] if block.kind == "toml")
    assert entry in (ROOT / "examples" / "gateway" / "pyproject.toml").read_text(encoding="utf-8")
    with acme() as url:
        planned = copy.wagroups("plan", "--redact", "alias", WAGROUPS_URL=url, WAGROUPS_KEY="a-key")
        checked = copy.python("-m", "wagroups.contract", "acme", "--url", url, environ={"WAGROUPS_KEY": "a-key"})
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "Acme shows it and cannot change it" in planned.stdout
