"""The vocabulary: frozen values and protocols.  Imports nothing of wagroups and does no I/O."""
