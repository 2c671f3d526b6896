"""A group that two comparisons of sets call as declared is one about which the rules have nothing to say."""

from hypothesis import given
from hypothesis import strategies as st

from tests import builders as b
from wagroups.domain.declared.desired import DesiredGroup, Manage
from wagroups.domain.identity import Role
from wagroups.domain.live.observed import ObservedGroup
from wagroups.planning.diff.directory import Directory
from wagroups.planning.diff.people import NOTHING, _Diff
from wagroups.planning.diff.shortcut import as_declared
from wagroups.planning.holds import HandsOff
from wagroups.planning.situation import Moment, Terms

NAMES = ("anna", "ben", "carla", "dora")
names = st.sets(st.sampled_from(NAMES))
roles = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(Role))


@st.composite
def groups(draw: st.DrawFn) -> DesiredGroup:
    members, admins = draw(st.none() | names), draw(st.none() | names)
    return b.group(members=members, admins=admins, manage_members=draw(st.sampled_from(Manage)))


@st.composite
def lives(draw: st.DrawFn) -> ObservedGroup:
    by = draw(st.sampled_from(("phone", "both")))
    return b.live(members=[b.seen(name, role, by=by) for name, role in sorted(draw(roles).items())])


@given(groups(), lives())
def test_what_isas_declared_needs_no_change_and_no_word(group: DesiredGroup, live: ObservedGroup) -> None:
    situation = b.situation(b.observed(live))
    hands_off = HandsOff(group, live, situation, Terms())
    moment = Moment.of(b.NOW, "UTC")
    whole = _Diff(group, live, situation, hands_off, Directory(()), Terms(), moment).plan()
    if as_declared(group, live, situation.observed.me):
        assert whole._replace(unclear=None) == NOTHING
        assert not whole.unclear


def test_a_group_with_exactly_its_people_and_admins_isas_declared() -> None:
    group = b.group(members=("anna", "ben"), admins=("anna",))
    live = b.live(members=[b.seen("anna", Role.ADMIN), b.seen("ben")])
    assert as_declared(group, live, b.ME)
    assert not as_declared(b.group(members=("anna", "ben"), admins=("ben",)), live, b.ME)
    assert not as_declared(b.group(members=("anna",), admins=("anna",)), live, b.ME)
    assert not as_declared(b.group(members=("anna", "ben", "dora"), admins=("anna",)), live, b.ME)
