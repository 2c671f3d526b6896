"""Fictional people and groups, tersely."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tests.fake_clock import MORNING
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Identity, Lid, Me, Phone
from wagroups.domain.live.invitation import LASTS, Invitation
from wagroups.domain.live.memory import Intent
from wagroups.domain.live.observed import Observed, ObservedGroup, ObservedMember
from wagroups.domain.plans.change import Change
from wagroups.domain.plans.history import PastAction
from wagroups.domain.plans.operation import AddMembers, CreateGroup, Operation, RemoveMembers
from wagroups.domain.plans.outcome import Done, StepOutcome, Verdict
from wagroups.state.ledger import SqlLedger

OFFICE = AccountKey("office")
SPORTS = AccountKey("sports")
STAFF = GroupKey("staff")
CHOIR = GroupKey("choir")


def phone(number: int) -> Phone:
    return Phone.of(f"+447700900{number:03d}")


def lid(number: int) -> Lid:
    return Lid.of(f"{100_000_000_000_000 + number}@lid")


def jid(number: int) -> GroupJid:
    return GroupJid.of(f"{120_363_000_000_000_000 + number}@g.us")


def both(*numbers: int) -> tuple[ObservedMember, ...]:
    """People whom a read shows under both names."""
    return tuple(ObservedMember(phone(number), lid(number)) for number in numbers)


def read(
    groups: Mapping[GroupJid, Iterable[ObservedMember] | None], at: datetime = MORNING, account: AccountKey = OFFICE
) -> Observed:
    return Observed(
        account=account,
        me=Me(phone(999), None),
        read_at=at,
        groups=MappingProxyType(
            {
                group: ObservedGroup(jid=group, members=None if members is None else tuple(members))
                for group, members in groups.items()
            }
        ),
        listing=True,
    )


INVITATION = Invitation(code=403, times=1, last_at=MORNING, expires_at=MORNING + LASTS)


def past(change: Change, *, account: AccountKey = OFFICE, at: datetime = MORNING, **more: Any) -> PastAction:
    """An action that was done and seen."""
    said = {"group": STAFF, "run": "run-1", "actor": "Ada", "verdict": Verdict.DONE, **more}
    return PastAction(account=account, at=at, change=change, **said)


def intent(operation: Operation | None = None, *, group: GroupKey = STAFF, at: datetime = MORNING) -> Intent:
    return Intent(
        account=OFFICE,
        group=group,
        jid=None if operation is None or isinstance(operation, CreateGroup) else jid(1),
        run="run-1",
        step=f"{group}/1",
        operation=operation or CreateGroup(subject="Staff"),
        intended_at=at,
        seen_before=(jid(7), jid(8)),
        actor="Ada",
    )


def addition(number: int) -> AddMembers:
    return AddMembers(people=(Identity(phone=phone(number)),))


def removed(ledger: SqlLedger, group: GroupJid, people: int, at: datetime, outcome: StepOutcome | None = None) -> None:
    """Remove so many people, with an answer unless told otherwise."""
    removal = RemoveMembers(people=tuple(Identity(phone=phone(number)) for number in range(1, people + 1)))
    number = ledger.intend(intent(removal).model_copy(update={"jid": group}))
    ledger.conclude(number, outcome or Done(), at)
