"""A newcomer, from `wagroups init` to an empty plan: a WhatsApp account with thirty groups, and mistakes on the way."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple, cast

import pytest

from tests.cli.pseudo_terminal import person
from tests.e2e.club import KEY, Club
from tests.rig import fake_of
from wagroups.simulation.server.app import Front
from wagroups.simulation.server.server import serve
from wagroups.simulation.world.seed import load

GROUPS: Final = 30
MEMBERS: Final = 12
PEOPLE: Final = 90
TEN_MINUTES: Final = 600.0

NAMES: Final = "phone;alias;name\n+44 7700 900101;anna;Anna Berg\n+44 7700 900102;bilal;Bilal Chaudhry\n"
"""The secretary's list, as a spreadsheet saves it."""


def _seed() -> str:
    """Clubs, classes and a choir; one group is somebody else's, and the number of one person is hidden."""
    people = [f"m{number:02}" for number in range(1, PEOPLE + 1)]
    lines = ["me: office", "people:", "  office: +44 7700 900100"]
    lines += [f"  {name}: +44 7700 900{100 + number}" for number, name in enumerate(people, 1)]
    lines[-1] = f"  {people[-1]}: {{phone: +44 7700 900{100 + PEOPLE}, hidden_number: yes}}"
    lines.append("groups:")
    for group in range(GROUPS):
        chosen = [people[(7 * group + step) % PEOPLE] for step in range(MEMBERS)]
        lines.append(f'  - subject: "{("Class", "Choir", "Football: team")[group % 3]} {group + 1}"')
        lines.append("    created: 2026-01-31T09:00:00Z")
        if group == GROUPS - 1:
            lines += ["    owner: m03", "    members: [office, m04, m05]"]
        else:
            lines += [f"    admins: [{chosen[0]}]", f"    members: [{', '.join(chosen[1:])}]"]
    return "\n".join(lines) + "\n"


class Mistake(NamedTuple):
    """Something a newcomer writes, where it is shown, why it is wrong, and the way out."""

    file: str
    old: str
    new: str
    at: str
    why: str
    way_out: str


MISTAKES: Final = (
    Mistake("groups/class-1.yaml", "members:\n", "memebrs:\n", "memebrs", "not a key", "Did you mean members?"),
    Mistake("groups/choir-2.yaml", "messages: everyone", "messages: everybody", "everybody", "cannot be", "everyone"),
    Mistake("groups/class-13.yaml", "- anna", "- Anna", "Anna", "not in lower case", "anna"),
    Mistake("groups/choir-5.yaml", "subject: Choir 5", "subject: Choir: 5", ": 5", "colon", "quotes"),
    Mistake("groups/class-7.yaml", "    admins:", "\tadmins:", "\tadmins", "tab", "two spaces"),
    Mistake("people.yaml", "+44 7700 900103", "07700 900103", "07700 900103", "no country code", "region"),
    Mistake("people.yaml", "+44 7700 900104", "+44 7700 900105", "", "same number", "Keep one"),
    Mistake("wagroups.yaml", "max_removals: 10", "max_removals: ten", "max_removals: ten", "whole number", "10"),
)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Club]:
    """An empty folder, and the gateway of an account that has been in use for long."""
    root = tmp_path / "school"
    root.mkdir()
    world = load(_seed(), now=lambda: datetime.now(UTC))
    front = cast(Front, fake_of("waha")(world, dialect="gows", session="default", key=KEY))
    with serve(front) as server:
        environ = {"PYTHONUTF8": "1", "WAGROUPS_URL": server.url, "WAGROUPS_KEY": KEY}
        yield Club(root, world, front, environ, "waha")


def begin(account: Club, names: Path) -> None:
    """`wagroups init` on a terminal."""
    with person(account.root, "init", environ={**account.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}) as newcomer:
        newcomer.answer("Gateway")
        newcomer.answer("Name of the session")
        newcomer.answer("Profile", "sandbox")
        newcomer.answer("Time zone", "Europe/London")
        newcomer.answer("Country")
        newcomer.answer("List of people", str(names))
        newcomer.answer("CI files")
        newcomer.answer("Visual Studio Code")
        newcomer.answer("Which of them", "all")
        code, out = newcomer.end()
    assert code == 0, newcomer.shown
    assert f"Imported {GROUPS} groups:" in out


def test_from_init_to_an_empty_plan_with_mistakes_on_the_way(account: Club, tmp_path: Path) -> None:
    started = time.monotonic()
    names = tmp_path / "members.csv"
    names.write_text(NAMES, encoding="utf-8")
    begin(account, names)
    assert account.wagroups("plan", "--detailed-exitcode").code == 0

    before = {path: path.read_text(encoding="utf-8") for path in account.root.rglob("*.yaml")}
    for mistake in MISTAKES:
        account.replace(mistake.file, mistake.old, mistake.new)
    found = account.wagroups("validate", "-o", "json")
    assert found.code == 65
    for mistake in MISTAKES:
        place = _place(account, mistake)
        said = [
            p for p in found.document["problems"] if f"{p['file']}:{p['line']}" == place and mistake.why in p["message"]
        ]
        assert said, f"{mistake}: {place} in {found.out}"
        assert mistake.way_out in f"Did you mean {said[0]['suggestion']}?  {said[0]['help']}", said[0]
    assert account.wagroups("plan").code == 65
    for path, text in before.items():
        path.write_text(text, encoding="utf-8")

    account.replace("groups/class-1.yaml", "subject: Class 1", "subject: Class 1a")
    planned = account.wagroups("plan", "--detailed-exitcode")
    assert planned.code == 2, planned.err
    assert "1 to change" in planned.out
    applied = account.wagroups("apply", "--yes")
    assert applied.code == 0, applied.out + applied.err
    assert account.group("Class 1a").members
    assert account.wagroups("plan", "--detailed-exitcode").code == 0
    assert time.monotonic() - started < TEN_MINUTES


def _place(account: Club, mistake: Mistake) -> str:
    text = (account.root / mistake.file).read_text(encoding="utf-8")
    before, found, _ = text.partition(mistake.at or mistake.new)
    assert found
    line = before.count("\n") + 1
    if not mistake.at:
        # Of two people with one number the later one is meant.
        line = text.count("\n", 0, text.rindex(mistake.new)) + 1
    return f"{mistake.file}:{line}"
