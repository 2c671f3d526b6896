"""Since which commit a line of a manifest says what it says."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from wagroups.domain.origin import Origin

_UNCOMMITTED: Final = "0" * 40
"""The commit that git gives to lines which are in none (git-blame(1), "The porcelain format")."""

_DIGITS: Final = 8


class Commit(NamedTuple):
    """A change in git."""

    digits: str
    """The first digits of its hash; empty for a line that is not committed."""
    at: datetime | None


def blame(root: Path, place: Origin) -> Commit | None:
    """The commit that wrote a line; `None` where git cannot tell: no git, no repository, a file it does not know."""
    lines = f"-L{place.line},{place.line}"
    command = ["git", "blame", "--porcelain", lines, "--", place.file]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, errors="replace")  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    said = done.stdout.splitlines()
    commit = said[0].split(" ", 1)[0] if said else ""
    if commit == _UNCOMMITTED:
        return Commit("", None)
    seconds = next((line.split(" ")[1] for line in said if line.startswith("committer-time ")), None)
    if not commit or seconds is None:
        return None
    return Commit(commit[:_DIGITS], datetime.fromtimestamp(int(seconds), UTC))
