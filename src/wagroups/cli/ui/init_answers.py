"""What was answered when a project begins, and how an answer is read: checked by the loader, in the loader's words."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import click

from wagroups.domain.address import EXAMPLE, address_fault, host_of, is_this_machine
from wagroups.domain.errors import ProjectError, WagroupsError
from wagroups.domain.problem import Problem
from wagroups.manifests.edit.aliases import AliasEntry, read_aliases
from wagroups.privacy.mask import mask
from wagroups.reports.render.text import problems_text
from wagroups.workflows.project.secrets import variable_value
from wagroups.workflows.setup.first_files import Choices

LATER: Final = "later"
"""The answer of somebody who has no gateway yet."""


class Answers(NamedTuple):
    """What is to be, and what was told beside it."""

    choices: Choices
    environ: Mapping[str, str]
    """This process's variables with those that were typed."""
    reached: bool = False
    """Whether the gateway knows the account."""
    named: tuple[AliasEntry, ...] = ()

    @property
    def typed(self) -> tuple[str, ...]:
        """Variables that the next command will miss, unless they are set."""
        return tuple(name for name in self.environ if name not in os.environ)

    @property
    def here(self) -> bool:
        """Whether the gateway is on this machine, as a simulated one is."""
        url = self.choices.url or variable_value(self.environ, self.choices.url_env) or ""
        return address_fault(url) is None and is_this_machine(host_of(url))


def names_of(file: Path, region: str | None) -> tuple[AliasEntry, ...]:
    """The people of a list.  Raises UsageError with every mistake in it."""
    try:
        return read_aliases(file.read_bytes(), file.name, region)
    except OSError as error:
        raise click.UsageError(f"{file.name} cannot be read: {error.strerror}.") from error
    except ProjectError as error:
        raise click.UsageError(problems_text(error.problems).rstrip()) from error


def refuse_faults(faults: tuple[Problem, ...]) -> None:
    """What is asked for is checked by the loader itself: its words are the best there are."""
    for problem in faults:
        if problem.severity == "error":
            meant = f"Did you mean {problem.suggestion}?" if problem.suggestion else ""
            raise click.UsageError("  ".join(filter(None, (problem.message, meant, problem.help))))


def told(error: WagroupsError) -> str:
    """An error in a line or two, with the way out."""
    if isinstance(error, ProjectError):
        return mask("\n".join(f"{problem.message}  {problem.help}" for problem in error.problems))
    return mask(f"{error.message}\n{error.hint}".strip())


def address_of(answer: str) -> str:
    """The address that is meant, or `LATER`.  Raises UsageError."""
    text = answer.strip().rstrip("/")
    if text == LATER:
        return text
    with_scheme = f"http://{text}"
    # On the way to another machine a key needs more than plain HTTP, so that is not guessed.
    if "://" not in text and address_fault(with_scheme) is None and is_this_machine(host_of(with_scheme)):
        return with_scheme
    fault = address_fault(text)
    if fault is not None:
        raise click.UsageError(f"That {fault}; write an address such as {EXAMPLE}, or {LATER}.")
    return text
