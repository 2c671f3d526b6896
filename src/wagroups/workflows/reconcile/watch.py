"""Watch: hints come in, looks go out, one at a time.

The hints come from another thread, which answers gateways while a look takes its time.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import Desired
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.domain.plans.plan import Plan
from wagroups.domain.ports import Clock
from wagroups.gateways.shared.events import Hint
from wagroups.planning.situation import Selection
from wagroups.workflows.reconcile.session import Session
from wagroups.workflows.reconcile.watch_schedule import Agenda, Conclusion, Round

PULSE: Final = timedelta(seconds=0.5)
"""Between two looks into the inbox.  Chosen: short beside the quiet time before a look."""

IDS: Final = 10_000
"""Events whose ids are remembered.  Chosen: gateways repeat within minutes."""


class Heard(NamedTuple):
    """A hint, and when it came in."""

    account: AccountKey
    group: GroupJid | None
    at: datetime


class Inbox:
    """Hints that nobody has seen yet: one for each group, so that no flood fills it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._heard: dict[tuple[AccountKey, GroupJid | None], datetime] = {}
        self._ids: dict[tuple[AccountKey, str], None] = {}

    def put(self, account: AccountKey, hint: Hint, at: datetime) -> None:
        """Note a hint, unless this very event came before."""
        with self._lock:
            if (account, hint.id) in self._ids:
                return
            self._ids[account, hint.id] = None
            if len(self._ids) > IDS:
                del self._ids[next(iter(self._ids))]
            self._heard[account, hint.group] = at

    def drain(self) -> list[Heard]:
        """Everything heard since the last time."""
        with self._lock:
            heard = [Heard(account, group, at) for (account, group), at in self._heard.items()]
            self._heard.clear()
        return heard


async def watch(
    agenda: Agenda,
    inbox: Inbox,
    look: Callable[[Round], Awaitable[Conclusion | None]],
    clock: Clock,
    stopped: Callable[[], bool],
) -> None:
    """Look whenever something is due, until somebody asks to stop.

    `look` returns `None` for a round that turned out to be about nothing.
    """
    while not stopped():
        for heard in inbox.drain():
            agenda.hear(*heard)
        now = clock.now()
        due = agenda.take(now)
        if due is None:
            await clock.sleep(min(max(agenda.next_at() - now, timedelta(0)), PULSE))
            continue
        conclusion = await look(due)
        if conclusion is not None:
            agenda.conclude(due, conclusion, clock.now())


Declared = dict[AccountKey, dict[GroupJid, GroupKey]]
"""Live groups of declared ones, by account."""


def declared_groups(session: Session, selection: Selection) -> Declared:
    """The live groups that belong to selected groups, as the manifests and the ledger say."""
    now = session.clock.now()
    accounts = {account for account, _ in _selected(session.project.desired, selection)}
    bound = {account: session.ledger.recall(account, now).bindings for account in accounts}
    found: Declared = {account: {} for account in accounts}
    for account, key in _selected(session.project.desired, selection):
        written = session.project.desired.groups[key].id
        binding = bound[account].get(key)
        jid = written or (None if binding is None else binding.jid)
        if jid is not None:
            found[account][jid] = key
    return found


def _selected(desired: Desired, selection: Selection) -> Iterator[tuple[AccountKey, GroupKey]]:
    return ((group.account, key) for key, group in desired.groups.items() if selection.has_group(group))


def narrowed(selection: Selection, due: Round, declared: Declared) -> Selection | None:
    """The part of `selection` that a round is about; `None` when nothing of it is."""
    if due.account is None:
        return selection
    if due.account not in declared:
        return None
    if due.groups is None:
        return selection.model_copy(update={"accounts": (due.account,)})
    keys = sorted(key for jid, key in declared[due.account].items() if jid in due.groups)
    # The keys were selected by the targets that they replace.
    return selection.model_copy(update={"accounts": (due.account,), "targets": tuple(keys)}) if keys else None


def next_date(desired: Desired, selection: Selection, now: datetime) -> datetime | None:
    """When the next date of the selected groups comes."""
    groups = (group for group in desired.groups.values() if selection.has_group(group) and group.members.dated)
    ahead = (boundary.at for group in groups for boundary in group.boundaries() if boundary.at > now)
    return min(ahead, default=None)


def findings(*plans: Plan) -> dict[GroupKey, str]:
    """What differs in each group, as texts to compare: the goals of actions, holds, guards, and counted notices.

    Notices are counted, because somebody who is gone is one; their words hold times and would never be the same.
    """
    found: dict[GroupKey, str] = {}
    for plan in plans:
        refused = {group: [g.rule for g in plan.guards if g.group == group] for group in plan.refused_groups}
        for group in plan.groups:
            said = [action.id for action in group.actions]
            said += [group.hold.rule] if group.hold is not None else []
            said += refused.get(group.key, [])
            noted = Counter(notice.code for notice in group.notices)
            said += [f"{code}×{number}" for code, number in sorted(noted.items())]
            found[group.key] = f"{found.get(group.key, '')}{' '.join(said)};"
    return found
