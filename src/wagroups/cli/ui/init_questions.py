"""What a terminal is asked before a project begins: everything that no flag and no variable said.

An answer is checked at once, by the loader itself, and asked for again when it would not hold.  The address and the
key are tried before the next question, because whoever mistypes them should not learn it from the last line.
"""

import asyncio
import os
from collections.abc import Callable, Container
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from wagroups.cli.ui.init_answers import LATER, Answers, address_of, names_of, refuse_faults, told
from wagroups.cli.ui.locale_guess import likely_region
from wagroups.cli.ui.terminal import Screen
from wagroups.domain.address import EXAMPLE, host_of, is_this_machine
from wagroups.domain.declared.choices import Profile
from wagroups.domain.errors import Interrupted, WagroupsError
from wagroups.gateways import known_names
from wagroups.manifests.edit.aliases import AliasEntry
from wagroups.privacy.escape import for_terminal
from wagroups.privacy.mask import mask
from wagroups.workflows.project.secrets import secret_value, variable_value
from wagroups.workflows.setup.first_files import VSCODE_FILE, Choices, first_files
from wagroups.workflows.setup.init import faults_of
from wagroups.workflows.setup.trial import Reached, reach

NONE: Final = "none"


class Interview:
    """Asks one person.  `given` are the names of choices that a flag or a variable made."""

    def __init__(self, screen: Screen, root: Path, choices: Choices, given: Container[str]) -> None:
        self._screen, self._root, self._given = screen, root, given
        self._answers = Answers(choices, dict(os.environ))

    def ask(self) -> Answers:
        """Ask everything.  Raises click.Abort when the person ends it."""
        self._explain(
            "A new project.  Enter takes the answer in brackets.  Nothing is written before the last question; "
            "Ctrl-C cancels."
        )
        self._ask("gateway", f"Gateway ({', '.join(known_names())})")
        self._connect()
        self._ask_profile()
        self._ask("timezone", "Time zone where you live")
        self._ask("region", f"Country of numbers without a country code (or {NONE})", NONE)
        if self._answers.reached and "aliases" not in self._given:
            self._ask_names()
        self._explain("GitHub or GitLab can run plan and apply for these files, with reviews there.")
        self._ask("ci", f"CI files (github, gitlab or {NONE})", NONE)
        self._ask_vscode()
        return self._answers

    def _explain(self, text: str) -> None:
        self._screen.say(f"\n{text}")

    # --- single answers

    def _ask(self, name: str, text: str, nothing: str = "") -> None:
        """One choice; `nothing` is the word for leaving it open."""
        if name in self._given:
            return
        suggested = self._suggested(name) or nothing
        taking = self._taking(name, suggested, nothing)
        choices = self._screen.ask(text, suggested, taking)
        self._answers = self._answers._replace(choices=choices)

    def _suggested(self, name: str) -> str | None:
        suggested: str | None = getattr(self._answers.choices, name)
        return likely_region(os.environ) if name == "region" else suggested

    def _taking(self, name: str, suggested: str, nothing: str) -> Callable[[str], Choices]:
        """How an answer becomes choices; raises UsageError for one that would not hold."""

        def take(answer: str) -> Choices:
            text = answer.strip() or suggested
            answered: dict[str, Any] = {name: None if nothing and text == nothing else text}
            if name == "ci" and text not in ("github", "gitlab", nothing):
                raise click.UsageError(f"Write github, gitlab or {nothing}.")
            taken = replace(self._answers.choices, **answered)
            refuse_faults(faults_of(first_files(taken), self._answers.environ))
            return taken

        return take

    def _ask_profile(self) -> None:
        if "profile" in self._given:
            return
        sandbox = f"  {Profile.SANDBOX}: a simulated WhatsApp, no pauses." if self._answers.here else ""
        self._explain(
            "How gently should the account be used?  fresh: its number was linked less than 14 days ago.  "
            f"{Profile.CAREFUL}: the usual choice.  seasoned: it has done this for a long time.{sandbox}"
        )
        self._ask("profile", "Profile")

    def _ask_vscode(self) -> None:
        if "vscode" in self._given or (self._root / VSCODE_FILE).exists():
            return
        wanted = click.confirm("Settings for Visual Studio Code", default=False, err=True)
        self._answers = self._answers._replace(choices=replace(self._answers.choices, vscode=wanted))

    def _ask_names(self) -> None:
        def read(answer: str) -> tuple[AliasEntry, ...]:
            if answer.strip() == NONE:
                return ()
            return names_of(Path(answer.strip()).expanduser(), self._answers.choices.region)

        self._explain("A list can give people the names you know them by: a CSV file with phone,alias,name.")
        named = self._screen.ask(f"List of people (its path, or {NONE})", NONE, read)
        self._answers = self._answers._replace(named=named)

    # --- the connection

    def _connect(self) -> None:
        while True:
            if not self._ask_address():
                self._ask("session", "Name of the session on it")
                return
            self._ask_key()
            self._ask("session", "Name of the session on it")
            if self._reached():
                return
            if not click.confirm("Try again (no: continue without)", default=True, err=True):
                return
            self._forget()

    def _ask_address(self) -> bool:
        """Whether there is one: given, set, or typed."""
        choices, environ = self._answers.choices, self._answers.environ
        if choices.url is not None:
            return True
        if variable_value(environ, choices.url_env):
            self._screen.say(f"Its address: from {choices.url_env}")
            return True
        typed = self._screen.ask(f"Its address, such as {EXAMPLE}", LATER, address_of)
        if typed == LATER:
            return False
        if is_this_machine(host_of(typed)):
            self._answers = self._answers._replace(choices=replace(choices, url=typed))
        else:
            # In a file it would be refused in CI, where a pull request could lead the key elsewhere.
            self._answers = self._answers._replace(environ={**environ, choices.url_env: typed})
        return True

    def _ask_key(self) -> None:
        name, environ = self._answers.choices.key_env, self._answers.environ
        if secret_value(environ, name):
            self._screen.say(f"Its API key: from {name}")
            return
        text = "Its API key (not shown, not stored in any file)"
        key = click.prompt(text, default="", show_default=False, hide_input=True, err=True)
        if key:
            self._answers = self._answers._replace(environ={**environ, name: key})

    def _forget(self) -> None:
        """Let the next round ask for what was typed in this one."""
        choices = self._answers.choices
        if "url" not in self._given:
            choices = replace(choices, url=None)
        self._answers = self._answers._replace(choices=choices, environ=dict(os.environ))

    def _reached(self) -> bool:
        self._screen.say("Looking …")
        try:
            found = asyncio.run(reach(self._answers.choices, self._answers.environ))
        except Interrupted:
            raise
        except WagroupsError as error:
            self._screen.complain(told(error))
            return False
        self._screen.say(_title(found))
        for remark in found.health.remarks:
            self._screen.complain(f"note: {mask(for_terminal(remark))}")
        self._answers = self._answers._replace(reached=found.health.working)
        return found.health.working


def _title(found: Reached) -> str:
    made = found.capabilities
    name = " ".join(filter(None, (made.gateway, made.engine, made.version)))
    how = "connected to WhatsApp" if found.health.working else "not connected to WhatsApp"
    return for_terminal(f"{name}: {how} ({found.health.status})")
