"""Plan → outcomes.  Knows protocols only: no gateway, no file."""
