"""`python -m wagroups` is the same as the `wagroups` command."""

from wagroups.cli.main import main

main()
