"""What `watch` prints: one line a look, whatever is in it."""

import json
from datetime import timedelta

import jsonschema
import pytest

from tests.reports import samples
from wagroups.domain.exit import Exit
from wagroups.domain.plans.plan import Notice, Plan
from wagroups.reports.documents.build import plan_document
from wagroups.reports.documents.models import ErrorBody
from wagroups.reports.documents.schemas import round_schema
from wagroups.reports.documents.watch import (
    NAMED,
    RoundDocument,
    RoundPart,
    document_line,
    drift_words,
    error_words,
    exit_part,
    one_line,
    round_line,
    run_words,
)


def test_a_line_says_when_why_where_and_how_much() -> None:
    words = drift_words(samples.term_plan(), samples.redactor())
    line = round_line(samples.NOW, "Europe/London", "event", words)
    assert line.startswith("2026-11-02 14:00:00 GMT  event     ")
    keys = [group.key for group in samples.term_plan().groups if group.actions]
    assert f"{', '.join(keys[:NAMED])}" in line
    actions = sum(1 for _ in samples.term_plan().actions())
    assert f"{actions} differences: " in line


def test_nothing_different_is_said_in_so_many_words() -> None:
    quiet = samples.plan(samples.group("chess", "Chess"), samples.group("choir", "Choir"))
    assert drift_words(quiet, samples.redactor()) == "No difference in 2 groups."


def test_what_is_left_alone_is_pointed_at() -> None:
    gone = Notice(code="left", text="{person} left by themselves", person=samples.person("anna"))
    quiet = samples.plan(samples.group("chess", "Chess", notices=(gone,)), samples.group("choir", "Choir"))
    words = drift_words(quiet, samples.redactor())
    assert words == "chess: 1 thing is not as declared and needs attention."
    run = samples.finished_run().model_copy(update={"remaining": quiet})
    said = run_words(run, samples.redactor())
    assert said.endswith(
        " Not converged: everything planned was done, but 1 thing is not as declared and needs attention."
    )
    assert said.startswith("chess, ")


def test_what_is_waited_for_is_pointed_at() -> None:
    invited = Notice(code="invited", text="{person}: invited today, waiting", person=samples.person("anna"))
    quiet = samples.plan(samples.group("chess", "Chess", notices=(invited,)), samples.group("choir", "Choir"))
    words = drift_words(quiet, samples.redactor())
    assert words == "No difference in 2 groups. Waiting, unseen or worth a remark (see `wagroups drift`): chess."


def test_a_line_names_a_few_groups_and_counts_the_others() -> None:
    action = next(action for _, action in samples.term_plan().actions())
    many = samples.plan(*(samples.group(f"class-{number}", "Class", action) for number in range(8)))
    words = drift_words(many, samples.redactor())
    assert words.startswith("class-0, class-1, class-2, class-3, class-4 and 3 more: 8 differences: ")


def test_what_stopped_a_run_is_said() -> None:
    refused = samples.refused_plan()
    assert refused.guards
    assert f"Refused: {refused.guards[0].rule}: " in drift_words(refused, samples.redactor())
    assert "Not converged" in run_words(samples.troubled_run(), samples.redactor())
    assert "Converged" in run_words(samples.finished_run(), samples.redactor())


def test_an_error_is_one_line_without_numbers() -> None:
    hostile = "the gateway said\n::error::+44 7700 900123 is\x1b[31m not known"
    body = ErrorBody(code="gateway", message=one_line(hostile), hint="Look at it.")
    line = round_line(samples.NOW, "UTC", "retry", error_words(body))
    assert "\n" not in line
    assert "\x1b" not in line
    assert "900123" not in line
    assert line.endswith("not known.  Look at it.")


@pytest.mark.parametrize("plan", [samples.term_plan(), samples.refused_plan()], ids=["term", "refused"])
def test_a_document_is_one_line_and_holds_the_usual_report_whole(plan: Plan) -> None:
    ended = samples.NOW + timedelta(seconds=2)
    part = RoundPart(cause="event", account="office", groups=("chess",), started_at=samples.NOW, ended_at=ended)
    usual = plan_document(plan, samples.redactor(), Exit.CHANGES, "0.1.0", attributed=True)
    line = document_line(RoundDocument(round=part, plan=usual, exit=exit_part(Exit.CHANGES)))
    assert line.count("\n") == 1
    read = json.loads(line)
    jsonschema.validate(read, round_schema(), jsonschema.Draft7Validator)
    assert read["plan"] == json.loads(document_line(usual))
    assert (read["report"], read["error"], read["exit"]) == (None, None, {"code": 2, "reason": "changes"})
