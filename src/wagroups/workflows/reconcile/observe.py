"""Read an account's live groups as far as the read can be trusted.

One listing, then only what it cannot tell: bound groups it did not show are asked for by their ids, a read that
looks wrong is refreshed once, and an empty answer is believed only when nothing says otherwise.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from wagroups.domain.declared.desired import Desired, DesiredGroup
from wagroups.domain.errors import GatewayError, NotSent, NotYet, SessionLost, Unanswered
from wagroups.domain.identity import GroupJid, GroupKey, Phone
from wagroups.domain.ledger import AnswerFacts, Journal, Recall
from wagroups.domain.live.capability import Access, Aspect, ReadCost
from wagroups.domain.live.last_read import ReadFacts
from wagroups.domain.live.memory import Memory
from wagroups.domain.live.observed import EVERYTHING, Absence, Observed, Scope
from wagroups.domain.live.tombstone import Turnover
from wagroups.domain.ports import Clock
from wagroups.execution.number_checks import ask_about
from wagroups.execution.verification import glimpse, observed_anew, who_asks
from wagroups.gateways.shared.group_reads import READ_EMPTY
from wagroups.planning.binding import Bound, UnsettledCreation, bind, bound_ids, news, unjudged, unsettled_creations
from wagroups.planning.diff.departures import confirmed, turnover_of
from wagroups.planning.diff.join_requests import are_read
from wagroups.planning.diff.pictures import is_read
from wagroups.planning.holds import NOT_SHOWN, trusted
from wagroups.planning.safety.account_claims import namesakes
from wagroups.planning.situation import Situation, Terms, as_met
from wagroups.workflows.reconcile.session import ConnectedAccount

PEOPLE_AT_ONCE: Final = 25_000
"""Memberships in one answer, about.  Chosen: a listing of 250,000 is 150 MB of JSON and takes five times that in memory
while it is parsed (measured 2026-11); a tenth of that is not felt."""


SEVERAL: Final = 3
"""So many groups that were there before and are not shown now speak of the gateway, not of each group.  Chosen: one or
two may be left on one day."""


class LookedUp(NamedTuple):
    """What came of look-ups."""

    answered: bool
    """Whether any was answered: the ledger may know more than before."""
    doubts: Mapping[Phone, str]
    """Numbers about which nothing usable was answered, with the reason in words."""


class ReadingLedger(Recall, AnswerFacts, Journal, Protocol):
    """The parts of a ledger that a read needs; the journal is for creations that were never answered."""


class AccountReader:
    """Reads one account within its budget.  Raises the gateway's errors and NotYet."""

    def __init__(self, account: ConnectedAccount, ledger: ReadingLedger, clock: Clock) -> None:
        self._account, self._ledger, self._clock = account, ledger, clock

    async def situation(self, desired: Desired, terms: Terms) -> Situation:
        """The account as it is now, compared with what is remembered; the ledger learns from what can be trusted."""
        memory = self._ledger.recall(self._account.key, self._clock.now())
        groups = tuple(group for group in desired.groups.values() if group.account == self._account.key)
        observed = await self._listing(groups)
        situation = self._situation(observed, memory)
        if _suspicious(situation, groups, terms) and self._can_refresh():
            situation = self._situation(await self._refreshed(observed, groups), memory)
        situation = await self._with_missing(situation, groups, terms)
        situation = await self._confirmed(situation, groups)
        bound = bound_ids(situation, terms, groups)
        known = situation.memory.me
        ours = known is None or known.same_as(situation.observed.me)
        first = turnover_of(situation, bound, _good(situation, terms)) if ours else {}
        situation, read_twice = await self._read_again(situation, bound, first)
        situation = await self._with_pictures(situation, groups, terms)
        situation = await self._with_requests(situation, groups, terms)
        return self._remembered(situation, desired, groups, terms, first, read_twice)

    async def _read_again(
        self, situation: Situation, bound: Mapping[GroupKey, GroupJid], first: Mapping[GroupKey, Turnover]
    ) -> tuple[Situation, frozenset[GroupKey]]:
        """Read by id each group from which somebody is gone, or to which somebody came back, as far as reads reach."""
        observed, twice = situation.observed, set[GroupKey]()
        for key in sorted(first):
            for jid in _ids_of((key,), situation, bound):
                try:
                    observed = observed.merged(await self._read(jid))
                except NotYet:
                    return situation._replace(observed=observed).taught(situation.memory), frozenset(twice)
            twice.add(key)
        return situation._replace(observed=observed).taught(situation.memory), frozenset(twice)

    def _remembered(
        self,
        situation: Situation,
        desired: Desired,
        groups: tuple[DesiredGroup, ...],
        terms: Terms,
        first: Mapping[GroupKey, Turnover],
        read_twice: frozenset[GroupKey],
    ) -> Situation:
        """Write down who is who, the groups whose read can be trusted, and who left them since the last one."""
        known = situation.memory.me
        if known is not None and not known.same_as(situation.observed.me):
            return situation  # somebody else's groups: the plan is refused, and nothing may be learnt from them
        others = namesakes(self._account.key, {self._account.key: situation})
        if known is None and not desired.accounts.isdisjoint(others):
            return situation  # a second name for one account: the plan is refused, and it may come to mean another
        observed = situation.observed
        if known is None and situation.memory.writable:
            self._ledger.note_account(self._account.key, observed.me, observed.read_at)
        good = _good(situation, terms)
        bound = bound_ids(situation, terms, groups)
        moved = turnover_of(situation, bound, good)
        turnover = confirmed(first, moved, read_twice)
        # Where two reads differ, the last good one stays what the next is compared with.
        doubtful = {key for key in {*first, *moved} if key not in read_twice or first.get(key) != moved.get(key)}
        unsure = _ids_of(doubtful, situation, bound)
        self._ledger.note_read(observed, good - unsure, turnover)
        facts = ReadFacts.of(observed, self._account.gateway.capabilities)
        self._ledger.note_last_read(self._account.key, facts, observed.read_at)
        tombstones = situation.memory.tombstones.after(turnover, observed.read_at)
        return situation._replace(memory=replace(situation.memory, tombstones=tombstones))

    async def look_up(
        self, phones: Sequence[Phone], former: Mapping[Phone, Collection[Phone]] = MappingProxyType({})
    ) -> LookedUp:
        """Ask for the LIDs of `phones`, as far as the budget reaches.  Raises SessionLost.

        `former` has the earlier numbers of people who changed theirs.
        """
        gateway, doubts, reason = self._account.gateway, dict[Phone, str](), ""
        for number, phone in enumerate(phones):
            try:
                answered = await ask_about(gateway, self._ledger, self._clock, phone, former.get(phone, ()))
            except SessionLost:
                raise
            except NotYet as later:
                reason = f"look-ups have to wait: {later.message}"
            except GatewayError as error:
                reason = error.message
            else:
                if answered.doubt is not None:
                    doubts[phone] = answered.doubt
                continue
            return LookedUp(number > 0, {**doubts, **dict.fromkeys(phones[number:], reason)})
        return LookedUp(bool(phones), doubts)

    def _situation(self, observed: Observed, memory: Memory) -> Situation:
        gateway = self._account.gateway
        if observed.trouble == READ_EMPTY and not (memory.bindings or memory.snapshots):
            # An account that never had a group may well have none.
            observed = replace(observed, trouble=None)
        claims = as_met(gateway.capabilities, memory)
        return Situation(observed, memory, claims, self._account.pace).taught(memory)

    async def _listing(self, groups: Sequence[DesiredGroup]) -> Observed:
        return await self._account.gateway.observe(_listing_of(groups))

    @property
    def _cost(self) -> ReadCost:
        return self._account.gateway.capabilities.read_cost

    async def _read(self, jid: GroupJid) -> Observed:
        return await self._account.gateway.observe(Scope((jid,)))

    def _can_refresh(self) -> bool:
        return Access.WRITE in self._account.gateway.capabilities.claim(Aspect.REFRESH).access

    async def _refreshed(self, before: Observed, groups: Sequence[DesiredGroup]) -> Observed:
        """The listing after one refresh; the first one again when that cannot be had."""
        try:
            await self._account.gateway.refresh()
            return await self._listing(groups)
        except (NotYet, NotSent, Unanswered):
            return before

    async def _with_missing(self, situation: Situation, groups: tuple[DesiredGroup, ...], terms: Terms) -> Situation:
        """Ask by id for every bound group that the listing did not show."""
        selected = tuple(group for group in groups if terms.selection.has_group(group))
        listed = situation.observed.groups
        bound = bound_ids(situation, terms, selected).values()
        missing = frozenset(jid for jid in bound if jid not in listed)
        # Some listings show no people at all (Waxum as documented).
        unread = frozenset(jid for jid in bound if jid in listed and listed[jid].members is None)
        unread |= unjudged(situation, selected)
        if not missing | unread:
            return situation
        if self._cost.group_by_listing:
            observed = await self._listed_again(situation.observed, groups, missing) if missing else situation.observed
        else:
            observed = await self._asked_by_id(situation.observed, sorted(missing | unread))
        if sum(jid in situation.memory.snapshots for jid in observed.absent) >= SEVERAL:
            observed = replace(observed, trouble=observed.trouble or NOT_SHOWN)
        return situation._replace(observed=observed).taught(situation.memory)

    async def _asked_by_id(self, observed: Observed, jids: Sequence[GroupJid]) -> Observed:
        """`observed` with one read for each group; where the listing was empty, only as long as reads contradict it."""
        for jid in jids:
            one = await self._read(jid)
            if observed.trouble == READ_EMPTY:
                if jid not in one.groups:
                    return observed  # the gateway shows nothing at all: to ask on would cost a call for each group
                observed = replace(observed, trouble=None)
            observed = observed.merged(one)
        return observed

    async def _listed_again(
        self, observed: Observed, groups: Sequence[DesiredGroup], missing: frozenset[GroupJid]
    ) -> Observed:
        """`observed` with one more listing laid over it, where a read of one group is a listing of all."""
        again = await self._listing(groups)
        trouble = observed.trouble and again.trouble
        observed = replace(observed.merged(again), trouble=trouble)
        if trouble is not None:
            return observed
        absent = dict.fromkeys(sorted(missing - observed.groups.keys()), Absence.UNKNOWN)
        return replace(observed, absent=MappingProxyType({**observed.absent, **absent}))

    async def _with_pictures(self, situation: Situation, groups: tuple[DesiredGroup, ...], terms: Terms) -> Situation:
        """Look at the picture of every group that declares one: one read each, which no listing saves."""
        selected = tuple(
            group for group in groups if terms.selection.has_group(group) and is_read(group, situation, terms.selection)
        )
        observed = situation.observed
        for jid in sorted(set(bound_ids(situation, terms, selected).values())):
            live = observed.groups.get(jid)
            if live is not None:
                seen = await glimpse(self._account.gateway, jid)
                observed = observed_anew(observed, replace(live, picture=seen))
        return situation._replace(observed=observed)

    async def _with_requests(self, situation: Situation, groups: tuple[DesiredGroup, ...], terms: Terms) -> Situation:
        """See who asks to join every group that people join by its link: one read each."""
        observed = situation.observed
        bound = bound_ids(situation, terms, groups)
        for group in groups:
            live = observed.groups.get(bound[group.key]) if group.key in bound else None
            chosen = live is not None and terms.selection.has_group(group)
            if live is not None and chosen and are_read(group, live, situation, terms.selection):
                seen = await who_asks(self._account.gateway, live.jid)
                observed = observed_anew(observed, replace(live, requests=seen))
        return situation._replace(observed=observed)

    async def search(self, groups: tuple[DesiredGroup, ...]) -> Situation:
        """Read all groups once more, for what unanswered creations of this run may have made."""
        memory = self._ledger.recall(self._account.key, self._clock.now())
        return await self._confirmed(self._situation(await self._listing(groups), memory), groups)

    async def _confirmed(self, situation: Situation, groups: tuple[DesiredGroup, ...]) -> Situation:
        """What an unanswered creation made is believed when two reads show it, the second by the group's id.

        One that is not found is searched for anew after a refresh: the gateway may have missed the news.
        """
        waiting = tuple(group for group in groups if unsettled_creations(situation.memory.unsettled, group))
        if not waiting:
            return situation
        situation = await self._with_people(situation, waiting)
        sure = situation.capabilities.two_reads_agree
        if sure:
            again = await self._listing(groups)
            kept = {jid: group for jid, group in situation.observed.groups.items() if jid in again.groups}
            situation = situation._replace(observed=replace(situation.observed, groups=MappingProxyType(kept)))
        if (
            any(isinstance(bind(group, situation, Terms()), UnsettledCreation) for group in waiting)
            and self._can_refresh()
        ):
            situation = self._situation(await self._refreshed(situation.observed, groups), situation.memory)
            situation = await self._with_people(situation, waiting)
            sure = True
        if not (sure or situation.observed.groups):
            # Where nothing can be refreshed, only asking again tells an account without groups from a bad answer.
            situation = self._situation(await self._listing(groups), situation.memory)
            sure = True
        looked = self._counted(situation, waiting, sure=sure)
        for group in waiting:
            found = bind(group, looked, Terms())
            if isinstance(found, Bound) and found.how == "found":
                one = await self._read(found.jid)
                looked = looked._replace(observed=looked.observed.merged(one), memory=looked.memory.taught(one))
        return looked

    async def _with_people(self, situation: Situation, waiting: tuple[DesiredGroup, ...]) -> Situation:
        """Read the people of listed groups that may be an unanswered creation, where the listing shows none."""
        for jid in sorted(unjudged(situation, waiting)):
            one = await self._read(jid)
            situation = situation._replace(observed=situation.observed.merged(one))
        return situation

    def _counted(self, situation: Situation, waiting: tuple[DesiredGroup, ...], *, sure: bool) -> Situation:
        """Remember a good look that showed nothing new.  An empty listing is one only after it was asked for twice."""
        observed, memory = situation.observed, situation.memory
        if observed.trouble is not None or not (observed.groups or sure):
            return situation
        sought = {entry.number for group in waiting for entry in unsettled_creations(memory.unsettled, group)}
        in_vain = [e.number for e in memory.unsettled if e.number in sought and not news(e, situation)]
        if not in_vain or not memory.writable:
            return situation
        self._ledger.note_looks(in_vain)
        unsettled = tuple(e._replace(looks=e.looks + (e.number in in_vain)) for e in memory.unsettled)
        return situation._replace(memory=replace(memory, unsettled=unsettled))


def _good(situation: Situation, terms: Terms) -> frozenset[GroupJid]:
    """The groups whose read may be remembered."""
    return frozenset(jid for jid in situation.observed.groups if trusted(jid, situation, terms))


def _ids_of(keys: Iterable[GroupKey], situation: Situation, bound: Mapping[GroupKey, GroupJid]) -> frozenset[GroupJid]:
    """The live groups of keys, some of which may be about to be renamed."""
    bindings = situation.memory.bindings
    return frozenset(bindings[key].jid if key in bindings else bound[key] for key in keys)


def _listing_of(groups: Sequence[DesiredGroup]) -> Scope:
    """All groups: in one answer, or in pages where so many people are declared that it would fill the memory."""
    people = sum(len(group.members) for group in groups)
    if people <= PEOPLE_AT_ONCE:
        return EVERYTHING
    return Scope(page=max(1, PEOPLE_AT_ONCE * len(groups) // people))


def _suspicious(situation: Situation, groups: tuple[DesiredGroup, ...], terms: Terms) -> bool:
    """Whether a bound group, or the listing as a whole, looks as if a refresh would show more."""
    if situation.observed.trouble is not None:
        return True
    bound = bound_ids(situation, terms, groups).values()
    return any(jid in situation.observed.groups and not trusted(jid, situation, Terms()) for jid in bound)
