"""`init`: the first files of a project, asked for on a terminal and given by flags elsewhere."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
from click.core import ParameterSource

from wagroups.cli.options import Common, Verb, pass_common
from wagroups.cli.terminal import Screen
from wagroups.cli.whereabouts import likely_region, likely_timezone
from wagroups.domain.exit import Exit
from wagroups.domain.problem import Problem
from wagroups.gateways.registry import KINDS
from wagroups.reports.style import Role
from wagroups.workflows.starting import (
    KEY_VARIABLE,
    STATE_VARIABLE,
    URL_VARIABLE,
    Choices,
    Ci,
    check_free,
    faults_of,
    first_files,
    start,
)

_NO_REGION: Final = "none"


class _Question(NamedTuple):
    """What a terminal is asked, unless a flag answers it."""

    name: str
    text: str


_QUESTIONS: Final = (
    _Question("gateway", f"Which gateway do you use ({', '.join(KINDS)})?"),
    _Question("url_env", "Which variable shall hold its address?"),
    _Question("key_env", "Which variable shall hold its API key?"),
    _Question("session", "What is the session called on the gateway?"),
    _Question("timezone", "Which time zone do you live in?"),
    _Question("region", f"Which country are numbers without a country code from (two letters, or {_NO_REGION})?"),
)


@click.command(cls=Verb)
@pass_common
@click.option("--gateway", metavar="NAME", default="waha", help=f"The gateway: {', '.join(KINDS)}.  [default: waha]")
@click.option("--url", metavar="URL", help="The gateway's address, written into the file.  Better: --url-env.")
@click.option(
    "--url-env", metavar="NAME", default=URL_VARIABLE, help=f"The variable of its address.  [default: {URL_VARIABLE}]"
)
@click.option(
    "--key-env", metavar="NAME", default=KEY_VARIABLE, help=f"The variable of its API key.  [default: {KEY_VARIABLE}]"
)
@click.option("--session", metavar="NAME", default="default", help="The session on the gateway.  [default: default]")
@click.option("--timezone", metavar="ZONE", help="Such as Europe/Berlin.  [default: this machine's]")
@click.option("--region", metavar="CC", help="The country of numbers without a country code, such as GB.")
@click.option("--ci", type=click.Choice(["github", "gitlab"]), help="Also write CI files: plan, apply, drift.")
@click.option("--vscode", is_flag=True, help="Also tell Visual Studio Code about the schemas.")
@click.option("--force", is_flag=True, help="Write files anew that exist already.")
def init(
    common: Common,
    /,
    gateway: str,
    url: str | None,
    url_env: str,
    key_env: str,
    session: str,
    timezone: str | None,
    region: str | None,
    ci: Ci | None,
    vscode: bool,
    force: bool,
) -> Exit:
    """Start a project in this folder (or in --project DIR).

    Writes wagroups.yaml, a directory of people, a first group, the schemas that editors use, and a .gitignore.  On a
    terminal you are asked for what no flag says.  Files that exist are never overwritten without --force; a
    .gitignore is added to.

    \b
    Examples:
      wagroups init
      wagroups init --gateway waxum --timezone Europe/Berlin --region DE
      wagroups init --ci github --vscode
    """
    screen = Screen.of(common)
    if any(output.format not in ("text", "json") for output in common.outputs):
        raise click.UsageError("init writes -o text or -o json.")
    if url and _source("url_env") is ParameterSource.COMMANDLINE:
        raise click.UsageError("Give --url or --url-env, not both.")
    choices = Choices(
        gateway=gateway,
        url=url,
        url_env=url_env,
        key_env=key_env,
        session=session,
        timezone=timezone or likely_timezone(os.environ) or "UTC",
        region=region,
        ci=ci,
        vscode=vscode,
    )
    root = common.project or Path.cwd()
    if not force:
        check_free(root, first_files(choices))
    if screen.interactive:
        choices = _asked(choices)
    files = first_files(choices)
    _refuse_faults(faults_of(files))
    try:
        written = start(root, files)
    except OSError as error:
        raise click.FileError(error.filename or str(root), hint=error.strerror or "cannot be written") from error
    _deliver(common, screen, written, _next_steps(choices))
    return Exit.OK


def _source(name: str) -> ParameterSource | None:
    return click.get_current_context().get_parameter_source(name)


def _asked(choices: Choices) -> Choices:
    """The choices after asking for everything that no flag and no variable said."""
    for question in _QUESTIONS:
        if _source(question.name) is not ParameterSource.DEFAULT or (question.name == "url_env" and choices.url):
            continue
        suggested = getattr(choices, question.name)
        if question.name == "region":
            suggested = likely_region(os.environ) or _NO_REGION
        taking = _taking(choices, question.name, suggested)
        choices = click.prompt(question.text, default=suggested, err=True, value_proc=taking)
    return choices


def _taking(choices: Choices, name: str, suggested: str) -> Callable[[str], Choices]:
    """How an answer becomes choices; raises UsageError, upon which click asks again."""

    def take(answer: str) -> Choices:
        text = answer.strip() or suggested
        answered: dict[str, Any] = {name: None if (name, text) == ("region", _NO_REGION) else text}
        taken = replace(choices, **answered)
        _refuse_faults(faults_of(first_files(taken)))
        return taken

    return take


def _refuse_faults(faults: tuple[Problem, ...]) -> None:
    """What is asked for is checked by the loader itself: its words are the best there are."""
    for problem in faults:
        if problem.severity == "error":
            meant = f"Did you mean {problem.suggestion}?" if problem.suggestion else ""
            raise click.UsageError("  ".join(filter(None, (problem.message, meant, problem.help))))


def _next_steps(choices: Choices) -> dict[str, str]:
    """The commands to run next, with what each is for."""
    steps = {}
    if choices.ci is not None:
        steps[f'export {STATE_VARIABLE}="sqlite:///$PWD/.wagroups/state.db"'] = "here; in CI a postgresql:// address"
    return {
        **steps,
        "wagroups validate": "whenever you have edited a file",
        "wagroups sandbox": "in another terminal, to try things out; prints what to export here",
        "wagroups plan": "what would change?  Never writes",
    }


_TRIAL: Final = (
    "To apply to the sandbox without pauses, at any hour, change two lines of wagroups.yaml:\n"
    "  profile: sandbox\n"
    "  # active_hours: 08:00-21:00"
)
"""For a real account both lines go back to what they were."""


def _deliver(common: Common, screen: Screen, written: tuple[str, ...], steps: dict[str, str]) -> None:
    for output in common.outputs:
        style = screen.style(output.to)
        if output.format == "json":
            ending = {"code": Exit.OK.code, "reason": Exit.OK.reason}
            body = {"format_version": "1.0", "written": list(written), "next": list(steps), "exit": ending}
            text = json.dumps(body, indent=2) + "\n"
        else:
            width = max(map(len, steps))
            lines = [style(Role.HEADING, "Written:"), *(f"  {name}" for name in written), ""]
            lines += [style(Role.HEADING, "Next:")]
            lines += [f"  {command:{width}}   {style(Role.PLACE, f'# {why}')}" for command, why in steps.items()]
            text = "\n".join([*lines, "", _TRIAL]) + "\n"
        screen.deliver(text, output.to)
