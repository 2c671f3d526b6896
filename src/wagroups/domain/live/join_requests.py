"""Requests to join: people who came by a group's link and wait until an admin lets them in."""

from datetime import datetime
from typing import NamedTuple

from wagroups.domain.identity import Identity, Lid, Phone


class JoinRequest(NamedTuple):
    """Somebody who asks to join.  At least one of phone and LID is present."""

    phone: Phone | None
    lid: Lid | None
    by_lid: bool = False
    """Whether the gateway names them by LID: the answer to a request is given under that name."""
    asked_at: datetime | None = None

    def identity(self) -> Identity:
        return Identity(phone=self.phone, lid=self.lid, by_lid=self.by_lid)


class Requests(NamedTuple):
    """One look at who asks to join a group."""

    waiting: tuple[JoinRequest, ...] = ()
    trouble: str | None = None
    """Why nobody could be seen, in words; `waiting` then says nothing."""
