"""When `watch` looks again: soon after people, seldom after echoes, and never not at all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.fake_clock import MORNING
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.workflows.reconcile.watch_schedule import (
    ECHO_REST,
    LONGEST_BURST,
    NEWS_REST,
    QUIET,
    Agenda,
    Conclusion,
    Round,
    RoundCause,
)

OFFICE, CLUB = AccountKey("office"), AccountKey("club")
CHESS, CHOIR, PRIVATE = (GroupJid.of(f"12036300000000000{n}@g.us") for n in (1, 2, 3))
OURS = {OFFICE: frozenset({CHESS, CHOIR}), CLUB: frozenset({CHESS})}
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DAY = 24 * HOUR


def found(text: str = "", **more: object) -> Conclusion:
    return Conclusion({GroupKey("chess"): text}, declared=OURS, **more)  # type: ignore[arg-type]


@pytest.fixture
def agenda() -> Agenda:
    """One whose first look found everything as it should be, at MORNING."""
    made = Agenda((OFFICE, CLUB), DAY, MORNING)
    first = made.take(MORNING)
    assert first == Round(RoundCause.START)
    made.conclude(first, found(), MORNING)
    return made


def rounds(agenda: Agenda, since: datetime, until: datetime) -> list[tuple[datetime, Round]]:
    """Everything that comes up in a stretch of time when each look finds nothing new."""
    return played(agenda, since, until, lambda now: None)


def played(
    agenda: Agenda, since: datetime, until: datetime, after: Callable[[datetime], None], text: str = ""
) -> list[tuple[datetime, Round]]:
    """… and `after` happens after each look."""
    took: list[tuple[datetime, Round]] = []
    now = since
    while now <= until:
        due = agenda.take(now)
        if due is None:
            now = max(agenda.next_at(), now + timedelta(milliseconds=1))
            continue
        took.append((now, due))
        agenda.conclude(due, found(text), now)
        after(now)
    return took


def test_the_first_look_is_at_once_and_the_next_after_the_period(agenda: Agenda) -> None:
    assert agenda.next_at() == MORNING + DAY
    assert rounds(agenda, MORNING, MORNING + DAY) == [(MORNING + DAY, Round(RoundCause.SCHEDULE))]


def test_an_event_is_looked_at_after_a_quiet_moment(agenda: Agenda) -> None:
    at = MORNING + HOUR
    agenda.hear(OFFICE, CHESS, at)
    assert agenda.take(at + QUIET - SECOND) is None
    assert agenda.take(at + QUIET) == Round(RoundCause.EVENT, OFFICE, frozenset({CHESS}))
    assert agenda.take(at + QUIET) is None


def test_a_burst_of_events_is_one_look(agenda: Agenda) -> None:
    at = MORNING + HOUR
    for number in range(10):
        agenda.hear(OFFICE, CHESS if number % 2 else CHOIR, at + number * SECOND)
    took = rounds(agenda, at + 9 * SECOND, at + HOUR)
    assert took == [(at + 9 * SECOND + QUIET, Round(RoundCause.EVENT, OFFICE, frozenset({CHESS, CHOIR})))]


def test_somebody_who_never_pauses_is_noticed_too(agenda: Agenda) -> None:
    start = MORNING + HOUR
    now = start
    while agenda.take(now) is None:
        agenda.hear(OFFICE, CHESS, now)
        now += SECOND
    assert now - start == LONGEST_BURST


def test_accounts_do_not_wait_for_each_other(agenda: Agenda) -> None:
    at = MORNING + HOUR
    agenda.hear(OFFICE, CHESS, at)
    agenda.hear(CLUB, None, at + SECOND)
    took = rounds(agenda, at, at + MINUTE)
    assert [round_ for _, round_ in took] == [
        Round(RoundCause.EVENT, OFFICE, frozenset({CHESS})),
        Round(RoundCause.EVENT, CLUB, None),
    ]


def test_groups_in_no_manifest_are_nobodys_business(agenda: Agenda) -> None:
    agenda.hear(OFFICE, PRIVATE, MORNING + HOUR)
    agenda.hear(CLUB, CHOIR, MORNING + HOUR)
    assert agenda.next_at() == MORNING + DAY


def test_until_the_first_look_nobody_knows_which_groups_are_ours() -> None:
    agenda = Agenda((OFFICE,), DAY, MORNING)
    first = agenda.take(MORNING)
    assert first is not None
    agenda.conclude(first, Conclusion({}, failed=True), MORNING)
    agenda.hear(OFFICE, PRIVATE, MORNING + MINUTE)
    assert agenda.next_at() == MORNING + MINUTE


def test_an_event_for_every_read_does_not_make_a_loop(agenda: Agenda) -> None:
    at = MORNING + HOUR
    agenda.hear(OFFICE, CHESS, at)
    took = played(agenda, at, at + 12 * HOUR, lambda now: agenda.hear(OFFICE, CHESS, now + SECOND))
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(took)]
    assert gaps[:7] == sorted(gaps[:7])
    assert set(gaps[-4:]) == {ECHO_REST}
    assert len(took) < 12 + 8
    assert {round_.cause for _, round_ in took[1:]} == {RoundCause.ECHO}


def test_standing_drift_that_echoes_does_not_make_a_loop_either(agenda: Agenda) -> None:
    at = MORNING + HOUR
    agenda.hear(OFFICE, CHESS, at)
    took = played(agenda, at, at + 12 * HOUR, lambda now: agenda.hear(OFFICE, CHESS, now + SECOND), "drifted")
    assert len(took) < 12 + 9


def test_late_echoes_do_not_make_a_loop_either(agenda: Agenda) -> None:
    at = MORNING + HOUR
    agenda.hear(OFFICE, CHESS, at)
    took = played(agenda, at, at + HOUR, lambda now: agenda.hear(OFFICE, CHESS, now + 40 * SECOND))
    assert len(took) <= HOUR / NEWS_REST + 4


def test_two_parties_that_undo_each_others_work_are_not_served_at_the_speed_of_events(agenda: Agenda) -> None:
    now, took = MORNING + HOUR, 0
    end = now + HOUR
    while now < end:
        agenda.hear(OFFICE, CHESS, now)
        now = agenda.next_at()
        due = agenda.take(now)
        assert due is not None
        took += 1
        agenda.conclude(due, found(f"undone by {took % 2}"), now)
        now += SECOND
    assert took < 12


def test_while_echoes_rest_somebody_on_a_phone_is_noticed_at_once(agenda: Agenda) -> None:
    at = MORNING + HOUR
    agenda.hear(OFFICE, CHESS, at)
    took = played(agenda, at, at + 5 * HOUR, lambda now: agenda.hear(OFFICE, CHESS, now + SECOND))
    last, _ = took[-1]
    tapped = last + 20 * MINUTE
    assert agenda.next_at() > tapped + 10 * MINUTE
    agenda.hear(OFFICE, CHOIR, tapped)
    assert agenda.next_at() == tapped + QUIET
    due = agenda.take(tapped + QUIET)
    assert due == Round(RoundCause.EVENT, OFFICE, frozenset({CHESS, CHOIR}))


def test_something_new_makes_waiting_short_again(agenda: Agenda) -> None:
    at = MORNING + HOUR
    agenda.hear(OFFICE, CHESS, at)
    took = played(agenda, at, at + 5 * HOUR, lambda now: agenda.hear(OFFICE, CHESS, now + SECOND))
    now = took[-1][0] + ECHO_REST
    due = agenda.take(now)
    assert due is not None
    agenda.conclude(due, found("somebody left"), now)
    agenda.hear(OFFICE, CHESS, now + SECOND)
    assert agenda.next_at() == now + SECOND + QUIET


def test_what_failed_is_tried_again_less_and_less_often(agenda: Agenda) -> None:
    now = MORNING + DAY
    tried: list[RoundCause] = []
    while len(tried) < 10:
        due = agenda.take(now)
        assert due is not None
        tried.append(due.cause)
        agenda.conclude(due, Conclusion({}, failed=True), now)
        wait = agenda.next_at() - now
        assert MINUTE <= wait <= HOUR
        now = agenda.next_at()
    assert wait == HOUR
    assert tried == [RoundCause.SCHEDULE] + 9 * [RoundCause.RETRY]


def test_an_event_whose_look_failed_is_not_forgotten(agenda: Agenda) -> None:
    at = MORNING + HOUR
    agenda.hear(OFFICE, CHESS, at)
    due = agenda.take(at + QUIET)
    assert due is not None
    agenda.conclude(due, Conclusion({}, failed=True), at + QUIET)
    assert agenda.next_at() == at + QUIET + MINUTE
    assert agenda.take(at + QUIET + MINUTE) == due


def test_what_was_paused_goes_on_when_it_may(agenda: Agenda) -> None:
    now = MORNING + DAY
    due = agenda.take(now)
    assert due is not None
    agenda.conclude(due, found("half", again_at=now + 3 * HOUR), now)
    assert agenda.next_at() == now + 3 * HOUR
    assert agenda.take(now + 3 * HOUR) == Round(RoundCause.RETRY)


def test_a_connection_that_came_back_ends_the_wait_for_it(agenda: Agenda) -> None:
    at = MORNING + HOUR
    agenda.hear(OFFICE, None, at)
    for _ in range(8):
        at = agenda.next_at()
        due = agenda.take(at)
        assert due is not None
        agenda.conclude(due, Conclusion({}, failed=True), at)
    agenda.hear(OFFICE, None, at + MINUTE)
    assert agenda.next_at() <= at + NEWS_REST


def test_a_date_of_the_files_is_looked_at_when_it_comes_and_changes_nothing_of_the_period(agenda: Agenda) -> None:
    agenda.hear(OFFICE, None, MORNING)
    look = agenda.take(MORNING + QUIET)
    assert look is not None
    agenda.conclude(look, found(next_date=MORNING + HOUR), MORNING + QUIET)
    assert agenda.next_at() == MORNING + HOUR
    assert rounds(agenda, MORNING + QUIET, MORNING + DAY) == [
        (MORNING + HOUR, Round(RoundCause.DUE)),
        (MORNING + DAY, Round(RoundCause.SCHEDULE)),
    ]
