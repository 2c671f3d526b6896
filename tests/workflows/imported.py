"""A project in a folder, in front of a simulated WhatsApp: what an import writes, and what a plan says of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests import builders as b
from tests.rig import KEY, Rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import GroupJid
from wagroups.domain.plans.plan import Plan
from wagroups.domain.transcript import Import
from wagroups.manifests.project import Project, load_project
from wagroups.planning.situation import Terms
from wagroups.workflows.reconcile.plan import preview
from wagroups.workflows.reconcile.session import Session
from wagroups.workflows.setup.import_groups import ImportOptions, import_groups


def config_of(rig: Rig) -> str:
    """The smallest configuration that reaches the rig."""
    return f"""\
version: 1
accounts:
  {b.ACCOUNT}:
    gateway: {rig.gateway}
    url: {rig.url}
    key_env: WAGROUPS_KEY
    profile: sandbox
"""


@dataclass
class Club:
    """One project on one rig."""

    rig: Rig
    root: Path
    environ: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({"WAGROUPS_KEY": KEY}))

    def __post_init__(self) -> None:
        self.write("wagroups.yaml", config_of(self.rig))

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_bytes().decode()

    @property
    def project(self) -> Project:
        """As the files say it; raises when they hold an error."""
        return load_project(self.root, self.environ)

    @property
    def session(self) -> Session:
        return Session(self.project, self.root, self.rig.ledger, self.rig.clock, self.environ)

    def take_over(self, *groups: GroupJid, **wishes: Any) -> Import:
        return asyncio.run(import_groups(self.session, ImportOptions((b.ACCOUNT,), groups, **wishes)))

    def plan(self) -> Plan:
        return asyncio.run(preview(self.session, Terms())).plan

    def declared(self, jid: GroupJid) -> DesiredGroup:
        (group,) = (group for group in self.project.desired.groups.values() if group.id == jid)
        return group

    def files(self) -> set[str]:
        """Every file but the configuration and the schema."""
        found = {path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file()}
        return found - {"wagroups.yaml", "schemas/manifest.schema.json"}


def assert_nothing_is_left_to_do(club: Club) -> None:
    """The project is valid without a warning, and a plan of it is empty, complete and refused by nothing."""
    assert club.project.problems == ()
    plan = club.plan()
    assert [action for _, action in plan.actions()] == []
    assert plan.live.complete, plan.live.why_not
    assert plan.guards == ()
