"""`--changed-since` selects every group that a changed file has a say in."""

import subprocess
from pathlib import Path

import pytest

from tests.images import png
from tests.manifests.projects import write
from wagroups.domain.errors import GitError
from wagroups.manifests.project import load_project
from wagroups.workflows.project.changed_groups import groups_changed_since

PEOPLE = "alias,phone\nanna,+44 7700 900101\nben,+44 7700 900102\ncarla,+44 7700 900103\n"
FILES = {
    "people.yaml": "people_from: {csv: people.csv}\n",
    "people.csv": PEOPLE,
    "classes.csv": "class,room\n5A,1\n5B,2\n",
    "parents.csv": "class,alias\n5A,anna\n5B,ben\n",
    "teams.yaml": "teams: {board: [carla]}\n",
    "groups/defaults.yaml": "x-empty: yes\n",
    "groups/profiles.yaml": "profiles: {class: {settings: {edit_info: admins}}}\n",
    "groups/generated.yaml": """\
generate:
  parents:
    for_each: {csv: classes.csv}
    key: parents-${class|slug}
    expect: 2
    group:
      subject: Parents ${class}
      members:
        - roster: {csv: parents.csv, where: {class: "${class}"}}
""",
    "groups/plain.yaml": """\
groups:
  board: {subject: Board, members: [team: board], picture: board.png}
  news: {subject: News, profile: class, members: [ben]}
""",
}
GENERATED = ("parents-5a", "parents-5b")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, FILES)
    (tmp_path / "board.png").write_bytes(png())
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *names, *command], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def changed(root: Path) -> tuple[str, ...]:
    return groups_changed_since(root, load_project(root, {}).desired, "HEAD")


def test_nothing_changed_touches_no_group(root: Path) -> None:
    assert changed(root) == ()


@pytest.mark.parametrize(
    ("file", "text", "groups"),
    [
        ("classes.csv", "class,room\n5A,1\n5B,3\n", GENERATED),
        ("parents.csv", "class,alias\n5A,anna\n5B,carla\n", GENERATED),
        ("parents.csv", "class,alias\n", GENERATED),  # nobody is left whose place could tell
        ("people.csv", PEOPLE.replace("900101", "900109"), ("board", "news", *GENERATED)),
        ("teams.yaml", "teams: {board: []}\n", ("board",)),
        ("groups/profiles.yaml", "profiles: {class: {}}\n", ("news",)),
        ("groups/defaults.yaml", "defaults: {}\n", ("board", "news", *GENERATED)),
        (
            "wagroups.yaml",
            "accounts: {office: {gateway: waha, url_env: WAGROUPS_OTHER}}\n",
            ("board", "news", *GENERATED),
        ),
        ("notes.txt", "hello", ()),
    ],
)
def test_a_file_touches_the_groups_that_it_has_a_say_in(
    root: Path, file: str, text: str, groups: tuple[str, ...]
) -> None:
    (root / file).write_text(text)
    assert changed(root) == groups


def test_another_picture_touches_its_group(root: Path) -> None:
    (root / "board.png").write_bytes(png(1))
    assert changed(root) == ("board",)


def test_what_is_no_revision_is_said(root: Path) -> None:
    desired = load_project(root, {}).desired
    with pytest.raises(GitError, match="does not have the revision"):
        groups_changed_since(root, desired, "nowhere")
    with pytest.raises(GitError, match="not a revision"):
        groups_changed_since(root, desired, "--output=x")


def test_what_another_branch_got_since_touches_no_group(root: Path) -> None:
    def git(*arguments: str) -> None:
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *names, *arguments], cwd=root, check=True, capture_output=True)

    git("branch", "topic")
    (root / "classes.csv").write_text("class,room\n5A,9\n5B,2\n")
    git("commit", "-aqm", "second")
    git("tag", "ahead")
    git("checkout", "-q", "topic")
    desired = load_project(root, {}).desired
    assert groups_changed_since(root, desired, "ahead") == ()


def test_a_checkout_of_somebody_else_is_named_with_the_way_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(GitError, match="fatal: detected dubious ownership") as failed:
        changed(root)
    assert "safe.directory" in failed.value.hint
