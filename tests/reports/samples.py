"""Plans and runs to report on.  Everybody in them is invented; the numbers are reserved for fiction."""

from datetime import UTC, datetime, timedelta

from wagroups.domain.declared.desired import Origin
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import AccountKey, Alias, GroupJid, GroupKey, Identity, Lid, Phone
from wagroups.domain.plans.budget import CallClass
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    Change,
    DescriptionChange,
    GroupCreation,
    MemberAddition,
    MemberRemoval,
    SettingChange,
    SubjectChange,
)
from wagroups.domain.plans.change_kinds import Risk
from wagroups.domain.plans.outcome import ActionResult, Failure, Run, Verdict
from wagroups.domain.plans.plan import (
    Acknowledgement,
    Action,
    Cause,
    Cost,
    GroupPlan,
    Hold,
    Live,
    Notice,
    Plan,
    Reason,
    TrippedGuard,
)
from wagroups.privacy.redactor import Redaction, Redactor

NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
KEY = b"a key for tests, thirty-two byte"
OFFICE = AccountKey("office")

STRANGER = Identity(phone=Phone.of("+447700900178"))
HIDDEN = Identity(lid=Lid.of("100000000000001@lid"), by_lid=True)
BY_NUMBER = Identity(phone=Phone.of("+12125550143"))


def redactor(mode: Redaction = Redaction.ALIAS) -> Redactor:
    return Redactor(mode, KEY)


def person(alias: str, phone: str = "+447700900101") -> Identity:
    return Identity(alias=Alias(alias), phone=Phone.of(phone))


_RISKS = {"remove": Risk.HIGH, "demote": Risk.HIGH, "dissolve": Risk.HIGH}


def action(
    number: int,
    change: Change,
    origin: str = "groups/classes.yaml:31",
    reason: Reason = Reason.MANIFEST,
    cause: Cause = Cause.GIT,
) -> Action:
    file, _, line = origin.partition(":")
    risk = _RISKS.get(change.kind.partition(".")[2], Risk.LOW)
    return Action(
        id=f"{number:012x}",
        change=change,
        risk=risk,
        reason=reason,
        cause=cause,
        origin=Origin(file, int(line)),
    )


def group(key: str, subject: str, *actions: Action, **more: object) -> GroupPlan:
    return GroupPlan.model_validate(
        {
            "key": GroupKey(key),
            "account": OFFICE,
            "subject": subject,
            "actions": actions,
            "desired_fingerprint": f"d-{key}",
            "live_fingerprint": f"l-{key}",
            "source": Origin(f"groups/{key}.yaml", 1),
            **more,
        }
    )


def plan(*groups: GroupPlan, **more: object) -> Plan:
    return Plan.model_validate(
        {
            "created_at": NOW,
            "live": Live(read_at=NOW - timedelta(seconds=12), complete=True),
            "manifests_digest": "sha256:0123",
            "manifests_files": 4,
            "groups": groups,
            **more,
        }
    )


def term_plan() -> Plan:
    """An ordinary reviewed change: people come and go, one stranger, one new group."""
    return plan(
        group("calm", "Calm group", members_before=9, members_after=9),
        group(
            "chess-9",
            "Chess year 9",
            action(1, GroupCreation(subject="Chess year 9"), "groups/classes.yaml:40"),
            action(2, MemberAddition(person=person("head")), "groups/classes.yaml:42"),
            members_after=1,
        ),
        group(
            "choir-6",
            "Choir",
            notices=(
                Notice(
                    code="unverified",
                    setting="settings.share_link",
                    text="settings.share_link was written, but this gateway cannot read it back",
                ),
            ),
        ),
        group(
            "news",
            "School news",
            action(
                3,
                SettingChange(setting=Setting.SEND_MESSAGES, before="everyone", after="admins"),
                "groups/news.yaml:9",
            ),
            action(
                4,
                MemberRemoval(person=person("guest-lee", "+447700900155"), evidence="expired"),
                "people.yaml:80",
                Reason.EXPIRED,
            ),
            action(5, DescriptionChange(before=None, after="Room 12", blind=True), "groups/news.yaml:4"),
            members_before=212,
            members_after=211,
        ),
        group(
            "parents-5b",
            "Parents 5B 2026/27",
            action(6, MemberAddition(person=person("p-0112", "+447700900112")), "rosters/parents.csv:113"),
            action(7, MemberAddition(person=BY_NUMBER), "groups/classes.yaml:19"),
            action(8, AdminPromotion(person=person("t-haddad", "+447700900120"))),
            action(9, AdminDemotion(person=person("ben", "+447700900121"))),
            action(10, MemberRemoval(person=person("p-0054", "+447700900154")), "rosters/parents.csv:55"),
            members_before=24,
            members_after=25,
            notices=(
                Notice(
                    code="invited",
                    person=person("p-0061", "+447700900161"),
                    text="{person}: privacy settings (2026-10-27); tried again after 2026-11-10",
                ),
            ),
        ),
        group(
            "staff",
            "Staff",
            action(
                11,
                SubjectChange(before="Staff 🥳", after="Staff"),
                "groups/staff.yaml:2",
                Reason.DRIFT,
                Cause.PHONE,
            ),
            action(12, MemberRemoval(person=STRANGER), "groups/staff.yaml:5", Reason.DRIFT, Cause.PHONE),
            members_before=31,
            members_after=30,
        ),
        notices=(Notice(code="breaker", text="account office: adds rest until 2026-11-02 18:00 UTC"),),
        cost={
            OFFICE: {
                CallClass.CREATE: Cost(needed=1, left_today=8, done_at=NOW + timedelta(minutes=1)),
                CallClass.ADD: Cost(needed=2, left_today=38, done_at=NOW + timedelta(minutes=20)),
                CallClass.ADD_UNSEEN: Cost(needed=1, left_today=0, done_at=NOW + timedelta(days=1, hours=2)),
                CallClass.REMOVE: Cost(needed=3, left_today=80, done_at=NOW + timedelta(minutes=5)),
                CallClass.ROLE: Cost(needed=2, left_today=40, done_at=NOW + timedelta(minutes=6)),
                CallClass.EDIT: Cost(needed=3, left_today=100, done_at=NOW + timedelta(minutes=7)),
                CallClass.READ: Cost(needed=6, left_today=None, done_at=NOW),
            }
        },
        audience_notices=4,
    )


def open_plan() -> Plan:
    """Nothing to do, and all is not well: a group taken over, people who left, invited, or cannot be seen."""
    unseen = [
        Notice(
            code="unsupported", setting=f"settings.{name}", text=f"settings.{name} cannot be managed on this gateway"
        )
        for name in ("edit_info", "share_link", "approve_joins")
    ]
    known = Acknowledgement(reason="asked twice, no answer", until=(NOW + timedelta(days=30)).date())
    return plan(
        group("calm", "Calm group", members_before=9, members_after=9),
        group(
            "chess",
            "Chess",
            gateway="waxum",
            notices=(
                Notice(
                    code="not-admin",
                    text="the account is not an admin of this group, so nothing is changed in it; one of its "
                    "admins must make it an admin; not as declared: the subject, 1 person missing, 2 people too many",
                    next="wagroups apply --target chess",
                    since=NOW,
                    new=True,
                ),
            ),
        ),
        group(
            "choir",
            "Choir",
            gateway="waxum",
            notices=(
                Notice(
                    code="left",
                    person=person("ben"),
                    text="{person} left by themselves (WhatsApp said so on 2026-10-20) and will not be added again",
                    next="wagroups state readmit {person} choir",
                    since=NOW - timedelta(days=12),
                ),
                Notice(
                    code="may-be-present",
                    person=person("carla"),
                    text="{person} may be one of the members whose number WhatsApp hides",
                    next="wagroups link choir",
                    since=NOW - timedelta(days=9),
                    known=known,
                ),
                Notice(
                    code="invited",
                    person=person("dora"),
                    text="{person}: invited 3 days ago, waiting; they can join by the group's link",
                    next="wagroups link choir",
                    until=NOW + timedelta(days=27),
                ),
                *unseen,
                Notice(
                    code="stays",
                    people=(person("finn"), person("gina")),
                    text="2 people who were taken out of the list stay in the group, because its list only adds "
                    "people "
                    "(`manage.members: add-only`): {people}; remove them on a phone, or let the list remove anyone it "
                    "does not name",
                    next="manage: {members: exact}",
                ),
            ),
        ),
    )


def open_run() -> Run:
    """Everything planned was done, and what was open before still is."""
    made = open_plan()
    done = group("staff", "Staff", action(30, MemberAddition(person=person("head"))))
    return Run(
        plan=made.model_copy(update={"groups": (*made.groups, done)}),
        results=(ActionResult(id=f"{30:012x}", verdict=Verdict.DONE),),
        remaining=made,
        ended_at=NOW + timedelta(minutes=2),
    )


def refused_plan() -> Plan:
    """A plan that a guard stops, with a read that may not be acted on and a watched group."""
    return plan(
        group(
            "club",
            "Club",
            action(20, MemberRemoval(person=STRANGER)),
            action(21, MemberRemoval(person=HIDDEN)),
            members_before=4,
            members_after=2,
        ),
        group(
            "short",
            "Short",
            hold=Hold(rule="read-short", message="the gateway lists 9 members but says there are 31"),
        ),
        group(
            "window",
            "Window",
            action(22, SubjectChange(before="Wndow", after="Window")),
            watched=True,
            notices=(
                Notice(
                    code="watched",
                    text="this group is only watched, so nothing is changed in it; not as declared: the subject",
                    next="window: {state: managed}",
                ),
            ),
            members_before=5,
            members_after=5,
        ),
        live=Live(read_at=NOW - timedelta(minutes=7), complete=False, why_not=("short: read-short",)),
        guards=(
            TrippedGuard(
                rule="max-removals",
                group=GroupKey("club"),
                people=(STRANGER, HIDDEN),
                message="club: 2 people would be removed, and at most 1 is allowed in a run: {people}",
            ),
        ),
    )


def finished_run() -> Run:
    """Everything done, one group created, one person invited, one value that cannot be read."""
    made = term_plan()
    verdicts = {
        "000000000002": Verdict.ALREADY,
        "000000000005": Verdict.UNVERIFIED,
        "000000000006": Verdict.INVITED,
        "000000000007": Verdict.PENDING,
    }
    return Run(
        plan=made,
        results=tuple(
            ActionResult(
                id=each.id,
                verdict=verdicts.get(each.id, Verdict.DONE),
                started_at=NOW + timedelta(seconds=30),
                ended_at=NOW + timedelta(seconds=31),
            )
            for _, each in made.actions()
        ),
        remaining=plan(*(group(each.key, each.subject) for each in made.groups)),
        created=(("chess-9", GroupJid.of("120363041234567890@g.us")),),
        actor="anna",
        ended_at=NOW + timedelta(minutes=20),
    )


def troubled_run() -> Run:
    """Some failed, some paused: run again later."""
    made = term_plan()
    results = {
        "000000000002": (
            Verdict.FAILED,
            Failure(code="not-seen", message="the gateway reported success", retryable=True),
        ),
        "000000000006": (Verdict.FAILED, Failure(code="404", message="WhatsApp answered 404 for +447700900112")),
        "000000000007": (Verdict.PAUSED, Failure(code="day", message="day", retryable=True)),
        "00000000000c": (Verdict.NOT_ATTEMPTED, Failure(code="not-attempted", message="an earlier step failed")),
    }
    return Run(
        plan=made,
        results=tuple(
            ActionResult(id=each.id, verdict=verdict, error=error)
            for _, each in made.actions()
            for verdict, error in [results.get(each.id, (Verdict.DONE, None))]
        ),
        remaining=plan(*(each for each in made.groups if each.key in ("parents-5b", "calm"))),
        paused_until=NOW + timedelta(hours=20),
        ended_at=NOW + timedelta(minutes=20),
    )
