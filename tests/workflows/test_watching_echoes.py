"""The worst engine: NOWEB without its store answers every read with an event for every group."""

import asyncio
from datetime import timedelta

import pytest

from tests import builders as b
from tests.ears import Listening, listening, wait_for
from tests.rig import RELAXED
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import Role
from wagroups.gateways.shared.events import Hint
from wagroups.simulation.world.account import phone_of
from wagroups.simulation.world.faults import Call
from wagroups.workflows.reconcile.apply import ApplyOptions, apply
from wagroups.workflows.reconcile.plan import preview
from wagroups.workflows.reconcile.session import Session
from wagroups.workflows.reconcile.watch import Inbox, declared_groups, findings, narrowed, watch
from wagroups.workflows.reconcile.watch_schedule import Agenda, Conclusion, Round, RoundCause

HOUR = timedelta(hours=1)
_FETCHES = (Call.LIST, Call.GET)


class Watched:
    """A watch of some groups, on a clock that does not wait for anything but the events."""

    def __init__(self, ear: Listening, *groups: DesiredGroup, applying: bool = False) -> None:
        self.ear, self.account, self.groups, self.applying = ear, ear.account, groups, applying
        self.inbox, self.heard, self.looks = Inbox(), 0, list[Round]()
        self.fetches = self._fetched()

    def run(self, duration: timedelta) -> None:
        clock = self.account.clock
        end = clock.now() + duration
        agenda = Agenda((b.ACCOUNT,), 24 * HOUR, clock.now())
        # A loop would take for ever to reach the end.
        over = lambda: clock.now() >= end or len(self.looks) > 100  # noqa: E731
        asyncio.run(watch(agenda, self.inbox, self.look, clock, over))

    async def look(self, due: Round) -> Conclusion | None:
        session: Session = self.account.session(b.desired(*self.groups))
        declared = declared_groups(session, RELAXED.selection)
        selection = narrowed(RELAXED.selection, due, declared)
        if selection is None:
            return None
        self.looks.append(due)
        terms = RELAXED.model_copy(update={"selection": selection})
        if self.applying:
            run = await apply(session, ApplyOptions(terms, lambda plan: True, lambda plan: _Nobody(), lambda: None))
            found = findings(run.plan, *([run.remaining] if run.remaining else []))
        else:
            found = findings((await preview(session, terms)).plan)
        self._hear()
        ours = {account: frozenset(groups) for account, groups in declared.items()}
        return Conclusion(found, declared=ours)

    def _hear(self) -> None:
        """Wait until every echo has come: the clock must not run ahead of the events."""
        echoes = (self._fetched() - self.fetches) * len(self.account.world.groups)
        wait_for(lambda: len(self.ear.hints) >= echoes)
        fresh: list[Hint] = self.ear.hints[self.heard :]
        self.heard += len(fresh)
        for hint in fresh:
            self.inbox.put(b.ACCOUNT, hint, self.account.clock.now())

    def _fetched(self) -> int:
        return sum(entry.call in _FETCHES and entry.method == "GET" for entry in self.account.front.log)


class _Nobody:
    def concluded(self, *told: object) -> None:
        pass


@pytest.mark.parametrize("applying", [False, True], ids=["drift", "apply"])
@pytest.mark.parametrize("subject", ["Chess", "Renamed on a phone"])
def test_reading_what_tells_of_every_read_is_not_a_loop(applying: bool, subject: str) -> None:
    with listening("waha", "noweb", noweb_store=False) as ear:
        jid = ear.account.live_group(subject, {"anna": Role.MEMBER})
        ear.account.live_group("Somebody else's", {"ben": Role.ADMIN})
        ear.subscribe()
        watched = Watched(ear, b.group("chess", id=jid, subject="Chess", members=["anna"]), applying=applying)
        watched.run(12 * HOUR)
        assert len(ear.hints) > len(watched.looks), "the engine has to have echoed for this to prove anything"
        assert watched.looks[0].cause is RoundCause.START
        assert {due.cause for due in watched.looks[1:]} == {RoundCause.ECHO}
        assert 12 <= len(watched.looks) <= 12 + 9
        assert ear.account.group("Chess" if applying else subject).jid == jid


def test_somebody_gone_is_something_new_though_nothing_is_to_be_done() -> None:
    with listening("waha", "gows") as ear:
        jid = ear.account.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.MEMBER})
        session = ear.account.session(b.desired(b.group("chess", id=jid, subject="Chess", members=["anna", "ben"])))
        before = asyncio.run(preview(session, RELAXED)).plan
        phone_of(ear.account.world, "ben").leave(ear.account.group("Chess").id)
        ear.account.clock.advance(HOUR)
        after = asyncio.run(preview(session, RELAXED)).plan
        assert not list(after.actions())
        assert findings(after) != findings(before)
        assert findings(after) == findings(asyncio.run(preview(session, RELAXED)).plan)
