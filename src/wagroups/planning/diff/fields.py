"""Subject, description and settings: what differs, and what this gateway cannot show or change.

What a gateway cannot do is said, never skipped: a field that is declared ends as a change, as a notice, or as
nothing because it is known to be right.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from wagroups.domain.declared.choices import Section
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupKey
from wagroups.domain.live.capability import Access, Aspect, Capabilities, Claim
from wagroups.domain.live.memory import Memory
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.plans.change import Change, DescriptionChange, SettingChange, SubjectChange
from wagroups.domain.plans.change_kinds import KINDS, ChangeType
from wagroups.domain.plans.plan import Notice
from wagroups.domain.text import normal
from wagroups.planning.diff.pictures import PICTURE, declared_digest
from wagroups.planning.situation import Selection, Situation

SUBJECT = "subject"
DESCRIPTION = "description"


class GroupField(NamedTuple):
    """A scalar of a group, by its name in manifests."""

    name: str
    change: ChangeType
    setting: Setting | None = None

    @property
    def aspect(self) -> Aspect:
        """The claim that governs it."""
        aspect = KINDS[self.change].aspect if self.setting is None else Aspect.of(self.setting)
        assert aspect is not None, "whatever is compared is written by somebody"
        return aspect

    @property
    def section(self) -> Section | None:
        """The part of the group it belongs to."""
        return KINDS[self.change].section


FIELDS = (
    GroupField(SUBJECT, SubjectChange),
    GroupField(DESCRIPTION, DescriptionChange),
    *(GroupField(f"settings.{setting}", SettingChange, setting) for setting in Setting),
)


def declared_values(group: DesiredGroup) -> dict[str, str]:
    """The scalars that the manifest decides, by field name: texts in their normal form, a picture by its digest."""
    values: dict[str, str] = {}
    if group.subject is not None:
        values[SUBJECT] = normal(group.subject)
    if group.description is not None:
        values[DESCRIPTION] = normal(group.description)
    values.update({f"settings.{setting}": value for setting, value in group.settings.items()})
    picture = declared_digest(group)
    if picture is not None:
        values[PICTURE] = picture
    return values


def live_values(live: ObservedGroup) -> dict[str, str]:
    """The scalars that the gateway showed; a field that is missing was not shown."""
    values: dict[str, str] = {}
    if live.subject is not None:
        values[SUBJECT] = normal(live.subject)
    if live.description is not None:
        values[DESCRIPTION] = normal(live.description)
    values.update({f"settings.{setting}": value for setting, value in live.settings.items()})
    return values


def creation_settings(group: DesiredGroup, capabilities: Capabilities, selection: Selection) -> dict[Setting, str]:
    """The declared settings that the gateway takes when a group is created."""
    if not selection.has_section(Section.SETTINGS):
        return {}
    return {
        setting: value
        for setting, value in group.settings.items()
        if capabilities.can(Aspect.of(setting), Access.CREATE)
    }


def diff_fields(
    group: DesiredGroup, live: ObservedGroup | None, situation: Situation, selection: Selection
) -> Iterator[Change | Notice]:
    """Changes and notices for every declared scalar; `live` is `None` for a group about to be created."""
    declared = declared_values(group)
    desired = {
        field.name: declared[field.name]
        for field in FIELDS
        if field.name in declared and selection.has_section(field.section)
    }
    seen = live_values(live) if live is not None else {}
    differing = _differing(desired, seen)
    for field in FIELDS:
        if field.name not in desired:
            continue
        if field.name not in differing and field.name in seen:
            continue
        yield from _field(field, desired[field.name], seen.get(field.name), group.key, situation, born=live is not None)


def _differing(desired: Mapping[str, str], seen: Mapping[str, str]) -> frozenset[str]:
    """Names of fields that are declared and shown with another value."""
    shown = {name: seen[name] for name in desired if name in seen}
    declared = {name: desired[name] for name in shown}
    if declared == shown:
        return frozenset()
    # Imported late: it costs more than planning a hundred groups that are in sync.
    from deepdiff import DeepDiff

    return frozenset(str(root) for root in DeepDiff(shown, declared).affected_root_keys)


def _field(
    field: GroupField, value: str, shown: str | None, key: GroupKey, situation: Situation, *, born: bool
) -> Iterator[Change | Notice]:
    claim = situation.capabilities.claim(field.aspect)
    if not born and Access.CREATE in claim.access:
        return  # given with the creation itself
    if not born and field.name == SUBJECT:
        return
    cannot = _cannot_write(field, value, claim, situation.capabilities)
    before = situation.memory.blind.get((key, field.name)) if shown is None else shown
    in_the_way = _in_the_way(field, value, before, key, situation.capabilities) if born else None
    if in_the_way is not None and cannot is None:
        yield in_the_way
    elif cannot is not None and shown is not None:
        yield _not_set(field, shown, value, cannot, key)
    elif cannot is not None and born and Access.READ in claim.access:
        yield _not_shown(field)
    elif cannot is not None:
        yield cannot if Access.CREATE not in claim.access else _created_with(field, value, claim, key, situation.memory)
    elif shown is not None:
        yield _change(field, shown, value)
    elif Access.READ in claim.access and born:
        yield _not_shown(field)
    elif Access.READ in claim.access:
        if _differs_from_new(field, value):
            yield _change(field, None, value)
    else:
        yield from _blind(field, value, claim, key, situation.memory)


def _differs_from_new(field: GroupField, value: str) -> bool:
    """Whether a new group must be told: it has no description, and settings whose defaults engines disagree on."""
    return not (field.name == DESCRIPTION and value == "")


def _cannot_write(field: GroupField, value: str, claim: Claim, capabilities: Capabilities) -> Notice | None:
    if Access.WRITE not in claim.access:
        verb = "can be read but not changed" if Access.READ in claim.access else "cannot be managed"
        return _unsupported(field, f"{field.name} {verb} on this gateway", claim)
    if field.name == DESCRIPTION and value == "":
        clear = capabilities.claim(Aspect.DESCRIPTION_CLEAR)
        if Access.WRITE not in clear.access:
            return _unsupported(field, "this gateway cannot remove a description", clear)
    return None


def _in_the_way(
    field: GroupField, value: str, before: str | None, key: GroupKey, capabilities: Capabilities
) -> Notice | None:
    """A description that is there already, on a gateway that writes only the first one of a group."""
    claim = capabilities.claim(Aspect.DESCRIPTION_CHANGE)
    if field.name != DESCRIPTION or not before or before == value or Access.WRITE in claim.access:
        return None
    text = f"the group has another description, and this gateway cannot change it: {claim.note}"
    return Notice(code="cannot-be-set", setting=field.name, text=text, next=f"wagroups plan --target {key}")


def _unsupported(field: GroupField, text: str, claim: Claim) -> Notice:
    note = f": {claim.note}" if claim.note else ""
    return Notice(code="unsupported", setting=field.name, text=f"{text}{note}")


def _not_shown(field: GroupField) -> Notice:
    text = f"{field.name} was not shown by the gateway in this read; it will be compared again next time"
    return Notice(code="not-observed", setting=field.name, text=text)


def _not_set(field: GroupField, shown: str, value: str, cannot: Notice, key: GroupKey) -> Notice:
    """What was read and differs, and cannot be changed from here."""
    text = f"{cannot.text}; it is {_quoted(field, shown)}, and declared as {_quoted(field, value)}"
    return Notice(code="cannot-be-set", setting=field.name, text=text, next=_line(field, shown, key), shown=shown)


def _quoted(field: GroupField, value: str) -> str:
    """A value within a sentence; of texts only whether there is one, because strangers write them."""
    if field.setting is not None:
        return f"`{value}`"
    return "empty" if value == "" else "another text"


def _line(field: GroupField, shown: str, key: GroupKey) -> str:
    """The line that would declare what is shown; texts are not repeated, because strangers write them."""
    return f"{key}: {{settings: {{{field.setting}: {shown}}}}}" if field.setting else f"wagroups plan --target {key}"


def _created_with(field: GroupField, value: str, claim: Claim, key: GroupKey, memory: Memory) -> Notice:
    given = memory.blind.get((key, field.name))
    if given == value:
        text = f"{field.name} was given as `{value}` when the group was created and cannot be read on this gateway"
        return Notice(code="unverified", setting=field.name, text=text)
    if given is not None:
        # Nothing else was written since: it is not so, and what the group was made with is known.
        text = f"{field.name} was given as `{given}` when the group was created, and cannot be changed on this gateway"
        return Notice(code="cannot-be-set", setting=field.name, text=text, next=_line(field, given, key))
    return _unsupported(field, f"{field.name} can only be given when a group is created on this gateway", claim)


def _blind(field: GroupField, value: str, claim: Claim, key: GroupKey, memory: Memory) -> Iterator[Change | Notice]:
    if memory.blind_refused.get((key, field.name)) == value:
        yield Notice(
            code="blind-refused",
            setting=field.name,
            text=f"a {field.name} that cannot be read here is in the way of the declared one; "
            "change or clear it on a phone, or change the declared text",
            next=f"wagroups apply --target {key}",
        )
    elif memory.blind.get((key, field.name)) == value:
        yield Notice(
            code="unverified",
            setting=field.name,
            text=f"{field.name} was written, but this gateway cannot read it back",
        )
    else:
        yield _change(field, memory.blind.get((key, field.name)), value, blind=True)


def _change(field: GroupField, before: str | None, after: str, *, blind: bool = False) -> Change:
    if field.setting is not None:
        return SettingChange(setting=field.setting, before=before, after=after, blind=blind)
    if field.name == SUBJECT:
        return SubjectChange(before=before, after=after)
    return DescriptionChange(before=before, after=after, blind=blind)
