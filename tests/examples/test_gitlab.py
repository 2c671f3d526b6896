"""The pipeline for GitLab, job by job."""

import pytest

from tests.e2e.club import KEY, NEWS, TRAINERS, Club
from tests.examples.jobs import EXAMPLES, GitLab, Machine, workflow


@pytest.fixture
def gitlab(machine: Machine, secrets: dict[str, str]) -> GitLab:
    machine.environ.update(secrets)
    return GitLab(machine)


def test_from_a_merge_request_to_drift(gitlab: GitLab, harbour: Club) -> None:
    validated = gitlab.run("validate")
    assert validated.code == 0, validated.said

    planned = gitlab.run("plan")
    assert planned.code == 0, planned.said
    assert TRAINERS in (harbour.root / "reports" / "plan.md").read_text(encoding="utf-8")
    assert harbour.writes == []

    applied = gitlab.run("apply")
    assert applied.code == 0, applied.said
    assert set(harbour.members(TRAINERS)) == {"amara", "chidi", "dana"}
    assert (harbour.root / "applied" / "report.md").exists()
    for shown in (planned.said, applied.said):
        assert "7700900" not in shown
        assert KEY not in shown

    due = gitlab.run("due")
    assert due.code == 0, due.said
    assert "nothing is due" in (harbour.root / "applied" / "due.md").read_text(encoding="utf-8")

    assert gitlab.run("drift").code == 0
    harbour.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    assert gitlab.run("drift").code == 2


def test_a_pause_ends_with_the_code_that_is_allowed_to_fail(gitlab: GitLab) -> None:
    assert gitlab.run("plan").code == 0
    gitlab.machine.environ["WAGROUPS_APPLY_MAX_OPS"] = "1"
    [allowed] = workflow(EXAMPLES / "gitlab" / ".gitlab-ci.yml")["apply"]["allow_failure"]["exit_codes"]
    assert gitlab.run("apply").code == allowed
