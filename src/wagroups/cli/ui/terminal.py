"""Where text goes: results to stdout or a file, everything else to stderr, in the colours and signs it can show."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO, TypeVar

import click

from wagroups.cli.common_options import Common
from wagroups.reports.view.line_wrap import folded
from wagroups.reports.view.style import Style, TextRole, plain

_Taken = TypeVar("_Taken")

__all__ = ["Screen", "color_on", "colored", "unicode_on"]

_SGR: Final = {
    TextRole.ADD: "32",
    TextRole.REMOVE: "31",
    TextRole.CHANGE: "33",
    TextRole.CREATE: "36",
    TextRole.HEADING: "1",
    TextRole.PLACE: "2",
    TextRole.ATTENTION: "33",
    TextRole.GOOD: "32",
    TextRole.BAD: "31;1",
}
"""ANSI select-graphic-rendition codes: only the eight basic colours, which every theme makes readable."""


def colored(role: TextRole, text: str) -> str:
    """A `Style` with ANSI colours."""
    return f"\x1b[{_SGR[role]}m{text}\x1b[0m" if text else text


def color_on(flag: str, environ: Mapping[str, str], isatty: bool) -> bool:
    """Whether to colour, by the first of: flag, NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, CI, CLICOLOR=0, terminal.

    Sources: no-color.org, force-color.org, bixense.com/clicolors (read 2026-11).  GitHub's and GitLab's logs show
    colours and are no terminals.
    """
    if flag != "auto":
        return flag == "always"
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if "true" in (environ.get("GITHUB_ACTIONS"), environ.get("GITLAB_CI")):
        return True
    return environ.get("CLICOLOR") != "0" and environ.get("TERM") != "dumb" and isatty


def unicode_on(stream: TextIO) -> bool:
    """Whether the stream can show more than ASCII."""
    return (stream.encoding or "ascii").lower().replace("-", "").replace("_", "") in ("utf8", "utf16", "utf32")


@dataclass(frozen=True, slots=True)
class Screen:
    """The streams of one command, and what they can show."""

    stdout: TextIO
    stderr: TextIO
    stdin: TextIO
    color: bool
    unicode: bool
    quiet: bool = False

    @classmethod
    def of(cls, common: Common, environ: Mapping[str, str] | None = None) -> "Screen":
        """The process's own streams, as the options and the environment want them used."""
        environ = os.environ if environ is None else environ
        return cls(
            stdout=sys.stdout,
            stderr=sys.stderr,
            stdin=sys.stdin,
            color=color_on(common.color, environ, sys.stdout.isatty()),
            unicode=unicode_on(sys.stdout),
            quiet=common.quiet,
        )

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked."""
        return self.stdin.isatty() and self.stderr.isatty()

    def style(self, to: Path | None = None) -> Style:
        """The style for text on stdout; files are plain."""
        return colored if self.color and to is None else plain

    def fitted(self, text: str, to: Path | None = None) -> str:
        """A text for people, folded where a terminal is narrower than its lines; files keep long lines."""
        return text if to is not None else folded(text, _width(self.stdout))

    def deliver(self, text: str, to: Path | None = None) -> None:
        """Write a result, whole: to stdout, or to a file that appears complete or not at all.

        A reader who went away (`| head`) is no error: the command's own exit code stands.
        """
        if to is not None:
            _replace(to, text)
            return
        try:
            self.stdout.write(_writable(text, self.stdout))
            self.stdout.flush()
        except BrokenPipeError:
            forget(self.stdout)

    def say(self, text: str) -> None:
        """A remark on stderr; silent under `-q`."""
        if not self.quiet:
            self.complain(text)

    def complain(self, text: str) -> None:
        """An error or a warning on stderr, whatever the flags say."""
        with suppress(BrokenPipeError):
            self.stderr.write(_writable(f"{folded(text, _width(self.stderr))}\n", self.stderr))
            self.stderr.flush()

    def confirm(self, question: str) -> bool:
        """Ask a person.  Raises UsageError where nobody can be asked."""
        self._need_somebody()
        return click.confirm(question, err=True)

    def confirm_by_typing(self, question: str, expected: str) -> bool:
        """Ask a person to type a word: for what cannot be undone.  Raises UsageError where nobody can be asked."""
        self._need_somebody()
        answer: str = click.prompt(f"{question} Type {expected} to go on", default="", show_default=False, err=True)
        return answer.strip() == expected

    def ask(self, question: str, suggested: str, take: Callable[[str], _Taken]) -> _Taken:
        """Ask a person until `take` accepts the answer; it raises UsageError for one that will not do.

        Raises UsageError where nobody can be asked, click.Abort when the person ends it.
        """
        self._need_somebody()
        while True:
            answer: str = click.prompt(question, default=suggested, err=True)
            try:
                return take(answer)
            except click.UsageError as error:
                self.complain(f"  {error.message}")

    def _need_somebody(self) -> None:
        if not self.interactive:
            raise click.UsageError("This command asks a question, but there is no terminal; see --help for the flag.")


def forget(stream: TextIO) -> None:
    """Point a broken stream elsewhere, so that Python does not complain about it once more at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _width(stream: TextIO) -> int | None:
    """The columns of a terminal, or what COLUMNS says of it; `None` for anything else."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def _writable(text: str, stream: TextIO) -> str:
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, errors="replace").decode(encoding)


def _replace(path: Path, text: str) -> None:
    if path.exists() and not path.is_file():  # /dev/stderr, a pipe: nothing to replace
        path.write_text(text, encoding="utf-8")
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise click.FileError(str(path), hint=error.strerror or "cannot be written") from error
