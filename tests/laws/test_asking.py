"""Nobody is bothered: whatever goes wrong, over months, nobody is asked or written to more than twice, and nobody
comes into a group that is joined by link who did not ask to.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders as b
from tests.laws.effort import examples
from tests.laws.worlds import FOLK
from tests.rig import Rig, rig
from wagroups.domain.errors import GatewayError
from wagroups.domain.identity import Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.invitation import INVITATIONS
from wagroups.simulation.world.account import phone_of
from wagroups.simulation.world.faults import Call, Fault, FaultKind

MANNERS = (("waha", "noweb"), ("waha", "webjs"), ("waxum", "waxum"))
"""Gateways that say what became of a person, that write to them by themselves, and that say nothing."""

DOORS = (("waha", "noweb"), ("waha", "gows"), ("waxum", "waxum"))
"""Gateways that show who asks by number, by LID alone, and not at all."""

RUNS, APART = 9, timedelta(days=10, minutes=1)
"""Longer than two invitations and what may follow."""

KINDS = (FaultKind.LOSE_ANSWER, FaultKind.DROP_BEFORE, FaultKind.CUT_OFF, FaultKind.HTTP_STATUS)


@contextmanager
def people_with_manners(gateway: str, dialect: str, private: Iterable[str]) -> Iterator[Rig]:
    with rig(gateway, dialect, *FOLK) as made:
        made.know(*FOLK)
        for name in private:
            person = made.world.people.called(name)
            assert person is not None
            person.blocks_adds = True
        yield made


def some(chance: Random, people: Iterable[str] = FOLK) -> list[str]:
    return [name for name in people if chance.random() < 0.5]


def disturbed(chance: Random, *calls: Call) -> list[Fault]:
    return [Fault(kind=chance.choice(KINDS), on=call, after=chance.randrange(3)) for call in calls]


@pytest.mark.parametrize(("gateway", "dialect"), MANNERS)
@examples(1)
@given(seed=st.integers(0, 2**32))
def test_nobody_is_written_to_more_than_twice_nor_asked_on_without_end(gateway: str, dialect: str, seed: int) -> None:
    chance = Random(seed)
    private = some(chance)
    with people_with_manners(gateway, dialect, private) as account:
        jid = account.live_group("Chess", {})
        chess = b.group("chess", id=jid, members=FOLK, invite_by_message=chance.random() < 0.7)
        account.script(*disturbed(chance, Call.ADD, Call.MESSAGE, Call.INVITE))
        for _ in range(RUNS):
            with suppress(GatewayError):
                account.apply(chess)
            account.clock.advance(APART)
        assert set(account.members("Chess")) == set(FOLK) - set(private)
        texts = Counter(message.to.split("@")[0] for message in account.world.messages)
        numbers = {b.phone(b.number_of(name)).digits() for name in private}
        assert set(texts) <= numbers
        # WEBJS writes when it is asked to add, and one answer to that was lost: nobody can know of that text.
        unknown = 1 if dialect == "webjs" else 0
        assert max(texts.values(), default=0) <= INVITATIONS + unknown
        adds = sum(entry.call == Call.ADD for entry in account.front.writes)
        account.clock.advance(timedelta(days=200))
        remaining = account.apply(chess).remaining
        assert remaining is not None
        assert remaining.empty, "whoever did not come is open, and nothing more is asked for"
        assert sum(entry.call == Call.ADD for entry in account.front.writes) == adds


@pytest.mark.parametrize(("gateway", "dialect"), DOORS)
@examples(1)
@given(seed=st.integers(0, 2**32))
def test_only_who_asks_and_is_declared_comes_in_by_the_link(gateway: str, dialect: str, seed: int) -> None:
    chance = Random(seed)
    declared, asking, inside = some(chance), some(chance), some(chance)
    with people_with_manners(gateway, dialect, ()) as account:
        jid = account.live_group("Chess", dict.fromkeys(inside, Role.MEMBER), settings={"approve_joins": "yes"})
        with account.world.lock:
            for name in set(asking) - set(inside):
                phone_of(account.world, name).join(account.group("Chess").invite_code)
        rejecting = chance.random() < 0.5
        chess = b.group(
            "chess",
            id=jid,
            members=[*declared],
            manage_members=b.Manage.ADD_ONLY,
            join_by_link=True,
            reject_unknown=rejecting,
        )
        account.script(*disturbed(chance, Call.APPROVE, Call.REJECT, Call.REQUESTS))
        for _ in range(4):
            with suppress(GatewayError):
                account.apply(chess)
            account.clock.advance(timedelta(days=1))
        answers = account.can(Aspect.JOIN_REQUESTS, Access.READ)
        let_in = set(asking) & set(declared) if answers else set()
        assert set(account.members("Chess")) == {*inside, *let_in}
        still_asking = {request.person.name for request in account.group("Chess").requests}
        turned_away = set(asking) - set(declared) if answers and rejecting else set()
        assert still_asking == set(asking) - set(inside) - let_in - turned_away
        assert not any(entry.call == Call.ADD for entry in account.front.writes)
