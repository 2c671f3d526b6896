"""The workflows for GitHub, step by step: a plan for a pull request, an apply when it is merged, a look for drift."""

import re
from typing import Final

import pytest

from tests.e2e.club import KEY, NEWS, TRAINERS, Club
from tests.examples.jobs import EXAMPLES, GitHub, Machine

_GH: Final = """#!/bin/bash
case "$*" in
  "api repos/harbour/groups/commits/c0ffee/pulls --jq "*) cat head ;;
  "run list --repo harbour/groups --workflow plan.yaml --commit decade --status success "*) echo 42 ;;
  "run download 42 --repo harbour/groups --name wagroups-plan --dir $RUNNER_TEMP/reviewed")
    mkdir -p "$RUNNER_TEMP/reviewed"; cp "$RUNNER_TEMP/plan.json" "$RUNNER_TEMP/reviewed" ;;
  "api repos/harbour/groups/commits/c0ffee/status --jq "*) cat status ;;
  "api --silent repos/harbour/groups/statuses/c0ffee -f context=wagroups -f state="*) echo "${7#state=}" > status ;;
  *) echo "unexpected: gh $*" >&2; exit 91 ;;
esac
"""
"""GitHub's own command, as far as the examples use it: it keeps what it is told in the checkout."""


@pytest.fixture
def github(machine: Machine, secrets: dict[str, str]) -> GitHub:
    machine.tool("gh", _GH)
    (machine.checkout / "head").write_text("decade\n")
    (machine.checkout / "status").write_text("")
    return GitHub(machine, secrets)


def status(github: GitHub) -> str:
    return (github.machine.checkout / "status").read_text().strip()


def test_a_pull_request_gets_a_plan_in_its_summary_and_changes_are_no_failure(github: GitHub, harbour: Club) -> None:
    validated = github.run("plan", "validate")
    assert validated.code == 0, validated.said

    planned = github.run("plan", "plan")
    assert planned.code == 0, planned.said
    assert "::notice title=wagroups::Plan: " in planned.said
    assert TRAINERS in github.summary
    assert harbour.writes == []
    for shown in (planned.said, github.summary, (github.temp / "plan.json").read_text(encoding="utf-8")):
        assert "7700900" not in shown
        assert KEY not in shown


def test_a_pull_request_with_a_mistake_says_where(github: GitHub, harbour: Club) -> None:
    harbour.replace("groups/training.yaml", "team: trainers", "team: trainerz")
    validated = github.run("plan", "validate")
    assert validated.code == 65
    assert "trainerz" in github.summary


def test_what_was_reviewed_is_applied_when_it_is_merged_and_no_more(github: GitHub, harbour: Club) -> None:
    assert github.run("plan", "plan").code == 0
    github.event = "push"
    assert github.run("apply", "due").code == 0
    assert github.outputs["due"] == "yes"
    applied = github.run("apply", "apply")
    assert applied.code == 0, applied.said
    assert status(github) == "success"
    assert set(harbour.members(TRAINERS)) == {"amara", "chidi", "dana"}

    harbour.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    writes = len(harbour.writes)
    again = github.run("apply", "apply")
    assert again.code == 3, again.said
    assert status(github) == "failure"
    assert len(harbour.writes) == writes


def test_a_pause_is_no_failure_and_the_schedule_goes_on_with_it(github: GitHub, harbour: Club) -> None:
    assert github.run("plan", "plan").code == 0
    github.event = "push"
    github.machine.environ["WAGROUPS_APPLY_MAX_OPS"] = "1"
    paused = github.run("apply", "apply")
    assert paused.code == 0, paused.said
    assert status(github) == "pending"

    github.event = "schedule"
    github.machine.environ.clear()
    assert github.run("apply", "due").code == 0
    assert github.outputs["due"] == "yes"
    assert github.run("apply", "apply").code == 0
    assert status(github) == "success"

    assert github.run("apply", "due").code == 0
    assert github.outputs["due"] == "no"


def test_a_commit_that_nobody_reviewed_is_not_applied(github: GitHub, harbour: Club) -> None:
    (harbour.root / "head").write_text("")
    refused = github.run("apply", "apply")
    assert refused.code == 3
    assert "Nobody reviewed a plan" in refused.said
    assert harbour.writes == []


def test_drift_fails_the_morning_look_and_says_who(github: GitHub, harbour: Club) -> None:
    assert harbour.wagroups("apply", "--yes").code == 0
    assert github.run("drift", "drift").code == 0
    harbour.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    drifted = github.run("drift", "drift")
    assert drifted.code == 2, drifted.said
    assert "::notice title=wagroups::Drift: 1 difference: 1 changed on a phone." in drifted.said
    assert "News!!" in github.summary


def test_what_needs_a_person_is_said_by_every_job_and_changes_nothing(github: GitHub, harbour: Club) -> None:
    # WAHA shows the timer of messages and cannot set it.
    harbour.replace("groups/training.yaml", "    admins:\n", "    settings: {disappearing: 90d}\n    admins:\n")
    assert harbour.wagroups("apply", "--yes").code == 0
    needs = "1 thing is not as declared and needs attention"
    planned = github.run("plan", "plan")
    assert planned.code == 0, planned.said
    assert needs in planned.said
    assert needs in github.summary
    drifted = github.run("drift", "drift")
    assert drifted.code == 2, drifted.said
    assert needs in drifted.said


def test_an_hour_in_which_no_date_comes_changes_nothing(github: GitHub, harbour: Club) -> None:
    before = github.run("due", "due")
    assert before.code == 0, before.said
    assert "no plan has been approved in this ledger yet" in github.summary

    assert harbour.wagroups("apply", "--yes").code == 0
    harbour.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    writes = len(harbour.writes)
    quiet = github.run("due", "due")
    assert quiet.code == 0, quiet.said
    assert "nothing is due" in github.summary
    assert "no plan has been approved" not in github.summary
    assert len(harbour.writes) == writes


@pytest.mark.parametrize("name", ["plan.md", "plan.json", "problems.md"])
def test_a_link_in_the_checkout_brings_nothing_of_the_machine_into_the_summary(
    github: GitHub, harbour: Club, name: str
) -> None:
    (harbour.root / name).symlink_to("/proc/self/environ")
    github.run("plan", "validate")
    validated = github.summary
    github.run("plan", "plan")
    for shown in (validated, github.summary):
        assert "GITHUB_STEP_SUMMARY" not in shown
        assert KEY not in shown


def test_pull_requests_from_forks_are_given_no_secrets(github: GitHub) -> None:
    assert "secrets." not in str(github.job("plan", "validate"))
    assert github.job("plan", "plan")["if"] == ("github.event.pull_request.head.repo.full_name == github.repository")


def test_actions_are_pinned_to_a_commit_and_workflows_have_no_rights_of_their_own() -> None:
    for name in ("plan", "apply", "due", "drift"):
        text = (EXAMPLES / "github" / f"{name}.yaml").read_text(encoding="utf-8")
        assert "\npermissions: {}\n" in text
        assert re.findall(r"\buses: (?!\S+@[0-9a-f]{40} # v)", text) == []
