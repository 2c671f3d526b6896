"""Whatever is on WhatsApp: after an import the files are valid and a plan of them is empty, on every dialect."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.rig import DIALECTS, Rig, rig
from tests.workflows.imported import Club, assert_nothing_is_left_to_do
from wagroups.domain.declared.desired import State
from wagroups.domain.declared.settings import SETTINGS, Setting
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.live.observed import Community
from wagroups.domain.text import normal
from wagroups.workflows.edit.fmt import format_files

FOLK = ("anna", "ben", "carla", "dora", "emil")

HOSTILE = (
    'The "best" club',
    "it's: a trap",
    "# not a comment",
    "- not a list",
    "subject: other",
    "1.5e3",
    "0x1F",
    "12:30",
    "null",
    "~",
    "yes",
    "2026-11-23",
    "{a: b}",
    "[x]",
    "& anchor",
    "* star",
    "!tag",
    "%directive",
    "@anna",
    "`tick`",
    "| pipe",
    "> fold",
    "? key",
    "---",
    "...",
    "two\nlines",
    "tab\there",
    "\u202egnitsop",
    "👩‍👩‍👧‍👦 family",
    "é e\u0301",
    "x" * 100,
    "x" * 101,
    "back\\slash",
    "trailing #",
    "a : b",
    "Call +44 7700 900123",
    "${x}",
    "\u00a0",
    "🏳️‍🌈",
)

TEXTS = st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=30)
DESCRIPTIONS = st.sampled_from(
    (None, "Room 12", "Ring twice.\n\n  Bring a board. ", "a\n# b\n- c\n: d", "tab\there\nx")
) | st.text(max_size=60)


@dataclass(frozen=True)
class Live:
    """One group of a generated world."""

    subject: str
    description: str | None
    members: Mapping[str, Role]
    me: Role
    settings: Mapping[Setting, str]
    community: Community

    def put(self, account: Rig) -> GroupJid:
        jid = account.live_group(
            self.subject,
            dict(self.members),
            me=self.me,
            description=self.description,
            settings={setting.value: value for setting, value in self.settings.items()},
        )
        with account.world.lock:
            account.world.groups[jid].community = self.community
        return jid


LIVE = st.builds(
    Live,
    subject=TEXTS,
    description=DESCRIPTIONS,
    members=st.dictionaries(st.sampled_from(FOLK), st.sampled_from((Role.MEMBER, Role.ADMIN)), max_size=5),
    me=st.sampled_from((Role.OWNER, Role.ADMIN, Role.MEMBER)),
    settings=st.fixed_dictionaries({}, optional={s: st.sampled_from(kind.values) for s, kind in SETTINGS.items()}),
    community=st.sampled_from((Community.NONE, Community.NONE, Community.NONE, Community.LINKED, Community.PARENT)),
)


def plain(subject: str) -> Live:
    return Live(subject, subject, {"anna": Role.ADMIN, "ben": Role.MEMBER}, Role.OWNER, {}, Community.NONE)


@pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])
@settings(max_examples=7, deadline=None, derandomize=True, database=None)
@given(groups=st.lists(LIVE, min_size=1, max_size=4), hidden=st.sets(st.sampled_from(FOLK), max_size=2))
@example(groups=[plain(subject) for subject in HOSTILE], hidden={"carla"})
@example(groups=[plain("Twins"), plain("Twins"), plain("twins!")], hidden=set())
@example(groups=[Live("Alone", None, {}, Role.OWNER, {}, Community.NONE)], hidden=set())
def test_the_next_plan_is_empty(gateway: str, dialect: str, groups: list[Live], hidden: set[str]) -> None:
    with rig(gateway, dialect, *FOLK) as account, TemporaryDirectory() as folder:
        for name in hidden:
            person = account.world.people.called(name)
            assert person is not None
            person.hidden_number = True
        jids = [live.put(account) for live in groups]
        club = Club(account, Path(folder))
        written = club.take_over()
        assert {one.changes for one in written.groups} <= {0}
        assert_nothing_is_left_to_do(club)
        assert format_files(club.root, (), write=False).edits == ()
        imported = {one.transcript.jid: one for one in written.groups}
        by_id = {group.id: group for group in club.project.desired.groups.values()}
        for jid, live in zip(jids, groups, strict=True):
            if jid in imported:
                declared = by_id[jid]
                assert declared.subject in (normal(live.subject), None)
                assert (declared.state is State.WATCHED) == (not live.me.is_admin)
        assert len(imported) + len(written.passed_over) == len(groups)
        assert list(account.front.writes) == []
