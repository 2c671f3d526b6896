"""What `doctor` says of an account's groups."""

import pytest

from tests import builders as b
from wagroups.domain.declared.desired import DesiredGroup, State
from wagroups.domain.identity import GroupJid, GroupKey, Role
from wagroups.domain.live.checkup import CheckLevel, Finding
from wagroups.domain.live.memory import Memory
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.live.tombstone import Tombstones, Turnover
from wagroups.planning.explain.checks import NEARLY_FULL, check_groups

CHESS = b.group("chess", id=b.JID, members=["anna", "ben"])
HEALTHY = [b.seen("anna", Role.ADMIN), b.seen("ben")]


def findings(*groups: DesiredGroup, live: ObservedGroup, memory: Memory | None = None) -> dict[str, Finding]:
    situation = b.situation(b.observed(live), memory)
    return {finding.code: finding for finding in check_groups(b.desired(*groups), situation)}


def test_a_group_with_two_admins_and_known_people_needs_no_word() -> None:
    assert findings(CHESS, live=b.live(members=HEALTHY)) == {}


def test_an_account_without_rights_is_bad_news() -> None:
    (found,) = findings(CHESS, live=b.live(members=HEALTHY, myself=Role.MEMBER)).values()
    assert (found.level, found.code, found.group) == (CheckLevel.BAD, "not-admin", "chess")


def test_in_a_watched_group_no_right_is_missing() -> None:
    watched = b.group("chess", id=b.JID, members=["anna", "ben"], state=State.WATCHED)
    assert findings(watched, live=b.live(members=HEALTHY, myself=Role.MEMBER)) == {}
    for trouble in (b.live(members=HEALTHY, myself=None), b.live(members=None), b.live(members=HEALTHY, stated_size=9)):
        assert {found.level for found in findings(watched, live=trouble).values()} == {CheckLevel.NOTE}


def test_the_only_admin_is_warned_of() -> None:
    assert set(findings(CHESS, live=b.live(members=[b.seen("anna"), b.seen("ben")]))) == {"single-admin"}


@pytest.mark.parametrize(("members", "told"), [(921, False), (922, True)])
def test_a_group_above_nine_tenths_of_its_limit_is_named(members: int, told: bool) -> None:
    # The account itself is one more.
    people = [b.seen("anna", Role.ADMIN), *(b.seen(f"p{number}") for number in range(members - 2))]
    found = findings(CHESS, live=b.live(members=people))
    assert ("nearly-full" in found) is told
    assert pytest.approx(921.6) == NEARLY_FULL * 1024


@pytest.mark.parametrize(
    ("hidden", "words"), [(["finn"], "the number of 1 member is"), (["finn", "gina"], "of 2 members")]
)
def test_hidden_members_are_counted_with_what_would_tell_who_they_are(hidden: list[str], words: str) -> None:
    found = findings(CHESS, live=b.live(members=[*HEALTHY, *(b.seen(name, by="hidden") for name in hidden)]))
    assert words in found["unresolved"].text
    assert "would show who this is" in found["unresolved"].text


def test_groups_that_are_in_no_manifest_are_named_and_then_counted() -> None:
    jids = [GroupJid.of(f"12036300000000{number:04}@g.us") for number in range(7)]
    observed = b.observed(*(b.live(jid, subject=f"Club {n}", members=HEALTHY) for n, jid in enumerate(jids)))
    (found,) = check_groups(b.desired(), b.situation(observed))
    assert found.code == "undeclared"
    assert found.text.startswith("7 live groups are in no manifest and left alone: “Club 0”, “Club 1”")
    assert "“Club 4” and 2 more; `wagroups import`" in found.text


def test_those_who_left_are_counted_where_the_group_respects_it() -> None:
    left = Tombstones(b.KEY).after({GroupKey("chess"): Turnover(left=frozenset({b.phone(2)}))}, b.NOW)
    memory = b.memory(tombstones=left)
    live = b.live(members=HEALTHY[:1])
    assert "1 of the declared people left" in findings(CHESS, live=live, memory=memory)["left"].text
    again = b.group("chess", id=b.JID, members=["anna", "ben"], respect_left=False)
    assert findings(again, live=live, memory=memory) == {}
