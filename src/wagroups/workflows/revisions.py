"""The project as it was in another revision: read from git's own store, without touching the work tree."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from wagroups.workflows.git import GitFailed, checked_revision, git

MOST_BYTES: Final = 20_000_000
"""Larger files are left out.  Chosen: above every manifest, table and picture that the loader takes."""
_LINK: Final = "120000"
_FILES: Final = ("100644", "100755")


@contextmanager
def checked_out(root: Path, ref: str) -> Iterator[Path]:
    """A temporary folder with what `ref` has in the project's folder.

    Raises GitFailed, above all where a shallow clone does not have the revision.
    """
    commit = _commit(root, ref)
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
        found = git(
            root, "rev-parse", "--verify", "--quiet", f"{checked_revision(ref)}^{{commit}}", doing="look", hint=""
        )
    except GitFailed as error:
        if not error.message.startswith("git could not look"):
            raise
        branch = ref.rpartition("/")[2]
        raise GitFailed(
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
            raise GitFailed("git could not read a file of the revision", hint="Fetch the whole revision.")
        start = len(head) + 1
        yield bytes(rest[start : start + size])
        rest = rest[start + size + 1 :]
