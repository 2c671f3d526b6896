"""Verbs to try the shell with."""

import os
import signal

import click

from wagroups.cli.common_options import Common, Verb, VerbGroup, pass_common
from wagroups.cli.options.selection import selection_options
from wagroups.cli.verbs import VerbEntry
from wagroups.domain.errors import (
    Interrupted,
    LedgerError,
    Locked,
    NotSent,
    NotYet,
    ProjectError,
    Refusal,
    SessionLost,
    Terminated,
)
from wagroups.domain.exit import Exit
from wagroups.domain.problem import Problem
from wagroups.planning.situation import Selection

LOOKS: list[tuple[Common, Selection, bool]] = []
"""What `look` was given, latest last."""

OPENINGS: list[Common] = []
"""What `box open` was given."""

ERRORS: dict[str, BaseException] = {
    "project": ProjectError([Problem(rule="unknown-key", file="groups.yaml", line=3, column=1, message="bad key")]),
    "refusal": Refusal("max-removals", "12 people would be removed", hint="Pass --override max-removals=REASON."),
    "ledger": LedgerError("the state file is newer than this program"),
    "locked": Locked("another run is using the account"),
    "not-sent": NotSent("the gateway cannot be reached"),
    "lost": SessionLost("the session is logged out"),
    "interrupted": Interrupted(),
    "terminated": Terminated(),
    "not-yet": NotYet(None, "day"),
    "keyboard": KeyboardInterrupt(),
    "abort": click.Abort(),
    "pipe": BrokenPipeError(),
    "bug": ValueError("no value for +447700900123 at 447700900123@s.whatsapp.net"),
}


@click.command(cls=Verb)
@pass_common
@selection_options
@click.option("--loud", is_flag=True)
def look(common: Common, selection: Selection, loud: bool) -> Exit:
    """Look at what was given."""
    LOOKS.append((common, selection, loud))
    return Exit.CHANGES


@click.command(cls=Verb)
@click.argument("kind")
@pass_common
def fail(common: Common, kind: str) -> None:
    """Fail in a certain way."""
    if kind == "signal":
        os.kill(os.getpid(), signal.SIGTERM)
    raise ERRORS[kind]


@click.group(cls=VerbGroup)
def box() -> None:
    """Verbs in a verb."""


@box.command("open")
@pass_common
def open_(common: Common) -> None:
    OPENINGS.append(common)


VERBS = {
    "look": VerbEntry("tests.cli.specimens", "look", "Looking", "Look at what was given."),
    "fail": VerbEntry("tests.cli.specimens", "fail", "Failing", "Fail."),
    "box": VerbEntry("tests.cli.specimens", "box", "Failing", "Verbs in a verb."),
}
