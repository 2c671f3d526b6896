"""`init`: the first files of a project, asked for on a terminal and given by flags elsewhere."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import click
from click.core import ParameterSource

from wagroups.cli.common_options import Common, FilePath, Verb, pass_common
from wagroups.cli.ui.import_choice import ALL, NONE, choose_groups
from wagroups.domain.declared.choices import DEFAULT_SESSION, KEY_VARIABLE, URL_VARIABLE, Profile
from wagroups.domain.exit import Exit
from wagroups.gateways import NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from wagroups.cli.ui.init_answers import Answers
    from wagroups.cli.ui.init_summary import Begun
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.identity import GroupJid
    from wagroups.workflows.setup.first_files import Choices, Ci


@click.command(cls=Verb, formats=("text", "json"))
@pass_common
@click.option("--gateway", metavar="NAME", default="waha", help=f"The gateway: {', '.join(NAMES)}.  [default: waha]")
@click.option("--url", metavar="URL", help="The gateway's address, written into the file; --url-env is better.")
@click.option(
    "--url-env",
    metavar="NAME",
    default=URL_VARIABLE,
    help=f"The variable that holds its address.  [default: {URL_VARIABLE}]",
)
@click.option(
    "--key-env",
    metavar="NAME",
    default=KEY_VARIABLE,
    help=f"The variable that holds its API key.  [default: {KEY_VARIABLE}]",
)
@click.option(
    "--session",
    metavar="NAME",
    default=DEFAULT_SESSION,
    help=f"The session on the gateway.  [default: {DEFAULT_SESSION}]",
)
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    default=Profile.CAREFUL.value,
    help=f"How gently the account is used.  [default: {Profile.CAREFUL}]",
)
@click.option("--timezone", metavar="ZONE", help="Such as Europe/Berlin.  [default: this machine's]")
@click.option("--region", metavar="CC", help="The country of numbers without a country code, such as GB.")
@click.option(
    "--import",
    "imported",
    envvar="WAGROUPS_INIT_IMPORT",
    multiple=True,
    metavar=f"{ALL}|{NONE}|ID",
    help="Live groups to write down; an ID may be repeated.",
)
@click.option(
    "--aliases",
    type=FilePath(exists=True, dir_okay=False),
    metavar="FILE",
    help="Names for the people in them: a CSV file with phone,alias or phone,alias,name.",
)
@click.option("--ci", type=click.Choice(["github", "gitlab"]), help="Also write CI files: plan, apply, drift.")
@click.option("--vscode", is_flag=True, help="Also set up the schemas in Visual Studio Code.")
@click.option("--force", is_flag=True, help="Overwrite files that already exist.")
def init(
    common: Common,
    /,
    gateway: str,
    url: str | None,
    url_env: str,
    key_env: str,
    session: str,
    profile: str,
    timezone: str | None,
    region: str | None,
    imported: tuple[str, ...],
    aliases: Path | None,
    ci: Ci | None,
    vscode: bool,
    force: bool,
) -> Exit:
    """Start a project in this folder (or in --project DIR).

    On a terminal you are asked a few questions; the gateway is tried at once, and you choose which of its live groups
    to write down.  Elsewhere flags say all that, and the gateway is asked only with --import.  Without live groups
    the project begins with two fictional people and a first group.

    Also written are the schemas that editors use and a .gitignore.  Files that exist are never overwritten without
    --force; a .gitignore is added to.  Nothing on WhatsApp is changed.

    \b
    Examples:
      wagroups init
      wagroups init --gateway waxum --timezone Europe/Berlin --region DE
      wagroups init --url http://localhost:3000 --import all --aliases members.csv
      wagroups init --ci github --vscode
    """
    from pathlib import Path

    from wagroups.cli.ui.init_answers import Answers, names_of, refuse_faults
    from wagroups.cli.ui.init_questions import Interview
    from wagroups.cli.ui.init_summary import Begun, deliver
    from wagroups.cli.ui.locale_guess import likely_timezone
    from wagroups.cli.ui.terminal import Screen
    from wagroups.workflows.setup.first_files import Choices, first_files, project_name
    from wagroups.workflows.setup.init import check_free, faults_of

    screen = Screen.of(common)
    if url and _source("url_env") is ParameterSource.COMMANDLINE:
        raise click.UsageError("Give --url or --url-env, not both.")
    wanted = _wanted(imported)
    root = common.project or Path.cwd()
    choices = Choices(
        project=project_name(root),
        gateway=gateway,
        url=url,
        url_env=url_env,
        key_env=key_env,
        session=session,
        profile=profile,
        timezone=timezone or likely_timezone(os.environ) or "UTC",
        region=region,
        ci=ci,
        vscode=vscode,
    )
    if not force:
        check_free(root, first_files(choices))
    answers = Answers(choices, os.environ)
    if screen.interactive:
        given = {name for name in click.get_current_context().params if _source(name) is not ParameterSource.DEFAULT}
        answers = Interview(screen, root, choices, given).ask()
    refuse_faults(faults_of(first_files(answers.choices), os.environ))
    if aliases is not None:
        answers = answers._replace(named=names_of(aliases, answers.choices.region))
    try:
        begun = None
        if wanted is not None and (wanted.said or answers.reached):
            begun = _with_groups(common, screen, root, answers, wanted, force)
        if begun is None or not begun.written:
            begun = (begun or Begun(answers))._replace(written=_without_groups(root, answers.choices, force))
    except OSError as error:
        raise click.FileError(error.filename or str(root), hint=error.strerror or "cannot be written") from error
    return deliver(common, screen, begun)


def _source(name: str) -> ParameterSource | None:
    return click.get_current_context().get_parameter_source(name)


def _without_groups(root: Path, choices: Choices, force: bool) -> tuple[str, ...]:
    from wagroups.workflows.setup.first_files import first_files
    from wagroups.workflows.setup.init import check_free, start

    files = first_files(choices)
    if not force:
        check_free(root, files)
    return start(root, files)


class _Wanted(NamedTuple):
    """Which live groups a command line asks for."""

    said: bool
    ids: tuple[GroupJid, ...] = ()
    """None of them named, for all."""


def _wanted(imported: Sequence[str]) -> _Wanted | None:
    """What `--import` says; `None` = no group at all.  Raises UsageError."""
    from wagroups.domain.identity import GroupJid

    words = tuple(imported)
    if words in ((), (ALL,)):
        return _Wanted(said=bool(words))
    if words == (NONE,):
        return None
    ids = [GroupJid.parse(word) for word in words]
    if None in ids:
        # The text is not repeated: it may be somebody's number.
        raise click.UsageError(f"--import takes `{ALL}`, `{NONE}`, or ids such as 120363041234567890@g.us.")
    return _Wanted(True, tuple(dict.fromkeys(jid for jid in ids if jid is not None)))


def _with_groups(
    common: Common, screen: Screen, root: Path, answers: Answers, wanted: _Wanted, force: bool
) -> Begun | None:
    """Take down live groups; `None` when a person chose none of them.  Raises GatewayError, NotYet, Refusal."""
    import asyncio

    from wagroups.cli.commands.import_groups import asking_of
    from wagroups.cli.options.project import redactor_for
    from wagroups.cli.ui.init_summary import Begun
    from wagroups.cli.ui.pauses import patience_of
    from wagroups.workflows.setup.trial import on_trial

    with on_trial(root, answers.choices, answers.environ, force=force) as trial:
        redactor = redactor_for(common, trial.session.project, trial.session.ledger.key)
        groups = asyncio.run(trial.look(answers.named, patience_of(screen), asking_of(screen)))
        picked = wanted.ids if wanted.said else choose_groups(screen, groups, redactor)
        if not (wanted.said or picked):
            return None
        done = trial.take(picked)
    return Begun(answers, trial.written, done, redactor)
