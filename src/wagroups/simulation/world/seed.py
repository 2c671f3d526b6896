"""A world as a YAML file: what `sandbox --seed` reads and what the control routes show.

```yaml
me: office                           # whose account is behind the gateway: one of the people
strangers: exist                     # exist | absent: whether unlisted numbers belong to somebody
people:
  office: +44 7700 900100
  anna: +44 7700 900101
  ben: {phone: +44 7700 900102, lid: 100000000000002@lid, blocks_adds: yes}
                                     # also: no_account, blocked_us, hidden_number: yes
groups:
  - subject: Parents 5B
    id: 120363041234567890@g.us      # invented when left out
    description: Room 12
    settings: {send_messages: admins}
    owner: office                    # `me` when left out
    admins: [anna]
    members: [ben]
    left: [carla]                    # left by themselves, just now; or {carla: 2026-11-20T09:00:00Z}
    invited: [emil]                  # could not be added; their private invitation has just begun
    requests: [dora]                 # wait for an admin's approval
    addressing: lid                  # lid | pn
    created: 2026-01-31T09:00:00Z
    community: none                  # none | parent | announcement | linked
faults:                              # see `faults.Fault` for the fields
  - {kind: lose-answer, on: add, group: Parents 5B, after: 1}
limits:                              # 429 beyond so many calls in so many seconds
  - {on: add, calls: 4, seconds: 60}
restrictions:                        # of the account itself, from now on
  timelock: {hours: 6}               # nobody new may be reached; also: kind, and told: no
  capping: {status: CAPPED, hours: 48}  # also: total, used
  ban: {hours: 24}                   # everything is refused
```

Every scalar is read as the text that was written, so that `+44…` stays a number to dial and `off` stays a word.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from wagroups.domain.declared.settings import SETTINGS, Setting
from wagroups.domain.errors import SeedError
from wagroups.domain.identity import GroupJid, Lid, Phone, Role
from wagroups.domain.live.observed import Community
from wagroups.simulation.world.faults import Call, Fault, FaultKind, Faults, RateLimit
from wagroups.simulation.world.group import DEFAULT_SETTINGS, INVITATION_LIFE, Group, InvitationCode, PendingRequest
from wagroups.simulation.world.people import SimulatedPerson, invented_lid
from wagroups.simulation.world.restriction import Ban, Capping, Timelock
from wagroups.simulation.world.world import World

_HINT = "The format is described at the top of wagroups/simulation/seed.py and in the documentation of the sandbox."


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Person(_Part):
    phone: str
    lid: str | None = None
    blocks_adds: bool = False
    no_account: bool = False
    blocked_us: bool = False
    hidden_number: bool = False


def _just_now(value: object) -> object:
    """A list of names without times means: at this moment."""
    return dict.fromkeys(value) if isinstance(value, list | tuple) else value


class _Group(_Part):
    subject: str
    id: str | None = None
    description: str | None = None
    settings: dict[Setting, str] = {}
    owner: str | None = None
    admins: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    left: Annotated[dict[str, datetime | None], BeforeValidator(_just_now)] = {}
    invited: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    addressing: Literal["lid", "pn"] = "lid"
    created: datetime | None = None
    community: Community = Community.NONE


class FaultSeed(_Part):
    """A fault as a seed or a control request writes it."""

    kind: FaultKind
    on: Call | None = None
    group: str | None = None
    person: str | None = None
    after: int = 0
    times: Annotated[int | None, BeforeValidator(lambda value: None if value == "all" else value)] = 1
    """A number, or `all`."""
    code: int = 0
    status: int = 502
    page: Literal["html", "text", "json"] = "html"
    advice: int | None = None
    seconds: float = 0.0
    keep: int = 0
    reads: int | None = None

    def fault(self) -> Fault:
        return Fault(**self.model_dump())


class _Limit(_Part):
    on: Call
    calls: int = Field(gt=0)
    seconds: float = Field(gt=0)

    def limit(self) -> RateLimit:
        return RateLimit(self.on, self.calls, timedelta(seconds=self.seconds))


class _Timelock(_Part):
    hours: float | None = None
    """`None`: no end is told."""
    kind: str = "RESTRICT_ALL_COMPANIONS"
    told: bool = True


class _Capping(_Part):
    status: Literal["NONE", "FIRST_WARNING", "SECOND_WARNING", "CAPPED"] = "CAPPED"
    total: int = 1000
    used: int = 1000
    hours: float | None = None


class _Ban(_Part):
    hours: float = Field(default=24, gt=0)


class RestrictionSeed(_Part):
    """Restrictions as a seed or a control request writes them."""

    timelock: _Timelock | None = None
    capping: _Capping | None = None
    ban: _Ban | None = None

    def impose(self, world: World) -> None:
        """Let the account be restricted from now on; what is not written stays as it was."""

        def end(hours: float | None) -> datetime | None:
            return None if hours is None else world.now() + timedelta(hours=hours)

        if self.timelock is not None:
            world.restrictions.timelock = Timelock(end(self.timelock.hours), self.timelock.kind, self.timelock.told)
        if self.capping is not None:
            said = self.capping
            world.restrictions.capping = Capping(said.status, said.total, said.used, end(said.hours))
        if self.ban is not None:
            world.restrictions.ban = Ban(world.now() + timedelta(hours=self.ban.hours))


def _phone_alone(value: object) -> object:
    return {"phone": value} if isinstance(value, str) else value


class _Seed(_Part):
    me: str
    strangers: Literal["exist", "absent"] = "exist"
    people: dict[str, Annotated[_Person, BeforeValidator(_phone_alone)]]
    groups: tuple[_Group, ...] = Field(default=())
    faults: tuple[FaultSeed, ...] = ()
    limits: tuple[_Limit, ...] = ()
    restrictions: RestrictionSeed = RestrictionSeed()


def load(text: str, *, now: Callable[[], datetime]) -> World:
    """Build the world that a seed describes.  Raises SeedError."""
    try:
        seed = _Seed.model_validate(yaml.load(text, yaml.BaseLoader) or {})  # noqa: S506 - builds only texts
        people = {name: _person(name, person) for name, person in seed.people.items()}
        me = _named(people, seed.me, "me")
        world = World(
            me,
            [person for person in people.values() if person is not me],
            now=now,
            faults=Faults((entry.fault() for entry in seed.faults), (entry.limit() for entry in seed.limits)),
            strangers_exist=seed.strangers == "exist",
        )
        seed.restrictions.impose(world)
        for group in seed.groups:
            _found(world, people, group)
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise SeedError(f"the seed is not YAML{place}", hint=_HINT) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SeedError(f"the seed is wrong at {place or 'its top'}: {first['msg']}", hint=_HINT) from None
    except ValueError as error:
        raise SeedError(f"the seed is wrong: {error}", hint=_HINT) from None
    return world


def _person(name: str, seed: _Person) -> SimulatedPerson:
    digits = "".join(character for character in seed.phone if character.isdigit())
    if not seed.phone.strip().startswith("+") or not digits:
        raise ValueError(f"the phone of {name!r} must be written as +44 7700 900101")
    phone = Phone.of(f"+{digits}")
    if seed.lid is not None and not seed.lid.removesuffix("@lid").isdigit():
        raise ValueError(f"the lid of {name!r} must be written as 100000000000002@lid")
    return SimulatedPerson(
        name=name,
        phone=phone,
        lid=Lid.of(seed.lid.removesuffix("@lid") + "@lid") if seed.lid else invented_lid(phone),
        blocks_adds=seed.blocks_adds,
        no_account=seed.no_account,
        blocked_us=seed.blocked_us,
        hidden_number=seed.hidden_number,
    )


def _named(people: Mapping[str, SimulatedPerson], name: str, where: str) -> SimulatedPerson:
    if name not in people:
        if name.lstrip("+ ").isdigit():
            raise ValueError(f"{where}: people are written by their names, not by numbers")
        raise ValueError(f"{where}: nobody among the people is called {name!r}")
    return people[name]


def _found(world: World, people: Mapping[str, SimulatedPerson], seed: _Group) -> None:
    where = f"group {seed.subject!r}"
    jid = None if seed.id is None else GroupJid.parse(seed.id)
    if seed.id is not None and (jid is None or jid in world.groups):
        raise ValueError(f"{where}: the id is none, or is taken")
    for setting, value in seed.settings.items():
        if value not in SETTINGS[setting].values:
            raise ValueError(f"{where}: {setting.value} is one of {', '.join(SETTINGS[setting].values)}")
    owner = world.me if seed.owner is None else _named(people, seed.owner, where)
    roles = {_named(people, name, where): Role.MEMBER for name in seed.members}
    roles |= {_named(people, name, where): Role.ADMIN for name in seed.admins}
    others = {person: role for person, role in roles.items() if person is not owner}
    group = world.found_group(
        seed.subject,
        owner,
        jid=jid,
        created_at=_aware(seed.created),
        settings=seed.settings,
        members={owner: Role.OWNER, **others},
        lid_addressed=seed.addressing == "lid",
        description=seed.description,
    )
    group.community = seed.community
    group.left |= {_named(people, name, where): _aware(at) or world.now() for name, at in seed.left.items()}
    for name in seed.invited:
        invitation = InvitationCode(world.token("invitation", 10), world.now() + INVITATION_LIFE)
        group.invitations[_named(people, name, where)] = invitation
    group.requests += [PendingRequest(_named(people, name, where), world.now()) for name in seed.requests]


def _aware(at: datetime | None) -> datetime | None:
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)


def dump(world: World) -> str:
    """The seed of the people and groups as they are now; strangers are listed by the names they got."""
    people = {person.name: _person_seed(person) for person in world.people}
    groups = [_group_seed(group) for group in sorted(world.groups.values(), key=lambda group: group.jid)]
    strangers = "exist" if world.people.strangers_exist else "absent"
    document = {"me": world.me.name, "strangers": strangers, "people": people, "groups": groups}
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)


def _person_seed(person: SimulatedPerson) -> dict[str, object]:
    marks = ("blocks_adds", "no_account", "blocked_us", "hidden_number")
    ids: dict[str, object] = {"phone": f"+{person.phone.digits()}", "lid": person.lid_jid}
    return ids | {mark: True for mark in marks if getattr(person, mark)}


def _group_seed(group: Group) -> dict[str, object]:
    by_role = {role: [person.name for person, held in group.members.items() if held is role] for role in Role}
    seed: dict[str, object] = {
        "subject": group.subject,
        "id": group.id,
        "description": group.description.text if group.description else None,
        "settings": {s.value: value for s, value in group.settings.items() if value != DEFAULT_SETTINGS[s]},
        "owner": next(iter(by_role[Role.OWNER]), None),
        "admins": by_role[Role.ADMIN],
        "members": by_role[Role.MEMBER],
        "left": {person.name: at.isoformat() for person, at in group.left.items()},
        "invited": [person.name for person in group.invitations],
        "requests": [request.person.name for request in group.requests],
        "addressing": "lid" if group.lid_addressed else "pn",
        "created": group.created_at.isoformat(),
        "community": group.community.value,
    }
    return {key: value for key, value in seed.items() if value not in (None, [], {})}
