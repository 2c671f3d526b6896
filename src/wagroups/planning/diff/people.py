"""Members and admins: who is missing, who is too many, whose role differs, and who is left alone.

People are compared as sets by identity.  Somebody the account cannot name — a LID whose number was never
learnt — is unknown: they are never removed, and nobody who might be them is added.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from wagroups.domain.declared.choices import Section
from wagroups.domain.declared.desired import DesiredGroup, DesiredMember, Manage, Person
from wagroups.domain.declared.wall_clock import start_text
from wagroups.domain.identity import Identity, Phone
from wagroups.domain.live.memory import Memory
from wagroups.domain.live.observed import ObservedGroup, ObservedMember, is_me
from wagroups.domain.live.roster import Roster
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    Arrival,
    MemberAddition,
    MemberInvitation,
    MemberRemoval,
    PersonChange,
    RequestApproval,
)
from wagroups.domain.plans.plan import Notice
from wagroups.planning.diff import exchanges
from wagroups.planning.diff.directory import Directory
from wagroups.planning.diff.due import DueDates
from wagroups.planning.diff.exchanges import (
    Link,
    Replacement,
    links_of_numbers,
    number_waits,
    promotions_of_hidden,
    replacing_admins,
)
from wagroups.planning.diff.join_requests import Doorkeeper, concern
from wagroups.planning.diff.obstacles import Obstacles
from wagroups.planning.diff.owners import perhaps_owners
from wagroups.planning.diff.points import staying, uninvited
from wagroups.planning.diff.shortcut import as_declared, declared_people, yet_to_come
from wagroups.planning.holds import HandsOff
from wagroups.planning.situation import Moment, Situation, Terms

Evidence = Literal["expired", "denied", "former-number"]


class PeoplePlan(NamedTuple):
    """What follows for the people of one group."""

    changes: tuple[PersonChange, ...]
    notices: tuple[Notice, ...]
    lookups: tuple[Phone, ...]
    """Numbers whose LID must be known before anything can be said about them."""
    links: tuple[Link, ...] = ()
    """Changes that wait for others."""
    waiting: frozenset[Phone] = frozenset()
    """The new numbers of people who are in the group under a former one, which waits for them."""
    unclear: Mapping[Phone, bool] | None = None
    """Who may be a hidden member, and whether they were in the group before; `None` where nobody was asked about."""


NOTHING: Final = PeoplePlan((), (), ())


def diff_people(
    group: DesiredGroup,
    live: ObservedGroup | None,
    situation: Situation,
    hands_off: HandsOff | None,
    directory: Directory,
    terms: Terms,
    moment: Moment,
) -> PeoplePlan:
    """Changes of membership and roles; `live` is `None` for a group about to be created."""
    nobody_asks = live is None or not concern(group, terms.selection)
    if live is not None and nobody_asks and as_declared(group, live, situation.observed.me):
        found = NOTHING._replace(unclear={})
    else:
        found = _Diff(group, live, situation, hands_off, directory, terms, moment).plan()
    if live is None:
        return found
    more = (*perhaps_owners(found.changes, live, situation), *uninvited(group, live, situation.memory, directory))
    return found._replace(notices=(*found.notices, *more)) if more else found


class _Diff:
    """One group's comparison: the declared people are matched to the live ones once, then asked in turn."""

    def __init__(
        self,
        group: DesiredGroup,
        live: ObservedGroup | None,
        situation: Situation,
        hands_off: HandsOff | None,
        directory: Directory,
        terms: Terms,
        moment: Moment,
    ) -> None:
        selection = terms.selection
        self.no_exchanges = terms.passes(exchanges.RULE, group.key)
        self.group, self.live, self.moment, self.directory = group, live, moment, directory
        self.memory: Memory = situation.memory
        self.capabilities = situation.capabilities
        self.hands_off, self.me = hands_off, situation.observed.me
        self.members_in = selection.has_section(Section.MEMBERS)
        self.admins_in = selection.has_section(Section.ADMINS)
        self.names = situation.memory.names
        self.roster = Roster(live.members or () if live else (), self.names)
        self.written = {person.phone: person for person in group.members.people}
        """Everybody who is written down, also those whose time is over or yet to come."""
        self.admins = {person.phone for person in group.members.admins_at(moment.now)}
        self.desired = declared_people(group, moment)
        self.dates = DueDates(group, situation.memory, terms, moment.now)
        found = {person.phone: self.roster.find_all(person.phones) for person in self.desired}
        self.missing = [person for person in self.desired if not found[person.phone]]
        self.present = {member: self.written[phone] for phone, members in found.items() for member in members}
        self.needed = {spelling: person for person in self.desired for spelling in person.spellings}
        """Everybody who should be here, by each spelling of each of their numbers."""
        self.needed_lids = frozenset(
            filter(None, (self.names.lid_of(phone) for person in self.desired for phone in person.phones))
        )
        self.waiting: set[Phone] = set()
        self.denied_unseen: dict[Phone, bool] = {}
        """Denied people who may be hidden members, and whether they were in the group before."""
        extra = [member for member in self.roster.members if member not in self.present]
        self.extra = sorted(extra, key=lambda member: member.order)
        self.unresolved = [m for m in self.extra if self._phone(m) is None and not is_me(m, self.me)]
        self.door = Doorkeeper(group, live, situation, selection)
        self.obstacles = Obstacles(group, live, situation, moment.now)

    def plan(self) -> PeoplePlan:
        additions = list(self._additions())
        arrivals = (item.person.phone for item in additions if isinstance(item, Arrival))
        arriving = {spelling for phone in arrivals if phone is not None for spelling in phone.variants()}
        others = self.door.others(self.directory, self.moment)
        said = [
            *additions,
            *others,
            *self._removals(arriving),
            *self._staying(),
            *self._roles(arriving),
            *self._unresolved(),
            *self._denied_among_hidden(),
        ]
        left = Replacement(tuple(item for item in said if not isinstance(item, Notice)), (), ())
        if self._lacks_an_admin():
            left = replacing_admins(left.changes, self.group)
        of_numbers = () if self.no_exchanges else links_of_numbers(left.changes)
        of_hidden = promotions_of_hidden(left.changes)
        return PeoplePlan(
            changes=left.changes,
            notices=(*(item for item in said if isinstance(item, Notice)), *left.notices),
            lookups=(*self.door.lookups, *self.obstacles.lookups),
            links=(*left.links, *of_numbers, *of_hidden),
            waiting=frozenset(self.waiting),
            unclear=self._unclear(),
        )

    def _unclear(self) -> Mapping[Phone, bool] | None:
        """Whom nobody can tell from the hidden members, or could not before, as long as they are not seen."""
        if not self._adds():
            return None
        asked = {p.phone: self.obstacles.was_here(p) for p in self.missing if self.obstacles.presence_of(p)}
        return {**asked, **self.obstacles.unclear, **self.denied_unseen}

    def _adds(self) -> bool:
        """Whether the lists say who is to come."""
        group = self.group
        declared = group.members_declared or group.admins_declared
        return self.members_in and group.manage_members is not Manage.IGNORE and declared

    # --- additions ---------------------------------------------------------------------------------------

    def _additions(self) -> Iterator[PersonChange | Notice]:
        group = self.group
        if not self._adds():
            return
        for entry in yet_to_come(group, self.moment):
            start = entry.member.next_start(self.moment.now)
            assert start is not None  # that is what makes it yet to come
            text = f"{{person}} joins on {start_text(start, self.moment.zone)}"
            yield Notice(code="starts-later", person=_identity(entry.person), text=text)
        room = self.capabilities.limits.members - len(self.roster.members)
        for person in self.missing:
            if self._is_me(person):
                continue
            answer = self._instead(person, room)
            if answer is not None:
                room -= isinstance(answer, RequestApproval)
                yield answer
                continue
            room -= 1
            yield MemberAddition(
                person=Identity(alias=person.alias, phone=person.phone, lid=self.names.lid_of(person.phone)),
                unseen=not self.memory.seen.intersection(person.phone.variants()),
                beside=self.obstacles.beside(person),
            )

    def _instead(self, person: Person, room: int) -> RequestApproval | MemberInvitation | Notice | None:
        """What is done about somebody who is missing, or why nothing is; `None` when they are added."""
        answer = self.door.answer_to(person, room)
        if answer is not None:
            return answer
        if self.group.join_by_link:
            return self.obstacles.may_be_present(person) or self.door.waiting_for(person)
        return self.obstacles.to_adding(person, room)

    # --- removals ----------------------------------------------------------------------------------------

    def _removals(self, arriving: set[Phone]) -> Iterator[PersonChange | Notice]:
        group = self.group
        if not self.members_in or group.manage_members is Manage.IGNORE or not group.members_declared:
            return
        for member in self.extra:
            phone = self._phone(member)
            if phone is None or is_me(member, self.me):
                continue
            person = self.directory.by_phone(phone) or self.directory.by_former_phone(phone)
            if self._is_needed(member, phone):
                text = (
                    "an entry of the group's list names {person}, who is declared and also listed otherwise; it stays"
                )
                again = f"wagroups plan --target {self.group.key}"
                yield Notice(code="declared-entry", person=self._listed(member, person), text=text, next=again)
                continue
            evidence = self._evidence(member, phone)
            if evidence is None and not self._may_be_removed(member):
                if group.manage_members is Manage.EXACT:
                    text = "{person} is an admin here but in no list, and stays one because `manage.admins` only adds"
                    yield Notice(code="undeclared-admin", person=self._listed(member, person), text=text)
                continue
            reason = self._held(member, person)
            if reason is not None:
                yield self._kept(member, person, f"not removed: {reason}")
                continue
            if evidence is None and person is None and self._may_be_somebody_declared(member, phone):
                why = "WhatsApp says that someone declared is in the group, and this may be them"
                yield self._undeclared(member, person, f"and stays: {why}")
                continue
            renumbered = self._renumbered(phone)
            if renumbered is not None and self._waits_for_new_number(renumbered, member, arriving):
                self.waiting.add(renumbered.phone)
                keys = (self.group.key, *self.group.previous_keys)
                since = next((at for key in keys if (at := self.memory.exchanges.get((key, renumbered.phone)))), None)
                listed = self._listed(member, renumbered)
                yield number_waits(renumbered, listed, self.group, since, self.moment.now)
                continue
            yield MemberRemoval(
                person=self._listed(member, person),
                was_admin=member.role.is_admin,
                evidence=evidence,
                foreseen=evidence == "expired" and self._foreseen(phone),
            )

    def _staying(self) -> Iterator[Notice]:
        return staying(self.group, self.extra, self.memory, self.directory) if self.members_in else iter(())

    def _may_be_somebody_declared(self, member: ObservedMember, phone: Phone) -> bool:
        """Whether an entry nobody knows, shown without a LID, may be somebody who is here by an answer alone."""
        if member.lid is not None or self.names.lid_of(phone) is not None:
            return False
        presences = (self.obstacles.presence_of(person) for person in self.missing)
        return any(p is not None and p.in_the_group_by_some_name(self.moment.now) for p in presences)

    def _foreseen(self, phone: Phone) -> bool:
        """Whether an approved plan had on record that this membership would end, before it did."""
        written = self._written_as(phone)
        return written is not None and self.dates.foreseen(self._member(written))

    def _may_be_removed(self, member: ObservedMember) -> bool:
        """Whether the declared lists reach far enough to remove an undeclared member."""
        admins_kept = self.group.admins_declared and self.group.manage_admins is not Manage.EXACT
        return self.group.manage_members is Manage.EXACT and not (member.role.is_admin and admins_kept)

    def _evidence(self, member: ObservedMember, phone: Phone) -> Evidence | None:
        """Why somebody has to go, beyond not being declared; only for people this project knows."""
        former = self.directory.by_former_phone(phone)
        if former is not None and former.denied is not None:
            return "denied"
        if former is not None and former.phone in self.written:
            return "former-number"
        written = self._written_as(phone)
        person = self.directory.by_phone(phone) or written
        if person is not None and person.denied is not None:
            return "denied"
        return "expired" if written is not None and self._member(written).ended_by(self.moment.now) else None

    def _written_as(self, phone: Phone) -> Person | None:
        """Whoever the group's lists name, at whatever time, and who has this number."""
        person = self.directory.by_phone(phone)
        spellings = phone.variants() if person is None else person.phones
        return next((self.written[spelling] for spelling in spellings if spelling in self.written), None)

    def _member(self, person: Person) -> DesiredMember:
        return self.group.members.find((person.phone,))[person.phone]

    def _is_needed(self, member: ObservedMember, phone: Phone) -> bool:
        """Whether an entry that matched nobody declared has a present number or the LID of such a person after all."""
        return phone in self.needed or (member.lid is not None and member.lid in self.needed_lids)

    def _is_an_admins(self, member: ObservedMember, phone: Phone) -> bool:
        person = self._renumbered(phone) or self.needed.get(phone)
        return self._is_needed(member, phone) if person is None else person.phone in self.admins

    def _renumbered(self, phone: Phone) -> Person | None:
        """Who should be in the group under a new number, and had this one before."""
        former = self.directory.by_former_phone(phone)
        return None if former is None else self.needed.get(former.phone)

    def _waits_for_new_number(self, person: Person, old: ObservedMember, arriving: set[Phone]) -> bool:
        """Whether an old number has to stay: the new one is not in the group, and nothing of this plan brings it."""
        if self.no_exchanges or person.phone in arriving or person in self.present.values():
            return False
        if len(self.roster.members) < self.capabilities.limits.members:
            return True
        # In a full group the old number makes room, where it is known that both are one account.
        lid = self.names.lid_of(person.phone)
        return lid is None or lid != (old.lid or self.names.lid_of(old.phone or person.phone))

    # --- roles -------------------------------------------------------------------------------------------

    def _roles(self, arriving: set[Phone]) -> Iterator[PersonChange | Notice]:
        group = self.group
        if not self.admins_in or group.manage_admins is Manage.IGNORE or not group.admins_declared:
            return
        ruling = {person.phone for member, person in self.present.items() if member.role.is_admin}
        for member, person in self.present.items():
            if person.phone in self.admins - ruling:
                ruling.add(person.phone)  # under one of their numbers is enough
                yield AdminPromotion(person=self._listed(member, person))
        for person in self.missing:
            if person.phone not in self.admins:
                continue
            if self.obstacles.is_present(person):
                yield _unpromotable(person, group)
            elif person.phone in arriving:
                yield AdminPromotion(person=_identity(person))
        yield from self._demotions()

    def _lacks_an_admin(self) -> bool:
        """Whether admins other than the account are declared, and none of them is one yet."""
        group = self.group
        if self.no_exchanges or not group.admins_declared or group.manage_admins is Manage.IGNORE:
            return False
        wanted = [person for person in self.desired if person.phone in self.admins and not self._is_me(person)]
        rulers = {person.phone for member, person in self.present.items() if member.role.is_admin}
        return bool(wanted) and not any(person.phone in rulers for person in wanted)

    def _demotions(self) -> Iterator[PersonChange | Notice]:
        """Admins who are not declared as such, where the lists reach so far, and those whose right has ended."""
        rulers = (member for member in self.roster.members if member.role.is_admin)
        for member in sorted(rulers, key=lambda member: member.order):
            person = self.present.get(member)
            if (person is not None and person.phone in self.admins) or is_me(member, self.me):
                continue
            ended = person is not None and self._member(person).admin_ended_by(self.moment.now)
            phone = self._phone(member)
            denied = phone is not None and self._evidence(member, phone) == "denied"
            if not (ended or denied) and self.group.manage_admins is not Manage.EXACT:
                continue
            if person is None and (self._leaves(denied=denied) or phone is None):
                continue  # removed, or unknown: either way their role is no question here
            if person is None and phone is not None and self._is_an_admins(member, phone):
                continue  # another name of a declared admin: whatever becomes of the entry, they stay one
            person = person or self.directory.by_phone(phone)
            reason = self._held(member, person)
            if reason is not None:
                yield self._kept(member, person, f"not demoted: {reason}")
            else:
                why: Literal["expired", "denied"] | None = "denied" if denied else "expired" if ended else None
                yield AdminDemotion(person=self._listed(member, person), evidence=why)

    def _leaves(self, *, denied: bool) -> bool:
        """Whether somebody who is not declared is removed, so that their role is no question."""
        if not self.group.members_declared or not self.members_in:
            return False
        reach = (Manage.EXACT, Manage.ADD_ONLY) if denied else (Manage.EXACT,)
        return self.group.manage_members in reach

    # --- people ------------------------------------------------------------------------------------------

    def _unresolved(self) -> Iterator[Notice]:
        if self.unresolved and (self.members_in or self.admins_in):
            count = len(self.unresolved)
            who = (
                "1 member whose number WhatsApp hides is"
                if count == 1
                else (f"{count} members whose numbers WhatsApp hides are")
            )
            strange = count > len(self.missing) and self._whole()
            yield Notice(
                code="not-declared" if strange else "unresolved",
                text=f"{who} left alone; a message from them, or a look-up of declared numbers, would show who this is",
                next=f"wagroups who {self.group.key}" if strange else None,
            )

    def _denied_among_hidden(self) -> Iterator[Notice]:
        """Denied people of this group who may be hidden members: no call can name them until their LID is known.

        Others on the deny list are not asked about: nothing says that they were ever here.
        """
        group = self.group
        declared = self.members_in and group.members_declared and group.manage_members is not Manage.IGNORE
        if not self.unresolved or not declared:
            return
        for person in self.directory.denied:
            presence, was_here = self.obstacles.presence_of(person), self.obstacles.was_here(person)
            concerned = was_here or presence is not None or person.phone in self.written
            if self.roster.find_any(person.phones) is not None or not concerned:
                continue
            if not self.obstacles.may_be_hidden(person):
                continue
            self.denied_unseen[person.phone] = was_here
            certain = presence is not None and presence.in_the_group_by_some_name(self.moment.now)
            is_one = "is" if certain else "may be"
            yield Notice(
                code="denied-hidden",
                person=_identity(person),
                text=f"{{person}} is denied and {is_one} one of the members whose number WhatsApp hides, whom no call "
                "can name; an admin of the group sees and removes them on a phone",
                next=f"wagroups who {group.key}",
            )

    def _whole(self) -> bool:
        """Whether a list of the group says that nobody else is in it, or that nobody else rules it."""
        group = self.group
        members = self.members_in and group.members_declared and group.manage_members is Manage.EXACT
        admins = self.admins_in and group.admins_declared and group.manage_admins is Manage.EXACT
        return members or (admins and any(member.role.is_admin for member in self.unresolved))

    def _phone(self, member: ObservedMember) -> Phone | None:
        return member.phone or (None if member.lid is None else self.names.phone_of(member.lid))

    def _is_me(self, person: Person) -> bool:
        return self.me.phone is not None and self.me.phone in person.spellings

    def _held(self, member: ObservedMember, person: Person | None) -> str | None:
        if self.directory.is_own(member):
            return "it is another account of this project"
        alias = None if person is None else person.alias
        return self.hands_off.reason(member, alias) if self.hands_off else None

    def _kept(self, member: ObservedMember, person: Person | None, why: str) -> Notice:
        """Somebody whom no run removes or demotes: as the project wants it, or against what its list says."""
        if self.directory.is_own(member):
            return Notice(code="own-account", person=self._listed(member, person), text=f"{{person}} is {why}")
        if self.hands_off is not None and person is not None and self.hands_off.protects(person.alias):
            return Notice(code="protected", person=self._listed(member, person), text=f"{{person}} is {why}")
        return self._undeclared(member, person, f"and is {why}")

    def _undeclared(self, member: ObservedMember, person: Person | None, why: str) -> Notice:
        role = "an admin" if member.role.is_admin else "a member"
        return Notice(
            code="not-declared",
            person=self._listed(member, person),
            text=f"{{person}} is {role} here whom the list does not name, {why}",
            next=f"wagroups who {self.group.key}",
        )

    def _listed(self, member: ObservedMember, person: Person | None) -> Identity:
        return Identity(
            alias=None if person is None else person.alias,
            # As the group lists them: a former number, or another spelling, is asked for by what is there.
            phone=self._phone(member) or (None if person is None else person.phone),
            lid=member.lid,
            by_lid=member.by_lid,
        )


def _unpromotable(person: Person, group: DesiredGroup) -> Notice:
    text = (
        "{person} is one of the members whose number WhatsApp hides and cannot be made an admin here; one of the "
        "group's admins can do it on a phone"
    )
    return Notice(code="admin-hidden", person=_identity(person), text=text, next=f"wagroups who {group.key}")


def _identity(person: Person) -> Identity:
    return Identity(alias=person.alias, phone=person.phone)
