"""Obstacles: why somebody who is declared and missing is not added, in words.

Asking WhatsApp for what it has refused is what gets a number flagged, so what is remembered of earlier attempts
decides before anything is sent: a refusal that still holds, an addition that was answered and never seen, a member
whose number is hidden and who may be this very person.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from wagroups.domain.capability import Access, Aspect
from wagroups.domain.change import MemberInvitation
from wagroups.domain.desired import DesiredGroup, Person
from wagroups.domain.identity import Identity, Phone
from wagroups.domain.plan import Notice
from wagroups.domain.tombstone import Farewell
from wagroups.planning.inviting import wait_for
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
    421: "they wait for an admin's approval",
}
"""Per-person codes of an addition (rules of WhatsApp, part 6)."""

_NO_ACCOUNT: Final = 404
_APPROVAL: Final = 421

_LEFT_WORDS: Final[Mapping[Farewell, str]] = {
    Farewell.GONE: "left, or was taken out by somebody (not there any more on",
    Farewell.REFUSED: "left by themselves (as WhatsApp said on",
}


class Obstacles:
    """What stands between one group and the people it misses."""

    def __init__(self, group: DesiredGroup, situation: Situation, *, hidden: bool, now: datetime) -> None:
        """`hidden`: the group has members whom nobody can name."""
        self.group, self.hidden, self.now = group, hidden, now
        self.memory, self.capabilities, self.doubts = situation.memory, situation.capabilities, situation.doubts
        # What is remembered moves to a new key in the run that finds the key renamed, and after its plan was made.
        self.keys = (group.key, *group.previous_keys)
        self.lookups: list[Phone] = []
        """Numbers whose LID must be known before anything can be said about them; grows as people are asked about."""

    def to_adding(self, person: Person, room: int) -> Notice | MemberInvitation | None:
        """Why somebody who is missing is not added, or what is done instead; `None` when they may be added."""
        who = _identity(person)
        waiting = (
            self._left(person)
            or self._invited(person)
            or self._refused(person)
            or self._never_seen(person)
            or self.may_be_present(person)
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
        again = f"wagroups state readmit {{person}} {self.group.key}"
        if stone.how is Farewell.DOUBTFUL:
            text = "{person} was in the group and one read misses them; nobody is added before a second one does"
            return Notice(code="gone-unconfirmed", person=_identity(person), text=text)
        if stone.how is Farewell.UNKNOWN:
            text = (
                f"{{person}} is gone from the group since {stone.left_at:%Y-%m-%d}, with many others or when the "
                "account was no admin, and nobody knows why; readmit them, or take them out of the list"
            )
            return Notice(code="gone-unknown", person=_identity(person), text=text, next=again)
        if not self.group.respect_left:
            return None
        return Notice(
            code="left",
            person=_identity(person),
            text=f"{{person}} {_LEFT_WORDS[stone.how]} {stone.left_at:%Y-%m-%d}) and is not added again",
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
        text = f"{{person}}: {words} ({refusal.at:%Y-%m-%d}); asked again after {refusal.until:%Y-%m-%d}"
        if refusal.code == _NO_ACCOUNT:
            correct = f"wagroups why {{person}} {self.group.key}"
            return Notice(code="not-on-whatsapp", person=_identity(person), text=text, next=correct)
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
            text=f"{{person}} was added {unseen.times} times and never seen in the group; "
            f"asked again after {unseen.last_at + UNSEEN_DAYS:%Y-%m-%d}",
            next=f"wagroups link {self.group.key}",
            until=unseen.last_at + UNSEEN_DAYS,
        )

    def may_be_present(self, person: Person) -> Notice | None:
        """In a group with members nobody can name, somebody missing may be one of them."""
        unknown = [phone for phone in person.phones if self.memory.names.lid_of(phone) is None]
        if not self.hidden or not unknown:
            return None
        unasked = [phone for phone in unknown if self.memory.no_lid.keys().isdisjoint(phone.variants())]
        why = self._why_not_asked(unasked)
        if why is not None:
            return Notice(
                code="not-looked-up",
                person=_identity(person),
                text="whether {person} is one of the members whose number WhatsApp hides could not be found out "
                f"({why}); not added until that is known",
                next=f"wagroups plan --target {self.group.key}",
            )
        self.lookups += unasked
        return Notice(
            code="may-be-present",
            person=_identity(person),
            text="{person} may be one of the members whose number WhatsApp hides; not added until that is known",
            next=f"wagroups link {self.group.key}",
        )

    def _why_not_asked(self, unasked: Sequence[Phone]) -> str | None:
        """Why nothing is known of the LIDs of these numbers, beyond that nobody has asked: not asked is not hidden."""
        doubt = next((self.doubts[phone] for phone in unasked if phone in self.doubts), None)
        claim = self.capabilities.claim(Aspect.LID_LOOKUP)
        if doubt is not None or not unasked or Access.READ in claim.access:
            return doubt
        return claim.note or "this gateway cannot look up LIDs"


def _identity(person: Person) -> Identity:
    return Identity(alias=person.alias, phone=person.phone)
