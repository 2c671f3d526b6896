"""`fmt`: one form for the project's files."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from wagroups.cli.common_options import Common, FilePath, Verb, pass_common
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from wagroups.workflows.edit.fmt import Formatting


@click.command(cls=Verb)
@click.argument("path", nargs=-1, type=FilePath(exists=True))
@click.option(
    "--check", is_flag=True, help="Change nothing; print what would change, and exit with 2 if anything would."
)
@pass_common
def fmt(common: Common, path: tuple[Path, ...], check: bool) -> Exit:
    """Bring the files into one form, without changing what they mean.

    Sections and keys come into the order of the documentation, with their comments; people, teams, groups and lists
    keep the order that you gave them.  Numbers get the international spelling, and a file without one gets the line
    by which editors find the schema.  Blank lines, quotes and indentation stay as they are.

    Without a PATH, every file of the project; files that do not belong to it are left alone.

    \b
    Examples:
      wagroups fmt
      wagroups fmt --check
      wagroups fmt groups/ --check -o json
    """
    from wagroups.cli.options.project import root_of
    from wagroups.cli.options.redaction import redaction_of
    from wagroups.cli.ui.edits import Edited, deliver_edits
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.errors import WagroupsError
    from wagroups.privacy.redactor import Redactor
    from wagroups.workflows.edit.fmt import format_files
    from wagroups.workflows.project.contents import contents

    root = root_of(common)
    screen = Screen.of(common)
    mode = redaction_of(common.redact, contents(root).config.privacy.redact, os.environ, sys.stdout.isatty())
    try:
        done = format_files(root, path, write=not check)
    except OSError as error:
        raise WagroupsError(f"a file cannot be written: {error.strerror}", hint="Check the permissions.") from error
    ending = Exit.first_of(_endings(done, check=check))
    edited = Edited(done.edits, ending, not check, _summary(done, check=check), problems=done.problems, shown=check)
    return deliver_edits(common, screen, edited, Redactor(mode, b""))


def _endings(done: Formatting, *, check: bool) -> tuple[Exit, ...]:
    broken = (Exit.INVALID,) if any(problem.severity == "error" for problem in done.problems) else ()
    return (*broken, Exit.CHANGES) if check and done.edits else broken


def _summary(done: Formatting, *, check: bool) -> str:
    from wagroups.reports.view.wording import count

    kept = f"{count(done.unchanged, 'file')} as {'it' if done.unchanged == 1 else 'they'} should be"
    if not done.edits:
        return f"{kept}."
    names = ", ".join(edit.file for edit in done.edits)
    return f"{'Would change' if check else 'Changed'}: {names}; {kept}."
