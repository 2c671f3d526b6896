"""`state`: inspect and mend what is remembered between runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from wagroups.cli.commands.state_people import forget, readmit
from wagroups.cli.common_options import Common, FilePath, NewFile, Verb, VerbGroup, pass_common
from wagroups.cli.options.completion import account_names, group_names
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from wagroups.domain.identity import AccountKey
    from wagroups.workflows.reconcile.session import Session


@click.group(cls=VerbGroup)
def state() -> None:
    """Inspect and repair what is remembered between runs.  Nothing here touches WhatsApp.

    \b
    Examples:
      wagroups state show                  everything, without anybody's number
      wagroups state abandon chess         give an unanswered creation up
      wagroups state unlock office         after a run that surely ended
      wagroups state unlock office --breaker add
      wagroups state rename-account office main
      wagroups state readmit anna chess    after somebody left and wants to be back
      wagroups state forget anna           erase a person
    """


state.add_command(readmit)
state.add_command(forget)


@contextmanager
def _session(common: Common, *, read_only: bool = False) -> Iterator[Session]:
    from wagroups.cli.options.project import root_of
    from wagroups.workflows.reconcile.session import open_session

    with open_session(root_of(common), os.environ, read_only=read_only) as session:
        yield session


def _account(session: Session, name: str) -> AccountKey:
    from wagroups.domain.identity import AccountKey

    if name not in session.config.accounts:
        known = ", ".join(sorted(session.config.accounts))
        raise click.UsageError(f"There is no account {name!r}; known are {known}.")
    return AccountKey(name)


def _shown(common: Common, session: Session, account: AccountKey | None) -> Mapping[str, object]:
    from wagroups.cli.options.project import redactor_for
    from wagroups.reports.documents.state import remembered

    redactor = redactor_for(common, session.project, session.ledger.key)
    return remembered(session.ledger.export(account), redactor)


def _written(document: Mapping[str, object]) -> str:
    import json

    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@state.command(cls=Verb)
@click.argument("account", required=False, shell_complete=account_names)
@pass_common
def show(common: Common, account: str | None) -> Exit:
    """Print the ledger as JSON, without numbers, keys or links."""
    from wagroups.cli.ui.terminal import Screen

    with _session(common, read_only=True) as session:
        chosen = None if account is None else _account(session, account)
        Screen.of(common).deliver(_written(_shown(common, session, chosen)))
    return Exit.OK


@state.command(cls=Verb)
@click.argument("file", type=NewFile())
@click.option(
    "--reveal", is_flag=True, allow_from_autoenv=False, help="With real numbers, for a backup that you keep safe."
)
@pass_common
def export(common: Common, file: Path, reveal: bool) -> Exit:
    """Save the ledger to a file that only you can read."""
    from wagroups.cli.ui.terminal import Screen

    with _session(common, read_only=True) as session:
        text = _written(session.ledger.export(reveal=True) if reveal else _shown(common, session, None))
        private = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(private, "w", encoding="utf-8") as out:
            os.fchmod(out.fileno(), 0o600)
            out.write(text)
        Screen.of(common).say(f"Saved to {file}.")
    return Exit.OK


@state.command("import", cls=Verb)
@click.argument("file", type=FilePath(dir_okay=False, exists=True))
@pass_common
def import_(common: Common, file: Path) -> Exit:
    """Fill a new ledger from a backup that `state export FILE --reveal` wrote.

    The ledger must be a new one: two cannot be mixed.

    
    Examples:
      wagroups state import backup.json
    """
    import json

    from wagroups.cli.ui.terminal import Screen

    with _session(common) as session:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise click.UsageError(f"{file} cannot be read as JSON.") from None
        if not isinstance(document, dict):
            raise click.UsageError(f"{file} is not a backup of a ledger.")
        rows = session.ledger.restore(document)
        Screen.of(common).say(f"Restored {rows} rows from {file}.")
    return Exit.OK


@state.command(cls=Verb)
@click.argument("group", shell_complete=group_names)
@pass_common
def abandon(common: Common, group: str) -> Exit:
    """Give up the creation of GROUP that was never answered, so that it is created anew.

    Look on a phone first: if the group is there, adopt it with `wagroups apply --adopt GROUP=ID` instead.
    """
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.identity import GroupKey
    from wagroups.privacy.mask import mask

    with _session(common) as session:
        screen, now = Screen.of(common), session.clock.now()
        given_up = sum(
            session.ledger.abandon(account, GroupKey(group), now) for account in sorted(session.config.accounts)
        )
        if given_up:
            screen.say(f"{group}: the unanswered creation is abandoned; the next apply creates the group.")
        else:
            screen.complain(f"{mask(group)} has no unanswered creation.")
    return Exit.OK if given_up else Exit.USAGE


@state.command(cls=Verb)
@click.argument("account", shell_complete=account_names)
@click.option("--breaker", metavar="CLASS|all", help="Lift a pause early, instead of releasing the lease.")
@pass_common
def unlock(common: Common, account: str, breaker: str | None) -> Exit:
    """Free ACCOUNT from a run that surely ended, or with --breaker from a rest."""
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.plans.budget import CallClass

    with _session(common) as session:
        key, screen = _account(session, account), Screen.of(common)
        if breaker is None:
            freed = session.ledger.unlock(key)
            screen.say(f"{account} is free." if freed else f"{account} was not held.")
            return Exit.OK
        if breaker != "all" and breaker not in set(CallClass):
            known = ", ".join(calls.value for calls in CallClass)
            raise click.UsageError(f"--breaker takes all or one of {known}.")
        session.ledger.reset_breaker(key, None if breaker == "all" else CallClass(breaker))
        screen.say(f"{account}: pauses of {breaker} are lifted.")
    return Exit.OK


@state.command(cls=Verb)
@click.argument("account", shell_complete=account_names)
@pass_common
def rebind(common: Common, account: str) -> Exit:
    """Let ACCOUNT stand for the WhatsApp account that is connected now: after a changed number.

    Its groups stay bound.  A new number is fresh to WhatsApp: for two weeks nobody is added directly, and one group a
    day is created, as with `profile: fresh`.
    """
    from wagroups.cli.ui.terminal import Screen
    from wagroups.reports.view.times import moment

    with _session(common) as session:
        key, screen, now = _account(session, account), Screen.of(common), session.clock.now()
        session.ledger.forget_identity(key, now)
        screen.say(f"{account} will take the identity of the account that is connected next.")
        until = session.pace(key).fresh_until
        if until is not None:
            end = moment(until, now, session.config.timezone)
            screen.say(
                f"It counts as new to WhatsApp: until {end} nobody is added directly, and at most one group "
                f"a day is created."
            )
    return Exit.OK


@state.command(cls=Verb)
@click.argument("before")
@click.argument("account", shell_complete=account_names)
@pass_common
def rename_account(common: Common, before: str, account: str) -> Exit:
    """Let ACCOUNT take over what is remembered of BEFORE, its name in wagroups.yaml until now.

    For a new name of the same WhatsApp account: its groups stay bound, and what it has spent stays spent.
    """
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.identity import AccountKey

    with _session(common) as session:
        old, new, now = AccountKey(before), _account(session, account), session.clock.now()
        if old in session.config.accounts:
            raise click.UsageError(f"wagroups.yaml still names {before}; rename it there first.")
        known = session.ledger.recall(new, now).neighbours
        if old not in known:
            gone = ", ".join(sorted(known.keys() - session.config.accounts.keys())) or "none"
            raise click.UsageError(f"Nothing is remembered about {before!r}; names that are gone: {gone}.")
        session.ledger.rename_account(old, new, now)
        count = len(known[old].groups)
        Screen.of(common).say(f"{account} takes over from {before}, with {count} group{'' if count == 1 else 's'}.")
    return Exit.OK
