"""A small WhatsApp in memory.  For fakes and the CLI only."""
