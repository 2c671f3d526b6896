"""Scripted faults do on every gateway what their names say."""

from datetime import timedelta

import pytest

from tests.simulation.dialects import DIALECTS, talk
from tests.simulation.worlds import CHOIR, Time, club
from wagroups.simulation.server.app import ConnectionDropped
from wagroups.simulation.world.faults import Call, Fault, FaultKind, RateLimit

CARLA = "447700900103"

pytestmark = pytest.mark.parametrize("dialect", DIALECTS)


def test_a_lost_answer_was_carried_out(dialect: str) -> None:
    world = club()
    client = talk(world, dialect)
    world.faults.script(Fault(kind=FaultKind.LOSE_ANSWER, on=Call.SUBJECT))
    with pytest.raises(ConnectionDropped):
        client.rename(CHOIR, "Band")
    assert world.groups[world.group("Band").jid].id == CHOIR
    assert [(entry.call, entry.status) for entry in client.app.log] == [("subject", None)]


def test_a_call_dropped_before_was_not_carried_out(dialect: str) -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.DROP_BEFORE, on=Call.CREATE))
    with pytest.raises(ConnectionDropped):
        talk(world, dialect).create("New")
    assert len(world.groups) == 3


def test_a_lie_answers_as_if_it_were_true_and_does_nothing(dialect: str) -> None:
    honest, lying = club(), club()
    lying.faults.script(Fault(kind=FaultKind.LIE, on=Call.ADD))
    true, false = talk(honest, dialect).add(CHOIR, CARLA), talk(lying, dialect).add(CHOIR, CARLA)
    assert (false.status_code, false.text) == (true.status_code, true.text)
    assert len(honest.group("Choir").members) == len(lying.group("Choir").members) + 1


def test_a_rate_limit_is_never_http_429(dialect: str) -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.RATE_LIMIT, on=Call.LIST))
    answer = talk(world, dialect).listing()
    assert answer.status_code == 500
    assert "429" in answer.text or "rate-overlimit" in answer.text


def test_one_person_is_refused_and_the_others_are_not(dialect: str) -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.REFUSE_PERSON, on=Call.ADD, person="carla", code=403, times=None))
    client = talk(world, dialect)
    assert client.add(CHOIR, CARLA).status_code == 200
    assert client.add(CHOIR, "12125550123").status_code == 200
    names = {person.name for person in world.group("Choir").members}
    assert "carla" not in names
    assert len(names) == 5


def test_a_stranger_is_refused_by_number(dialect: str) -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.REFUSE_PERSON, person="+12125550123", code=403))
    talk(world, dialect).add(CHOIR, "12125550123")
    assert len(world.group("Choir").members) == 4


def test_a_fault_can_wait_for_the_creation_of_one_group(dialect: str) -> None:
    world = club()
    client = talk(world, dialect)
    world.faults.script(Fault(kind=FaultKind.LOSE_ANSWER, on=Call.CREATE, group="Second"))
    client.create("First")
    with pytest.raises(ConnectionDropped):
        client.create("Second")
    assert world.group("Second").creator is world.me


def test_missed_news_show_the_old_state_for_so_many_reads(dialect: str) -> None:
    world = club()
    client = talk(world, dialect)
    world.faults.script(Fault(kind=FaultKind.STALE, on=Call.SUBJECT, reads=2))
    client.rename(CHOIR, "Band")
    assert "Choir" in client.subjects()
    assert "Choir" in client.subjects()
    assert "Band" in client.subjects()


def test_an_empty_list_shows_nothing_once(dialect: str) -> None:
    world = club()
    client = talk(world, dialect)
    world.faults.script(Fault(kind=FaultKind.EMPTY_LIST, on=Call.LIST))
    assert client.subjects() == []
    assert client.subjects() == ["Board", "Choir", "Old"]


def test_a_truncated_list_shows_the_first_groups(dialect: str) -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.TRUNCATE_LIST, on=Call.LIST, keep=2))
    assert talk(world, dialect).subjects() == ["Board", "Choir"]


def test_truncated_members_leave_the_stated_size(dialect: str) -> None:
    world = club()
    client = talk(world, dialect)
    client.listing()
    world.faults.script(Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.GET, keep=1))
    short, whole = client.get(CHOIR).text, client.get(CHOIR).text
    assert "100000000000102" not in short
    assert "447700900102" not in short
    assert "100000000000102" in whole or "447700900102" in whole


def test_a_lost_session_stays_lost(dialect: str) -> None:
    world = club()
    client = talk(world, dialect)
    world.faults.script(Fault(kind=FaultKind.SESSION_LOST, on=Call.ADD))
    lost = 503 if dialect == "waxum" else 422
    assert client.add(CHOIR, CARLA).status_code == lost
    assert client.listing().status_code == lost
    assert "carla" not in {person.name for person in world.group("Choir").members}


def test_a_proxy_answers_with_a_page(dialect: str) -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.HTTP_STATUS, status=502))
    answer = talk(world, dialect).rename(CHOIR, "Band")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert world.group("Choir").id == CHOIR


def test_a_gateway_cut_off_from_whatsapp_has_done_it_all_the_same(dialect: str) -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.CUT_OFF, on=Call.SUBJECT))
    assert talk(world, dialect).rename(CHOIR, "Band").status_code == 500
    assert world.group("Band").id == CHOIR


def test_a_timed_out_call_was_not_carried_out_though_noweb_claims_success(dialect: str) -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.TIME_OUT, on=Call.SUBJECT))
    answer = talk(world, dialect).rename(CHOIR, "Band")
    assert answer.status_code == (200 if dialect == "noweb" else 500)
    assert world.group("Choir").id == CHOIR


def test_a_fault_waits_for_its_turn_and_its_group(dialect: str) -> None:
    world = club()
    client = talk(world, dialect)
    world.faults.script(Fault(kind=FaultKind.HTTP_STATUS, on=Call.SUBJECT, group="Choir", after=1, times=1))
    statuses = [client.rename(group, "Same").status_code for group in ("120363000000000003@g.us", CHOIR)]
    world.group(CHOIR).subject = "Choir"
    statuses += [client.rename(CHOIR, "Choir").status_code for _ in range(2)]
    assert statuses == [200, 200, 502, 200]


def test_the_log_tells_writes_from_reads(dialect: str) -> None:
    client = talk(club(), dialect)
    client.listing()
    client.get(CHOIR)
    assert client.app.writes == []
    client.rename(CHOIR, "Band")
    assert [entry.call for entry in client.app.writes] == ["subject"]


def test_whoever_is_too_fast_is_limited_until_time_has_passed(dialect: str) -> None:
    time = Time()
    world = club(time)
    world.faults.limits.append(RateLimit(Call.SUBJECT, 2, timedelta(minutes=1)))
    client = talk(world, dialect)
    statuses = [client.rename(CHOIR, f"Choir {number}").status_code for number in range(3)]
    time.pass_by(timedelta(minutes=1))
    assert [*statuses, client.rename(CHOIR, "Choir").status_code] == [200, 200, 500, 200]
