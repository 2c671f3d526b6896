"""`why`, `who`, `groups-of` and `review`, through the real entry: from the files and the ledger, asking no gateway."""

import csv
import io
import re
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest

from tests import builders as b
from tests.cli.command import Command
from wagroups.domain.exit import Exit
from wagroups.domain.identity import GroupJid, GroupKey, Role
from wagroups.domain.live.invitation import invited
from wagroups.domain.live.memory import PersonRefusal
from wagroups.domain.live.observed import Observed, ObservedMember
from wagroups.domain.live.tombstone import Turnover
from wagroups.domain.plans.budget import Breaker, CallClass
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger

CHESS, GO = GroupKey("chess"), GroupKey("go")
JID = GroupJid.of("120363041234567890@g.us")
NOW: Final = datetime.now(UTC).replace(microsecond=0)
YESTERDAY, TOMORROW = NOW - timedelta(days=1), NOW + timedelta(days=1)
READ: Final = f"{YESTERDAY:%Y-%m-%d %H:%M} UTC"
SOON: Final = f"{NOW + timedelta(days=20):%Y-%m-%d}"

PROJECT: Final = f"""\
version: 1
accounts:
  office: {{gateway: waha, url: "http://127.0.0.1:9", key_env: WAGROUPS_KEY}}
people:
  anna: +44 7700 900001
  ben: +44 7700 900002
  carla: +44 7700 900003
  dora: +44 7700 900004
  emil: +44 7700 900005
  finn: +44 7700 900006
  gina: +44 7700 900007
teams:
  crew: [ben, gina]
groups:
  chess:
    id: {JID.reveal()}
    subject: Chess
    admins: [anna, emil]
    members:
      - team: crew
      - carla
      - dora
      - person: finn
        from: 2099-01-01
        reason: "=substitute"
      - +44 7700 900008
    manage: {{members: exact, admins: exact}}
  go:
    subject: Go
    members:
      - person: anna
        until: {SOON}
"""


@pytest.fixture
def wagroups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Anna leads, Ben left, Carla was refused, Dora and Hugo are there, Emil is no admin; Ines, Kira: strangers."""
    tmp_path.joinpath("wagroups.yaml").write_text(PROJECT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with closing(open_ledger(Path(".wagroups/state.db"))) as ledger:
        left = {CHESS: Turnover(left=frozenset({b.phone(2)}))}
        members = [
            b.me(),
            b.seen("anna", Role.ADMIN),
            b.seen("dora", by="lid"),
            b.seen("emil"),
            *map(b.seen, ("hugo", "ines")),
            b.seen("kira", Role.OWNER),
        ]
        ledger.note_account(b.ACCOUNT, b.ME, YESTERDAY)
        ledger.note_read(_read(members), frozenset({JID}), left)
        ledger.bind(b.ACCOUNT, CHESS, JID, YESTERDAY, created=False)
        refusal = PersonRefusal(code=404, at=YESTERDAY, until=TOMORROW)
        ledger.note_refusal(b.ACCOUNT, CHESS, b.phone(3), refusal)
        ledger.trip(b.ACCOUNT, Breaker(calls=CallClass.ADD_UNSEEN, until=TOMORROW, reason="rate-overlimit"))
    return Command(capsys)


def _read(members: list[ObservedMember]) -> Observed:
    live = b.live(JID, members=members[1:], myself=Role.ADMIN)
    return b.observed(live, read_at=YESTERDAY, groups=MappingProxyType({JID: live}))


def opened(act: Callable[[SqlLedger], object]) -> None:
    with closing(open_ledger(Path(".wagroups/state.db"))) as ledger:
        act(ledger)


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        ("anna", f"anna is an admin of chess (seen {READ}), declared at wagroups.yaml:18."),
        (
            "ben",
            f"ben is declared a member of chess at wagroups.yaml:13 (by team crew), and was not in it on {READ}; ben "
            f"left or was removed (no longer there on {YESTERDAY:%Y-%m-%d}) and will not be added again; "
            "next: wagroups drift --accept d26175316d47 # or, to add them again: wagroups state readmit ben chess.",
        ),
        (
            "carla",
            f"carla is declared a member of chess at wagroups.yaml:21, and was not in it on {READ}; their "
            f"number is not on WhatsApp ({YESTERDAY:%Y-%m-%d}); tried again after {TOMORROW:%Y-%m-%d}; next: wagroups "
            "drift --accept 44d8be3adaab # or correct their number.",
        ),
        ("dora", f"dora is a member of chess (seen {READ}), declared at wagroups.yaml:22."),
        (
            "emil",
            f"emil is a member of chess (seen {READ}), declared at wagroups.yaml:18; the next apply makes them an "
            "admin.",
        ),
        (
            "finn",
            f"finn is left out of chess until 2099-01-01 (wagroups.yaml:23), and was not in it on {READ}.",
        ),
        (
            "+44 7700 900012",
            f"unknown-93a8b6a0 is not declared in chess, and was not in it on {READ}.",
        ),
    ],
)
def test_every_state_of_a_membership_is_one_sentence(wagroups: Command, person: str, sentence: str) -> None:
    ended = wagroups("why", person, "chess", "--redact", "alias")
    assert ended.exit is Exit.OK
    said = " ".join(ended.out.split())
    if person.startswith("+"):  # a pseudonym is made with the ledger's own key
        said, sentence = said.partition(" is ")[2], sentence.partition(" is ")[2]
    assert said == sentence


def test_somebody_invited_and_then_taken_out_of_git_is_told_of_with_the_way_to_close_it(wagroups: Command) -> None:
    lena = b.phone(77)
    opened(lambda ledger: ledger.note_invitation(b.ACCOUNT, CHESS, lena, invited(None, None, YESTERDAY)))
    said = " ".join(wagroups("why", lena.reveal(), "chess").out.split())
    assert "was invited but is no longer declared here" in said
    assert said.endswith("next: wagroups link chess --rotate.")


def test_somebody_who_waits_for_the_budget_is_told_until_when(wagroups: Command) -> None:
    said = wagroups("why", "gina", "chess").out
    assert re.search(r"the next apply adds them, when the budget allows it: about \d\d:\d\d \w+ tomorrow", said)


def test_somebody_is_found_by_number_whether_or_not_they_are_declared(wagroups: Command) -> None:
    said = wagroups("why", "+44 7700 900008", "chess").out
    assert "declared at wagroups.yaml:26" in said
    said = wagroups("why", "+447700900009", "chess").out
    assert "and not declared there; the next apply removes them (not declared)" in said
    said = wagroups("why", "+447700900011", "chess").out
    assert "and not declared there; " in said
    assert "they created the group" in said
    said = wagroups("why", "+447700900009", "go").out
    assert "is not declared in go, and it was never read" in said


def test_a_group_that_was_never_read_says_so(wagroups: Command) -> None:
    said = wagroups("why", "anna", "go").out
    assert (
        f"declared a member of go at wagroups.yaml:31, until {SOON}, and the group has not been read successfully yet"
        in said
    )


def test_a_committed_line_has_its_commit_and_a_new_one_has_none(wagroups: Command, tmp_path: Path) -> None:
    for command in (
        ["init", "-q"],
        ["add", "wagroups.yaml"],
        ["-c", "user.name=Ada", "-c", "user.email=ada@club.example", "commit", "-qm", "Begin"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    document = wagroups("why", "anna", "chess", "-o", "json").document
    assert len(document["declared"]["commit"]) == 8
    assert f"since commit {document['declared']['commit']} of {NOW:%Y-%m}" in document["explanation"]
    path = tmp_path / "wagroups.yaml"
    path.write_text(path.read_text().replace("[anna, emil]", "[anna, emil, ben]"))
    assert "wagroups.yaml:18, not committed yet." in wagroups("why", "anna", "chess").out


def test_why_as_json_holds_what_the_sentence_says(wagroups: Command) -> None:
    document = wagroups("why", "ben", "chess", "-o", "json").document
    assert document["state"] == "left"
    assert document["live"] is None
    assert document["left_at"].startswith(f"{YESTERDAY:%Y-%m-%d}")
    assert document["declared"]["via"] == ["team crew"]


STATES: Final = {
    "anna": "ok",
    "ben": "left",
    "carla": "not-on-whatsapp",
    "dora": "ok",
    "emil": "to-promote",
    "finn": "starts-later",
    "gina": "to-add",
}


def states(document: Any, group: str = "chess") -> dict[str, str]:
    return {
        row["person"]: row["state"]
        for row in document["memberships"]
        if row["group"] == group and not row["person"].startswith(("person-", "unknown-"))
    }


def test_who_shows_everybody_declared_and_everybody_there(wagroups: Command) -> None:
    document = wagroups("who", "chess", "-o", "json").document
    assert states(document) == STATES
    ines, kira = [row for row in document["memberships"] if not row["place"]]
    assert (kira["live"], kira["state"]) == ("admin", "not-declared")
    assert (ines["declared"], ines["live"], ines["state"]) == ("", "member", "to-remove")


def test_the_text_of_who_names_counts_roles_and_places(wagroups: Command) -> None:
    said = wagroups("who", "chess").out
    assert said.startswith(f"chess  8 people declared, 6 in it; last good read {READ}\n")
    assert said.splitlines()[1].split() == ["who", "declared", "live"]
    assert " ".join(said.splitlines()[2].split()) == "anna admin admin as declared wagroups.yaml:18"


def test_the_groups_of_a_person_are_found_by_any_name(wagroups: Command) -> None:
    for name in ("anna", "+44 7700 900001"):
        rows = wagroups("groups-of", name, "-o", "json").document["memberships"]
        assert [(row["group"], row["state"]) for row in rows] == [("chess", "ok"), ("go", "to-add")]


def test_a_review_covers_every_group_or_those_that_are_named(wagroups: Command) -> None:
    everything = wagroups("review", "-o", "json").document
    assert states(everything) == STATES
    assert states(everything, "go") == {"anna": "to-add"}
    assert states(wagroups("review", "go", "-o", "json").document) == {}


def test_a_review_of_what_expires_shows_that_alone(wagroups: Command) -> None:
    rows = wagroups("review", "--expiring", "30d", "-o", "json").document["memberships"]
    assert [(row["group"], row["person"], row["until"]) for row in rows] == [("go", "anna", SOON)]
    assert wagroups("review", "--expiring", "10d").out == "Nobody's membership ends within this time.\n"


def test_a_spreadsheet_runs_nothing_of_a_review(wagroups: Command) -> None:
    rows = list(csv.DictReader(io.StringIO(wagroups("review", "-o", "csv").out)))
    assert {row["person"]: row["reason"] for row in rows}["finn"] == "'=substitute"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_what_somebody_agreed_to_is_shown_without_their_number(wagroups: Command, tmp_path: Path) -> None:
    agreed = 'emil: {phone: +44 7700 900005, consent: {basis: "Form of 2026, by +44 7700 900005", date: 2026-09-01}}'
    (tmp_path / "wagroups.yaml").write_text(PROJECT.replace("emil: +44 7700 900005", agreed), encoding="utf-8")
    said = wagroups("why", "emil", "chess").out
    assert "Consent: Form of 2026, by (number), 2026-09-01." in said
    assert wagroups("why", "emil", "chess", "-o", "json").document["consent"] == "Form of 2026, by (number), 2026-09-01"
    assert wagroups("why", "dora", "chess", "-o", "json").document["consent"] is None
    assert "consent: Form of 2026" in wagroups("who", "chess").out
    rows = wagroups("review", "-o", "json").document["memberships"]
    assert [row["person"] for row in rows if row["consent"]] == ["emil"]
    people = wagroups("show", "chess", "-o", "json").document["groups"][0]["people"]
    consents = {person["person"]: person["consent"] for person in people}
    assert consents["emil"] == {"basis": "Form of 2026, by (number)", "date": "2026-09-01"}
    assert consents["dora"] is None


def test_a_review_in_markdown_is_a_table(wagroups: Command) -> None:
    lines = wagroups("review", "-o", "markdown").out.splitlines()
    assert lines[0].startswith("| Group | Person |")
    assert {line.count(" |") for line in lines[2:]} == {8}


def test_nobodys_number_is_shown(wagroups: Command) -> None:
    for arguments in (["who", "chess"], ["review", "-o", "csv"], ["groups-of", "anna", "-o", "markdown"]):
        said = wagroups(*arguments, "--redact", "alias").out
        assert "7700" not in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["why", "ana", "chess"], "Did you mean anna?"), (["who", "ches"], "Did you mean chess?")],
)
def test_a_name_that_is_near_is_suggested(wagroups: Command, arguments: list[str], told: str) -> None:
    ended = wagroups(*arguments)
    assert ended.exit is Exit.USAGE
    assert told in ended.err
