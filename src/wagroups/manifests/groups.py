"""Groups after `defaults < profile < group`; of a generated group, the override is the last layer.

Texts are replaced key by key, lists of people add up and `except` subtracts.  Each layer is checked once, however
many groups use it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.capability import Limits
from wagroups.domain.desired import DesiredGroup, Manage, State
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.domain.members import Batch, DesiredMembers
from wagroups.domain.settings import Setting
from wagroups.manifests.findings import Findings, shown
from wagroups.manifests.generating import Declared
from wagroups.manifests.joining import bring_approval
from wagroups.manifests.membership import unite
from wagroups.manifests.pictures import PictureReader
from wagroups.manifests.reading import Flat, Reader, Written
from wagroups.manifests.rules import Rule
from wagroups.manifests.schema import GROUP_FIELDS, Format
from wagroups.manifests.teams import Teams
from wagroups.manifests.tree import Entry, Map

_MOST_PEOPLE: Final = Limits().members


class Accounts(NamedTuple):
    """The accounts that groups may name."""

    names: frozenset[AccountKey]
    default: AccountKey | None


class Layer(NamedTuple):
    """One level of values, and its name in `via`; a group's own level has none."""

    flat: Flat
    via: tuple[str, ...] = ()


class GroupReader:
    """Builds groups from their entries and the layers below them."""

    def __init__(
        self,
        reader: Reader,
        teams: Teams,
        pictures: PictureReader,
        accounts: Accounts,
        defaults: Flat,
        profiles: Mapping[str, Flat],
    ) -> None:
        self._reader = reader
        self._findings: Findings = reader.findings
        self._teams = teams
        self._pictures = pictures
        self._accounts = accounts
        self._defaults = Layer(defaults, ("defaults",))
        self._profiles = {name: Layer(flat, (f"profile {name}",)) for name, flat in profiles.items()}

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
        layers = [self._defaults, *self._profile(own), *own]
        texts: dict[str, Written] = {}
        for layer in layers:
            texts.update(layer.flat.texts)
        bring_approval(texts, entry.key, self._findings)
        origins = {name: written.origin for name, written in texts.items()}
        for layer in layers:
            origins.update((name, listed.origin) for name, listed in layer.flat.lists.items())

        id = GroupJid.parse(texts["id"].text) if "id" in texts else None
        state = State(_word(texts, "state", State.MANAGED))
        if "subject" not in texts and id is None and state is not State.RELEASED and not _broken(entry, "subject"):
            self._findings.add(
                Rule.NO_SUBJECT, entry.key_origin, f"The group {shown(entry.key)} has no subject.", "Write `subject:`."
            )
        members = self._members(layers, entry.key)
        if len(members) > _MOST_PEOPLE:
            self._findings.add(
                Rule.TOO_MANY,
                entry.key_origin,
                f"The group {shown(entry.key)} declares {len(members)} people; WhatsApp's groups hold {_MOST_PEOPLE}.",
                "Divide it into several groups, or let memberships end with `until`.",
            )
        manage = Manage.EXACT if id is None else Manage.ADD_ONLY
        return DesiredGroup(
            key=GroupKey(entry.key),
            account=self._account(texts, entry),
            origin=entry.key_origin,
            id=id,
            previous_keys=self._previous_keys(own),
            subject=texts["subject"].text if "subject" in texts else None,
            description=texts["description"].text if "description" in texts else None,
            settings=MappingProxyType(
                {setting: texts[name].text for setting in Setting if (name := f"settings.{setting.value}") in texts}
            ),
            members=members,
            members_declared="members" in origins,
            admins_declared="admins" in origins,
            manage_members=Manage(_word(texts, "manage.members", manage)),
            manage_admins=Manage(_word(texts, "manage.admins", manage)),
            respect_left=_word(texts, "manage.left", "respect") == "respect",
            state=state,
            join_by_link=_word(texts, "join", "direct") == "link",
            invite_by_message=_word(texts, "invite", "link") == "message",
            reject_unknown=_word(texts, "reject_unknown", "no") == "yes",
            picture=self._pictures.read(texts["picture"]) if "picture" in texts else None,
            origins=MappingProxyType(origins),
        )

    def _profile(self, own: list[Layer]) -> list[Layer]:
        written = next((layer.flat.texts["profile"] for layer in reversed(own) if "profile" in layer.flat.texts), None)
        if written is None:
            return []
        if written.text in self._profiles:
            return [self._profiles[written.text]]
        self._findings.add(
            Rule.UNKNOWN_PROFILE,
            written.origin,
            f"There is no profile {shown(written.text)}.",
            self._findings.where_to_declare("profiles"),
            self._findings.nearest(written.text, self._profiles),
        )
        return []

    def _account(self, texts: Mapping[str, Written], entry: Entry) -> AccountKey:
        written = texts.get("account")
        if written is None:
            if self._accounts.default is None and self._accounts.names:
                self._findings.add(
                    Rule.NO_ACCOUNT,
                    entry.key_origin,
                    f"The group {shown(entry.key)} names no account, and none is the default.",
                    "Write `account:` here, or `default: yes` at an account in wagroups.yaml.",
                )
            return self._accounts.default or AccountKey("")
        if written.text not in self._accounts.names:
            self._findings.add(
                Rule.UNKNOWN_ACCOUNT,
                written.origin,
                f"There is no account {shown(written.text)}.",
                "Declare it under `accounts:` in wagroups.yaml, or correct the name.",
                self._findings.nearest(written.text, self._accounts.names),
            )
        return AccountKey(written.text)

    def _previous_keys(self, own: list[Layer]) -> tuple[GroupKey, ...]:
        lists = [layer.flat.lists["previous_keys"] for layer in own if "previous_keys" in layer.flat.lists]
        return tuple(GroupKey(key.text) for listed in lists for key in self._reader.names(listed, Format.SLUG))

    def _members(self, layers: list[Layer], key: str) -> DesiredMembers:
        batches = unite(
            self._listed(layers, "admins", admin=True),
            self._listed(layers, "members", admin=False),
            f"the group {shown(key)}",
            self._findings,
        )
        for layer in layers:
            left_out = self._teams.excluded_phones(layer.flat.lists.get("except"))
            if left_out:
                batches = [batch.without(left_out) for batch in batches]
        return DesiredMembers(batches)

    def _listed(self, layers: list[Layer], name: str, *, admin: bool) -> list[Batch]:
        batches: list[Batch] = []
        for layer in layers:
            listed = layer.flat.lists.get(name)
            if listed is not None:
                batches += self._teams.expand(listed.items, admin=admin, via=layer.via)
        return batches


def _word(texts: Mapping[str, Written], name: str, otherwise: str) -> str:
    return texts[name].text if name in texts else otherwise


def _broken(entry: Entry, key: str) -> bool:
    """Whether the key is written and its value already among the findings."""
    return isinstance(entry.node, Map) and key in entry.node
