"""A school year, day by day: what was reviewed and merged is so on every day, and nobody has to think of a date again.

Every change goes the way of a pull request: its files are planned, the plan is kept as a review keeps it, and that plan
is applied after the merge.  Between merges only `apply --due` runs, each morning.  Who should be where is written down
once more below, by hand and day by day, and compared with the simulated WhatsApp.
"""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests import builders as b
from tests.fake_clock import FakeClock
from tests.reports.samples import redactor
from tests.rig import RELAXED, Rig, Silent, rig
from wagroups.domain.declared.desired import Desired
from wagroups.domain.exit import Exit
from wagroups.domain.plans.approval import Reviewed
from wagroups.domain.plans.outcome import Run
from wagroups.manifests.project import load_project
from wagroups.reports.documents.build import plan_document
from wagroups.workflows.reconcile.apply import ApplyOptions, apply
from wagroups.workflows.reconcile.plan import preview

NAMES: Final = ("anna", "ben", "carla", "dora", "emil", "finn", "gina", "hugo", "ines", "jona", "kira", "luis")

BEGIN: Final = datetime(2026, 9, 7, 6, tzinfo=UTC)
"""A Monday, before anybody looks at their telephone."""
END: Final = date(2027, 7, 31)

CONFIG: Final = """\
version: 2
timezone: Europe/London
region: GB
accounts: {office: {gateway: waha, url: "http://127.0.0.1:9", profile: sandbox}}
"""

PEOPLE: Final = "people:\n" + "".join(f"  {name}: +44 7700 900{b.number_of(name):03}\n" for name in NAMES)

RENUMBERED: Final = PEOPLE.replace(
    "  emil: +44 7700 900005\n", "  emil: {phone: +44 7700 900012, former_phones: [+44 7700 900005]}\n"
).replace("  luis: +44 7700 900012\n", "")
"""Emil's new number is that of nobody else any more."""

HELPERS: Final = """\
  helpers:
    subject: Helpers
    admins: [anna]
    members:
      - {person: ben, until: 2026-12-15}
      - carla
"""
RENEWED: Final = HELPERS.replace(
    "      - carla\n",
    "      - {person: ben, from: 2027-01-10, until: 2027-06-30, reason: second term}\n      - carla\n",
)
STAFF: Final = """\
  staff:
    subject: Staff
    admins: [anna]
    members: [emil, gina]
"""
WITH_SUBSTITUTE: Final = STAFF.replace(
    "    members: [emil, gina]\n",
    "    members:\n      - emil\n      - gina\n      - {person: dora, from: 2026-11-02, until: 2026-11-30}\n",
)
CLASSES: Final = """\
  parents-5a:
    subject: Parents 5A
    admins: [anna]
    members: [hugo, ines, jona, kira]
  parents-5b:
    subject: Parents 5B
    admins: [anna]
    members: [gina, finn]
"""
MOVED: Final = CLASSES.replace(
    "members: [hugo, ines, jona, kira]", "members: [{person: hugo, until: 2027-02-14}, ines, jona, kira]"
).replace("members: [gina, finn]", "members: [gina, finn, {person: hugo, from: 2027-02-15}]")
BOARD: Final = """\
  board:
    subject: Board
    admins: [{person: anna, until: 2027-01-31}, {person: carla, from: 2027-02-01}]
    members: [anna, ben, carla, finn, gina]
"""
ELECTED: Final = """\
  board:
    subject: Board
    admins: [{person: anna, until: 2027-01-31}, {person: carla, from: 2027-02-01}]
    members:
      - anna
      - carla
      - {person: ben, until: 2027-03-31}
      - {person: finn, until: 2027-03-31}
      - gina
      - {person: kira, from: 2027-04-01}
      - {person: jona, from: 2027-04-01}
"""

MERGES: Final[Mapping[date, Mapping[str, str]]] = {
    date(2026, 9, 7): {"people.yaml": PEOPLE, "groups.yaml": f"groups:\n{HELPERS}{STAFF}{CLASSES}{BOARD}"},
    date(2026, 10, 5): {"people.yaml": RENUMBERED},
    date(2026, 10, 26): {"groups.yaml": f"groups:\n{HELPERS}{WITH_SUBSTITUTE}{CLASSES}{BOARD}"},
    date(2026, 12, 1): {"groups.yaml": f"groups:\n{RENEWED}{WITH_SUBSTITUTE}{CLASSES}{BOARD}"},
    date(2027, 1, 18): {"groups.yaml": f"groups:\n{RENEWED}{WITH_SUBSTITUTE}{MOVED}{BOARD}"},
    date(2027, 3, 8): {"groups.yaml": f"groups:\n{RENEWED}{WITH_SUBSTITUTE}{MOVED}{ELECTED}"},
}
"""What is merged on which day."""


def should_be(day: date) -> dict[str, dict[str, str]]:
    """Group → name in the world → role, as the school wants it on a day; `luis` carries emil's new telephone."""
    emil = "luis" if day >= date(2026, 10, 5) else "emil"
    member, admin = "member", "admin"
    helpers = {"anna": admin, "carla": member}
    if day <= date(2026, 12, 15) or date(2027, 1, 10) <= day <= date(2027, 6, 30):
        helpers["ben"] = member
    staff = {"anna": admin, emil: member, "gina": member}
    if date(2026, 11, 2) <= day <= date(2026, 11, 30):
        staff["dora"] = member
    first = {"anna": admin, "ines": member, "jona": member, "kira": member}
    second = {"anna": admin, "gina": member, "finn": member}
    (second if day >= date(2027, 2, 15) else first)["hugo"] = member
    board = {"anna": admin, "carla": member, "gina": member}
    if day >= date(2027, 2, 1):
        board |= {"anna": member, "carla": admin}
    board |= dict.fromkeys(("kira", "jona") if day >= date(2027, 4, 1) else ("ben", "finn"), member)
    return {"Helpers": helpers, "Staff": staff, "Parents 5A": first, "Parents 5B": second, "Board": board}


class School:
    """The project's folder, its pull requests, and the job that runs every morning."""

    def __init__(self, root: Path, account: Rig) -> None:
        self._root, self._account = root, account
        self.write({"wagroups.yaml": CONFIG})

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self._root / name).write_text(text, encoding="utf-8")

    @property
    def declared(self) -> Desired:
        return load_project(self._root, {}).desired

    def review(self) -> Reviewed:
        """The plan of a pull request, as its file keeps it for the merge."""
        plan = asyncio.run(preview(self._account.session(self.declared), RELAXED)).plan
        assert not plan.guards, plan.guards
        document = plan_document(plan, redactor(), Exit.OK, "0")
        return Reviewed(
            digest=document.digest,
            created_at=document.created_at,
            actions=document.approved(),
            fingerprints=document.fingerprints(),
            emptied=document.emptied(),
        )

    def run(self, *, reviewed: Reviewed | None = None, due: bool = False) -> Run:
        orders = ApplyOptions(
            terms=RELAXED.model_copy(update={"due": due}),
            confirm=lambda plan: True,
            watcher=lambda plan: Silent(),
            stopped=lambda: None,
            reviewed=reviewed,
        )
        return asyncio.run(apply(self._account.session(self.declared), orders))

    def as_it_is(self) -> dict[str, dict[str, str]]:
        subjects = [group.subject for group in self._account.world.groups.values()]
        return {subject: self._account.members(subject) for subject in sorted(subjects)}


def days() -> Iterator[date]:
    day = BEGIN.date()
    while day <= END:
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize(("gateway", "dialect"), [("waha", "noweb"), ("waxum", "waxum")])
def test_every_day_of_a_school_year_is_as_it_was_reviewed(gateway: str, dialect: str, tmp_path: Path) -> None:
    with rig(gateway, dialect, *NAMES, clock=FakeClock(BEGIN)) as account:
        account.timezone = "Europe/London"
        account.know(*NAMES)
        school = School(tmp_path, account)
        for day in days():
            if day in MERGES:
                school.write(MERGES[day])
                reviewed = school.review()
                account.clock.advance(timedelta(hours=1))
                merged = school.run(reviewed=reviewed)
                assert all(result.error is None for result in merged.results), (day, merged.results)
            morning = school.run(due=True)
            assert all(result.error is None for result in morning.results), (day, morning.results)
            expected = {subject: should_be(day)[subject] for subject in sorted(should_be(day))}
            assert school.as_it_is() == expected, day
            account.clock.advance(datetime.combine(day + timedelta(days=1), BEGIN.timetz()) - account.clock.now())
