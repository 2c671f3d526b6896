"""The example with an account on each gateway: one plan, one apply, two WhatsApps."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.e2e.club import Club, club
from tests.rig import fake_of
from wagroups.gateways.registry import KINDS
from wagroups.simulation.server.server import serve
from wagroups.simulation.world.seed import load
from wagroups.simulation.world.world import World

PEOPLE: Final = """
  asha: +44 7700 900131
  bruno: +44 7700 900132
  cleo: +44 7700 900133
  dewi: +44 7700 900134
"""
OFFICE: Final = f"me: office\npeople:\n  office: +44 7700 900130{PEOPLE}"
SPORTS: Final = f"me: sports\npeople:\n  sports: +44 7700 900139{PEOPLE}"
KEY: Final = "key-of-sports"


class School(NamedTuple):
    """The project, in front of two worlds."""

    office: Club
    sports: World


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    world = load(SPORTS, now=lambda: datetime.now(UTC))
    waxum = KINDS["waxum"]
    app = fake_of("waxum")(world, dialect=waxum.dialects[0], session="default", key=KEY)
    with ExitStack() as stack:
        server = stack.enter_context(serve(app))
        office = stack.enter_context(club(tmp_path / "school", example="two-accounts", seed=OFFICE))
        office.environ |= {
            "WAGROUPS_OFFICE_URL": office.environ.pop("WAGROUPS_URL"),
            "WAGROUPS_OFFICE_KEY": office.environ.pop("WAGROUPS_KEY"),
            "WAGROUPS_SPORTS_URL": server.url,
            "WAGROUPS_SPORTS_KEY": KEY,
        }
        yield School(office, world)


def test_one_apply_serves_both_accounts_and_leaves_nothing_to_do(school: School) -> None:
    planned = school.office.wagroups("plan", "--detailed-exitcode")
    assert planned.code == 2, planned.err
    assert "2 to create" in planned.out

    applied = school.office.wagroups("apply", "--yes", "-o", "json")
    assert applied.code == 0, applied.out
    assert applied.document["converged"] is True
    assert set(school.office.members("Class 5B")) == {"asha", "bruno", "cleo", "dewi"}
    with school.sports.lock:
        members = {person.name for person in school.sports.group("Football on Thursdays").members}
    assert members == {"sports", "asha", "bruno", "dewi"}
    assert school.office.wagroups("plan", "--detailed-exitcode").code == 0


def test_one_account_can_be_done_without_the_other(school: School) -> None:
    del school.office.environ["WAGROUPS_SPORTS_KEY"]
    applied = school.office.wagroups("apply", "--yes", "--account", "office")
    assert applied.code == 0, applied.err
    assert set(school.office.members("Class 5B")) == {"asha", "bruno", "cleo", "dewi"}
    assert not school.sports.groups
