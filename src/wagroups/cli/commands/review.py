"""`why`, `who`, `groups-of` and `review`: who is where and why, from the files and the ledger alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from wagroups.cli.common_options import BASIC_FORMATS, Common, Verb, pass_common
from wagroups.cli.options.completion import group_names, person_names
from wagroups.cli.options.run_options import DurationParam, instant_of, on_option
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.membership import Membership
    from wagroups.privacy.redactor import Redactor
    from wagroups.reports.documents.why import Declaration
    from wagroups.workflows.operate.review import MembershipReview
    from wagroups.workflows.reconcile.session import Session


REVIEW_FORMATS: Final = (*BASIC_FORMATS, "csv")


class _Asked(NamedTuple):
    """An opened project and one look at its memberships."""

    session: Session
    review: MembershipReview
    redactor: Redactor
    screen: Screen


@contextmanager
def _asked(common: Common, on: str | None = None) -> Iterator[_Asked]:
    from wagroups.cli.options.project import redactor_for, root_of
    from wagroups.cli.ui.terminal import Screen
    from wagroups.workflows.operate.review import MembershipReview
    from wagroups.workflows.reconcile.session import open_session

    with open_session(root_of(common), os.environ, read_only=True) as session:
        redactor = redactor_for(common, session.project, session.ledger.key)
        review = MembershipReview(session, instant_of(on, session.project.desired.zone))
        yield _Asked(session, review, redactor, Screen.of(common))


@click.command(cls=Verb)
@click.argument("person", shell_complete=person_names)
@click.argument("group", shell_complete=group_names)
@pass_common
def why(common: Common, person: str, group: str) -> Exit:
    """Explain in one sentence why PERSON is in GROUP, or why not.

    PERSON is an alias, a number, or what an output calls somebody (`person-1f2e3d4c`).  Asks no gateway: what is
    live is what the last good read showed.

    \b
    Examples:
      wagroups why anna parents-5b
      wagroups why '+44 7700 900123' parents-5b -o json
    """
    import json

    from wagroups.cli.options.group_lookup import group_named
    from wagroups.cli.options.person_lookup import person_named
    from wagroups.privacy.escape import for_markdown, for_terminal
    from wagroups.reports.documents.why import Explanation, why_document, why_sentence

    with _asked(common) as asked:
        declared = group_named(asked.session.project.desired, group)
        one = asked.review.of_one(person_named(asked.session, person), declared)
        found = Explanation(one, declared, _since(asked.session, one), asked.review.turn_of(one))
        now, zone = asked.review.now, asked.session.config.timezone
        for output in common.outputs:
            match output.format:
                case "json":
                    document = why_document(found, asked.redactor, now, zone, Exit.OK)
                    text = json.dumps(document, indent=2, ensure_ascii=False)
                case "markdown":
                    text = for_markdown(why_sentence(found, asked.redactor, now, zone))
                case _:
                    said = for_terminal(why_sentence(found, asked.redactor, now, zone))
                    text = asked.screen.fitted(said, output.to)
            asked.screen.deliver(f"{text}\n", output.to)
    return Exit.OK


def _since(session: Session, one: Membership) -> Declaration | None:
    from wagroups.reports.documents.why import Declaration
    from wagroups.workflows.project.blame import blame

    commit = None if one.line is None else blame(session.root, one.line.origin)
    return None if commit is None else Declaration(commit.digits, commit.at)


@click.command(cls=Verb, formats=REVIEW_FORMATS)
@click.argument("group", shell_complete=group_names)
@on_option
@pass_common
def who(common: Common, group: str, on: str | None) -> Exit:
    """Show who is declared in GROUP, who was in it at the last good read, and where the two differ.

    \b
    Examples:
      wagroups who parents-5b
      wagroups who parents-5b --on 2027-02-01
      wagroups who parents-5b -o csv --to parents-5b.csv
    """
    from wagroups.cli.options.group_lookup import group_named

    with _asked(common, on) as asked:
        declared = group_named(asked.session.project.desired, group)
        _deliver(common, asked, list(asked.review.of_groups([declared])))
    return Exit.OK


@click.command(cls=Verb, formats=REVIEW_FORMATS)
@click.argument("person", shell_complete=person_names)
@pass_common
def groups_of(common: Common, person: str) -> Exit:
    """Show every group that PERSON is declared in, or was in at its last good read.

    \b
    Examples:
      wagroups groups-of anna
      wagroups groups-of anna -o markdown
    """
    from wagroups.cli.options.person_lookup import person_named

    with _asked(common) as asked:
        groups = asked.session.project.desired.groups.values()
        found = list(asked.review.of_person(person_named(asked.session, person), groups))
        _deliver(common, asked, found, whole=False, nobody="In no group: neither declared nor seen.")
    return Exit.OK


@click.command(cls=Verb, formats=REVIEW_FORMATS)
@click.argument("groups", nargs=-1, metavar="[GROUP]...", shell_complete=group_names)
@click.option("--expiring", type=DurationParam(), metavar="DURATION", help="What ends within this period, such as 30d.")
@click.option("--ended", is_flag=True, help="Whose membership has ended although they are still listed.")
@on_option
@pass_common
def review(common: Common, groups: Sequence[str], expiring: timedelta | None, ended: bool, on: str | None) -> Exit:
    """Show who is in which group, of all groups or of some: an access review.

    \b
    Examples:
      wagroups review -o csv --to review.csv
      wagroups review --expiring 30d
      wagroups review --ended
      wagroups review board staff -o markdown
    """
    from wagroups.cli.options.group_lookup import group_named

    if ended and expiring is not None:
        raise click.UsageError("--expiring and --ended cannot be combined; choose one.")
    with _asked(common, on) as asked:
        desired = asked.session.project.desired
        chosen = [group_named(desired, name) for name in dict.fromkeys(groups)] or list(desired.groups.values())
        if ended:
            found, nobody = asked.review.ended(chosen), "Nobody whose membership has ended is still listed."
        elif expiring is not None:
            found, nobody = asked.review.expiring(chosen, expiring), "Nobody's membership ends within this time."
        else:
            found, nobody = list(asked.review.of_groups(chosen)), None
        _deliver(common, asked, found, whole=not ended and expiring is None, nobody=nobody)
    return Exit.OK


def _deliver(
    common: Common, asked: _Asked, found: Sequence[Membership], *, whole: bool = True, nobody: str | None = None
) -> None:
    import json

    from wagroups.reports.documents.review import (
        NOBODY,
        memberships_csv,
        memberships_document,
        memberships_markdown,
        memberships_text,
        rows_of,
    )

    nobody = nobody or NOBODY
    rows = rows_of(found, asked.redactor, asked.session.project.desired.zone)
    for output in common.outputs:
        match output.format:
            case "json":
                document = memberships_document(rows, asked.review.now, Exit.OK)
                text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
            case "markdown":
                text = memberships_markdown(rows, nobody)
            case "csv":
                text = memberships_csv(rows)
            case _:
                style = asked.screen.style(output.to)
                said = memberships_text(rows, whole=whole, style=style, nobody=nobody)
                text = asked.screen.fitted(said, output.to)
        asked.screen.deliver(text, output.to)
