"""Apply: hold the accounts, read, plan, ask what is approved, execute, look, judge, plan again.

    lease → preview → approve → execute → prove → judge → learn → plan again

Nothing here decides what is right: the planner, the guards, the executor and the verdict do.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import uuid4

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.safety import Override
from wagroups.domain.errors import Declined, GatewayError, Locked, NotYet, SessionLost, WagroupsError, reason_in
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.domain.live.observed import Observed
from wagroups.domain.live.roster import Names
from wagroups.domain.live.tombstone import Turnover
from wagroups.domain.plans.approval import Reviewed
from wagroups.domain.plans.change import GroupAdoption, GroupCreation
from wagroups.domain.plans.outcome import ActionResult, Failure, Run, Verdict
from wagroups.domain.plans.plan import Notice, Plan
from wagroups.execution.executor import Executor, Watcher
from wagroups.execution.feedback import Learning
from wagroups.execution.group_run import GroupWork
from wagroups.execution.journalled_call import JournalledRun
from wagroups.execution.judge import doubted_in, judge
from wagroups.execution.verification import Verifier
from wagroups.planning.binding import Bound, bind, bound_ids, unsettled_creations
from wagroups.planning.diff.departures import turnover_of
from wagroups.planning.diff.due import groups_with_dates
from wagroups.planning.holds import trusted
from wagroups.planning.planner import make_plan
from wagroups.planning.safety.approval import Approved, OnStale, approve, approve_all, approve_due, why_withheld
from wagroups.planning.safety.new_ledger import SPENT_BEFORE, half_spent
from wagroups.planning.situation import Situation, Terms
from wagroups.workflows.reconcile.bookkeeping import Bookkeeping, GroupAsRead
from wagroups.workflows.reconcile.observe import AccountReader
from wagroups.workflows.reconcile.plan import Preview, accounts_of, preview_connected, remember_open
from wagroups.workflows.reconcile.session import ConnectedAccount, Session, WaitPolicy, connected

LOCK_LOOK: Final = timedelta(seconds=2)
"""Between two looks at a held account.  Chosen."""

_NOTHING_APPROVED: Final = Notice(
    code="nothing-approved",
    text="no plan has been approved in this ledger yet; apply a reviewed plan first, then the changes that follow "
    "from its dates can be made",
)


@dataclass(frozen=True)
class ApplyOptions:
    """What the user asked of this apply, beyond the terms of planning."""

    terms: Terms
    confirm: Callable[[Plan], bool]
    """Asked once, with the plan that would be executed; `False` ends the run with nothing written."""
    watcher: Callable[[Plan], Watcher]
    stopped: Callable[[], int | None]
    """The exit code of a signal that asked to stop; `None` while nobody did."""
    confirm_dates: Callable[[Plan], bool] = lambda plan: True
    """Asked where nothing is to be done now: whether what the plan says of later is approved."""
    remember: Callable[[Plan], tuple[Override, ...]] = lambda plan: ()
    """Asked with the plan: overrides of `new-ledger` for groups of which a person says that nobody left them."""
    reviewed: Reviewed | None = None
    on_stale: OnStale = "reviewed-only"
    patience: WaitPolicy = field(default_factory=WaitPolicy)
    lock_timeout: timedelta = field(default_factory=timedelta)
    """How long another run that holds an account is waited for."""
    fail_fast: bool = False
    actor: str = ""


async def apply(session: Session, orders: ApplyOptions) -> Run:
    """Carry out what differs and prove it.

    Raises GatewayError when an account cannot be read, Locked when another run holds it, NotYet when its reads
    have to wait, Declined when the user said no; in each case nothing was written.
    """
    orders, notices = _with_terms(session, orders)
    keys = accounts_of(session, orders.terms.selection)
    async with connected(session, keys, orders.patience) as accounts:
        with ExitStack() as leases:
            for account in accounts:
                await _take_lease(session, account.key, orders, leases)
            found = (await preview_connected(session, accounts, orders.terms)).remarking(notices)
            found, orders = _remembering(session, found, orders)
            approved = _approved(session, found.plan, orders)
            if not _anything(approved):
                return _nothing_done(session, found, approved, orders)
            if not orders.terms.due and not orders.confirm(approved.plan):
                raise Declined
            return await _Apply(session, accounts, found, approved, orders).run()


def _with_terms(session: Session, orders: ApplyOptions) -> tuple[ApplyOptions, tuple[Notice, ...]]:
    """The orders, with what a reviewed plan approves; where only dates count, for the groups that these came in.

    A schedule asks every hour, and on nearly every hour no gateway has to be asked.
    """
    terms = orders.terms.model_copy(update={"reviewed": orders.reviewed})
    notices: tuple[Notice, ...] = ()
    if terms.due:
        now = session.clock.now()
        memories = {account: session.ledger.recall(account, now) for account in accounts_of(session, terms.selection)}
        keys = tuple(groups_with_dates(session.project.desired, memories, terms.selection, now))
        # Nothing is due: a target that no key can have.
        narrowed = terms.selection.model_copy(update={"targets": keys or ("",)})
        terms = terms.model_copy(update={"selection": narrowed})
        if not any(memory.approvals for memory in memories.values()):
            notices = (_NOTHING_APPROVED,)
    return replace(orders, terms=terms), notices


async def _take_lease(session: Session, account: AccountKey, orders: ApplyOptions, leases: ExitStack) -> None:
    """Hold an account, waiting for another run as long as the user wants to."""
    end = session.clock.now() + orders.lock_timeout
    while True:
        try:
            leases.enter_context(session.ledger.hold(account, session.clock.now()))
            return
        except Locked:
            if session.clock.now() >= end or orders.stopped() is not None:
                raise
            await session.clock.sleep(LOCK_LOOK)


def _remembering(session: Session, found: Preview, orders: ApplyOptions) -> tuple[Preview, ApplyOptions]:
    """The plan once more where a person said of groups that nobody left them."""
    said = orders.remember(found.plan)
    if not said:
        return found, orders
    terms = orders.terms.model_copy(update={"overrides": (*orders.terms.overrides, *said)})
    plan = make_plan(session.project.desired, found.situations, terms, session.clock.now()).plan
    return found._replace(plan=plan), replace(orders, terms=terms)


def _approved(session: Session, plan: Plan, orders: ApplyOptions) -> Approved:
    if orders.terms.due:
        return approve_due(plan)
    if orders.reviewed is None:
        return approve_all(plan)
    first = session.ledger.approve(orders.reviewed.digest, sorted(orders.reviewed.actions), session.clock.now())
    return approve(plan, orders.reviewed, orders.terms, first, orders.on_stale)


def _anything(approved: Approved) -> bool:
    """Whether there is anything to execute or to write into the ledger."""
    return any(action.id not in approved.withheld and not group.watched for group, action in approved.plan.actions())


def _nothing_done(session: Session, found: Preview, approved: Approved, orders: ApplyOptions) -> Run:
    remember_open(session, found.plan, orders.terms.selection, met=True)
    results = tuple(
        ActionResult(id=action.id, verdict=Verdict.WITHHELD, error=why_withheld(approved.plan, group.key))
        for group, action in approved.plan.actions()
        if not group.watched
    )
    if not approved.plan.refused:
        books = Bookkeeping(session, found, approved, orders.terms)
        books.open()
        if not orders.terms.due and orders.confirm_dates(approved.plan):
            books.note_approvals(orders.terms)
        for plan in approved.plan.groups:
            books.settle(GroupWork(plan, plan.jid, None))
        books.close(results, orders.terms.selection)
    return Run(
        plan=approved.plan,
        results=results,
        remaining=approved.plan,
        actor=orders.actor,
        ended_at=session.clock.now(),
    )


def _known(situation: Situation) -> tuple[GroupJid, ...]:
    bound = (binding.jid for binding in situation.memory.bindings.values())
    return tuple(dict.fromkeys((*situation.observed.groups, *bound)))


class _Side(NamedTuple):
    """One account's part of a run."""

    account: ConnectedAccount
    works: list[GroupWork]
    looker: Verifier
    executor: Executor

    def give_up_looking(self, why: str) -> None:
        """Let what was asked for and not looked at since be judged as not known."""
        for work in self.works:
            work.unread = reason_in(why)


class _Apply:
    """One run, from an approved plan to its proof."""

    def __init__(
        self,
        session: Session,
        accounts: Sequence[ConnectedAccount],
        found: Preview,
        approved: Approved,
        orders: ApplyOptions,
    ) -> None:
        self._session, self._found, self._approved, self._orders = session, found, approved, orders
        self._ledger, self._clock = session.ledger, session.clock
        self._books = Bookkeeping(session, found, approved, orders.terms)
        self._run = uuid4().hex[:12]
        self._broken: Exception | None = None
        """What ended the run beside the gateway: the ledger's failure, or a mistake of this program."""
        watcher = orders.watcher(approved.plan)
        self._sides = [self._side(account, watcher) for account in accounts]

    def _side(self, account: ConnectedAccount, watcher: Watcher) -> _Side:
        situation = self._found.situations[account.key]
        works = [
            GroupWork(plan, plan.jid, None if plan.jid is None else situation.observed.groups.get(plan.jid))
            for plan in self._approved.plan.groups
            if plan.account == account.key and plan.steps
        ]
        looker = Verifier(
            account.gateway,
            self._clock,
            situation.memory.names,
            lambda observed: self._learnt(situation, observed),
        )
        executor = Executor(
            account.gateway,
            self._ledger,
            account.pacer,
            self._clock,
            looker,
            JournalledRun(self._run, self._orders.actor, account.key, _known(situation)),
            situation.memory,
            watcher,
            lambda: self._orders.stopped() is not None,
            fail_fast=self._orders.fail_fast,
        )
        return _Side(account, works, looker, executor)

    def _learnt(self, situation: Situation, observed: Observed) -> Names:
        """Remember a read made after writes; its people are good when nothing speaks against the list."""
        memory = self._ledger.recall(observed.account, self._clock.now())
        read = situation._replace(observed=observed).taught(memory)
        observed = read.observed
        terms = self._orders.terms
        good = frozenset(jid for jid in observed.groups if trusted(jid, read, terms))
        groups = tuple(g for g in self._session.project.desired.groups.values() if g.account == observed.account)
        bound = bound_ids(read, terms, groups)
        moved = turnover_of(read, bound, good)
        # One read more proves no departure: the last good one stays, and the next run looks twice.
        missing = {key for key, one in moved.items() if one.left or one.lost}
        unsure = {read.memory.bindings[key].jid if key in read.memory.bindings else bound[key] for key in missing}
        back = {key: Turnover(back=one.back) for key, one in moved.items()}
        self._ledger.note_read(observed, good - unsure, back)
        return read.memory.names

    async def run(self) -> Run:
        self._audit()
        self._count_what_was_forgotten()
        if not self._approved.plan.refused:
            self._books.open()
            if not self._orders.terms.due:
                self._books.note_approvals(self._orders.terms)
        for side in self._sides:
            if self._broken is None:
                await side.executor.protect(side.works)
                self._broken = side.executor.broken
        for side in self._sides:
            await self._carry_out(side)
        results = self._judged()
        remaining, error = self._concluded(results)
        lost = [side.executor.session_lost for side in self._sides if side.executor.session_lost]
        pauses = [side.executor.paused.until for side in self._sides if side.executor.paused is not None]
        return Run(
            plan=self._approved.plan,
            results=results,
            remaining=remaining,
            remaining_error=error,
            paused_until=min((until for until in pauses if until is not None), default=None),
            interrupted=self._orders.stopped(),
            session_lost=lost[0] if lost else None,
            broken=None if self._broken is None else _failure(self._broken),
            created=tuple(self._created()),
            actor=self._orders.actor,
            ended_at=self._clock.now(),
        )

    async def _carry_out(self, side: _Side) -> None:
        """One account's part: work, look for what has no answer, look until it shows.

        Whatever goes wrong ends the run and not its report: groups may be changed by then.
        """
        if self._broken is not None:
            for work in side.works:
                work.block("the run broke off before this")
            return None
        await side.executor.run(side.works)
        self._broken = side.executor.broken
        try:
            if self._broken is None and (found := await self._found_again(side)):
                await side.executor.run(found)
                self._broken = side.executor.broken
            if self._broken is None:
                return await self._prove(side)
        except Exception as error:
            self._broken = error
        for work in side.works:
            if work.jid is not None and work.unproven:
                await side.looker.look_without_ledger(work)
        return None

    def _concluded(self, results: tuple[ActionResult, ...]) -> tuple[Plan | None, str | None]:
        """Write down what the run taught, and plan again; or why neither could be done."""
        if self._broken is None:
            try:
                self._teach(results)
                self._books.record(self._run, self._orders.actor, results)
                if not self._approved.plan.refused:
                    self._books.close(results, self._orders.terms.selection, dict(self._last_reads()))
                remaining, error = self._plan_again()
                if remaining is not None:
                    remember_open(self._session, remaining, self._orders.terms.selection, met=True)
                return remaining, error
            except Exception as error:
                self._broken = error
        return None, _failure(self._broken).message

    def _count_what_was_forgotten(self) -> None:
        """Count half of the day as spent where the ledger is new though groups are known by their ids."""
        desired, now = self._session.project.desired, self._clock.now()
        for side in self._sides:
            account = side.account.key
            memory = self._ledger.recall(account, now)
            attempts = half_spent(desired, memory, self._session.pace(account), now)
            self._ledger.note_spent(account, attempts, now - SPENT_BEFORE)

    def _audit(self) -> None:
        entries = [f"override {o}{_from_files(o)}: {o.reason}" for o in self._orders.terms.overrides]
        if self._orders.reviewed is not None:
            entries.append(f"approved plan {self._orders.reviewed.digest}")
        if entries:
            self._ledger.audit(self._run, self._clock.now(), self._orders.actor, entries)

    async def _found_again(self, side: _Side) -> list[GroupWork]:
        """Look once for what unanswered creations made, before anything is said of them."""
        sought = [work for work in side.works if work.unanswered_creation]
        if not sought or side.executor.session_lost is not None:
            return []
        declared = tuple(self._session.project.desired.groups[work.plan.key] for work in sought)
        try:
            situation = await AccountReader(side.account, self._ledger, self._clock).search(declared)
        except (NotYet, GatewayError) as error:
            if isinstance(error, SessionLost):
                side.executor.session_lost = error.message
            for work in sought:
                work.not_found(f"it could not be checked ({reason_in(error.message)})")
            return []
        side.looker.take(situation.observed, situation.memory.names)
        return [
            work
            for work, group in zip(sought, declared, strict=True)
            if self._adopted_in_this_run(work, group, situation)
        ]

    def _adopted_in_this_run(self, work: GroupWork, group: DesiredGroup, situation: Situation) -> bool:
        binding, now = bind(group, situation, Terms()), self._clock.now()
        if not isinstance(binding, Bound) or binding.live is None:
            work.not_found("checking afterwards did not show which live group it is")
            return False
        self._ledger.bind(work.plan.account, group.key, binding.jid, now, created=True)
        for entry in unsettled_creations(situation.memory.unsettled, group):
            self._ledger.settle(entry.number, "adopted", now)
        work.found(binding.live, now)
        return True

    async def _prove(self, side: _Side) -> None:
        if side.executor.session_lost is not None:
            return side.give_up_looking(side.executor.session_lost)
        try:
            await side.looker.look_until_seen(side.works)
        except SessionLost as error:
            side.executor.session_lost = error.message
            side.give_up_looking(error.message)
        except (NotYet, GatewayError) as error:
            side.give_up_looking(error.message)
        return None

    def _judged(self) -> tuple[ActionResult, ...]:
        results: list[ActionResult] = []
        for side, work in self._worked():
            memory = self._found.situations[work.plan.account].memory
            doubted = doubted_in(work.plan.key, memory, side.account.gateway.capabilities)
            why = why_withheld(self._approved.plan, work.plan.key)
            me = self._found.situations[work.plan.account].observed.me
            results += judge(work, self._approved.withheld, side.looker.names, me, doubted, why)
        return tuple(results)

    def _teach(self, results: tuple[ActionResult, ...]) -> None:
        """Remember what the next run must know."""
        now = self._clock.now()
        for side, work in self._worked():
            found, claims = self._found.situations[work.plan.account], side.account.gateway.capabilities
            names, me = side.looker.names, found.observed.me
            Learning(self._ledger, work.plan.account, claims, found.memory, names, me).from_group(work, results, now)
            self._books.settle(work)

    def _worked(self) -> Iterator[tuple[_Side, GroupWork]]:
        """Every group of the plan, in its order, with or without anything to ask for."""
        works = {work.plan.key: (side, work) for side in self._sides for work in side.works}
        for plan in self._approved.plan.groups:
            yield works.get(plan.key) or (self._side_of(plan.account), GroupWork(plan, plan.jid, None))

    def _last_reads(self) -> Iterator[tuple[GroupKey, GroupAsRead]]:
        for side in self._sides:
            for work in side.works:
                yield work.plan.key, GroupAsRead(work.live, side.looker.names)

    def _side_of(self, account: AccountKey) -> _Side:
        return next(side for side in self._sides if side.account.key == account)

    def _plan_again(self) -> tuple[Plan | None, str | None]:
        """The plan that is left, from what was read after the last writes."""
        situations: dict[AccountKey, Situation] = {}
        now = self._clock.now()
        for side in self._sides:
            before = self._found.situations[side.account.key]
            observed = before.observed if side.looker.latest is None else before.observed.merged(side.looker.latest)
            fresh = self._ledger.recall(side.account.key, now)
            removed = _removed(fresh.removed_since_read, side.works)
            memory = replace(fresh, writable=before.memory.writable, removed_since_read=removed)
            situations[side.account.key] = before._replace(observed=observed).taught(memory)
            if side.executor.session_lost is not None:
                return None, side.executor.session_lost
        terms = self._orders.terms.model_copy(update={"adopt": {}})
        return make_plan(self._session.project.desired, situations, terms, now).plan, None

    def _created(self) -> list[tuple[str, GroupJid]]:
        found: list[tuple[str, GroupJid]] = []
        works = {work.plan.key: work for side in self._sides for work in side.works}
        for plan in self._approved.plan.groups:
            kinds = (GroupCreation, GroupAdoption)
            jid = works[plan.key].jid if plan.key in works else plan.jid
            if jid is not None and any(isinstance(action.change, kinds) for action in plan.actions):
                found.append((plan.key, jid))
        return found


def _failure(broken: Exception) -> Failure:
    """What ended a run in the middle, without the words of anybody else."""
    match broken:
        case Locked():
            return Failure(code="locked", message=f"{broken.message}  {broken.hint}".strip())
        case WagroupsError():
            return Failure(code="ledger", message=f"{broken.message}  {broken.hint}".strip())
        case _:
            return Failure(code="error", message=f"a bug in wagroups ({type(broken).__name__})")


def _from_files(override: Override) -> str:
    return "" if override.origin is None else f" until {override.until} ({override.origin})"


def _removed(since_read: Mapping[GroupJid, int], works: Iterable[GroupWork]) -> Mapping[GroupJid, int]:
    """Our removals since the size that a gateway states was true: until a refresh it may miss all of this run's."""
    counts = dict(since_read)
    for work in works:
        if work.jid is not None:
            counts[work.jid] = max(counts.get(work.jid, 0), work.removed)
    return MappingProxyType(counts)
