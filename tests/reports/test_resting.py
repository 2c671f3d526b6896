"""Whoever waits is told for what, until when, and what may be done about it."""

from datetime import timedelta

import pytest

from tests.fake_clock import MORNING
from wagroups.domain.plans.budget import Breaker, CallClass, Waiting
from wagroups.reports.view.rests import RESTS, lesson_words, rest_words, sign_words, waiting_words, why
from wagroups.reports.view.wording import CALLS, PAUSES


def wait(minutes: float, reason: str, calls: CallClass = CallClass.ADD) -> Waiting:
    duration = timedelta(minutes=minutes)
    return Waiting(calls, MORNING + duration, duration, reason)


@pytest.mark.parametrize("calls", CallClass)
def test_a_wait_says_how_long_and_before_what(calls: CallClass) -> None:
    said = waiting_words(wait(4 / 60, "gap", calls))
    assert said.startswith(f"waiting 4 s before the next {CALLS[calls][0]}, until 09:00:04 UTC: ")
    assert PAUSES["gap"] in said
    assert ("--from-last-read" in said) is (calls in (CallClass.LIST, CallClass.READ))
    assert "_" not in said


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("breaker:rate-overlimit", "WhatsApp said “too fast”"),
        ("breaker:adds-refused", "refused 4 of the last 10 additions"),
        ("hour", "this hour's budget is used up"),
        ("active-hours", "outside the active hours"),
    ],
)
def test_a_long_wait_says_until_when_and_why_and_that_it_may_be_broken_off(reason: str, words: str) -> None:
    said = waiting_words(wait(15, reason), "Europe/Berlin")
    assert said.startswith("waiting 15 min before the next addition, until about 10:15 CET today: ")
    assert words in said
    assert said.endswith("Ctrl-C is safe; the same command continues later")


def test_every_reason_for_a_rest_has_words() -> None:
    assert all(" " in words and "_" not in words for words in RESTS.values())
    assert why("breaker:something-new") == "something-new"


def test_a_rest_says_what_rests_until_when_why_and_how_it_is_lifted() -> None:
    until = MORNING + timedelta(hours=1)
    rest = Breaker(calls=CallClass.EDIT, until=until, reason="rate-overlimit", strikes=2, hourly=24)
    assert rest_words(rest, "office", MORNING, "UTC") == (
        "edits are paused until about 10:00 UTC today: WhatsApp said “too fast”, 2 times; "
        "to lift this: wagroups state unlock office --breaker edit"
    )
    assert list(lesson_words([rest], MORNING, "UTC")) == [
        "edits: at most 24 an hour until about 10:00 UTC tomorrow, because WhatsApp accepted no more before"
    ]
    banned = Breaker(calls=None, until=until, reason="temporary-ban")
    assert rest_words(banned, "office", MORNING, "UTC").startswith("all changes are paused until ")
    assert rest_words(banned, "office", MORNING, "UTC").endswith("--breaker all")


def test_signs_are_said_before_they_are_a_rest() -> None:
    assert sign_words([200, 200, None]) is None
    assert sign_words([403, 200, 403]) == (
        "2 of the last 3 additions were refused because of privacy settings; 4 of 10 pause all additions for a day"
    )
