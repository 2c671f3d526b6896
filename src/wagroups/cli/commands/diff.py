"""`diff`: what the files declare otherwise than in another revision."""

from __future__ import annotations

import os

import click

from wagroups.cli.common_options import BASIC_FORMATS, Common, Verb, pass_common
from wagroups.cli.options.run_options import instant_of, on_option
from wagroups.domain.exit import Exit


@click.command(cls=Verb, formats=(*BASIC_FORMATS, "html", "csv", "github"))
@click.option("--base", required=True, metavar="REF", help="The revision to compare with: a branch, a tag, a commit.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when anything is declared differently.")
@on_option
@pass_common
def diff(common: Common, base: str, detailed_exitcode: bool, on: str | None) -> Exit:
    """Show what the files declare otherwise than at REF: memberships, values, people, teams, configuration.

    Compares what the files come to, after defaults, profiles, teams and tables: a change of one line shows in every
    group it reaches.  What REF got since this branch began is no difference, if the history tells where it began.
    Asks no gateway and needs no secrets.

    \b
    Examples:
      wagroups diff --base origin/main
      wagroups diff --base HEAD~1 -o markdown
      wagroups diff --base origin/main --on 2027-02-01    who is in which group then
      git fetch --depth=1 origin main && wagroups diff --base origin/main
    """
    from wagroups.cli.options.project import redactor_for, root_of
    from wagroups.cli.ui.terminal import Screen
    from wagroups.reports.documents.diff import difference_document, difference_groups, difference_totals
    from wagroups.reports.documents.models import document_json
    from wagroups.reports.render.csv import groups_csv
    from wagroups.reports.render.github import groups_annotations
    from wagroups.reports.render.html import groups_html
    from wagroups.reports.render.markdown import groups_markdown
    from wagroups.reports.render.text import groups_text
    from wagroups.workflows.operate.diff import compare
    from wagroups.workflows.project.pseudonyms import pseudonym_key

    root = root_of(common)
    found = compare(root, base, os.environ, lambda desired: instant_of(on, desired.zone))
    key = pseudonym_key(found.project.config, root, os.environ)
    redactor = redactor_for(common, found.project, key)
    ending = Exit.CHANGES if detailed_exitcode and found.altered else Exit.OK
    groups = difference_groups(found.altered, redactor)
    totals = " ".join(filter(None, (difference_totals(found.altered, base), found.remark)))
    screen = Screen.of(common)
    for output in common.outputs:
        match output.format:
            case "json":
                text = document_json(difference_document(found.altered, base, redactor, ending))
            case "markdown":
                text = groups_markdown(groups, totals)
            case "html":
                text = groups_html("Difference", groups, totals)
            case "csv":
                text = groups_csv(groups)
            case "github":
                text = groups_annotations(groups, totals)
            case _:
                unicode = screen.unicode or output.to is not None
                text = groups_text(groups, totals, unicode=unicode, style=screen.style(output.to))
                text = screen.fitted(text, output.to)
        screen.deliver(text, output.to)
    return ending
