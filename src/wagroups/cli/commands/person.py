"""`person`: people come, move, change their number, stay longer and go, as edits of the files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from wagroups.cli.common_options import Common, Verb, VerbGroup, dry_run_option, pass_common
from wagroups.cli.options.completion import group_names, person_names
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from wagroups.domain.declared.desired import Person
    from wagroups.domain.identity import Phone
    from wagroups.manifests.project import Project
    from wagroups.privacy.redactor import Redactor
    from wagroups.workflows.edit.draft import Draft
    from wagroups.workflows.edit.person import PersonEditor


@click.group(cls=VerbGroup)
def person() -> None:
    """Edit the files for people who come, move, change their number, stay longer or go.

    Only files are changed, comments stay, and the difference is printed: commit it, and let a plan be reviewed.
    Nothing here touches WhatsApp.

    \b
    Examples:
      wagroups person add zoe '+44 7700 900123' --into parents-5b
      wagroups person move anna parents-5a parents-5b
      wagroups person renumber ben '+44 7700 900124'
      wagroups person extend gus 2027-12-31
      wagroups person offboard carla
    """


class _Work(NamedTuple):
    """What an edit works on."""

    common: Common
    project: Project
    draft: Draft
    today: date
    dry_run: bool

    def desk(self, alias: str) -> PersonEditor:
        """The papers of somebody in the directory.  Raises UsageError with the nearest names."""
        from difflib import get_close_matches

        from wagroups.privacy.mask import mask
        from wagroups.workflows.edit.person import PersonEditor, person_of

        found = person_of(self.project.desired, alias)
        if found is None:
            known = [str(person.alias) for person in self.project.desired.people]
            near = get_close_matches(alias, known, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else "See people.yaml."
            raise click.UsageError(f"Nobody has the alias {mask(alias)!r}.  {hint}")
        return PersonEditor(self.draft, found)

    def phone(self, text: str) -> Phone:
        """A number from the command line.  Raises UsageError, which never repeats it."""
        from wagroups.manifests.numbers.parse import Phones

        reading = Phones(self.project.config.numbers).read(text, self.project.config.region)
        if reading.phone is None:
            raise click.UsageError(
                f"{reading.fault.message} {reading.fault.help}" if reading.fault else "No such number."
            )
        return reading.phone

    def finish(self, did: str, remarks: tuple[str, ...] = ()) -> Exit:
        """Write the draft, unless it was only to be shown, and print the difference."""
        from wagroups.cli.ui.edits import Edited, deliver_edits
        from wagroups.cli.ui.terminal import Screen

        edits = self.draft.edits
        self.draft.carry_out(os.environ, dry_run=self.dry_run)
        done = Edited(edits, Exit.OK, not self.dry_run, f"{'Would be: ' if self.dry_run else ''}{did}", remarks)
        return deliver_edits(self.common, Screen.of(self.common), done, _redactor(self.common, self.project))


@contextmanager
def _work(common: Common, dry_run: bool) -> Iterator[_Work]:
    """Open the project.  Raises EditError when what was asked for does not fit the files."""
    from wagroups.cli.options.project import root_of
    from wagroups.execution.clock import SystemClock
    from wagroups.manifests.project import load_project
    from wagroups.planning.situation import Moment
    from wagroups.workflows.edit.draft import Draft

    root = root_of(common)
    project = load_project(root, os.environ)
    today = Moment.of(SystemClock().now(), project.desired.timezone).today
    yield _Work(common, project, Draft(root), today, dry_run)


def _redactor(common: Common, project: Project) -> Redactor:
    from wagroups.cli.options.project import redactor_for

    # Nobody is named by a pseudonym here, so no key is needed.
    return redactor_for(common, project, b"")


def _moment(text: str) -> str:
    from wagroups.manifests.language.formats import holds
    from wagroups.manifests.language.types import Format
    from wagroups.privacy.mask import mask

    if not holds(text, Format.MOMENT):
        raise click.UsageError(f"{mask(text)!r} is not {Format.MOMENT.description}, such as {Format.MOMENT.example}.")
    return text


@person.command(cls=Verb)
@click.argument("alias")
@click.argument("phone")
@click.option("--name", help="The person's name, for reports.")
@click.option("--from", "start", metavar="DATE", help="The first day of every membership of this person.")
@click.option("--until", metavar="DATE", help="The last day of every membership of this person.")
@click.option(
    "--into", multiple=True, metavar="GROUP|TEAM", shell_complete=group_names, help="Also put them in a list."
)
@click.option("--admin", is_flag=True, help="Into the list of admins.")
@dry_run_option
@pass_common
def add(
    common: Common,
    alias: str,
    phone: str,
    name: str | None,
    start: str | None,
    until: str | None,
    into: tuple[str, ...],
    admin: bool,
    dry_run: bool,
) -> Exit:
    """Put somebody into the people directory, and into the lists of groups and teams.

    \b
    Examples:
      wagroups person add zoe '+44 7700 900123'
      wagroups person add zoe '+44 7700 900123' --name 'Zoë Wu' --into parents-5b --into team:board
    """
    from wagroups.domain.identity import Alias
    from wagroups.manifests.edit.yaml_writer import NewPerson
    from wagroups.manifests.language.formats import holds
    from wagroups.manifests.language.types import Format
    from wagroups.privacy.mask import mask
    from wagroups.privacy.yaml_scalar import scalar
    from wagroups.workflows.edit.person import enter, person_of, put_in, target_named

    with _work(common, dry_run) as work:
        if not holds(alias, Format.SLUG):
            raise click.UsageError(f"The alias is not {Format.SLUG.description}.")
        if person_of(work.project.desired, alias) is not None:
            raise click.UsageError(f"{alias} is already declared; `wagroups person renumber` changes a number.")
        more = [(key, _moment(text)) for key, text in (("from", start), ("until", until)) if text]
        new = NewPerson(Alias(alias), work.phone(phone), name)
        enter(work.draft, new, more)
        for text in into:
            put_in(work.draft, target_named(work.draft, text), {"person": scalar(alias)}, admin=admin)
        return work.finish(f"{alias} is in the directory{''.join(f', in {mask(text)}' for text in into)}.")


@person.command("move", cls=Verb)
@click.argument("alias", shell_complete=person_names)
@click.argument("source", metavar="FROM", shell_complete=group_names)
@click.argument("target", metavar="TO", shell_complete=group_names)
@dry_run_option
@pass_common
def move_(common: Common, alias: str, source: str, target: str, dry_run: bool) -> Exit:
    """Move a person from one group or team to another, with the dates and reasons of the membership.

    Somebody who is in a group by a line of a table gets other cells in it: those that decide, as everybody has them
    who is in the other group.  Where a group and a team have one name, write group:NAME or team:NAME.
    """
    from wagroups.workflows.edit.person import move, target_named
    from wagroups.workflows.edit.person_move import move_in_table, seat_in_table

    with _work(common, dry_run) as work:
        desk, desired = work.desk(alias), work.project.desired
        seat = seat_in_table(desired, desk.alias, source)
        if seat is not None:
            move_in_table(desk, desired, seat, source, target, os.environ)
            return work.finish(f"{alias} moved from {source} to {target}.")
        from_, to = target_named(work.draft, source), target_named(work.draft, target)
        move(desk, from_, to)
        return work.finish(f"{alias} moved from the {from_.owner} to the {to.owner}.")


@person.command("extend", cls=Verb)
@click.argument("alias", shell_complete=person_names)
@click.argument("until", metavar="DATE")
@click.option("--in", "within", metavar="GROUP|TEAM", shell_complete=group_names, help="Only there.")
@click.option("--from", "start", metavar="DATE", help="Add a line that begins then, and leave the one before it.")
@dry_run_option
@pass_common
def extend_(common: Common, alias: str, until: str, within: str | None, start: str | None, dry_run: bool) -> Exit:
    """Let what ends for a person end on DATE instead, last day included.

    Changes the `until` of the person, and in each list the latest of their entries that end before DATE.  With --from
    a line is added instead, for somebody who comes back: both lines count.

    \b
    Examples:
      wagroups person extend gus 2027-12-31
      wagroups person extend gus 2027-12-31 --in team:guests
      wagroups person extend gus 2028-06-30 --from 2028-01-01 --in choir
    """
    from wagroups.workflows.edit.person import extend, target_named

    with _work(common, dry_run) as work:
        owner = None if within is None else target_named(work.draft, within).owner
        begin = None if start is None else _moment(start)
        extended = extend(work.desk(alias), _moment(until), work.project.desired.zone, owner, begin)
        return work.finish(f"until {until}: {', '.join(dict.fromkeys(extended))}.")


@person.command("renumber", cls=Verb)
@click.argument("alias", shell_complete=person_names)
@click.argument("phone")
@click.option("--phone", "old", metavar="OLD", help="The number to give up, for someone who has several.")
@dry_run_option
@pass_common
def renumber_(common: Common, alias: str, phone: str, old: str | None, dry_run: bool) -> Exit:
    """Give a person another number; the next apply swaps it in all of their groups.

    The number before goes to `former_phones`, which is the evidence for taking it out of groups.
    """
    from wagroups.workflows.edit.person import renumber

    with _work(common, dry_run) as work:
        rewritten = renumber(work.desk(alias), work.phone(phone), None if old is None else work.phone(old))
        remarks = (_TABLE_NUMBER,) if rewritten else ()
        return work.finish(f"{alias} has a new number.", remarks)


_TABLE_NUMBER: Final = (
    "A table has no place for former numbers: the next plan does not know the old number, and removes it only where "
    "members "
    "are `exact`."
)


@person.command("offboard", cls=Verb)
@click.argument("alias", shell_complete=person_names)
@dry_run_option
@pass_common
def offboard_(common: Common, alias: str, dry_run: bool) -> Exit:
    """Take a person out of every group, team and table, and put them on the deny list.

    The alias stays in the directory with `denied:` and today's date: the next apply removes them wherever members
    are managed, and declaring them again is refused.  Says which groups outside git they were last seen in, and which
    invite links would let them back in; that is read from the state, and no gateway is asked.
    """
    from wagroups.domain.errors import Refusal
    from wagroups.workflows.edit.person import offboard

    with _work(common, dry_run) as work:
        desk = work.desk(alias)
        if alias in work.project.config.safety.protect:
            raise Refusal(
                "protected",
                f"{alias} is protected: `safety.protect` in wagroups.yaml says that they are never removed",
                hint="Take them out of that list first, in a change of its own.",
            )
        remarks = _by_hand(work, desk.person)
        offboard(desk, work.today)
        since = desk.person.denied or work.today
        return work.finish(f"{alias} is on the deny list since {since}, and no longer in any list.", remarks)


def _by_hand(work: _Work, who: Person) -> tuple[str, ...]:
    from wagroups.domain.errors import LedgerError, Unprovided
    from wagroups.planning.explain.offboarding import after_offboarding
    from wagroups.workflows.reconcile.session import open_session

    try:
        with open_session(work.draft.root, os.environ, read_only=True) as session:
            now = session.clock.now()
            memories = [session.ledger.recall(account, now) for account in sorted(session.config.accounts)]
            return tuple(after_offboarding(session.project.desired, memories, who))
    except (LedgerError, Unprovided) as error:
        return (f"The state cannot be read, so nothing is known about groups outside git: {error.message}",)
