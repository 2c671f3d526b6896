"""A whole wagroups in front of a simulated WhatsApp: real HTTP on loopback, real ledger, a clock that does not wait."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from tests import builders as b
from tests.fake_clock import FakeClock
from wagroups.domain.declared.desired import Desired, DesiredGroup, Origin
from wagroups.domain.declared.desired import Person as DesiredPerson
from wagroups.domain.declared.safety import Safety
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Lid, Phone, Role, Secret
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.budget import ActiveHours, Allowance, CallClass
from wagroups.domain.plans.outcome import Run, StepOutcome
from wagroups.domain.plans.plan import Plan, Step
from wagroups.domain.ports import Lookup
from wagroups.gateways.kind import Fake
from wagroups.gateways.registry import KINDS
from wagroups.manifests.configuration.values import DEFAULT_STATE, Account, Config, ProfileName
from wagroups.manifests.project import Project
from wagroups.planning.situation import Terms
from wagroups.simulation.server.app import Front
from wagroups.simulation.server.server import serve
from wagroups.simulation.world.faults import Fault
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.world import World
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger
from wagroups.state.volatile import volatile_ledger
from wagroups.workflows.reconcile.apply import ApplyOptions, apply
from wagroups.workflows.reconcile.plan import preview
from wagroups.workflows.reconcile.session import Session, WaitPolicy

DIALECTS = tuple((kind.name, dialect) for kind in KINDS.values() for dialect in kind.dialects)
VARIANTS: Mapping[str, tuple[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "waxum-as-documented": ("waxum", MappingProxyType({"shape": "documented"})),
        "noweb-of-2026.7": ("noweb", MappingProxyType({"version": "2026.7.2"})),
    }
)
"""Other faces of a dialect: the dialect, and what its fake is told."""
KEY = "a-key-of-the-sandbox"
RELAXED = Terms(safety=Safety(max_removals=1000, max_removal_percent=100))


class Silent:
    """A watcher that says nothing."""

    def concluded(self, group: str, step: Step, outcome: StepOutcome) -> None:
        pass

    def waiting(self, calls: CallClass, duration: Any) -> None:
        pass


def people(*names: str) -> dict[str, SimulatedPerson]:
    """The builders' people, living in a world."""
    return {
        name: SimulatedPerson(name=name, phone=b.phone(b.number_of(name)), lid=b.lid(b.number_of(name)))
        for name in names
    }


@dataclass
class Rig:
    """One account on one dialect."""

    world: World
    front: Front
    url: str
    gateway: str
    dialect: str
    clock: FakeClock
    ledger: SqlLedger = field(default_factory=volatile_ledger)
    profile: ProfileName = "sandbox"
    budgets: Mapping[CallClass, Allowance] = field(default_factory=dict)
    """Limits that replace those of the profile."""
    active_hours: ActiveHours | None = None
    safety: Safety = field(default_factory=Safety)
    """As `wagroups.yaml` says it; what holds for a run is in its terms."""
    project: str | None = None
    timezone: str = "UTC"
    root: Path = Path(".")
    """Where declared pictures are."""

    def session(self, desired: Desired) -> Session:
        account = Account(
            name=b.ACCOUNT,
            origin=Origin("wagroups.yaml", 1),
            gateway=self.gateway,
            url=self.url,
            key_env="KEY",
            profile=self.profile,
            budgets=dict(self.budgets),
        )
        config = Config(
            project=self.project,
            safety=self.safety,
            accounts={b.ACCOUNT: account},
            active_hours=self.active_hours,
            timezone=self.timezone,
        )
        project = Project(config=config, desired=desired, problems=())
        return Session(project, self.root, self.ledger, self.clock, MappingProxyType({"KEY": KEY}))

    def plan(self, *groups: DesiredGroup, terms: Terms = RELAXED) -> Plan:
        return asyncio.run(preview(self.session(b.desired(*groups)), terms)).plan

    def apply(
        self, *groups: DesiredGroup, terms: Terms = RELAXED, people: Iterable[DesiredPerson] = (), **orders: Any
    ) -> Run:
        """`people` are in the directory and in no list."""
        asked = ApplyOptions(
            terms=terms,
            confirm=lambda plan: True,
            watcher=lambda plan: Silent(),
            stopped=orders.pop("stopped", lambda: None),
            patience=orders.pop("patience", WaitPolicy()),
            **orders,
        )
        return asyncio.run(apply(self.session(b.desired(*groups, people=people)), asked))

    def know(self, *names: str) -> None:
        """Let the account have met people: on some dialects a number is shown only then."""
        now = self.clock.now()
        lookups = [Lookup(b.phone(n), True, b.phone(n), b.lid(n)) for n in map(b.number_of, names)]
        self.ledger.note_lookups(b.ACCOUNT, lookups, now)

    def can(self, aspect: Aspect, access: Access) -> bool:
        """Whether the gateway claims it in its newest version."""
        return KINDS[self.gateway].claims(self.dialect).can(aspect, access)

    @property
    def tells_about_people(self) -> bool:
        """Whether the gateway says what became of each person who was to be added."""
        return self.can(Aspect.PERSON_RESULTS, Access.READ)

    def script(self, *faults: Fault) -> None:
        with self.world.lock:
            self.world.faults.script(*faults)

    def clear_faults(self) -> None:
        with self.world.lock:
            self.world.faults.clear()

    def group(self, subject: str) -> Any:
        with self.world.lock:
            return self.world.group(subject)

    def known_in(self, root: Path) -> None:
        """Let the ledger of the project in `root` remember every group of the world, as after an import."""
        with self.world.lock:
            jids = [group.jid for group in self.world.groups.values()]
        ledger = open_ledger(root / DEFAULT_STATE)
        ledger.remember(b.ACCOUNT, jids, self.clock.now(), "import")
        ledger.close()

    def members(self, subject: str) -> dict[str, str]:
        """Name → role, without the account itself."""
        group = self.group(subject)
        return {p.name: role.value for p, role in group.members.items() if p is not self.world.me}

    def live_group(self, subject: str, members: dict[str, Role], **fields: Any) -> GroupJid:
        """Put a group into the world, with the account as its owner."""
        with self.world.lock:
            roles = {self.world.me: fields.pop("me", Role.OWNER)}
            for name, role in members.items():
                person = self.world.people.called(name)
                assert person is not None, name
                roles[person] = role
            settings = fields.pop("settings", {})
            group = self.world.found_group(
                subject, self.world.me, members=roles, settings={Setting(k): v for k, v in settings.items()}, **fields
            )
        self.ledger.remember(b.ACCOUNT, [group.jid], self.clock.now(), "import")
        return group.jid


def fake_of(gateway: str) -> Fake:
    """The simulation of one of our gateways, each of which has one."""
    fake = KINDS[gateway].fake
    assert fake is not None
    return fake


@contextmanager
def rig(gateway: str, dialect: str, *names: str, clock: FakeClock | None = None, **fake: Any) -> Iterator[Rig]:
    """A world with the account, the named people, and a running fake of one dialect."""
    clock = clock or FakeClock()
    dialect, variant = VARIANTS.get(dialect, (dialect, {}))
    me = SimulatedPerson(name="me", phone=cast(Phone, b.ME.phone), lid=cast(Lid, b.ME.lid))
    world = World(me, people(*names).values(), now=clock.now)
    # Not by the registry, which passes nothing on that only one gateway's fake knows.
    build = import_module(f"wagroups.simulation.gateways.{gateway}").fake
    front = cast(Front, build(world, dialect=dialect, session="default", key=KEY, **{**variant, **fake}))
    with serve(front) as server:
        yield Rig(world, front, server.url, gateway, dialect, clock)


__all__ = ["DIALECTS", "KEY", "RELAXED", "Rig", "Secret", "fake_of", "people", "rig"]
