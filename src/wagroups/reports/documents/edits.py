"""Changes of files as a unified diff: what a reviewer will see, without anybody's number.

The diff is for reading.  It is not a patch: numbers are masked, and whoever wants to apply the change has the files.
"""

import difflib
from collections.abc import Iterator, Sequence
from typing import Final

from wagroups.domain._base import Value
from wagroups.domain.edits import FileEdit
from wagroups.domain.exit import Exit
from wagroups.domain.problem import Problem
from wagroups.privacy.escape import clean, fence_for, for_terminal
from wagroups.privacy.redactor import Redaction, Redactor
from wagroups.reports.documents.models import FORMAT_VERSION, ExitPart, FormatVersion
from wagroups.reports.documents.validate import problems_document
from wagroups.reports.view.style import Style, TextRole, plain

_NO_END: Final = "\\ No newline at end of file"


class EditPart(Value):
    """One changed file."""

    file: str
    created: bool
    diff: str
    """Unified, with masked numbers; empty where the redaction mode shows no texts."""


class EditsDocument(Value):
    """What `fmt` and `person` did, or would do."""

    format_version: FormatVersion = FORMAT_VERSION
    written: bool
    """False for `--check` and `--dry-run`."""
    files: tuple[EditPart, ...]
    remarks: tuple[str, ...]
    """What to do beside the edits, and what could not be done."""
    problems: tuple[Problem, ...]
    exit: ExitPart


def edits_document(
    edits: Sequence[FileEdit],
    redactor: Redactor,
    ending: Exit,
    *,
    written: bool,
    remarks: Sequence[str] = (),
    problems: Sequence[Problem] = (),
) -> EditsDocument:
    return EditsDocument(
        written=written,
        files=tuple(
            EditPart(file=edit.file, created=edit.before is None, diff="".join(_joined(_diff(edit, redactor))))
            for edit in edits
        ),
        remarks=tuple(redactor.sentence(remark) for remark in remarks),
        problems=problems_document(problems, ending).problems,
        exit=ExitPart.of(ending),
    )


def edits_text(edits: Sequence[FileEdit], redactor: Redactor, *, style: Style = plain) -> str:
    """The diffs of all files, or their names where texts are not shown."""
    lines = (style(_role(line), for_terminal(line)) for edit in edits for line in _diff(edit, redactor))
    return "".join(_joined(lines))


def edits_markdown(edits: Sequence[FileEdit], redactor: Redactor) -> str:
    """The same as one block of code."""
    text = edits_text(edits, redactor)
    fence = fence_for(text)
    return f"{fence}diff\n{text}{fence}\n" if text else ""


def _diff(edit: FileEdit, redactor: Redactor) -> Iterator[str]:
    before = [] if edit.before is None else edit.before.splitlines(keepends=True)
    name = clean(edit.file, limit=None)
    if redactor.mode is Redaction.STRICT:
        yield f"{'new file' if edit.before is None else 'changed'}: {name}"
        return
    origin = "/dev/null" if edit.before is None else f"a/{name}"
    for line in difflib.unified_diff(before, edit.after.splitlines(keepends=True), origin, f"b/{name}"):
        kept = line.rstrip("\r\n")
        yield clean(redactor.text(kept), limit=None)
        if kept == line and not line.startswith(("---", "+++", "@@")):
            yield _NO_END


def _joined(lines: Iterator[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)


def _role(line: str) -> TextRole:
    if line.startswith(("---", "+++")):
        return TextRole.HEADING
    return {"+": TextRole.ADD, "-": TextRole.REMOVE}.get(line[:1], TextRole.PLACE)
