"""The beginning of a project: first files, and live groups taken over."""
