"""The project as it was in another revision: read from git's own store, without touching the work tree."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from wagroups.domain.errors import GitError
from wagroups.workflows.project.git import checked_revision, failure, git

MOST_BYTES: Final = 20_000_000
"""Larger files are left out.  Chosen: above every manifest, table and picture that the loader takes."""
_LINK: Final = "120000"
_FILES: Final = ("100644", "100755")


_UNKNOWN: Final = ("Needed a single revision", "unknown revision", "bad revision", "ambiguous argument")
"""What git says of a revision that it does not have."""
_SHOWN_DIGITS: Final = 10


class Parting(NamedTuple):
    """Where a branch began that is to be compared with another."""

    commit: str
    remark: str = ""
    """What to say where the other went on since, or where it is not known where they parted."""


def parting(root: Path, ref: str) -> Parting:
    """The commit at which what is checked out and `ref` parted: what `ref` got since is nobody's removal here.

    Raises GitError, above all where a shallow clone does not have the revision.
    """
    commit = _commit(root, ref)
    try:
        parted = git(root, "merge-base", "HEAD", commit, doing="look", hint="").decode().split()[0]
    except (GitError, IndexError):
        remark = (
            f"This checkout does not contain the commit where it branched off {ref}, so everything added to {ref} "
            f"since then looks removed; "
            "fetch all history (fetch-depth: 0 in CI)."
        )
        return Parting(commit, remark)
    if parted == commit:
        return Parting(commit)
    ahead = int(git(root, "rev-list", "--count", f"HEAD..{commit}", doing="count", hint=""))
    remark = (
        f"{ref} has {ahead} commit{'s' if ahead != 1 else ''} that {'are' if ahead != 1 else 'is'} not here; "
        f"compared with their common ancestor ({parted[:_SHOWN_DIGITS]})."
    )
    return Parting(parted, remark)


@contextmanager
def checked_out(root: Path, commit: str) -> Iterator[Path]:
    """A temporary folder with what a commit has in the project's folder.  Raises GitError."""
    listed = git(root, "ls-tree", "-r", "-l", "-z", commit, doing="list the files", hint="").decode(
        errors="surrogateescape"
    )
    wanted = [entry for entry in map(_parsed, filter(None, listed.split("\0"))) if entry is not None]
    with TemporaryDirectory(prefix="wagroups-base-") as folder:
        for (mode, _, name), data in zip(wanted, _blobs(root, [oid for _, oid, _ in wanted]), strict=True):
            path = Path(folder, *PurePosixPath(name).parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            if mode == _LINK:
                path.symlink_to(os.fsdecode(data))
            else:
                path.write_bytes(data)
        yield Path(folder)


def _commit(root: Path, ref: str) -> str:
    try:
        found = git(root, "rev-parse", "--verify", f"{checked_revision(ref)}^{{commit}}", doing="look", hint="")
    except GitError as error:
        if not any(words in error.reason for words in _UNKNOWN):
            raise
        branch = ref.rpartition("/")[2]
        raise GitError(
            f"this checkout does not have the revision {ref!r}",
            hint=f"Fetch it first: `git fetch --depth=1 origin {branch}`, or all history (fetch-depth: 0 in CI).",
        ) from None
    return found.decode().strip()


def _parsed(line: str) -> tuple[str, str, str] | None:
    """(mode, id, path) of a line of `git ls-tree -l`; `None` for what is no file or too large."""
    facts, _, name = line.partition("\t")
    mode, _, oid, size = facts.split()
    if mode not in (*_FILES, _LINK) or int(size) > MOST_BYTES:
        return None
    return mode, oid, name


def _blobs(root: Path, oids: list[str]) -> Iterator[bytes]:
    """The contents of objects, all from one process."""
    done = subprocess.run(
        ["git", "cat-file", "--batch"],  # noqa: S607
        cwd=root,
        input="".join(f"{oid}\n" for oid in oids).encode(),
        capture_output=True,
        check=False,
    )
    rest = memoryview(done.stdout)
    for _ in oids:
        head, _, _ = bytes(rest[:200]).partition(b"\n")
        size = int(head.split()[-1]) if head.split()[1:2] == [b"blob"] else -1
        if size < 0:
            raise failure(done.stderr, root, doing="read a file of the revision", hint="Fetch the whole revision.")
        start = len(head) + 1
        yield bytes(rest[start : start + size])
        rest = rest[start + size + 1 :]
