"""Write manifests whose every value reads back as the same text, whatever a stranger put into it.

Texts are written by `privacy.yaml_scalar`; comments hold our own words only.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import Manage, State
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import AccountKey, Alias, GroupKey, Phone
from wagroups.domain.transcript import Transcript
from wagroups.manifests.language.types import TextType
from wagroups.manifests.numbers.parse import Phones
from wagroups.privacy.yaml_scalar import block_lines, scalar

CONFIG_SCHEMA: Final = "schemas/config.schema.json"
MANIFEST_SCHEMA: Final = "schemas/manifest.schema.json"
"""Where `init` puts the schemas, relative to the project's root."""

INDENT: Final = "  "


class NewPerson(NamedTuple):
    """An entry for the people directory."""

    alias: Alias
    phone: Phone
    name: str | None = None


class Block(NamedTuple):
    """One group to be written."""

    key: GroupKey
    transcript: Transcript
    admins: tuple[str, ...]
    """Entries of the list: aliases, or numbers as `number` spells them."""
    members: tuple[str, ...]
    account: AccountKey | None
    """Named where it is not the project's default."""
    unlisted: int = 0
    """People of the group who are known and yet in no list."""


def fits(text: str, shape: TextType) -> bool:
    """Whether the language can hold `text`, in its normal form, as a value of this shape."""
    allowed = "\n\t" if shape.lines else ""
    if len(text) < shape.least or (shape.most is not None and len(text) > shape.most):
        return False
    return not any(unicodedata.category(char) in ("Cc", "Cs") and char not in allowed for char in text)


def number(phone: Phone) -> str:
    """A number as people write it, if that reads back as the same; else its digits."""
    # Imported late: only an import writes numbers.
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

    digits = phone.reveal()
    try:
        spaced = format_number(parse(digits), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return digits
    return spaced if Phones().read(spaced, None).phone == phone else digits


def head(file: str, *sentences: str) -> list[str]:
    """The first lines of a new file: what editors check it with, and what it is."""
    return [modeline(file, MANIFEST_SCHEMA), *(f"# {sentence}" for sentence in sentences)]


def modeline(file: str, schema: str) -> str:
    """The line by which the editor of a file finds its schema; both are paths below the root."""
    return f"# yaml-language-server: $schema={'../' * file.count('/')}{schema}"


def person_lines(person: NewPerson) -> list[str]:
    """An entry of `people:`, without indentation."""
    if person.name is None:
        return [f"{scalar(person.alias)}: {number(person.phone)}"]
    return [
        f"{scalar(person.alias)}:",
        f"{INDENT}name: {scalar(person.name)}",
        f"{INDENT}phone: {number(person.phone)}",
    ]


def people_lines(people: Sequence[NewPerson]) -> list[str]:
    """The section of a directory."""
    return ["people:", *(INDENT + line for person in people for line in person_lines(person))]


def group_lines(block: Block) -> Iterator[str]:
    """An entry of `groups:`, indented."""
    yield f"{INDENT}{scalar(block.key)}:"
    for line in _group(block):
        yield f"{2 * INDENT}{line}" if line else ""


def _group(block: Block) -> Iterator[str]:
    transcript = block.transcript
    if block.account is not None:
        yield f"account: {scalar(block.account)}"
    yield f"id: {transcript.jid.reveal()}"
    if transcript.subject is not None:
        yield f"subject: {scalar(transcript.subject)}"
    if transcript.description is not None:
        yield from _text("description", transcript.description)
    yield from _settings(transcript)
    if transcript.hidden:
        yield f"# Not listed: {transcript.hidden} whose number WhatsApp hides.  Unknown people are never removed."
    if block.unlisted:
        yield f"# Not listed: {block.unlisted} more, for the reasons that the import gave.  `exact` would remove them."
    yield from _list("admins", block.admins)
    yield from _list("members", block.members)
    yield "# add-only: people are added, and nobody is removed or loses rights.  Once the lists are complete,"
    yield "# write `exact`: then anyone not in them is removed.  The plan shows this first."
    yield "manage:"
    yield f"{INDENT}members: {Manage.ADD_ONLY}"
    yield f"{INDENT}admins: {Manage.ADD_ONLY}"
    if transcript.watched:
        yield "# The account is not an admin here: differences are shown, and nothing is changed."
        yield "# Delete the next line once it is one."
        yield f"state: {State.WATCHED}"


def _settings(transcript: Transcript) -> Iterator[str]:
    if transcript.settings:
        yield "settings:"
        # `off` and `yes` stay without quotes, as authors write them: the schema takes them in either form.
        yield from (f"{INDENT}{s}: {transcript.settings[s]}" for s in Setting if s in transcript.settings)
    unseen = ["subject"] if transcript.subject is None else []
    unseen += ["description"] if transcript.description is None else []
    missing = [f"settings.{setting}" for setting in Setting if setting not in transcript.settings]
    unseen += missing if transcript.settings else ["settings"]
    if unseen:
        yield f"# Not shown, so not managed: {', '.join(unseen)}."


def _list(name: str, entries: Sequence[str]) -> Iterator[str]:
    if not entries:
        yield f"{name}: []"
        return
    yield f"{name}:"
    yield from (f"{INDENT}- {entry if entry.startswith('+') else scalar(entry)}" for entry in entries)


def _text(name: str, text: str) -> Iterator[str]:
    """A text that may have several lines: as a block where it is sure to read back."""
    lines = block_lines(text)
    if lines is None:
        yield f"{name}: {scalar(text)}"
        return
    yield f"{name}: |-"
    yield from (INDENT + line if line else "" for line in lines)
