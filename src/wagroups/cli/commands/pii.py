"""`pii`: personal data in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wagroups.cli.common_options import Common, FilePath, Verb, VerbGroup, pass_common
from wagroups.cli.ui.findings import FINDINGS_FORMATS, ValidationResult, deliver_findings
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=VerbGroup)
def pii() -> None:
    """Personal data in files.  Nothing here touches WhatsApp.

    \b
    Examples:
      wagroups pii scan
      wagroups pii scan notes.md rosters/
    """


@pii.command(cls=Verb, formats=FINDINGS_FORMATS)
@click.argument("path", nargs=-1, type=FilePath(exists=True))
@click.option("--everywhere", is_flag=True, help="Also the numbers of the people directory, where they belong.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files that match; may be repeated.")
@pass_common
def scan(common: Common, path: tuple[Path, ...], everywhere: bool, exclude: tuple[str, ...]) -> Exit:
    """Find phone numbers and invite links written in plain text in the files.

    Without a PATH, every file is looked through that git has or would take; without git, every file here.  The
    numbers of a people directory belong there and are not reported, unless you say --everywhere.  Numbers reserved
    for fiction are nobody's.  National spellings are found where wagroups.yaml names a region.

    Prints file:line:column of each, and never the number.  Ends with 65 when something was found, else with 0.

    \b
    Examples:
      wagroups pii scan
      wagroups pii scan --everywhere --exclude 'tests/*'
      wagroups pii scan -o json notes.md
    """
    import fnmatch
    from pathlib import Path

    from wagroups.cli.ui.terminal import Screen
    from wagroups.manifests.load.files import find_root
    from wagroups.workflows.operate.pii import scan_files
    from wagroups.workflows.project.contents import contents

    root = common.project or find_root(Path.cwd())
    region = None if root is None else contents(root).config.region
    found = tuple(
        problem
        for problem in scan_files(root or Path.cwd(), path, region, everywhere=everywhere)
        if not any(fnmatch.fnmatch(problem.file, pattern) for pattern in exclude)
    )
    ending = Exit.INVALID if found else Exit.OK
    return deliver_findings(
        common, Screen.of(common), ValidationResult(found, "" if found else "No numbers or links found.", ending)
    )
