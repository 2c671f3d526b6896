"""From what was taken down to the files that say it: keys, names, and a file for each group."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from wagroups.domain.identity import AccountKey, GroupKey, Phone
from wagroups.domain.plans.plan import Notice
from wagroups.domain.transcript import Transcript
from wagroups.manifests.edit.names import Register, key_for
from wagroups.manifests.edit.yaml_writer import Block, NewPerson, fits, group_lines, head, people_lines
from wagroups.manifests.language.fields import GROUP_FIELDS
from wagroups.manifests.language.types import TextType

FOLDER: Final = "groups"
"""Where a file for each group goes; the default `include` reads it."""

_IMPORTED: Final = (
    "Written by `wagroups import` from the live groups.  The id binds a group, so its subject may change.",
    "The account itself is in every group and need not be listed.",
)
_PRIVATE: Final = (
    "Phone numbers are personal data: keep this repository private.",
    "Whoever is called p-… has not been named yet: give them a name here, and the same one in the groups.",
)


class Composed(NamedTuple):
    """One group, ready to be written."""

    block: Block
    file: str
    notices: tuple[Notice, ...]
    """Who and what was left out, and why."""


class Composer:
    """Makes blocks of transcripts, one after the other; no two get one key."""

    def __init__(self, register: Register, taken: Iterable[str], default: AccountKey | None, secret: bytes) -> None:
        """`taken` are the keys in use, `default` the account that need not be written, `secret` makes pseudonyms."""
        self._register = register
        self._taken = set(taken)
        self._default = default
        self._secret = secret

    def compose(self, transcript: Transcript, one_file: str | None) -> Composed:
        """`one_file` takes all groups; without it each has a file of its own."""
        key = key_for(transcript.subject, transcript.jid, self._taken, self._secret)
        self._taken.add(key)
        transcript, notices = _sayable(transcript)
        admins, left_out = self._entries(transcript.admins)
        members, others = self._entries(transcript.members)
        account = None if transcript.account == self._default else transcript.account
        unlisted = (*transcript.notices, *left_out, *others)
        return Composed(
            Block(key, transcript, admins, members, account, len(unlisted)),
            one_file or f"{FOLDER}/{key}.yaml",
            (*unlisted, *notices),
        )

    def _entries(self, people: Sequence[Phone]) -> tuple[tuple[str, ...], tuple[Notice, ...]]:
        said = [self._register.entry(phone) for phone in people]
        entries = dict.fromkeys(sorted(entry for entry in said if not isinstance(entry, Notice)))
        return tuple(entries), tuple(entry for entry in said if isinstance(entry, Notice))


def group_files(composed: Sequence[Composed], people: Sequence[NewPerson] = ()) -> dict[str, str]:
    """The texts of the groups' files, by path; `people` go into the same file, where there is one for all."""
    files: dict[str, list[str]] = {}
    for one in sorted(composed, key=lambda one: one.block.key):
        lines = files.get(one.file)
        if lines is None:
            lines = files[one.file] = [*head(one.file, *_IMPORTED, *(_PRIVATE if people else ()))]
            lines += [*people_lines(people), ""] if people else []
            lines.append("groups:")
        else:
            lines.append("")
        lines += group_lines(one.block)
    return {file: _text(lines) for file, lines in files.items()}


def people_file(name: str, people: Sequence[NewPerson]) -> str:
    """The text of a new directory."""
    return _text([*head(name, *_PRIVATE), *people_lines(people)])


def free_keys(taken: Iterable[GroupKey], files: Iterable[str]) -> Iterator[str]:
    """Every key that a new group may not have: those in use, and those whose file is there already."""
    yield from taken
    yield from (file.removeprefix(f"{FOLDER}/").rpartition(".")[0] for file in files)


def _sayable(transcript: Transcript) -> tuple[Transcript, list[Notice]]:
    """The transcript without the texts that the language cannot hold, with a notice for each."""
    notices: list[Notice] = []
    for name in ("subject", "description"):
        text, shape = getattr(transcript, name), GROUP_FIELDS[name].shape
        assert isinstance(shape, TextType)
        if text is not None and not fits(text, shape):
            transcript = (
                replace(transcript, subject=None) if name == "subject" else replace(transcript, description=None)
            )
            why = "it is empty, too long, or contains a line break or a control character"
            notices.append(Notice(code="text", setting=name, text=f"{name} is not written: {why}"))
    return transcript, notices


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
