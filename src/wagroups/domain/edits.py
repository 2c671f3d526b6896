"""Changes of files, as a reviewer will see them in git."""

from typing import NamedTuple


class FileEdit(NamedTuple):
    """One file before and after."""

    file: str
    """Relative to the project's root, with `/`."""
    before: str | None
    """`None` for a file that is new."""
    after: str
