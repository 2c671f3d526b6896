"""Points that the files say are known: listed all the same, never converged, and no alarm."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from tests import builders as b
from wagroups.cli.ui.exits import exit_of_plan
from wagroups.domain.declared.known import Known
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Alias, GroupKey
from wagroups.domain.live.memory import PersonRefusal
from wagroups.domain.origin import Origin
from wagroups.domain.plans.plan import Plan
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Terms
from wagroups.privacy.redactor import Redaction, Redactor
from wagroups.reports.render.text import drift_text
from wagroups.reports.view.tally import summarise

CHESS = GroupKey("chess")
TODAY = b.NOW.date()


def plan(*known: Known) -> Plan:
    """Ben and Carla are declared and not on WhatsApp."""
    refusal = PersonRefusal(code=404, at=b.NOW, until=b.NOW + timedelta(days=5))
    refused = {(CHESS, b.phone(b.number_of(name))): refusal for name in ("ben", "carla")}
    group = b.group("chess", id=b.JID, members=["anna", "ben", "carla"])
    situation = b.situation(b.observed(b.live(members=[b.seen("anna")])), b.memory(refusals=MappingProxyType(refused)))
    desired = replace(b.desired(group), known=known)
    return make_plan(desired, {b.ACCOUNT: situation}, Terms(), b.NOW).plan


def known(*, person: str | None = None, point: str | None = None, days: int = 30, group: str = "chess") -> Known:
    alias = None if person is None else Alias(person)
    until = TODAY + timedelta(days=days)
    return Known(GroupKey(group), alias, point, "asked twice", until, Origin("groups.yaml", 1))


def ending(*entries: Known) -> Exit:
    return exit_of_plan(plan(*entries), detailed=True)


def test_a_known_point_is_listed_with_its_reason_and_ends_no_look_with_two() -> None:
    made = plan(known(person="ben"), known(person="carla"))
    assert exit_of_plan(made, detailed=True) is Exit.OK
    summary = summarise(made)
    assert (summary.open, summary.known) == (2, 2)
    said = drift_text(made, Redactor(Redaction.ALIAS, b.KEY))
    assert "2 things are not as declared and need attention (2 known)" in said
    assert f"known until {TODAY + timedelta(days=30)}: asked twice" in said


def test_one_that_nobody_knows_still_alarms() -> None:
    assert ending(known(person="ben")) is Exit.OPEN
    assert summarise(plan(known(person="ben"))).known == 1


def test_a_code_covers_every_such_point_of_its_group_and_an_id_one() -> None:
    assert ending(known(point="not-on-whatsapp")) is Exit.OK
    assert ending(known(point="not-on-whatsapp", group="go")) is Exit.OPEN
    first, second = plan().open
    assert ending(known(point=first.id)) is Exit.OPEN
    assert ending(known(point=first.id), known(point=second.id)) is Exit.OK


@pytest.mark.parametrize(("days", "held"), [(-1, Exit.OPEN), (0, Exit.OK), (90, Exit.OK), (91, Exit.OPEN)])
def test_it_counts_until_its_day_and_never_beyond_ninety(days: int, held: Exit) -> None:
    assert ending(known(point="not-on-whatsapp", days=days)) is held
