"""Count what a plan holds: the totals of every format come from here, so that they agree."""

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from wagroups.domain.plans.change_kinds import KINDS, kind_of
from wagroups.domain.plans.plan import Action, Plan
from wagroups.domain.plans.points import PointClass


class Summary(BaseModel):
    """Totals.  Differences in watched groups are counted in `watched` only: nothing is done about them."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    add: int = 0
    remove: int = 0
    promote: int = 0
    demote: int = 0
    change: int = 0
    create: int = 0
    invite: int = 0
    approve: int = 0
    release: int = 0
    dissolve: int = 0
    groups_changed: int = 0
    groups_in_sync: int = 0
    """Nothing to do, nothing to say, and not refused: of a list that turns out empty, nothing is planned either."""
    groups_noted: int = 0
    """Nothing to do, and notices that say what is not known, not possible or waited for."""
    groups_open: int = 0
    """Those of `groups_noted` with an open point."""
    open: int = 0
    """Declared things that are not so and need a person."""
    new_open: int = 0
    """Those of `open` that the last apply or drift did not meet."""
    known: int = 0
    """Those of `open` that the files say are known."""
    waiting: int = 0
    """Declared things that are not so, and that time or somebody's expected act will change."""
    unseen: int = 0
    """Declared things that cannot be read here, or that this read did not show."""
    adopt: int = 0
    reject: int = 0
    held: int = 0
    refused: int = 0
    notices: int = 0
    watched: int = 0

    @property
    def actions(self) -> int:
        """Everything that would be done."""
        return sum(getattr(self, total) for total in {kind.total for kind in KINDS.values()})


def summarise(plan: Plan) -> Summary:
    """The totals of a plan."""
    acting = [group for group in plan.groups if not group.watched]
    points = Counter(notice.point_class for group in plan.groups for notice in group.notices)
    kinds = tally(action for group in acting for action in group.actions)
    refused = {guard.group for guard in plan.guards}
    return Summary(
        **kinds,
        groups_changed=sum(bool(group.actions) for group in acting),
        groups_in_sync=sum(g.in_sync and not g.notices and g.key not in refused for g in plan.groups),
        groups_noted=sum(group.in_sync and bool(group.notices) for group in plan.groups),
        groups_open=sum(group.in_sync and bool(group.points(PointClass.OPEN)) for group in plan.groups),
        open=points[PointClass.OPEN],
        new_open=sum(point.new for point in plan.open),
        known=sum(point.known is not None for point in plan.open),
        waiting=points[PointClass.WAITING],
        unseen=points[PointClass.UNSEEN],
        held=sum(group.hold is not None for group in plan.groups),
        refused=len(plan.guards),
        notices=len(plan.notices) + sum(len(group.notices) for group in plan.groups),
        watched=sum(len(group.actions) for group in plan.groups if group.watched),
    )


def after_run(followed: Plan, left: Plan) -> Summary:
    """The totals of a run: what its plan held, and what is not so after it."""
    ended = summarise(left)
    points = ("open", "new_open", "known", "waiting", "unseen", "held", "groups_open")
    return summarise(followed).model_copy(update={name: getattr(ended, name) for name in points})


def tally(actions: Iterable[Action]) -> Counter[str]:
    """How many actions there are of each kind, by the names of `Summary`."""
    return Counter(kind_of(action.change).total for action in actions)
