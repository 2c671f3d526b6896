"""What a gateway showed of live groups, and what the ledger remembers of them."""
