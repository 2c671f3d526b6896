"""Law 9: no number, key, link or stranger's name appears in any output: of any verb, format, mode, or crash.

In one process, because there are hundreds of commands; the streams are caught where the program writes them.
"""

import itertools
import logging
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import pytest

from tests.cli.command import Command
from tests.e2e import canaries as c
from tests.e2e.test_trouble import answering
from tests.rig import fake_of
from wagroups.cli.verbs import VERBS
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Lid, Phone, Role
from wagroups.simulation.server.app import Front
from wagroups.simulation.server.server import serve
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.simulation.world.group import PendingRequest
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.world import World
from wagroups.state.open import open_ledger

ASKED: Final = "120363000000000042@g.us"
"""The id of a group that people ask to join."""

PROJECT: Final = {
    "wagroups.yaml": f"""\
version: 1
accounts:
  office: {{gateway: GATEWAY, url_env: WAGROUPS_URL, key_env: WAGROUPS_KEY, session: default}}
safety: {{profile: sandbox, max_removals: 50, max_removal_percent: 100}}
people:
  amber: {c.PHONES["amber"]}
  basil:
    name: Basil Brush
    phone: {c.PHONES["basil"]}
    former_phones: [{c.PHONES["basil once"]}]
  cedar: {c.PHONES["cedar"]}
  wombat: {c.PHONES["refusing-wombat"]}
""",
    "groups.yaml": f"""\
groups:
  old:
    id: {c.LEGACY_ID}
    subject: "{c.SUBJECT}"
    description: "Or write to wa.me/{c.PHONES["amber"][1:]}"
    admins: [amber]
    members: [basil, wombat, "{c.PHONES["bare"]}"]
    manage: {{members: exact, admins: exact}}
    invite: message
  asked:
    id: {ASKED}
    subject: Asked group
    members: [amber, cedar]
    join: link
    reject_unknown: yes
  new:
    subject: New group
    members: [amber, cedar]
""",
}

FORMATS: Final = ("text", "json", "markdown")
FURTHER_FORMATS: Final = ("html", "github", "junit", "sarif", "csv")
"""Only some verbs offer these; the others refuse them as a wrong command line."""
MODES: Final = ("strict", "alias", "last4")
"""All but `off`, which shows numbers and is meant to."""
LOUDNESS: Final = ((), ("-v",), ("-vv",))
AS_TEXT: Final = tuple(("text", mode, ("-vv",)) for mode in MODES)


def ways_to_say_it(turn: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every mode as text with everything said, and every format; which mode a format comes with goes round by `turn`.

    Being quieter only leaves lines out.
    """
    yield from AS_TEXT
    for place, form in enumerate((*FORMATS[1:], *FURTHER_FORMATS)):
        yield form, MODES[(turn + place) % len(MODES)], ("-vv",)
    yield FORMATS[turn % len(FORMATS)], "last4", LOUDNESS[turn % 2]


VERB_ARGUMENTS: Final[dict[str, list[list[str]]]] = {
    "plan": [["plan"], ["plan", "--out", "saved-plan.json"]],
    "drift": [["drift"]],
    "validate": [["validate"], ["validate", "--online"]],
    "show": [["show"], ["show", "--explain"]],
    "why": [["why", who, "old"] for who in ("amber", "basil", "wombat", c.PHONES["bare"])] + [["why", "cedar", "new"]],
    "who": [["who", "old"], ["who", "new"]],
    "groups-of": [["groups-of", "amber"], ["groups-of", c.PHONES["bare"]]],
    "review": [["review"], ["review", "--expiring", "30d"]],
    "history": [["history"], ["history", "old"], ["history", "amber"]],
    "status": [["status"]],
    "doctor": [["doctor"]],
    "state": [["state", "show"], ["state", "readmit", "amber", "old"], ["state", "forget", "cedar", "--yes"]],
    "link": [["link", "old"]],
    "import": [["import"]],
    "init": [["init", "--project", "another"], ["init", "--project", "another", "--import", "all", "--force"]],
    "schema": [["schema", "plan"], ["schema", "manifest", "--names"]],
    "join": [["join", "new"]],
    "diff": [["diff", "--base", "HEAD"]],
    "fmt": [["fmt", "--check"]],
    "person": [["person", "offboard", "cedar", "--dry-run"], ["person", "renumber", "amber", c.PHONES["cedar"]]],
    "pii": [["pii", "scan"], ["pii", "scan", "--everywhere"]],
    "apply": [["apply"], ["apply", "--yes"]],
}
"""`apply --yes` last: after it there is little left to say."""

SHOWING_FILES: Final = ("show", "import", "init", "schema")
"""They print what is in the files, subjects too."""

SHOWING_NOBODY: Final = {
    "demo": "shows its own, invented people",
    "sandbox": "prints its own, well-known key",
    "completion": "prints a fixed script",
    "watch": "runs `drift` and `apply`, and does not end",
}


class Project:
    """The canaries' project, its world, and the program."""

    def __init__(self, root: Path, command: Command, world: World, *, thoroughly: bool) -> None:
        self.root, self.command, self.world = root, command, world
        # What is said depends on the gateway only in what is read and logged.
        self.thoroughly = thoroughly
        self.given = set(self._files())

    def run(self, *arguments: str) -> str:
        """Everything that a command says."""
        try:
            ended = self.command(*arguments)
        finally:
            # The next command has another stream, and the fake's own thread logs in between.
            logging.basicConfig(handlers=[logging.NullHandler()], force=True)
        return f"{ended.out}\n{ended.err}"

    def written(self) -> Iterator[tuple[str, str]]:
        """Files that commands wrote, but for the ledger, which is private, and what `import` and `init` take down."""
        for path in sorted(set(self._files()) - self.given):
            name = path.relative_to(self.root).as_posix()
            if ".wagroups" not in name and "people" not in name and not name.startswith("another/groups"):
                yield name, path.read_text(encoding="utf-8", errors="replace")

    def _files(self) -> Iterator[Path]:
        return (path for path in self.root.rglob("*") if path.is_file())


@pytest.fixture(params=["noweb", "waxum"])
def project(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    gateway = "waxum" if request.param == "waxum" else "waha"
    root = tmp_path / "project"
    root.mkdir()
    first_commit(root)
    for name, text in PROJECT.items():
        (root / name).write_text(text.replace("GATEWAY", gateway), encoding="utf-8")
    world = canary_world()
    front = cast(Front, fake_of(gateway)(world, dialect=request.param, session="default", key=c.KEY))
    for name in [name for name in os.environ if name.startswith(("WAGROUPS_", "CI", "GITHUB_", "GITLAB_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(root)
    # The waits between looks are real here, and nothing is learnt from them.
    monkeypatch.setattr("wagroups.execution.verification.LOOKS", (timedelta(0),) * 2)
    monkeypatch.setattr("wagroups.execution.gateway_calls.PAUSES", (timedelta(0),))
    with serve(front) as server:
        for name, value in {"URL": server.url, "KEY": c.KEY, "PLAN_KEY": c.PLAN_KEY}.items():
            monkeypatch.setenv(f"WAGROUPS_{name}", value)
        yield Project(root, Command(capsys), world, thoroughly=gateway == "waha")


def first_commit(root: Path) -> None:
    """A revision in which the project declares nothing yet, so that `diff` shows all of it."""
    (root / "wagroups.yaml").write_text("accounts: {}\n")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "Begin"]):
        named = ["-c", "user.name=Anna", "-c", "user.email=anna@example.org"]
        subprocess.run(["git", *named, *arguments], cwd=root, check=True)


def canary_world() -> World:
    people = {
        name: SimulatedPerson(name=name, phone=Phone.of(phone), lid=Lid.of(f"{c.LIDS[name]}@lid"))
        for name, phone in c.PHONES.items()
    }
    people["hidden-numbat"].hidden_number = True
    people["refusing-wombat"].blocks_adds = True
    office = people.pop("office")
    world = World(office, people.values(), now=lambda: datetime.now(UTC))
    roles = {office: Role.OWNER} | {people[n]: Role.MEMBER for n in ("basil once", "stranger-quokka", "hidden-numbat")}
    old = world.found_group(
        f"Was {c.SUBJECT}", office, jid=GroupJid.of(c.LEGACY_ID), members={**roles, people["cedar"]: Role.ADMIN}
    )
    old.invite_code = c.INVITE_CODE
    asked = world.found_group("Asked group", office, jid=GroupJid.of(ASKED), settings={Setting.APPROVE_JOINS: "yes"})
    for name in ("cedar", "stranger-quokka", "hidden-numbat"):
        asked.requests.append(PendingRequest(people[name], world.now()))
    return world


def check(said: str, what: str, *, strict: bool = False) -> None:
    found = c.leaks(said, strict=strict)
    assert not found, f"{what}: {found}"


def test_every_verb_is_tried() -> None:
    assert VERB_ARGUMENTS.keys() | SHOWING_NOBODY.keys() == set(VERBS)


def test_the_canaries_are_seen_where_they_are_shown(project: Project) -> None:
    assert len(c.leaks(project.run("plan", "--redact", "off"))) > 3
    assert c.leaks("call +1 (555) 817-26 35")
    assert c.leaks("… 72635")
    assert not c.leaks("+1 … 2635")


def test_no_verb_shows_a_canary_in_any_format_mode_or_loudness(project: Project) -> None:
    commands = [arguments for each in VERB_ARGUMENTS.values() for arguments in each]
    project.run("plan")
    ledger = open_ledger(project.root / ".wagroups" / "state.db")
    key = ledger.key
    ledger.close()
    for turn, arguments in enumerate(commands):
        for form, mode, loud in ways_to_say_it(turn) if project.thoroughly else AS_TEXT:
            said = project.run(*arguments, "-o", form, "--redact", mode, *loud)
            what = " ".join((*arguments, form, mode, *loud))
            check(said, what, strict=mode == "strict" and arguments[0] not in SHOWING_FILES)
            assert key.hex() not in said, what
            assert repr(key)[2:-1] not in said, what
            for name, text in project.written():
                check(text, f"{name} of {what}")


def test_no_report_shows_a_canary_when_things_go_wrong(project: Project) -> None:
    faults = [
        Fault(kind=FaultKind.CUT_OFF, on=Call.ADD),
        Fault(kind=FaultKind.TIME_OUT, on=Call.SUBJECT),
        Fault(kind=FaultKind.REFUSE_PERSON, on=Call.ADD, code=401),
        Fault(kind=FaultKind.REFUSE, on=Call.SUBJECT, code=403),
        Fault(kind=FaultKind.LOSE_ANSWER, on=Call.ADD),
        Fault(kind=FaultKind.HTTP_STATUS, on=Call.SUBJECT),
        Fault(kind=FaultKind.RATE_LIMIT, on=Call.ADD),
        Fault(kind=FaultKind.REFUSE, on=Call.MESSAGE, code=406),
        Fault(kind=FaultKind.REFUSE_PERSON, on=Call.APPROVE, code=404),
        Fault(kind=FaultKind.SESSION_LOST, on=Call.SUBJECT),
    ]
    check(project.run("apply", "--yes", "-vv"), "the first apply")
    for fault, form in zip(faults, itertools.cycle(FORMATS), strict=False):
        with project.world.lock:
            old = project.world.groups[GroupJid.of(c.LEGACY_ID)]
            old.subject = f"Was {c.SUBJECT}"
            old.members = {person: role for person, role in old.members.items() if person.name != "amber"}
            project.world.faults.clear()
            project.world.faults.script(fault)
        check(project.run("apply", "--yes", "-vv", "-o", form, "--until", "1s"), f"apply under {fault.kind}, {form}")
        for verb in (["status"], ["state", "show"], ["drift"]):
            check(project.run(*verb, "-o", form), f"{verb} after {fault.kind}")


PEOPLE_IN_A_BODY: Final = " ".join(
    [f"{p} {p[1:]}@c.us {p[1:]}@s.whatsapp.net {p[:2]} {p[2:5]} {p[5:8]} {p[8:]}" for p in c.PHONES.values()]
    + [f"{lid}@lid" for lid in c.LIDS.values()]
    + [f"https://chat.whatsapp.com/{c.INVITE_CODE}", c.KEY]
)
BODIES: Final = {
    "html": (200, f"<html>{PEOPLE_IN_A_BODY}</html>", "text/html"),
    "a proxy's page": (502, f"<html>{PEOPLE_IN_A_BODY}</html>", "text/html"),
    "an error": (500, f'{{"message": "{PEOPLE_IN_A_BODY}", "error": "{PEOPLE_IN_A_BODY}"}}', "application/json"),
    "an exception": (422, f'{{"exception": {{"message": "{PEOPLE_IN_A_BODY}"}}}}', "application/json"),
    "cut JSON": (200, f'[{{"id": "{PEOPLE_IN_A_BODY}"', "application/json"),
    "another shape": (200, f'{{"{PEOPLE_IN_A_BODY}": ["{PEOPLE_IN_A_BODY}"]}}', "application/json"),
    "a refusal": (401, PEOPLE_IN_A_BODY, "text/plain"),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_what_a_server_writes_into_its_answers_is_not_passed_on(
    project: Project, body: tuple[int, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text, content = body
    with answering(status, text.encode(), content) as url:
        monkeypatch.setenv("WAGROUPS_URL", url)
        for verb, form in itertools.product((["plan"], ["apply", "--yes"], ["doctor"]), FORMATS):
            check(project.run(*verb, "-vv", "-o", form), f"{verb} {form}")


CRASHES: Final = (
    ("wagroups.workflows.reconcile.plan.make_plan", ValueError),
    ("wagroups.planning.group_draft.diff_people", KeyError),
    ("wagroups.workflows.reconcile.session.kind_named", RuntimeError),
    ("wagroups.reports.documents.build.plan_document", OSError),
)


@pytest.mark.parametrize(("place", "kind"), CRASHES)
def test_a_crash_says_where_and_not_whom(
    project: Project, place: str, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise kind(PEOPLE_IN_A_BODY.replace(c.KEY, ""))

    monkeypatch.setattr(place, crash)
    for form, loud in itertools.product(FORMATS, LOUDNESS):
        said = project.run("plan", "-o", form, *loud)
        assert kind.__name__ in said
        assert ("Traceback" in said) is bool(loud)
        check(said, f"a {kind.__name__} in {place}, {form}")


def test_a_broken_ledger_says_nothing_of_what_it_holds(project: Project) -> None:
    project.run("plan")
    ledger = project.root / ".wagroups" / "state.db"
    with sqlite3.connect(ledger) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            if table != "meta":
                connection.execute(f'drop table "{table}"')
    connection.close()
    for verb, form in itertools.product((["plan"], ["apply", "--yes"], ["status"], ["state", "show"]), FORMATS):
        check(project.run(*verb, "-vv", "-o", form), f"{verb} without tables, {form}")
    ledger.write_bytes(PEOPLE_IN_A_BODY.encode() * 50)
    for verb, form in itertools.product((["plan"], ["status"]), FORMATS):
        check(project.run(*verb, "-vv", "-o", form), f"{verb} with a damaged ledger, {form}")


MISTAKES: Final = (
    ("amber: +15558172635", "amber: +15558172635x"),
    ("amber: +15558172635", "amber: 15558172635"),
    ("amber: +15558172635", "amber: {phone: +15558172635, phones: +15558172648}"),
    ("amber: +15558172635", "amber: +15558172648"),
    ("amber: +15558172635", "+15558172635: amber"),
    ("amber: +15558172635", "amber: [+15558172635]"),
    ("amber: +15558172635", "amber: '+15558172635"),
    ("amber: +15558172635", "amber: {phone: +15558172635, until: +15558172635}"),
)


@pytest.mark.parametrize(("old", "new"), MISTAKES)
def test_a_mistake_in_a_file_is_told_without_the_number_in_it(project: Project, old: str, new: str) -> None:
    path = project.root / "wagroups.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    for verb, form in itertools.product((["validate"], ["plan"], ["show"]), FORMATS):
        check(project.run(*verb, "-vv", "-o", form), f"{verb} {form}: {new}")


TABLES: Final = (
    "alias,phone\namber,+15558172635x\n",
    "alias,phone\n+15558172635,amber\n",
    "alias,+15558172635\namber,+15558172635\n",
    'alias,phone\namber,"+15558172635\n',
    "alias,phone\namber,+15558172635,+15558172648\n",
    "alias,phone\namber,+15558172635\namber,+15558172648\n",
    "alias,phone\namber,+15558172635\nother,+15558172635\n",
)


@pytest.mark.parametrize("table", TABLES)
def test_a_mistake_in_a_table_is_told_without_the_number_in_it(project: Project, table: str) -> None:
    (project.root / "people.csv").write_text(table, encoding="utf-8")
    path = project.root / "wagroups.yaml"
    text = path.read_text(encoding="utf-8").replace("  amber: +15558172635\n", "")
    made = "for_each: {csv: people.csv}, key: 'g-${alias}', expect: 2, group: {subject: '${phone}'}"
    path.write_text(f"people_from: {{csv: people.csv}}\n{text}generate: {{g: {{{made}}}}}\n", encoding="utf-8")
    for verb, form in itertools.product((["validate"], ["plan"], ["show"]), FORMATS):
        check(project.run(*verb, "-vv", "-o", form), f"{verb} {form}: {table}")


def test_a_number_in_an_argument_is_not_repeated(project: Project) -> None:
    for arguments in (
        ["plan", "--target", c.PHONES["amber"]],
        ["plan", f"--{c.PHONES['amber']}"],
        ["plan", c.PHONES["amber"]],
        ["link", c.PHONES["amber"]],
        ["state", "abandon", c.PHONES["amber"]],
        ["apply", "--adopt", f"old={c.PHONES['amber']}"],
        ["apply", "--until", c.PHONES["amber"], "--yes"],
        [c.PHONES["amber"]],
    ):
        for form in ("text", "json"):
            check(project.run(*arguments, "-vv", "-o", form), " ".join(arguments[:1]))
