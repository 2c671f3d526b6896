"""What a shell may offer after Tab, and the script that makes it ask.

Offers come from the project's files only: no gateway is asked and no ledger is opened while somebody types.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import click

from wagroups.cli.common_options import Common, Output, Verb, pass_common, project_of
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from wagroups.cli.options.project_names import ProjectNames


SHELLS: Final = ("bash", "zsh", "fish")
_PROGRAM: Final = "wagroups"
_VARIABLE: Final = "_WAGROUPS_COMPLETE"
"""Where the script says what it asks for: click's own name for a program of this name."""


@click.command(cls=Verb)
@click.argument("shell", type=click.Choice(SHELLS))
@pass_common
def completion(common: Common, shell: str) -> Exit:
    """Print what a shell needs to complete verbs, options, and the names of your groups and accounts.

    \b
    Examples:
      eval "$(wagroups completion bash)"                # in ~/.bashrc
      eval "$(wagroups completion zsh)"                 # in ~/.zshrc
      wagroups completion fish > ~/.config/fish/completions/wagroups.fish
    """
    from click.shell_completion import get_completion_class

    from wagroups.cli.ui.terminal import Screen

    if any(output.format != "text" for output in common.outputs):
        raise click.UsageError("completion writes a shell script; leave out -o.")
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(click.get_current_context().find_root().command, {}, _PROGRAM, _VARIABLE).source()
    for output in common.outputs or (Output("text", None),):
        Screen.of(common).deliver(script + "\n", output.to)
    return Exit.OK


def group_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The keys of the project's groups that begin with what was typed.  A broken project offers nothing."""
    return _beginning(_names(context).groups, incomplete)


def person_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The aliases of the project's people that begin with what was typed; numbers are never offered."""
    return _beginning(_names(context).people, incomplete)


def group_and_person_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Groups, then people, that begin with what was typed."""
    return [*group_names(context, parameter, incomplete), *person_names(context, parameter, incomplete)]


def account_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names of the project's accounts that begin with what was typed."""
    return _beginning(_names(context).accounts, incomplete)


def override_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The rules that an override passes, and after `@` the groups for which it may."""
    from wagroups.domain.plans.rules import PASSABLE, RULES

    rule, at, group = incomplete.partition("@")
    if not at:
        return _beginning(PASSABLE, rule)
    if rule not in PASSABLE or not RULES[rule].of_a_group:
        return []
    return [f"{rule}@{key}=" for key in group_names(context, parameter, group)]


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _names(context: click.Context) -> ProjectNames:
    from wagroups.cli.options.project_names import names_of_project

    return names_of_project(project_of(context))
