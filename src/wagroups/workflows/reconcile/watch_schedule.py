"""When to look again: what `watch` does with hints, without doing any of it.

Three things are kept apart.  *Burst*: one evening's tidying up on a phone is fifty events and deserves one look.
*Echo*: some engines answer a read with an event for every group they read (WAHA's NOWEB without a store), and every
write of ours comes back as an event; whoever looks at each echo looks for ever.  *Restlessness*: events that keep
coming and change nothing.  An event about a declared group is never dropped, because it may be true; it is only made
to wait, twice as long each time a look found nothing that was not known already.

Pure: times come in as arguments.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from wagroups.domain.identity import AccountKey, GroupJid, GroupKey

QUIET: Final = timedelta(seconds=3)
"""A look begins when nothing more was heard for so long.  Chosen: who taps on a phone pauses for less."""

LONGEST_BURST: Final = timedelta(seconds=30)
"""… but not later than this after the first event.  Chosen: somebody who never pauses is still noticed."""

ECHO: Final = timedelta(seconds=30)
"""Events within this time after a look may be its own doing.  Chosen: gateways deliver within seconds, and again
after 5 and 30 s when we were slow to answer (waxum documentation, 2026)."""

FIRST_REST: Final = timedelta(minutes=1)
"""After the first look that found nothing; twice as long after each further one.  Chosen."""

ECHO_REST: Final = timedelta(hours=1)
"""The longest rest from echoes: what a periodic look costs anyway."""

NEWS_REST: Final = timedelta(minutes=5)
"""The longest rest from events that are no echoes.  Chosen: they cost a listing each, of which the careful budget
holds twelve an hour."""

REMEMBERED: Final = timedelta(hours=1)
"""For how long a finding counts as known beside the latest one.  Chosen: two parties that keep undoing each other's
work must not be served at the speed of events."""


class RoundCause(StrEnum):
    """Why there is a look."""

    START = "start"
    SCHEDULE = "schedule"
    EVENT = "event"
    ECHO = "echo"
    RETRY = "retry"
    DUE = "due"
    """A date of the files has come."""


class Round(NamedTuple):
    """One look that is due."""

    cause: RoundCause
    account: AccountKey | None = None
    """`None` = every account that was selected."""
    groups: frozenset[GroupJid] | None = None
    """`None` = the whole account."""


class Conclusion(NamedTuple):
    """What a round came to."""

    findings: Mapping[GroupKey, str]
    """For each group that was looked at, a text that is the same as long as the same differs."""
    again_at: datetime | None = None
    """When to go on with what was left undone."""
    failed: bool = False
    """Nothing was learnt: the gateway, the files or the ledger could not be used."""
    declared: Mapping[AccountKey, frozenset[GroupJid]] | None = None
    """The live groups that are ours to look at, by account; `None` when that could not be learnt."""
    next_date: datetime | None = None
    """When the next date of the files comes that something is to be done about."""


@dataclass
class _Waiting:
    """Hints of one account that were not looked at yet."""

    news: bool
    first: datetime
    last: datetime
    groups: set[GroupJid] = field(default_factory=set)
    whole: bool = False
    not_before: datetime | None = None

    @property
    def scope(self) -> frozenset[GroupJid] | None:
        return None if self.whole else frozenset(self.groups)


@dataclass
class _Beat:
    """How one account has been answering to looks."""

    ended: datetime | None = None
    """The end of the last look."""
    echoed: bool = False
    """Whether that look was followed by an echo."""
    fruitless: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    """Looks in a row that found nothing new, for news (`True`) and for echoes."""

    def rest(self, *, news: bool) -> timedelta:
        count = self.fruitless[news]
        longest = NEWS_REST if news else ECHO_REST
        # Doubling a timedelta without end overflows; six doublings are past the longest rest.
        return min(FIRST_REST * 2 ** min(count - 1, 6), longest) if count else timedelta(0)


class Agenda:
    """What is due, and when."""

    def __init__(self, accounts: Iterable[AccountKey], every: timedelta, now: datetime) -> None:
        self._every = every
        self._beats = {account: _Beat() for account in accounts}
        self._waiting: dict[AccountKey, _Waiting] = {}
        self._known: dict[tuple[GroupKey, str], datetime] = {}
        self._latest: dict[GroupKey, str] = {}
        self._declared: Mapping[AccountKey, frozenset[GroupJid]] | None = None
        self._failures = 0
        self._full_at, self._full_cause = now, RoundCause.START
        self._next_date: datetime | None = None

    def hear(self, account: AccountKey, group: GroupJid | None, at: datetime) -> None:
        """Note a hint that came in at `at`; `group=None` is about the whole account.

        A group that was in no manifest at the last look is nobody's business here; one that became ours since then is
        found by the next full look.
        """
        if group is not None and self._declared is not None and group not in self._declared.get(account, ()):
            return
        beat = self._beats[account]
        echo = beat.ended is not None and at <= beat.ended + ECHO
        if echo:
            beat.echoed = True
        else:
            self._calm(beat, at)
        waiting = self._waiting.setdefault(account, _Waiting(news=False, first=at, last=at))
        if not echo and not waiting.news:
            # Echoes may have waited for long, and their burst is over.
            waiting.news, waiting.first = True, at
        waiting.last = max(waiting.last, at)
        if group is None:
            # The connection changed: what had to wait for it may go on.
            waiting.whole, waiting.not_before = True, None
        else:
            waiting.groups.add(group)

    def next_at(self) -> datetime:
        """When something is due, if nothing more is heard."""
        dates = [] if self._next_date is None else [self._next_date]
        return min([self._full_at, *dates, *(self._due(account) for account in self._waiting)])

    def take(self, now: datetime) -> Round | None:
        """The next round that is due at `now`; its hints are then no longer waiting."""
        if now >= self._full_at:
            self._waiting.clear()
            return Round(self._full_cause)
        if self._next_date is not None and now >= self._next_date:
            self._next_date = None  # what is left undone is found by the next full look
            return Round(RoundCause.DUE)
        for account, waiting in self._waiting.items():
            if now >= self._due(account):
                del self._waiting[account]
                return Round(RoundCause.EVENT if waiting.news else RoundCause.ECHO, account, waiting.scope)
        return None

    def conclude(self, done: Round, conclusion: Conclusion, now: datetime) -> None:
        """Learn from a round that ended at `now`."""
        if conclusion.declared is not None:
            self._declared = conclusion.declared
            self._next_date = conclusion.next_date
        fruitful = self._learn(conclusion.findings, now)
        for account in self._beats if done.account is None else (done.account,):
            beat = self._beats[account]
            beat.ended, beat.echoed = now, False
            if fruitful:
                beat.fruitless = {True: 0, False: 0}
            elif done.account is not None:
                beat.fruitless[done.cause is RoundCause.EVENT] += 1
        self._failures = self._failures + 1 if conclusion.failed else 0
        again_at = conclusion.again_at
        if conclusion.failed and again_at is None:
            again_at = now + min(FIRST_REST * 2 ** min(self._failures - 1, 6), self._every, ECHO_REST)
        if again_at is not None:
            again_at = max(again_at, now + FIRST_REST)
        if done.cause is not RoundCause.DUE:
            self._come_back(done, again_at, now)

    def _come_back(self, done: Round, again_at: datetime | None, now: datetime) -> None:
        """Note when what was left undone is tried again, and when the next full look is."""
        if done.account is None:
            regular = now + self._every
            early = again_at is not None and again_at < regular
            self._full_at = again_at if early and again_at is not None else regular
            self._full_cause = RoundCause.RETRY if early else RoundCause.SCHEDULE
        elif again_at is not None:
            waiting = self._waiting.setdefault(done.account, _Waiting(news=True, first=now, last=now))
            waiting.not_before = again_at
            waiting.groups |= done.groups or set()
            waiting.whole = waiting.whole or done.groups is None

    def _due(self, account: AccountKey) -> datetime:
        waiting, beat = self._waiting[account], self._beats[account]
        due = min(waiting.last + QUIET, waiting.first + LONGEST_BURST)
        if beat.ended is not None:
            due = max(due, beat.ended + beat.rest(news=waiting.news))
        return due if waiting.not_before is None else max(due, waiting.not_before)

    @staticmethod
    def _calm(beat: _Beat, at: datetime) -> None:
        """Forget fruitless looks when the account has been silent since."""
        if beat.ended is None:
            return
        if not beat.echoed:
            beat.fruitless[False] = 0
        if at - beat.ended > 2 * beat.rest(news=True):
            beat.fruitless[True] = 0

    def _learn(self, findings: Mapping[GroupKey, str], now: datetime) -> bool:
        """Whether any finding is one that was not known."""
        self._known = {
            (group, found): at
            for (group, found), at in self._known.items()
            if self._latest.get(group) == found or now - at <= REMEMBERED
        }
        fresh = [finding for finding in findings.items() if finding not in self._known]
        self._known |= dict.fromkeys(findings.items(), now)
        self._latest |= findings
        return bool(fresh)
