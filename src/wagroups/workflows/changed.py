"""Which groups a change in git touches: for plans of large projects in pull requests (`--changed-since`)."""

import subprocess
from pathlib import Path

from wagroups.domain.desired import Desired, DesiredGroup
from wagroups.domain.errors import WagroupsError
from wagroups.domain.identity import GroupKey
from wagroups.manifests.schema import CONFIG_FILE


class GitFailed(WagroupsError):
    """git could not say what changed."""


def groups_changed_since(root: Path, desired: Desired, ref: str) -> tuple[GroupKey, ...]:
    """Keys of the groups that are declared in, or list people of, files that differ from `ref`.

    A change of the configuration touches every group.  Raises GitFailed.
    """
    files = _changed_files(root, ref)
    if CONFIG_FILE in files:
        return tuple(desired.groups)
    return tuple(key for key, group in desired.groups.items() if files.intersection(_files_of(group)))


def _files_of(group: DesiredGroup) -> set[str]:
    origins = [group.origin, *group.origins.values()]
    for entry in group.members:
        origins += [entry.origin, entry.person.origin]
    return {origin.file for origin in origins}


def _changed_files(root: Path, ref: str) -> frozenset[str]:
    """Paths below `root`, relative to it, of tracked files that differ from `ref` and of untracked ones."""
    if ref.startswith("-"):
        raise GitFailed(f"{ref!r} is not a revision", hint="Name a branch, a tag or a commit.")
    differing = _git(root, "diff", "--name-only", "--relative", "-z", ref, "--")
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(filter(None, (differing + untracked).split("\0")))


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)  # noqa: S603, S607
    except FileNotFoundError:
        raise GitFailed("git is not installed", hint="Leave --changed-since out.") from None
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip().splitlines()
        raise GitFailed(
            f"git could not compare: {said[-1] if said else 'it gave no reason'}",
            hint="In CI, fetch enough history (fetch-depth: 0).",
        ) from None
    return done.stdout
