"""What is said of a creation that was never answered names the groups that may have come of it."""

import pytest
import yaml

from tests.planning.test_stories import plan_of

ONE, TWO = "120363000000000001@g.us", "120363000000000002@g.us"


@pytest.mark.parametrize(
    "live", ["{subject: Chess, members: []}", "{subject: Another name, members: []}"], ids=["alike", "merely new"]
)
def test_the_command_that_adopts_one_is_written_out_for_each(live: str) -> None:
    story = f"""
declared:
  chess: {{members: [anna]}}
live:
  one: {live}
  two: {live}
memory: {{unsettled_creation: [chess]}}
"""
    (group,) = plan_of(yaml.safe_load(story)).groups
    assert group.hold is not None
    assert group.hold.rule == "creation-unsettled"
    for jid in (ONE, TWO):
        assert f"`wagroups apply --adopt chess={jid}`" in group.hold.message
    assert "=ID" not in group.hold.message
