"""Writes that never take: what was asked for a few times and did not come about is not asked for in every run.

A server may trim or normalise a text, and some gateways answer success to a setting and do nothing.  Members see each
attempt as a notice in their chat.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wagroups.domain.identity import GroupKey, Identity
from wagroups.domain.invisible import spelt_out
from wagroups.domain.live.memory import RIGHTS, Fruitless, Memory
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    Change,
    DescriptionChange,
    MemberRemoval,
    RequestApproval,
    RequestRejection,
    SettingChange,
    SubjectChange,
)
from wagroups.domain.plans.plan import Action, Hold, Notice

TIMES: Final = 3
WITHIN: Final = timedelta(days=7)
"""Asked for so often in vain, each time within so many days of the last, an action rests for as many.  Chosen: as often
as somebody is added who is never seen (safety guide, part 5)."""


RIGHTS_REST: Final = timedelta(days=1)
"""So long a group is left alone whose admin the account is and is not.  Chosen: stores are read anew within a day."""


class Kept(NamedTuple):
    """The actions that are still asked for, and what is said of the others."""

    actions: tuple[Action, ...]
    notices: tuple[Notice, ...]


def without_fruitless(actions: Sequence[Action], group: GroupKey, memory: Memory, now: datetime) -> Kept:
    """Leave out what was asked for in vain, and what may only be done after it."""
    notices: list[Notice] = []
    dropped: set[str] = set()
    for action in actions:
        tried = memory.fruitless.get((group, action.id))
        if tried is not None and tried.times >= TIMES and tried.last_at + WITHIN > now:
            said = _notice(action.change, tried, f"wagroups history {group}")
            if said is not None:
                dropped.add(action.id)
                notices.append(said)
    if not dropped:
        return Kept(tuple(actions), ())
    waiting = {a.id for a in actions if any(dropped.issuperset(needed) for needed in a.conditions)}
    notices += [_waits(action.change, group) for action in actions if action.id in waiting - dropped]
    kept = [action for action in actions if action.id not in dropped | waiting]
    return Kept(tuple(_still_needed(action, dropped | waiting) for action in kept), tuple(notices))


def rights_refused(group: GroupKey, *, memory: Memory, now: datetime) -> Hold | None:
    """Why nothing is asked of a group that calls the account an admin, and was refused to it as if it were none."""
    refused = memory.fruitless.get((group, RIGHTS))
    if refused is None or refused.last_at + RIGHTS_REST <= now:
        return None
    return Hold(
        rule="rights-refused",
        message=f"WhatsApp refused a change on {refused.last_at:%Y-%m-%d %H:%M} UTC as if the account were not an "
        "admin, although the gateway shows it as one; check the group on the phone, and let one of its admins make "
        "the account "
        f"an admin again.  Tried again after {refused.last_at + RIGHTS_REST:%Y-%m-%d %H:%M} UTC, or with "
        "--override rights-refused=REASON",
    )


def _still_needed(action: Action, gone: set[str]) -> Action:
    conditions = tuple(tuple(one for one in needed if one not in gone) for needed in action.conditions)
    return action if conditions == action.conditions else action.model_copy(update={"conditions": conditions})


def _notice(change: Change, tried: Fruitless, next_: str) -> Notice | None:
    """What was asked for, how often, and what there is instead; `None` for changes that have limits of their own."""
    asked = f"asked for {tried.times} times but it never took effect"
    again = f"asked for again after {tried.last_at + WITHIN:%Y-%m-%d}"
    match change:
        case SubjectChange(before=before, after=after):
            text = f"the subject “{after}” was {asked}: the server shows “{before}” instead{_difference(before, after)}"
            return Notice(code="never-takes", setting="subject", text=f"{text}; {again}", next=next_)
        case DescriptionChange(before=before, after=after, blind=False):
            text = f"the description was {asked}: the server shows another{_difference(before, after)}"
            return Notice(code="never-takes", setting="description", text=f"{text}; {again}", next=next_)
        case SettingChange(setting=setting, before=before, after=after):
            text = f"{setting}: {after} was {asked}: the server shows {before} instead; {again}"
            return Notice(code="never-takes", setting=f"settings.{setting}", text=text, next=next_)
        case MemberRemoval() | AdminPromotion() | AdminDemotion() | RequestApproval() | RequestRejection():
            text = f"{_WORDS[change.kind]} {{person}} was {asked}; {again}"
            return Notice(code="never-takes", person=change.person, text=text, next=next_)
        case _:
            return None


_WORDS: Final = {
    "member.remove": "removing",
    "admin.promote": "promoting",
    "admin.demote": "demoting",
    "request.approve": "letting in",
    "request.reject": "turning away",
}


def _waits(change: Change, group: GroupKey) -> Notice:
    person: Identity | None = getattr(change, "person", None)
    who = "{person}" if person is not None else "the rest"
    text, next_ = f"{who} stays as it is until that has happened", f"wagroups history {group}"
    return Notice(code="never-takes", person=person, text=text, next=next_)


def _difference(before: str | None, after: str) -> str:
    spelt = "" if before is None else spelt_out(before, after)
    return f" ({spelt})" if spelt else ""
