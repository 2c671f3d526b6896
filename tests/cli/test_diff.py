"""`wagroups diff --base`: what the files declare otherwise than in another revision of a real repository."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.manifests.projects import CONFIG, write
from wagroups.domain.exit import Exit

PEOPLE = """\
people:
  anna: +44 7700 900101
  ben: {phone: +44 7700 900102, until: 2099-07-31}
  carla: +44 7700 900103
"""
FILES = {
    "people.yaml": PEOPLE,
    "teams.yaml": "teams:\n  crew: [ben, carla]\n",
    "groups.yaml": (
        "groups:\n"
        "  rowers:\n    subject: Rowers\n    admins: [anna]\n    members: [team: crew]\n"
        "  swimmers: {subject: Swimmers, members: [team: crew]}\n"
    ),
}


def git(root: Path, *arguments: str) -> None:
    named = ["-c", "user.name=Anna", "-c", "user.email=anna@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *named, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", "A change")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one revision."""
    git(tmp_path, "init", "-q")
    write(tmp_path, FILES)
    commit(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str], root: Path) -> Command:
    return Command(capsys)


def replaced(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new))


def shown(ended_out: str) -> list[str]:
    return [" ".join(line.split()) for line in ended_out.splitlines() if line]


def test_what_is_declared_alike_is_no_difference_however_it_is_written(wagroups: Command, root: Path) -> None:
    replaced(root, "teams.yaml", "crew: [ben, carla]", "# the crew\n  crew:\n    members:\n      - ben\n      - carla")
    ended = wagroups("diff", "--base", "HEAD", "--detailed-exitcode")
    assert ended == (Exit.OK, "Nothing is declared differently from HEAD.\n", "")


def test_a_line_of_a_team_shows_in_every_group_that_it_reaches(wagroups: Command, root: Path) -> None:
    replaced(root, "teams.yaml", "[ben, carla]", "[ben]")
    ended = wagroups("diff", "--base", "HEAD")
    assert ended.exit is Exit.OK
    assert shown(ended.out) == [
        "rowers “Rowers” 3 → 2 members groups.yaml:2",
        "- remove carla teams.yaml:2",
        "swimmers “Swimmers” 2 → 1 member groups.yaml:6",
        "- remove carla teams.yaml:2",
        "team crew teams.yaml:2",
        "- unlist carla teams.yaml:2",
        "Declared differently from HEAD: 2 groups, 1 team; 2 to remove.",
    ]
    assert wagroups("diff", "--base", "HEAD", "--detailed-exitcode").exit is Exit.CHANGES


def test_groups_values_rights_and_dates(wagroups: Command, root: Path) -> None:
    write(
        root,
        {
            "groups.yaml": (
                "groups:\n"
                "  oars:\n    subject: Oars\n    previous_keys: [rowers]\n    settings: {send_messages: admins}\n"
                "    admins: [ben]\n    members: [anna, {person: carla, until: 2099-01-31}]\n"
                "  divers: {subject: Divers}\n"
            )
        },
    )
    out = shown(wagroups("diff", "--base", "HEAD").out)
    assert out[0].startswith("divers “Divers” new, 0 members")
    assert "~ rename rowers → oars groups.yaml:2" in out
    assert "~ set subject: Rowers → Oars groups.yaml:3" in out
    assert "~ set settings.send_messages: not set → admins groups.yaml:5" in out
    assert "v demote anna to member groups.yaml:7" in out
    assert "^ promote ben to admin groups.yaml:6" in out
    assert "~ change carla: no longer from 2099-02-01 groups.yaml:7" in out
    assert "x withdraw the group, which is no longer in any manifest groups.yaml:6" in out


def test_time_that_is_gained_and_lost_is_said_as_such(wagroups: Command, root: Path) -> None:
    terms = """admins: [anna]
    members:
      - {person: carla, until: 2027-01-31}
      - {team: crew, until: 2026-12-31}
      - {person: ben, from: 2027-02-01, until: 2027-06-30}
"""
    replaced(root, "groups.yaml", "admins: [anna]\n    members: [team: crew]\n", terms)
    commit(root)
    replaced(root, "groups.yaml", "carla, until: 2027-01-31", "carla, until: 2026-12-15")
    another = "      - {person: ben, from: 2028-01-01, until: 2028-06-30}\n"
    replaced(root, "groups.yaml", "      - {person: ben", f"{another}      - {{person: ben")
    replaced(root, "groups.yaml", "[anna]", "[anna, {person: carla, from: 2026-12-01, until: 2026-12-15}]")
    assert shown(wagroups("diff", "--base", "HEAD").out)[1:-1] == [
        "~ change ben: also from 2028-01-01 to 2028-06-30 teams.yaml:2",
        "^ promote carla to admin groups.yaml:4",
        "~ change carla: no longer from 2027-01-01 to 2027-01-31 groups.yaml:4",
    ]
    then = shown(wagroups("diff", "--base", "HEAD", "--on", "2028-02-01").out)
    assert then[1:-1] == ["+ add ben groups.yaml:8"]
    document = wagroups("diff", "--base", "HEAD", "-o", "json").document
    [dates] = [a for a in document["altered"][0]["alterations"] if a["kind"] == "dates" and a["person"] == "ben"]
    assert dates["before"] == "until 2026-12-31 and from 2027-02-01 until 2027-06-30"


def test_somebody_new_is_shown_with_their_time(wagroups: Command, root: Path) -> None:
    replaced(root, "groups.yaml", "swimmers: {subject: Swimmers, members: [team: crew]}",
             "swimmers: {subject: Swimmers, members: [team: crew, {person: anna, until: 2099-01-31}]}")  # fmt: skip
    assert "+ add anna, until 2099-01-31 groups.yaml:6" in shown(wagroups("diff", "--base", "HEAD").out)


def test_people_and_the_configuration(wagroups: Command, root: Path) -> None:
    replaced(
        root,
        "people.yaml",
        "carla: +44 7700 900103",
        "carla: {phone: +44 7700 900133, former_phones: [+44 7700 900103]}",
    )
    replaced(root, "people.yaml", "2099-07-31", "2099-12-31")
    replaced(root, "people.yaml", "people:\n", "people:\n  dora: +44 7700 900104\n")
    replaced(root, "wagroups.yaml", "accounts:", "safety: {max_removals: 3}\naccounts:")
    ended = wagroups("diff", "--base", "HEAD")
    out = shown(ended.out)
    assert "~ change the number; the former one is kept people.yaml:5" in out
    assert "~ set until: 2099-07-31 → 2099-12-31 people.yaml:4" in out
    assert "* declare the person people.yaml:2" in out
    assert "~ set safety.max_removals: not set → 3 wagroups.yaml:1" in out
    assert "9001" not in ended.out


def test_communities_and_known_points_are_told(wagroups: Command, root: Path) -> None:
    teams = FILES["teams.yaml"]
    (root / "teams.yaml").write_text(teams + "communities: {sports: {subject: Sports, admins: [anna]}}\n")
    commit(root)
    (root / "teams.yaml").write_text(
        teams + "communities: {sports: {subject: All sports, admins: [carla]}}\n"
        "known: [{group: rowers, point: not-admin, reason: they will, until: 2099-01-31}]\n"
    )
    ended = wagroups("diff", "--base", "HEAD")
    assert "community sports" in ended.out
    assert "subject: Sports → All sports" in ended.out
    assert "anna" in ended.out
    assert "to member" in ended.out
    assert "carla" in ended.out
    assert "to admin" in ended.out
    assert "known points" in ended.out
    assert "not-admin in rowers until 2099-01-31: they will" in ended.out
    assert "1 community, 1 list of known points" in ended.out


def test_a_consent_and_a_former_number_are_told_and_the_number_is_not(wagroups: Command, root: Path) -> None:
    replaced(
        root,
        "people.yaml",
        "carla: +44 7700 900103",
        "carla: {phone: +44 7700 900103, former_phones: [+44 7700 900104], consent: {basis: a form}}",
    )
    ended = wagroups("diff", "--base", "HEAD")
    assert "former_phones: not set → 1 number" in ended.out
    assert "consent.basis: not set → a form" in ended.out
    assert "900104" not in ended.out


def test_tables_and_pictures_are_those_of_their_revision(wagroups: Command, root: Path) -> None:
    roster = "alias,phone\nemil,+44 7700 900105\n"
    source = "people_from: {csv: rosters/more.csv}\nteams:\n  more: [roster: {csv: rosters/more.csv}]\n"
    write(root, {"rosters/more.csv": roster, "people/more.yaml": source})
    replaced(root, "groups.yaml", "members: [team: crew]\n", "members: [team: crew, team: more]\n")
    commit(root)
    write(root, {"rosters/more.csv": roster + "fay,+44 7700 900106\n"})
    assert "+ add fay rosters/more.csv:3" in shown(wagroups("diff", "--base", "HEAD").out)


def test_the_document_says_the_same(wagroups: Command, root: Path) -> None:
    replaced(root, "groups.yaml", "subject: Rowers", "subject: Oars")
    document = wagroups("diff", "--base", "HEAD", "-o", "json", "--detailed-exitcode").document
    (group,) = document["altered"]
    (change,) = group["alterations"]
    assert (group["about"], group["name"], group["source"]) == ("group", "rowers", {"file": "groups.yaml", "line": 2})
    assert (change["kind"], change["name"], change["before"], change["after"]) == ("value", "subject", "Rowers", "Oars")


@pytest.mark.parametrize("form", ["markdown", "html", "csv", "github"])
def test_every_format_names_who_is_taken_out(form: str, wagroups: Command, root: Path) -> None:
    replaced(root, "teams.yaml", "[ben, carla]", "[ben]")
    ended = wagroups("diff", "--base", "HEAD", "-o", form)
    assert ended.exit is Exit.OK
    assert "carla" in ended.out
    assert "rowers" in ended.out
    assert "Rowers" not in wagroups("diff", "--base", "HEAD", "-o", form, "--redact", "strict").out


def test_a_base_without_a_project_declares_nothing(wagroups: Command, root: Path) -> None:
    git(root, "rm", "-q", "-r", "--cached", ".")
    git(root, "commit", "-qm", "Empty")
    assert "3 to add" not in wagroups("diff", "--base", "HEAD~1").out
    assert "Declared differently from HEAD: 2 groups, 1 team, 3 people" in wagroups("diff", "--base", "HEAD").out


def test_a_shallow_clone_needs_that_one_commit_and_says_how_to_get_it(
    wagroups: Command, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write(root, {"teams.yaml": "teams:\n  crew: [ben]\n"})
    commit(root)
    git(root, "branch", "base", "HEAD~1")
    clone = tmp_path_factory.mktemp("ci") / "clone"
    branch = subprocess.run(["git", "branch", "--show-current"], cwd=root, check=True, capture_output=True, text=True)
    git(root, "clone", "-q", "--depth=1", "--branch", branch.stdout.strip(), root.as_uri(), str(clone))
    ended = wagroups("diff", "--base", "origin/base", "--project", str(clone))
    assert ended.exit is Exit.ERROR
    assert "does not have the revision 'origin/base'" in ended.err
    assert "git fetch --depth=1 origin base" in ended.err
    git(clone, "fetch", "-q", "--depth=1", "origin", "base:refs/remotes/origin/base")
    assert "- remove carla" in " ".join(wagroups("diff", "--base", "origin/base", "--project", str(clone)).out.split())


@pytest.mark.parametrize("ref", ["--output=x", "", "no such thing"])
def test_a_revision_is_never_taken_for_an_option(ref: str, wagroups: Command, root: Path) -> None:
    assert wagroups("diff", f"--base={ref}").exit is Exit.ERROR
    assert not (root / "x").exists()


def test_an_invalid_base_is_said_to_be_the_base(wagroups: Command, root: Path) -> None:
    replaced(root, "groups.yaml", "subject: Rowers", "subjekt: Rowers")
    commit(root)
    write(root, FILES)
    ended = wagroups("diff", "--base", "HEAD")
    assert "what HEAD declares is invalid" in ended.err
    assert "groups.yaml:2:3" in ended.err


def test_a_folder_outside_git_is_an_error_in_words(wagroups: Command, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("plain")
    write(other, FILES, CONFIG)
    ended = wagroups("diff", "--base", "HEAD", "--project", str(other))
    assert ended.exit is Exit.ERROR
    assert "Traceback" not in ended.err


def test_what_the_base_got_since_the_branch_began_is_no_removal(wagroups: Command, root: Path) -> None:
    git(root, "branch", "-M", "main")
    git(root, "checkout", "-qb", "topic")
    replaced(root, "groups.yaml", "Swimmers", "Divers")
    commit(root)
    git(root, "checkout", "-q", "main")
    replaced(root, "teams.yaml", "[ben, carla]", "[ben, carla, anna]")
    commit(root)
    git(root, "checkout", "-q", "topic")
    ended = wagroups("diff", "--base", "main")
    assert "anna" not in ended.out
    assert "Divers" in ended.out
    assert "main has 1 commit that is not here; compared with their common ancestor (" in ended.out.splitlines()[-1]
    replaced(root, "groups.yaml", "Divers", "Swimmers")
    ended = wagroups("diff", "--base", "main", "--detailed-exitcode")
    assert ended.exit is Exit.OK
    assert ended.out.startswith("Nothing is declared differently from main. main has 1 commit")


def test_where_the_history_does_not_tell_the_beginning_it_is_said(wagroups: Command, root: Path) -> None:
    git(root, "checkout", "-q", "--orphan", "other")
    replaced(root, "teams.yaml", "[ben, carla]", "[ben]")
    commit(root)
    ended = wagroups("diff", "--base", "master" if "master" in branches(root) else "main")
    assert ended.exit is Exit.OK
    assert "does not contain the commit where it branched off" in ended.out
    assert "fetch-depth: 0" in ended.out


def branches(root: Path) -> str:
    return subprocess.run(["git", "branch"], cwd=root, check=True, capture_output=True, text=True).stdout


def test_a_checkout_of_somebody_else_is_named_with_the_way_out(
    wagroups: Command, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    ended = wagroups("diff", "--base", "HEAD")
    assert ended.exit is Exit.ERROR
    assert "fatal: detected dubious ownership in repository" in ended.err
    assert f"git config --global --add safe.directory {root.resolve()}" in ended.err
    assert "does not have the revision" not in ended.err


def test_a_copy_of_the_files_is_no_checkout(wagroups: Command, root: Path) -> None:
    shutil.rmtree(root / ".git")
    ended = wagroups("diff", "--base", "HEAD")
    assert "fatal: not a git repository" in ended.err
    assert "not in a copy of the files" in ended.err
