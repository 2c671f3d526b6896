"""`watch`: look when a gateway says that something happened, and now and then in any case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from wagroups.cli.common_options import Common, Verb, pass_common
from wagroups.cli.options.run_options import DurationParam, SafetyFlags, tightening_options
from wagroups.cli.options.selection import selection_options
from wagroups.cli.ui.webhook_server import Address, AddressType, listening
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from wagroups.cli.commands.watch_rounds import RoundResult
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.identity import AccountKey
    from wagroups.gateways.shared.webhooks import Hook
    from wagroups.planning.situation import Selection
    from wagroups.reports.view.style import TextRole
    from wagroups.workflows.reconcile.session import Session
    from wagroups.workflows.reconcile.watch_schedule import Round


SECRET: Final = "WAGROUPS_WATCH_SECRET"  # noqa: S105 - the name of a variable
"""Variable of the key that gateways sign with; `WAGROUPS_<ACCOUNT>_WATCH_SECRET` goes before it."""

LISTEN: Final = "127.0.0.1:8765"
"""Chosen: this machine only, and no port of a gateway."""

SHORTEST: Final = timedelta(minutes=1)
"""A look costs each account a listing, and the budgets are made for a few an hour."""


@click.command(cls=Verb)
@selection_options
@tightening_options
@click.option(
    "--listen",
    type=AddressType(),
    default=LISTEN,
    metavar="HOST:PORT",
    help=f"Where gateways send their events.  [default: {LISTEN}]",
)
@click.option(
    "--every", type=DurationParam(), default="1h", help="How often to check when no event comes.  [default: 1h]"
)
@click.option(
    "--apply",
    "applying",
    is_flag=True,
    allow_from_autoenv=False,
    help="Run `apply --yes` instead of `drift`; every guard and budget still applies.",
)
@pass_common
def watch(
    common: Common, selection: Selection, brakes: SafetyFlags, listen: Address, every: timedelta, applying: bool
) -> Exit:
    """Run `drift` when a gateway says that something happened, and every hour; until Ctrl-C.

    Events are hints: a gateway's webhook says which group to look at, and never what is true.  They must be signed with
    the secret in WAGROUPS_WATCH_SECRET (or WAGROUPS_<ACCOUNT>_WATCH_SECRET; both also with _FILE).  Prints one line
    for each look.

    \b
    Examples:
      wagroups watch
      wagroups watch --apply --every 6h
      wagroups watch --listen 0.0.0.0:8765 -o json
    """
    import asyncio

    from wagroups.cli.commands.watch_rounds import Rounds
    from wagroups.cli.options.session import opened_project
    from wagroups.cli.ui.signals import stop_requests
    from wagroups.cli.ui.terminal import Screen
    from wagroups.execution.clock import SystemClock
    from wagroups.gateways.shared.webhooks import webhooks
    from wagroups.workflows.reconcile.plan import accounts_of
    from wagroups.workflows.reconcile.watch import Inbox
    from wagroups.workflows.reconcile.watch import watch as keep_watch
    from wagroups.workflows.reconcile.watch_schedule import Agenda

    if [output.to for output in common.outputs] != [None] or common.outputs[0].format not in ("text", "json"):
        raise click.UsageError("watch writes lines to stdout: -o text or -o json, without --to.")
    if every < SHORTEST:
        raise click.UsageError("--every is at least 1m: each look costs every account a listing.")
    with stop_requests(Screen.of(common).complain) as stop:
        clock = SystemClock(lambda: bool(stop))
        with opened_project(common, selection, brakes, None, stop) as opened:
            accounts = accounts_of(opened.session, selection)
            hooks = dict(_hooks(opened.session, accounts))
            desk = _Desk(common, opened.screen, opened.session.config.timezone, every)
        rounds = Rounds(common, selection, brakes, applying, stop, clock.now, desk.tell)
        inbox, agenda = Inbox(), Agenda(accounts, every, clock.now())
        door = webhooks(hooks, inbox.put, clock.now, rounds.health)
        with listening(door, listen) as address:
            desk.open(address, accounts, hooks)
            asyncio.run(keep_watch(agenda, inbox, rounds.look, clock, lambda: bool(stop)))
        return rounds.interrupted or Exit.OK


def _hooks(session: Session, accounts: Iterable[AccountKey]) -> Iterator[tuple[AccountKey, Hook]]:
    """How each account's gateway is believed.  Raises Unprovided for one without a secret."""
    from wagroups.domain.errors import Unprovided
    from wagroups.domain.identity import Secret
    from wagroups.domain.problem import Problem
    from wagroups.gateways.registry import kind_named
    from wagroups.gateways.shared.webhooks import Hook
    from wagroups.workflows.project.secrets import secret_value

    for name in accounts:
        account = session.config.accounts[name]
        kind = kind_named(account.gateway)
        if kind is None or kind.events is None:
            continue
        own = f"WAGROUPS_{name.upper().replace('-', '_')}_WATCH_SECRET"
        secret = secret_value(session.environ, own) or secret_value(session.environ, SECRET)
        if secret is None:
            raise Unprovided(
                Problem(
                    rule="missing-variable",
                    file=account.origin.file,
                    line=account.origin.line,
                    column=account.origin.column,
                    message=f"the events of account {name} must be signed, and {SECRET} is not set",
                    help=f"Set {SECRET} or {own} (or either with _FILE) to a long random text, "
                    "and give the same to the gateway.",
                )
            )
        yield name, Hook(account.session, Secret.of(secret), kind.events)


class _Desk:
    """Writes what there is to say, line by line."""

    def __init__(self, common: Common, screen: Screen, timezone: str, every: timedelta) -> None:
        self.common, self.screen, self.timezone, self.every = common, screen, timezone, every
        self.silent: set[AccountKey] = set()
        """Accounts of whose gateway no event was ever heard, and of which that was not said yet."""

    def open(self, address: Address, accounts: Iterable[AccountKey], hooks: Mapping[AccountKey, Hook]) -> None:
        """Say where events are awaited, and what to tell the gateways."""
        from wagroups.gateways.shared.webhooks import PREFIX
        from wagroups.reports.documents.watch import ListeningDocument, ListeningPart, document_line

        urls: dict[str, str] = {name: f"{address.url}{PREFIX}{name}" for name in hooks}
        if self._json:
            listening = ListeningPart(url=address.url, hooks=urls)
            self.screen.deliver(document_line(ListeningDocument(listening=listening)))
        minutes = self.every // timedelta(minutes=1)
        every = f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
        self.screen.say(f"Listening on {address.url}, until Ctrl-C.  In any case, everything is checked every {every}.")
        self.silent.update(hooks)
        for name in accounts:
            if name in hooks:
                events = hooks[name].events
                self.screen.say(f"  {name}: {urls[name]}")
                self.screen.say(f"    {events.where}, with the secret: {', '.join(events.everywhere())}")
                for event, first in events.later.items():
                    self.screen.say(f"    and from {first} on: {event} (an older server refuses all of them for it)")
            else:
                self.screen.say(f"  {name}: its gateway sends no events, so it is only checked every {every}")

    def tell(self, due: Round, told: RoundResult) -> None:
        """Say what came of a round, and by the first one of the timetable who has told of nothing so far."""
        from wagroups.reports.documents.watch import document_line, round_line
        from wagroups.reports.render.text import line_text
        from wagroups.workflows.reconcile.watch_schedule import RoundCause

        if due.account is not None and due.cause in (RoundCause.EVENT, RoundCause.ECHO):
            self.silent.discard(due.account)
        if due.cause is RoundCause.SCHEDULE:
            for name in sorted(self.silent):
                self.screen.complain(
                    f"{name}: no event has come since this watch began; are the gateway's webhooks set as said above, "
                    "and can the gateway reach this address?"
                )
            self.silent.clear()
        if self._json:
            self.screen.deliver(document_line(told.document))
            return
        # An echo is an event to people; that it may be our own doing decides only when it is looked at.
        cause = RoundCause.EVENT if due.cause is RoundCause.ECHO else due.cause
        line = round_line(told.document.round.ended_at, self.timezone, cause.value, told.words)
        styled = self.screen.style()(_role_of(told.ending), line)
        self.screen.deliver(line_text(styled, unicode=self.screen.unicode))

    @property
    def _json(self) -> bool:
        return self.common.outputs[0].format == "json"


def _role_of(ending: Exit) -> TextRole:
    from wagroups.reports.view.style import TextRole

    if ending is Exit.OK:
        return TextRole.GOOD
    return TextRole.ATTENTION if ending in (Exit.CHANGES, Exit.OPEN, Exit.PAUSED) else TextRole.BAD
