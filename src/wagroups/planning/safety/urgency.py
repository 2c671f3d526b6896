"""What protects the members of a group, and so is done before, and whatever becomes of, everything else in a plan.

People on the deny list lose their seat and their rights, a group is closed, and the link that they know is reset.
Only another account behind the name, a session that is not connected, and too few admins stand in the way.
"""

from collections.abc import Sequence
from typing import Final

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.safety import Safety
from wagroups.domain.declared.settings import CLOSING
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.plans.change import Change, SettingChange, is_urgent
from wagroups.domain.plans.plan import Action, Hold, Notice
from wagroups.planning.diff.people import PeoplePlan
from wagroups.planning.safety.guards import admins_after

_SEEN_IN: Final = frozenset({"read-empty", "read-shrank", "read-short", "rights-refused", "not-hydrated"})
"""Holds of reads that may lack people: whoever is in one of them all the same is in the group."""


def seen_in(hold: Hold) -> bool:
    """Whether a read that is held may still be believed about the people whom it shows."""
    return hold.rule in _SEEN_IN


def only_urgent(people: PeoplePlan) -> PeoplePlan:
    """What of `people` follows from positive evidence alone, whatever else the read lacks."""
    return PeoplePlan(tuple(change for change in people.changes if is_urgent(change)), (), ())


def is_closing(said: Change | Notice, group: DesiredGroup) -> bool:
    """Whether it is about a setting that is to close the group: the change, or why it cannot be made."""
    if isinstance(said, Notice):
        return said.setting in {f"settings.{s}" for s, value in CLOSING if group.settings.get(s) == value}
    return isinstance(said, SettingChange) and is_urgent(said)


def urgent_actions(actions: Sequence[Action], live: ObservedGroup | None, safety: Safety) -> frozenset[str]:
    """Ids of the actions that are done first.  People go first only where enough admins are left by that alone."""
    urgent = [action for action in actions if action.urgent]
    left = admins_after([action.change for action in urgent], live)
    if left is not None and left < safety.min_admins:
        urgent = [action for action in urgent if isinstance(action.change, SettingChange)]
    return frozenset(action.id for action in urgent)
