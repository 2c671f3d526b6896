"""What is told of an account without asking its gateway."""

import pytest

from tests import builders as b
from tests.rig import rig
from wagroups.domain.identity import Role
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
