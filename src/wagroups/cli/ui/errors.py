"""Tell what went wrong: where, what, and what to do next, on stderr; with `-o json` also as one document on stdout.

Messages are ours and hold no numbers or secrets.  What others raise may hold anything, so it is told by its type and
place; its own words are for a traceback that somebody asked for, and even there numbers and secrets are masked.
"""

import json
import traceback
from pathlib import Path
from typing import Final, TextIO

import click

from wagroups.cli.ui.exits import code_of_error, exit_of_error, hint_of_error
from wagroups.domain.errors import ProjectError, WagroupsError
from wagroups.domain.exit import Exit
from wagroups.privacy.mask import Strictness, mask
from wagroups.reports.render.text import problems_text

_OURS: Final = "wagroups"

_UNEXPECTED: Final = 1
_EXPECTED: Final = 2
"""How often `-v` is given for a traceback: what is said on purpose says where it belongs without one."""


def tell(error: BaseException, *, as_json: bool, verbosity: int, stdout: TextIO, stderr: TextIO) -> Exit:
    """Report an error of a verb; returns the exit it deserves."""
    ending = exit_of_error(error)
    hint = mask(hint_of_error(error), Strictness.LOG)
    message = mask(_message(error), Strictness.LOG)
    lines = [f"Error: {message}"]
    if isinstance(error, ProjectError):
        lines = [problems_text(error.problems, whole=verbosity > 0).rstrip(), *lines]
    if hint:
        lines.append(hint)
    if verbosity >= (_EXPECTED if isinstance(error, WagroupsError) else _UNEXPECTED):
        lines.append(mask("".join(traceback.format_exception(error)), Strictness.LOG).rstrip())
    print("\n".join(lines), file=stderr)
    if as_json:
        print_document(stdout, code_of_error(error), message, hint, ending)
    return ending


def tell_usage(error: click.ClickException, *, as_json: bool, stdout: TextIO, stderr: TextIO) -> Exit:
    """Report a wrong command line, or a file that cannot be written."""
    ending = Exit.USAGE if isinstance(error, click.UsageError) else Exit.ERROR
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = mask(error.format_message(), Strictness.LOG)
    hint = f"See: {context.command_path} --help" if context else ""
    lines = [mask(context.get_usage(), Strictness.LOG)] if context else []
    print("\n".join(filter(None, [*lines, f"Error: {message}", hint])), file=stderr)
    if as_json:
        print_document(stdout, ending.reason, message, hint, ending)
    return ending


def print_document(stdout: TextIO, code: str, message: str, hint: str, ending: Exit) -> None:
    """Write the error document (`reports.documents.models.ErrorDocument`), without the weight of its model."""
    body = {
        "error": {"code": code, "message": message, "hint": hint},
        "exit": {"code": ending.code, "reason": ending.reason},
    }
    print(json.dumps(body, indent=2), file=stdout, flush=True)


def _message(error: BaseException) -> str:
    if isinstance(error, WagroupsError):
        return error.message
    return f"unexpected {type(error).__name__}{_raised_in(error)}"


def _raised_in(error: BaseException) -> str:
    """The innermost place of our own code that an error passed."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _OURS in Path(frame.filename).parts]
    if not frames:
        return ""
    last = frames[-1]
    parts = Path(last.filename).parts
    inside = parts[len(parts) - 1 - parts[::-1].index(_OURS) :]
    return f" in {'/'.join(inside)}:{last.lineno}"
