"""The ledger: what must outlive a run.  Imports the domain and SQLAlchemy."""
