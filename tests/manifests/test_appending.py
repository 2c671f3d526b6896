"""People are added to a directory as text: what somebody wrote by hand stays as it is."""

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tests import builders as b
from wagroups.domain.identity import Alias
from wagroups.manifests.edit.yaml_append import with_people
from wagroups.manifests.edit.yaml_writer import NewPerson

NEW = (NewPerson(Alias("p-1"), b.phone(1)), NewPerson(Alias("p-2"), b.phone(2), "Zoë: the “second”"))
LINES = """\
p-1: +44 7700 900001
p-2:
  name: "Zoë: the “second”"
  phone: +44 7700 900002
"""


def indented(blanks: int) -> str:
    return "".join(" " * blanks + line for line in LINES.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("people:\n  anna: +44 1\n", "people:\n  anna: +44 1\n{new}"),
        ("people:\n  anna: +44 1", "people:\n  anna: +44 1\n{new}"),
        (
            "# top\npeople: # here\n  anna: +44 1 # chair\n\n# end\n",
            "# top\npeople: # here\n  anna: +44 1 # chair\n{new}\n# end\n",
        ),
        ("people:\n  anna: +44 1\nteams: {a: [anna]}\n", "people:\n  anna: +44 1\n{new}teams: {a: [anna]}\n"),
        ("people:\n  anna:\n    phone: +44 1\n    former_phones:\n    - +44 2\n", None),
        (
            "people:\n  anna: {phone: +44 1,\n    name: A}\n# end\n",
            "people:\n  anna: {phone: +44 1,\n    name: A}\n{new}# end\n",
        ),
        ("people:\n  anna:\n    phone: +44 1\n    x-note: |\n      two\n      lines\n\ngroups: {}\n", None),
        ("people:\n", "people:\n{new}"),
        ("people:\n  anna: +44 1\n...\n", "people:\n  anna: +44 1\n{new}...\n"),
        ("people:   # nobody yet\ngroups: {}\n", "people:   # nobody yet\n{new}groups: {}\n"),
        ("", "people:\n{new}"),
        ("# only a remark\n", "# only a remark\npeople:\n{new}"),
        ("teams: {a: []}\n", "teams: {a: []}\npeople:\n{new}"),
        ("\ufeffpeople:\n  anna: +44 1\n", "\ufeffpeople:\n  anna: +44 1\n{new}"),
        ("'people':\n  anna: +44 1\n", "'people':\n  anna: +44 1\n{new}"),
    ],
)
def test_new_entries_come_behind_the_last_one(before: str, after: str | None) -> None:
    result = with_people(before.encode(), NEW)
    assert result is not None
    text = result.decode()
    kept = iter(text.splitlines())
    assert all(line in kept for line in before.splitlines()), "a line was lost or moved"
    if after is not None:
        assert text == after.replace("{new}", indented(2))


def test_entries_are_indented_as_the_others_are() -> None:
    result = with_people(b"people:\n     anna: +44 1\n", NEW)
    assert result is not None
    assert result.decode() == "people:\n     anna: +44 1\n" + indented(5)


def test_the_line_ends_of_the_file_are_kept() -> None:
    result = with_people(b"people:\r\n  anna: +44 1\r\n", NEW)
    assert result is not None
    assert result.count(b"\n") == result.count(b"\r\n")


@pytest.mark.parametrize(
    "before",
    [
        "people: {anna: +44 1}\n",
        "{people: {anna: +44 1}}\n",
        "people: [anna]\n",
        "- people\n",
        "people: *anybody\n",
        "people:\n  p-1: +44 1\n",
        "people:\n  anna: [\n",
        "teams: {}\n...\n",
    ],
)
def test_where_text_cannot_do_it_nothing_is_done(before: str) -> None:
    assert with_people(before.encode(), NEW) is None


def test_bytes_that_are_no_text_are_left_alone() -> None:
    assert with_people(b"\xff\xfe", NEW) is None


TEXTS = st.text(alphabet=st.sampled_from("ab:#-|> \n\t'\"{}[]&*!%@`~?,\u2028é\x85"), max_size=60)


@given(before=TEXTS | TEXTS.map("people:\n  anna: ".__add__) | TEXTS.map("people:\n  anna: +44 1\n".__add__))
@example(before="people:\n  anna: +44 1\n  # in the middle\n\n  # of nothing")
def test_whatever_the_file_the_result_is_all_or_nothing(before: str) -> None:
    result = with_people(before.encode(), NEW)
    if result is not None:
        now = yaml.load(result, Loader=yaml.BaseLoader)
        was = yaml.load(before.encode(), Loader=yaml.BaseLoader) or {}
        directory = now.pop("people")
        assert directory.pop("p-1") == "+44 7700 900001"
        assert directory.pop("p-2") == {"name": "Zoë: the “second”", "phone": "+44 7700 900002"}
        assert directory == (was.pop("people", None) or {})
        assert now == was
