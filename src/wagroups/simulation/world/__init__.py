"""A small WhatsApp in memory: people, groups, and what each may do."""
