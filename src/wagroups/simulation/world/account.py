"""What one person may do on WhatsApp, and what WhatsApp does then.

The rules are those of the server as client libraries report them (whatsmeow group.go, baileys groups.ts,
whatsapp-web.js and their issue threads, read 2026-07).  A whole call is refused with `WhatsAppError`; single people in
a call that passed have a code of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from wagroups.domain.declared.settings import SETTINGS, Setting
from wagroups.domain.errors import ImageError
from wagroups.domain.identity import GroupJid, Phone
from wagroups.imaging import jpeg_of
from wagroups.simulation.world import membership
from wagroups.simulation.world.group import Description, Group, PendingRequest, Result
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import Outsider, WhatsAppError
from wagroups.simulation.world.world import World

SUBJECT_CHARS: Final = 100
DESCRIPTION_CHARS: Final = 2048
"""WhatsApp's client properties (whatsapp-rust abprops.rs, read 2026-07), in Unicode scalar values."""


class Creation(NamedTuple):
    """A new group, and what became of the people who were to be in it."""

    group: Group
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class SimulatedAccount:
    """Somebody, acting."""

    world: World
    person: SimulatedPerson

    # Looking

    def member_group(self, jid: str) -> Group:
        """A group this account is in.  Raises 404 where there is none and 403 for an outsider."""
        group = self.world.groups.get(GroupJid.of(jid))
        if group is None:
            raise WhatsAppError(404)
        if self.person not in group.members:
            raise Outsider
        return group

    def groups(self) -> list[Group]:
        return self.world.groups_of(self.person)

    def find(self, phone: Phone) -> SimulatedPerson | None:
        """Who answers at a number, or `None` when it has no WhatsApp."""
        person = self.world.mixed_up or self.world.people.reached_at(phone)
        return None if person.no_account else person

    # The group itself

    def create(self, subject: str, people: Sequence[str], settings: Mapping[Setting, str] | None = None) -> Creation:
        """Make a group.  It is made even when nobody can be added; the creator is its owner."""
        self._check_subject(subject)
        asked = [self.world.people.asked_for(text) for text in people]
        group = self.world.found_group(subject, self.person, settings=settings)
        others = [person for person in dict.fromkeys(asked) if person is not self.person]
        return Creation(group, tuple(membership.admit(self.world, group, person) for person in others))

    def rename(self, jid: str, subject: str) -> None:
        group = self._editable(jid)
        self._check_subject(subject)
        group.subject, group.subject_at, group.subject_by = subject, self.world.now(), self.person

    def describe(self, jid: str, text: str | None, previous: str | None) -> None:
        """Replace the description, or with `None` take it away.

        `previous` is the id of the one that is to be replaced: a write that names another is a conflict (409).
        """
        group = self._editable(jid)
        if text is not None and len(text) > DESCRIPTION_CHARS:
            raise WhatsAppError(406)
        if group.description is not None and group.description.id != previous:
            raise WhatsAppError(409)
        if text is None:
            group.description = None
        else:
            new_id = "3EB0" + self.world.token("description", 16)
            group.description = Description(text, new_id, self.world.now(), self.person)

    def overwrite_description(self, jid: str, text: str | None) -> None:
        """Replace the description the way a phone does: read its id, then write."""
        current = self.member_group(jid).description
        self.describe(jid, text, current.id if current else None)

    def set(self, jid: str, setting: Setting, value: str) -> None:
        """Change a setting.  The timer belongs to the group's information, the others to the admins."""
        if value not in SETTINGS[setting].values:
            raise WhatsAppError(400)
        group = self._editable(jid) if setting is Setting.DISAPPEARING else self._administered(jid)
        group.settings[setting] = value

    def picture(self, jid: str, image: bytes | None) -> None:
        """Put up a picture, encoded anew as WhatsApp does, or take it down.  Raises 406 for what is no image."""
        group = self._editable(jid)
        try:
            group.image = None if image is None else jpeg_of(image)
        except ImageError:
            raise WhatsAppError(406) from None
        group.picture = None if image is None else self.world.token("picture", 10)

    # Its people

    def add(self, jid: str, people: Sequence[str]) -> tuple[Result, ...]:
        group = self.member_group(jid)
        if not group.is_admin(self.person) and group.settings[Setting.ADD_MEMBERS] != "everyone":
            raise WhatsAppError(403)
        asked = self._asked_for(people)
        if not group.is_admin(self.person) and group.settings[Setting.APPROVE_JOINS] == "yes":
            return tuple(membership.request(self.world, group, person, "non_admin_add") for person in asked)
        return tuple(membership.admit(self.world, group, person) for person in asked)

    def remove(self, jid: str, people: Sequence[str]) -> tuple[Result, ...]:
        group = self._administered(jid)
        return tuple(membership.remove(self.world, group, person) for person in self._asked_for(people))

    def promote(self, jid: str, people: Sequence[str]) -> tuple[Result, ...]:
        group = self._administered(jid)
        return tuple(membership.promote(self.world, group, person) for person in self._asked_for(people))

    def demote(self, jid: str, people: Sequence[str]) -> tuple[Result, ...]:
        group = self._administered(jid)
        return tuple(membership.demote(self.world, group, person) for person in self._asked_for(people))

    def leave(self, jid: str) -> None:
        membership.leave(self.world, self.member_group(jid), self.person)

    # Links and requests

    def invite_code(self, jid: str, *, reset: bool = False) -> str:
        """The code of the invite link; 401 without the right to see it."""
        group = self.member_group(jid)
        if not group.is_admin(self.person) and (reset or group.settings[Setting.SHARE_LINK] != "everyone"):
            raise WhatsAppError(401)
        if reset:
            group.dead_codes.add(group.invite_code)
            group.invite_code = self.world.token("invite", 22)
        return group.invite_code

    def look_up(self, code: str) -> Group:
        """The group behind a code.  Raises 406 for no such code and 410 for one that was reset."""
        for group in self.world.groups.values():
            if group.invite_code == code:
                return group
            if code in group.dead_codes:
                raise WhatsAppError(410)
        raise WhatsAppError(406)

    def join(self, code: str) -> Group:
        """Join by a link, or ask to where admins must approve."""
        group = self.look_up(code)
        if self.person in group.members:
            raise WhatsAppError(304)
        if self.person in group.banished:
            raise WhatsAppError(405)
        if len(group.members) >= membership.MEMBERS:
            raise WhatsAppError(419)
        if group.settings[Setting.APPROVE_JOINS] == "yes":
            membership.request(self.world, group, self.person, "invite_link")
        else:
            membership.enter(group, self.person)
        return group

    def accept(self, jid: str) -> None:
        """Use the private invitation that a refused addition brought."""
        group = self.world.groups.get(GroupJid.of(jid))
        if group is None:
            raise WhatsAppError(404)
        membership.accept(self.world, group, self.person)

    def requests(self, jid: str) -> tuple[PendingRequest, ...]:
        return tuple(self._administered(jid).requests)

    def approve(self, jid: str, people: Sequence[str]) -> tuple[Result, ...]:
        group = self._administered(jid)
        return tuple(membership.settle(self.world, group, person, admit=True) for person in self._asked_for(people))

    def reject(self, jid: str, people: Sequence[str]) -> tuple[Result, ...]:
        group = self._administered(jid)
        return tuple(membership.settle(self.world, group, person, admit=False) for person in self._asked_for(people))

    # Rights

    def _editable(self, jid: str) -> Group:
        group = self.member_group(jid)
        if group.settings[Setting.EDIT_INFO] == "admins" and not group.is_admin(self.person):
            raise WhatsAppError(403)
        return group

    def _administered(self, jid: str) -> Group:
        group = self.member_group(jid)
        if not group.is_admin(self.person):
            raise WhatsAppError(403)
        return group

    def _asked_for(self, people: Iterable[str]) -> list[SimulatedPerson]:
        asked = [self.world.people.asked_for(text) for text in people]
        if not asked:
            raise WhatsAppError(400)
        return list(dict.fromkeys(asked))

    @staticmethod
    def _check_subject(subject: str) -> None:
        if not subject.strip():
            raise WhatsAppError(400)
        if len(subject) > SUBJECT_CHARS:
            raise WhatsAppError(406)


def account_of(world: World, session: str) -> SimulatedAccount:
    """The account behind a gateway's session."""
    return SimulatedAccount(world, world.behind(session))


def phone_of(world: World, name: str | None = None, *, group: str | None = None) -> SimulatedAccount:
    """Somebody's telephone: by name, or that of an admin of `group` who is not `me` where there is one.

    Raises LookupError when there is nobody of that name.
    """
    if name is not None:
        person = world.people.called(name)
        if person is None:
            raise LookupError("nobody has that name")
        return SimulatedAccount(world, person)
    admins = [] if group is None else [p for p, role in world.group(group).members.items() if role.is_admin]
    return SimulatedAccount(world, next((person for person in admins if person is not world.me), world.me))
