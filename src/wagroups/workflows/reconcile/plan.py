"""Read every account, plan, ask what is still unknown, and plan again."""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from wagroups.domain.declared.desired import Desired
from wagroups.domain.errors import NeverRead, SessionLost
from wagroups.domain.identity import AccountKey, GroupKey, Phone
from wagroups.domain.live.last_read import LastRead
from wagroups.domain.plans.plan import Notice, Plan
from wagroups.domain.plans.points import PointClass
from wagroups.planning.explain.memberships import recalled
from wagroups.planning.holds import NOT_CONNECTED
from wagroups.planning.planner import make_plan
from wagroups.planning.safety.new_ledger import assumed, half_spent
from wagroups.planning.situation import Selection, Situation, Terms, as_met
from wagroups.workflows.reconcile.observe import AccountReader, LookedUp
from wagroups.workflows.reconcile.session import ConnectedAccount, Session, WaitPolicy, connected


class Preview(NamedTuple):
    """A plan and the accounts as they were when it was made."""

    plan: Plan
    situations: dict[AccountKey, Situation]

    def remarking(self, notices: tuple[Notice, ...]) -> "Preview":
        """The same, with more remarks on the plan as a whole."""
        if not notices:
            return self
        more = (*self.plan.notices, *notices)
        return self._replace(plan=self.plan.model_copy(update={"notices": more}))

    def __repr__(self) -> str:
        # When asyncio.run gives SIGINT back, signal.signal looks its own handler up in an enum, whose ValueError quotes
        # it, and with it the finished task and this result (CPython 3.11): in full that takes longer than the plan.
        return f"<Preview of {len(self.plan.groups)} groups>"


def accounts_of(session: Session, selection: Selection) -> tuple[AccountKey, ...]:
    """The accounts that the selected groups live on, and those the ledger might know orphans of."""
    wanted = {group.account for group in session.project.desired.groups.values() if selection.has_group(group)}
    if selection.whole:
        wanted.update(account for account in session.config.accounts if account in _with_bindings(session))
    if selection.accounts:
        wanted &= set(selection.accounts)
    return tuple(sorted(wanted))


def _with_bindings(session: Session) -> set[AccountKey]:
    return {account for account in session.config.accounts if session.ledger.bindings(account)}


async def preview(session: Session, terms: Terms, patience: WaitPolicy | None = None, *, met: bool = False) -> Preview:
    """What `wagroups plan` shows.  Reads, never writes to WhatsApp.  Raises GatewayError, NotYet.

    `met`: this is a look after which open points count as met, as `drift` is.
    """
    async with connected(session, accounts_of(session, terms.selection), patience) as accounts:
        found = await preview_connected(session, accounts, terms)
    remember_open(session, found.plan, terms.selection, met=met)
    return found


def remember_open(session: Session, plan: Plan, selection: Selection, *, met: bool) -> None:
    """Write down what is open in every group that was looked at whole, so that the next look can say since when."""
    if selection.only or selection.skip:
        return
    found: dict[AccountKey, dict[GroupKey, frozenset[str]]] = {}
    for group in plan.groups:
        if group.hold is None:
            points = frozenset(notice.id for notice in group.points(PointClass.OPEN))
            found.setdefault(group.account, {})[group.key] = points
    for account, groups in found.items():
        session.ledger.note_open(account, groups, plan.created_at, met=met)


def preview_recalled(session: Session, terms: Terms) -> Preview:
    """A plan from the last reads alone: no gateway is asked.

    What it does not know it does not look up: such people are named.  Raises NeverRead.
    """
    desired, now = session.project.desired, session.clock.now()
    situations = {
        key: _from_last_read(session, key, _last_read(session, key)) for key in accounts_of(session, terms.selection)
    }
    planned = make_plan(desired, situations, terms, now)
    for account, phones in planned.lookups.items():
        doubts = MappingProxyType(dict.fromkeys(phones, "this plan does not ask the gateway"))
        situations[AccountKey(account)] = situations[AccountKey(account)]._replace(doubts=doubts)
    if planned.lookups:
        planned = make_plan(desired, situations, terms, now)
    return Preview(planned.plan, situations)


def can_be_recalled(session: Session, selection: Selection) -> bool:
    """Whether every account was read so lately that a plan need not ask WhatsApp again, and nothing happened since."""
    now, keys = session.clock.now(), accounts_of(session, selection)
    last = [session.ledger.last_read(key) for key in keys]
    return bool(last) and all(read is not None and read.stands_in(now) for read in last)


def _last_read(session: Session, account: AccountKey) -> LastRead:
    last = session.ledger.last_read(account)
    if last is None:
        raise NeverRead(
            f"account {account} was never read, so there is nothing to plan from",
            hint="Run `wagroups plan` once without --from-last-read.",
        )
    return last


def _from_last_read(session: Session, account: AccountKey, last: LastRead) -> Situation:
    memory = session.ledger.recall(account, session.clock.now())
    claims = as_met(last.facts.capabilities, memory)
    situation = Situation(recalled(memory, last), memory, claims, session.pace(account)).taught(memory)
    return _completed(session.project.desired, situation, session)


async def preview_connected(session: Session, accounts: Sequence[ConnectedAccount], terms: Terms) -> Preview:
    """Plan for accounts that are connected already."""
    readers = {account.key: AccountReader(account, session.ledger, session.clock) for account in accounts}
    desired = session.project.desired
    situations = {key: await reader.situation(desired, terms) for key, reader in readers.items()}
    situations = {key: _completed(desired, situation, session) for key, situation in situations.items()}
    planned = make_plan(desired, situations, terms, session.clock.now())
    told = {
        AccountKey(account): await _looked_up(readers[AccountKey(account)], phones, desired)
        for account, phones in planned.lookups.items()
    }
    if told:
        for account, found in told.items():
            situations[account] = _recalled(session, account, situations[account], found)
        planned = make_plan(desired, situations, terms, session.clock.now())
    for account, waits in planned.exchanges.items():
        session.ledger.note_exchanges(account, waits, session.clock.now())
    for account, doubts in planned.unclear.items():
        session.ledger.note_doubts(account, doubts, session.clock.now())
    return Preview(planned.plan, situations)


def _completed(desired: Desired, situation: Situation, session: Session) -> Situation:
    """The situation with what the files allow, and with the budget as it is counted where the ledger is new."""
    memory, now = situation.memory, session.clock.now()
    attempts = half_spent(desired, memory, situation.pace, now)
    return situation._replace(
        memory=replace(memory, spent=assumed(attempts, memory, now)),
        permissions=session.config.permissions(memory.account),
        project=session.config.project,
    )


async def _looked_up(reader: AccountReader, phones: Sequence[Phone], desired: Desired) -> LookedUp | SessionLost:
    former = {person.phone: person.former_phones for person in desired.people if person.former_phones}
    try:
        return await reader.look_up(phones, former)
    except SessionLost as error:
        return error


def _recalled(session: Session, account: AccountKey, situation: Situation, found: LookedUp | SessionLost) -> Situation:
    """The same read with what was learnt since; of an account that was lost meanwhile nothing is acted on."""
    if isinstance(found, SessionLost):
        return situation._replace(observed=replace(situation.observed, trouble=NOT_CONNECTED))
    fresh = session.ledger.recall(account, session.clock.now())
    memory = replace(situation.memory, pairs=fresh.pairs, no_lid=fresh.no_lid, checks=fresh.checks)
    return situation._replace(doubts=MappingProxyType(dict(found.doubts))).taught(memory)
