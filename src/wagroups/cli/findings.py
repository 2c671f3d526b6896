"""Print what was found in files, in every format that was asked for."""

from typing import NamedTuple

from wagroups.cli.options import Common
from wagroups.cli.terminal import Screen
from wagroups.domain.exit import Exit
from wagroups.domain.problem import Problem
from wagroups.reports.document import document_json
from wagroups.reports.problems import problems_document, problems_markdown
from wagroups.reports.style import Role
from wagroups.reports.text import problems_text


class Findings(NamedTuple):
    """Everything that a look at files found, and how it ends."""

    problems: tuple[Problem, ...]
    confirmation: str
    exit: Exit


def deliver_findings(common: Common, screen: Screen, found: Findings) -> Exit:
    """Write the findings to where they were asked for, and return how to end."""
    for output in common.outputs:
        match output.format:
            case "json":
                text = document_json(problems_document(found.problems, found.exit))
            case "markdown":
                text = problems_markdown(found.problems, found.confirmation)
            case _:
                style = screen.style(output.to)
                text = problems_text(found.problems, unicode=screen.unicode, style=style) if found.problems else ""
                text += f"{style(Role.GOOD, found.confirmation)}\n" if found.confirmation else ""
                text = screen.fitted(text, output.to)
        screen.deliver(text, output.to)
    return found.exit
