"""What a shell may offer after Tab, from the project's files only."""

import os
from pathlib import Path

import click

from wagroups.manifests.project import check_project, find_root


def group_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The keys of the project's groups that begin with what was typed.  A broken project offers nothing."""
    named = os.environ.get("WAGROUPS_PROJECT")
    root = Path(named) if named else find_root(Path.cwd())
    project = None if root is None else check_project(root, os.environ)[0]
    return [] if project is None else [key for key in project.desired.groups if key.startswith(incomplete)]
