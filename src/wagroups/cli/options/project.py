"""Find the project a command is about, and how much may be shown of its people."""

import os
import sys
from pathlib import Path

from wagroups.cli.common_options import Common
from wagroups.cli.options.redaction import redaction_of
from wagroups.domain.errors import ProjectError
from wagroups.domain.problem import Problem
from wagroups.manifests.language.fields import CONFIG_FILE
from wagroups.manifests.load.files import find_root
from wagroups.manifests.project import Project
from wagroups.privacy.redactor import NamesIn, Redactor


def root_of(common: Common) -> Path:
    """The folder of `wagroups.yaml`: the one named, or the nearest from here upwards.  Raises ProjectError."""
    if common.project is not None:
        if (common.project / CONFIG_FILE).is_file():
            return common.project
        raise _nowhere(f"there is no {CONFIG_FILE} in the folder named by --project")
    root = find_root(Path.cwd())
    if root is None:
        raise _nowhere(f"there is no {CONFIG_FILE} in this folder or above it")
    return root


def _nowhere(message: str) -> ProjectError:
    return ProjectError(
        [
            Problem(
                rule="no-project",
                file=CONFIG_FILE,
                message=message,
                help="Run `wagroups init` to start a project, or name its folder with --project DIR.",
            )
        ]
    )


def redactor_for(common: Common, project: Project, key: bytes) -> Redactor:
    """Names people as the flag, the project, or the place suggests.  Raises Refusal (see `privacy`)."""
    mode = redaction_of(common.redact, project.config.privacy.redact, os.environ, sys.stdout.isatty())
    return Redactor(mode, key, NamesIn(project.desired))
