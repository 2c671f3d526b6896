"""What somebody reads, is offered and is told while writing manifests in an editor, said by the real server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.editor.server import Editor, Mark, Place, editor
from wagroups.workflows.setup.first_files import Choices, first_files
from wagroups.workflows.setup.reference import schema_with_names


class Mistake(NamedTuple):
    """A manifest with something wrong in it, and what is underlined."""

    text: str
    marks: tuple[Mark, ...]


def _wrong(text: str, line: int, column: int, message: str) -> Mistake:
    return Mistake(text, (Mark(Place(line, column), message),))


_LIST: Final = "Write a list: one line for each entry, beginning with `- `, or [anna, ben].  [] means nobody."
_GROUP_KEYS: Final = "Keys allowed here: account, id, profile, subject, "
_SLUG: Final = "Write a name of lower-case letters, digits and hyphens, such as parents-5b"

MISTAKES: Final = {
    "misspelt-key": _wrong("groups:\n  rowers:\n    memebrs: [anna]\n", 3, 5, _GROUP_KEYS),
    "misspelt-section": _wrong("grups:\n  rowers:\n", 1, 1, "Keys allowed here: people, "),
    "misspelt-setting": _wrong(
        "groups:\n  rowers:\n    settings:\n      send_mesages: admins\n",
        4,
        7,
        "Keys allowed here: send_messages, edit_info, add_members, share_link, approve_joins, share_history, "
        "disappearing.",
    ),
    "key-of-the-configuration": _wrong("timezone: Europe/London\n", 1, 1, "Keys allowed here: people, "),
    "nearly-the-word": _wrong(
        "groups:\n  rowers:\n    settings: {send_messages: admin}\n", 3, 31, "Write everyone or admins."
    ),
    "neither-yes-nor-no": _wrong(
        "groups:\n  rowers:\n    settings: {approve_joins: maybe}\n", 3, 31, "Write yes or no."
    ),
    "no-such-time": _wrong(
        "groups:\n  rowers:\n    settings: {disappearing: 30d}\n", 3, 30, "Write off, 24h, 7d or 90d."
    ),
    "list-without-entries": _wrong("groups:\n  rowers:\n    members:\n    #  - anna\n", 3, 13, _LIST),
    "list-that-is-one-name": _wrong("groups:\n  rowers:\n    members: anna\n", 3, 14, _LIST),
    "text-without-value": _wrong("groups:\n  rowers:\n    description:\n", 3, 17, 'Write some text; "" means empty.'),
    "empty-subject": _wrong('groups:\n  rowers:\n    subject: ""\n', 3, 14, "Write some text; it cannot be empty."),
    "date-with-dots": _wrong(
        "people:\n  anna: {phone: +44 7700 900101, until: 31.12.2026}\n",
        2,
        41,
        "Write a date, year first, such as 2027-07-31",
    ),
    "number-with-letters": _wrong("people:\n  anna: ask her\n", 2, 9, "Write a phone number, such as +44 7700 900123"),
    "person-without-value": _wrong(
        "people:\n  anna:\n",
        2,
        8,
        "Write a phone number, such as +44 7700 900123.  Keys allowed here: name, phone, ",
    ),
    "alias-in-upper-case": _wrong("people:\n  Anna: +44 7700 900101\n", 2, 3, _SLUG),
    "key-of-a-group-with-blanks": _wrong("groups:\n  Our rowers:\n    subject: Rowers\n", 2, 3, _SLUG),
    "team-without-a-blank": _wrong(
        "groups:\n  rowers:\n    members:\n      - team:board\n",
        4,
        9,
        "Write an alias, `team: name` with a space after the colon, or a number.",
    ),
    "teams-in-an-entry": _wrong(
        "groups:\n  rowers:\n    members:\n      - teams: board\n",
        4,
        9,
        "Write an alias or a number.  Keys allowed here: person, team, roster, from, until, reason",
    ),
    "half-an-id": _wrong(
        "groups:\n  rowers:\n    id: 120363041234567890\n",
        3,
        9,
        "Write a group's id on WhatsApp, such as 120363041234567890@g.us",
    ),
    "alias-twice": _wrong(
        "people:\n  anna: +44 7700 900101\n  anna: +44 7700 900102\n", 3, 3, "Map keys must be unique"
    ),
    "tab": Mistake(
        "people:\n\tanna: +44 7700 900101\n",
        (
            Mark(Place(2, 1), "Tabs are not allowed as indentation"),
            Mark(Place(2, 2), "Keys allowed here: people, "),
        ),
    ),
}
"""The commonest mistakes, with the beginning of what is said.  Not an editor's: whatever needs another file."""

HALF_WRITTEN: Final = """\

groups:
  rowers:
    settings:
      approve_joins: 
    manage:
      members: 
    members:
      - 
people:
  anna:
    
"""  # noqa: W291, W293 - where somebody is about to write


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `init --vscode` writes, and the mistakes beside it."""
    root = tmp_path_factory.mktemp("project")
    files = first_files(Choices(vscode=True))
    files |= {f"groups/{name}.yaml": mistake.text for name, mistake in MISTAKES.items()}
    files |= {"teams.yaml": HALF_WRITTEN, "teams/parents.yaml": "teams:\n  parents: [anna, ben]\n"}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def writer(project: Path) -> Iterator[Editor]:
    """An editor that knows the schemas by `.vscode/settings.json`: the mistakes name no schema themselves."""
    settings = json.loads((project / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    with editor(project, settings) as made:
        yield made


@pytest.fixture(scope="module")
def marked(writer: Editor) -> dict[str, list[Mark]]:
    return writer.marks(*(f"groups/{name}.yaml" for name in MISTAKES))


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_underlined_where_it_is_and_the_words_say_what_to_write(
    name: str, marked: dict[str, list[Mark]]
) -> None:
    said = marked[f"groups/{name}.yaml"]
    assert [mark.at for mark in said] == [mark.at for mark in MISTAKES[name].marks]
    for mark, expected in zip(said, MISTAKES[name].marks, strict=True):
        assert mark.message.startswith(expected.message)


def test_the_names_of_the_project_are_offered_where_the_schema_has_them(project: Path, tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "manifest.schema.json").write_text(schema_with_names("manifest", project))
    text = "# yaml-language-server: $schema=schemas/manifest.schema.json\ngroups:\n  rowers:\n    members:\n      - \n"
    (tmp_path / "a.yaml").write_text(f"{text}      - team: \n", encoding="utf-8")
    with editor(tmp_path) as named:
        assert {"anna", "ben", "team"} <= named.offers("a.yaml", Place(5, 9)).keys()
        assert "parents" in named.offers("a.yaml", Place(6, 15))


def test_what_init_writes_has_no_mark(writer: Editor) -> None:
    names = ("wagroups.yaml", "people.yaml", "groups/first-group.yaml")
    assert writer.marks(*names) == {name: [] for name in names}


def test_a_file_names_its_schema_to_an_editor_without_settings(project: Path) -> None:
    first = (project / "people.yaml").read_text(encoding="utf-8").splitlines()[0]
    (project / "anything.yaml").write_text(f"{first}\npeple: {{}}\n", encoding="utf-8")
    with editor(project) as bare:
        [mark] = bare.marks("anything.yaml")["anything.yaml"]
    assert mark.at == Place(2, 1)


def test_sections_are_offered_with_something_to_fill_in(writer: Editor) -> None:
    offers = writer.offers("teams.yaml", Place(1, 1))
    assert {"profiles", "teams"} <= offers.keys()
    assert offers["teams"]["insertText"] == "teams:\n  ${1:name}:\n    - ${2:alias}"


def test_yes_and_no_are_offered_once_each(writer: Editor) -> None:
    assert [*writer.offers("teams.yaml", Place(5, 22))] == ["yes", "no"]


def test_a_word_is_offered_with_what_it_does(writer: Editor) -> None:
    offers = writer.offers("teams.yaml", Place(7, 16))
    assert [*offers] == ["exact", "add-only", "ignore"]
    assert "nobody is removed" in str(offers["add-only"]["documentation"])


def test_the_keys_of_an_entry_and_of_a_person_are_offered_with_examples(writer: Editor) -> None:
    entry = writer.offers("teams.yaml", Place(9, 9))
    assert {"person", "team", "until"} <= entry.keys()
    person = writer.offers("teams.yaml", Place(12, 5))
    assert person["phone"]["insertText"] == "phone: ${1:+44 7700 900123}"


@pytest.mark.parametrize(
    ("pointer", "said"),
    [
        ("groups:", "The groups."),
        ("members:", "Without this key nobody is ever removed."),
        ("ben]", "`team: name`"),
        ("edit_info", "Who may change subject"),
    ],
)
def test_what_is_written_explains_itself_under_the_pointer(
    pointer: str, said: str, writer: Editor, project: Path
) -> None:
    before, found, _ = (project / "groups/first-group.yaml").read_text(encoding="utf-8").partition(pointer)
    assert found
    at = Place(before.count("\n") + 1, len(before) - before.rfind("\n") + 1)
    assert said in writer.hover("groups/first-group.yaml", at)
