"""`state readmit` and `state forget`: what the ledger remembers of single people, mended by hand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from wagroups.cli.common_options import Common, Verb, pass_common
from wagroups.cli.options.completion import group_names, person_names
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from wagroups.domain.identity import AccountKey, Identity
    from wagroups.workflows.reconcile.session import Session


@click.command(cls=Verb)
@click.argument("person", shell_complete=person_names)
@click.argument("group", shell_complete=group_names)
@pass_common
def readmit(common: Common, person: str, group: str) -> Exit:
    """Let PERSON be added to GROUP again, after they left it or could not be added.

    PERSON is an alias, a number, or what an output calls somebody (`person-1f2e3d4c`).  Nothing is sent: the next
    apply adds them, if they are declared.

    \b
    Examples:
      wagroups state readmit anna parents-5b
    """
    from wagroups.cli.options.person_lookup import person_named
    from wagroups.cli.options.project import redactor_for, root_of
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.identity import GroupKey
    from wagroups.privacy.mask import mask
    from wagroups.workflows.reconcile.session import open_session

    with open_session(root_of(common), os.environ) as session:
        screen, whom = Screen.of(common), person_named(session, person)
        shown = redactor_for(common, session.project, session.ledger.key).person(whom, declared=True)
        lifted = [session.ledger.readmit(key, GroupKey(group), whom) for key in _accounts_of(session, group)]
        if not any(lifted):
            screen.complain(f"Nothing keeps {shown} out of {mask(group)}.")
            return Exit.USAGE
        screen.say(f"{shown} may be added to {group} again; the next apply does it.")
    return Exit.OK


def _accounts_of(session: Session, group: str) -> list[AccountKey]:
    """The accounts that may remember something under this key.  Raises UsageError when none does."""
    from wagroups.domain.identity import GroupKey
    from wagroups.privacy.mask import mask

    desired = session.project.desired
    if group in desired.groups:
        return [desired.groups[GroupKey(group)].account]
    accounts = [key for key in sorted(session.config.accounts) if group in session.ledger.bindings(key)]
    if not accounts:
        raise click.UsageError(f"There is no group {mask(group)!r}, neither in the manifests nor in the state.")
    return accounts


@click.command(cls=Verb)
@click.argument("person", shell_complete=person_names)
@click.option("--yes", is_flag=True, allow_from_autoenv=False, help="Do not ask; required without a terminal.")
@pass_common
def forget(common: Common, person: str, yes: bool) -> Exit:
    """Erase what the ledger knows of PERSON: numbers, ids, what was asked for them and what came of it.

    Take them out of the manifests first, and out of the groups with an apply: what a group shows is learnt again
    with the next read.  That somebody left a group stays known, as a keyed hash which names nobody.

    \b
    Examples:
      wagroups state forget anna
      wagroups state forget '+44 7700 900123' --yes
    """
    from wagroups.cli.options.person_lookup import person_named
    from wagroups.cli.options.project import redactor_for, root_of
    from wagroups.cli.ui.terminal import Screen
    from wagroups.workflows.reconcile.session import open_session

    with open_session(root_of(common), os.environ) as session:
        screen, whom = Screen.of(common), person_named(session, person)
        shown = redactor_for(common, session.project, session.ledger.key).person(whom)
        if not yes and not screen.confirm(f"Erase everything that is remembered about {shown}?"):
            screen.complain("Nothing was erased.")
            return Exit.REFUSED
        rows = session.ledger.forget_person(whom)
        screen.say(f"{shown}: erased from {rows} row{'' if rows == 1 else 's'} of the ledger.")
        for place in _declared_at(session, whom):
            screen.complain(
                f"Still declared at {place}: an apply would learn the number again.  Take it out of git, too."
            )
    return Exit.OK


def _declared_at(session: Session, whom: Identity) -> list[str]:
    """Where the person is written down, in the order of the files."""
    spellings = set(whom.phone.variants() if whom.phone is not None else ())
    desired = session.project.desired
    people = [person for person in desired.people if spellings.intersection(person.phones)]
    named = {*spellings, *(person.phone for person in people)}
    members = (member for group in desired.groups.values() for member in group.members.find(named).values())
    lines = (line.origin for member in members for line in member.entries)
    return sorted({str(place) for place in (*(person.origin for person in people), *lines)})
