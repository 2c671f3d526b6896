"""What the ledger knows, without asking any gateway."""

from collections.abc import Iterator
from datetime import datetime

from wagroups.domain.identity import AccountKey, Alias, GroupKey, Identity, Phone
from wagroups.domain.live.checkup import AccountStanding, Balance, Invited, OpenStep, Wait
from wagroups.domain.live.memory import Memory
from wagroups.domain.plans.budget import CallClass, left_today
from wagroups.domain.plans.history import HistoryQuery
from wagroups.workflows.reconcile.session import Session


def standings(session: Session, now: datetime, steps: int) -> tuple[AccountStanding, ...]:
    """Every account of the project, with its last `steps` steps."""
    return tuple(_standing(session, account, now, steps) for account in sorted(session.config.accounts))


def _standing(session: Session, account: AccountKey, now: datetime, steps: int) -> AccountStanding:
    memory = session.ledger.recall(account, now)
    aliases = {spelling: person.alias for person in session.project.desired.people for spelling in person.spellings}
    return AccountStanding(
        account=account,
        bound=len(memory.bindings),
        balances=tuple(_balances(session, account, memory, now)),
        breakers=memory.breakers,
        lessons=memory.lessons,
        additions=memory.additions,
        pace=session.pace(account),
        profile=session.config.accounts[account].profile,
        open_steps=tuple(
            OpenStep(e.intent.group, e.intent.operation.kind, e.intent.intended_at) for e in memory.unsettled
        ),
        waits=tuple(_waits(session, memory, aliases, now)),
        invited=tuple(
            Invited(
                group,
                Identity(alias=aliases.get(phone), phone=phone),
                invitation,
                declared=_is_declared(session, group, phone),
            )
            for (group, phone), invitation in sorted(memory.invitations.items(), key=lambda item: item[0])
        ),
        past=session.ledger.history(account, HistoryQuery(limit=steps)),
    )


def _balances(session: Session, account: AccountKey, memory: Memory, now: datetime) -> Iterator[Balance]:
    pace = session.pace(account)
    for calls in CallClass:
        spent = memory.spent.get(calls, ())
        free = pace.next_free(calls, spent, (*memory.breakers, *memory.lessons), now)
        yield Balance(calls, left_today(pace.allowance(calls, now), spent, now), free)


def _is_declared(session: Session, group: GroupKey, phone: Phone) -> bool:
    """Whether the files name somebody in a group, so that a run may ask for them; of a group they do not know, yes."""
    declared = session.project.desired.groups.get(group)
    if declared is None:
        return True
    return any(member.person.denied is None for member in declared.members.find(phone.variants()).values())


def _waits(session: Session, memory: Memory, aliases: dict[Phone, Alias | None], now: datetime) -> Iterator[Wait]:
    declared = session.project.desired.groups
    for (group, phone), refusal in sorted(memory.refusals.items()):
        respected = group not in declared or declared[group].respect_left
        if respected and memory.tombstones.of(group, memory.names.of(phone)) is not None:
            continue  # No date lets somebody who left be asked again: only they, or `state readmit`, do.
        if not _is_declared(session, group, phone):
            continue
        if refusal.until > now:
            yield Wait(group, Identity(alias=aliases.get(phone), phone=phone), refusal.code, refusal.until)
