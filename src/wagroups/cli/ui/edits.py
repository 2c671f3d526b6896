"""Print changes of files, in every format that was asked for."""

from collections.abc import Sequence
from typing import NamedTuple

from wagroups.cli.common_options import Common
from wagroups.cli.ui.terminal import Screen
from wagroups.domain.edits import FileEdit
from wagroups.domain.exit import Exit
from wagroups.domain.problem import Problem
from wagroups.privacy.redactor import Redactor
from wagroups.reports.documents.edits import edits_document, edits_markdown, edits_text
from wagroups.reports.documents.models import document_json
from wagroups.reports.render.text import problems_text


class Edited(NamedTuple):
    """What a verb changed, or would change, and how it ends."""

    edits: tuple[FileEdit, ...]
    ending: Exit
    written: bool
    summary: str
    """One line, after the changes."""
    remarks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    shown: bool = True
    """Whether text shows the changes themselves; JSON always does."""


def deliver_edits(common: Common, screen: Screen, done: Edited, redactor: Redactor) -> Exit:
    """Write the result to where it was asked for, and what is wrong to stderr; returns how to end."""
    edits: Sequence[FileEdit] = done.edits if done.shown else ()
    for output in common.outputs:
        match output.format:
            case "json":
                document = edits_document(
                    done.edits,
                    redactor,
                    done.ending,
                    written=done.written,
                    remarks=done.remarks,
                    problems=done.problems,
                )
                text = document_json(document)
            case "markdown":
                text = f"{edits_markdown(edits, redactor)}{_said(done, redactor)}"
            case _:
                style = screen.style(output.to)
                text = edits_text(edits, redactor, style=style) + screen.fitted(_said(done, redactor), output.to)
        screen.deliver(text, output.to)
    if done.problems:
        screen.complain(problems_text(done.problems, unicode=screen.unicode).rstrip("\n"))
    return done.ending


def _said(done: Edited, redactor: Redactor) -> str:
    """The summary, and what is left to do."""
    remarks = "".join(f"- {redactor.sentence(remark)}\n" for remark in done.remarks)
    return f"{done.summary}\n" + (f"\nBy hand:\n\n{remarks}" if remarks else "")
