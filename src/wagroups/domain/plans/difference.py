"""How two revisions of the manifests differ in what they declare.  Nothing here knows of anything live."""

from enum import StrEnum
from typing import NamedTuple

from wagroups.domain.identity import Identity
from wagroups.domain.origin import Origin


class About(StrEnum):
    """What kind of thing is declared otherwise."""

    GROUP = "group"
    TEAM = "team"
    PERSON = "person"
    COMMUNITY = "community"
    KNOWN = "known"
    """What the files say is known and no alarm."""
    PROJECT = "project"
    """What `wagroups.yaml` configures."""


class DifferenceKind(StrEnum):
    """In what way."""

    DECLARED = "declared"
    WITHDRAWN = "withdrawn"
    RENAMED = "renamed"
    """Another key for the same group."""
    VALUE = "value"
    MEMBER_ADDED = "member.added"
    MEMBER_REMOVED = "member.removed"
    PROMOTED = "promoted"
    DEMOTED = "demoted"
    DATES = "dates"
    """Another time or reason of the same membership."""
    ENTRY_ADDED = "entry.added"
    ENTRY_REMOVED = "entry.removed"
    """A line of a team, as it is written."""
    RENUMBERED = "renumbered"


class Alteration(NamedTuple):
    """One thing that is declared otherwise than before."""

    kind: DifferenceKind
    origin: Origin
    """Where it is written now; what is gone, where it was written."""
    person: Identity | None = None
    name: str | None = None
    """The key of a value, or the text of a line."""
    before: str | None = None
    after: str | None = None
    """`None` is a value that is not declared."""


class Altered(NamedTuple):
    """Something declared, with all that is otherwise."""

    about: About
    name: str
    origin: Origin
    alterations: tuple[Alteration, ...]
    subject: str = ""
    members_before: int | None = None
    members_after: int | None = None
