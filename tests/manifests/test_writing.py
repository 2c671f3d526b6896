"""Every text that is written reads back as itself, in the language and in any other reader of YAML."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tests import builders as b
from wagroups.domain.identity import GroupKey, Phone
from wagroups.domain.text import literal, normal
from wagroups.domain.transcript import Transcript
from wagroups.manifests.edit.yaml_writer import Block, fits, group_lines, number
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.fields import GROUP_FIELDS
from wagroups.manifests.language.types import TextType
from wagroups.manifests.load.tree import Map
from wagroups.manifests.load.yaml_loader import load
from wagroups.manifests.resolve.templates import settle_placeholders

NOTHING = Transcript(
    account=b.ACCOUNT,
    jid=b.JID,
    subject=None,
    description=None,
    settings=MappingProxyType({}),
    admins=(),
    members=(),
)
DESCRIPTION = GROUP_FIELDS["description"].shape


def written(**fields: Any) -> Map:
    """The group of a file, as the loader's tree."""
    block = Block(GroupKey("chess"), replace(NOTHING, **fields), (), ("anna",), None)
    text = "\n".join(["groups:", *group_lines(block)]) + "\n"
    findings = Findings()
    tree = load(text.encode(), "groups.yaml", findings)
    # Another reader of YAML sees the same texts, although it gives them types.
    subject = fields.get("subject")
    assert yaml.safe_load(text)["groups"]["chess"].get("subject") == (None if subject is None else literal(subject))
    settle_placeholders(tree, findings)
    assert not findings.failed, text
    assert isinstance(tree, Map)
    groups = tree["groups"]
    assert isinstance(groups, Map)
    group = groups["chess"]
    assert isinstance(group, Map)
    return group


def sayable(text: str) -> bool:
    assert isinstance(DESCRIPTION, TextType)
    return fits(text, DESCRIPTION)


ANY = st.text(max_size=80).map(normal).filter(sayable)


@given(text=ANY)
@example(text="null")
@example(text="off")
@example(text="1_000")
@example(text="=")
@example(text="<<")
@example(text="a\n\n\nb")
@example(text="a\n  deep\n# no remark")
@example(text="a \n \nb")
@example(text="👩‍👩‍👧 x\ny")
@example(text="\u202eabc")
@example(text="\ufeffabc")
@example(text="G ${class}")
@example(text="$${a}\n$$${b} ${")
def test_any_text_reads_back_as_a_subject_and_as_a_description(text: str) -> None:
    group = written(subject=text, description=text)
    assert group["subject"] == text
    assert group["description"] == text


def test_texts_that_the_language_refuses_do_not_fit() -> None:
    subject = GROUP_FIELDS["subject"].shape
    assert isinstance(subject, TextType)
    assert [fits(text, subject) for text in ("", "x" * 101, "a\nb", "a\x00", "a\ud83d")] == [False] * 5
    assert fits("x" * 100, subject)


@pytest.mark.parametrize(
    ("phone", "spelling"),
    [("+447700900123", "+44 7700 900123"), ("+12125550123", "+1 212-555-0123"), ("+999123", "+999123")],
)
def test_a_number_is_spelled_as_people_write_it(phone: str, spelling: str) -> None:
    assert number(Phone.of(phone)) == spelling


def test_no_quotes_hide_a_group_of_people_and_nobody_is_an_empty_list() -> None:
    group = written()
    assert (group["admins"], group["members"]) == ([], ["anna"])
    assert group["manage"] == {"members": "add-only", "admins": "add-only"}
