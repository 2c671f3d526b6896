"""What is told of an account without asking its gateway."""

import pytest

from tests import builders as b
from tests.reports.samples import redactor
from tests.rig import rig
from wagroups.domain.identity import Role
from wagroups.reports.documents.doctor import status_text
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.workflows.operate.status import standings


@pytest.mark.parametrize(("respect_left", "codes"), [(True, []), (False, [408])])
def test_no_date_is_promised_for_an_addition_of_somebody_who_left(respect_left: bool, codes: list[int]) -> None:
    with rig("waha", "noweb", "anna", "ben") as office:
        jid = office.live_group("Chess", {"anna": Role.MEMBER})
        chess = b.group(members=["anna", "ben"], id=jid, respect_left=respect_left)
        office.script(Fault(kind=FaultKind.REFUSE_PERSON, on=Call.ADD, code=408))
        office.apply(chess)
        (standing,) = standings(office.session(b.desired(chess)), office.clock.now(), steps=5)
    assert [wait.code for wait in standing.waits] == codes


@pytest.mark.parametrize("code", [403, 404])
def test_no_date_is_promised_for_somebody_who_is_declared_no_more(code: int) -> None:
    with rig("waha", "noweb", "anna", "ben") as office:
        jid = office.live_group("Chess", {"anna": Role.MEMBER})
        office.script(Fault(kind=FaultKind.REFUSE_PERSON, on=Call.ADD, code=code))
        office.apply(b.group(members=["anna", "ben"], id=jid))
        without = b.group(members=["anna"], id=jid)
        (standing,) = standings(office.session(b.desired(without)), office.clock.now(), steps=5)
        text = status_text((standing,), redactor(), office.clock.now(), "UTC")
    assert standing.waits == ()
    assert [invited.declared for invited in standing.invited] == ([False] if code == 403 else [])
    assert "invited once more" not in text
    assert ("--rotate" in text) is (code == 403)
