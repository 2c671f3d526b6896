"""A key of a group is in one table, and whatever reads, shows, compares or orders keys knows every one of them."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests import builders as b
from tests.manifests.projects import PEOPLE, load
from wagroups.domain.declared.desired import Desired
from wagroups.domain.declared.group_fields import CHOICES, GROUP_KEYS, LISTED, RESOLVED, VALUE_KEYS, values_of
from wagroups.domain.declared.settings import SETTINGS, Setting
from wagroups.domain.identity import AccountKey, GroupKey
from wagroups.domain.plans.difference import DifferenceKind
from wagroups.domain.transcript import Transcript
from wagroups.manifests.edit.formatter import Formatter
from wagroups.manifests.edit.yaml_writer import Block, group_lines
from wagroups.manifests.language.fields import GROUP_FIELDS, LAYER_FIELDS, PERSON_FIELDS
from wagroups.planning.explain.revision_diff import compared
from wagroups.privacy.escape import for_markdown
from wagroups.privacy.redactor import Redaction, Redactor
from wagroups.reports.documents.show import effective_document, values_in
from wagroups.reports.documents.show_text import effective_markdown, effective_yaml

CONFIG: Final = """\
accounts:
  office: {gateway: waha, url_env: WAGROUPS_URL, default: yes}
  other: {gateway: waha, url_env: WAGROUPS_URL}
"""
COMMUNITIES: Final = "communities: {sports: {subject: Sports}}\n"

WRITTEN: Final[dict[str, Any]] = {
    "account": "other",
    "id": "120363041234567890@g.us",
    "subject": "Rowers of old",
    "previous_keys": ["oarsmen"],
    "description": "What they do",
    "picture": "none",
    "admins": ["anna"],
    "members": ["ben"],
    "community": "sports",
    **{f"settings.{setting}": SETTINGS[setting].values[0] for setting in Setting},
    **{choice.key: next(word for word in choice.words if word != choice.default) for choice in CHOICES},
}
"""One value of every key, by its name with the section; none is the default."""

ELSEWHERE: Final = {
    "previous_keys": "`diff` says it as another key for the same group",
    "admins": "`diff` names the people, and `show` lists them",
    "members": "`diff` names the people, and `show` lists them",
}
"""Keys that are no value of their own in `diff` or in a table of values."""


def declared(root: Path, key: str | None) -> Desired:
    """A project of one group that says `key`, and else as little as it can."""
    group: dict[str, Any] = {"subject": "Rowers", "members": ["carla"]}
    if key is not None:
        section, _, name = key.partition(".")
        group[section] = {name: WRITTEN[key]} if name else WRITTEN[key]
    text = PEOPLE + COMMUNITIES + yaml.safe_dump({"groups": {"rowers": group}})
    return load(root, text, CONFIG).desired


def written(key: str) -> str:
    """A value in the words that the table gives it."""
    value = WRITTEN[key]
    if key in ("admins", "members"):
        return LISTED
    return ", ".join(value) if isinstance(value, list) else str(value)


def test_every_key_of_the_language_is_in_the_table_and_in_its_order() -> None:
    assert list(GROUP_FIELDS) == list(GROUP_KEYS)
    assert list(LAYER_FIELDS) == [key for key in GROUP_KEYS if key in LAYER_FIELDS]
    assert {key.partition(".")[0] for key in VALUE_KEYS} == set(GROUP_KEYS) - set(RESOLVED)
    assert set(VALUE_KEYS) == set(WRITTEN), "this test has to know a value of every key"


@pytest.mark.parametrize("key", VALUE_KEYS)
def test_every_key_is_read(key: str, tmp_path: Path) -> None:
    group = declared(tmp_path, key).groups[GroupKey("rowers")]
    assert values_of(group)[key] == written(key)
    assert list(values_of(group)) == [name for name in VALUE_KEYS if name in values_of(group)]


@pytest.mark.parametrize("key", [key for key in VALUE_KEYS if key not in ELSEWHERE])
def test_every_key_is_compared(key: str, tmp_path: Path) -> None:
    before, after = declared(tmp_path / "a", None), declared(tmp_path / "b", key)
    ((altered,), (back,)) = (tuple(compared(before, after)), tuple(compared(after, before)))
    assert (DifferenceKind.VALUE, key) in {(each.kind, each.name) for each in altered.alterations}
    assert (DifferenceKind.VALUE, key) in {(each.kind, each.name) for each in back.alterations}


@pytest.mark.parametrize("key", VALUE_KEYS)
def test_every_key_is_shown_and_what_is_shown_says_it_again(key: str, tmp_path: Path) -> None:
    desired = declared(tmp_path, key)
    document = effective_document(desired.groups.values(), Redactor(Redaction.OFF, b.KEY), desired.zone)
    (shown,) = document.groups
    if key not in ELSEWHERE:
        assert dict(values_in(shown))[key] == written(key)
        assert f"| {for_markdown(key)} |" in effective_markdown(document)
    text = effective_yaml(document)
    again = load(tmp_path / "again", PEOPLE + COMMUNITIES + text, CONFIG).desired
    assert [values_of(group) for group in again.groups.values()] == [values_of(g) for g in desired.groups.values()]


def everything() -> dict[str, Any]:
    group: dict[str, Any] = {}
    for key, value in WRITTEN.items():
        section, _, name = key.partition(".")
        if name:
            group.setdefault(section, {})[name] = value
        else:
            group[section] = value
    return group


def test_what_is_shown_stands_in_the_order_of_fmt(tmp_path: Path) -> None:
    text = PEOPLE + COMMUNITIES + yaml.safe_dump({"groups": {"rowers": everything()}})
    desired = load(tmp_path, text, CONFIG).desired
    document = effective_document(desired.groups.values(), Redactor(Redaction.OFF, b.KEY), desired.zone)
    data = effective_yaml(document).encode()
    assert Formatter(None, frozenset()).formatted(data, "groups.yaml") == data


def test_every_key_is_put_in_its_order_by_fmt() -> None:
    lines = [f"    {key}:\n      x-note: a\n" for key in GROUP_KEYS]
    data = ("groups:\n  rowers:\n" + "".join(reversed(lines))).encode()
    formatted = Formatter(None, frozenset()).formatted(data, "groups.yaml")
    assert formatted == ("groups:\n  rowers:\n" + "".join(lines)).encode()


def test_what_an_import_writes_stands_in_the_order_of_fmt() -> None:
    transcript = Transcript(
        account=AccountKey("other"),
        jid=b.JID,
        subject="Rowers",
        description="What they do",
        settings={setting: SETTINGS[setting].values[0] for setting in Setting},
        admins=(),
        members=(),
        watched=True,
    )
    block = Block(GroupKey("rowers"), transcript, ("anna",), ("ben",), transcript.account)
    data = "\n".join(["groups:", *group_lines(block), ""]).encode()
    assert Formatter(None, frozenset()).formatted(data, "groups.yaml") == data


# --- people ------------------------------------------------------------------------------------------------------


OF_A_PERSON: Final[dict[str, str]] = {
    "name": "Anna Andersen",
    "phone": "+44 7700 900109",
    "phones": "[+44 7700 900101, +44 7700 900109]",
    "former_phones": "[+44 7700 900109]",
    "from": "2099-01-31",
    "until": "2099-07-31",
    "denied": "2026-01-31",
    "consent": "{basis: a form, date: 2026-01-31}",
}
"""Another value of every key of a person; `region` is only how a number is spelt."""


@pytest.mark.parametrize("key", OF_A_PERSON)
def test_every_key_of_a_person_is_compared(key: str, tmp_path: Path) -> None:
    said = {"phone": "+44 7700 900101", key: OF_A_PERSON[key]}
    if key == "phones":
        del said["phone"]
    person = "".join(f"    {name}: {value}\n" for name, value in said.items())
    before = load(tmp_path / "a", "people:\n  anna: +44 7700 900101\n", CONFIG).desired
    after = load(tmp_path / "b", f"people:\n  anna:\n{person}", CONFIG).desired
    for one, other in ((before, after), (after, before)):
        (altered,) = compared(one, other)
        assert altered.name == "anna"
        assert altered.alterations


def test_every_key_of_a_person_is_tried_above() -> None:
    assert set(PERSON_FIELDS) - {"region"} == set(OF_A_PERSON)
