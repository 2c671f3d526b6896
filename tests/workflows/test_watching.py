"""The loop of `watch`: nothing is heard twice, nothing is done at the same time, and it ends when told to."""

import asyncio
from datetime import timedelta

from tests.fake_clock import FakeClock
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.gateways.shared.events import Hint
from wagroups.workflows.reconcile.watch import IDS, PULSE, Heard, Inbox, watch
from wagroups.workflows.reconcile.watch_schedule import QUIET, Agenda, Conclusion, Round, RoundCause

OFFICE = AccountKey("office")
CHESS, CHOIR = (GroupJid.of(f"12036300000000000{n}@g.us") for n in (1, 2))
HOUR = timedelta(hours=1)


def watched(
    clock: FakeClock, inbox: Inbox, duration: timedelta, *taps: timedelta, echo: bool = False
) -> list[tuple[timedelta, Round]]:
    """Watch for a while, with events at `taps`; each look reads, which with `echo` brings an event of its own."""
    start, looks, to_come = clock.now(), list[tuple[timedelta, Round]](), list(taps)

    def over() -> bool:
        while to_come and clock.now() - start >= to_come[0]:
            inbox.put(OFFICE, Hint(f"tap at {to_come.pop(0)}", CHESS), clock.now())
        return clock.now() - start > duration

    async def look(due: Round) -> Conclusion:
        looks.append((clock.now() - start, due))
        if echo:
            inbox.put(OFFICE, Hint(f"echo {len(looks)}", CHESS), clock.now())
        return Conclusion({GroupKey("chess"): ""}, declared={OFFICE: frozenset({CHESS})})

    asyncio.run(watch(Agenda((OFFICE,), HOUR, start), inbox, look, clock, over))
    return looks


def test_the_same_event_is_heard_once() -> None:
    inbox, now = Inbox(), FakeClock().now()
    for _ in range(3):
        inbox.put(OFFICE, Hint("evt_1", CHESS), now)
    assert inbox.drain() == [Heard(OFFICE, CHESS, now)]
    inbox.put(OFFICE, Hint("evt_1", CHESS), now)
    assert inbox.drain() == []
    inbox.put(AccountKey("club"), Hint("evt_1", CHESS), now)
    assert len(inbox.drain()) == 1


def test_a_flood_takes_no_more_room_than_there_are_groups() -> None:
    inbox, now = Inbox(), FakeClock().now()
    for number in range(IDS + 100):
        inbox.put(OFFICE, Hint(f"evt_{number}", CHESS if number % 2 else CHOIR), now)
    assert len(inbox.drain()) == 2
    assert len(inbox._ids) == IDS


def test_it_looks_at_once_then_at_events_then_every_hour() -> None:
    tap = timedelta(minutes=10)
    looks = watched(FakeClock(), Inbox(), 2 * HOUR + timedelta(minutes=5), tap)
    assert [due.cause for _, due in looks] == [
        RoundCause.START,
        RoundCause.EVENT,
        RoundCause.SCHEDULE,
        RoundCause.SCHEDULE,
    ]
    assert tap + QUIET <= looks[1][0] <= tap + QUIET + 2 * PULSE


def test_a_round_about_nothing_teaches_nothing() -> None:
    clock, inbox = FakeClock(), Inbox()
    start, looks = clock.now(), list[Round]()

    async def look(due: Round) -> Conclusion | None:
        looks.append(due)
        inbox.put(OFFICE, Hint(f"evt_{len(looks)}", CHESS), clock.now())
        return None if due.account else Conclusion({}, declared={OFFICE: frozenset({CHESS})})

    agenda = Agenda((OFFICE,), HOUR, start)
    asyncio.run(watch(agenda, inbox, look, clock, lambda: len(looks) > 2))
    assert [due.cause for due in looks] == [RoundCause.START, RoundCause.ECHO, RoundCause.ECHO]


def test_an_event_for_every_read_does_not_make_a_loop() -> None:
    looks = watched(FakeClock(), Inbox(), 6 * HOUR, echo=True)
    assert len(looks) < 6 + 6 + 8


def test_it_ends_when_told_to_and_looks_no_more() -> None:
    assert watched(FakeClock(), Inbox(), -timedelta(seconds=1)) == []
