"""`validate --online`: the part that talks to gateways, imported only when it is asked for."""

import asyncio
import os
from pathlib import Path

from wagroups.cli.common_options import Common
from wagroups.cli.ui import logs
from wagroups.cli.ui.progress import meter
from wagroups.cli.ui.terminal import Screen
from wagroups.reports.view.times import ago
from wagroups.reports.view.wording import count
from wagroups.workflows.operate.number_check import Checked, check_numbers, questions
from wagroups.workflows.reconcile.session import WaitPolicy, open_session


def ask(root: Path, screen: Screen, common: Common) -> Checked:
    """Ask for every declared number.  Raises what opening a session and talking to a gateway raise."""
    logs.configure(screen.stderr, verbosity=common.verbosity, quiet=common.quiet, form=common.log_format)
    with open_session(root, os.environ) as session:
        asked = questions(session)
        total = sum(map(len, asked.values()))
        with meter("Checking numbers", total, screen.stderr, quiet=screen.quiet) as shown:
            patience = WaitPolicy(waiting=lambda waiting: shown.note(f"next in {ago(waiting.duration)}"))
            return asyncio.run(check_numbers(session, asked, patience, shown.advance))


def unasked(checked: Checked) -> str:
    """What to say about numbers that were not asked for."""
    numbers = count(checked.unasked, "number")
    if checked.paused is None:
        return f"{numbers} not checked: this gateway cannot check numbers."
    return f"{numbers} not checked yet: {checked.paused.message}.  {checked.paused.hint}"
