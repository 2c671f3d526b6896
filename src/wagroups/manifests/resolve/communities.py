"""Communities as they are declared: a parent, and the groups that say they belong to it.

Groups name their community and never the other way round: one source of truth, which works in generators too.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from wagroups.domain.declared.desired import DesiredCommunity, DesiredGroup
from wagroups.manifests.language.diagnostics import Findings, plain, shown
from wagroups.manifests.language.fields import COMMUNITY_FIELDS
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.tree import Map, MapEntry
from wagroups.manifests.load.validation import Reader, Written
from wagroups.manifests.resolve.memberships import Memberships
from wagroups.manifests.resolve.teams import Teams

MOST_GROUPS: Final = 100
MOST_ADMINS: Final = 20
"""WhatsApp's client properties for communities (whatsapp-rust, read 2026-07)."""


class CommunityReader:
    """Reads the section `communities`."""

    def __init__(self, reader: Reader, teams: Teams, memberships: Memberships) -> None:
        self._reader = reader
        self._findings: Findings = reader.findings
        self._teams = teams
        self._memberships = memberships

    def read(self, entries: Mapping[str, MapEntry]) -> dict[str, DesiredCommunity]:
        """Every community, by its key."""
        return {key: self._community(entry) for key, entry in sorted(entries.items())}

    def _community(self, entry: MapEntry) -> DesiredCommunity:
        flat = self._reader.flat(entry.node, entry.origin, COMMUNITY_FIELDS, "a community")
        if "subject" not in flat.texts and not (isinstance(entry.node, Map) and "subject" in entry.node):
            self._findings.add(
                Rule.NO_SUBJECT,
                entry.key_origin,
                f"The community {shown(entry.key, 'here')} has no subject.",
                "Write `subject:`.",
            )
        listed = flat.lists.get("admins")
        batches = [] if listed is None else self._teams.expand(listed.items, admin=True, via=()).batches
        admins = self._memberships.of_group(batches, f"the community {plain(entry.key)}")
        if len(admins) > MOST_ADMINS:
            self._full(entry, f"declares {len(admins)} admins; WhatsApp's communities have {MOST_ADMINS}")
        return DesiredCommunity(
            key=entry.key,
            origin=entry.key_origin,
            subject=flat.text("subject", entry.key),
            description=flat.text("description"),
            admins=admins,
        )

    def check(self, groups: Sequence[DesiredGroup], entries: Mapping[str, MapEntry]) -> None:
        """Add findings for groups of unknown communities, and for communities of too many groups."""
        sizes = dict.fromkeys(entries, 0)
        for group in groups:
            if group.community in sizes:
                sizes[group.community] += 1
            elif group.community is not None:
                message = f"There is no community {shown(group.community, 'of this name')}."
                written = Written(group.community, group.origin_of("community"))
                self._findings.undeclared(Rule.UNKNOWN_COMMUNITY, "communities", written, message, entries)
        for key, size in sizes.items():
            if size > MOST_GROUPS:
                self._full(entries[key], f"has {size} groups; WhatsApp's communities hold {MOST_GROUPS}")

    def _full(self, entry: MapEntry, text: str) -> None:
        self._findings.add(
            Rule.COMMUNITY_FULL,
            entry.key_origin,
            f"The community {shown(entry.key, 'here')} {text}.",
            "Split it into two.",
        )
