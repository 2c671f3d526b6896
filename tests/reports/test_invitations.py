"""Whoever is invited, let in or rejected is named in every place where people look for them."""

from datetime import timedelta

from tests import builders as b
from tests.reports import samples as s
from wagroups.domain.exit import Exit
from wagroups.domain.identity import GroupKey
from wagroups.domain.live.checkup import AccountStanding, Invited
from wagroups.domain.live.invitation import LASTS, Invitation
from wagroups.domain.plans.budget import CAREFUL, Pace
from wagroups.domain.plans.change import LinkReset, MemberAddition, MemberInvitation, RequestApproval, RequestRejection
from wagroups.domain.plans.outcome import ActionResult, Run, Verdict
from wagroups.domain.plans.plan import Reason
from wagroups.reports.documents.doctor import status_document, status_text
from wagroups.reports.render.text import plan_text
from wagroups.reports.view.run_view import run_view

BEN = s.person("ben", "+447700900102")
CHESS = GroupKey("chess")
EVERYTHING = s.plan(
    s.group(
        "chess",
        "Chess",
        s.action(1, RequestApproval(person=s.person("anna"))),
        s.action(2, RequestRejection(person=s.HIDDEN)),
        s.action(3, MemberInvitation(person=BEN)),
        s.action(4, MemberInvitation(person=s.person("carla", "+447700900103"), reminder=True)),
        s.action(5, LinkReset(), reason=Reason.DENIED),
    )
)


def said_of(invitation: Invitation) -> str:
    standing = AccountStanding(
        account=s.OFFICE,
        bound=1,
        balances=(),
        breakers=(),
        lessons=(),
        additions=(),
        pace=Pace(CAREFUL),
        profile="careful",
        open_steps=(),
        waits=(),
        invited=(Invited(CHESS, BEN, invitation),),
        past=(),
    )
    assert status_document([standing], s.redactor(), Exit.OK)["accounts"][0]["invited"][0]["person"] == "ben"
    text = status_text([standing], s.redactor(), s.NOW, "UTC")
    return next(line for line in text.splitlines() if "invited" in line)


def invited(**fields: object) -> Invitation:
    days = timedelta(days=2)
    values = {"code": 403, "times": 1, "last_at": s.NOW - days, "expires_at": s.NOW - days + LASTS, **fields}
    return Invitation.model_validate(values)


def test_a_plan_says_who_is_let_in_turned_away_and_written_to() -> None:
    text = plan_text(EVERYTHING, s.redactor())
    for words in (
        "? approve  anna, who asks to join",
        "- reject   unknown-",
        "@ invite   ben by a message ",
        "@ invite   carla by a message, the only reminder",
        "~ reset    the invite link",
        "Plan: 1 to let in, 2 to invite, 1 to reject, 1 to change.",
    ):
        assert words in text, text
    assert "deny list" not in text


def test_status_says_since_when_somebody_is_invited_and_what_comes_next() -> None:
    assert "chess: ben since" in said_of(invited())
    assert "invited once more" in said_of(invited())
    assert "sent a message" in said_of(invited(texts=1))
    assert "sent two messages" in said_of(invited(times=2, texts=2))
    assert "not invited again" in said_of(invited(times=2))


def test_a_run_says_what_to_do_about_somebody_who_was_invited() -> None:
    plan = s.plan(s.group("chess", "Chess", s.action(1, MemberAddition(person=BEN))))
    result = ActionResult(id=s.action(1, MemberAddition(person=BEN)).id, verdict=Verdict.INVITED)
    run = Run(plan=plan, results=(result,), remaining=plan, ended_at=s.NOW)
    by_hand = run_view(run, s.redactor(), "UTC", {CHESS: b.group("chess")})
    assert [line.text for line in by_hand.waiting] == ["ben is invited; send them the link: wagroups link chess"]
    by_message = run_view(run, s.redactor(), "UTC", {CHESS: b.group("chess", invite_by_message=True)})
    assert [line.text for line in by_message.waiting] == ["ben is invited; the next apply sends them the link"]
