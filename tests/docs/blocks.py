"""Blocks of code on a page, and the file that each of them is or changes."""

import re
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
BLOCK: Final = re.compile(r"(?:^\*\*`(?P<file>[^`]+)`\*\*\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
FILE_LINE: Final = "+++ "
"""What the line of a diff begins with that names a file."""
OMITTED: Final = " …\n"
"""The line of a diff that stands for lines between two places."""


class Block(NamedTuple):
    """Something between two fences, below the name of the file that it is, if it is one.

    A diff names its files itself.  It shows lines that are there (after a blank) and lines to add (after `+`).
    """

    file: str | None
    kind: str
    text: str

    def carry_out(self, root: Path) -> None:
        """Write the file into `root`, or change files there.  Fails where the page is not true of them any more."""
        if self.kind == "diff":
            for part in f"\n{self.text}".split(f"\n{FILE_LINE}")[1:]:
                name, lines = part.split("\n", 1)
                _change(root / name, lines if lines.endswith("\n") else f"{lines}\n")
        elif self.file is not None:
            path = root / self.file
            assert not path.exists(), f"{self.file} is there already"
            path.write_text(self.text, encoding="utf-8")


def _change(path: Path, diff: str) -> None:
    changed = path.read_text(encoding="utf-8")
    for place in diff.split(OMITTED):
        lines = place.splitlines(keepends=True)
        assert {line[0] for line in lines} == {" ", "+"}
        before = "".join(line[1:] for line in lines if line[0] == " ")
        assert changed.count(before) == 1, f"{path.name} has these lines {changed.count(before)} times:\n{before}"
        changed = changed.replace(before, "".join(line[1:] for line in lines))
    path.write_text(changed, encoding="utf-8")


def blocks(text: str) -> tuple[Block, ...]:
    return tuple(Block(found["file"], found["kind"], found["text"]) for found in BLOCK.finditer(text))
