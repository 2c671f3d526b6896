"""Reading many groups: one that fails does not cost the others."""

import asyncio
import gc

import pytest

from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Throttled, Unanswered
from wagroups.domain.identity import GroupJid
from wagroups.domain.live.observed import Absence, ObservedGroup
from wagroups.gateways.shared.group_reads import Readings, by_jid, read_each

ONE, TWO, THREE = (GroupJid.of(f"12036300000000000{number}@g.us") for number in (1, 2, 3))

Found = ObservedGroup | Absence | GatewayError


def readings(**found: Found) -> Readings:
    answers = dict(zip((ONE, TWO, THREE), found.values(), strict=False))

    async def read(jid: GroupJid) -> ObservedGroup | Absence:
        answer = answers[jid]
        if isinstance(answer, GatewayError):
            raise answer
        return answer

    return asyncio.run(read_each(list(answers), read))


def test_each_group_is_found_absent_or_failed() -> None:
    found = readings(one=ObservedGroup(jid=ONE), two=Absence.UNKNOWN, three=Unanswered("no answer in time"))
    assert [group.jid for group in found.groups] == [ONE]
    assert dict(found.absent) == {TWO: Absence.UNKNOWN}
    assert dict(found.failed) == {THREE: "no answer in time"}


@pytest.mark.parametrize("error", [Throttled("too fast"), SessionLost("logged out")])
def test_what_holds_for_all_groups_ends_the_reading(error: GatewayError) -> None:
    with pytest.raises(type(error)):
        readings(one=ObservedGroup(jid=ONE), two=error)


def test_a_reading_that_never_began_may_be_asked_again() -> None:
    with pytest.raises(NotSent):
        readings(one=NotSent("refused"), two=ObservedGroup(jid=TWO))


def test_a_reading_that_broke_off_keeps_what_it_has() -> None:
    found = readings(one=ObservedGroup(jid=ONE), two=NotSent("refused"), three=Rejected("no"))
    assert [group.jid for group in found.groups] == [ONE]
    assert set(found.failed) == {TWO, THREE}


def test_groups_are_sorted_and_strangers_left_out() -> None:
    assert list(by_jid([ObservedGroup(jid=TWO), None, ObservedGroup(jid=ONE)])) == [ONE, TWO]


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_collection_is_left_as_it_was(collecting: bool) -> None:
    before = gc.isenabled()
    try:
        gc.enable() if collecting else gc.disable()
        by_jid([])
        assert gc.isenabled() is collecting
    finally:
        gc.enable() if before else gc.disable()
