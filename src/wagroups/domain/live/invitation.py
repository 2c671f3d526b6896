"""Invitations: people whom WhatsApp does not let the account add, and who may come by themselves.

Privacy settings decide who may add somebody.  Whoever is refused for that reason was asked, and answers when they
want to: asking again and again is what gets a number reported.  So an invitation is remembered until they come, and
there are two at most.
"""

from datetime import datetime, timedelta
from typing import Final

from wagroups.domain._base import Value
from wagroups.domain.plans.outcome import PersonResult

LASTS: Final = timedelta(hours=72)
"""An invitation whose end the gateway does not tell: as operators report (rules of WhatsApp, part 6)."""

AGAIN_AFTER: Final = timedelta(days=30)
INVITATIONS: Final = 2
"""One invitation of a person to a group in so long, and so many in all: the second is the only reminder.

Chosen, from what operators of groups were asked to promise (users' research, 2026)."""


class Invitation(Value):
    """What is remembered of one person's invitation to one group."""

    code: int | None
    """WhatsApp's answer; `None` where the gateway tells nothing and reading again did."""
    times: int
    """How often an addition ended as an invitation."""
    last_at: datetime
    expires_at: datetime
    """Until when WhatsApp keeps the latest one; the group's link holds longer."""
    texts: int = 0
    """How often they were written to, by us or by the gateway itself."""

    @property
    def again_at(self) -> datetime | None:
        """When they may be invited once more; `None` = never by itself."""
        return max(self.expires_at, self.last_at + AGAIN_AFTER) if self.times < INVITATIONS else None

    def rests(self, now: datetime) -> bool:
        """Whether they are waited for, and not invited again yet."""
        return self.again_at is None or now < self.again_at


def invited(before: Invitation | None, answer: PersonResult | None, now: datetime) -> Invitation:
    """The invitation that an addition ended as; `answer` is what the gateway said of the person, if it did."""
    expires = None if answer is None else answer.invite_expires
    sent = answer is not None and answer.invite_sent
    return Invitation(
        code=None if answer is None else answer.code,
        times=1 if before is None else before.times + 1,
        last_at=now,
        expires_at=expires or now + LASTS,
        texts=(0 if before is None else before.texts) + sent,
    )
