"""Changes of a project's files."""
