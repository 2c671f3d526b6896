"""What is remembered, one module a concern.  Each takes a connection: who shares a transaction, the ledger decides."""
