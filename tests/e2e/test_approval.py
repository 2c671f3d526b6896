"""Who said yes: nobody, a flag, a digest, or the review of a saved plan."""

import json

from tests.e2e.club import NEWS, TRAINERS, Club


def test_without_a_terminal_nothing_is_done_that_nobody_approved(harbour: Club) -> None:
    end = harbour.wagroups("apply", "-o", "json")
    assert end.code == 3
    assert end.document["error"]["code"] == "approval"
    assert "--yes" in end.document["error"]["hint"]
    assert harbour.writes == []


def test_a_digest_approves_the_plan_it_was_printed_with_and_no_other(harbour: Club) -> None:
    digest = harbour.wagroups("plan", "-o", "json").document["digest"]
    refused = harbour.wagroups("apply", "--approve-digest", "wg1-000000000000", "-o", "json")
    assert refused.code == 3
    assert refused.document["error"]["code"] == "approve-digest"
    assert harbour.writes == []
    assert harbour.wagroups("apply", "--approve-digest", digest).code == 0


def test_a_reviewed_plan_is_applied_without_asking(harbour: Club) -> None:
    assert harbour.wagroups("plan", "--out", "plan.json").code == 0
    end = harbour.wagroups("apply", "plan.json", "-o", "json")
    assert end.code == 0, end.out
    assert end.document["converged"] is True


def test_what_appeared_since_the_review_waits_for_the_next_one(settled: Club) -> None:
    settled.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    assert settled.wagroups("plan", "--out", "plan.json").code == 0
    settled.on_the_phone(do="add", who="amara", group=TRAINERS, people=["rosa"])
    end = settled.wagroups("apply", "plan.json", "-o", "json")
    assert end.code == 3
    outcomes = {a["kind"]: a["outcome"] for group in end.document["groups"] for a in group["actions"]}
    assert outcomes == {"subject.set": "done", "member.remove": "withheld"}
    assert "rosa" in settled.members(TRAINERS)
    assert settled.group(NEWS).subject == NEWS


def test_a_stale_plan_can_be_refused_as_a_whole(settled: Club) -> None:
    settled.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    settled.wagroups("plan", "--out", "plan.json")
    settled.on_the_phone(do="add", who="amara", group=TRAINERS, people=["rosa"])
    writes = len(settled.writes)
    end = settled.wagroups("apply", "plan.json", "--on-stale", "refuse", "-o", "json")
    assert end.code == 3
    assert [refused["rule"] for refused in end.document["refused"]] == ["stale"]
    assert len(settled.writes) == writes


def test_a_plan_does_not_outlive_the_manifests_it_was_made_from(harbour: Club) -> None:
    harbour.wagroups("plan", "--out", "plan.json")
    harbour.replace("groups/club.yaml", "Harbour Rowing Club – News", "Harbour News")
    end = harbour.wagroups("apply", "plan.json", "-o", "json")
    assert end.code == 3
    assert [refused["rule"] for refused in end.document["refused"]] == ["stale"]
    assert harbour.writes == []


def test_a_plan_made_long_ago_is_refused(harbour: Club) -> None:
    harbour.wagroups("plan", "--out", "plan.json")
    plan = json.loads((harbour.root / "plan.json").read_text(encoding="utf-8"))
    plan["created_at"] = "2026-01-01T00:00:00Z"
    harbour.write("plan.json", json.dumps(plan))
    end = harbour.wagroups("apply", "plan.json", "-o", "json")
    assert end.code == 3
    assert [refused["rule"] for refused in end.document["refused"]] == ["plan-age"]
    assert harbour.writes == []


def test_a_plan_made_with_another_key_cannot_be_applied(harbour: Club) -> None:
    harbour.wagroups("plan", "--out", "plan.json", env={"WAGROUPS_PLAN_KEY": "a key of another machine"})
    end = harbour.wagroups("apply", "plan.json", "-o", "json")
    assert end.code == 3
    assert end.document["error"]["code"] == "plan-key"
    assert harbour.writes == []


def test_a_file_that_is_no_plan_is_refused(harbour: Club) -> None:
    for garbage in ("", "{}", "not json", '{"format_version": "9.0"}', "\x00"):
        harbour.write("plan.json", garbage)
        end = harbour.wagroups("apply", "plan.json", "-o", "json")
        assert end.code == 3, garbage
        assert end.document["error"]["code"] == "plan-file"
        assert end.document["error"]["hint"] == "Make one: wagroups plan --out FILE"
    assert harbour.writes == []
