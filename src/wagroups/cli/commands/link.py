"""`link` and `join`: the two verbs that handle invite links, and the only places where one is shown or typed.

Whoever has a link can join.  So it is shown on a terminal alone, never in a file, a pipe or a document, and it is
never an argument: those stay in the shell's history and in the list of processes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple, TextIO

import click

from wagroups.cli.common_options import Common, Verb, pass_common
from wagroups.cli.options.completion import group_names
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.declared.desired import DesiredGroup
    from wagroups.domain.identity import InviteLink
    from wagroups.domain.live.observed import ObservedGroup
    from wagroups.workflows.operate.join import Joined
    from wagroups.workflows.operate.manual_call import CallOptions
    from wagroups.workflows.reconcile.session import Session


LINK_VARIABLE: Final = "WAGROUPS_JOIN_LINK"

_group = click.argument("group", shell_complete=group_names)
_yes = click.option("--yes", is_flag=True, allow_from_autoenv=False, help="Do not ask; required without a terminal.")
_by = click.option("--actor", help="Who asks, for the audit log.  [default: the CI actor, otherwise the user]")


class _Asked(NamedTuple):
    """One group of an opened project, and what goes with every call."""

    session: Session
    group: DesiredGroup
    wishes: CallOptions
    screen: Screen


@click.command(cls=Verb)
@_group
@click.option("--rotate", is_flag=True, allow_from_autoenv=False, help="Reset the link, and show the new one.")
@_yes
@_by
@pass_common
def link(common: Common, group: str, rotate: bool, yes: bool, actor: str | None) -> Exit:
    """Show the invite link of GROUP, on a terminal only: whoever has it can join.

    With --rotate the link is reset first, and read again to prove it.  Without a terminal that works too, with
    --yes, and the new link is not shown.

    \b
    Examples:
      wagroups link parents-5b
      wagroups link parents-5b --rotate
      wagroups link parents-5b --rotate --yes -o json     in a job: the link stays unseen
    """
    import asyncio

    from wagroups.domain.errors import Refusal
    from wagroups.workflows.operate.link import read_link, rotate_link

    shown = _text_on_a_terminal(common)
    if not shown and not rotate:
        raise Refusal(
            "terminal",
            "an invite link is only shown as text on a terminal",
            hint="Run it where stdout is a terminal, without -o and --to.",
        )
    with _asked(common, group, actor) as asked:
        if not rotate:
            found = asyncio.run(read_link(asked.session, asked.group, asked.wishes))
            asked.screen.deliver(f"{found.reveal()}\n")
            return Exit.OK
        if not yes and not _approved(
            asked.screen, f"Reset the invite link of {group}? The old link stops working for everyone."
        ):
            asked.screen.complain("Nothing was done.")
            return Exit.REFUSED
        rotation = asyncio.run(rotate_link(asked.session, asked.group, asked.wishes))
        ending = Exit.OK if rotation.why_not is None else Exit.PARTIAL
        said = f"{group}: " + (
            "the old link no longer works." if ending is Exit.OK else f"not reset: {rotation.why_not}."
        )
        if shown and rotation.link is not None:
            said += f"\n{rotation.link.reveal()}"
        body = {
            "group": group,
            "account": asked.group.account,
            "rotated": ending is Exit.OK,
            "why_not": rotation.why_not,
        }
        _deliver(common, asked.screen, said, body, ending)
        return ending


@click.command(cls=Verb)
@_group
@_yes
@_by
@pass_common
def join(common: Common, group: str, yes: bool, actor: str | None) -> Exit:
    """Join GROUP by its invite link, for a new account.

    The link is typed when asked for, or comes from stdin or from WAGROUPS_JOIN_LINK[_FILE]; it is never an argument.
    It must lead to the declared group: to its id, or else to its subject.

    \b
    Examples:
      wagroups join parents-5b
      wagroups join parents-5b --yes < link.txt
    """
    import asyncio

    from wagroups.cli.options.project import redactor_for
    from wagroups.privacy.escape import clean, for_terminal
    from wagroups.workflows.operate.join import join_group

    with _asked(common, group, actor) as asked:
        address = _typed_link(asked.screen, os.environ)

        def confirm(behind: ObservedGroup) -> bool:
            subject = for_terminal(clean(behind.subject or "a group without a subject"))
            account = asked.group.account
            return yes or _approved(asked.screen, f"Join “{subject}” as {group} with account {account}?")

        joined = asyncio.run(join_group(asked.session, asked.group, address, confirm, asked.wishes))
        if joined is None:
            asked.screen.complain("Nothing was done.")
            return Exit.REFUSED
        ending = Exit.PARTIAL if joined.how == "failed" else Exit.OK
        shown_id = redactor_for(common, asked.session.project, asked.session.ledger.key).jid(joined.jid)
        body = {
            "group": group,
            "account": asked.group.account,
            "outcome": joined.how,
            "why_not": joined.why_not,
            "jid": shown_id or None,
        }
        _deliver(common, asked.screen, _words(asked.group, joined, shown_id), body, ending)
        return ending


def _words(group: DesiredGroup, joined: Joined, shown_id: str) -> str:
    from wagroups.domain.identity import GroupJid

    match joined.how:
        case "pending":
            return f"{group.key}: asked to join.  Once an admin has approved it, run the same command again."
        case "failed":
            return f"{group.key}: not joined: {joined.why_not}."
        case _:
            said = f"{group.key}: {'joined' if joined.how == 'joined' else 'already in the group'}, and bound."
    if group.id is None and GroupJid.parse(shown_id):
        # A written id makes `add-only` the default, which is the gentle way to begin with people who are there.
        place = f"{group.origin.file}:{group.origin.line}"
        said += f"\nWrite its id into {place}, so that nobody undeclared is removed:\n  id: {shown_id}"
    return said


@contextmanager
def _asked(common: Common, key: str, actor: str | None) -> Iterator[_Asked]:
    import difflib

    from wagroups.cli.actor import actor_of
    from wagroups.cli.options.project import root_of
    from wagroups.cli.ui import logs
    from wagroups.cli.ui.pauses import patience_of
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.declared.desired import State
    from wagroups.domain.identity import GroupKey
    from wagroups.workflows.operate.manual_call import CallOptions
    from wagroups.workflows.reconcile.session import open_session

    root, screen = root_of(common), Screen.of(common)
    logs.configure(sys.stderr, verbosity=common.verbosity, quiet=common.quiet, form=common.log_format)
    with open_session(root, os.environ) as session:
        group = session.project.desired.groups.get(GroupKey(key))
        if group is None:
            near = difflib.get_close_matches(key, session.project.desired.groups, n=1)
            raise click.UsageError(f"There is no group {key!r}." + (f"  Did you mean {near[0]}?" if near else ""))
        if group.state is State.RELEASED:
            raise click.UsageError(f"{key} is released: wagroups leaves it alone.")
        wishes = CallOptions(actor or actor_of(os.environ), patience_of(screen))
        yield _Asked(session, group, wishes, screen)


def _text_on_a_terminal(common: Common) -> bool:
    only_text = all(output.format == "text" and output.to is None for output in common.outputs)
    return only_text and sys.stdout.isatty()


def _approved(screen: Screen, question: str) -> bool:
    from wagroups.domain.errors import Refusal

    if not screen.interactive:
        raise Refusal("approval", "this is not approved", hint="Pass --yes, or run it on a terminal.")
    return screen.confirm(question)


def _typed_link(screen: Screen, environ: Mapping[str, str]) -> InviteLink:
    """The link from the environment, a terminal or stdin.  Raises UsageError, which does not repeat what was given."""
    from wagroups.domain.identity import InviteLink
    from wagroups.workflows.project.secrets import secret_value

    written = secret_value(environ, LINK_VARIABLE)
    if written is None:
        asks = screen.interactive
        written = click.prompt("Invite link", hide_input=True, err=True) if asks else _first_line(screen.stdin)
    address = InviteLink.parse(written or "")
    if address is None:
        raise click.UsageError("That is not an invite link; write https://chat.whatsapp.com/ and the code.")
    return address


def _first_line(stdin: TextIO) -> str:
    return next((line for line in stdin if line.strip()), "")


def _deliver(common: Common, screen: Screen, text: str, body: Mapping[str, object], ending: Exit) -> None:
    import json

    from wagroups.reports.documents.models import FORMAT_VERSION

    for output in common.outputs:
        if output.format == "json":
            document = {
                "format_version": FORMAT_VERSION,
                **body,
                "exit": {"code": ending.code, "reason": ending.reason},
            }
            screen.deliver(json.dumps(document, indent=2, ensure_ascii=False) + "\n", output.to)
        else:
            screen.deliver(f"{text}\n", output.to)
