"""`python -m wagroups` is the same as the `wagroups` command."""

from wagroups.cli.entry import main

main()
