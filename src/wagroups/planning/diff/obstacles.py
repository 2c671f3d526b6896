"""Obstacles: why somebody who is declared and missing is not added, in words.

Asking WhatsApp for what it has refused is what gets a number flagged, so what is remembered of earlier attempts
decides before anything is sent: a refusal that still holds, an addition that was answered and never seen, a member
whose number is hidden and who may be this very person.  What no look-up decides about such a person is asked by adding
them, once, and only where nothing suggests that they were in the group and left it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from wagroups.domain.declared.desired import DesiredGroup, Person
from wagroups.domain.identity import Identity, Lid, Phone
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.live.presence import Count, Presence, counted, hidden_in
from wagroups.domain.live.roster import Roster
from wagroups.domain.live.tombstone import Farewell
from wagroups.domain.plans.change import MemberInvitation
from wagroups.domain.plans.plan import Notice
from wagroups.planning.diff.invitations import wait_for
from wagroups.planning.situation import Situation

UNSEEN_TIMES: Final = 3
UNSEEN_DAYS: Final = timedelta(days=7)
"""An addition that was answered and not seen so often in so many days is no longer asked for."""

REFUSAL_WORDS: Final[Mapping[int, str]] = {
    401: "WhatsApp does not let the account add them (they may have blocked it)",
    404: "their number is not on WhatsApp",
    406: "WhatsApp does not accept them",
    408: "they left recently and cannot be added back yet",
    419: "the group was full",
    421: "they are waiting for an admin's approval",
}
"""Per-person codes of an addition (rules of WhatsApp, part 6)."""

_NO_ACCOUNT: Final = 404
_APPROVAL: Final = 421

_LEFT_WORDS: Final[Mapping[Farewell, str]] = {
    Farewell.GONE: "left or was removed (no longer there on",
    Farewell.REFUSED: "left by themselves (WhatsApp said so on",
}


class Obstacles:
    """What stands between one group and the people it misses."""

    def __init__(self, group: DesiredGroup, live: ObservedGroup | None, situation: Situation, now: datetime) -> None:
        """`live` is `None` for a group about to be created."""
        self.group, self.live, self.now = group, live, now
        self.memory, self.capabilities, self.doubts = situation.memory, situation.capabilities, situation.doubts
        names, me = situation.memory.names, situation.observed.me
        self.count = Count(0, 0) if live is None else counted(live, names, me)
        self._hidden = frozenset[Lid]() if live is None else hidden_in(live, names, me)
        # What is remembered moves to a new key in the run that finds the key renamed, and after its plan was made.
        self.keys = (group.key, *group.previous_keys)
        self.lookups: list[Phone] = []
        """Numbers whose LID must be known before anything can be said about them; grows as people are asked about."""
        self.unclear: dict[Phone, bool] = {}
        """Who may be a hidden member, and whether they were in the group before; grows as people are asked about."""

    def to_adding(self, person: Person, room: int) -> Notice | MemberInvitation | None:
        """Why somebody who is missing is not added, or what is done instead; `None` when they may be added."""
        who = _identity(person)
        waiting = (
            self._left(person)
            or self._invited(person)
            or self._refused(person)
            or self._told(person)
            or self._never_seen(person)
            or self._undecided(person, askable=True)
        )
        if waiting is not None:
            return waiting
        if room <= 0:
            full = f"the group is full ({self.capabilities.limits.members} members); {{person}} is not added"
            return Notice(code="full", person=who, text=full, next=f"wagroups who {self.group.key}")
        return None

    def _left(self, person: Person) -> Notice | None:
        """Somebody who left by themselves is not added again until a person says so, or until they are back."""
        names = tuple(name for phone in person.phones for name in self.memory.names.of(phone))
        stone = next((found for key in self.keys if (found := self.memory.tombstones.of(key, names))), None)
        if stone is None:
            return None
        readmit = f"wagroups state readmit {{person}} {self.group.key}"
        again = f"wagroups drift --accept {{id}}  # or, to add them again: {readmit}"
        if stone.how is Farewell.DOUBTFUL:
            text = (
                "{person} was in the group, but the last read does not show them; nobody is added back until a "
                "second read confirms that they are gone"
            )
            return Notice(code="gone-unconfirmed", person=_identity(person), text=text)
        if stone.how is Farewell.UNKNOWN:
            text = (
                f"{{person}} has been gone from the group since {stone.left_at:%Y-%m-%d}, along with many others or "
                f"while "
                "the account was not an admin, and it is not known why; readmit them, or take them out of the list"
            )
            return Notice(code="gone-unknown", person=_identity(person), text=text, next=again)
        if not self.group.respect_left:
            return None
        return Notice(
            code="left",
            person=_identity(person),
            text=f"{{person}} {_LEFT_WORDS[stone.how]} {stone.left_at:%Y-%m-%d}) and will not be added again",
            next=again,
        )

    def _invited(self, person: Person) -> Notice | MemberInvitation | None:
        remembered = (self.memory.invitations.get((key, person.phone)) for key in self.keys)
        invitation = next((entry for entry in remembered if entry is not None), None)
        if invitation is None or not invitation.rests(self.now):
            return None
        return wait_for(person, self.group, invitation, self.capabilities, self.now)

    def _refused(self, person: Person) -> Notice | None:
        refusal = next((r for key in self.keys if (r := self.memory.refusals.get((key, person.phone)))), None)
        if refusal is None or refusal.until <= self.now:
            return None
        words = REFUSAL_WORDS.get(refusal.code, f"WhatsApp refused with code {refusal.code}")
        text = f"{{person}}: {words} ({refusal.at:%Y-%m-%d}); tried again after {refusal.until:%Y-%m-%d}"
        if refusal.code == _NO_ACCOUNT:
            accept = "wagroups drift --accept {id}  # or correct their number"
            return Notice(code="not-on-whatsapp", person=_identity(person), text=text, next=accept)
        return Notice(
            code="pending" if refusal.code == _APPROVAL else "refused-before",
            person=_identity(person),
            text=text,
            until=refusal.until,
        )

    def _never_seen(self, person: Person) -> Notice | None:
        unseen = next((u for key in self.keys if (u := self.memory.unseen_additions.get((key, person.phone)))), None)
        if unseen is None or unseen.times < UNSEEN_TIMES or unseen.last_at + UNSEEN_DAYS <= self.now:
            return None
        return Notice(
            code="never-seen",
            person=_identity(person),
            text=f"{{person}} was added {unseen.times} times but never seen in the group; "
            f"tried again after {unseen.last_at + UNSEEN_DAYS:%Y-%m-%d}",
            next=f"wagroups link {self.group.key}",
            until=unseen.last_at + UNSEEN_DAYS,
        )

    def may_be_present(self, person: Person) -> Notice | None:
        """Why nobody can say whether somebody missing is in the group, where nobody is asked by being added."""
        return self._told(person) or self._undecided(person, askable=False)

    def presence_of(self, person: Person) -> Presence | None:
        return next((p for key in self.keys if (p := self.memory.presences.get((key, person.phone)))), None)

    def is_present(self, person: Person) -> bool:
        """Whether somebody who is not seen counts as a hidden member, by the answer to their addition."""
        presence = self.presence_of(person)
        return (
            presence is not None
            and presence.holds(self.count, self.now)
            and bool(self._unknown_numbers(person))
            and not self._somebody_vanished()
        )

    def beside(self, person: Person) -> int:
        """How many hidden members somebody who is added may be one of."""
        return self.count.hidden if self._unknown_numbers(person) else 0

    def _unknown_numbers(self, person: Person) -> list[Phone]:
        return [phone for phone in person.phones if self.memory.names.lid_of(phone) is None]

    def _told(self, person: Person) -> Notice | None:
        """What their addition told before.  It is asked for once."""
        presence = self.presence_of(person)
        if presence is None:
            return None
        if not presence.settled() or not self._unknown_numbers(person):
            return None
        if self.is_present(person):
            text = (
                f"{{person}} is one of the members whose number WhatsApp hides, according to its answer of "
                f"{_day(presence)}"
            )
            return Notice(code="present-hidden", person=_identity(person), text=text)
        if presence.shown is not None:
            text = (
                f"{{person}} was in the group with a hidden number, according to WhatsApp's answer of "
                f"{_day(presence)}, and it is not "
                "known whether they still are; they will not be added to find out"
            )
        else:
            text = (
                f"{{person}} was added to find out on {_day(presence)}, which did not show whether they are one "
                "of the members whose number WhatsApp hides; not tried again"
            )
        return Notice(
            code="may-be-present", person=_identity(person), text=text, next=f"wagroups link {self.group.key}"
        )

    def _undecided(self, person: Person, *, askable: bool) -> Notice | None:
        """In a group with members nobody can name, somebody missing may be one of them, or may have been."""
        presence, unknown = self.presence_of(person), self._unknown_numbers(person)
        if not unknown:
            return None
        gone = presence is not None and (presence.vanished or self._somebody_vanished())
        if gone and self.group.respect_left:
            return Notice(
                code="may-have-left",
                person=_identity(person),
                text="{person} may be someone with a hidden number who has left the group; nobody who left is "
                "added again unless you say so",
                next=f"wagroups state readmit {{person}} {self.group.key}",
            )
        if not self._hidden:
            return None
        self.unclear[person.phone] = self.was_here(person)
        unasked = [phone for phone in unknown if self.memory.no_lid.keys().isdisjoint(phone.variants())]
        doubt = next((self.doubts[phone] for phone in unasked if phone in self.doubts), None)
        if doubt is not None:
            return self._not_looked_up(person, doubt, f"wagroups plan --target {self.group.key}")
        claim = self.capabilities.claim(Aspect.LID_LOOKUP)
        can_look_up = Access.READ in claim.access
        self.lookups += unasked if can_look_up else ()
        # With two telephones the other one may be in the group, and an answer about this one would not tell.
        only_one, was_here = len(person.phones) == 1, self.unclear[person.phone]
        if askable and only_one and not was_here and not (unasked and can_look_up):
            return None
        link = f"wagroups link {self.group.key}"
        if unasked and not can_look_up:
            return self._not_looked_up(person, claim.note or "this gateway cannot look up LIDs", link)
        before = ", and was in the group before" if was_here else ""
        text = (
            f"{{person}} may be one of the members whose number WhatsApp hides{before}; they are not added until "
            f"this is known"
        )
        return Notice(code="may-be-present", person=_identity(person), text=text, next=link)

    def _not_looked_up(self, person: Person, why: str, next_: str) -> Notice:
        """Nothing is known of somebody's LID because nobody could ask: not asked is not hidden."""
        return Notice(
            code="not-looked-up",
            person=_identity(person),
            text="whether {person} is one of the members whose number WhatsApp hides could not be found out "
            f"({why}); they are not added until this is known",
            next=next_,
        )

    def may_be_hidden(self, person: Person) -> bool:
        """Whether a LID of theirs is not known, so that they may be hidden; it is looked up where it can be."""
        unknown = self._unknown_numbers(person)
        if unknown and self.capabilities.can(Aspect.LID_LOOKUP, Access.READ):
            self.lookups += [phone for phone in unknown if self.memory.no_lid.keys().isdisjoint(phone.variants())]
        return bool(unknown)

    def was_here(self, person: Person) -> bool:
        """Whether somebody was seen in the group, or added to it, so that they may have left it."""
        presence = self.presence_of(person)
        if presence is not None and presence.known:
            return True
        if any((key, person.phone) in self.memory.unseen_additions for key in self.keys):
            return True
        roster = Roster((self.live.members if self.live is not None else None) or (), self.memory.names)
        if roster.find_any(person.former_phones) is not None:
            return False  # they are here with their former number, and new with this one
        snapshot = None if self.live is None else self.memory.snapshots.get(self.live.jid)
        if snapshot is not None and any(spelling in snapshot.people for spelling in person.spellings):
            return True
        applied = next((found for key in self.keys if (found := self.memory.applied.get(key))), None)
        name = _identity(person).name(self.memory.key)
        # An older program did not write down who was absent.
        return applied is not None and name in applied.people and name not in (applied.absent or ())

    def _somebody_vanished(self) -> bool:
        """Whether the last good read showed somebody hidden whom this one does not show."""
        snapshot = None if self.live is None else self.memory.snapshots.get(self.live.jid)
        if snapshot is None or self.live is None or snapshot.roll == self.live.roll:
            return False
        shown = {member.lid for member in self.live.members or ()}
        gone = (name for name in snapshot.people if isinstance(name, Lid) and name not in shown)
        return any(self.memory.names.phone_of(lid) is None for lid in gone)


def _day(presence: Presence) -> str:
    return f"{presence.asked_at:%Y-%m-%d}"


def _identity(person: Person) -> Identity:
    return Identity(alias=person.alias, phone=person.phone)
