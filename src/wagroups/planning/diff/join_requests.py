"""Requests to join: who is let in, who is left to a person, and who is rejected.

WhatsApp shows most of those who ask by LID alone.  Whoever cannot be told from a declared person is never turned
away, and nobody is let in on a guess: the LIDs of the declared people who are missing are looked up instead.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from wagroups.domain.declared.choices import Section
from wagroups.domain.declared.desired import DesiredGroup, Manage, Person, State
from wagroups.domain.identity import Identity, Phone
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.join_requests import JoinRequest
from wagroups.domain.live.observed import ObservedGroup, ObservedMember, is_me
from wagroups.domain.live.roster import Roster
from wagroups.domain.plans.change import RequestApproval, RequestRejection
from wagroups.domain.plans.plan import Notice
from wagroups.planning.diff.directory import Directory
from wagroups.planning.diff.shortcut import declared_people, yet_to_come
from wagroups.planning.situation import Moment, Selection, Situation

JOIN: Final = "join"


def concern(group: DesiredGroup, selection: Selection) -> bool:
    """Whether it matters who asks to join a group."""
    return (
        (group.join_by_link or group.reject_unknown)
        and group.manage_members is not Manage.IGNORE
        and group.state in (State.MANAGED, State.WATCHED)
        and selection.has_section(Section.MEMBERS)
    )


def are_read(group: DesiredGroup, live: ObservedGroup, situation: Situation, selection: Selection) -> bool:
    """Whether it is worth a read of its own to see who asks: only admins of a group are told."""
    role = live.role_of(situation.observed.me)
    return (
        concern(group, selection)
        and role is not None
        and role.is_admin
        and situation.capabilities.can(Aspect.JOIN_REQUESTS, Access.READ)
    )


class Doorkeeper:
    """Matches those who ask to join one group with the people it misses."""

    def __init__(
        self, group: DesiredGroup, live: ObservedGroup | None, situation: Situation, selection: Selection
    ) -> None:
        self._group, self._live, self._situation = group, live, situation
        self._names, self._concern = situation.memory.names, concern(group, selection)
        seen = live.requests if live is not None else None
        self._trouble = None if seen is None else seen.trouble
        waiting = () if seen is None else seen.waiting
        self._inside = Roster((live.members if waiting and live is not None else None) or (), self._names)
        # A list that lags behind still holds those who were let in.
        self._open = [request for request in waiting if self._inside.find(request.phone, request.lid) is None]
        self.lookups: list[Phone] = []
        """Numbers whose LID would tell whether they ask; grows as people are asked about."""

    def answer_to(self, person: Person, room: int) -> RequestApproval | Notice | None:
        """Let somebody declared in, or why not; `None` when they do not ask, as far as anybody can tell."""
        request = self._request_of(person)
        if request is None:
            return None
        self._open.remove(request)
        who = Identity(alias=person.alias, phone=request.phone or person.phone, lid=request.lid, by_lid=request.by_lid)
        if room <= 0:
            text = "the group is full; {person} asks to join and cannot be let in"
            return Notice(code="full", person=who, text=text, next=f"wagroups who {self._group.key}")
        return RequestApproval(person=who)

    def _request_of(self, person: Person) -> JoinRequest | None:
        lids, spellings = [self._names.lid_of(phone) for phone in person.phones], person.spellings
        for request in self._open:
            if self._phone(request) in spellings or (request.lid is not None and request.lid in lids):
                return request
        if None in lids and self._hidden():
            self._look_up(person)
        return None

    def waiting_for(self, person: Person) -> Notice:
        """Say of somebody declared that they have not come by the link."""
        text = "{person} has not joined by the link yet"
        if not self._is_told_apart(person) and self._hidden():
            text += ", or is among those asking to join whose number WhatsApp hides"
        return Notice(code="join-by-link", person=Identity(alias=person.alias, phone=person.phone), text=text)

    def others(self, directory: Directory, moment: Moment) -> Iterator[RequestRejection | Notice]:
        """What becomes of those who ask and were not let in.  Nobody declared is rejected, by whatever number."""
        if not self._concern:
            return
        yield from self._unseen()
        coming = [entry.person for entry in yet_to_come(self._group, moment)]
        later = {spelling for person in coming for spelling in person.spellings}
        declared = declared_people(self._group, moment)
        ours = {spelling: person for person in declared for spelling in person.spellings}
        rejecting = self._group.reject_unknown and self._group.members_declared
        # Somebody hidden is nobody of ours only if we know the LID of every number of ours that is not in the group.
        told_apart = not rejecting or not self._hidden() or self._tells_apart([*declared, *coming])
        strangers = hidden = 0
        for request in self._open:
            phone = self._phone(request)
            if phone in later or self._is_own(request, directory):
                continue
            person = ours.get(phone) if phone is not None else None
            if person is not None:
                yield from self._another_telephone(person, phone)
                continue
            former = directory.by_former_phone(phone)
            if former is not None and former.phone in ours and not self._is_inside(former):
                yield _of_a_former_number(former, phone)
                continue
            person = directory.by_phone(phone) or former
            if rejecting and (phone is not None or told_apart):
                yield RequestRejection(person=_asking(request, phone, person))
            elif person is not None:
                who = Identity(alias=person.alias, phone=phone)
                yield Notice(
                    code="join-request", person=who, text="{person} asks to join but is not declared in this group"
                )
            elif phone is None:
                hidden += 1
            else:
                strangers += 1
        yield from _counted(strangers, "who {are} in no manifest", "declare them, or answer the request on a phone")
        yield from _counted(hidden, "whose number WhatsApp hides", "an admin sees them on a phone")

    def _unseen(self) -> Iterator[Notice]:
        """What is not known of requests."""
        claim = self._situation.capabilities.claim(Aspect.JOIN_REQUESTS)
        if Access.READ not in claim.access:
            text = (
                f"requests to join cannot be answered on this gateway ({claim.note}): an admin has to answer "
                f"them on a phone"
            )
            yield Notice(code="unsupported", setting=JOIN, text=text)
        elif self._trouble is not None:
            yield Notice(
                code="requests-unread", setting=JOIN, text=f"it is not known who asks to join: {self._trouble}"
            )

    def _another_telephone(self, person: Person, phone: Phone | None) -> Iterator[Notice]:
        """Say of somebody who is in the group that another number of theirs asks; who is let in now needs no word."""
        if self._is_inside(person):
            text = "{person} is in the group and asks to join with another phone; an admin can let it in"
            yield Notice(code="join-request", person=Identity(alias=person.alias, phone=phone), text=text)

    def _is_inside(self, person: Person) -> bool:
        return self._inside.find_any(person.phones) is not None

    def _tells_apart(self, people: Iterable[Person]) -> bool:
        """Whether none of `people` can be behind a hidden request; looks up the numbers that may be."""
        outside = [(person, phone) for person in people for phone in person.phones if self._inside.find(phone) is None]
        unknown = [(person, phone) for person, phone in outside if self._names.lid_of(phone) is None]
        for person in dict.fromkeys(person for person, _ in unknown):
            self._look_up(person)
        return not unknown

    def _is_told_apart(self, person: Person) -> bool:
        """Whether every LID under which somebody could ask is known."""
        return all(self._names.lid_of(phone) is not None for phone in person.phones)

    def _hidden(self) -> list[JoinRequest]:
        return [request for request in self._open if self._phone(request) is None]

    def _look_up(self, person: Person) -> None:
        memory = self._situation.memory
        if self._situation.capabilities.can(Aspect.LID_LOOKUP, Access.READ):
            unknown = (phone for phone in person.phones if self._names.lid_of(phone) is None)
            self.lookups += [phone for phone in unknown if memory.no_lid.keys().isdisjoint(phone.variants())]

    def _phone(self, request: JoinRequest) -> Phone | None:
        return request.phone or (None if request.lid is None else self._names.phone_of(request.lid))

    def _is_own(self, request: JoinRequest, directory: Directory) -> bool:
        """Whether an account of this project asks."""
        asking = ObservedMember(self._phone(request), request.lid)
        return is_me(asking, self._situation.observed.me) or directory.is_own(asking)


def _of_a_former_number(person: Person, phone: Phone | None) -> Notice:
    text = (
        "{person} is declared, and a number they used to have asks to join; it is neither let in nor rejected until "
        "the new number is in the group"
    )
    return Notice(code="join-request", person=Identity(alias=person.alias, phone=phone), text=text)


def _asking(request: JoinRequest, phone: Phone | None, person: Person | None) -> Identity:
    return Identity(alias=None if person is None else person.alias, phone=phone, lid=request.lid, by_lid=request.by_lid)


def _counted(count: int, which: str, what_to_do: str) -> Iterator[Notice]:
    if count:
        who = "1 person asks" if count == 1 else f"{count} people ask"
        which = which.replace("{are}", "is" if count == 1 else "are")
        yield Notice(code="join-requests", setting=JOIN, text=f"{who} to join {which}; {what_to_do}")
