"""What an import writes, leaves alone and passes over."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests import builders as b
from tests.rig import Rig, people, rig
from tests.workflows.imported import Club, assert_nothing_is_left_to_do
from wagroups.domain.declared.desired import Manage, State
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import GatewayError, ProjectError, Refusal, WagroupsError
from wagroups.domain.identity import Alias, GroupKey, Me, Phone, Role
from wagroups.domain.live.observed import Community
from wagroups.manifests.edit.aliases import AliasEntry
from wagroups.privacy.redactor import Redaction, Redactor
from wagroups.reports.documents.import_groups import import_remarks
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.workflows.setup.survey import AT_ONCE

PEOPLE = """\
# Our people.
people:
  anna: 07700 900001   # chair
  ben:
    phone: +44 7700 900002

    # His term.
    until: 2099-12-31

# The end.
"""


@pytest.fixture
def club(tmp_path: Path) -> Iterator[Club]:
    with rig("waha", "gows", "anna", "ben", "carla", "dora") as account:
        yield Club(account, tmp_path)


def region(club: Club) -> None:
    club.write("wagroups.yaml", club.read("wagroups.yaml") + "region: GB\n")


def hide(account: Rig, name: str) -> None:
    person = account.world.people.called(name)
    assert person is not None
    person.hidden_number = True


def test_a_group_is_written_with_everything_that_is_shown(club: Club) -> None:
    jid = club.rig.live_group(
        "Parents 5B 2026/27",
        {"anna": Role.ADMIN, "ben": Role.MEMBER},
        description="Room 12.\nRing twice.",
        settings={"send_messages": "admins"},
    )
    done = club.take_over()
    assert club.files() == {"people.yaml", "groups/parents-5b-2026-27.yaml"}
    assert done.new_people == 2
    group = club.declared(jid)
    assert (group.key, group.subject) == ("parents-5b-2026-27", "Parents 5B 2026/27")
    assert group.description == "Room 12.\nRing twice."
    assert group.settings[Setting.SEND_MESSAGES] == "admins"
    assert [(m.person.phone, bool(m.admin)) for m in sorted(group.members, key=lambda m: m.person.phone)] == [
        (b.phone(1), True),
        (b.phone(2), False),
    ]
    assert (group.manage_members, group.manage_admins) == (Manage.ADD_ONLY, Manage.ADD_ONLY)
    assert "exact" in club.read("groups/parents-5b-2026-27.yaml")
    assert_nothing_is_left_to_do(club)


def test_nothing_is_bound_and_nothing_is_written_to_whatsapp(club: Club) -> None:
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    club.take_over()
    assert club.rig.ledger.recall(b.ACCOUNT, club.rig.clock.now()).bindings == {}
    assert list(club.rig.front.writes) == []


def test_new_files_say_which_schema_they_follow(club: Club) -> None:
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    club.take_over()
    for name, schema in (("people.yaml", "schemas/"), ("groups/chess.yaml", "../schemas/")):
        assert club.read(name).startswith(f"# yaml-language-server: $schema={schema}manifest.schema.json\n")
    assert (club.root / "schemas/manifest.schema.json").is_file()


def test_what_is_written_follows_the_schema_that_editors_use(club: Club) -> None:
    hide(club.rig, "carla")
    club.rig.live_group("12:30", {"anna": Role.ADMIN, "carla": Role.MEMBER}, settings={"disappearing": "off"})
    club.rig.live_group(
        "yes", {"anna": Role.ADMIN, "ben": Role.MEMBER}, me=Role.MEMBER, settings={"approve_joins": "yes"}
    )
    club.take_over(named=(AliasEntry(b.phone(1), Alias("007"), "No"), AliasEntry(b.phone(2), Alias("null"), None)))
    schema = json.loads(club.read("schemas/manifest.schema.json"))
    for name in sorted(club.files()):
        jsonschema.validate(yaml.safe_load(club.read(name)), schema)


def test_a_second_import_adds_only_what_is_new(club: Club) -> None:
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    club.take_over()
    before = {name: club.read(name) for name in club.files()}
    assert club.take_over().files == ()
    assert {name: club.read(name) for name in club.files()} == before
    jid = club.rig.live_group("Go", {"anna": Role.MEMBER, "ben": Role.MEMBER})
    done = club.take_over()
    assert [group.transcript.jid for group in done.groups] == [jid]
    assert [(passed.code, passed.text) for passed in done.passed_over] == [("declared", "declared already, as chess")]
    assert done.new_people == 1
    assert club.read("groups/chess.yaml") == before["groups/chess.yaml"]
    assert club.read("people.yaml").startswith(before["people.yaml"])
    assert_nothing_is_left_to_do(club)


def test_people_who_are_declared_keep_their_aliases_and_their_lines(club: Club) -> None:
    region(club)
    club.write("people.yaml", PEOPLE)
    jid = club.rig.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER, "carla": Role.MEMBER})
    club.take_over()
    aliases = {entry.person.alias for entry in club.declared(jid).members}
    assert {"anna", "ben"} < aliases
    start, end = PEOPLE.split("\n\n# The end.")
    now = club.read("people.yaml")
    assert now.startswith(start + "\n  p-")
    assert now.endswith("\n\n# The end." + end)
    assert_nothing_is_left_to_do(club)


def test_the_list_of_aliases_names_new_people(club: Club) -> None:
    jid = club.rig.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER})
    named = (
        AliasEntry(b.phone(1), Alias("anna-w"), "Anna: the “Chair”"),
        AliasEntry(b.phone(9), Alias("nobody-here"), None),
    )
    club.take_over(named=named)
    people = {person.alias: person for person in club.project.desired.people}
    assert people[Alias("anna-w")].name == "Anna: the “Chair”"
    assert Alias("nobody-here") not in people
    assert [m.person.alias for m in club.declared(jid).members if m.admin] == ["anna-w"]
    assert_nothing_is_left_to_do(club)


def test_a_listed_alias_that_belongs_to_another_number_is_a_mistake(club: Club) -> None:
    club.write("people.yaml", "people:\n  anna: +44 7700 900002\n")
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    with pytest.raises(ProjectError) as raised:
        club.take_over(named=(AliasEntry(b.phone(1), Alias("anna"), None),))
    assert [problem.place for problem in raised.value.problems] == ["people.yaml:2:3"]
    assert club.files() == {"people.yaml"}


def test_strangers_keep_their_pseudonyms_from_run_to_run(club: Club, tmp_path_factory: pytest.TempPathFactory) -> None:
    club.rig.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.MEMBER})
    club.take_over()
    elsewhere = Club(club.rig, tmp_path_factory.mktemp("again"))
    elsewhere.take_over()
    assert elsewhere.read("people.yaml") == club.read("people.yaml")


def test_a_number_that_a_list_already_holds_without_an_alias_stays_a_number(club: Club) -> None:
    club.write("groups.yaml", "groups:\n  go:\n    subject: Go\n    members: [+44 7700 900001]\n")
    jid = club.rig.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.MEMBER})
    club.take_over()
    assert {entry.person.alias for entry in club.declared(jid).members if entry.person.phone == b.phone(1)} == {None}
    assert club.project.problems == ()


def test_people_whose_number_is_hidden_are_left_out_and_never_touched(club: Club) -> None:
    hide(club.rig, "carla")
    club.rig.live_group("Chess", {"anna": Role.MEMBER, "carla": Role.ADMIN})
    (group,) = club.take_over().groups
    assert group.transcript.hidden == 1
    assert "1 whose number WhatsApp hides" in club.read(group.file)
    assert_nothing_is_left_to_do(club)


def test_a_group_in_which_the_account_is_no_admin_is_watched(club: Club) -> None:
    jid = club.rig.live_group("Chess", {"anna": Role.ADMIN}, me=Role.MEMBER)
    club.take_over()
    assert club.declared(jid).state is State.WATCHED
    assert_nothing_is_left_to_do(club)


@pytest.mark.parametrize("kind", [Community.PARENT, Community.ANNOUNCEMENT])
def test_the_groups_of_a_community_itself_are_passed_over(club: Club, kind: Community) -> None:
    jid = club.rig.live_group("School", {"anna": Role.MEMBER})
    club.rig.world.groups[jid].community = kind
    (passed,) = club.take_over().passed_over
    assert passed.code == "community"
    assert club.files() == set()


def test_groups_are_named_by_their_subjects_and_never_alike(club: Club) -> None:
    for subject in ("Twins", "twins!", "Übung & Straße", "хор", "Call +44 7700 900123", "X", "a" * 30 + " " + "b" * 30):
        club.rig.live_group(subject, {"anna": Role.MEMBER})
    keys = {group.key for group in club.take_over().groups}
    strangers = {key for key in keys if key.startswith("group-") and key != "group-x"}
    assert keys - strangers == {"twins", "twins-2", "ubung-strasse", "call", "group-x", "a" * 30}
    assert len(strangers) == 1
    assert_nothing_is_left_to_do(club)


def test_a_file_that_is_there_is_never_overwritten(club: Club) -> None:
    notes = club.write("groups/chess.yaml", "# my notes\n")
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    (group,) = club.take_over().groups
    assert (group.key, group.file) == ("chess-2", "groups/chess-2.yaml")
    assert notes.read_text() == "# my notes\n"


def test_a_link_to_a_file_that_is_gone_is_in_the_way_too_and_stays(club: Club) -> None:
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    link = club.root / "people.yaml"
    link.symlink_to("elsewhere.yaml")
    with pytest.raises(Refusal, match="people"):
        club.take_over()
    assert link.is_symlink()
    assert club.files() == set()


def test_everything_can_go_into_one_new_file(club: Club) -> None:
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    club.rig.live_group("Go", {"anna": Role.ADMIN, "ben": Role.MEMBER})
    done = club.take_over(one_file="groups/all.yaml")
    assert club.files() == {"groups/all.yaml"}
    assert done.new_people == 2
    assert_nothing_is_left_to_do(club)
    club.rig.live_group("Shogi", {"anna": Role.MEMBER})
    before = club.read("groups/all.yaml")
    with pytest.raises(Refusal, match="already exist"):
        club.take_over(one_file="groups/all.yaml")
    assert club.read("groups/all.yaml") == before


def test_a_file_that_the_project_does_not_include_is_refused_and_taken_back(club: Club) -> None:
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    with pytest.raises(Refusal, match=r"does not include elsewhere/all\.yaml"):
        club.take_over(one_file="elsewhere/all.yaml")
    assert club.files() == set()


def test_files_that_would_not_fit_the_project_are_taken_back(club: Club) -> None:
    # Nobody uses this team, so only reading the files again shows that the number must not get an alias.
    club.write("teams.yaml", "teams:\n  idle: [+44 7700 900001]\n")
    club.write("people.yaml", "people:\n  ben: +44 7700 900002\n")
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    with pytest.raises(WagroupsError, match=r"teams\.yaml:2:10: This number belongs to “p-"):
        club.take_over()
    assert club.files() == {"people.yaml", "teams.yaml"}
    assert club.read("people.yaml") == "people:\n  ben: +44 7700 900002\n"


def test_a_directory_that_cannot_be_added_to_gets_a_neighbour(club: Club) -> None:
    club.write("people.yaml", "people: {ben: +44 7700 900002}\n")
    club.rig.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.MEMBER})
    club.take_over()
    assert club.files() == {"people.yaml", "people/imported-1.yaml", "groups/chess.yaml"}
    assert_nothing_is_left_to_do(club)


def test_only_the_named_groups_are_imported_and_a_stranger_is_reported(club: Club) -> None:
    jid = club.rig.live_group("Chess", {"anna": Role.MEMBER})
    club.rig.live_group("Go", {"anna": Role.MEMBER})
    done = club.take_over(jid, b.JID)
    assert [group.transcript.jid for group in done.groups] == [jid]
    assert [passed.jid for passed in done.passed_over] == [b.JID]


def test_a_group_of_the_state_that_is_in_no_manifest_is_passed_over(club: Club) -> None:
    jid = club.rig.live_group("Chess", {"anna": Role.MEMBER})
    club.rig.ledger.bind(b.ACCOUNT, GroupKey("old"), jid, club.rig.clock.now(), created=True)
    (passed,) = club.take_over().passed_over
    assert (passed.code, club.files()) == ("bound", set())
    club.write("groups.yaml", "groups:\n  old:\n    subject: Chess\n")
    (passed,) = club.take_over().passed_over
    assert passed.code == "declared"


def test_a_namesake_of_a_group_that_is_yet_to_be_made_is_left_to_a_person(club: Club) -> None:
    club.write("groups.yaml", "groups:\n  chess:\n    subject: Chess\n")
    club.rig.live_group("Chess ", {"anna": Role.MEMBER})
    (passed,) = club.take_over().passed_over
    assert (passed.code, club.files()) == ("same-subject", {"groups.yaml"})


def test_people_whom_a_plan_would_act_upon_are_not_listed(club: Club) -> None:
    club.write(
        "people.yaml",
        "people:\n"
        "  anna: {phone: +44 7700 900001, denied: 2026-01-01}\n"
        "  ben: {phone: +44 7700 900002, until: 2026-01-01}\n"
        "  carla: {phone: +44 7700 900999, former_phones: [+44 7700 900003]}\n",
    )
    jid = club.rig.live_group("Chess", dict.fromkeys(("anna", "ben", "carla", "dora"), Role.MEMBER))
    (group,) = club.take_over().groups
    assert [notice.code for notice in group.notices] == ["denied", "expired", "former-number"]
    assert "# Not listed: 3 more, " in club.read(group.file)
    assert [entry.person.phone for entry in club.declared(jid).members] == [b.phone(4)]


def test_what_defaults_would_change_is_told(club: Club) -> None:
    club.write("groups.yaml", "defaults:\n  admins: [anna]\n")
    club.write("people.yaml", "people:\n  anna: +44 7700 900001\n")
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    (group,) = club.take_over().groups
    assert group.changes == 1
    assert len(list(club.plan().actions())) == 1


def test_a_cut_list_of_members_is_not_imported(club: Club) -> None:
    jid = club.rig.live_group("Chess", dict.fromkeys(("anna", "ben", "carla", "dora"), Role.MEMBER))
    club.rig.script(
        Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.LIST, keep=0, times=None),
        Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.GET, keep=0, times=None),
    )
    (passed,) = club.take_over().passed_over
    assert (passed.jid, passed.unreadable, club.files()) == (jid, True, set())


def test_an_empty_listing_where_there_were_groups_is_no_import(club: Club) -> None:
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    club.take_over()
    club.rig.clock.advance(timedelta(minutes=5))
    club.rig.script(Fault(kind=FaultKind.EMPTY_LIST, on=Call.LIST, times=None))
    with pytest.raises(GatewayError, match="cannot be read"):
        club.take_over()


def test_a_person_on_the_deny_list_is_what_the_next_plan_is_about(club: Club) -> None:
    club.write("people.yaml", "people:\n  mallory: {phone: +44 7700 900003, denied: 2026-01-01}\n")
    club.rig.live_group("Chess", {"anna": Role.MEMBER, "carla": Role.MEMBER})
    done = club.take_over()
    [group] = done.groups
    remarks = list(import_remarks(done, Redactor(Redaction.ALIAS, b"k")))
    assert group.changes > 0
    assert any(line.endswith("for it, because of people on the deny list") for line in remarks)
    assert not any("defaults" in line for line in remarks)


def test_what_a_gateway_does_not_show_is_named_in_the_file(tmp_path: Path) -> None:
    with rig("waxum", "waxum", "anna") as account:
        club = Club(account, tmp_path)
        account.live_group("Chess", {"anna": Role.MEMBER}, description="Room 12")
        club.take_over()
        assert "# Not shown, so not managed: description, settings.\n" in club.read("groups/chess.yaml")
        assert_nothing_is_left_to_do(club)


def test_hidden_people_are_named_by_looking_up_the_numbers_that_the_user_brings(tmp_path: Path) -> None:
    with rig("waxum", "waxum", "anna", "ben", "carla", "dora") as account:
        club = Club(account, tmp_path)
        club.write("people.yaml", "people:\n  dora: +44 7700 900004\n")
        jid = account.live_group("Chess", dict.fromkeys(("anna", "ben", "carla", "dora"), Role.MEMBER))
        account.world.people.enter(people("luis")["luis"]).no_account = True
        brought = [AliasEntry(b.phone(n), Alias(name), None) for n, name in ((12, "luis"), (1, "anna"), (2, "ben"))]
        done = club.take_over(named=tuple(brought))
        assert {entry.person.alias for entry in club.declared(jid).members} == {"anna", "ben", "dora"}
        assert (done.groups[0].transcript.hidden, done.unasked) == (1, 0)
        assert_nothing_is_left_to_do(club)


def test_numbers_are_looked_up_only_as_long_as_somebody_is_hidden(tmp_path: Path) -> None:
    with rig("waxum", "waxum", "anna", "ben") as account:
        club = Club(account, tmp_path)
        account.live_group("Chess", {"anna": Role.MEMBER})
        named = tuple(AliasEntry(b.phone(n), Alias(f"p{n}"), None) for n in (1, *range(20, 60)))
        club.take_over(named=named)
        assert sum(entry.call == Call.IDENTIFY for entry in account.front.log) <= 2 * AT_ONCE
        asked = len(account.front.log)
        club.take_over(named=named)
        assert not any(entry.call == Call.IDENTIFY for entry in list(account.front.log)[asked:])


def test_a_look_up_that_the_budget_does_not_reach_is_told(tmp_path: Path) -> None:
    with rig("waxum", "waxum", "anna", "ben") as account:
        club = Club(account, tmp_path)
        config = club.read("wagroups.yaml") + "    budgets: {check: {gap: 1s, hour: 1, day: 1}}\n"
        club.write("wagroups.yaml", config)
        account.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.MEMBER})
        named = tuple(AliasEntry(b.phone(n), Alias(f"p{n}"), None) for n in (1, 2, 3))
        done = club.take_over(named=named)
        assert (done.unasked, done.groups[0].transcript.hidden) == (2, 1)
        assert_nothing_is_left_to_do(club)


def test_another_account_behind_the_name_is_refused(club: Club) -> None:
    club.rig.live_group("Chess", {"anna": Role.MEMBER})
    club.rig.ledger.note_account(b.ACCOUNT, Me(b.phone(77), b.lid(77)), club.rig.clock.now())
    with pytest.raises(Refusal, match="a different WhatsApp account"):
        club.take_over()
    assert club.files() == set()


def test_people_whom_whatsapp_knows_by_an_old_spelling_are_listed_by_their_number_of_today(club: Club) -> None:
    known = {"anna": "+5215555123456", "ben": "+22507123456", "carla": "+22997000001", "dora": "+553188887777"}
    for name, phone in known.items():
        person = club.rig.world.people.called(name)
        assert person is not None
        club.rig.world.people.change_number(person, Phone.of(phone))
    jid = club.rig.live_group("Chess", dict.fromkeys(known, Role.MEMBER))
    (group,) = club.take_over().groups
    assert group.notices == ()
    assert {entry.person.phone for entry in club.declared(jid).members} == {
        Phone.of(phone) for phone in ("+525555123456", "+2250707123456", "+2290197000001", "+5531988887777")
    }
    assert_nothing_is_left_to_do(club)
