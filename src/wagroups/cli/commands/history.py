"""`history`: who was added, removed or promoted when, by which run, for which commit; no gateway is asked."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from wagroups.cli.common_options import BASIC_FORMATS, Common, Verb, pass_common
from wagroups.cli.options.completion import group_and_person_names
from wagroups.cli.options.run_options import DurationParam
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from wagroups.domain.plans.history import HistoryQuery
    from wagroups.workflows.reconcile.session import Session


SHOWN: Final = 50
"""Actions that are shown unless more are asked for.  Chosen: about a screen."""


@click.command(cls=Verb, formats=(*BASIC_FORMATS, "csv"))
@click.argument("about", required=False, metavar="[GROUP|PERSON]", shell_complete=group_and_person_names)
@click.option(
    "--since", type=DurationParam(), metavar="DURATION", help="Only what happened within this period, such as 30d."
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=SHOWN, show_default=True, help="Only the newest N entries."
)
@pass_common
def history(common: Common, about: str | None, since: timedelta | None, limit: int) -> Exit:
    """Show what was done to GROUP or for PERSON, newest first: when, by whom, for which commit, and with what outcome.

    The outcome is what a later read showed, not what the gateway answered.  PERSON is an alias, a number, or what an
    output calls somebody.  From the ledger alone: no gateway is asked.

    \b
    Examples:
      wagroups history
      wagroups history parents-5b --since 30d
      wagroups history anna -o csv --to anna.csv
    """
    from wagroups.cli.options.project import redactor_for, root_of
    from wagroups.cli.ui.terminal import Screen
    from wagroups.reports.documents.history import (
        history_csv,
        history_document,
        history_markdown,
        history_text,
        rows_of,
    )
    from wagroups.workflows.operate.history import past_of
    from wagroups.workflows.reconcile.session import open_session

    with open_session(root_of(common), os.environ, read_only=True) as session:
        redactor, screen = redactor_for(common, session.project, session.ledger.key), Screen.of(common)
        now = session.clock.now()
        query = _query(session, about)._replace(since=None if since is None else now - since, limit=limit)
        rows = rows_of(past_of(session, query), redactor)
        zone = session.config.timezone
        for output in common.outputs:
            match output.format:
                case "json":
                    text = history_document(rows, now, Exit.OK).model_dump_json(indent=2) + "\n"
                case "markdown":
                    text = history_markdown(rows, zone)
                case "csv":
                    text = history_csv(rows)
                case _:
                    said = history_text(rows, zone, style=screen.style(output.to))
                    text = screen.fitted(said, output.to)
            screen.deliver(text, output.to)
    return Exit.OK


def _query(session: Session, about: str | None) -> HistoryQuery:
    """Whose past is meant.  Raises UsageError when it is nobody's."""
    from wagroups.cli.options.person_lookup import person_named
    from wagroups.domain.identity import Alias, GroupKey, Identity
    from wagroups.domain.plans.history import HistoryQuery
    from wagroups.workflows.operate.history import keys_of, past_of

    if about is None:
        return HistoryQuery()
    keys = keys_of(session, GroupKey(about))
    if keys:
        return HistoryQuery(groups=keys)
    alias = HistoryQuery(people=(Identity(alias=Alias(about)),))
    if past_of(session, alias._replace(limit=1)):
        return alias  # somebody who may be in no file any more
    return HistoryQuery(people=(person_named(session, about),))
