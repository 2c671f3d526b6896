"""The loader keeps what was written, and where."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagroups.domain.declared.desired import Origin
from wagroups.domain.problem import Problem
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.load.tree import Map, Node, Seq
from wagroups.manifests.load.yaml_builder import MAX_DEPTH, MAX_REPEATED_NODES
from wagroups.manifests.load.yaml_loader import FASTEST, PORTABLE, Parser, load

both = pytest.mark.parametrize("parser", [FASTEST, PORTABLE], ids=["libyaml", "pure"])


def read(text: str | bytes, parser: Parser = FASTEST) -> tuple[Node, list[Problem]]:
    findings = Findings()
    data = text if isinstance(text, bytes) else text.encode()
    return load(data, "f.yaml", findings, parser), list(findings.in_order())


def test_the_fast_parser_is_libyaml_here() -> None:
    assert FASTEST is not PORTABLE


@both
@pytest.mark.parametrize(
    "text", ["+4915123456789", "0151", "12:30", "no", "1e3", "2026-11-22", "0x1F", "~", "null", "true", ".5"]
)
def test_a_scalar_stays_the_text_that_was_written(text: str, parser: Parser) -> None:
    tree, problems = read(f"key: {text}\nlist: [{text}]\n", parser)
    assert tree == {"key": text, "list": [text]}
    assert problems == []


@both
def test_an_empty_value_differs_from_an_empty_text(parser: Parser) -> None:
    tree, _ = read("a:\nb: ''\nc: \"\"\nd: [ '', x]\ne:\n  -\n", parser)
    assert tree == {"a": None, "b": "", "c": "", "d": ["", "x"], "e": [None]}


@both
def test_every_key_and_value_has_its_place(parser: Parser) -> None:
    tree, _ = read("# note\npeople:\n  anna: '+44'\n  béla:   x\nlist:\n  - a\n  - [b, ünder, c]\n", parser)
    assert isinstance(tree, Map)
    people, items = tree["people"], tree["list"]
    assert isinstance(people, Map)
    assert isinstance(items, Seq)
    inner = items[1]
    assert isinstance(inner, Seq)
    assert [(entry.key, entry.key_origin, entry.origin, entry.quoted) for entry in people.entries()] == [
        ("anna", Origin("f.yaml", 3, 3), Origin("f.yaml", 3, 9), True),
        ("béla", Origin("f.yaml", 4, 3), Origin("f.yaml", 4, 11), False),
    ]
    assert [*items.origins()] == [Origin("f.yaml", 6, 5), Origin("f.yaml", 7, 5)]
    assert [inner.origin(index) for index in range(3)] == [Origin("f.yaml", 7, column) for column in (6, 9, 16)]


@both
def test_a_byte_order_mark_moves_nothing(parser: Parser) -> None:
    tree, problems = read(b"\xef\xbb\xbfa: b\n", parser)
    assert problems == []
    assert isinstance(tree, Map)
    assert tree.entry("a").key_origin == Origin("f.yaml", 1, 1)


@pytest.mark.parametrize(
    ("data", "place", "name"),
    [(b"a: b\nc: \xfc\n", "f.yaml:2:4", "Windows-1252"), ("a: b\n".encode("utf-16"), "f.yaml:1:1", "UTF-16")],
    ids=["latin-1", "utf-16"],
)
def test_other_encodings_are_named_at_the_byte(data: bytes, place: str, name: str) -> None:
    tree, [problem] = read(data)
    assert tree is None
    assert (problem.rule, problem.place) == ("not-utf8", place)
    assert name in problem.message


@both
def test_a_duplicate_key_names_both_places_and_loses_nothing_else(parser: Parser) -> None:
    tree, [problem] = read("a: {x: 1}\nb: 2\na: {y: 3}\nc: 4\n", parser)
    assert tree == {"a": {"x": "1"}, "b": "2", "c": "4"}
    assert (problem.rule, problem.place) == ("duplicate-key", "f.yaml:3:1")
    assert "f.yaml:1:1" in problem.message


@both
def test_an_alias_repeats_what_its_anchor_marked(parser: Parser) -> None:
    tree, problems = read("a: &x [1, 2]\nb: *x\nc: &y text\nd: [*y, *x]\n", parser)
    assert tree == {"a": ["1", "2"], "b": ["1", "2"], "c": "text", "d": ["text", ["1", "2"]]}
    assert problems == []


@both
def test_a_bomb_of_aliases_is_an_error_and_no_hang(parser: Parser) -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 30))
    begun = time.monotonic()
    _, [problem] = read(f"l0: &l0 [lol]\n{levels}", parser)
    assert problem.rule == "yaml-alias-bomb"
    assert time.monotonic() - begun < 5


def test_many_aliases_of_ordinary_size_are_fine() -> None:
    uses = "".join(f"k{n}: *team\n" for n in range(MAX_REPEATED_NODES // 200))
    _, problems = read(f"team: &team [{', '.join('abcdefghij')}]\n{uses}")
    assert problems == []


@both
@pytest.mark.parametrize("text", ["[" * 3000, "a: " + "{a: " * 3000, "\n".join(" " * n + "a:" for n in range(200))])
def test_depth_is_bounded(text: str, parser: Parser) -> None:
    _, [problem] = read(text, parser)
    assert problem.rule == "yaml-depth"
    assert str(MAX_DEPTH) in problem.message


@both
@pytest.mark.parametrize("text", ["[a, b]: c\n", "{a: b}: c\n", "? - a\n: b\n", "{{ name }}: x\n", "a: &a 1\n*a : b\n"])
def test_a_key_is_a_plain_text(text: str, parser: Parser) -> None:
    _, [problem] = read(text, parser)
    assert problem.rule == "yaml-key"


@both
def test_entries_before_a_break_survive_it(parser: Parser) -> None:
    tree, [problem] = read("people:\n  anna: 1\n  ben: {phone: 2}\n  carla:\n    phone: 3\n    name: @x\n", parser)
    assert tree == {"people": {"anna": "1", "ben": {"phone": "2"}}}
    assert (problem.rule, problem.place) == ("yaml-reserved", "f.yaml:6:11")


@both
@pytest.mark.parametrize("text", ['"\\ud800"', '"\\UFFFFFFFF"', '"\\q"', "a\x00b", "a: \x7f", "a: \x1b[31m"])
def test_what_is_no_character_is_an_error(text: str, parser: Parser) -> None:
    _, [problem] = read(text, parser)
    assert problem.rule == "yaml-syntax"


TEXTS = st.text(st.sampled_from("ab01 \n\t:-[]{},&*!|>'\"#%@`?~<+.é\x00\\u\ufeff"), max_size=60)


@given(TEXTS.filter(lambda text: "\ufeff" not in text))
def test_both_parsers_agree_on_what_both_accept(text: str) -> None:
    (fast, fast_problems), (pure, pure_problems) = read(text, FASTEST), read(text, PORTABLE)
    # A byte-order mark inside a text is a blank to libyaml and a character to PyYAML: nobody means either.
    # libyaml and PyYAML's scanner refuse a few odd texts differently; what both take must be one tree.
    if not any(problem.rule.startswith("yaml-") for problem in fast_problems + pure_problems):
        assert fast == pure


@given(st.one_of(TEXTS, st.text(max_size=80)))
def test_any_text_gives_a_tree_or_problems(text: str) -> None:
    for parser in (FASTEST, PORTABLE):
        _, problems = read(text.encode(errors="surrogatepass"), parser)
        assert all(1 <= problem.line <= len(text) + 2 for problem in problems)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_tree_or_problems(data: bytes) -> None:
    for parser in (FASTEST, PORTABLE):
        _, problems = read(data, parser)
        assert all(problem.severity == "error" for problem in problems)
