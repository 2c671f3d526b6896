"""What `wagroups.yaml` and `overrides.yaml` say."""
