"""Read live groups off as they would be declared.

The counterpart of the diff, and held to it: whatever is taken down here, a plan made from the same read finds
nothing to do.  So whoever a plan would act upon (somebody on the deny list, an ended membership) is left out, with a
notice, and a read that a plan would not act upon is not taken down at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import Desired, DesiredGroup, Person
from wagroups.domain.declared.settings import SETTINGS
from wagroups.domain.declared.wall_clock import end_text
from wagroups.domain.identity import GroupJid, GroupKey, Identity, Me, Phone
from wagroups.domain.live.observed import Absence, Community, ObservedGroup, is_me
from wagroups.domain.live.roster import Names, Roster
from wagroups.domain.plans.plan import Notice
from wagroups.domain.text import normal, same_text
from wagroups.domain.transcript import PassedOver, Transcript
from wagroups.planning.binding import Bound
from wagroups.planning.diff.directory import Directory
from wagroups.planning.holds import hold_of
from wagroups.planning.situation import Moment, Situation, Terms

ABSENT: Final[Mapping[Absence, str]] = MappingProxyType(
    {
        Absence.NOT_FOUND: "WhatsApp does not know this group",
        Absence.NOT_A_MEMBER: "the account is not in this group",
        Absence.UNKNOWN: "the gateway does not show this group: the account is not in it, or the id is wrong",
    }
)
"""What a read by id says of a group that it does not show."""


class AlreadyDeclared(NamedTuple):
    """What the project says already."""

    ids: Mapping[GroupJid, GroupKey]
    """The groups that are declared with their ids."""
    waiting: tuple[DesiredGroup, ...]
    """Declared groups that have no id; the ledger may have bound them."""
    people: Directory

    @classmethod
    def of(cls, desired: Desired) -> "AlreadyDeclared":
        groups = desired.groups.values()
        return cls(
            ids=MappingProxyType({group.id: group.key for group in groups if group.id is not None}),
            waiting=tuple(group for group in groups if group.id is None),
            people=Directory(desired.people),
        )


def transcribe(
    situation: Situation, wanted: Iterable[GroupJid], known: AlreadyDeclared, moment: Moment
) -> Iterator[Transcript | PassedOver]:
    """What there is to write of each wanted group of one account, in the order of their ids."""
    names = Names(situation.memory.pairs)
    for jid in sorted(wanted):
        live = situation.observed.groups.get(jid)
        if live is None:
            yield _absent(jid, situation)
            continue
        obstacle = _obstacle(live, situation, known)
        yield obstacle or _transcript(live, situation, names, known.people, moment)


def choose(items: Iterable[Transcript | PassedOver]) -> tuple[Transcript | PassedOver, ...]:
    """One for each group: several accounts may be in it, and one of them is to manage it.

    A group that any account's ledger or manifest has already stays with it; then the first account that is an admin
    is taken, then the first that is a member.
    """
    best: dict[GroupJid, Transcript | PassedOver] = {}
    for item in items:
        best[item.jid] = min(best.get(item.jid, item), item, key=_rank)
    return tuple(item for _, item in sorted(best.items()))


def _rank(item: Transcript | PassedOver) -> int:
    match item:
        case PassedOver(code="declared" | "bound" | "same-subject"):
            return 0
        case Transcript():
            return 2 if item.watched else 1
        case PassedOver():
            # Of two accounts that cannot have it, the one that at least sees it has more to say.
            return 4 if item.subject is None else 3


def _absent(jid: GroupJid, situation: Situation) -> PassedOver:
    observed = situation.observed
    absence = observed.absent.get(jid)
    if absence is not None:
        return PassedOver(observed.account, jid, None, str(absence), ABSENT[absence])
    why = observed.failed.get(jid, "the gateway did not show it")
    return PassedOver(observed.account, jid, None, "read-failed", f"could not be read: {why}", unreadable=True)


def _obstacle(live: ObservedGroup, situation: Situation, known: AlreadyDeclared) -> PassedOver | None:
    """Why a group is not taken down; `None` when it can be."""

    def passed(code: str, text: str, *, unreadable: bool = False) -> PassedOver:
        return PassedOver(situation.observed.account, live.jid, live.subject, code, text, unreadable)

    if live.jid in known.ids:
        return passed("declared", f"declared already, as {known.ids[live.jid]}")
    bound = next((b.group for b in situation.memory.bindings.values() if b.jid == live.jid), None)
    waiting = {group.key: group for group in known.waiting}
    if bound in waiting or any(bound in group.previous_keys for group in known.waiting):
        return passed("declared", f"declared already, as {bound}")
    if bound is not None:
        return passed("bound", f"in the state as {bound}, and in no manifest; declare {bound} again")
    if live.community in (Community.PARENT, Community.ANNOUNCEMENT):
        return passed("community", f"who is in a community's {live.community} group follows from its other groups")
    if live.suspended:
        return passed("suspended", "WhatsApp has suspended it")
    hold = hold_of(Bound(live.jid, live, "id"), situation, Terms())
    if hold is not None:
        return passed(hold.rule, hold.message, unreadable=True)
    if live.role_of(situation.observed.me) is None:
        return passed("not-in-group", "the account is no longer in it")
    namesake = _namesake(live, situation, known)
    if namesake is not None:
        return passed(
            "same-subject",
            f"{namesake} is declared with this subject and not bound yet; if it is this group, write its id there",
        )
    return None


def _namesake(live: ObservedGroup, situation: Situation, known: AlreadyDeclared) -> GroupKey | None:
    """A declared group of the account that may well be this one, but nobody said so."""
    account, bindings = situation.observed.account, situation.memory.bindings
    for group in known.waiting:
        bound = any(key in bindings for key in (group.key, *group.previous_keys))
        if group.account == account and not bound and live.subject and same_text(group.subject or "", live.subject):
            return group.key
    return None


def _transcript(
    live: ObservedGroup, situation: Situation, names: Names, directory: Directory, moment: Moment
) -> Transcript:
    me = situation.observed.me
    role = live.role_of(me)
    people = _People(live, me, names, directory, moment)
    return Transcript(
        account=situation.observed.account,
        jid=live.jid,
        subject=None if live.subject is None else normal(live.subject),
        description=None if live.description is None else normal(live.description),
        settings=MappingProxyType(
            {setting: value for setting, value in live.settings.items() if value in SETTINGS[setting].values}
        ),
        admins=tuple(sorted(phone for phone, admin in people.listed.items() if admin)),
        members=tuple(sorted(phone for phone, admin in people.listed.items() if not admin)),
        hidden=people.hidden,
        watched=role is None or not role.is_admin,
        notices=tuple(people.notices),
    )


class _People:
    """The people of one group: who can be listed, as what, and who is left out."""

    def __init__(self, live: ObservedGroup, me: Me, names: Names, directory: Directory, moment: Moment) -> None:
        self.listed: dict[Phone, bool] = {}
        """Number, as the project spells it, → whether they are an admin."""
        self.hidden = 0
        self.notices: list[Notice] = []
        roster = Roster(live.members or (), names)
        for member in sorted(roster.members, key=lambda member: member.order):
            if is_me(member, me):
                continue
            phone = member.phone or (None if member.lid is None else names.phone_of(member.lid))
            if phone is None:
                self.hidden += 1
                continue
            person = directory.by_phone(phone)
            notice = _left_out(phone, person, directory, moment)
            if notice is not None:
                self.notices.append(notice)
                continue
            phones = (phone,) if person is None else person.phones
            # The same look-up as a plan's, so that both agree where a group lists somebody twice.
            self.listed[phones[0]] = any(found.role.is_admin for found in roster.find_all(phones))


def _left_out(phone: Phone, person: Person | None, directory: Directory, moment: Moment) -> Notice | None:
    """Why somebody is not listed although they are in the group; `None` when they are."""
    if person is None:
        former = directory.by_former_phone(phone)
        if former is None:
            return None
        text = "{person} is in the group under a former number, which cannot be listed"
        return Notice(code="former-number", person=Identity(alias=former.alias, phone=phone), text=text)
    who = Identity(alias=person.alias, phone=phone)
    if person.denied is not None:
        return Notice(code="denied", person=who, text="{person} is on the deny list and not listed")
    if person.periods.over_at(moment.now):
        ended = end_text(person.periods.edges[-1], moment.zone)
        return Notice(code="expired", person=who, text=f"{{person}} is not listed: their membership ended {ended}")
    return None
