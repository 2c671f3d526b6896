"""The main job from the first plan to drift that is put right, as a user does it, on every gateway and engine."""

from pathlib import Path

import pytest

from tests.e2e.club import CLUB, JUNIORS, NEWS, REGATTA, TRAINERS, club
from tests.rig import DIALECTS


@pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])
def test_from_the_first_plan_to_drift_put_right(gateway: str, dialect: str, tmp_path: Path) -> None:
    with club(tmp_path, gateway, dialect) as harbour:
        bystanders = harbour.group(REGATTA).copy()

        planned = harbour.wagroups("plan", "--detailed-exitcode")
        assert planned.code == 2, planned.err
        assert "Plan: 3 to create" in planned.out
        assert harbour.writes == []

        applied = harbour.wagroups("apply", "--yes", "-o", "json", "-o", "html", "--to", "result.html")
        assert applied.code == 0, applied.out
        assert "Converged" in (tmp_path / "result.html").read_text(encoding="utf-8")
        assert applied.document["converged"] is True
        assert harbour.members(TRAINERS) == {"amara": "admin", "chidi": "member", "dana": "member"}
        assert set(harbour.members(NEWS)) == CLUB
        assert harbour.members(JUNIORS)["bela"] == "admin"

        writes = len(harbour.writes)
        quiet = harbour.wagroups("plan", "--detailed-exitcode", "-o", "json")
        assert quiet.code == 0, quiet.out
        assert [group["actions"] for group in quiet.document["groups"]] == [[], [], []]

        harbour.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
        harbour.on_the_phone(do="add", who="amara", group=TRAINERS, people=["bela"])
        harbour.on_the_phone(do="leave", who="ivo", group="News!!")
        formats = ("html", "csv", "junit", "github")
        files = [word for form in formats for word in ("-o", form, "--to", f"drift.{form}")]
        drifted = harbour.wagroups("drift", "-o", "json", *files)
        assert drifted.code == 2, drifted.out
        for form in formats:
            assert "bela" in (tmp_path / f"drift.{form}").read_text(encoding="utf-8"), form
        causes = {part["kind"]: part["cause"] for part in drifted.document["drift"]}
        assert causes == {"subject.set": "phone", "member.remove": "phone"}
        assert len(harbour.writes) == writes

        again = harbour.wagroups("apply", "--yes")
        assert again.code == 0, again.out
        assert set(harbour.members(NEWS)) == CLUB - {"ivo"}
        why = harbour.wagroups("why", "ivo", "news")
        assert "left or was removed" in why.out
        # All that was planned was done; that Ivo is declared and gone is for a person to decide.
        left = harbour.wagroups("drift", "-o", "json")
        assert (left.code, left.document["exit"]["reason"]) == (2, "open")
        points = [point for group in left.document["groups"] for point in group["points"] if point["class"] == "open"]
        assert [(point["code"], point["person"]) for point in points] == [("left", "ivo")]
        accepted = harbour.wagroups("drift", "--accept")
        assert (accepted.code, "news: ivo is" in accepted.out) == (0, True), accepted.out
        assert harbour.wagroups("drift").code == 0
        assert harbour.group(REGATTA) == bystanders
