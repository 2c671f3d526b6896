"""An account that has another name in `wagroups.yaml`: everything that is remembered of it goes along.

Most tables say by their keys whose their rows are, so no table is listed here and a new one is not forgotten.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, update

from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import AccountKey
from wagroups.state.repositories import budgets, groups
from wagroups.state.sql.tables import TABLES, leases


def rename_account(connection: Connection, before: AccountKey, after: AccountKey, now: datetime) -> None:
    """Move every row to the new name.  The caller holds both names.

    What was learnt under the new name gives way to what is there, except for calls that were spent and rests that
    hold: it is one account for WhatsApp.  Raises LedgerError when the new name has groups of its own.
    """
    if groups.bound(connection, after):
        raise LedgerError(
            f"{after} cannot take over from {before}: it has groups of its own.",
            hint=f"Name the account {before} again in wagroups.yaml, beside {after}.",
        )
    rests = budgets.standing(connection, after, now).breakers
    for table in TABLES.sorted_tables:
        if "account" not in table.c or table is leases:
            continue
        if "account" in table.primary_key.columns:
            connection.execute(delete(table).where(table.c.account == after))
        connection.execute(update(table).where(table.c.account == before).values(account=after))
    for rest in rests:
        budgets.trip(connection, after, rest)
