"""The database: tables, types, transactions, and how an older file becomes a new one."""
