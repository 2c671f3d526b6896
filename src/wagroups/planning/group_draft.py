"""What is to be done about one group, on its way through the stages: bind → hold → diff."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wagroups.domain.declared.desired import DesiredGroup, State
from wagroups.domain.identity import Identity, Phone, Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.observed import ObservedGroup, is_me
from wagroups.domain.plans.change import (
    Change,
    GroupAdoption,
    GroupCreation,
    GroupDissolution,
    GroupRelease,
    MemberRemoval,
)
from wagroups.domain.plans.plan import Hold, Notice
from wagroups.domain.text import normal
from wagroups.planning.binding import Bound, Unborn, UnsettledCreation, bind
from wagroups.planning.diff.communities import community_notices
from wagroups.planning.diff.directory import Directory
from wagroups.planning.diff.exchanges import Link
from wagroups.planning.diff.fields import diff_fields
from wagroups.planning.diff.fruitless import rights_refused
from wagroups.planning.diff.hidden import own_lookup
from wagroups.planning.diff.invitations import reset_after
from wagroups.planning.diff.people import NOTHING, diff_people
from wagroups.planning.diff.pictures import diff_picture
from wagroups.planning.diff.points import covering, watched
from wagroups.planning.diff.reach import unseen_people, within_reach
from wagroups.planning.holds import HandsOff, hold_of, standing, unmanageable_people
from wagroups.planning.safety.uncounted import uncounted_notices
from wagroups.planning.safety.urgency import is_closing, only_urgent, seen_in
from wagroups.planning.situation import Moment, Situation, Terms


class GroupDraft(NamedTuple):
    """One group on its way through the stages."""

    changes: tuple[Change, ...] = ()
    notices: tuple[Notice, ...] = ()
    hold: Hold | None = None
    lookups: tuple[Phone, ...] = ()
    bound: Bound | None = None
    links: tuple[Link, ...] = ()
    waiting: frozenset[Phone] = frozenset()
    unclear: Mapping[Phone, bool] | None = None
    """Who may be a hidden member of the group, when its people were planned: see `PeoplePlan`."""

    @property
    def live(self) -> ObservedGroup | None:
        return None if self.bound is None else self.bound.live


def draft_of(
    group: DesiredGroup, situation: Situation, terms: Terms, directory: Directory, moment: Moment
) -> GroupDraft:
    """What is to be done about one group, as far as its gateway can do it."""
    draft = _wished(group, situation, terms, directory, moment)
    within, beyond = _told_apart(within_reach(draft.changes, situation.capabilities, group.key))
    left = {id(change) for change in within}
    links = [link._replace(needs=tuple(c for c in link.needs if id(c) in left)) for link in draft.links]
    # What waits for changes none of which can be made is not made either.
    barred = {id(link.change) for link in links if not link.needs}
    return draft._replace(
        changes=tuple(change for change in within if id(change) not in barred),
        notices=(*draft.notices, *beyond),
        links=tuple(link for link in links if id(link.change) in left - barred),
    )


def _wished(
    group: DesiredGroup, situation: Situation, terms: Terms, directory: Directory, moment: Moment
) -> GroupDraft:
    match group.state:
        case State.RELEASED:
            return _released(group, situation)
        case State.DISSOLVED:
            return _dissolved(group, situation, terms, directory)
        case State.MANAGED | State.WATCHED:
            return _managed(group, situation, terms, directory, moment)


def _released(group: DesiredGroup, situation: Situation) -> GroupDraft:
    keys = (group.key, *group.previous_keys)
    bound = any(key in situation.memory.bindings for key in keys)
    return GroupDraft(changes=(GroupRelease(),) if bound else ())


def _managed(
    group: DesiredGroup, situation: Situation, terms: Terms, directory: Directory, moment: Moment
) -> GroupDraft:
    binding = bind(group, situation, terms)
    if isinstance(binding, UnsettledCreation):
        return GroupDraft(hold=binding.hold)
    if group.faults:
        return _uncounted(group, binding, situation, terms, directory, moment)
    if isinstance(binding, Unborn):
        unborn = _unborn(group, situation, terms, directory, moment)
        return unborn._replace(notices=(*unborn.notices, *_never_was(binding)))
    # What no read shows is not adopted: a binding to nothing would hide the declared group for ever.
    adopting = binding.how in ("adopt", "found") and binding.live is not None
    adoption = (GroupAdoption(jid=binding.jid),) if adopting else ()
    hold = hold_of(binding, situation, terms, group.key)
    live = binding.live
    if live is None:
        return GroupDraft(adoption, (), hold, bound=binding)
    if live.may_hide(situation.observed.me):
        return GroupDraft(adoption, (), hold, own_lookup(situation), binding)
    said = list(diff_fields(group, live, situation, terms.selection))
    said += community_notices(group, live, situation.capabilities)
    said += diff_picture(group, live, situation, terms.selection)
    hands_off = HandsOff(group, live, situation, terms)
    people = NOTHING
    unseen = unseen_people(group, situation.capabilities)
    if unseen is not None:
        said.append(unseen)
    elif hold is None or seen_in(hold):
        people = diff_people(group, live, situation, hands_off, directory, terms, moment)
    if hold is not None:
        people = only_urgent(people)
    obstacle = standing(binding, situation.observed.me, group)
    if obstacle is None and not terms.passes("rights-refused"):
        refused = rights_refused(group.key, memory=situation.memory, now=moment.now)
        if refused is not None:
            return GroupDraft(adoption, (), refused, bound=binding)
    if obstacle is not None:
        covered = covering(obstacle, [*said, *people.changes, *people.notices])
        return GroupDraft(adoption, (covered,), hold, bound=binding)
    unmanaged = unmanageable_people(live)
    if unmanaged is not None:
        said += [covering(unmanaged, people.changes)] if people.changes else []
        people = NOTHING
    said += [*people.changes, *people.notices, *reset_after(people.changes, group, situation)]
    changes, notices = _told_apart(said)
    if group.state is State.WATCHED:
        notices = (*notices, *watched(group, changes))
    return GroupDraft(
        (*adoption, *changes), notices, hold, people.lookups, binding, people.links, people.waiting, people.unclear
    )


def _uncounted(
    group: DesiredGroup,
    binding: Bound | Unborn,
    situation: Situation,
    terms: Terms,
    directory: Directory,
    moment: Moment,
) -> GroupDraft:
    """A group whose lists come to nobody by accident: only what is urgent is done, whatever the lists say."""
    notices = tuple(uncounted_notices(group, situation.memory))
    if isinstance(binding, Unborn):
        return GroupDraft(notices=notices)
    hold, live = hold_of(binding, situation, terms, group.key), binding.live
    if live is None or live.may_hide(situation.observed.me) or standing(binding, situation.observed.me, group):
        return GroupDraft(notices=notices, hold=hold, bound=binding)
    people = NOTHING
    if (hold is None or seen_in(hold)) and not unmanageable_people(live):
        hands_off = HandsOff(group, live, situation, terms)
        people = only_urgent(diff_people(group, live, situation, hands_off, directory, terms, moment))
    closing = [said for said in diff_fields(group, live, situation, terms.selection) if is_closing(said, group)]
    said = [*closing, *people.changes, *notices, *reset_after(people.changes, group, situation)]
    changes, notices = _told_apart(said)
    return GroupDraft(changes, notices, hold, bound=binding)


def _unborn(
    group: DesiredGroup, situation: Situation, terms: Terms, directory: Directory, moment: Moment
) -> GroupDraft:
    if group.state is State.WATCHED:
        text = "the group is only watched and not bound to a live group; write its `id`, which `import` prints"
        return GroupDraft(notices=(Notice(code="not-bound", text=text, next="wagroups import"),))
    if situation.observed.trouble is not None:
        return GroupDraft(hold=Hold(rule=situation.observed.trouble, message="the groups of the account are not known"))
    claim = situation.capabilities.claim(Aspect.CREATE)
    if Access.WRITE not in claim.access:
        text = f"the group does not exist, and this gateway cannot create one: {claim.note}"
        return GroupDraft(notices=(Notice(code="cannot-create", text=text, next="wagroups import"),))
    said = list(diff_fields(group, None, situation, terms.selection))
    said += community_notices(group, None, situation.capabilities)
    said += diff_picture(group, None, situation, terms.selection)
    people = diff_people(group, None, situation, None, directory, terms, moment)
    changes, notices = _told_apart([*said, *people.changes, *people.notices])
    creation = GroupCreation(subject=normal(group.subject or group.key))
    return GroupDraft((creation, *changes), notices, links=people.links)


def _never_was(binding: Unborn) -> Iterable[Notice]:
    """Why a creation that was asked for before is asked for again."""
    for entry in binding.never_was:
        yield Notice(
            code="creation-settled",
            text=f"the creation of {entry.intent.intended_at:%Y-%m-%d %H:%M} UTC was never answered, and {entry.looks} "
            "reads over more than a day show no new group: it did not happen, so the group is created",
        )


def _protected(live: ObservedGroup, directory: Directory, situation: Situation, terms: Terms) -> Iterable[Notice]:
    """People who may never be removed, and so keep a group from being dissolved."""
    names = situation.memory.names
    for member in sorted(live.members or (), key=lambda member: member.order):
        person = directory.by_phone(member.phone or (names.phone_of(member.lid) if member.lid else None))
        if person is not None and person.alias in terms.safety.protect and not is_me(member, situation.observed.me):
            yield Notice(
                code="not-dissolved",
                person=Identity(alias=person.alias, phone=person.phone),
                text="{person} is under `safety.protect` and in the group, so it is not dissolved",
                next="state: released",
            )


def _dissolved(group: DesiredGroup, situation: Situation, terms: Terms, directory: Directory) -> GroupDraft:
    binding = bind(group, situation, terms)
    if isinstance(binding, UnsettledCreation):
        return GroupDraft(hold=binding.hold)
    if isinstance(binding, Unborn):
        text = "not bound to a live group, so nothing is dissolved; if it exists, write its `id`"
        return GroupDraft(notices=(Notice(code="nothing-to-dissolve", text=text),))
    hold = hold_of(binding, situation, terms, group.key)
    if binding.absence is not None or (binding.live is not None and binding.live.left_by(situation.observed.me)):
        # The list of a group that the account was the last to leave is empty, and for once that is the goal.
        return GroupDraft(changes=(GroupRelease(),) if binding.how == "ledger" else (), bound=binding)
    if binding.live is None or hold is not None:
        return GroupDraft(hold=hold, bound=binding)
    obstacle = standing(binding, situation.observed.me, group)
    names, me = situation.memory.names, situation.observed.me
    kept = tuple(_protected(binding.live, directory, situation, terms))
    if kept:
        return GroupDraft(notices=kept, bound=binding)
    everybody = tuple(
        MemberRemoval(
            person=Identity(
                phone=member.phone or (names.phone_of(member.lid) if member.lid else None),
                lid=member.lid,
                by_lid=member.by_lid,
            ),
            was_admin=member.role.is_admin,
        )
        for member in sorted(binding.live.members or (), key=lambda member: member.order)
        if not is_me(member, me) and member.role is not Role.OWNER
    )
    # Without admin rights nobody can be removed, but anybody may leave.
    return GroupDraft((*(everybody if obstacle is None else ()), GroupDissolution()), bound=binding)


def _told_apart(said: Iterable[Change | Notice]) -> tuple[tuple[Change, ...], tuple[Notice, ...]]:
    said = tuple(said)
    return (
        tuple(item for item in said if not isinstance(item, Notice)),
        tuple(item for item in said if isinstance(item, Notice)),
    )
