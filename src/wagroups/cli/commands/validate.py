"""`validate` and `show`: what the files say, before anything else is asked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from wagroups.cli.common_options import Common, Verb, pass_common
from wagroups.cli.options.completion import group_names
from wagroups.cli.options.run_options import instant_of, on_option
from wagroups.cli.ui.findings import FINDINGS_FORMATS, ValidationResult, deliver_findings
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.declared.desired import Desired, DesiredGroup
    from wagroups.domain.problem import Problem
    from wagroups.manifests.project import Project
    from wagroups.workflows.operate.number_check import Checked


@click.command(cls=Verb, formats=FINDINGS_FORMATS)
@pass_common
@click.option("--online", is_flag=True, help="Also ask WhatsApp which of the declared numbers exist.")
@on_option
def validate(common: Common, online: bool, on: str | None) -> Exit:
    """Find every mistake in the files, with its line.

    All problems of all files come in one run, each with its place, what is wrong and what to do.  Warnings do not
    fail.  Nothing is asked of WhatsApp, unless you say --online: then the gateway is asked, slowly, which of the
    numbers in your groups exist.  Answers are remembered.  Dates are followed for a year, from today or from --on.

    \b
    Examples:
      wagroups validate
      wagroups validate -o json
      wagroups validate -o text -o markdown --to problems.md
      wagroups validate -o github              shown at the lines of a pull request
      wagroups validate --on 2027-08-01        what the year after will bring
      wagroups validate --online
    """
    from wagroups.cli.options.project import root_of
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.errors import ProjectError
    from wagroups.execution.clock import SystemClock
    from wagroups.manifests.project import check_project
    from wagroups.workflows.project.gateway_kinds import unoffered

    screen = Screen.of(common)
    try:
        root = root_of(common)
    except ProjectError as error:
        return deliver_findings(common, screen, ValidationResult(error.problems, "", Exit.INVALID))
    project, problems = check_project(root, os.environ, SystemClock().now())
    if project is not None and on is not None:
        project, problems = check_project(root, os.environ, instant_of(on, project.desired.zone))
    if project is not None:
        problems = _in_order(problems, unoffered(project.config))
    if project is None or any(problem.severity == "error" for problem in problems):
        return deliver_findings(common, screen, ValidationResult(problems, "", Exit.INVALID))
    found = ValidationResult(problems, _confirmation(project), Exit.OK)
    return deliver_findings(common, screen, _with_answers(found, root, screen, common) if online else found)


def _with_answers(found: ValidationResult, root: Path, screen: Screen, common: Common) -> ValidationResult:
    checked = _ask(root, screen, common)
    if checked.unasked:
        screen.complain(_unasked(checked))
    return found._replace(
        problems=_in_order(found.problems, checked.problems), exit=Exit.PAUSED if checked.paused else Exit.OK
    )


def _ask(root: Path, screen: Screen, common: Common) -> Checked:
    """Ask for every declared number.  Raises what opening a session and talking to a gateway raise."""
    import asyncio

    from wagroups.cli.ui import logs
    from wagroups.cli.ui.progress import meter
    from wagroups.reports.view.times import ago
    from wagroups.workflows.operate.number_check import check_numbers, questions
    from wagroups.workflows.reconcile.session import WaitPolicy, open_session

    logs.configure(screen.stderr, verbosity=common.verbosity, quiet=common.quiet, form=common.log_format)
    with open_session(root, os.environ) as session:
        asked = questions(session)
        total = sum(map(len, asked.values()))
        with meter("Checking numbers", total, screen.stderr, quiet=screen.quiet) as shown:
            patience = WaitPolicy(waiting=lambda waiting: shown.note(f"next in {ago(waiting.duration)}"))
            return asyncio.run(check_numbers(session, asked, patience, shown.advance))


def _unasked(checked: Checked) -> str:
    """What to say about numbers that were not asked for."""
    from wagroups.reports.view.wording import count

    numbers = count(checked.unasked, "number")
    if checked.paused is None:
        return f"{numbers} not checked: this gateway cannot check numbers."
    return f"{numbers} not checked yet: {checked.paused.message}.  {checked.paused.hint}"


def _in_order(one: Iterable[Problem], other: Iterable[Problem]) -> tuple[Problem, ...]:
    from wagroups.manifests.language.diagnostics import order_of

    return tuple(sorted((*one, *other), key=order_of))


def _confirmation(project: Project) -> str:
    from wagroups.reports.view.wording import count

    desired = project.desired
    counted = (
        count(len(desired.groups), "group"),
        count(len(desired.people), "person", "people"),
        count(desired.files, "file"),
    )
    return f"{', '.join(counted)}: valid."


@click.command(cls=Verb)
@click.argument("group", nargs=-1, shell_complete=group_names)
@pass_common
@click.option("--explain", is_flag=True, help="Show where every value and every membership is written.")
@on_option
def show(common: Common, group: tuple[str, ...], explain: bool, on: str | None) -> Exit:
    """Print groups as they are after defaults, profiles, generators, teams and rosters.

    GROUP is a group's key in the manifests; without one, all groups are shown.  The text is YAML again, with every
    value that holds, and an entry for each time that somebody is in a group.  People appear by their aliases; how much
    of their numbers is shown follows --redact.

    \b
    Examples:
      wagroups show
      wagroups show parents-5b --explain
      wagroups show parents-5b --on 2027-02-01         who is in it then
      wagroups show parents-5b -o json
    """
    from wagroups.cli.options.project import redactor_for, root_of
    from wagroups.cli.ui.terminal import Screen
    from wagroups.manifests.project import load_project
    from wagroups.reports.documents.models import document_json
    from wagroups.reports.documents.show import effective_document
    from wagroups.reports.documents.show_text import effective_markdown, effective_yaml
    from wagroups.workflows.project.pseudonyms import pseudonym_key

    root = root_of(common)
    project = load_project(root, os.environ)
    zone = project.desired.zone
    instant = instant_of(on, zone)
    groups = _chosen(project.desired if instant is None else project.desired.at(instant), group)
    key = pseudonym_key(project.config, root, os.environ)
    document = effective_document(groups, redactor_for(common, project, key), zone)
    screen = Screen.of(common)
    for output in common.outputs:
        match output.format:
            case "json":
                text = document_json(document)
            case "markdown":
                text = effective_markdown(document, explain=explain)
            case _:
                unicode = screen.unicode or output.to is not None
                text = effective_yaml(document, explain=explain, unicode=unicode, style=screen.style(output.to))
        screen.deliver(text, output.to)
    return Exit.OK


def _chosen(desired: Desired, names: Sequence[str]) -> list[DesiredGroup]:
    """The groups of these keys in the order asked for, or all.  Raises UsageError with the nearest names."""
    from wagroups.cli.options.group_lookup import group_named

    return [group_named(desired, name) for name in dict.fromkeys(names)] or list(desired.groups.values())
