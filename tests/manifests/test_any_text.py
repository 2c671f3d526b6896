"""Whatever is in the files: a project, or a ProjectError."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.manifests.projects import CONFIG, PEOPLE, write
from wagroups.domain.errors import ProjectError
from wagroups.manifests.language.fields import (
    CONFIG_FIELDS,
    DIRECTORY_FIELDS,
    ENTRY_FIELDS,
    GENERATOR_FIELDS,
    GROUP_FIELDS,
    PERSON_FIELDS,
    SECTIONS,
    SOURCE_FIELDS,
)
from wagroups.manifests.project import load_project

WORDS = st.sampled_from(
    [
        *SECTIONS,
        *CONFIG_FIELDS,
        *GROUP_FIELDS,
        *PERSON_FIELDS,
        *ENTRY_FIELDS,
        *GENERATOR_FIELDS,
        *SOURCE_FIELDS,
        "people.csv",
        "${class}",
        "${class|slug}-${",
        "anna",
        "yes",
        "",
        "null",
        "+44 7700 900123",
        "2026-13-01",
        "0151 234",
        "../x",
        "120363041234567890@g.us",
        "http://[",
        "http://a:99999",
        "Europe/../../x",
        "30s",
        "²",
        "08:00-8",
        "99999999999",
        "\x00",
        "x" * 300,
    ]
)
SHAPES = st.recursive(
    WORDS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=25,
)


def flow(shape: object) -> str:
    """The shape in YAML's flow style, half of the texts without quotes."""
    match shape:
        case dict():
            return "{" + ", ".join(f"{flow(key)}: {flow(value)}" for key, value in shape.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, shape)) + "]"
        case str() if shape.isprintable() and not set(shape) & set("[]{},:") and len(shape) % 2:
            return shape
        case _:
            return '"' + str(shape).replace("\x00", "\\0") + '"'


def loads_or_explains(files: dict[str, str], config: str) -> bool:
    """Whether the project loads; anything raised must be a ProjectError whose problems all say what to do."""
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), files, config)
        try:
            return load_project(root, {}) is not None
        except ProjectError as error:
            return any(problem.severity == "error" for problem in error.problems) and all(
                problem.message and problem.help for problem in error.problems
            )


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([*SECTIONS, "x"]), SHAPES, max_size=4))
def test_any_shape_of_a_manifest_loads_or_is_explained(shape: object) -> None:
    assert loads_or_explains({"groups.yaml": flow(shape), "people.yaml": PEOPLE}, CONFIG)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([*CONFIG_FIELDS, *SECTIONS]), SHAPES, max_size=5))
def test_any_shape_of_a_configuration_loads_or_is_explained(shape: object) -> None:
    assert loads_or_explains({}, flow(shape))


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_text_loads_or_is_explained(text: str) -> None:
    assert loads_or_explains({"groups.yaml": text, "people.yaml": "people:\n  " + text}, CONFIG)


GENERATORS = st.fixed_dictionaries(
    {},
    optional={
        "for_each": st.dictionaries(st.sampled_from([*SOURCE_FIELDS]), SHAPES, max_size=3)
        | st.just({"csv": "people.csv"})
        | st.just({"matrix": {"class": ["a", "b"]}}),
        "key": WORDS,
        "expect": st.sampled_from(["0", "2", "x"]),
        "group": st.dictionaries(st.sampled_from([*GROUP_FIELDS]), SHAPES, max_size=3),
        "overrides": st.dictionaries(WORDS, SHAPES, max_size=2),
    },
)
SOURCES = st.dictionaries(st.sampled_from([*DIRECTORY_FIELDS]), WORDS, max_size=4)
TABLE = "class,alias,phone\na,eve,+44 7700 900198\nb,bob,+44 7700 900199\n"


@settings(max_examples=100, deadline=None)
@given(GENERATORS, st.lists(SOURCES, max_size=2))
def test_any_generator_loads_or_is_explained(generator: object, sources: object) -> None:
    text = flow({"generate": {"g": generator}, "people_from": sources})
    files = {"groups.yaml": text, "people.yaml": PEOPLE, "people.csv": TABLE}
    assert loads_or_explains(files, CONFIG)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="alsphone,;\"'=\t\n +0123456789é\r", max_size=80))
def test_any_table_loads_or_is_explained(table: str) -> None:
    text = "people_from: {csv: people.csv}\ngroups: {a: {subject: A, members: [roster: {csv: people.csv}]}}\n"
    assert loads_or_explains({"groups.yaml": text, "people.csv": "alias,phone\n" + table}, CONFIG)
