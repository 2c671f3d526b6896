"""Lists of people as they are written in the wild: records in the place of ids, and entries that nobody can read."""

from typing import Any

import pytest

from tests import builders as b
from tests.gateways.waha_connected import exchange, on
from tests.rig import rig
from wagroups.domain.identity import GroupJid, Lid, Phone, Role
from wagroups.domain.live.observed import Flaw, ObservedGroup, ObservedMember, Scope
from wagroups.domain.plans.outcome import Verdict
from wagroups.domain.ports import WholeGateway
from wagroups.gateways.shared.people import People
from wagroups.gateways.waha.engines import ENGINES
from wagroups.simulation.world.faults import Call, Fault, FaultKind

GROUP = GroupJid.of("120363000000000001@g.us")
LID, PHONE = "100000000000002@lid", "447700900002@s.whatsapp.net"
ONE = {"id": "100000000000001@lid", "phoneNumber": "447700900001@s.whatsapp.net", "admin": "superadmin"}


def noweb(*people: Any) -> ObservedGroup:
    said = {"id": GROUP.reveal(), "subject": "Ops", "creation": 1700000000, "size": 2, "participants": [ONE, *people]}

    async def act(gateway: WholeGateway) -> ObservedGroup:
        return (await gateway.observe(Scope((GROUP,)))).groups[GROUP]

    known = exchange("GET", f"/api/default/groups/{GROUP.reveal()}", 200, said)
    return on("NOWEB", act, known, exchange("GET", "/api/default/lids?limit=10000&offset=0", 200, []))


@pytest.mark.parametrize(
    ("entry", "role"),
    [
        ({"id": {"id": LID, "phoneNumber": PHONE, "admin": None}, "admin": None}, Role.MEMBER),
        ({"id": {"id": LID, "phoneNumber": PHONE, "admin": None}, "admin": "admin"}, Role.ADMIN),
        ({"id": {"id": LID, "phoneNumber": PHONE, "admin": "admin"}, "admin": None}, Role.ADMIN),
    ],
)
def test_a_record_in_the_place_of_an_id_is_read(entry: Any, role: Role) -> None:
    members = noweb(entry).members
    assert members is not None
    assert members[1] == ObservedMember(Phone.of("+447700900002"), Lid.of(LID), role, by_lid=True)


def test_an_entry_that_cannot_be_read_is_counted_and_makes_the_list_unknown() -> None:
    group = noweb({"id": {"name": "nobody"}, "admin": None})
    assert group.members is None
    assert group.flaw == Flaw(1, 2)


@pytest.mark.parametrize("engine", ["NOWEB", "GOWS", "WEBJS", "WPP"])
def test_entries_of_a_listing_are_counted_alike(engine: str) -> None:
    people = People(ENGINES[engine].member)
    entries = [b'{"id": 7}', b'{"nobody": true}']
    assert people.listed(entries) is None
    assert people.flaw(entries) == Flaw(2, 2)
    assert people.flaw([]) is None


def test_an_entry_may_be_listed_twice() -> None:
    """What is one person is the planner's to find out; nothing is lost on the way to it."""
    twice = {"id": "447700900001@s.whatsapp.net", "admin": None}
    members = noweb(twice).members
    assert members is not None
    assert [member.phone for member in members] == [Phone.of("+447700900001")] * 2


def test_after_an_addition_that_the_store_keeps_in_a_wrong_way_the_run_converges() -> None:
    with rig("waha", "noweb-of-2026.7", "anna", "ben") as account:
        jid = account.live_group("Chess", {"anna": Role.MEMBER})
        run = account.apply(b.group("chess", id=jid, members=["anna", "ben"]))
        assert [result.verdict for result in run.results] == [Verdict.DONE]
        assert run.converged


def test_a_list_that_cannot_be_read_after_a_write_is_looked_at_again_and_refreshed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An entry nobody can read, until the refresh."""
    from wagroups.simulation.gateways.waha.noweb import Noweb

    def garbled(self: Noweb, sight: Any, person: Any, role: Any) -> Any:
        if person in sight.newcomers:
            return {"id": {"device": 7}, "admin": None}
        return {
            "id": person.lid_jid,
            "phoneNumber": person.pn_jid,
            "admin": "superadmin" if role is Role.OWNER else None,
        }

    with rig("waha", "noweb", "anna", "ben") as account:
        jid = account.live_group("Chess", {"anna": Role.MEMBER})
        chess = b.group("chess", id=jid, members=["anna", "ben"])
        monkeypatch.setattr(Noweb, "_person", garbled)
        run = account.apply(chess)
        assert sum(entry.call == Call.REFRESH for entry in account.front.log) == 1
        assert [result.verdict for result in run.results] == [Verdict.DONE]
        assert run.converged
        account.script(Fault(kind=FaultKind.REFUSE, code=500, on=Call.REFRESH, times=None))
