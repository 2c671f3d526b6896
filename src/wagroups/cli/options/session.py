"""Open a project for one command: the files, the ledger, what may be shown, and what the run may do."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from wagroups.cli.common_options import Common
from wagroups.cli.options.project import redactor_for, root_of
from wagroups.cli.options.run_options import SafetyFlags, terms_of
from wagroups.cli.options.selection import check_selection
from wagroups.cli.ui import logs
from wagroups.cli.ui.signals import StopFlag
from wagroups.cli.ui.terminal import Screen
from wagroups.execution.clock import SystemClock
from wagroups.manifests.project import overrides_of
from wagroups.planning.situation import Selection, Terms
from wagroups.privacy.redactor import Redactor
from wagroups.workflows.project.changed_groups import groups_changed_since
from wagroups.workflows.reconcile.session import Session, open_session


class Opened(NamedTuple):
    """A project, opened for one command."""

    session: Session
    redactor: Redactor
    terms: Terms
    screen: Screen


@contextmanager
def opened_project(
    common: Common,
    selection: Selection,
    brakes: SafetyFlags,
    since: str | None,
    stop: StopFlag | None = None,
    *,
    remarks: bool = True,
) -> Iterator[Opened]:
    """Open what a command works with.  Without `remarks` nothing is said about the files but what is wrong."""
    root = root_of(common)
    logs.configure(sys.stderr, verbosity=common.verbosity, quiet=common.quiet, form=common.log_format)
    clock = SystemClock(lambda: bool(stop))
    with open_session(root, os.environ, clock=clock) as session:
        desired = session.project.desired
        screen = Screen.of(common)
        # Errors are those of single groups, which the plan tells with the groups.
        for problem in (p for p in session.project.problems if remarks and p.severity == "warning"):
            screen.say(f"warning: {problem.place}: {problem.message}")
        check_selection(session, selection)
        if since is not None:
            # Nothing changed: a target that no key can have.
            keys = groups_changed_since(root, desired, since) or ("",)
            selection = selection.model_copy(update={"targets": keys})
        written, ended = overrides_of(session.project, clock.now())
        for problem in ended:
            screen.say(f"warning: {problem.place}: {problem.message}")
        terms = terms_of(session.config, desired, selection, brakes, written)
        yield Opened(session, redactor_for(common, session.project, session.ledger.key), terms, screen)
