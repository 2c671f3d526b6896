"""`demo`: the main job on a simulated WhatsApp, by the very commands that a user types.

Each command is a process of its own that talks HTTP to a sandbox on this machine, so what is seen is what will be
seen.  Nothing is taken on trust: exit codes are compared with what was promised, and the simulated WhatsApp is asked
who is in the group at the end.
"""

from __future__ import annotations

import time

import click

from wagroups.cli.common_options import Common, Output, Verb, pass_common
from wagroups.domain.exit import Exit
from wagroups.gateways import NAMES


@click.command(cls=Verb)
@pass_common
@click.option("--gateway", type=click.Choice(NAMES), help="Only this gateway.  [default: one after the other]")
def demo(common: Common, gateway: str | None) -> Exit:
    """See the main job on a simulated WhatsApp: validate, plan, apply, and nothing left to do.

    Serves a sandbox on this machine, copies the example project to a temporary folder, lets people change things on
    their phones, and runs the real commands, as you would.  Needs no account and no network, and takes half a minute.

    \b
    Examples:
      wagroups demo
      wagroups demo --gateway waxum
    """
    from wagroups.cli.commands.demo_runner import Stage, perform
    from wagroups.cli.ui.terminal import Screen

    if any(output.format != "json" and output != Output("text", None) for output in common.outputs):
        raise click.UsageError("demo writes to stdout; the only other output is -o json.")
    stage = Stage(common, Screen.of(common))
    started = time.monotonic()
    stage.say("wagroups at work on a simulated WhatsApp.  Nothing leaves this machine.")
    for name in (gateway,) if gateway else NAMES:
        perform(stage, name)
    stage.say(f"Everything worked, in {time.monotonic() - started:.0f} s.  Start your own: wagroups init")
    stage.close()
    return Exit.OK
