"""Groups with everything that their layers say: lists of people add up, and `except` subtracts.

Each layer is checked once, however many groups use it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from wagroups.domain.declared.desired import DesiredGroup, State
from wagroups.domain.declared.group_fields import CHOICES, TEXTS
from wagroups.domain.declared.members import DesiredMembers
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.domain.live.capability import Limits
from wagroups.domain.problem import Problem
from wagroups.manifests.language.diagnostics import Findings, plain, shown
from wagroups.manifests.language.fields import GROUP_FIELDS
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import Format
from wagroups.manifests.load.tree import Map, MapEntry
from wagroups.manifests.load.validation import Reader, Written
from wagroups.manifests.resolve.layers import Layer, Layers
from wagroups.manifests.resolve.member_entries import miscounted
from wagroups.manifests.resolve.membership_limit import Crowd
from wagroups.manifests.resolve.memberships import Memberships
from wagroups.manifests.resolve.pictures import PictureReader
from wagroups.manifests.resolve.provenance import Declared
from wagroups.manifests.resolve.teams import ListedPeople, Teams, together

_MOST_PEOPLE: Final = Limits().members
_JOIN: Final = "join"
_APPROVAL: Final = f"settings.{Setting.APPROVE_JOINS}"


class Accounts(NamedTuple):
    """The accounts that groups may name."""

    names: frozenset[AccountKey]
    default: AccountKey | None


class GroupReader:
    """Builds groups from their entries and the layers below them."""

    def __init__(
        self,
        reader: Reader,
        teams: Teams,
        memberships: Memberships,
        pictures: PictureReader,
        accounts: Accounts,
        defaults: Layer,
        profiles: Mapping[str, Layer],
    ) -> None:
        self._reader = reader
        self._findings: Findings = reader.findings
        self._teams = teams
        self._memberships = memberships
        self._pictures = pictures
        self._accounts = accounts
        self._defaults = defaults
        self._profiles = profiles
        self._crowd = Crowd(reader.findings)

    def read(self, declared: Declared) -> DesiredGroup:
        """One group; what is wrong is among the findings."""
        with self._findings.about(declared.remark):
            return self._read(declared)

    def _read(self, declared: Declared) -> DesiredGroup:
        entry = declared.entry
        own = [Layer(self._reader.flat(entry.node, entry.origin, GROUP_FIELDS, "a group"), declared.via)]
        if declared.override is not None:
            written = declared.override
            own.append(Layer(self._reader.flat(written.node, written.origin, GROUP_FIELDS, "an override")))
        layers = Layers([self._defaults, *self._profile(own), *own])
        _bring_approval(layers, entry.key, self._findings)
        texts = layers.texts
        id = GroupJid.parse(texts["id"].text) if "id" in texts else None
        state = State(layers.text("state", State.MANAGED))
        if "subject" not in texts and id is None and state is not State.RELEASED and not _broken(entry, "subject"):
            self._findings.add(
                Rule.NO_SUBJECT,
                entry.key_origin,
                f"The group {shown(entry.key, 'here')} has no subject.",
                "Write `subject:`.",
            )
        admins, others = self._listed(layers, "admins", admin=True), self._listed(layers, "members", admin=False)
        excluded = together(self._teams.excluded(listed) for listed, _ in layers.lists("except"))
        batches, left_out = [*admins.batches, *others.batches], excluded.batches
        if not self._crowd.admits(batches, entry.key_origin):
            batches = []
        name = plain(entry.key)
        members = self._memberships.of_group(self._memberships.without(batches, left_out, name), name)
        if len(members) > _MOST_PEOPLE:
            self._findings.add(
                Rule.TOO_MANY,
                entry.key_origin,
                f"The group {shown(entry.key, 'here')} declares {len(members)} people; "
                f"WhatsApp's groups hold {_MOST_PEOPLE}.",
                "Split it into several groups, or let memberships end with `until`.",
            )
        return DesiredGroup(
            key=GroupKey(entry.key),
            account=self._account(texts, entry),
            origin=entry.key_origin,
            id=id,
            previous_keys=self._previous_keys(own),
            settings=MappingProxyType(
                {setting: texts[name].text for setting in Setting if (name := f"settings.{setting.value}") in texts}
            ),
            members=members,
            members_declared="members" in layers.origins,
            admins_declared="admins" in layers.origins,
            picture=self._pictures.read(texts["picture"]) if "picture" in texts else None,
            **_values(layers, adopted=id is not None),
            origins=MappingProxyType(layers.origins),
            vias=MappingProxyType(layers.vias),
            via=declared.way,
            faults=(
                *self._admin_faults(layers, admins, entry),
                *self._faults(layers, others, excluded, members, entry),
            ),
            sources=layers.files.union((batch.clause.file for batch in (*batches, *left_out)), declared.files),
        )

    def _profile(self, own: list[Layer]) -> list[Layer]:
        written = next((layer.flat.texts["profile"] for layer in reversed(own) if "profile" in layer.flat.texts), None)
        if written is None:
            return []
        if written.text in self._profiles:
            return [self._profiles[written.text]]
        message = f"There is no profile {shown(written.text, 'of this name')}."
        self._findings.undeclared(Rule.UNKNOWN_PROFILE, "profiles", written, message, self._profiles)
        return []

    def _account(self, texts: Mapping[str, Written], entry: MapEntry) -> AccountKey:
        written = texts.get("account")
        if written is None:
            if self._accounts.default is None and self._accounts.names:
                self._findings.add(
                    Rule.NO_ACCOUNT,
                    entry.key_origin,
                    f"The group {shown(entry.key, 'here')} names no account, and none is the default.",
                    "Write `account:` here, or `default: yes` at an account in wagroups.yaml.",
                )
            return self._accounts.default or AccountKey("")
        if written.text not in self._accounts.names:
            self._findings.add(
                Rule.UNKNOWN_ACCOUNT,
                written.origin,
                f"There is no account {shown(written.text, 'of this name')}.",
                "Declare it under `accounts:` in wagroups.yaml, or correct the name.",
                self._findings.nearest(written.text, self._accounts.names),
            )
        return AccountKey(written.text)

    def _previous_keys(self, own: list[Layer]) -> tuple[GroupKey, ...]:
        lists = [layer.flat.lists["previous_keys"] for layer in own if "previous_keys" in layer.flat.lists]
        return tuple(GroupKey(key.text) for listed in lists for key in self._reader.names(listed, Format.SLUG))

    def _faults(
        self, layers: Layers, others: ListedPeople, excluded: ListedPeople, members: DesiredMembers, entry: MapEntry
    ) -> tuple[Problem, ...]:
        """Why who is in the group is not known.  `others` are those of `members` alone."""
        faults, expected = others.faults + excluded.faults, layers.texts.get("expect")
        left_out = {p.phone for batch in excluded.batches if not batch.clause.dated for p in batch.people}
        problem = None
        if expected is not None:
            problem = miscounted(expected, len(members), self._findings)
        elif (
            not others.nobody_meant
            and not faults
            and left_out.issuperset(person.phone for batch in others.batches for person in batch.people)
        ):
            problem = self._findings.add_of_list(
                Rule.NOBODY,
                layers.origins["members"],
                f"Nobody is left in the members of {shown(entry.key, 'this group')}: everyone named is left out by "
                f"`except` "
                "or is on the deny list.",
                "Correct the list or `except`, or write `members: []` for nobody.",
            )
        return faults if problem is None else (*faults, problem)

    def _admin_faults(self, layers: Layers, admins: ListedPeople, entry: MapEntry) -> tuple[Problem, ...]:
        if admins.nobody_meant or admins.faults or any(batch.people for batch in admins.batches):
            return admins.faults
        problem = self._findings.add_of_list(
            Rule.NOBODY,
            layers.origins["admins"],
            f"Nobody is left in the admins of {shown(entry.key, 'this group')}: everyone named is on the deny list.",
            "Name someone else, or write `admins: []` for nobody.",
        )
        return (problem,)

    def _listed(self, layers: Layers, name: str, *, admin: bool) -> ListedPeople:
        """Everybody whom the lists of one name come to."""
        return together(self._teams.expand(listed.items, admin=admin, via=via) for listed, via in layers.lists(name))


def _values(layers: Layers, *, adopted: bool) -> dict[str, Any]:
    """The texts and choices of a group, by the names of its attributes."""
    choices = {
        choice.attribute: choice.words[layers.text(choice.key, choice.default_of(adopted=adopted))].value
        for choice in CHOICES
    }
    return choices | {key: layers.texts[key].text for key in TEXTS if key in layers.texts}


def _broken(entry: MapEntry, key: str) -> bool:
    """Whether the key is written and its value already among the findings."""
    return isinstance(entry.node, Map) and key in entry.node


def _bring_approval(layers: Layers, key: str, findings: Findings) -> None:
    """Add the setting that `join: link` implies to what holds for a group, or note that another value is written.

    Nobody comes in by a link unasked: whoever uses it waits until an admin lets them in.  A written `no` would open the
    group to everybody who is handed the link.
    """
    join, approval = layers.texts.get(_JOIN), layers.texts.get(_APPROVAL)
    if join is None or join.text != "link":
        return
    if approval is None:
        layers.imply(_APPROVAL, "yes", by=_JOIN)
    elif approval.text == "no":
        findings.add(
            Rule.JOIN_LINK,
            approval.origin,
            f"The group {shown(key, 'here')} is joined by its link, and would let in everyone who has it.",
            f"Delete the line: `join: link` ({join.origin}) sets `approve_joins: yes`.",
        )
