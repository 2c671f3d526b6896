"""`doctor` and `status`: how the accounts are, asked and remembered."""

from __future__ import annotations

import os
import sys
from typing import Final

import click

from wagroups.cli.common_options import Common, Verb, pass_common
from wagroups.cli.options.completion import account_names
from wagroups.domain.exit import Exit

STEPS_SHOWN: Final = 10


@click.command(cls=Verb)
@click.option(
    "--account",
    multiple=True,
    metavar="NAME",
    shell_complete=account_names,
    help="Only this account; may be repeated.",
)
@pass_common
def doctor(common: Common, account: tuple[str, ...]) -> Exit:
    """Check each account: gateway, session, own rights in each group, and what the gateway can do.

    Reads only.  Ends with 7 when an account or a group cannot be worked with.

    \b
    Examples:
      wagroups doctor
      wagroups doctor -o json
    """
    import asyncio
    import json

    from wagroups.cli.options.project import redactor_for, root_of
    from wagroups.cli.ui import logs
    from wagroups.cli.ui.terminal import Screen
    from wagroups.reports.documents.doctor import doctor_document, doctor_markdown, doctor_text
    from wagroups.workflows.operate.doctor import examine
    from wagroups.workflows.reconcile.session import open_session

    logs.configure(sys.stderr, verbosity=common.verbosity, quiet=common.quiet, form=common.log_format)
    with open_session(root_of(common), os.environ) as session:
        chosen = [key for key in session.config.accounts if not account or key in account]
        if not chosen:
            raise click.UsageError("This account does not exist.")
        checkups = asyncio.run(examine(session, chosen))
        ending = Exit.OK if all(checkup.healthy for checkup in checkups) else Exit.GATEWAY
        redactor, screen = redactor_for(common, session.project, session.ledger.key), Screen.of(common)
        for output in common.outputs:
            match output.format:
                case "json":
                    text = json.dumps(doctor_document(checkups, redactor, ending), indent=2) + "\n"
                case "markdown":
                    text = doctor_markdown(checkups, redactor)
                case _:
                    said = doctor_text(checkups, redactor, style=screen.style(output.to))
                    text = screen.fitted(said, output.to)
            screen.deliver(text, output.to)
        return ending


@click.command(cls=Verb)
@click.option("--steps", type=click.IntRange(min=0), default=STEPS_SHOWN, help="How many journal entries to show.")
@pass_common
def status(common: Common, steps: int) -> Exit:
    """Show what is remembered: rests, people waited for, open steps, what is left of the budgets, the latest steps.

    Asks no gateway.

    \b
    Examples:
      wagroups status
      wagroups status --steps 50
    """
    import json

    from wagroups.cli.options.project import redactor_for, root_of
    from wagroups.cli.ui.terminal import Screen
    from wagroups.reports.documents.doctor import status_document, status_markdown, status_text
    from wagroups.workflows.operate.status import standings
    from wagroups.workflows.reconcile.session import open_session

    with open_session(root_of(common), os.environ, read_only=True) as session:
        now, zone = session.clock.now(), session.config.timezone
        found = standings(session, now, steps)
        redactor, screen = redactor_for(common, session.project, session.ledger.key), Screen.of(common)
        for output in common.outputs:
            match output.format:
                case "json":
                    text = json.dumps(status_document(found, redactor, Exit.OK), indent=2) + "\n"
                case "markdown":
                    text = status_markdown(found, redactor, now, zone)
                case _:
                    said = status_text(found, redactor, now, zone, style=screen.style(output.to))
                    text = screen.fitted(said, output.to)
            screen.deliver(text, output.to)
        return Exit.OK
