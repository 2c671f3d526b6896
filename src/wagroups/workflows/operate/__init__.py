"""Questions about accounts, groups and people, and what is asked for one group by hand."""
