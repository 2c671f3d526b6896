"""A group is believed to be new only if nobody knew its id."""

import pytest

from tests import builders as b
from tests.rig import rig
from wagroups.domain.identity import Role
from wagroups.domain.plans.outcome import Verdict
from wagroups.gateways.waha.adapter import WahaGateway


def test_a_creation_that_is_answered_with_a_known_group_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with rig("waha", "noweb", "anna", "ben") as stage:
        jid = stage.live_group("Bound", {"anna": Role.MEMBER})
        bound = b.group("bound", id=jid, subject="Bound", members=("anna",))
        stage.apply(bound)

        async def answered_with_another(*_: object) -> object:
            return jid

        monkeypatch.setattr(WahaGateway, "create", answered_with_another)
        renamed = b.group("bound", id=jid, subject="Renamed", members=("anna",))
        run = stage.apply(b.group("anew", subject="Anew", members=("ben",)), renamed)
        kinds = {action.id: action.change.kind for _, action in run.plan.actions()}
        verdicts = {kinds[result.id]: result.verdict for result in run.results}
        assert verdicts["group.create"] is Verdict.FAILED
        assert verdicts["subject.set"] is Verdict.DONE
        assert stage.members("Renamed") == {"anna": "member"}
        assert stage.ledger.bindings(b.ACCOUNT).keys() == {"bound"}

        held = stage.plan(b.group("anew", subject="Anew", members=("ben",)), renamed)
        assert {group.key: group.hold.rule for group in held.groups if group.hold} == {"anew": "creation-unsettled"}
