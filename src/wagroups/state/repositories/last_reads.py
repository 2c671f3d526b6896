"""The last read of all groups of an account, for plans that ask nobody."""

from datetime import datetime

from sqlalchemy import Connection, update

from wagroups.domain.identity import REVEAL, AccountKey
from wagroups.domain.live.last_read import LastRead, ReadFacts
from wagroups.state.sql.tables import last_reads
from wagroups.state.sql.transactions import rows_of, upsert


def note(connection: Connection, account: AccountKey, facts: ReadFacts, read_at: datetime) -> None:
    """Keep a read in place of the one before."""
    row = {
        "account": account,
        "read_at": read_at,
        "facts": facts.model_dump_json(context=REVEAL),
        "outdated": False,
    }
    upsert(connection, last_reads, row)


def outdate(connection: Connection, account: AccountKey) -> None:
    """A write is attempted, so that the read may not show what is."""
    connection.execute(update(last_reads).where(last_reads.c.account == account).values(outdated=True))


def of(connection: Connection, account: AccountKey) -> LastRead | None:
    row = rows_of(connection, last_reads, account).first()
    return None if row is None else LastRead(row.read_at, ReadFacts.model_validate_json(row.facts), row.outdated)
