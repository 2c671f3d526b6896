"""Each example that is a project on one account: planned, applied, and then no run has anything left to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.cli.command import Command
from tests.e2e.club import Club, club
from tests.examples.jobs import EXAMPLES
from wagroups.domain.exit import Exit
from wagroups.manifests.project import load_project


class Expected(NamedTuple):
    """What an example makes, told by one of its groups."""

    gateway: str
    dialect: str
    groups: int
    subject: str
    members: dict[str, str]
    left_to_a_person: int = 0
    """Declared things that no gateway can make so."""


_HEAD_AND_TEACHER: Final = {"head": "admin", "t-brandt": "admin"}
_PARENTS_5A: Final = dict.fromkeys(("p-001", "p-007", "p-011", "p-013", "p-019"), "member")

PROJECTS: Final = {
    "one-file": Expected("waxum", "waxum", 1, "Neighbours, Mill Lane", {"nils": "admin", "olga": "member"}),
    "school": Expected("waha", "noweb", 8, "Parents 5A 2026/27", _HEAD_AND_TEACHER | _PARENTS_5A),
    "association": Expected("waha", "webjs", 4, "Choir of Mill Lane", {"alma": "admin", "ines": "member"}, 4),
}
"""Each of the association's groups is to be linked to its community on a phone."""


@pytest.fixture(params=PROJECTS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(name: str, tmp_path: Path) -> Iterator[Club]:
    """The example in front of a WhatsApp where its people are known by their aliases."""
    people = load_project(EXAMPLES / name, {}).desired.people
    known = "".join(f"  {person.alias}: {person.phone.reveal()}\n" for person in people)
    expected = PROJECTS[name]
    with club(
        tmp_path / name,
        expected.gateway,
        expected.dialect,
        seed=f"me: me\npeople:\n  me: +44 7700 900000\n{known}",
        example=name,
    ) as made:
        config = made.root / "wagroups.yaml"
        text = config.read_text(encoding="utf-8").replace("url: http://localhost:3451", "url_env: WAGROUPS_URL")
        if "profile: sandbox" not in text:
            text += "\nsafety: {profile: sandbox}\n"
        config.write_text(text, encoding="utf-8")
        yield made


@pytest.fixture
def wagroups(project: Club, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    for variable in ("WAGROUPS_URL", "WAGROUPS_KEY"):
        monkeypatch.setenv(variable, project.environ[variable])
    monkeypatch.chdir(project.root)
    return Command(capsys)


def test_an_example_is_planned_applied_and_then_in_order(name: str, project: Club, wagroups: Command) -> None:
    planned = wagroups("plan", "-o", "json")
    assert planned.exit is Exit.OK, planned.err
    assert planned.document["summary"]["create"] == PROJECTS[name].groups
    applied = wagroups("apply", "--yes", "-o", "json")
    assert applied.exit is Exit.OK, applied.out
    needed = PROJECTS[name].left_to_a_person
    assert applied.document["summary"]["open"] == needed
    assert applied.document["converged"] is (needed == 0)
    members = project.members(PROJECTS[name].subject)
    assert PROJECTS[name].members.items() <= members.items()
    again = wagroups("plan", "--detailed-exitcode")
    assert again.exit is (Exit.OPEN if needed else Exit.OK), again.out
    assert "to add" not in again.out


def test_every_example_is_tried_somewhere() -> None:
    # The club is the hero of the other stories, and two accounts have one of their own.
    projects = {path.parent.name for path in EXAMPLES.glob("*/wagroups.yaml")}
    assert projects == PROJECTS.keys() | {"club", "two-accounts"}


@pytest.mark.parametrize("example", ["school", "association"])
def test_a_readme_names_files_that_are_there(example: str) -> None:
    text = (EXAMPLES / example / "README.md").read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line]) <= 12
    named = [word for word in text.split("`")[1::2] if "/" in word or word.endswith(".yaml")]
    assert named
    assert all((EXAMPLES / example / word).is_file() for word in named)
