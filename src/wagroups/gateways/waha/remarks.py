"""What makes the reads of a WAHA session lie, and what restricts its account, in sentences for people."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

from wagroups.gateways.shared.json_fields import Record, flag, record
from wagroups.gateways.waha import restrictions


def stores_groups(session: Record) -> bool:
    """Whether NOWEB keeps groups in a database of its own.  Off by default (WAHA how-to/engines, read 2026-07)."""
    return flag(record(record(record(session.get("config")).get("noweb")).get("store")), "enabled") is True


def remarks(engine: str, session: Record, now: datetime) -> tuple[str, ...]:
    """What a person should know of this session (the answer of `GET /api/sessions/{session}`)."""
    config = record(session.get("config"))
    found: list[str] = []
    if engine == "NOWEB" and not stores_groups(session):
        found.append(
            "NOWEB's store is off: every read of a group asks WhatsApp for all groups, which soon reaches its rate "
            "limit. Switch on config.noweb.store.enabled and restart the session."
        )
    if engine == "GOWS" and flag(record(record(config.get("gows")).get("storage")), "groups") is False:
        found.append("GOWS does not store groups: every listing is empty. Remove config.gows.storage.groups.")
    if flag(record(config.get("ignore")), "groups") is True and engine != "GOWS":
        lie = (
            "every listing is empty"
            if engine == "NOWEB" and stores_groups(session)
            else "changes made by others are not seen"
        )
        found.append(f"The session ignores groups, so {lie}. Remove config.ignore.groups and restart the session.")
    found += [_RESTRICTIONS[restriction.reason] for restriction in restrictions.of_me(record(session.get("me")), now)]
    return tuple(found)


_RESTRICTIONS: Final = MappingProxyType(
    {
        restrictions.TIMELOCK: "WhatsApp does not let the account contact new people for now. Nothing is changed "
        "until this ends.",
        restrictions.CAPPING: "The account has used up the messages that WhatsApp allows it to send to new people. "
        "Nothing is changed until the quota is renewed.",
    }
)
