"""Look at every account: can it be used, is what it says true, and may it do what the manifests want?"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from wagroups.domain.errors import GatewayError, NotYet
from wagroups.domain.identity import AccountKey
from wagroups.domain.live.checkup import CheckLevel, Checkup, Finding
from wagroups.domain.ports import Health
from wagroups.planning.explain.checks import check_groups
from wagroups.planning.situation import Situation, Terms
from wagroups.reports.view.rests import rest_words
from wagroups.workflows.reconcile.observe import AccountReader
from wagroups.workflows.reconcile.session import Session, connected

CLOCKS_DIFFER: Final = timedelta(minutes=2)
"""A larger difference between the gateway's clock and ours is reported: creation times are compared."""


async def examine(session: Session, accounts: Sequence[AccountKey]) -> tuple[Checkup, ...]:
    """One checkup for each account; an account that cannot be used is a finding, not an error."""
    return tuple([await _account(session, key) for key in sorted(accounts)])


async def _account(session: Session, key: AccountKey) -> Checkup:
    try:
        async with connected(session, [key]) as (account,):
            found = [*_health(await account.gateway.health(), session)]
            situation = await AccountReader(account, session.ledger, session.clock).situation(
                session.project.desired, Terms()
            )
            found += [*_ledger(situation, session), *check_groups(session.project.desired, situation)]
            # As it turned out to be, which is what plans go by.
            return Checkup(account=key, capabilities=situation.capabilities, findings=tuple(found))
    except (GatewayError, NotYet) as error:
        text = f"{error.message.rstrip('.')}. {error.hint}".strip()
        return Checkup(
            account=key, capabilities=None, findings=(Finding(level=CheckLevel.BAD, code="unusable", text=text),)
        )


def _health(health: Health, session: Session) -> Iterator[Finding]:
    if health.working:
        yield Finding(level=CheckLevel.GOOD, code="connected", text=f"connected to WhatsApp ({health.status})")
    else:
        yield Finding(level=CheckLevel.BAD, code="not-connected", text=f"not connected to WhatsApp ({health.status})")
    for remark in health.remarks:
        yield Finding(level=CheckLevel.BAD, code="gateway-setting", text=remark)
    if health.server_time is not None:
        skew = abs(health.server_time - session.clock.now())
        if skew > CLOCKS_DIFFER:
            text = f"the gateway's clock and this machine's differ by {skew.total_seconds():.0f} s; correct them"
            yield Finding(level=CheckLevel.NOTE, code="clock", text=text)


def _ledger(situation: Situation, session: Session) -> Iterator[Finding]:
    if not situation.memory.writable:
        text = "the state cannot be written, so changes cannot be applied from here"
        yield Finding(level=CheckLevel.NOTE, code="ledger-read-only", text=text)
    for breaker in situation.memory.breakers:
        said = rest_words(breaker, situation.memory.account, session.clock.now(), session.config.timezone)
        yield Finding(level=CheckLevel.NOTE, code="breaker", text=said)
