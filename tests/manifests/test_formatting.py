"""`fmt` of one file: the order of keys, the spelling of numbers, and everything that stays as it is."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.manifests.meaning import meaning
from tests.manifests.projects import CONFIG, write
from tests.manifests.test_any_text import SHAPES, flow
from wagroups.manifests.edit.formatter import Formatter
from wagroups.manifests.edit.yaml_writer import CONFIG_SCHEMA, MANIFEST_SCHEMA
from wagroups.manifests.language.fields import (
    ENTRY_FIELDS,
    GROUP_FIELDS,
    LAYER_FIELDS,
    PERSON_FIELDS,
    SECTIONS,
    SETTING_FIELDS,
)
from wagroups.manifests.project import load_project

HERE = Path(__file__).parent
SCHEMAS = frozenset({CONFIG_SCHEMA, MANIFEST_SCHEMA})


def formatted(text: str, file: str = "groups.yaml", region: str | None = None) -> str | None:
    result = Formatter(region, frozenset()).formatted(text.encode(), file)
    return None if result is None else result.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("groups: {}\npeople: {}\n", "people: {}\ngroups: {}\n"),
        (
            "groups:\n  a:\n    members: []\n    subject: A\n",
            "groups:\n  a:\n    subject: A\n    members: []\n",
        ),
        # What belongs to a key moves with it.
        (
            "groups:\n  a: # one\n    # who\n    members: # all\n      - anna # 1\n      # soon\n    subject: A\n",
            "groups:\n  a: # one\n    subject: A\n    # who\n    members: # all\n      - anna # 1\n      # soon\n",
        ),
        # Blank lines part places.
        ("groups: {}\n\n\npeople: {}\nteams: {}\n", "people: {}\n\n\nteams: {}\ngroups: {}\n"),
        # What a file begins with is about the file.
        ("# about\ngroups: {}\n# who\npeople: {}\n# end\n", "# about\n# who\npeople: {}\ngroups: {}\n# end\n"),
        ("# about\n\n# the groups\ngroups: {}\npeople: {}\n", "# about\n\npeople: {}\n# the groups\ngroups: {}\n"),
        # A note stays in front of its key.
        ("x-a: 1\ngroups: {}\nx-b: 2\npeople: {}\n", "x-b: 2\npeople: {}\nx-a: 1\ngroups: {}\n"),
        # Names keep their order.
        ("people:\n  zoe: +44 7700 900101\n  anna: +44 7700 900102\n", None),
        # Flow style is left as it is.
        ("groups: {a: {members: [], subject: A}}\n", None),
        (
            "groups:\n  a:\n    description: |\n      # no comment\n      b\n\n    subject: A\n",
            "groups:\n  a:\n    subject: A\n\n    description: |\n      # no comment\n      b\n",
        ),
        (
            "teams:\n  a:\n  - until: 2027-01-01\n    person: anna\n  - ben\n",
            "teams:\n  a:\n  - person: anna\n    until: 2027-01-01\n  - ben\n",
        ),
        ("teams:\n  a: &a [anna]\n  b: *a\npeople:\n", "people:\nteams:\n  a: &a [anna]\n  b: *a\n"),
        (
            "generate:\n  a:\n    group:\n      members: []\n      subject: A ${x}\n    expect: 1\n    key: a-${x}\n",
            "generate:\n  a:\n    key: a-${x}\n    expect: 1\n    group:\n      subject: A ${x}\n      members: []\n",
        ),
        (
            "people_from:\n  - phone: p\n    csv: a.csv # x\n  - csv: b.csv\n",
            "people_from:\n  - csv: a.csv # x\n    phone: p\n  - csv: b.csv\n",
        ),
        # An anchor must stay in front of what repeats it.
        ("x-a: &a [anna]\nteams:\n  b: *a\n", None),
        ("groups:\n  g: {members: &a [anna], subject: A}\nteams:\n  b: *a\n", None),
        ("groups: {}\r\npeople: {}\r\n", "people: {}\r\ngroups: {}\r\n"),
        ("groups: {}", "groups: {}\n"),
        ("", None),
        ("# nothing\n", None),
        ("- 1\n", None),
    ],
)
def test_keys_come_into_the_documented_order(before: str, after: str | None) -> None:
    assert formatted(before) == (before if after is None else after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("people:\n  anna: '+447700900101'  # chair\n", "people:\n  anna: +44 7700 900101  # chair\n"),
        ("people: {a: 07700 900101, b: +1 (212) 5550102}\n", "people: {a: +44 7700 900101, b: +1 212-555-0102}\n"),
        (
            "people:\n  ben:\n    phone: 2125550102\n    region: US\n    former_phones: [2125550103]\n",
            "people:\n  ben:\n    phone: +1 212-555-0102\n    region: US\n    former_phones: [+1 212-555-0103]\n",
        ),
        (
            "teams:\n  a: [+447700900101, person: +447700900102, {team: b, except: [+447700900103]}]\n",
            "teams:\n  a: [+44 7700 900101, person: +44 7700 900102, {team: b, except: [+44 7700 900103]}]\n",
        ),
        ("people:\n  ana: +52 1 55 5512 3456\n", "people:\n  ana: +52 55 5512 3456\n"),
        ("people: {a: +225 07 12 34 56}\n", "people: {a: +225 07 07 12 3456}\n"),
        ("people: {b: +229 97000001}\n", "people: {b: +229 01 97 00 00 01}\n"),
        ("people:\n  anna: enc:age:YWJj\n  ben: nonsense\n  carla: [1]\n", None),
        ("groups:\n  a: {subject: '+447700900101', x-note: '+447700900102'}\n", None),
        # Without a plus it may be an alias.
        ("teams:\n  a: [anna, 5b, 07700900101]\n", None),
    ],
)  # fmt: skip
def test_numbers_get_one_spelling_where_the_language_has_numbers(before: str, after: str | None) -> None:
    assert formatted(before, region="GB") == (before if after is None else after)


def test_a_file_gets_the_line_that_editors_need_where_there_is_a_schema() -> None:
    with_schema = Formatter(None, SCHEMAS).formatted
    assert with_schema(b"groups: {}\n", "groups/a.yaml") == (
        b"# yaml-language-server: $schema=../schemas/manifest.schema.json\ngroups: {}\n"
    )
    config = with_schema(b"\xef\xbb\xbfversion: 1\n", "wagroups.yaml")
    assert config == b"\xef\xbb\xbf# yaml-language-server: $schema=schemas/config.schema.json\nversion: 1\n"
    other = b"# yaml-language-server: $schema=https://example.org/mine.json\ngroups: {}\n"
    assert with_schema(other, "groups.yaml") == other
    assert formatted("groups: {}\n") == "groups: {}\n"


def test_the_configuration_keeps_the_order_inside_its_parts() -> None:
    text = "safety:\n  profile: careful\n  min_admins: 1\nversion: 1\n"
    assert formatted(text, "wagroups.yaml") == "version: 1\nsafety:\n  profile: careful\n  min_admins: 1\n"


@pytest.mark.parametrize("text", ["groups: [\n", "a: 1\na: 2\n", "\udcff", "a: !tag 1\n"])
def test_what_is_no_manifest_has_no_form(text: str) -> None:
    data = text.encode(errors="surrogateescape")
    assert Formatter(None, SCHEMAS).formatted(data, "groups.yaml") is None


# Properties

COMMENTS = st.sampled_from(["", "", "", "# a remark\n", "\n", "\n# two\n# lines\n", "# far right\n\n"])
NUMBERS = ("+44 7700 900101", "+447700900102", "'+44 (0)7700-900103'", "07700 900104", "+1-212-555-0105")
VALUES = {
    "account": "office",
    "id": "120363041234567890@g.us",
    "subject": "Rowers  # on the water",
    "previous_keys": "[oars, boats]",
    "description": '"two: parts"',
    "picture": "none",
    "admins": "[anna]",
    "join": "link",
    "invite": "message",
    "reject_unknown": "no",
    "manage": "{left: re-add, admins: ignore, members: add-only}",
    "state": "watched",
    "except": "[dora, {person: carla, from: 2026-02-01, until: 2026-03-01}]",
}


def indented(text: str, by: str) -> str:
    return "".join(by + line if line.strip() else line for line in text.splitlines(keepends=True))


@st.composite
def records(draw: st.DrawFn, texts: dict[str, str]) -> str:
    """Some of the keys in any order, with comments and blank lines between."""
    keys = draw(st.permutations(sorted(texts)))
    kept = draw(st.integers(1, len(keys)))
    return "".join(draw(COMMENTS) + texts[key] for key in keys[:kept])


ENDS = st.sampled_from(("until: 2027-01-01\n", "until: 2027-01-01 18:00\n"))
MORE_LINES = st.sampled_from(("", "  - person: carla\n    until: 2028-06-30\n    from: 2028-01-01\n"))
"""Another entry of somebody who is in the list already: each counts, so each is kept."""


@st.composite
def manifests(draw: st.DrawFn) -> str:
    chosen = draw(records({name: f"{name}: yes\n" if name == "approve_joins" else f"{name}: admins\n"
                           for name in SETTING_FIELDS if name != "disappearing"}))  # fmt: skip
    entry = draw(records({"from": "from: 2026-01-01\n", "until": draw(ENDS), "reason": "reason: guest\n"}))
    members = "members:\n  - person: carla\n" + indented(entry, "    ") + "  # behind\n  - ben\n" + draw(MORE_LINES)
    texts = {key: f"{key}: {value}\n" for key, value in VALUES.items()}
    group = draw(records({**texts, "members": members, "settings": "settings:\n" + indented(chosen, "  ")}))
    if "id:" not in group:
        group = "id: 120363041234567890@g.us\n" + group
    anna = draw(records({"name": "name: Anna\n", "until": "until: 2099-01-01\n", "x-a": "x-a: 1\n"}))
    others = "".join(f"{name}: {NUMBERS[n]}\n" for n, name in enumerate(("ben", "carla", "dora"), 1))
    people = "anna:\n" + indented(f"phone: {NUMBERS[0]}\n{anna}", "  ") + others
    sections = {
        "people": "people:\n" + indented(people, "  "),
        "teams": "teams:\n  crew: [ben]\n",
        "profiles": "profiles:\n  p:\n    subject: P\n",
        "groups": "groups:\n  rowers:\n" + indented(group, "    ") + "  other: {id: 120363041234567891@g.us}\n",
    }
    order = draw(st.permutations(sorted(sections)))
    return "".join(draw(COMMENTS) + sections[name] for name in order)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(text=manifests())
def test_formatting_changes_nothing_of_what_is_meant_and_is_done_once(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("fmt")
    write(root, {"groups.yaml": text}, "region: GB\ntimezone: Europe/London\n" + CONFIG)
    before = load_project(root, {}).desired
    once = formatted(text, region="GB")
    assert once is not None
    assert sorted(line.strip() for line in once.splitlines() if line.strip().startswith("#")) == sorted(
        line.strip() for line in text.splitlines() if line.strip().startswith("#")
    )
    assert formatted(once, region="GB") == once
    write(root, {"groups.yaml": once}, "region: GB\ntimezone: Europe/London\n" + CONFIG)
    assert meaning(load_project(root, {}).desired) == meaning(before)


TEXTS = st.text(alphabet=st.sampled_from("ab:#-|> \n\t'\"{}[]&*!%@`~?,\u2028é\x85+4"), max_size=60)


@given(text=TEXTS | TEXTS.map("groups:\n  a:\n    members: []\n    subject: ".__add__) | SHAPES.map(flow))
@example("groups:\n  a:\n    members: |+\n\n\n    subject: A")
@example('groups:\n  a:\n    members: "b\n# c"\n    subject: A')
def test_any_text_comes_out_formatted_or_not_at_all(text: str) -> None:
    once = formatted(text)
    if once is not None:
        assert formatted(once) == once


@pytest.mark.parametrize("path", sorted((HERE / "bad").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_mistake_is_neither_mended_nor_made_by_formatting(path: Path) -> None:
    data = path.read_bytes()
    once = Formatter(None, frozenset()).formatted(data, "groups.yaml")
    if once is not None:
        assert sorted(once.split()) == sorted(data.split()) or b"+" in data
        assert Formatter(None, frozenset()).formatted(once, "groups.yaml") == once


def test_the_tables_of_the_language_are_in_the_documented_order() -> None:
    assert [*SECTIONS] == [
        "people", "people_from", "teams", "defaults", "profiles", "groups", "communities", "generate", "known",
    ]  # fmt: skip
    assert [*GROUP_FIELDS][:6] == ["account", "id", "profile", "subject", "previous_keys", "description"]
    assert [*PERSON_FIELDS][:4] == ["name", "phone", "phones", "region"]
    assert [*ENTRY_FIELDS][:1] == ["person"]
    assert {*LAYER_FIELDS} < {*GROUP_FIELDS}
