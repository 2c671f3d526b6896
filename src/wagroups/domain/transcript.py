"""What an import takes down from live groups, on its way from a read to the files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Phone
from wagroups.domain.plans.plan import Notice, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One live group in terms of the language.  `None` is what the gateway did not show."""

    account: AccountKey
    jid: GroupJid
    subject: str | None
    description: str | None
    settings: Mapping[Setting, str]
    admins: tuple[Phone, ...]
    members: tuple[Phone, ...]
    """Those who are no admins.  The account itself is in neither list."""
    hidden: int = 0
    """People whose number WhatsApp hides: they cannot be written down."""
    watched: bool = False
    """The account is not an admin, so there is nothing it could change."""
    notices: tuple[Notice, ...] = ()
    """Who or what was left out, and why."""


class PassedOver(NamedTuple):
    """A live group that is not imported."""

    account: AccountKey
    jid: GroupJid
    subject: str | None
    code: str
    """`declared`, `bound`, `same-subject`, `community`, `suspended`, `not-in-group`, a read hold or an absence."""
    text: str
    unreadable: bool = False
    """The read may not be acted on; another one may be better."""


class WrittenGroup(NamedTuple):
    """An imported group and where it stands now."""

    key: GroupKey
    file: str
    transcript: Transcript
    notices: tuple[Notice, ...]
    """Those of the transcript, and what the files cannot hold."""
    planned: Mapping[Reason, int]
    """Actions of a plan made from the same read and the files as written, by reason: none, unless `defaults:` ask for
    some, or somebody in the group is on the deny list."""

    @property
    def changes(self) -> int:
        """How many actions there are in all."""
        return sum(self.planned.values())


class Import(NamedTuple):
    """One import, whole.  Report and exit code are two pure functions of it."""

    files: tuple[str, ...]
    """Every file written or added to, relative to the project."""
    groups: tuple[WrittenGroup, ...]
    passed_over: tuple[PassedOver, ...]
    new_people: int
    unasked: int = 0
    """Numbers that may belong to somebody hidden, and whose look-up did not come to its turn."""
