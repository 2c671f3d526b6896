"""The keys of a group, in the order in which they are written.  This file *is* the list.

The reader, the editor schemas, `fmt`, `show`, `diff --base` and the import follow from it, so that a new key cannot be
forgotten in one of them.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from wagroups.domain.declared.desired import DesiredGroup, Manage, State
from wagroups.domain.declared.picture import Picture
from wagroups.domain.declared.settings import Setting

GROUP_KEYS: Final = (
    *("account", "id", "profile", "subject", "previous_keys", "description", "picture", "settings"),
    *("admins", "members", "except", "join", "invite", "reject_unknown", "manage", "state", "community", "expect"),
)

RESOLVED: Final = MappingProxyType(
    {
        "profile": "its values are those of the group once the files are read",
        "except": "whoever it takes out is in no list once the files are read",
        "expect": "it is counted while the files are read",
    }
)
"""Keys that a group has no more once it is read, each with the reason."""

TEXTS: Final = ("subject", "description", "community")
"""Keys whose text is kept as it is written."""


class Meant(NamedTuple):
    """One word of a choice."""

    value: Any
    """What the attribute of a `DesiredGroup` is then."""
    meaning: str
    """One sentence for editors; none where the words are yes and no."""


class Choice(NamedTuple):
    """A key that takes one of a few words."""

    key: str
    """With the section it stands in: `manage.left`."""
    attribute: str
    """Of `DesiredGroup`."""
    meaning: str
    words: Mapping[str, Meant]
    default: str
    when_adopted: str | None = None
    """The default of a group that has an `id`, where that is another one."""

    def default_of(self, *, adopted: bool) -> str:
        """The word that holds where none is written."""
        return self.when_adopted if adopted and self.when_adopted is not None else self.default

    def word(self, group: DesiredGroup) -> str:
        """The word that a group says, or that its layers and the default say for it."""
        value = getattr(group, self.attribute)
        return next(word for word, meant in self.words.items() if meant.value == value)


def _reach(attribute: str, meaning: str, exact: str, add_only: str, ignore: str) -> Choice:
    return Choice(
        f"manage.{attribute.removeprefix('manage_')}",
        attribute,
        meaning,
        {
            Manage.EXACT.value: Meant(Manage.EXACT, exact),
            Manage.ADD_ONLY.value: Meant(Manage.ADD_ONLY, add_only),
            Manage.IGNORE.value: Meant(Manage.IGNORE, ignore),
        },
        default=Manage.EXACT.value,
        when_adopted=Manage.ADD_ONLY.value,
    )


CHOICES: Final = (
    Choice(
        "join",
        "join_by_link",
        "Whether people are added, or join by themselves through the link.",
        {
            "direct": Meant(False, "People are added."),
            "link": Meant(True, "Nobody is added: people ask to join through the link."),
        },
        default="direct",
    ),
    Choice(
        "invite",
        "invite_by_message",
        "How people are invited if their privacy settings block additions.",
        {
            "link": Meant(False, "The report names them, and `wagroups link` shows the link to send them."),
            "message": Meant(True, "They are sent one message."),
        },
        default="link",
    ),
    Choice(
        "reject_unknown",
        "reject_unknown",
        "Whether join requests of people who are not declared are rejected.",
        {"yes": Meant(True, ""), "no": Meant(False, "")},
        default="no",
    ),
    _reach(
        "manage_members",
        "Whether people who are not declared are removed.",
        "Anyone not declared is removed; the plan shows this first.",
        "Declared people are added, and nobody is removed.",
        "Members are neither added nor removed.",
    ),
    _reach(
        "manage_admins",
        "Whether admins who are not declared are demoted.",
        "An admin who is not declared as one becomes a member.",
        "Declared admins are promoted, and nobody is demoted.",
        "Nobody is promoted or demoted.",
    ),
    Choice(
        "manage.left",
        "respect_left",
        "What happens to people who left by themselves.",
        {
            "respect": Meant(True, "They are not added again."),
            "re-add": Meant(False, "They are added again."),
        },
        default="respect",
    ),
    Choice(
        "state",
        "state",
        "What wagroups may do with the group.",
        {
            State.MANAGED.value: Meant(State.MANAGED, "It is kept as declared."),
            State.WATCHED.value: Meant(State.WATCHED, "Differences are shown, and nothing is changed."),
            State.RELEASED.value: Meant(State.RELEASED, "It is forgotten and left as it is."),
            State.DISSOLVED.value: Meant(State.DISSOLVED, "Everyone is removed, and the account leaves."),
        },
        default=State.MANAGED.value,
    ),
)


def _parts(key: str) -> tuple[str, ...]:
    """The keys under which the values of `key` stand: of a section those in it."""
    if key == "settings":
        return tuple(f"settings.{setting}" for setting in Setting)
    return tuple(choice.key for choice in CHOICES if choice.key.partition(".")[0] == key) or (key,)


VALUE_KEYS: Final = tuple(chain.from_iterable(_parts(key) for key in GROUP_KEYS if key not in RESOLVED))
"""Every key of a group that is read, in order, with its section: `settings.edit_info`, `manage.left`."""

LISTED: Final = "listed"
"""Of a list of people, that it is written: without one nobody is ever removed, or no role changes."""


def values_of(group: DesiredGroup) -> dict[str, str]:
    """What a group says, in the words of the files, by key and in order; what is not declared is missing.

    Of a list of people only whether it is written.
    """
    found = dict(_values(group))
    return {key: value for key in VALUE_KEYS if (value := found.get(key)) is not None}


def _values(group: DesiredGroup) -> Iterator[tuple[str, str | None]]:
    yield "account", group.account
    yield "id", None if group.id is None else str(group.id)
    yield "previous_keys", ", ".join(group.previous_keys) or None
    yield "picture", group.picture.path if isinstance(group.picture, Picture) else group.picture
    yield "admins", LISTED if group.admins_declared else None
    yield "members", LISTED if group.members_declared else None
    yield from ((key, getattr(group, key)) for key in TEXTS)
    yield from ((f"settings.{setting}", value) for setting, value in group.settings.items())
    yield from ((choice.key, choice.word(group)) for choice in CHOICES)
