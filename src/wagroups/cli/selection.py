"""The options that select groups and sections: the same for plan, apply and drift."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import update_wrapper
from typing import Any, Final, TypeVar

import click

R = TypeVar("R")

SECTIONS: Final = ("subject", "description", "picture", "settings", "admins", "members")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which groups and which of their sections a run is about.  Empty tuples select everything."""

    targets: tuple[str, ...] = ()
    """Globs over group keys."""
    excludes: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset(SECTIONS)

    @property
    def everything(self) -> bool:
        """Whether nothing was left out."""
        return not (self.targets or self.excludes or self.accounts) and self.sections == frozenset(SECTIONS)

    def group(self, key: str, account: str) -> bool:
        """Whether a group is selected."""
        if self.accounts and account not in self.accounts:
            return False
        if any(fnmatchcase(key, glob) for glob in self.excludes):
            return False
        return not self.targets or any(fnmatchcase(key, glob) for glob in self.targets)


def selection_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add the options that select, and pass them together as the keyword `selection`, a `Selection`."""

    def with_selection(*args: Any, **kwargs: Any) -> R:
        only, skip = kwargs.pop("only"), kwargs.pop("skip")
        selection = Selection(
            targets=kwargs.pop("target"),
            excludes=kwargs.pop("exclude"),
            accounts=kwargs.pop("account"),
            sections=frozenset(only or SECTIONS) - frozenset(skip),
        )
        return function(*args, selection=selection, **kwargs)

    decorated = update_wrapper(with_selection, function)
    for option in _OPTIONS:
        decorated = option(decorated)
    return decorated


_OPTIONS: Final = (
    click.option("--skip", multiple=True, type=click.Choice(SECTIONS), help="All but this section."),
    click.option("--only", multiple=True, type=click.Choice(SECTIONS), help="This section alone."),
    click.option("--account", multiple=True, metavar="NAME", help="Groups of this account."),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Not the groups whose keys match."),
    click.option("--target", multiple=True, metavar="GLOB", help="Groups whose keys match, such as 'parents-*'."),
)
