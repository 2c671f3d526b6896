"""Every file of `cases/` is a story: what is declared, live and remembered, and the whole plan that follows.

A story's name is the sentence it proves.  People are written as `anna`, `anna admin`, `anna by lid`,
`anna hidden` (a LID whose number WhatsApp does not show), `anna owner`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml

from tests import builders as b
from wagroups.domain.declared.choices import Section
from wagroups.domain.declared.desired import (
    Desired,
    DesiredMember,
    DesiredMembers,
    Entry,
    Manage,
    Origin,
    Person,
    State,
)
from wagroups.domain.declared.members import Exclusion
from wagroups.domain.declared.period import Periods
from wagroups.domain.declared.safety import Override, Safety
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Me, Role
from wagroups.domain.live.capability import Access, Limits
from wagroups.domain.live.invitation import LASTS, Invitation
from wagroups.domain.live.join_requests import JoinRequest, Requests
from wagroups.domain.live.memory import (
    Applied,
    Binding,
    Intent,
    Neighbour,
    PersonRefusal,
    Snapshot,
    UnseenAddition,
    Unsettled,
)
from wagroups.domain.live.observed import Absence, Community
from wagroups.domain.live.presence import Count, Presence
from wagroups.domain.live.tombstone import Tombstones, Turnover
from wagroups.domain.plans.approval import Approval
from wagroups.domain.plans.change import SettingChange
from wagroups.domain.plans.operation import CreateGroup, people_of
from wagroups.domain.plans.plan import Later, Plan
from wagroups.domain.plans.removal import RemovalKind
from wagroups.domain.plans.rules import Level
from wagroups.domain.problem import Problem
from wagroups.planning.binding import bound_ids
from wagroups.planning.diff.departures import turnover_of
from wagroups.planning.diff.due import renewed
from wagroups.planning.holds import trusted
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Selection, Situation, Terms

YESTERDAY = f"{b.NOW - timedelta(days=1):%Y-%m-%d}"
DIFFERENCES = ("unset", "absent", "demoted", "others", "other_admins")
"""What was not as declared when the group was applied."""

CASES = sorted(Path(__file__).parent.joinpath("cases").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_story(path: Path) -> None:
    story = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert summary(plan_of(story)) == story["plan"]


def plan_of(story: dict[str, Any]) -> Plan:
    desired = _desired(story)
    situation = _noticed(b.situation(_observed(story), _memory(story), _capabilities(story)), desired, _terms(story))
    return make_plan(desired, {b.ACCOUNT: situation}, _terms(story), b.NOW).plan


def _noticed(situation: Situation, desired: Desired, terms: Terms) -> Situation:
    """What reading the groups teaches about who left them, as every run learns it before it plans."""
    good = frozenset(jid for jid in situation.observed.groups if trusted(jid, situation, terms))
    bound = bound_ids(situation, terms, tuple(desired.groups.values()))
    tombstones = situation.memory.tombstones.after(turnover_of(situation, bound, good), b.NOW)
    return situation._replace(memory=replace(situation.memory, tombstones=tombstones))


def summary(plan: Plan) -> dict[str, Any]:
    """The whole plan in the stories' short hand; empty parts are left out."""
    groups = {}
    for group in plan.groups:
        parts = {
            "actions": [_action(action) for action in group.actions],
            "steps": [_step(step.operation) for step in group.steps],
            "notices": [f"{n.code} {n.person.alias}" if n.person and n.person.alias else n.code for n in group.notices],
            "hold": group.hold.rule if group.hold else None,
            "watched": group.watched,
            "left alone": group.left_alone,
        }
        groups[str(group.key)] = {name: part for name, part in parts.items() if part}
    later = [_later(one) for one in plan.later]
    guards = [f"{g.rule}@{g.group}" if g.scope is Level.GROUP else g.rule for g in plan.guards]
    return {"groups": groups} | ({"refused": guards} if guards else {}) | ({"later": later} if later else {})


def _later(one: Later) -> str:
    what = "nobody left" if one.turn is None or one.person is None else f"{one.person.alias} {one.turn}"
    return f"{one.at:%Y-%m-%d} {one.group}: {what}"


def _action(action: Any) -> str:
    change = action.change
    what: str = change.kind
    if person := getattr(change, "person", None):
        what += f" {person.alias or 'stranger'}"
    if isinstance(change, SettingChange):
        what += f" {change.setting}"
    if after := getattr(change, "after", None):
        what += f" → {after}"
    if beside := getattr(change, "beside", 0):
        what += f" beside {beside} hidden"
    if getattr(change, "blind", False):
        what += " blind"
    if action.reason != "manifest":
        what += f" ({action.reason})"
    return what


def _step(operation: Any) -> str:
    people = [person.alias or "stranger" for person in people_of(operation)]
    return " ".join([operation.kind, *people])


# --- from the story's words to values --------------------------------------------------------------------------


def _jid(key: str, story: dict[str, Any]) -> GroupJid:
    keys = list(dict.fromkeys([*story.get("live", {}), *story.get("declared", {}), *story.get("bound", {})]))
    return GroupJid.of(f"1203630000000000{keys.index(key) + 1:02}@g.us")


def _desired(story: dict[str, Any]) -> Desired:
    groups = []
    for key, words in story.get("declared", {}).items():
        fields = dict(words)
        settings = {Setting(name): value for name, value in fields.pop("settings", {}).items()}
        manage = fields.pop("manage", {})
        ended, denied = fields.pop("ended", []), fields.pop("denied", [])
        lines = fields.pop("lines", {})
        extra: dict[str, Any] = {
            "manage_members": Manage(manage.get("members", "exact")),
            "manage_admins": Manage(manage.get("admins", "exact")),
            "respect_left": manage.get("left", "respect") == "respect",
            "state": State(fields.pop("state", "managed")),
            "join_by_link": fields.pop("join", "direct") == "link",
            "reject_unknown": fields.pop("reject_unknown", False),
            "invite_by_message": fields.pop("invite", "link") == "message",
            "previous_keys": tuple(GroupKey(k) for k in fields.pop("previous_keys", [])),
        }
        if word := fields.pop("fault", None):
            extra["faults"] = (Problem(rule=word, file="groups.yaml", line=7, message=f"Not as written: {word}."),)
        if fields.pop("by_id", False):
            extra["id"] = _jid(key, story)
        former = fields.pop("former", {})
        group = b.group(key, settings=settings, **{"subject": key.title(), **fields}, **extra)
        members = [
            b.member(str(entry.person.alias), admin=bool(entry.admin), until=YESTERDAY)
            if entry.person.alias in ended
            else entry
            for entry in group.members
        ]
        members = [entry for entry in members if entry.person.alias not in lines]
        members += [_of_lines(name, *written) for name, written in lines.items()]
        members += [DesiredMember.of(b.person(n, denied=b.NOW.date()), (Entry(Origin("p.yaml", 1)),)) for n in denied]
        members = [
            DesiredMember.of(replace(entry.person, former_phones=(b.phone(former[entry.person.alias]),)), entry.entries)
            if entry.person.alias in former
            else entry
            for entry in members
        ]
        members = [entry._replace(person=_with_phones(entry.person, story)) for entry in members]
        groups.append(replace(group, members=DesiredMembers.of(members)))
    declared = b.desired(*groups, people=_directory(story))
    return replace(declared, accounts=frozenset(map(AccountKey, story.get("accounts", [b.ACCOUNT]))))


def _of_lines(name: str, own: dict[str, Any], *lines: dict[str, Any]) -> DesiredMember:
    """Somebody by dated lines.  The first is about the person themselves; `out` keeps them out for a time."""
    entries = []
    for number, line in enumerate(lines):
        out = Exclusion(b.PLACE, _time(*line["out"])) if "out" in line else None
        time = _time(line.get("from"), line.get("until"))
        entries.append(
            Entry(
                Origin("groups.yaml", 20 + number),
                line.get("admin", False),
                periods=time if out is None else time - out.periods,
                exclusions=() if out is None else (out,),
            )
        )
    return DesiredMember.of(b.person(name, periods=_time(own.get("from"), own.get("until"))), entries)


def _time(start: Any, end: Any) -> Periods:
    """The time between two dates; YAML makes values of them."""
    return b.periods(None if start is None else str(start), None if end is None else str(end))


def _directory(story: dict[str, Any]) -> list[Person]:
    """People who are in the directory and in no list."""
    gone = [b.person(name, denied=b.NOW.date()) for name in story.get("offboarded", [])]
    return [_with_phones(person, story) for person in (*map(b.person, story.get("directory", [])), *gone)]


def _with_phones(person: Person, story: dict[str, Any]) -> Person:
    """The person with more numbers than their own: `phones: {ben: [p11]}` has, `former_phones` had."""
    more, had = (story.get(key, {}).get(person.alias, ()) for key in ("phones", "former_phones"))
    person = replace(person, other_phones=tuple(b.phone(b.number_of(name)) for name in more))
    return replace(person, former_phones=tuple(b.phone(b.number_of(name)) for name in had)) if had else person


def _observed(story: dict[str, Any]) -> Any:
    groups, absent, failed = [], {}, {}
    for key, words in story.get("live", {}).items():
        jid = _jid(key, story)
        if words == "not-found":
            absent[jid] = Absence.NOT_FOUND
            continue
        if words == "unreadable":
            failed[jid] = "no answer"
            continue
        fields = dict(words)
        people = fields.pop("members", [])
        me = fields.pop("me", "owner")
        extra: dict[str, Any] = {}
        if "requests" in fields:
            asking = fields.pop("requests")
            extra["requests"] = Requests(trouble=asking) if isinstance(asking, str) else Requests(_asking(asking))
        if "community" in fields:
            extra["community"] = Community(fields.pop("community"))
        groups.append(
            b.live(
                jid,
                members=None if people is None else list(_people(people)),
                myself=Role(me) if me else None,
                settings={Setting(name): value for name, value in fields.pop("settings", {}).items()},
                **{"subject": key.title(), "created_at": b.NOW, **fields},
                **extra,
            )
        )
    return b.observed(
        *groups,
        absent=MappingProxyType(absent),
        failed=MappingProxyType(failed),
        me=b.ME._replace(lid=None) if story.get("own_lid") == "unknown" else b.ME,
        trouble=story.get("trouble"),
    )


def _people(words: list[str]) -> Iterator[Any]:
    for word in words:
        name, *rest = word.split()
        role = Role.ADMIN if "admin" in rest else Role.OWNER if "owner" in rest else Role.MEMBER
        by = "hidden" if "hidden" in rest else "lid" if "lid" in rest else "phone"
        yield b.seen(name, role, by=by)


def _kinds(removed: int | dict[str, int]) -> dict[RemovalKind, int]:
    """Removals of the last day: how many nobody explains, or how many of each kind."""
    if isinstance(removed, int):
        return {RemovalKind.UNDECLARED: removed}
    return {RemovalKind(kind): number for kind, number in removed.items()}


def _snapshot(people: int | list[str]) -> Snapshot:
    """A good read of yesterday: how many there were, or who."""
    if isinstance(people, int):
        return Snapshot(b.NOW - timedelta(days=1), people, frozenset())
    members = [*_people(people), b.me()]
    names = {m.lid or m.phone or b.lid(0): m.role for m in members}
    rulers = frozenset(name for name, role in names.items() if role.is_admin)
    return Snapshot(b.NOW - timedelta(days=1), len(members), frozenset(names), rulers)


def _presence(told: dict[str, Any]) -> Presence:
    """What is remembered of somebody who may be hidden: `answered` so many days ago, in a group of `shown` people."""
    return Presence(
        b.NOW - timedelta(days=60),
        known=told.get("known", False),
        vanished=told.get("vanished", False),
        asked_at=b.NOW - timedelta(days=told["answered"]) if "answered" in told else None,
        code=told.get("code"),
        shown=Count(*told["shown"]) if "shown" in told else None,
    )


def _approval(key: str, said: dict[str, Any], story: dict[str, Any]) -> Approval:
    """An approval of the group as it is declared, some days ago; of `people` alone the dates were the same then."""
    at = b.NOW - timedelta(days=said.get("days", 3))
    group = _desired(story).groups[GroupKey(key)]
    made = renewed(None, group, b.KEY, at, b.NOW if said.get("emptied") else None)
    same = set(said.get("people", made.people))
    return made.model_copy(update={"people": {name: dates for name, dates in made.people.items() if name in same}})


def _asking(words: list[str]) -> tuple[JoinRequest, ...]:
    """Those who ask to join: by number, unless `by lid` or `hidden`."""
    people = list(_people(words))
    return tuple(JoinRequest(person.phone, person.lid, by_lid=person.by_lid) for person in people)


def _memory(story: dict[str, Any]) -> Any:
    words = story.get("memory", {})
    bound = story.get("bound", [key for key in story.get("declared", {}) if key in story.get("live", {})])
    bindings = {
        GroupKey(key): Binding(
            group=GroupKey(key), jid=_jid(key, story), bound_at=b.NOW, created=key not in words.get("adopted", [])
        )
        for key in bound
    }
    key_jid = {key: _jid(key, story) for key in story.get("live", {})}
    fields: dict[str, Any] = {"bindings": MappingProxyType(bindings)}
    if "new" in words:
        fields["since"] = MappingProxyType({jid: b.NOW for key, jid in key_jid.items() if key not in words["new"]})
    if "other_accounts" in words:
        fields["neighbours"] = MappingProxyType(
            {
                AccountKey(name): Neighbour(
                    b.ME if other.get("same_number") else Me(b.phone(999), b.lid(999)),
                    frozenset(map(GroupKey, other.get("bound", []))),
                )
                for name, other in words["other_accounts"].items()
            }
        )
    if "pairs" in words:
        fields["pairs"] = MappingProxyType({b.phone(b.number_of(n)): b.lid(b.number_of(n)) for n in words["pairs"]})
    if "no_lid" in words:
        fields["no_lid"] = MappingProxyType({b.phone(b.number_of(n)): b.NOW for n in words["no_lid"]})
    if "seen_before" in words:
        fields["snapshots"] = MappingProxyType(
            {key_jid[key]: _snapshot(people) for key, people in words["seen_before"].items()}
        )
    if "applied" in words:
        fields["applied"] = MappingProxyType(
            {
                GroupKey(key): Applied(
                    at=b.NOW - timedelta(days=1),
                    values=applied.get("values", {}),
                    people=frozenset(applied.get("people", [])),
                    admins=frozenset(applied.get("admins", [])),
                    **{name: frozenset(applied[name]) for name in DIFFERENCES if name in applied},
                )
                for key, applied in words["applied"].items()
            }
        )
    if "blind" in words:
        fields["blind"] = MappingProxyType({(GroupKey(g), f): v for g, f, v in words["blind"]})
    if "blind_refused" in words:
        fields["blind_refused"] = MappingProxyType({(GroupKey(g), f): v for g, f, v in words["blind_refused"]})
    if "refusals" in words:
        fields["refusals"] = MappingProxyType(
            {
                (GroupKey(g), b.phone(b.number_of(n))): PersonRefusal(
                    code=code, at=b.NOW - timedelta(days=1), until=b.NOW + timedelta(days=days)
                )
                for g, n, code, days in words["refusals"]
            }
        )
    if "invited" in words:
        fields["invitations"] = MappingProxyType(
            {
                (GroupKey(g), b.phone(b.number_of(n))): Invitation(
                    **{
                        "code": 403,
                        "times": 1,
                        "last_at": b.NOW - timedelta(days=days),
                        "expires_at": b.NOW - timedelta(days=days) + LASTS,
                        **(more[0] if more else {}),
                    }
                )
                for g, n, days, *more in words["invited"]
            }
        )
    if "exchanging" in words:
        fields["exchanges"] = MappingProxyType(
            {(GroupKey(g), b.phone(b.number_of(n))): b.NOW - timedelta(days=days) for g, n, days in words["exchanging"]}
        )
    if "never_seen" in words:
        fields["unseen_additions"] = MappingProxyType(
            {
                (GroupKey(g), b.phone(b.number_of(n))): UnseenAddition(times=times, last_at=b.NOW)
                for g, n, times in words["never_seen"]
            }
        )
    if "presences" in words:
        fields["presences"] = MappingProxyType(
            {(GroupKey(g), b.phone(b.number_of(n))): _presence(told) for g, n, told in words["presences"]}
        )
    if "left" in words:
        stones = Tombstones(b.KEY)
        for key, name in words["left"]:
            gone = Turnover(left=frozenset((b.phone(b.number_of(name)), b.lid(b.number_of(name)))))
            stones = stones.after({GroupKey(key): gone}, b.NOW - timedelta(days=3))
        fields["tombstones"] = stones
    if "removed_by_us" in words:
        fields["removed_lately"] = MappingProxyType(
            {key_jid[key]: {b.phone(b.number_of(n)) for n in names} for key, names in words["removed_by_us"].items()}
        )
    if "undemotable" in words:
        fields["undemotable"] = frozenset((key_jid[g], b.phone(b.number_of(n))) for g, n in words["undemotable"])
    if "approved" in words:
        fields["approvals"] = MappingProxyType(
            {GroupKey(key): _approval(key, said, story) for key, said in words["approved"].items()}
        )
    if "removed_today" in words:
        fields["removed_today"] = MappingProxyType({key_jid[g]: _kinds(n) for g, n in words["removed_today"].items()})
    if "removed_since_read" in words:
        fields["removed_since_read"] = MappingProxyType({key_jid[g]: n for g, n in words["removed_since_read"].items()})
    if "unsettled_creation" in words:
        listed_then = tuple(key_jid[key] for key in words.get("listed_before_creation", []))
        fields["unsettled"] = tuple(
            Unsettled(
                number,
                Intent(
                    account=b.ACCOUNT,
                    group=GroupKey(key),
                    jid=None,
                    run="r1",
                    step=f"{key}/001",
                    operation=CreateGroup(subject=key.title()),
                    intended_at=b.NOW - timedelta(minutes=5),
                    seen_before=listed_then,
                ),
            )
            for number, key in enumerate(words["unsettled_creation"])
        )
    if "unseen" in words:
        fields["seen"] = frozenset()
    return b.memory(**fields)


def _capabilities(story: dict[str, Any]) -> Any:
    words = dict(story.get("gateway", {}))
    limits = Limits(members=words.pop("limit")) if "limit" in words else Limits()
    claims = {name.replace(".", "__"): Access[word] for name, word in words.items()}
    flags = {name: claims.pop(name) for name in ("creates_with_one",) if name in claims}
    built = b.capabilities(**claims)
    return built.model_copy(update={"creates_with_one": bool(flags), "limits": limits})


def _terms(story: dict[str, Any]) -> Terms:
    words = story.get("run", {})
    return Terms(
        safety=Safety(**{**words.get("safety", {}), "protect": tuple(words.get("safety", {}).get("protect", ()))}),
        overrides=tuple(map(_override, words.get("override", []))),
        selection=Selection(
            only=tuple(Section(name) for name in words.get("only", [])),
            skip=tuple(Section(name) for name in words.get("skip", [])),
            targets=tuple(words.get("target", [])),
            accounts=tuple(words.get("account", [])),
        ),
        adopt={GroupKey(key): _jid(live, story) for key, live in words.get("adopt", {}).items()},
        due=words.get("due", False),
    )


def _override(written: str) -> Override:
    rule, _, group = written.partition("@")
    return Override(rule=rule, group=GroupKey(group) if group else None, reason="the story says so")
