"""Overrides that stand in the files belong to the plan whose digest shows them."""

from datetime import UTC, date, datetime

from tests import builders as b
from wagroups.domain.declared.safety import Override
from wagroups.domain.identity import GroupKey
from wagroups.domain.origin import Origin
from wagroups.domain.plans.approval import Reviewed
from wagroups.domain.plans.plan import Plan
from wagroups.manifests.configuration.overrides import in_force
from wagroups.manifests.language.diagnostics import Findings
from wagroups.planning.planner import make_plan
from wagroups.planning.safety.approval import as_reviewed
from wagroups.planning.situation import Terms

WRITTEN = Override(
    rule="small-group",
    group=GroupKey("chess"),
    reason="two people moved away",
    until=date(2026, 11, 25),
    origin=Origin("overrides.yaml", 2),
)
TYPED = Override(rule="small-group", group=GroupKey("chess"), reason="two people moved away")


def plan_of(*overrides: Override) -> Plan:
    group = b.group("chess", members=["anna"], id=b.JID)
    live = b.live(members=[b.seen(name) for name in ("anna", "ben", "carla")])
    situation = b.situation(b.observed(live))
    return make_plan(b.desired(group), {b.ACCOUNT: situation}, Terms(overrides=overrides), b.NOW).plan


def test_an_override_of_the_files_passes_the_rule_and_is_part_of_the_plan_and_its_digest() -> None:
    refused, passed = plan_of(), plan_of(WRITTEN)
    assert [guard.rule for guard in refused.guards] == ["small-group"]
    assert passed.guards == ()
    assert passed.overrides == (WRITTEN,)
    assert passed.digest != refused.digest
    later = WRITTEN.model_copy(update={"until": date(2026, 11, 26)})
    assert plan_of(later).digest != passed.digest


def test_an_override_of_the_command_line_is_no_part_of_the_plan() -> None:
    assert plan_of(TYPED).overrides == ()
    assert plan_of(TYPED).digest == plan_of().digest


def test_a_reviewed_plan_is_applied_with_the_overrides_that_it_showed() -> None:
    reviewed = Reviewed(digest="wg1-000000000000", created_at=b.NOW, actions=frozenset(), fingerprints={})
    terms = Terms(overrides=(WRITTEN, TYPED))
    assert as_reviewed(terms, None).overrides == (WRITTEN, TYPED)
    assert as_reviewed(terms, reviewed).overrides == (TYPED,)
    showing = reviewed.model_copy(update={"overrides": frozenset({("small-group@chess", date(2026, 11, 25))})})
    assert as_reviewed(terms, showing).overrides == (WRITTEN, TYPED)


def test_an_override_holds_to_the_end_of_its_last_day_and_begins_at_most_seven_days_before() -> None:
    def held(day: datetime) -> tuple[list[Override], list[str]]:
        findings = Findings()
        holding = list(in_force([WRITTEN], day.date(), findings))
        return holding, [problem.rule for problem in findings.in_order()]

    assert held(datetime(2026, 11, 18, tzinfo=UTC)) == ([WRITTEN], [])
    assert held(datetime(2026, 11, 25, tzinfo=UTC)) == ([WRITTEN], [])
    assert held(datetime(2026, 11, 17, tzinfo=UTC)) == ([], ["override-time"])
    assert held(datetime(2026, 11, 26, tzinfo=UTC)) == ([], ["override-past"])
