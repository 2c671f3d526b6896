"""A mistake in a file, with its place and the way out."""

from typing import Final, Literal

from wagroups.domain._base import Value

KIND_MOST: Final = 5
"""Problems of one kind in one file that are told each by itself.  Chosen: more are one mistake, made once."""

KIND_TOLD: Final = 3
"""How many are told of a kind that has more."""


class Problem(Value):
    """One finding of `validate`.  `line` and `column` count from 1; 0 means the file as a whole."""

    rule: str
    """A stable id in kebab case, such as `unknown-key`."""
    severity: Literal["error", "warning"] = "error"
    file: str
    """Relative to the project root, with `/`."""
    line: int = 0
    column: int = 0
    message: str
    """What is wrong, in words."""
    help: str = ""
    """What to do about it."""
    suggestion: str | None = None
    """The known word that is nearest to what was written; never another person."""
    folded: bool = False
    """Whether texts count it with others of its kind instead of printing it."""

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file
