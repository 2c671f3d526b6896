"""`drift --accept`: let the files say what is so, where somebody decided that it may stay so.

Nothing here asks or changes WhatsApp.  What was accepted is proved before it is written: the project is resolved
again, and must no longer declare what is not so.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import yaml

from wagroups.domain.declared.desired import Desired, Person
from wagroups.domain.errors import EditError
from wagroups.domain.identity import Alias, GroupKey
from wagroups.domain.plans.change import DescriptionChange, SettingChange, SubjectChange
from wagroups.domain.plans.plan import Action, Cause, GroupPlan, Notice, Plan
from wagroups.domain.plans.points import PointClass
from wagroups.manifests.edit.yaml_nodes import value_of
from wagroups.manifests.language.fields import GROUP_FIELDS, SETTING_FIELDS
from wagroups.privacy.yaml_scalar import scalar
from wagroups.workflows.edit.draft import Draft
from wagroups.workflows.edit.person import PersonEditor, target_named, unshared

GONE: Final = frozenset({"left", "gone-unknown", "not-on-whatsapp", "invitation-over", "never-seen", "may-be-present"})
"""Points of somebody who is declared and not in the group: accepted, they are declared there no more."""

_ONE_CAUSE: Final = frozenset({"left", "not-on-whatsapp"})
"""Those of `GONE` that a bare `--accept` takes: what happened is known, and nobody has to look."""

_SECTIONS: Final = ("members", "admins")


def acceptable(plan: Plan) -> Iterator[str]:
    """The ids of everything that a bare `--accept` takes."""
    for group in plan.groups:
        yield from (notice.id for notice in group.points(PointClass.OPEN) if notice.code in _ONE_CAUSE)
        yield from (
            action.id
            for action in group.actions
            if action.cause is Cause.PHONE
            and isinstance(action.change, SubjectChange | DescriptionChange | SettingChange)
        )


def taken_for_true(
    draft: Draft, desired: Desired, plan: Plan, chosen: Sequence[str], environ: Mapping[str, str]
) -> list[str]:
    """Make what was chosen true in the draft; returns what the files say now, with aliases in it at most.

    Raises EditError and ManualEditNeeded, and then nothing is to be written.
    """
    points = {notice.id: (group, notice) for group in plan.groups for notice in group.points(PointClass.OPEN)}
    actions = {action.id: (group, action) for group, action in plan.actions()}
    done = []
    for name in dict.fromkeys(chosen):
        if name in points:
            done.append(_point(draft, desired, *points[name], environ))
        elif name in actions:
            done.append(_difference(draft, *actions[name]))
        else:
            raise EditError(
                f"nothing that differs is called {name!r}",
                hint="`wagroups drift -o json` shows the ids of points and differences.",
            )
    return done


def _point(draft: Draft, desired: Desired, group: GroupPlan, notice: Notice, environ: Mapping[str, str]) -> str:
    if notice.code in GONE:
        person = _declared(desired, notice)
        return _without(draft, group.key, person, environ)
    if notice.code == "cannot-be-set" and notice.setting is not None and notice.shown is not None:
        _write(draft, group.key, notice.setting, notice.shown)
        return f"{group.key}: {notice.setting} is declared as it is"
    raise EditError(
        f"the point {notice.code} of {group.key} cannot be settled in the files",
        hint="Do what the point says, or write it under `known:` with the reason.",
    )


def _declared(desired: Desired, notice: Notice) -> Person:
    alias = None if notice.person is None else notice.person.alias
    found = next((person for person in desired.people if alias is not None and person.alias == alias), None)
    if found is None:
        raise EditError("someone without an alias is declared by number", hint="Remove the number by hand.")
    return found


def _without(draft: Draft, key: GroupKey, person: Person, environ: Mapping[str, str]) -> str:
    """Declare somebody in a group no more: out of its own lists, or under its `except`."""
    desk = PersonEditor(draft, person)
    target = target_named(draft, f"group:{key}")
    for _, root, found, item in desk.entries():
        if found.owner == target.owner and found.role in _SECTIONS:
            unshared(root, target.owner, item)
    taken = desk.take_out(lambda found: found.owner == target.owner and found.role in _SECTIONS)
    if not _is_declared(draft, key, desk.alias, environ):
        return f"{key}: {desk.alias} is no longer declared there"
    target = target_named(draft, f"group:{key}")
    exceptions = value_of(target.node, "except")
    patcher = draft.patcher(target.file)
    if isinstance(exceptions, yaml.SequenceNode):
        draft.patch(target.file, patcher.with_item(exceptions, {"person": scalar(desk.alias)}))
    else:
        draft.patch(
            target.file, patcher.with_field(target.node, "except", f"[{scalar(desk.alias)}]", tuple(GROUP_FIELDS))
        )
    if _is_declared(draft, key, desk.alias, environ):
        raise EditError(
            f"it is not clear what declares {desk.alias} in {key}", hint="Look at `wagroups show --explain`."
        )
    also = "out of its list, and " if taken else ""
    return f"{key}: {desk.alias} is {also}under `except`, because a team or a table brings them"


def _is_declared(draft: Draft, key: GroupKey, alias: Alias, environ: Mapping[str, str]) -> bool:
    group = draft.carry_out(environ, dry_run=True).desired.groups.get(key)
    return group is not None and any(person.alias == alias for person in group.members.people)


def _difference(draft: Draft, group: GroupPlan, action: Action) -> str:
    match action.change:
        case SubjectChange(before=str(before)):
            _write(draft, group.key, "subject", before)
            return f"{group.key}: subject is declared as it is"
        case DescriptionChange(before=str(before)):
            _write(draft, group.key, "description", before)
            return f"{group.key}: description is declared as it is"
        case SettingChange(setting=setting, before=str(before)):
            _write(draft, group.key, f"settings.{setting}", before)
            return f"{group.key}: settings.{setting} is declared as it is"
        case _:
            raise EditError(
                f"{action.change.kind} of {group.key} is about people or pictures, which have to be declared by hand",
                hint="`wagroups person` edits the lists.",
            )


def _write(draft: Draft, key: GroupKey, name: str, value: str) -> None:
    """Let the group itself say a value, whatever its profile or the defaults say."""
    target = target_named(draft, f"group:{key}")
    patcher, written = draft.patcher(target.file), scalar(value)
    section, _, setting = name.partition(".")
    if not setting:
        edits = patcher.with_field(target.node, name, written, tuple(GROUP_FIELDS))
    elif isinstance(settings := value_of(target.node, section), yaml.MappingNode) and settings.value:
        edits = patcher.with_field(settings, setting, written, tuple(SETTING_FIELDS))
    else:
        edits = patcher.with_field(target.node, section, f"{{{setting}: {written}}}", tuple(GROUP_FIELDS))
    draft.patch(target.file, edits)
