"""What each mode shows of people, and what no mode shows."""

import pytest

from tests import builders as b
from tests.reports import samples
from tests.reports.test_golden import OUTPUTS
from wagroups.domain.declared.desired import Origin, Person
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Alias, GroupJid, Identity, Lid, Phone
from wagroups.domain.plans.plan import Plan
from wagroups.privacy.redactor import (
    NamesIn,
    Redaction,
    Redactor,
    automatic_mode,
    key_fingerprint,
    names_of,
    public_event,
)
from wagroups.reports.documents.build import plan_document
from wagroups.reports.documents.models import document_json
from wagroups.reports.render.markdown import plan_markdown
from wagroups.reports.render.text import plan_text

OFF, LAST4, ALIAS, STRICT = Redaction.OFF, Redaction.LAST4, Redaction.ALIAS, Redaction.STRICT
KEY = samples.KEY
ANNA = Identity(alias=Alias("anna"), phone=Phone.of("+447700900123"))


@pytest.mark.parametrize(
    ("mode", "anna", "by_number", "stranger", "hidden"),
    [
        (OFF, "anna (+44 7700900123)", "+1 2125550143", "unknown-{s} (+44 7700900178)", "unknown-{h}"),
        (LAST4, "anna (+44 … 0123)", "person-{n} (+1 … 0143)", "unknown-{s} (+44 … 0178)", "unknown-{h}"),
        (ALIAS, "anna", "person-{n}", "unknown-{s} (+44 … 78)", "unknown-{h}"),
        (STRICT, "person-{a}", "person-{n}", "unknown-{s}", "unknown-{h}"),
    ],
)
def test_a_mode_names_people_in_its_own_way(
    mode: Redaction, anna: str, by_number: str, stranger: str, hidden: str
) -> None:
    redactor = samples.redactor(mode)
    digits = {
        "a": ANNA.pseudonym(KEY),
        "n": samples.BY_NUMBER.pseudonym(KEY),
        "s": samples.STRANGER.pseudonym(KEY),
        "h": samples.HIDDEN.pseudonym(KEY),
    }
    assert redactor.person(ANNA) == anna.format(**digits)
    assert redactor.person(samples.BY_NUMBER, declared=True) == by_number.format(**digits)
    assert redactor.person(samples.STRANGER) == stranger.format(**digits)
    assert redactor.person(samples.HIDDEN) == hidden.format(**digits)


def test_somebody_declared_is_recognised_by_any_of_their_numbers() -> None:
    here = Origin("people.yaml", 1)
    names = names_of(
        [
            Person(
                alias=Alias("ben"),
                phone=Phone.of("+447700900130"),
                origin=here,
                former_phones=(Phone.of("+447700900131"),),
            ),
            Person(alias=None, phone=Phone.of("+5511912345678"), origin=here),
        ]
    )
    redactor = Redactor(ALIAS, KEY, names)
    assert redactor.person(Identity(phone=Phone.of("+447700900131"))) == "ben"
    # Brazil's ninth digit: another spelling of the number that is declared.
    assert redactor.person(Identity(phone=Phone.of("+551112345678"))).startswith("person-")


def test_a_pseudonym_depends_on_the_key_and_a_fingerprint_tells_keys_apart() -> None:
    other = Redactor(STRICT, b"another key")
    assert samples.redactor(STRICT).person(ANNA) != other.person(ANNA)
    assert key_fingerprint(KEY) != key_fingerprint(b"another key")
    assert KEY.hex() not in key_fingerprint(KEY)


def test_a_redactor_does_not_print_what_it_knows() -> None:
    redactor = Redactor(OFF, b"secret key", {Phone.of("+447700900123"): Alias("anna")})
    assert "secret" not in repr(redactor)
    assert "900123" not in repr(redactor)


def test_legacy_group_ids_lose_the_creators_number_and_strict_shows_no_ids() -> None:
    legacy, today = GroupJid.of("447700900123-1600000000@g.us"), GroupJid.of("120363041234567890@g.us")
    assert samples.redactor(OFF).jid(legacy) == "447700900123-1600000000@g.us"
    assert "447700900123" not in samples.redactor(LAST4).jid(legacy)
    assert samples.redactor(ALIAS).jid(today) == "120363041234567890@g.us"
    assert samples.redactor(STRICT).jid(today) == ""


def test_strict_sentences_hold_neither_subjects_nor_ids() -> None:
    text = "a live group “Choir ”of“ 6B” has the same subject (120363041234567890@g.us)"
    assert samples.redactor(STRICT).sentence(text) == "a live group “…” has the same subject (its id)"


def test_a_placeholder_is_filled_with_the_person_as_the_mode_shows_them() -> None:
    assert samples.redactor(ALIAS).sentence("{person} waits", [ANNA]) == "anna waits"
    assert samples.redactor(LAST4).sentence("{people} wait", [ANNA, samples.HIDDEN]) == (
        f"anna (+44 … 0123), unknown-{samples.HIDDEN.pseudonym(KEY)} wait"
    )


@pytest.mark.parametrize(
    ("environ", "isatty", "public", "mode"),
    [
        ({}, True, False, LAST4),
        ({}, False, False, ALIAS),
        ({"CI": "true"}, True, False, ALIAS),
        ({"CI": "false"}, True, False, LAST4),
        ({"CI": "true"}, False, True, STRICT),
        ({"CI": "true", "CI_PROJECT_VISIBILITY": "public"}, False, False, STRICT),
        ({"CI": "true", "CI_PROJECT_VISIBILITY": "private"}, False, False, ALIAS),
    ],
)
def test_the_automatic_mode_follows_who_can_read(
    environ: dict[str, str], isatty: bool, public: bool, mode: Redaction
) -> None:
    assert automatic_mode(environ, isatty, public=public) is mode


@pytest.mark.parametrize(
    ("event", "public"),
    [
        ('{"repository": {"private": false}}', True),
        ('{"repository": {"visibility": "public"}}', True),
        ('{"repository": {"visibility": "internal", "private": true}}', False),
        ('{"repository": null}', False),
        ("{}", False),
        ("[]", False),
        ("not json", False),
    ],
)
def test_a_public_repository_is_recognised_by_its_event(event: str, public: bool) -> None:
    assert public_event(event) is public


def canaries(text: str) -> list[str]:
    """Spellings of sample numbers that stand in `text` after removing everything but digits between letters."""
    bare = text.replace(" ", "").replace("-", "")
    people = [samples.STRANGER, samples.BY_NUMBER, samples.HIDDEN]
    numbers = [who.phone.digits() for who in people if who.phone] + ["100000000000001", "4477009001"]
    return [number for number in numbers if number in bare]


@pytest.mark.parametrize("name", OUTPUTS)
def test_no_output_holds_a_number_unless_redaction_is_off(name: str) -> None:
    assert canaries(OUTPUTS[name]()) == []


def test_the_canaries_are_found_where_redaction_is_off() -> None:
    assert canaries(plan_text(samples.term_plan(), samples.redactor(OFF))) != []


def with_number_in_texts(number: str) -> Plan:
    from wagroups.domain.plans.change import DescriptionChange, SubjectChange

    return samples.plan(
        samples.group(
            "club",
            f"Call {number}",
            samples.action(1, SubjectChange(before=f"Call {number}", after="Club")),
            samples.action(2, DescriptionChange(before=None, after=f"Questions: {number}")),
        )
    )


@pytest.mark.parametrize("mode", [LAST4, ALIAS, STRICT])
def test_numbers_inside_subjects_and_descriptions_are_masked(mode: Redaction) -> None:
    plan, redactor = with_number_in_texts("+44 7700 900199"), samples.redactor(mode)
    written = (
        plan_text(plan, redactor)
        + plan_markdown(plan, redactor)
        + document_json(plan_document(plan, redactor, Exit.OK, "0"))
    )
    assert "900199" not in written


def test_a_lid_is_never_shown() -> None:
    redactor = samples.redactor(OFF)
    assert "100000000000001" not in redactor.person(Identity(lid=Lid.of("100000000000001@lid")))


def test_everybody_of_a_project_is_known_by_each_of_their_numbers_and_strangers_are_not() -> None:
    anna = b.person("anna", former_phones=(b.phone(77),))
    desired = b.desired(b.group(members=("ben",)), people=(anna,))
    names = NamesIn(desired)
    assert dict(names) == {anna.phone: "anna", b.phone(77): "anna", b.phone(b.number_of("ben")): "ben"}
    assert b.phone(78) not in names
