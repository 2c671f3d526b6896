"""What `validate` found, as a document and as one comment; the text is in `text`."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from wagroups.domain.exit import Exit
from wagroups.domain.problem import Problem
from wagroups.privacy.escape import clean, for_markdown
from wagroups.privacy.mask import mask
from wagroups.reports.documents.models import ExitPart, ProblemsDocument
from wagroups.reports.render.markdown import BUDGET_CHARS
from wagroups.reports.view.problem_kinds import summary, told, with_folds

_MARKS: Final = {"error": "❌", "warning": "⚠️"}


def problems_document(problems: Sequence[Problem], exit: Exit) -> ProblemsDocument:
    """All problems, in the order given, with how the command ends.  Messages may quote files, so they are masked."""
    shown = tuple(
        problem.model_copy(
            update={
                "message": mask(problem.message),
                "help": mask(problem.help),
                "suggestion": None if problem.suggestion is None else mask(problem.suggestion),
            }
        )
        for problem in with_folds(problems)
    )
    return ProblemsDocument(exit=ExitPart.of(exit), problems=shown)


def problems_markdown(problems: Sequence[Problem], confirmation: str = "") -> str:
    """Problems by file, cut to what fits into a comment.  `confirmation` is said when nothing is an error."""
    errors = sum(problem.severity == "error" for problem in problems)
    lines = [f"### wagroups: {summary(problems).removesuffix('.') if problems else 'valid'}", ""]
    if not errors and confirmation:
        lines += [for_markdown(confirmation), ""]
    room = BUDGET_CHARS - sum(len(line) + 1 for line in lines)
    body = list(_by_file(problems))
    for number, line in enumerate(body):
        room -= len(line) + 1
        if room < 0:
            return "\n".join([*lines, *body[: max(0, number - 1)], "", "… and more, in the job's log."]) + "\n"
    return "\n".join([*lines, *body])


def _by_file(problems: Iterable[Problem]) -> Iterable[str]:
    for file, found in groupby(told(problems), key=lambda one: one.problem.file):
        yield f"**{for_markdown(clean(file, limit=None))}**"
        yield ""
        for problem, more in found:
            place = f"line {problem.line}, column {problem.column}: " if problem.line else ""
            meant = f"Did you mean {problem.suggestion}?" if problem.suggestion else ""
            said = " ".join(filter(None, [problem.message, meant, problem.help]))
            yield f"- {_MARKS[problem.severity]} {place}{_shown(said)} ({problem.rule})"
            if more:
                yield f"- {for_markdown(more)}"
        yield ""


def _shown(text: str) -> str:
    return for_markdown(clean(mask(text), limit=None))
