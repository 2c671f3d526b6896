"""Terse builders of domain values with sensible defaults, for tests."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType

from wagroups.domain.declared.desired import (
    Desired,
    DesiredGroup,
    DesiredMember,
    DesiredMembers,
    Manage,
    Origin,
    Person,
    State,
)
from wagroups.domain.declared.members import Entry
from wagroups.domain.declared.period import Periods
from wagroups.domain.declared.settings import Setting
from wagroups.domain.declared.wall_clock import end_of, start_of
from wagroups.domain.identity import AccountKey, Alias, GroupJid, GroupKey, Lid, Me, Phone, Role
from wagroups.domain.live.capability import PARTS, Access, Aspect, Capabilities, Claim
from wagroups.domain.live.memory import Memory
from wagroups.domain.live.observed import Observed, ObservedGroup, ObservedMember
from wagroups.domain.plans.budget import PROFILES, Pace
from wagroups.planning.situation import Situation

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT = AccountKey("office")
KEY = b"a key for tests"
ME = Me(Phone.of("+447700900000"), Lid.of("900000000000000@lid"))
JID = GroupJid.of("120363000000000001@g.us")
PLACE = Origin("groups.yaml", 1)

NAMES = ("anna", "ben", "carla", "dora", "emil", "finn", "gina", "hugo", "ines", "jona", "kira", "luis")


def phone(number: int) -> Phone:
    """The `number`-th fictional phone."""
    return Phone.of(f"+447700900{number:03}")


def lid(number: int) -> Lid:
    return Lid.of(f"{100000000000000 + number}@lid")


def number_of(name: str) -> int:
    """A stable number for a name: its place in NAMES, or the digits of `p17`."""
    return NAMES.index(name) + 1 if name in NAMES else 100 + int(name[1:])


def person(name: str, **fields: object) -> Person:
    values: dict[str, object] = {"alias": Alias(name), "phone": phone(number_of(name)), "origin": PLACE, **fields}
    return Person(**values)  # type: ignore[arg-type]


def periods(starts: str | None = None, until: str | None = None, zone: tzinfo = UTC) -> Periods:
    """The time between two dates as they are written."""
    return Periods.of(
        None if starts is None else start_of(starts, zone), None if until is None else end_of(until, zone)
    )


def entry(name: str, *, admin: bool = False, starts: str | None = None, until: str | None = None) -> Entry:
    return Entry(Origin("groups.yaml", 10 + number_of(name)), admin, periods=periods(starts, until))


def member(
    name: str, *more: Entry, admin: bool = False, starts: str | None = None, until: str | None = None
) -> DesiredMember:
    """One person's line, and `more` lines about them."""
    return DesiredMember.of(person(name), (entry(name, admin=admin, starts=starts, until=until), *more))


def group(
    key: str = "chess",
    *,
    members: Iterable[str] | None = None,
    admins: Iterable[str] | None = None,
    subject: str | None = "Chess",
    settings: Mapping[Setting, str] | None = None,
    **fields: object,
) -> DesiredGroup:
    """A declared group; people by name."""
    admin_names = tuple(admins or ())
    plain = [name for name in members or () if name not in admin_names]
    people = [*(member(name, admin=True) for name in admin_names), *(member(name) for name in plain)]
    values: dict[str, object] = {
        "key": GroupKey(key),
        "account": ACCOUNT,
        "origin": PLACE,
        "subject": subject,
        "settings": MappingProxyType(dict(settings or {})),
        "members": DesiredMembers.of(people),
        "members_declared": members is not None,
        "admins_declared": admins is not None,
        **fields,
    }
    return DesiredGroup(**values)  # type: ignore[arg-type]


def desired(*groups: DesiredGroup, people: Iterable[Person] = ()) -> Desired:
    directory = {each.person.alias: each.person for declared in groups for each in declared.members}
    directory.update({each.alias: each for each in people})
    return Desired(
        groups=MappingProxyType({declared.key: declared for declared in sorted(groups, key=lambda g: g.key)}),
        people=tuple(each for _, each in sorted(directory.items(), key=lambda item: str(item[0]))),
        digest="d1",
        files=1,
    )


def seen(name: str, role: Role = Role.MEMBER, *, by: str = "phone") -> ObservedMember:
    """Somebody in a live list: named by `phone`, by `lid` with the phone beside it, or `hidden` behind a LID."""
    number = number_of(name)
    match by:
        case "lid":
            return ObservedMember(phone(number), lid(number), role, by_lid=True)
        case "hidden":
            return ObservedMember(None, lid(number), role, by_lid=True)
        case _:
            return ObservedMember(phone(number), None, role)


def me(role: Role = Role.OWNER) -> ObservedMember:
    return ObservedMember(ME.phone, ME.lid, role, by_lid=True)


def live(
    jid: GroupJid = JID,
    *,
    subject: str | None = "Chess",
    members: Iterable[ObservedMember] | None = (),
    myself: Role | None = Role.OWNER,
    settings: Mapping[Setting, str] | None = None,
    **fields: object,
) -> ObservedGroup:
    """A live group with the account in it."""
    people = None if members is None else (*([me(myself)] if myself else []), *members)
    values: dict[str, object] = {
        "jid": jid,
        "subject": subject,
        "description": "",
        "settings": MappingProxyType(dict(settings or {})),
        "members": people,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        **fields,
    }
    return ObservedGroup(**values)  # type: ignore[arg-type]


def observed(*groups: ObservedGroup, **fields: object) -> Observed:
    values: dict[str, object] = {
        "account": ACCOUNT,
        "me": ME,
        "read_at": NOW,
        "groups": MappingProxyType({each.jid: each for each in sorted(groups, key=lambda g: g.jid)}),
        "listing": True,
        **fields,
    }
    return Observed(**values)  # type: ignore[arg-type]


def memory(**fields: object) -> Memory:
    values: dict[str, object] = {
        "account": ACCOUNT,
        "key": KEY,
        "seen": frozenset(phone(n) for n in range(1, 200)),
        "since": dict.fromkeys((GroupJid.of(f"120363{n:012}@g.us") for n in range(1, 100)), NOW),
        **fields,
    }
    return Memory(**values)  # type: ignore[arg-type]


def capabilities(**claims: Access) -> Capabilities:
    """A gateway that can do everything, except as `claims` say (`description=Access.WRITE`)."""
    everything = {aspect: Claim(access=Access.FULL, source="tests") for aspect in Aspect if aspect not in PARTS}
    for name, access in claims.items():
        everything[Aspect(name.replace("__", "."))] = Claim(access=access, note="as this test wants", source="tests")
    return Capabilities(gateway="test", claims=everything)


def situation(
    observed_: Observed | None = None,
    memory_: Memory | None = None,
    capabilities_: Capabilities | None = None,
    pace: Pace | None = None,
) -> Situation:
    return Situation(
        observed_ or observed(),
        memory_ or memory(),
        capabilities_ or capabilities(),
        pace or Pace(PROFILES["careful"]),
    )


__all__ = [
    "ACCOUNT",
    "JID",
    "KEY",
    "ME",
    "NOW",
    "Manage",
    "State",
    "capabilities",
    "desired",
    "entry",
    "group",
    "lid",
    "live",
    "me",
    "member",
    "memory",
    "observed",
    "periods",
    "person",
    "phone",
    "seen",
    "situation",
]
