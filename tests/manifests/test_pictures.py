"""`picture:` in manifests: what is read, what is refused, and the bytes that are sent."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.images import png
from tests.manifests.projects import rules, write
from wagroups.domain.declared.picture import Picture
from wagroups.domain.errors import Rejected
from wagroups.domain.identity import GroupKey
from wagroups.imaging import MAX_FILE_BYTES, likeness_of
from wagroups.manifests.project import check_project, load_project
from wagroups.manifests.resolve.pictures import sent_bytes

MANIFEST = """
profiles:
  club: {picture: pictures/club.png}
groups:
  chess: {subject: Chess, profile: club}
  rowers: {subject: Rowers, profile: club}
  board: {subject: Board, profile: club, picture: none}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/club.png").write_bytes(png())
    return write(tmp_path, {"groups.yaml": MANIFEST})


def declared(root: Path, group: str = "chess") -> object:
    return load_project(root, {}).desired.groups[GroupKey(group)].picture


def test_a_picture_is_declared_by_its_path_and_how_it_looks(root: Path) -> None:
    picture = Picture(path="pictures/club.png", likeness=likeness_of(png()))
    assert declared(root) == declared(root, "rowers") == picture


def test_none_takes_the_picture_of_a_profile_away(root: Path) -> None:
    assert declared(root, "board") == "none"


def test_another_picture_in_the_same_file_is_another_project(root: Path) -> None:
    before = load_project(root, {}).desired
    (root / "pictures/club.png").write_bytes(png(1))
    after = load_project(root, {}).desired
    assert before.digest != after.digest
    assert declared(root) != before.groups[GroupKey("chess")].picture


def test_every_place_that_names_an_unusable_file_is_told(root: Path) -> None:
    (root / "pictures/club.png").write_bytes(b"not an image")
    other = "groups: {runners: {subject: Runners, picture: pictures/club.png}}\n"
    problems = check_project(write(root, {"groups/more.yaml": other}), {})[1]
    assert [(problem.rule, problem.file) for problem in problems] == [
        ("picture-unusable", "groups.yaml"),
        ("picture-unusable", "groups/more.yaml"),
    ]


def test_a_file_that_is_too_large_is_refused(root: Path) -> None:
    with (root / "pictures/club.png").open("r+b") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    [problem] = check_project(root, {})[1]
    assert problem.rule == "picture-unusable"
    assert "larger than 10 MB" in problem.message


def test_a_folder_is_no_picture(root: Path) -> None:
    (root / "pictures/club.png").unlink()
    (root / "pictures/club.png").mkdir()
    assert rules(list(check_project(root, {})[1])) == ["picture-missing"]


def test_what_is_sent_is_made_from_the_declared_file(root: Path) -> None:
    picture = declared(root)
    assert isinstance(picture, Picture)
    sent = sent_bytes(root, picture)
    assert Image.open(BytesIO(sent)).format == "JPEG"
    assert likeness_of(sent).looks_like(picture.likeness)


def test_a_project_without_pictures_never_loads_the_library_that_opens_them(root: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from wagroups.manifests.project import load_project
Path({str(root)!r}, "groups.yaml").write_text("groups: {{chess: {{subject: Chess, picture: none}}}}")
load_project(Path({str(root)!r}), {{}})
sys.exit("PIL" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("now", [png(1), None], ids=["another", "gone"])
def test_a_file_that_changed_after_it_was_planned_is_not_sent(root: Path, now: bytes | None) -> None:
    picture = declared(root)
    assert isinstance(picture, Picture)
    (root / "pictures/club.png").unlink()
    if now is not None:
        (root / "pictures/club.png").write_bytes(now)
    with pytest.raises(Rejected, match="changed after it was planned"):
        sent_bytes(root, picture)
