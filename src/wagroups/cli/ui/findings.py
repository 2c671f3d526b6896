"""Print what was found in files, in every format that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from wagroups import __version__
from wagroups.cli.common_options import BASIC_FORMATS, Common
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.problem import Problem


FINDINGS_FORMATS: Final = (*BASIC_FORMATS, "github", "junit", "sarif")


class ValidationResult(NamedTuple):
    """Everything that a look at files found, and how it ends."""

    problems: tuple[Problem, ...]
    confirmation: str
    exit: Exit


def deliver_findings(common: Common, screen: Screen, found: ValidationResult) -> Exit:
    """Write the findings to where they were asked for, and return how to end."""
    from wagroups.manifests.language.rules import Rule
    from wagroups.reports.documents.models import document_json
    from wagroups.reports.documents.validate import problems_document, problems_markdown
    from wagroups.reports.render.github import problems_annotations
    from wagroups.reports.render.junit import problems_junit
    from wagroups.reports.render.sarif import problems_sarif
    from wagroups.reports.render.text import problems_text
    from wagroups.reports.view.style import TextRole

    for output in common.outputs:
        match output.format:
            case "json":
                text = document_json(problems_document(found.problems, found.exit))
            case "markdown":
                text = problems_markdown(found.problems, found.confirmation)
            case "github":
                text = problems_annotations(found.problems)
            case "junit":
                text = problems_junit(found.problems)
            case "sarif":
                explanations = {rule.id: rule.explanation for rule in Rule}
                text = problems_sarif(found.problems, explanations, __version__)
            case _:
                style = screen.style(output.to)
                text = ""
                if found.problems:
                    whole = common.verbosity > 0
                    text = problems_text(found.problems, unicode=screen.unicode, style=style, whole=whole)
                text += f"{style(TextRole.GOOD, found.confirmation)}\n" if found.confirmation else ""
                text = screen.fitted(text, output.to)
        screen.deliver(text, output.to)
    return found.exit
