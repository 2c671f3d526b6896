"""Read `known:`, open points that somebody knows of: still listed, and for some time no reason to end with 2."""

from collections.abc import Container, Iterable, Iterator
from datetime import date
from typing import Final

from wagroups.domain.declared.known import LONGEST, Known
from wagroups.domain.identity import Alias, GroupKey
from wagroups.domain.origin import Origin
from wagroups.domain.plans.points import CLASSES, PointClass
from wagroups.manifests.language.diagnostics import Findings, shown
from wagroups.manifests.language.fields import KNOWN_FIELDS
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.tree import Map, Node
from wagroups.manifests.load.validation import Flat, Reader

_NEEDED: Final = ("group", "reason", "until")

OPEN_CODES: Final = frozenset(code for code, each in CLASSES.items() if each is PointClass.OPEN)


def read_known(
    items: Iterable[tuple[Node, Origin]], reader: Reader, groups: Container[str], aliases: Container[str]
) -> tuple[Known, ...]:
    """The entries, whatever the day is; `groups` are the declared ones, `aliases` those of the people."""
    found: list[Known] = []
    for item, at in items:
        flat = reader.flat(item, at, KNOWN_FIELDS, "an entry of `known`")
        found += _known(item, flat, at, groups, aliases, reader.findings)
    return tuple(found)


def _known(
    node: Node, flat: Flat, at: Origin, groups: Container[str], aliases: Container[str], findings: Findings
) -> Iterator[Known]:
    given = {entry.key for entry in node.entries()} if isinstance(node, Map) else {*_NEEDED, "person"}
    missing = [name for name in _NEEDED if name not in given]
    if len(given & {"person", "point"}) != 1:
        missing.insert(0, "person` or `point")
    if missing:
        named = ", ".join(f"`{name}`" for name in missing)
        findings.add(Rule.MISSING, at, f"An entry of `known` needs {named}.", f"Write {named} below the hyphen.")
    texts = flat.texts
    if missing or not texts.keys() >= set(_NEEDED) or not texts.keys() & {"person", "point"}:
        return  # what is missing or wrong was told
    until = flat.day("until")
    assert until is not None  # one of the needed
    group, person, point = texts["group"], texts.get("person"), texts.get("point")
    if group.text not in groups:
        message = f"There is no group {shown(group.text, 'of this name')}."
        findings.add(Rule.KNOWN_POINT, group.origin, message, "Correct the name, or delete the entry.")
    elif person is not None and person.text not in aliases:
        message = f"There is nobody called {shown(person.text, 'so')}."
        findings.add(Rule.KNOWN_POINT, person.origin, message, "Correct the alias, or delete the entry.")
    elif point is not None and point.text not in OPEN_CODES and not _is_id(point.text):
        message = f"There is no open point {shown(point.text, 'of this name')}."
        help = "Write the `code` or the `id` of the point, as shown by `wagroups plan -o json`."
        findings.add(Rule.KNOWN_POINT, point.origin, message, help)
    else:
        yield Known(
            group=GroupKey(group.text),
            person=None if person is None else Alias(person.text),
            point=None if point is None else point.text,
            reason=texts["reason"].text,
            until=until,
            origin=at,
        )


def _is_id(text: str) -> bool:
    return len(text) == 12 and all(digit in "0123456789abcdef" for digit in text)


def check_days(known: Iterable[Known], today: date, findings: Findings) -> None:
    """Find entries that reach too far, and those whose last day is over on `today`."""
    for one in known:
        if one.until > today + LONGEST:
            findings.add(
                Rule.KNOWN_TIME,
                one.origin,
                f"This point is known until {one.until}, more than {LONGEST.days} days from today.",
                f"Write `until: {today + LONGEST}` or an earlier day; what should stay so belongs in the lists.",
            )
        elif one.until < today:
            message = f"This point was known until {one.until}; it now counts again."
            findings.add(Rule.KNOWN_PAST, one.origin, message, "Settle the point, and delete the entry.")
