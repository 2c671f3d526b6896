"""What is imported for help, for completion, and by the verbs that look at files only: exact lists.

Each import that is not needed is waited for by somebody who pressed Tab.
"""

import json
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from wagroups.cli.options.project_names import names_of_project
from wagroups.cli.verbs import VERBS
from wagroups.state.open import open_ledger

TO_READ_FILES: Final = {
    "annotated_types",
    "click",
    "phonenumbers",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
    "yaml",
}

CLUB: Final = Path(__file__).parents[2] / "examples" / "club"

HELP_OF_EVERYTHING: Final = """
import contextlib, io, json, sys
before = set(sys.modules)
import click
from click.shell_completion import ShellComplete
from wagroups.cli.main import program, run

def render(command, words, shown):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        run([*words, "--help"])
    assert out.getvalue().startswith(f"Usage: {' '.join(['wagroups', *words])} ")
    shown.append(" ".join(words))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            render(command.get_command(context, name), [*words, name], shown)
    return shown

made = program()
shown = render(made, [], [])
complete = ShellComplete(made, {}, "wagroups", "_WAGROUPS_COMPLETE").get_completions
offered = [[item.value for item in complete(words, typed)] for words, typed in (
    ([], "p"), (["plan"], "--"), (["plan", "--only"], ""), (["state"], ""), (["-o", "json", "show"], "--e"),
    (["show"], ""),
)]
loaded = [name for name, module in sys.modules.items() if getattr(module, "__file__", None) and name not in before]
print(json.dumps({"loaded": sorted(loaded), "shown": shown, "offered": offered}))
"""

FILES_ONLY: Final = """
import contextlib, io, json, sys
before = set(sys.modules)
from wagroups.cli.main import run
with contextlib.redirect_stdout(io.StringIO()):
    endings = [run(line.split()).reason for line in (
        "validate", "show", "show --explain -o json --redact strict", "fmt --check", "diff --base HEAD --redact strict",
    )]
loaded = [name for name, module in sys.modules.items() if getattr(module, "__file__", None) and name not in before]
print(json.dumps({"loaded": sorted(loaded), "endings": endings}))
"""


def told(program: str, folder: Path | None = None) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True, cwd=folder
    )
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def third_party(loaded: list[str]) -> set[str]:
    packages = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names - {"wagroups"}
    return {name for name in packages if not name.startswith("_")}  # parts of extensions, and of the interpreter


@pytest.fixture(scope="module")
def help_of_everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Where somebody pressed Tab before."""
    root = tmp_path_factory.mktemp("club")
    shutil.copytree(CLUB, root, ignore=shutil.ignore_patterns(".wagroups"), dirs_exist_ok=True)
    (root / ".wagroups").mkdir()
    names_of_project(root)
    return told(HELP_OF_EVERYTHING, root)


def test_help_and_completion_load_click_alone(help_of_everything: dict[str, Any]) -> None:
    assert set(VERBS) < set(help_of_everything["shown"])
    assert "state forget" in help_of_everything["shown"]
    assert "--ahead" in help_of_everything["offered"][1]
    assert help_of_everything["offered"][0] == ["plan", "person", "pii"]
    assert help_of_everything["offered"][-1] == ["juniors", "news", "trainers"]
    assert third_party(help_of_everything["loaded"]) == {"click"}


def test_help_and_completion_load_none_of_the_standard_library_that_is_slow(
    help_of_everything: dict[str, Any],
) -> None:
    slow = {"asyncio", "dataclasses", "logging", "pathlib", "shutil", "socket", "sqlite3", "tempfile"}
    assert slow.intersection(help_of_everything["loaded"]) == set()


def test_help_and_completion_load_the_verbs_and_lists_of_names(help_of_everything: dict[str, Any]) -> None:
    ours = {name for name in help_of_everything["loaded"] if name.partition(".")[0] == "wagroups"}
    rooms = {"commands", "options", "ui"}
    options = {"options.completion", "options.run_options", "options.selection", "common_options"}
    shown = {"ui.findings", "ui.import_choice", "ui.webhook_server"}
    assert ours == {
        "wagroups",
        "wagroups.cli",
        "wagroups.cli.main",
        "wagroups.cli.options.project_names",
        "wagroups.cli.commands.state_people",
        "wagroups.cli.verbs",
        "wagroups.domain",
        "wagroups.domain.declared",
        "wagroups.domain.declared.choices",
        "wagroups.domain.exit",
        "wagroups.gateways",
        *(f"wagroups.cli.{name}" for name in rooms | options | shown),
        *(entry.module for entry in VERBS.values()),
    }


def test_verbs_that_look_at_files_load_neither_the_ledger_nor_what_talks_to_gateways(tmp_path: Path) -> None:
    root = tmp_path / "club"
    shutil.copytree(CLUB, root, ignore=shutil.ignore_patterns(".wagroups"))
    with closing(open_ledger(root / ".wagroups" / "state.db")):
        pass
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "1"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    done = told(FILES_ONLY, root)
    assert done["endings"] == ["ok"] * 5
    assert third_party(done["loaded"]) == TO_READ_FILES
    ours = {name for name in done["loaded"] if name.startswith("wagroups.")}
    assert {name for name in ours if name.startswith("wagroups.state.")} == {
        "wagroups.state.sql",
        "wagroups.state.sql.sqlite_file",
    }
    assert not [name for name in ours if name.startswith(("wagroups.gateways.", "wagroups.simulation"))]
    assert "wagroups.workflows.reconcile.session" not in ours
