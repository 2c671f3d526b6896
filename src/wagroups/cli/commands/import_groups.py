"""`import`: live groups become manifests.  It reads WhatsApp, writes files, and changes nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from wagroups.cli.common_options import Common, FilePath, Verb, pass_common
from wagroups.cli.options.run_options import SafetyFlags
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.identity import AccountKey, GroupJid
    from wagroups.domain.transcript import Import
    from wagroups.manifests.configuration.values import Config
    from wagroups.manifests.edit.aliases import AliasEntry
    from wagroups.privacy.redactor import Redactor
    from wagroups.workflows.reconcile.session import Session


WORTH_SAYING: Final = timedelta(seconds=5)
"""Shorter pauses are told to nobody.  Chosen: longer than the gap between two look-ups."""


@click.command("import", cls=Verb)
@click.argument("jid", nargs=-1, metavar="[ID]...")
@click.option("--account", multiple=True, metavar="NAME", help="Groups of this account; may be repeated.")
@click.option(
    "--aliases",
    type=FilePath(exists=True, dir_okay=False),
    metavar="FILE",
    help="Names for numbers: a CSV file with phone,alias or phone,alias,name.",
)
@click.option(
    "--one-file",
    type=FilePath(dir_okay=False),
    metavar="FILE",
    help="Write everything to this new file, relative to the project.  [default: groups/KEY.yaml for each group]",
)
@pass_common
def import_(
    common: Common, jid: tuple[str, ...], account: tuple[str, ...], aliases: Path | None, one_file: Path | None
) -> Exit:
    """Write manifests of live groups, so that the next plan is empty.

    Without an ID, every group of the account is read.  Each gets a file with its id, subject, description, settings,
    admins and members, as far as the gateway shows them; people who are not declared yet are added to people.yaml.
    Somebody who is in no list of aliases is called p-… until you name them.  Files that exist are never overwritten,
    and groups that are declared already are skipped, so the command can be repeated.

    Where WhatsApp hides somebody's number, the numbers of the list and of the directory are looked up, slowly; whoever
    is still without one is left out, and never touched.

    Imported groups are `add-only`: nobody is removed until you write `exact`.  Groups in which the account is no
    admin are `watched`.  Communities' own groups are left out.

    \b
    Examples:
      wagroups import
      wagroups import 120363041234567890@g.us
      wagroups import --aliases members.csv
      wagroups import --one-file groups/all.wagroups.yaml -o json
    """
    import asyncio

    from wagroups.cli.options.session import opened_project
    from wagroups.cli.ui.pauses import patience_of
    from wagroups.planning.situation import Selection
    from wagroups.workflows.setup.import_groups import ImportOptions, import_groups

    if any(output.format not in ("text", "json") for output in common.outputs):
        raise click.UsageError("import writes -o text or -o json.")
    jids = _jids(jid)
    with opened_project(common, Selection(), SafetyFlags(None, None, None, ()), None) as opened:
        session, screen = opened.session, opened.screen
        wishes = ImportOptions(
            accounts=_accounts(session.config, account),
            groups=jids,
            named=_named(aliases, session),
            one_file=None if one_file is None else _inside(one_file, session.root),
        )
        done = asyncio.run(import_groups(session, wishes, patience_of(screen), asking_of(screen)))
        return _deliver(common, screen, done, opened.redactor)


def _jids(written: Sequence[str]) -> tuple[GroupJid, ...]:
    from wagroups.domain.identity import GroupJid

    jids = [GroupJid.parse(text) for text in written]
    # The text is not repeated: it may be somebody's number.
    if None in jids:
        raise click.UsageError(f"Argument {jids.index(None) + 1} is not a group's id, such as 120363041234567890@g.us.")
    return tuple(dict.fromkeys(jid for jid in jids if jid is not None))


def _accounts(config: Config, names: Sequence[str]) -> tuple[AccountKey, ...]:
    from wagroups.domain.identity import AccountKey

    unknown = [name for name in names if name not in config.accounts]
    if unknown:
        known = ", ".join(sorted(config.accounts))
        raise click.UsageError(f"There is no account {unknown[0]!r}; known are {known}.")
    return tuple(map(AccountKey, names)) or tuple(config.accounts)


def _named(aliases: Path | None, session: Session) -> tuple[AliasEntry, ...]:
    from wagroups.manifests.edit.aliases import read_aliases

    return () if aliases is None else read_aliases(aliases.read_bytes(), aliases.name, session.config.region)


def _inside(file: Path, root: Path) -> str:
    path = (root / file).resolve()
    if not path.is_relative_to(root.resolve()) or path.suffix not in (".yaml", ".yml"):
        raise click.UsageError("--one-file names a .yaml file inside the project.")
    return path.relative_to(root.resolve()).as_posix()


def asking_of(screen: Screen) -> Callable[[int], None]:
    """Says that numbers are about to be looked up."""

    from wagroups.reports.view.wording import count

    def asking(numbers: int) -> None:
        screen.say(f"WhatsApp hides some numbers: looking up {count(numbers, 'number')} at most, with pauses")

    return asking


def _deliver(common: Common, screen: Screen, done: Import, redactor: Redactor) -> Exit:
    from wagroups.cli.ui.exits import exit_of_import
    from wagroups.reports.documents.import_groups import import_document, import_remarks, import_text
    from wagroups.reports.documents.models import document_json

    ending = exit_of_import(done)
    for output in common.outputs:
        if output.format == "json":
            text = document_json(import_document(done, redactor, ending))
        else:
            text = import_text(done, redactor, style=screen.style(output.to))
        screen.deliver(text, output.to)
    for remark in import_remarks(done, redactor):
        (screen.say if ending is Exit.OK else screen.complain)(remark)
    return ending
