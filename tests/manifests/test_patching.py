"""Small changes of a text: what is concerned changes, and every other byte stays."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wagroups.domain.errors import ManualEditNeeded
from wagroups.manifests.edit.member_lists import name_lists
from wagroups.manifests.edit.yaml_nodes import Edit, compose, edited, value_of
from wagroups.manifests.edit.yaml_patch import Patcher


def without(text: str, *gone: int) -> str:
    """The text without items of its first list."""
    found = next(name_lists(compose(text)))
    return edited(text, Patcher(text, "f.yaml").without(found.key, found.node, set(gone)))


def with_item(text: str, **entry: str) -> str:
    found = next(name_lists(compose(text)))
    return edited(text, Patcher(text, "f.yaml").with_item(found.node, entry))


def with_key(text: str, key: str, value: str) -> str:
    node = value_of(value_of(compose(text), "people"), "anna")
    assert node is not None
    return edited(text, Patcher(text, "f.yaml").with_key(node, key, value))


@pytest.mark.parametrize(
    ("before", "gone", "after"),
    [
        ("teams:\n  t: [a, b, c]  # x\n", (0,), "teams:\n  t: [b, c]  # x\n"),
        ("teams:\n  t: [a, b, c]  # x\n", (1,), "teams:\n  t: [a, c]  # x\n"),
        ("teams:\n  t: [a, b, c]  # x\n", (1, 2), "teams:\n  t: [a]  # x\n"),
        ("teams:\n  t: [a, b, c]  # x\n", (0, 2), "teams:\n  t: [b]  # x\n"),
        ("teams:\n  t: [a, b, c]  # x\n", (0, 1, 2), "teams:\n  t: []  # x\n"),
        ("teams:\n  t: [a,  # chair\n      b]\n", (0,), "teams:\n  t: [b]\n"),
        ("teams:\n  t: [{person: a, until: 2027-01-01}, person: b, c]\n", (0, 1), "teams:\n  t: [c]\n"),
        ("teams:\n  t:\n    - a # x\n    - b\n", (0,), "teams:\n  t:\n    - b\n"),
        ("teams:\n  t:\n  - a\n  # on b\n  - b", (0,), "teams:\n  t:\n  # on b\n  - b"),
        ("teams:\n  t:\n  - a\n  # on b\n  - b", (1,), "teams:\n  t:\n  - a\n  # on b\n"),
        (
            "teams:\n  t:\n    - person: a\n      reason: |\n        two\n        lines\n    - b\n",
            (0,),
            "teams:\n  t:\n    - b\n",
        ),
        ("teams:\n  t:  # who\n    - a\n\n  u: [b]\n", (0,), "teams:\n  t: []  # who\n\n  u: [b]\n"),
        ("teams:\r\n  t:\r\n  - a\r\n  - b\r\n", (1,), "teams:\r\n  t:\r\n  - a\r\n"),
    ],
)
def test_items_are_taken_out_of_a_list(before: str, gone: tuple[int, ...], after: str) -> None:
    assert without(before, *gone) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("teams:\n  t: []  # x\n", "teams:\n  t: [zoe]  # x\n"),
        ("teams:\n  t: [a, b]\n", "teams:\n  t: [a, b, zoe]\n"),
        ("teams:\n  t:\n    - a # x\n    # y\n\n  u: 1\n", "teams:\n  t:\n    - a # x\n    - zoe\n    # y\n\n  u: 1\n"),
        ("teams:\n  t:\n  - a", "teams:\n  t:\n  - a\n  - zoe"),
        ("teams:\n  t:\n  - person: a\n    until: b\n", "teams:\n  t:\n  - person: a\n    until: b\n  - zoe\n"),
    ],
)  # fmt: skip
def test_an_item_is_put_at_the_end_of_a_list(before: str, after: str) -> None:
    assert with_item(before, person="zoe") == after


def test_an_entry_with_dates_is_written_as_the_list_is() -> None:
    entry = {"person": "zoe", "until": "2027-01-01"}
    assert with_item("teams: {t: [a]}\n", **entry) == "teams: {t: [a, {person: zoe, until: 2027-01-01}]}\n"
    block = with_item("teams:\n  t:\n    - a\n", **entry)
    assert block == "teams:\n  t:\n    - a\n    - person: zoe\n      until: 2027-01-01\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("people:\n  anna: +44 1  # chair\n", "people:\n  anna: {phone: +44 1, until: 2027-01-01}  # chair\n"),
        ("people: {anna: {phone: +44 1}}\n", "people: {anna: {phone: +44 1, until: 2027-01-01}}\n"),
        ("people:\n  anna:\n    phone: +44 1 # x\n", "people:\n  anna:\n    phone: +44 1 # x\n    until: 2027-01-01\n"),
        (
            "people:\n  anna:\n    phone: +44 1\n    # y\n    denied: 2026-01-01\n",
            "people:\n  anna:\n    phone: +44 1\n    until: 2027-01-01\n    # y\n    denied: 2026-01-01\n",
        ),
        (
            "people:\n  anna:\n    denied: 2026-01-01\n    phone: +44 1",
            "people:\n  anna:\n    denied: 2026-01-01\n    phone: +44 1\n    until: 2027-01-01",
        ),
        ("people:\n  anna:\n    denied: x\n", "people:\n  anna:\n    until: 2027-01-01\n    denied: x\n"),
        ("people:\n  anna: {phone: 1, until: '2026-01-01'}\n", "people:\n  anna: {phone: 1, until: 2027-01-01}\n"),
    ],
)  # fmt: skip
def test_a_person_gets_a_key_in_its_documented_place(before: str, after: str) -> None:
    assert with_key(before, "until", "2027-01-01") == after


@pytest.mark.parametrize("text", ["teams:\n  t: &x\n    - a\n", "teams:\n  t:\n    -\n      person: a\n"])
def test_what_cannot_be_changed_well_is_left_to_a_person(text: str) -> None:
    with pytest.raises(ManualEditNeeded, match=r"f\.yaml:\d"):
        without(text, 0)


COMMENTS = st.sampled_from(["", "", "  # a remark", "\n    # a line", "\n"])
ITEMS = st.sampled_from(["a", "'b'", "person: c", "{person: d, until: 2027-01-01}", "team: e", '"+44 7700 900101"'])


@st.composite
def texts(draw: st.DrawFn) -> str:
    items = draw(st.lists(ITEMS, min_size=1, max_size=5))
    if draw(st.booleans()):
        body = (
            " ["
            + draw(st.sampled_from([", ", ",\n     "])).join(items)
            + "]"
            + draw(st.sampled_from(["", " # x"]))
            + "\n"
        )
    else:
        body = draw(st.sampled_from(["", " # x"])) + "\n" + "".join(f"    - {item}{draw(COMMENTS)}\n" for item in items)
    return f"# top\nteams:\n  t:{body}\n  # on u\n  u: [z]\n"  # fmt: skip


@settings(deadline=None, derandomize=True, database=None)
@given(text=texts(), data=st.data())
def test_whatever_the_style_only_the_chosen_items_go(text: str, data: st.DataObject) -> None:
    before = yaml.load(text, Loader=yaml.BaseLoader)
    gone = data.draw(st.sets(st.integers(0, len(before["teams"]["t"]) - 1), min_size=1))
    now = yaml.load(without(text, *gone), Loader=yaml.BaseLoader)
    before["teams"]["t"] = [item for number, item in enumerate(before["teams"]["t"]) if number not in gone]
    assert now == before


@settings(deadline=None, derandomize=True, database=None)
@given(text=texts())
def test_whatever_the_style_a_new_item_comes_last(text: str) -> None:
    before = yaml.load(text, Loader=yaml.BaseLoader)
    after = with_item(text, person="zoe", reason="'help: out'")
    before["teams"]["t"].append({"person": "zoe", "reason": "help: out"})
    assert yaml.load(after, Loader=yaml.BaseLoader) == before
    lost = [
        line for line in text.splitlines() if line not in after.splitlines() and not line.rstrip(" #x").endswith("]")
    ]
    assert lost == []


def test_the_same_edit_twice_is_done_once() -> None:
    assert edited("abc", [Edit(1, 2, "x"), Edit(1, 2, "x")]) == "axc"
