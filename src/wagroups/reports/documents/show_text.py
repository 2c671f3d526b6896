"""Effective groups as YAML and as Markdown.

The YAML is a manifest again: written into a file it declares the same groups.  Places and numbers stand in comments,
where they can be read and not be taken for values.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from wagroups.domain.declared.group_fields import CHOICES, GROUP_KEYS
from wagroups.privacy.escape import clean, for_markdown, for_terminal
from wagroups.privacy.yaml_scalar import block_lines, scalar
from wagroups.reports.documents.models import OriginPart
from wagroups.reports.documents.show import EffectiveDocument, EffectiveGroup, EffectivePeriod, values_in
from wagroups.reports.view.line_wrap import columns
from wagroups.reports.view.style import Style, TextRole, plain

_REMARK_COLUMN: Final = 52
"""Where remarks begin; longer lines push their own to the right.  Chosen to suit 120 columns."""

_DEFAULT: Final = "default"
_HIDDEN: Final = "not shown in this output"


class _Line(NamedTuple):
    """A line of YAML, with what is said beside it."""

    text: str
    remark: str = ""


def effective_yaml(
    document: EffectiveDocument, *, explain: bool = False, unicode: bool = True, style: Style = plain
) -> str:
    """The groups as one manifest; `explain` adds the place of every value and membership.

    `unicode=False` escapes what is not ASCII in values, so that no value changes on its way to a poor terminal.
    """
    lines = [_Line("groups:" if document.groups else "groups: {}")]
    for number, group in enumerate(document.groups):
        lines += [_Line("")] if number else []
        lines += _group_lines(group, explain, unicode)
    return "".join(f"{_written(line, style)}\n" for line in lines)


def _written(line: _Line, style: Style) -> str:
    text = for_terminal(line.text)
    if not line.remark:
        return text
    padding = " " * max(2, _REMARK_COLUMN - columns(text))
    return text + padding + style(TextRole.PLACE, f"# {for_terminal(clean(line.remark, limit=None))}")


def _group_lines(group: EffectiveGroup, explain: bool, unicode: bool) -> Iterator[_Line]:
    def place(name: str) -> str:
        return _origin(group, name) if explain else ""

    values = dict(values_in(group))
    yield _Line(f"  {scalar(group.key)}:", _place(group.source) if explain else "")
    for key in GROUP_KEYS:
        within = {name: value for name, value in values.items() if name.startswith(f"{key}.")}
        if key in ("admins", "members"):
            declared = group.admins_declared if key == "admins" else group.members_declared
            yield from _people_lines(key, declared, _entries(group, admins=key == "admins"), explain, unicode)
        elif key == "previous_keys":
            if group.previous_keys:
                keys = ", ".join(map(scalar, group.previous_keys))
                yield _Line(f"    {key}: [{keys}]", place(key))
        elif key == "id":
            if key in group.origins:
                yield _Line(f"    id: {group.id}" if group.id else f"    # id: {_HIDDEN}", place(key))
        elif key in ("subject", "description"):
            yield from _text_lines(group, key, values.get(key), explain, unicode)
        elif within:
            yield _Line(f"    {key}:")
            for name, value in within.items():
                yield _Line(f"      {name.partition('.')[2]}: {value}", place(name))
        elif key in values:
            yield _Line(f"    {key}: {_written_value(key, values[key], unicode)}", place(key))


_WORDS: Final = frozenset(choice.key for choice in CHOICES)


def _written_value(key: str, value: str, unicode: bool) -> str:
    """A word of the language is written as authors write it: `no` too, which the schema takes without quotes."""
    return value if key in _WORDS else scalar(value, unicode=unicode)


def _text_lines(group: EffectiveGroup, name: str, text: str | None, explain: bool, unicode: bool) -> Iterator[_Line]:
    if name not in group.origins:
        return
    remark = _origin(group, name) if explain else ""
    if text is None:
        yield _Line(f"    # {name}: {_HIDDEN}", remark)
        return
    lines = block_lines(text, unicode=unicode)
    if lines is None:
        yield _Line(f"    {name}: {scalar(text, unicode=unicode)}", remark)
        return
    yield _Line(f"    {name}: |-", remark)
    yield from (_Line(f"      {line}".rstrip()) for line in lines)


class _Entry(NamedTuple):
    """One period of one person."""

    person: str
    period: EffectivePeriod


def _entries(group: EffectiveGroup, *, admins: bool) -> list[_Entry]:
    """What the lists come to, as entries: one a period.  What makes an admin makes a member, and is said once."""
    return [
        _Entry(person.person, period)
        for person in group.people
        for period in (person.admin if admins else person.member)
        if admins or (period.start, period.end) not in {(right.start, right.end) for right in person.admin}
    ]


def _people_lines(
    name: str, declared: bool, entries: Sequence[_Entry], explain: bool, unicode: bool
) -> Iterator[_Line]:
    if not declared and not entries:
        return
    yield _Line(f"    {name}:" if entries else f"    {name}: []")
    for person, period in entries:
        called, _, number = person.partition(" (")
        remarks = [number.removesuffix(")"), _places(period) if explain else ""]
        remark = "; ".join(filter(None, remarks))
        reason = None if period.reason is None else scalar(period.reason, unicode=unicode)
        details = [("from", period.start), ("until", period.end), ("reason", reason)]
        written = [f"{key}: {value}" for key, value in details if value is not None]
        entry = scalar(called) if not called.startswith("+") else called
        yield _Line(f"      - person: {entry}" if written else f"      - {entry}", remark)
        yield from (_Line(f"        {detail}") for detail in written)


def _places(period: EffectivePeriod) -> str:
    return ", ".join(map(_place, period.origins))


def _origin(group: EffectiveGroup, name: str) -> str:
    place = group.origins.get(name)
    return _DEFAULT if place is None else _place(place)


def _place(place: OriginPart) -> str:
    via = f" via {', '.join(place.via)}" if place.via else ""
    return f"{place.file}:{place.line}{via}"


def effective_markdown(document: EffectiveDocument, *, explain: bool = False) -> str:
    """The groups as tables: one of values and one of people each."""
    return "\n".join(line for group in document.groups for line in _tables(group, explain)) or "No groups.\n"


def _tables(group: EffectiveGroup, explain: bool) -> Iterator[str]:
    subject = f" “{clean(group.subject)}”" if group.subject else ""
    yield f"### {for_markdown(group.key + subject)}"
    yield ""
    yield from _table(("value", "is"), "written in", explain, _values(group))
    yield ""
    rows = [
        ((entry.person, role, _days(entry.period), entry.period.reason or ""), _places(entry.period))
        for role in ("admin", "member")
        for entry in _entries(group, admins=role == "admin")
    ]
    yield from _table(("person", "role", "when", "reason"), "written in", explain, rows)
    yield ""


def _values(group: EffectiveGroup) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in values_in(group):
        yield (name, value), _origin(group, name)


def _days(period: EffectivePeriod) -> str:
    limits = (f"from {period.start}" if period.start else "", f"until {period.end}" if period.end else "")
    return " ".join(filter(None, limits))


def _table(
    heads: tuple[str, ...], place: str, explain: bool, rows: Iterable[tuple[tuple[str, ...], str]]
) -> Iterator[str]:
    shown = [(*cells, where) if explain else cells for cells, where in rows]
    if not shown:
        return
    titles = (*heads, place) if explain else heads
    yield f"| {' | '.join(titles)} |"
    yield "|---" * len(titles) + "|"
    for cells in shown:
        yield f"| {' | '.join(for_markdown(clean(cell, limit=None)) for cell in cells)} |"
