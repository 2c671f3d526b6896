"""The options that select groups and sections: the same for plan, apply and drift."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from wagroups.cli.options.completion import account_names, group_names
from wagroups.domain.declared.choices import Section

if TYPE_CHECKING:
    from wagroups.planning.situation import Selection
    from wagroups.workflows.reconcile.session import Session


R = TypeVar("R")

_SECTIONS: Final = tuple(section.value for section in Section)

_OPTIONS: Final = (
    click.option("--skip", multiple=True, type=click.Choice(_SECTIONS), help="Everything except this section."),
    click.option("--only", multiple=True, type=click.Choice(_SECTIONS), help="Only this section."),
    click.option(
        "--account", multiple=True, metavar="NAME", shell_complete=account_names, help="Groups of this account."
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="GLOB",
        shell_complete=group_names,
        help="Leave out groups whose keys match.",
    ),
    click.option(
        "--target",
        multiple=True,
        metavar="GLOB",
        shell_complete=group_names,
        help="Groups whose keys match, such as 'parents-*'.",
    ),
)

since_option: Final = click.option(
    "--changed-since", "since", metavar="REF", help="Groups whose files differ from a git revision."
)


def selection_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add the options that select, and pass them together as the keyword `selection`, a `Selection`."""

    def with_selection(*args: Any, **kwargs: Any) -> R:
        from wagroups.planning.situation import Selection

        selection = Selection(
            targets=kwargs.pop("target"),
            exclude=kwargs.pop("exclude"),
            accounts=kwargs.pop("account"),
            only=tuple(map(Section, kwargs.pop("only"))),
            skip=tuple(map(Section, kwargs.pop("skip"))),
        )
        return function(*args, selection=selection, **kwargs)

    decorated = update_wrapper(with_selection, function)
    for option in _OPTIONS:
        decorated = option(decorated)
    return decorated


def check_selection(session: Session, selection: Selection) -> None:
    """Raise UsageError for an option that selects nothing: a run without groups would end well, and that is no news."""
    from fnmatch import fnmatchcase

    from wagroups.cli.options.group_lookup import nearest
    from wagroups.planning.situation import Selection
    from wagroups.workflows.reconcile.plan import accounts_of

    desired = session.project.desired
    for option, globs in (("--target", selection.targets), ("--exclude", selection.exclude)):
        for glob in globs:
            if not any(fnmatchcase(key, glob) for key in desired.groups):
                raise click.UsageError(
                    f"{option} {glob!r} matches no declared group.  {nearest(glob.strip('*'), desired)}"
                )
    for name in selection.accounts:
        # Groups that were taken out of the manifests are a reason to look at an account, too.
        if name in session.config.accounts and not accounts_of(session, Selection(accounts=(name,))):
            used = ", ".join(sorted({group.account for group in desired.groups.values()})) or "none"
            raise click.UsageError(f"--account {name!r} has no declared group.  Accounts that have: {used}.")
