"""Write to people who may not be added, and make links void.

Both are about a secret, the group's invite link: it is read when it is needed, goes into one text for one person,
and is written nowhere.
"""

from collections.abc import Callable
from typing import Final

from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Unanswered
from wagroups.domain.identity import GroupJid, InviteLink
from wagroups.domain.plans.operation import ResetInviteLink, SendInvitation
from wagroups.domain.plans.outcome import Done, Refused, StepOutcome, Uncertain
from wagroups.domain.plans.plan import Step
from wagroups.domain.ports import Clock
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.execution.group_run import GroupWork
from wagroups.execution.journalled_call import Asker
from wagroups.execution.number_checks import Numbers
from wagroups.execution.verification import LOOKS

NO_ACCOUNT: Final = 404

INVITATION: Final = (
    "You are invited to the WhatsApp group “{subject}”. Your privacy settings do not allow others to add you, so "
    "it is your choice:\n{link}\n{ending}"
)
FIRST_ENDING: Final = "If you would rather not, ignore this message. You will get at most one reminder."
LAST_ENDING: Final = "If you would rather not, ignore this message. It is the only reminder."


class Inviter:
    """Sends the invitations of one account's run."""

    def __init__(self, gateway: PacedGateway, clock: Clock, asker: Asker, numbers: Numbers) -> None:
        self._gateway, self._clock = gateway, clock
        self._asker, self._numbers = asker, numbers
        self._links: dict[GroupJid, InviteLink] = {}

    async def write_to(self, work: GroupWork, step: Step, operation: SendInvitation) -> StepOutcome:
        """Send one text.  Raises NotYet and SessionLost."""
        assert work.jid is not None
        try:
            reached = await self._numbers.confirmed(operation.person)
        except Rejected as error:
            return Refused(message=error.message, retryable=True)
        if reached is None or reached.phone is None:
            return Refused(message="this number has no account on WhatsApp", code=NO_ACCOUNT)
        phone = reached.phone
        if work.jid not in self._links:
            found = await self._read(work.jid)
            if not isinstance(found, InviteLink):
                return found
            self._links[work.jid] = found
        text = invitation(work.plan.subject, self._links[work.jid], reminder=operation.reminder)

        async def send(intend: Callable[[], None]) -> None:
            await self._gateway.send_text(phone, text, before=intend)

        return await self._asker.ask(work.plan.key, work.jid, step.id, operation, send)

    async def reset_link(self, work: GroupWork, step: Step, operation: ResetInviteLink) -> StepOutcome:
        """Make the link void; done when another one is read, whatever was answered.  Raises NotYet and SessionLost."""
        assert work.jid is not None
        jid = work.jid
        before = await self._read(jid)
        if not isinstance(before, InviteLink):
            return before

        async def reset(intend: Callable[[], None]) -> None:
            await self._gateway.reset_invite_link(jid, urgent=step.urgent, before=intend)

        outcome = await self._asker.ask(work.plan.key, jid, step.id, operation, reset)
        self._links.pop(jid, None)
        if not isinstance(outcome, Done | Uncertain):
            return outcome
        asked_at = self._clock.now()
        for after in LOOKS:
            await self._clock.sleep(max(asked_at + after - self._clock.now(), LOOKS[0]))
            now = await self._read(jid)
            if isinstance(now, InviteLink) and now != before:
                return Done()
        return Refused(message="reading the link again shows the old one; reset it on a phone")

    async def _read(self, jid: GroupJid) -> InviteLink | Refused:
        """The link, or why it is not available."""
        try:
            return await self._gateway.invite_link(jid)
        except SessionLost:
            raise
        except GatewayError as error:
            retryable = isinstance(error, NotSent | Unanswered)
            return Refused(message=error.message, code=error.code, retryable=retryable)


def invitation(subject: str, link: InviteLink, *, reminder: bool) -> str:
    """The text: who invites, to what, why by a text, and that silence is an answer."""
    return INVITATION.format(subject=subject, link=link.reveal(), ending=LAST_ENDING if reminder else FIRST_ENDING)
