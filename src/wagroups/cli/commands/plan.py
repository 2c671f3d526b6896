"""`plan` and `drift`: what would change, and who changed it.  They read and never write."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from wagroups import __version__
from wagroups.cli.common_options import BASIC_FORMATS, Common, NewFile, Verb, dry_run_option, pass_common
from wagroups.cli.options.run_options import DurationParam, SafetyFlags, brake_options
from wagroups.cli.options.selection import selection_options, since_option
from wagroups.domain.declared.choices import AHEAD
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from wagroups.cli.options.session import Opened
    from wagroups.domain.plans.plan import Plan
    from wagroups.planning.situation import Selection
    from wagroups.reports.documents.models import PlanDocument
    from wagroups.workflows.reconcile.session import WaitPolicy


PLAN_FORMATS: Final = (*BASIC_FORMATS, "html", "csv", "junit", "github")


@click.command(cls=Verb, formats=PLAN_FORMATS)
@selection_options
@since_option
@brake_options
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when something would change.")
@click.option(
    "--out",
    type=NewFile(),
    metavar="FILE",
    help="Save the plan for review and for `wagroups apply FILE`.",
)
@click.option(
    "--from-last-read",
    is_flag=True,
    help="Do not ask the gateway: plan from the last read.  The plan shows how old it is.",
)
@click.option(
    "--ahead",
    type=DurationParam(),
    default=f"{AHEAD.days}d",
    help=f"Show what follows by date this far ahead.  [default: {AHEAD.days}d]",
)
@pass_common
def plan(
    common: Common,
    selection: Selection,
    since: str | None,
    brakes: SafetyFlags,
    detailed_exitcode: bool,
    out: Path | None,
    from_last_read: bool,
    ahead: timedelta,
) -> Exit:
    """Show what would change, what it costs, and what is not done and why.

    Reads the live groups and never writes.

    \b
    Examples:
      wagroups plan                        everything
      wagroups plan --target 'class-*'     some groups
      wagroups plan --detailed-exitcode    2 when something would change
      wagroups plan --out plan.json        for `wagroups apply plan.json`
      wagroups plan --ahead 90d            with what its dates bring in 90 days
      wagroups plan --from-last-read       without a gateway
      wagroups plan -o markdown --to plan.md -o text
    """
    import asyncio

    from wagroups.cli.options.session import opened_project
    from wagroups.cli.ui.exits import exit_of_plan
    from wagroups.reports.documents.build import plan_document
    from wagroups.reports.documents.models import document_json
    from wagroups.workflows.reconcile.plan import can_be_recalled, preview, preview_recalled

    with opened_project(common, selection, brakes, since) as opened:
        terms = opened.terms.model_copy(update={"ahead": ahead})
        # Looking is not writing: whoever plans all morning is not locked out by what a listing costs.
        if from_last_read or can_be_recalled(opened.session, terms.selection):
            found = preview_recalled(opened.session, terms).plan
        else:
            found = asyncio.run(preview(opened.session, terms, _patience(opened))).plan
        ending = exit_of_plan(found, detailed_exitcode)
        document = plan_document(found, opened.redactor, ending, __version__)
        if out is not None:
            opened.screen.deliver(document_json(document), out)
        _deliver(common, opened, document, found)
        return ending


@click.command(cls=Verb, formats=PLAN_FORMATS)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@selection_options
@since_option
@brake_options
@click.option(
    "--accept",
    is_flag=True,
    allow_from_autoenv=False,
    help="Change the files to match the groups; IDs limit it to some.",
)
@dry_run_option
@pass_common
def drift(
    common: Common,
    /,
    ids: tuple[str, ...],
    selection: Selection,
    since: str | None,
    brakes: SafetyFlags,
    *,
    accept: bool,
    dry_run: bool,
) -> Exit:
    """Show what differs from git, and who changed it: git, a phone, or an earlier run.

    Ends with 2 when something differs or needs attention, so that a schedule can tell.  What a date brings counts after
    a day.

    With --accept the files are changed instead: somebody who left is declared no more, a text that was changed on a
    phone is written down.  Without IDs only what has one known cause is taken.  The difference is printed: commit it.

    \b
    Examples:
      wagroups drift
      wagroups drift -o json
      wagroups drift --accept                whoever left or is not on WhatsApp, and texts changed on a phone
      wagroups drift --accept 3fa9c17e0b2d   one of them, or what a person has to decide
    """
    import asyncio

    from wagroups.cli.options.session import opened_project
    from wagroups.cli.ui.exits import exit_of_plan
    from wagroups.reports.documents.build import plan_document
    from wagroups.workflows.reconcile.plan import preview

    if (ids or dry_run) and not accept:
        raise click.UsageError("IDs and --dry-run can only be used with --accept.")
    with opened_project(common, selection, brakes, since) as opened:
        found = asyncio.run(preview(opened.session, opened.terms, _patience(opened), met=True)).plan
        if accept:
            return _accepted(common, opened, found, ids, dry_run=dry_run)
        ending = exit_of_plan(found, detailed=True, patient=True)
        document = plan_document(found, opened.redactor, ending, __version__, attributed=True)
        _deliver(common, opened, document, found, attributed=True)
        return ending


def _accepted(common: Common, opened: Opened, found: Plan, ids: tuple[str, ...], *, dry_run: bool) -> Exit:
    """Change the files so that they say what is so, and print the difference.  Raises EditError, ManualEditNeeded."""
    from wagroups.cli.ui.edits import Edited, deliver_edits
    from wagroups.workflows.edit.acceptance import acceptable, taken_for_true
    from wagroups.workflows.edit.draft import Draft

    project, draft = opened.session.project, Draft(opened.session.root)
    done = taken_for_true(draft, project.desired, found, ids or tuple(acceptable(found)), os.environ)
    edits = draft.edits
    if edits:
        draft.carry_out(os.environ, dry_run=dry_run)
    said = "; ".join(done) or "Nothing that differs has one known cause: name the IDs"
    summary = f"{'Would be: ' if dry_run else ''}{said}."
    return deliver_edits(
        common, opened.screen, Edited(edits, Exit.OK, bool(edits) and not dry_run, summary), opened.redactor
    )


def _patience(opened: Opened) -> WaitPolicy:
    from wagroups.cli.ui.pauses import patience_of

    return patience_of(opened.screen, opened.session.config.timezone)


def _deliver(common: Common, opened: Opened, document: PlanDocument, found: Plan, *, attributed: bool = False) -> None:
    from wagroups.reports.documents.models import document_json
    from wagroups.reports.render.csv import plan_csv
    from wagroups.reports.render.github import plan_annotations
    from wagroups.reports.render.html import plan_html
    from wagroups.reports.render.junit import plan_junit
    from wagroups.reports.render.markdown import plan_markdown
    from wagroups.reports.render.text import drift_text, plan_text

    whole = common.verbosity > 0
    screen, redactor, zone = opened.screen, opened.redactor, opened.session.config.timezone
    for output in common.outputs:
        match output.format:
            case "json":
                text = document_json(document)
            case "markdown":
                text = plan_markdown(found, redactor, timezone=zone, whole=whole)
            case "html":
                text = plan_html(found, redactor, timezone=zone, attributed=attributed, whole=whole)
            case "csv":
                text = plan_csv(found, redactor, timezone=zone, attributed=attributed, whole=whole)
            case "junit":
                text = plan_junit(found, redactor, timezone=zone, attributed=attributed, whole=whole)
            case "github":
                text = plan_annotations(found, redactor, timezone=zone, attributed=attributed, whole=whole)
            case _:
                style, unicode = screen.style(output.to), screen.unicode or output.to is not None
                said = drift_text if attributed else plan_text
                text = screen.fitted(
                    said(found, redactor, unicode=unicode, style=style, timezone=zone, whole=whole), output.to
                )
        screen.deliver(text, output.to)
