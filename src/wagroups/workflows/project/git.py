"""Ask git about the project's folder.

Only through its own program: it knows work trees, submodules and shallow clones better than any library would.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wagroups.domain.errors import GitError

_NO_LOCALE: Final[Mapping[str, str]] = {"LC_ALL": "C"}
"""git translates its messages, and one of them is shown."""


_WAYS_OUT: Final = (
    (
        "dubious ownership",
        "The folder belongs to a different user.  Run `git config --global --add safe.directory "
        "{root}` first, in a job's container too.",
    ),
    ("not a git repository", "Run it in a git checkout, not in a copy of the files."),
    (
        "index.lock",
        "Another git process is working in this checkout, or was killed: wait, or delete the file it names.",
    ),
    ("Permission denied", "Run it as the user who owns the checkout."),
)
"""What git says, and what helps then."""


def git(root: Path, *arguments: str, doing: str, hint: str) -> bytes:
    """What git prints in `root`.  `doing` is what could not be done (“compare”), `hint` what helps then.

    Raises GitError, also where git is not installed.
    """
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and revisions are checked by `checked_revision`
            ["git", *arguments],  # noqa: S607
            cwd=root,
            capture_output=True,
            check=True,
            env={**os.environ, **_NO_LOCALE},
        )
    except FileNotFoundError:
        raise GitError(f"git is not installed, so it cannot {doing}", hint="Install git.") from None
    except subprocess.CalledProcessError as error:
        raise failure(error.stderr, root, doing=doing, hint=hint) from None
    return done.stdout


def failure(stderr: bytes, root: Path, *, doing: str, hint: str) -> GitError:
    """The error for what git printed: its first `fatal:` line, because advice and usage follow, with the way out."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith("fatal:")), lines[0] if lines else "")
    way_out = next((help for words, help in _WAYS_OUT if words in said), hint).format(root=root.resolve())
    return GitError(f"git could not {doing}: {said or 'it gave no reason'}", hint=way_out, reason=said)


def checked_revision(ref: str) -> str:
    """`ref`, unless git would take it for an option.  Raises GitError."""
    if ref.startswith("-") or not ref.strip():
        raise GitError(f"{ref!r} is not a revision", hint="Name a branch, a tag or a commit.")
    return ref


def names(listed: bytes) -> list[str]:
    """The paths of a list that was asked for with `-z`."""
    return [name.decode(errors="surrogateescape") for name in listed.split(b"\0") if name]


def is_work_tree(root: Path) -> bool:
    """Whether `root` is inside a git checkout, and git is there to ask."""
    try:
        git(root, "rev-parse", "--is-inside-work-tree", doing="look", hint="")
    except GitError:
        return False
    return True


def revision_of(root: Path) -> str | None:
    """What git calls the files as they are: a commit's first digits, with `-dirty` after changes that are in none.

    `None` where git cannot tell.
    """
    try:
        said = git(root, "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12", doing="look", hint="")
    except GitError:
        return None
    return said.decode(errors="replace").strip() or None
