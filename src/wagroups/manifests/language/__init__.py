"""What authors may write: keys, types, texts of known form, rules, and what is said when one is broken."""
