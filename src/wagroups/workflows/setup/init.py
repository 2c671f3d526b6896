"""Start a project: see that its first files are valid, and write them where nothing is yet."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from wagroups.domain.errors import Refusal
from wagroups.domain.problem import Problem
from wagroups.manifests.project import check_project
from wagroups.workflows.project.gateway_kinds import unoffered
from wagroups.workflows.setup.first_files import IGNORE_FILE, IGNORED, Files


def faults_of(files: Files, environ: Mapping[str, str]) -> tuple[Problem, ...]:
    """What `validate` would find wrong here with composed files; nothing is written where the user is."""
    with TemporaryDirectory(prefix="wagroups-init-") as folder:
        write(Path(folder), files)
        project, problems = check_project(Path(folder), environ)
    return problems if project is None else (*problems, *unoffered(project.config))


def check_free(root: Path, files: Mapping[str, str]) -> None:
    """Raises Refusal, naming them, when any of `files` exists.  `.gitignore` may: it is only added to."""
    existing = [name for name in files if name != IGNORE_FILE and (root / name).exists()]
    if existing:
        raise Refusal(
            "exists",
            f"these files already exist: {', '.join(existing)}",
            hint="Nothing was written.  Name another folder with --project DIR, or overwrite them with --force.",
        )


def start(root: Path, files: Files) -> tuple[str, ...]:
    """Write `files` under `root`; returns the names of those that were written or added to."""
    ignored = root / IGNORE_FILE
    if not ignored.exists():
        write(root, files)
        return tuple(files)
    write(root, {name: text for name, text in files.items() if name != IGNORE_FILE})
    added = _add_lines(ignored, files[IGNORE_FILE])
    return tuple(name for name in files if added or name != IGNORE_FILE)


def _add_lines(ignored: Path, lines: str) -> bool:
    """Add to a file of others, whatever its encoding; false when it says so already."""
    before = ignored.read_bytes()
    if IGNORED.encode() in before.split():
        return False
    with ignored.open("ab") as file:
        file.write(b"\n" * (not before.endswith(b"\n")) + lines.encode())
    return True


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write each text at its path below `root`, folders included."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
