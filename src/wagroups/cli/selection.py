"""The options that select groups and sections: the same for plan, apply and drift."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Final, TypeVar

import click

from wagroups.cli.completion import account_names, group_names
from wagroups.planning.situation import Section, Selection

R = TypeVar("R")

_SECTIONS: Final = tuple(section.value for section in Section)

_OPTIONS: Final = (
    click.option("--skip", multiple=True, type=click.Choice(_SECTIONS), help="All but this section."),
    click.option("--only", multiple=True, type=click.Choice(_SECTIONS), help="This section alone."),
    click.option(
        "--account", multiple=True, metavar="NAME", shell_complete=account_names, help="Groups of this account."
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="GLOB",
        shell_complete=group_names,
        help="Not the groups whose keys match.",
    ),
    click.option(
        "--target",
        multiple=True,
        metavar="GLOB",
        shell_complete=group_names,
        help="Groups whose keys match, such as 'parents-*'.",
    ),
)


def selection_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add the options that select, and pass them together as the keyword `selection`, a `Selection`."""

    def with_selection(*args: Any, **kwargs: Any) -> R:
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
