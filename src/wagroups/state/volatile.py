"""The ledger in memory: for the sandbox, for tests, and in place of one that is absent and cannot be created."""

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from wagroups.state.ledger import SqlLedger
from wagroups.state.sql import migrations
from wagroups.state.sql.transactions import Store


def volatile_ledger(key: bytes | None = None) -> SqlLedger:
    """An empty ledger that ends with the process.  `key` takes the place of a random pseudonym key."""
    store = volatile_store(writable=True)
    with store.reading() as connection:
        return SqlLedger(store, migrations.pseudonym_key(connection) if key is None else key)


def volatile_store(*, writable: bool) -> Store:
    # One connection for all threads: another one would open another, empty database.
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
    )
    store = Store(engine, writable=True)
    with store.writing() as connection:
        migrations.prepare(connection)
    store.writable = writable
    return store
