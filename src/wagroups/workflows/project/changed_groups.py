"""Which groups a change in git touches: for plans of large projects in pull requests (`--changed-since`)."""

from pathlib import Path

from wagroups.domain.declared.desired import Desired, DesiredGroup
from wagroups.domain.declared.picture import Picture
from wagroups.domain.identity import GroupKey
from wagroups.manifests.language.fields import CONFIG_FILE
from wagroups.workflows.project.git import git, names
from wagroups.workflows.project.revisions import parting


def groups_changed_since(root: Path, desired: Desired, ref: str) -> tuple[GroupKey, ...]:
    """Keys of the groups that are made of files that differ from where this parted from `ref`, tables and pictures
    included.

    A change of the configuration touches every group.  Raises GitError.
    """
    files = _changed_files(root, ref)
    if CONFIG_FILE in files:
        return tuple(desired.groups)
    return tuple(key for key, group in desired.groups.items() if files.intersection(_files_of(group)))


def _files_of(group: DesiredGroup) -> set[str]:
    pictures = {group.picture.path} if isinstance(group.picture, Picture) else set()
    return {*group.sources, *pictures, *(person.origin.file for person in group.members.people)}


def _changed_files(root: Path, ref: str) -> frozenset[str]:
    """Paths below `root`, relative to it, of tracked files that differ from `ref` and of untracked ones."""
    differing = _git(root, "diff", "--name-only", "--relative", "-z", parting(root, ref).commit, "--")
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(names(differing + untracked))


def _git(root: Path, *arguments: str) -> bytes:
    return git(root, *arguments, doing="compare", hint="In CI, fetch enough history (fetch-depth: 0).")
