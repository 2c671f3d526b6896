"""Read accounts for an import: as closely as a plan would, and with a question for the numbers that are hidden.

WhatsApp lists people by LIDs whose numbers nobody can ask for.  The other way round it answers: so where somebody in
a group has no number, those that the user brought are asked for their LIDs, gently, as far as the budget reaches.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import Desired, DesiredGroup, Origin, State
from wagroups.domain.errors import GatewayError, Refusal
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Phone
from wagroups.domain.live.capability import Access, Aspect
from wagroups.planning.diff.hidden import unnamed, worth_asking
from wagroups.planning.holds import trusted
from wagroups.planning.situation import Situation, Terms
from wagroups.workflows.reconcile.observe import AccountReader
from wagroups.workflows.reconcile.session import ConnectedAccount, Session

AT_ONCE: Final = 10
"""Numbers asked for before looking whether anybody is still without one.  Chosen: a look costs a read of the ledger."""


class Survey(NamedTuple):
    """One account, read for an import."""

    situation: Situation
    unasked: int = 0
    """Numbers that might belong to somebody hidden, and whose turn did not come."""


class Surveyor:
    """Reads one connected account.  Raises GatewayError, NotYet, and Refusal for an account that is another one."""

    def __init__(self, session: Session, account: ConnectedAccount, asking: Callable[[int], None]) -> None:
        """`asking` is told how many numbers are about to be looked up, at most."""
        self._session, self._account, self._asking = session, account, asking
        self._reader = AccountReader(account, session.ledger, session.clock)

    async def survey(self, asked: Sequence[GroupJid], declared: frozenset[GroupJid], phones: Iterable[Phone]) -> Survey:
        """The groups `asked` for, or all but those that are `declared`; `phones` are numbers that may be somebody's."""
        situation = await self._read(asked)
        wanted = (set(asked) or set(situation.observed.groups)) - declared
        doubtful = {j for j in wanted & situation.observed.groups.keys() if not trusted(j, situation, Terms())}
        shown = situation.observed.groups
        unlisted = {jid for jid in wanted & shown.keys() if shown[jid].members is None}
        if unlisted or (doubtful and self._account.gateway.capabilities.can(Aspect.REFRESH, Access.WRITE)):
            situation = await self._read({*asked, *doubtful})
        if situation.observed.trouble is not None:
            raise GatewayError(
                f"account {self._account.key}: its groups cannot be read ({situation.observed.trouble})",
                hint="Run `wagroups doctor`, and import again when it finds nothing wrong.",
            )
        return await self._resolved(situation, wanted, phones)

    async def _read(self, jids: Iterable[GroupJid]) -> Situation:
        situation = await self._reader.situation(_as_declared(self._account.key, jids), Terms())
        known = situation.memory.me
        if known is not None and not known.same_as(situation.observed.me):
            raise Refusal(
                "account-changed",
                f"account {self._account.key}: it is now connected to a different WhatsApp account",
                hint=f"If this is intended, run `wagroups state rebind {self._account.key}`.",
            )
        return situation

    async def _resolved(self, situation: Situation, wanted: Iterable[GroupJid], phones: Iterable[Phone]) -> Survey:
        if not situation.capabilities.can(Aspect.LID_LOOKUP, Access.READ):
            return Survey(situation)
        wanted = tuple(wanted)
        left = worth_asking(situation, phones)
        if left and unnamed(situation, wanted):
            self._asking(len(left))
        while left and unnamed(situation, wanted):
            now, left = left[:AT_ONCE], left[AT_ONCE:]
            await self._reader.look_up(now)
            situation = self._recalled(situation)
            unanswered = worth_asking(situation, now)
            if unanswered:
                return Survey(situation, len(unanswered) + len(left))
        return Survey(situation)

    def _recalled(self, situation: Situation) -> Situation:
        """The same read with the names that were learnt since."""
        fresh = self._session.ledger.recall(self._account.key, self._session.clock.now())
        memory = replace(situation.memory, pairs=fresh.pairs, no_lid=fresh.no_lid, checks=fresh.checks)
        return situation.taught(memory)


def _as_declared(account: AccountKey, jids: Iterable[GroupJid]) -> Desired:
    """A project of these groups: the reader looks closely at what is declared, and asks by id for what is missing."""
    groups = (
        DesiredGroup(key=GroupKey(f"g{n}"), account=account, origin=Origin("", 0), id=jid, state=State.WATCHED)
        for n, jid in enumerate(sorted(jids))
    )
    return Desired(groups={group.key: group for group in groups}, people=())
