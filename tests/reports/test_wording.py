"""The words for waits and failures are for people who keep groups, not for people who know gateways."""

import pytest

from tests.reports import samples
from wagroups.domain.identity import Alias, Identity, Phone
from wagroups.domain.plans.change import MemberAddition
from wagroups.domain.plans.outcome import ActionResult, Failure, Run, Verdict
from wagroups.privacy.redactor import Redaction
from wagroups.reports.render.text import run_text
from wagroups.reports.view.wording import ADVICE


@pytest.mark.parametrize("code", ["401", "403"])
def test_a_missing_right_has_a_way_out(code: str) -> None:
    assert "make the account an admin" in ADVICE[code]


def run_without(*aliases: str) -> Run:
    """A run in which nobody of `aliases` could be added, because they had left not long ago."""
    people = [
        Identity(alias=Alias(alias), phone=Phone.of(f"+4477009001{number:02}")) for number, alias in enumerate(aliases)
    ]
    actions = [samples.action(number, MemberAddition(person=person)) for number, person in enumerate(people, 1)]
    plan = samples.plan(samples.group("club", "Club", *actions))
    failure = Failure(code="408", message="WhatsApp answered 408 for this person")
    results = tuple(ActionResult(id=action.id, verdict=Verdict.FAILED, error=failure) for action in actions)
    return Run(plan=plan, results=results, remaining=plan, ended_at=samples.NOW)


def test_a_command_in_an_advice_holds_the_names_of_those_it_is_about() -> None:
    written = run_text(run_without("anna", "ben"), samples.redactor())
    assert "wagroups state readmit anna club" in written
    assert "wagroups state readmit ben club" in written
    assert "PERSON" not in written
    assert "{" not in written


def test_advice_for_many_is_counted_and_names_nobody_where_nobody_may_be_named() -> None:
    many = run_without("anna", "ben", "carla", "dora", "emil")
    assert "so for 2 more" in run_text(many, samples.redactor())
    strict = run_text(many, samples.redactor(Redaction.STRICT))
    assert "anna" not in strict
    assert "wagroups state readmit person-" in strict
