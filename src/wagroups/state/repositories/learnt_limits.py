"""What a gateway answered that it cannot do, in a version that claims it or does not say which one it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from wagroups.domain.identity import AccountKey
from wagroups.domain.live.capability import Aspect
from wagroups.domain.live.memory import Lack
from wagroups.state.sql.tables import lacks
from wagroups.state.sql.transactions import rows_after, upsert

LACKS_KEPT: Final = timedelta(days=7)
"""How long such an answer is believed.  Chosen: an update that changes the version counts at once, others within a
week, and one call a week costs nothing."""


def note(connection: Connection, account: AccountKey, aspect: Aspect, version: str, now: datetime) -> None:
    upsert(connection, lacks, {"account": account, "aspect": aspect.value, "version": version, "at": now})


def lacking(connection: Connection, account: AccountKey, now: datetime) -> Mapping[Aspect, Lack]:
    """Answers that are believed at `now`."""
    rows = rows_after(connection, lacks.c.at, account, now - LACKS_KEPT)
    return MappingProxyType({Aspect(row.aspect): Lack(row.version, row.at) for row in rows})
