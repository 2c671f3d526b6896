"""Find the group that a command line names by its key."""

import difflib
from itertools import islice
from typing import Final

import click

from wagroups.domain.declared.desired import Desired, DesiredGroup
from wagroups.domain.identity import GroupKey

KNOWN_SHOWN: Final = 20
"""Keys that an error lists when none is near.  Chosen: a school has hundreds."""


def group_named(desired: Desired, key: str) -> DesiredGroup:
    """The declared group.  Raises UsageError with the nearest keys."""
    group = desired.groups.get(GroupKey(key))
    if group is None:
        raise click.UsageError(f"No such group: {key}.  {nearest(key, desired)}", click.get_current_context())
    return group


def nearest(key: str, desired: Desired) -> str:
    """What may have been meant, in words."""
    near = difflib.get_close_matches(key, desired.groups, n=3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    more = ", …" if len(desired.groups) > KNOWN_SHOWN else ""
    return f"Known: {', '.join(islice(desired.groups, KNOWN_SHOWN)) or 'none'}{more}."
