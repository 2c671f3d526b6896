"""Read `overrides.yaml`: rules that a reviewed change passes, each for some days.

Like a flag of the command line it is one rule, one reason; unlike a flag it is read by whoever reviews the change, and
in every run until its last day.
"""

from collections.abc import Container, Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from wagroups.domain.declared.safety import Override
from wagroups.domain.identity import GroupKey
from wagroups.domain.origin import Origin
from wagroups.domain.plans.rules import RULES
from wagroups.manifests.language.diagnostics import Findings, shown
from wagroups.manifests.language.fields import OVERRIDE_FIELDS, OVERRIDES_FIELDS, OVERRIDES_FILE
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.tree import Map, Node, Seq
from wagroups.manifests.load.validation import Flat, Reader

_NEEDED: Final = ("rule", "reason", "until")

LONGEST: Final = timedelta(days=7)
"""How far ahead the last day may be (safety guide, part 4)."""


def read_overrides(node: Node, reader: Reader, groups: Container[str]) -> tuple[Override, ...]:
    """The entries of the file's tree, whatever the day is; `groups` are the declared ones."""
    if node is None:
        return ()
    if not isinstance(node, Map):
        at = Origin(OVERRIDES_FILE, 1, 1)
        reader.findings.add(Rule.SHAPE, at, "This file is a list under `overrides`.", "Write `overrides:` above it.")
        return ()
    found: list[Override] = []
    for section in node.entries():
        if section.key != "overrides":
            reader.unknown_key(section, OVERRIDES_FIELDS, OVERRIDES_FILE)
            continue
        for item, at in _items(section.node, section.key_origin):
            if not _unpassable(item, reader.findings):
                flat = reader.flat(item, at, OVERRIDE_FIELDS, "an override")
                found += _override(item, flat, at, groups, reader.findings)
    return tuple(found)


def _items(node: Node, at: Origin) -> Iterator[tuple[Node, Origin]]:
    """One entry, or a list of them."""
    if isinstance(node, Seq):
        yield from zip(node, node.origins(), strict=True)
    elif node is not None:
        yield node, at


def _unpassable(node: Node, findings: Findings) -> bool:
    """Whether an entry names a rule that nothing passes; other words are told by the form of the entry."""
    for entry in node.entries() if isinstance(node, Map) else ():
        rule = RULES.get(str(entry.node)) if entry.key == "rule" else None
        if rule is not None and not rule.passable:
            message = f"Nothing can override {rule.name}: {rule.meaning[:1].lower()}{rule.meaning[1:]}"
            findings.add(Rule.OVERRIDE_RULE, entry.origin, message, "Delete the entry.")
            return True
    return False


def _override(node: Node, flat: Flat, at: Origin, groups: Container[str], findings: Findings) -> Iterator[Override]:
    given = {entry.key for entry in node.entries()} if isinstance(node, Map) else set(_NEEDED)
    missing = [name for name in _NEEDED if name not in given]
    if missing:
        named = ", ".join(f"`{name}`" for name in missing)
        findings.add(Rule.MISSING, at, f"An override needs {named}.", f"Write {named} below the hyphen.")
    if not flat.texts.keys() >= set(_NEEDED):
        return  # what is missing or wrong was told
    rule, group = RULES[flat.texts["rule"].text], flat.texts.get("group")
    if group is not None and not rule.of_a_group:
        message = f"The rule {rule.name} does not apply to a single group."
        findings.add(Rule.OVERRIDE_GROUP, group.origin, message, "Delete `group`.")
    elif group is not None and group.text not in groups and rule.name != "orphan":
        message = f"There is no group {shown(group.text, 'of this name')}."
        findings.add(Rule.OVERRIDE_GROUP, group.origin, message, "Correct the name, or delete the entry.")
    else:
        yield Override(
            rule=rule.name,
            group=None if group is None else GroupKey(group.text),
            reason=flat.texts["reason"].text,
            until=flat.day("until"),
            origin=at,
        )


def in_force(overrides: Iterable[Override], today: date, findings: Findings) -> tuple[Override, ...]:
    """Those that hold on `today`, a day in the project's time zone; others are findings."""
    held: list[Override] = []
    for override in overrides:
        assert override.until is not None
        assert override.origin is not None
        if override.until > today + LONGEST:
            latest = today + LONGEST
            findings.add(
                Rule.OVERRIDE_TIME,
                override.origin,
                f"This override ends on {override.until}, more than {LONGEST.days} days from today.",
                f"Write `until: {latest}` or an earlier day; what should apply for longer belongs under `safety`.",
            )
        elif override.until < today:
            message = f"This override ended on {override.until} and no longer has any effect."
            findings.add(Rule.OVERRIDE_PAST, override.origin, message, "Delete the entry.")
        else:
            held.append(override)
    return tuple(held)
