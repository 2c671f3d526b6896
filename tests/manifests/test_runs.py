"""A list read at once is the list that the parser would have read, whatever stands around it."""

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.manifests.test_text import both
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.load.list_fast_path import take_out
from wagroups.manifests.load.tree import Map, Node, Seq
from wagroups.manifests.load.yaml_loader import FASTEST, Parser, build, load

LINES = st.sampled_from(
    [
        "- anna",
        "  - ben",
        "  - ben ",
        "    - +44 7700 900123",
        '  - "carla"',
        "  - 'dora'",
        '  - "open',
        "  - x: y",
        "  - &marked emil",
        "  - *marked",
        "  - anna # a note",
        "- - anna",
        "- [anna, ben]",
        "key:",
        "  text: |",
        "  text: >-",
        "  words: and so on",
        "    and on",
        "key: value",
        "# a note",
        "  # a note",
        "",
        "\t- anna",
        "---",
        "end: [",
        "]",
        'end: "',
    ]
)
TEXTS = st.lists(st.tuples(LINES, st.integers(1, 7)).map(lambda drawn: [drawn[0]] * drawn[1]), max_size=9).map(
    lambda blocks: "\n".join(["", *chain.from_iterable(blocks), ""])
)


def with_places(node: Node) -> object:
    match node:
        case Map():
            return "map", [(entry.key, with_places(entry.node), node.marks.tolist()) for entry in node.entries()]
        case Seq():
            return "seq", [with_places(item) for item in node], node.marks.tolist()
        case _:
            return node


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_every_text_says_the_same_with_and_without_its_runs(text: str) -> None:
    line_by_line, at_once = Findings(), Findings()
    expected = build(text, {}, "f.yaml", line_by_line, FASTEST)
    assert with_places(load(text.encode(), "f.yaml", at_once)) == with_places(expected)
    assert at_once.in_order() == line_by_line.in_order()


@both
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_long_list_is_read_at_once(parser: Parser, quote: str) -> None:
    names = [f"p{number}" for number in range(9)]
    text = "team:\n" + "".join(f"  - {quote}{name}{quote}\n" for name in names)
    short, runs = take_out(text)
    assert [len(run.texts) for run in runs.values()] == [7]
    assert short.count("\n") == text.count("\n")
    findings = Findings()
    tree = load(text.encode(), "f.yaml", findings, parser)
    assert isinstance(tree, Map)
    team = tree["team"]
    assert isinstance(team, Seq)
    assert list(team) == names
    assert [(at.line, at.column) for at in team.origins()] == [(number + 2, 5) for number in range(9)]


@pytest.mark.parametrize("opening", ["text: |\n", "text: >\n", "text: and\n", 'text: "and\n', "text: 'and\n"])
def test_lines_that_look_like_a_list_inside_a_text_stay_in_it(opening: str) -> None:
    closing = opening[6] if opening[6] in "'\"" else ""
    text = opening + "".join(f"  - p{number}\n" for number in range(6)) + f"  end{closing}\n"
    tree = load(text.encode(), "f.yaml", Findings())
    assert isinstance(tree, Map)
    value = tree["text"]
    assert isinstance(value, str)
    assert all(f"- p{number}" in value for number in range(6))
