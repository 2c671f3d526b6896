"""Trees → the groups and people that they declare."""
