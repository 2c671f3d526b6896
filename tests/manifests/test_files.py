"""Which files belong to a project, and that no path leaves it."""

from pathlib import Path

import pytest

from tests.manifests.projects import CONFIG, PEOPLE, rules, write
from wagroups.domain.errors import ProjectError
from wagroups.domain.identity import GroupKey
from wagroups.manifests.project import check_project, find_root, load_project


def test_the_root_is_the_nearest_folder_upwards_that_holds_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, {"groups/deep/a.yaml": "groups: {}\n"})
    assert find_root(tmp_path / "groups" / "deep") == tmp_path.resolve()
    (tmp_path / "wagroups.yaml").unlink()
    assert find_root(tmp_path / "groups") is None


def test_a_folder_without_configuration_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as caught:
        load_project(tmp_path, {})
    assert "no-project" in rules(list(caught.value.problems))


def test_only_matching_files_are_read(tmp_path: Path) -> None:
    stray = {
        "notes.yaml": "- not\n- ours\n",
        "groups/.hidden.yaml": "- no\n",
        "groups/readme.md": "- no\n",
        ".git/groups.yaml": "x",
    }
    assert check_project(write(tmp_path, stray), {})[1] == ()


def test_include_replaces_the_default_patterns(tmp_path: Path) -> None:
    files = {"groups.yaml": "- ignored\n", "cfg/a.yaml": PEOPLE, "cfg/sub/b.yml": "groups: {rowers: {subject: A}}\n"}
    project = load_project(write(tmp_path, files, CONFIG + "include: ['cfg/**']\n"), {})
    assert list(project.desired.groups) == ["rowers"]
    assert len(project.desired.people) == 4


def test_one_file_is_enough(tmp_path: Path) -> None:
    project = load_project(
        write(tmp_path, {}, CONFIG + PEOPLE + "groups: {rowers: {subject: A, members: [anna]}}\n"), {}
    )
    assert project.desired.groups[GroupKey("rowers")].members[0].person.alias == "anna"


def test_a_manifest_that_is_a_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "secret.yaml"
    outside.write_text("people: {eve: +44 7700 900199}\n")
    root = write(tmp_path / "project", {})
    (root / "people.yaml").symlink_to(outside)
    project, problems = check_project(root, {})
    assert project is None
    assert [(problem.rule, problem.file) for problem in problems] == [("outside-project", "people.yaml")]


@pytest.mark.parametrize(
    "picture", ["link.png", "/etc/hostname", "../secret.png", "~/x.png", "C:\\x.png", "a/../../x.png"]
)
def test_a_picture_outside_the_project_is_refused(picture: str, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    root = write(tmp_path / "project", {"groups.yaml": f"groups: {{a: {{subject: A, picture: '{picture}'}}}}\n"})
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    assert rules(list(check_project(root, {})[1])) == ["outside-project"]


def test_a_link_that_runs_in_a_circle_is_an_error_and_no_crash(tmp_path: Path) -> None:
    root = write(tmp_path, {"groups.yaml": "groups: {a: {subject: A, picture: a.png}}\n"})
    (root / "a.png").symlink_to("a.png")
    assert rules(list(check_project(root, {})[1])) in (["picture-missing"], ["outside-project"])


def test_the_same_name_in_two_files_names_both_places_at_the_later_file(tmp_path: Path) -> None:
    root = write(tmp_path, {"people/b.yaml": "people: {anna: +44 7700 900102}\n", "people/a.yaml": PEOPLE})
    [problem] = check_project(root, {})[1]
    assert (problem.rule, problem.place) == ("duplicate-key", "people/b.yaml:1:10")
    assert "people/a.yaml:2:3" in problem.message


def test_a_broken_file_silences_nothing_in_the_others(tmp_path: Path) -> None:
    files = {
        "people.yaml": "people: {anna: @x}\n",
        "teams.yaml": "teams: board\n",
        "groups/a.yaml": "groups: {a: {subject: A, memebrs: []}}\n",
        "groups/b.yaml": "groups:\n  b: {subject: B, settings: {edit_info: x, send_messages: admin}}\n",
    }
    with pytest.raises(ProjectError) as caught:
        load_project(write(tmp_path, files), {})
    assert [f"{problem.place} {problem.rule}" for problem in caught.value.problems] == [
        "people.yaml:1:16 yaml-reserved",
        "groups/a.yaml:1:26 unknown-key",
        "groups/b.yaml:2:41 unknown-word",
        "groups/b.yaml:2:59 unknown-word",
        "teams.yaml:1:8 wrong-shape",
    ]


def test_names_that_may_stand_in_a_broken_file_are_counted_beside_it(tmp_path: Path) -> None:
    files = {"people.yaml": PEOPLE + "  eve: @x\n", "groups.yaml": "groups: {a: {subject: A, members: [anna, eve]}}\n"}
    [broken] = check_project(write(tmp_path, files), {})[1]
    assert broken.rule == "yaml-reserved"
    assert "cannot be checked until people.yaml is fixed" in broken.help


def test_a_manifest_that_no_pattern_reads_is_not_overlooked(tmp_path: Path) -> None:
    files = {
        "people.yaml": PEOPLE,
        "parents.yaml": "groups: {a: {subject: A}}\n",
        "compose.yaml": "services: {}\n",
        "world.yaml": "me: office\npeople: {}\ngroups: []\n",
        "empty.yaml": "",
    }
    [problem] = check_project(write(tmp_path, files), {})[1]
    assert (problem.rule, problem.file, problem.severity) == ("not-included", "parents.yaml", "warning")
    assert "include: [..., parents.yaml]" in problem.help


def test_the_digest_follows_every_byte_and_name_and_nothing_else(tmp_path: Path) -> None:
    def digest(where: str, files: dict[str, str]) -> str:
        return load_project(write(tmp_path / where, files), {}).desired.digest

    first = digest("one", {"people.yaml": PEOPLE})
    assert digest("two", {"people.yaml": PEOPLE, "notes.txt": "x"}) == first
    assert digest("three", {"people.yaml": PEOPLE + "# note\n"}) != first
    assert digest("four", {"people/a.yaml": PEOPLE}) != first
