"""The ledger: what must outlive a run.  SQLite by default, PostgreSQL by URL, the same tables in memory for tests."""
