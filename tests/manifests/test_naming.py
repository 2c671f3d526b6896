"""Names for people and groups that had none."""

import pytest

from tests import builders as b
from wagroups.domain.declared.desired import Desired
from wagroups.domain.identity import Alias, Phone, pseudonym
from wagroups.domain.plans.plan import Notice
from wagroups.manifests.edit.aliases import AliasEntry
from wagroups.manifests.edit.names import KEY_CHARS, Register, key_for


def register(*named: AliasEntry, desired: Desired | None = None) -> Register:
    return Register(desired or b.desired(), named, b.KEY)


def test_a_stranger_is_called_as_reports_call_them() -> None:
    names = register()
    assert names.entry(b.phone(1)) == f"p-{pseudonym(b.KEY, b.phone(1))}"
    assert [person.phone for person in names.new.values()] == [b.phone(1)]


def test_a_pseudonym_that_is_taken_gets_a_number() -> None:
    alias = f"p-{pseudonym(b.KEY, b.phone(1))}"
    taken = b.desired(people=[b.person("ben", alias=Alias(alias))])
    assert register(desired=taken).entry(b.phone(1)) == f"{alias}-2"


@pytest.mark.parametrize("spelling", ["+5511987654321", "+551187654321"])
def test_all_spellings_of_one_number_are_one_person(spelling: str) -> None:
    names = register(AliasEntry(Phone.of("+5511987654321"), Alias("bia"), None))
    assert names.entry(Phone.of(spelling)) == "bia"
    assert names.entry(Phone.of("+551187654321")) == "bia"
    assert len(names.new) == 1


def test_two_people_whose_numbers_share_an_old_spelling_are_not_confused() -> None:
    # Both could be +225 02030405 of before 2021; only one of them can be in a directory.
    names = register()
    assert isinstance(names.entry(Phone.of("+2250102030405")), str)
    second = names.entry(Phone.of("+2250502030405"))
    assert isinstance(second, Notice)
    assert second.code == "same-phone"


def test_a_number_that_cannot_exist_is_not_listed() -> None:
    notice = register().entry(Phone.of("+4412"))
    assert isinstance(notice, Notice)
    assert notice.code == "phone-impossible"


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        ("Parents 5B 2026/27", "parents-5b-2026-27"),
        ("  --Ärzte & Friends!! ", "arzte-friends"),
        ("Straße", "strasse"),
        ("Anna +44 (7700) 900-123 private", "anna-private"),
        ("07700900123", "group-"),
        ("хор", "group-"),
        (None, "group-"),
        ("x-ray", "group-x-ray"),
        ("X", "group-x"),
    ],
)
def test_a_key_keeps_what_it_can_of_the_subject(subject: str | None, key: str) -> None:
    made = key_for(subject, b.JID, set(), b.KEY)
    assert made == (key if not key.endswith("-") else f"group-{pseudonym(b.KEY, b.JID)}")


def test_keys_are_cut_between_words_and_numbered_where_they_are_taken() -> None:
    made = key_for("the first thursday reading and discussion circle of the town", b.JID, set(), b.KEY)
    assert made == "the-first-thursday-reading-and"
    assert len(key_for("a" * 100, b.JID, set(), b.KEY)) == KEY_CHARS
    assert key_for("Chess", b.JID, {"chess", "chess-2"}, b.KEY) == "chess-3"
