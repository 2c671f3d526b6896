"""Tell what went wrong: where, what, and what to do next, on stderr; with `-o json` also as one document on stdout.

Messages are ours and hold no numbers; what others raise may, so everything is scrubbed, tracebacks too.
"""

import json
import traceback
from typing import Final, TextIO

import click

from wagroups.cli.exits import code_of_error, exit_of_error, hint_of_error
from wagroups.domain.errors import ProjectError, WagroupsError
from wagroups.domain.exit import Exit
from wagroups.reports.scrub import scrub
from wagroups.reports.text import problems_text

_UNEXPECTED: Final = 1
_EXPECTED: Final = 2
"""How often `-v` is given for a traceback: what is said on purpose says where it belongs without one."""


def tell(error: BaseException, *, as_json: bool, verbosity: int, stdout: TextIO, stderr: TextIO) -> Exit:
    """Report an error of a verb; returns the exit it deserves."""
    ending = exit_of_error(error)
    hint = scrub(hint_of_error(error))
    message = scrub(_message(error))
    lines = [f"Error: {message}"]
    if isinstance(error, ProjectError):
        lines = [problems_text(error.problems).rstrip(), *lines]
    if hint:
        lines.append(hint)
    if verbosity >= (_EXPECTED if isinstance(error, WagroupsError) else _UNEXPECTED):
        lines.append(scrub("".join(traceback.format_exception(error))).rstrip())
    print("\n".join(lines), file=stderr)
    if as_json:
        print_document(stdout, code_of_error(error), message, hint, ending)
    return ending


def tell_usage(error: click.ClickException, *, as_json: bool, stdout: TextIO, stderr: TextIO) -> Exit:
    """Report a wrong command line, or a file that cannot be written."""
    ending = Exit.USAGE if isinstance(error, click.UsageError) else Exit.ERROR
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = scrub(error.format_message())
    hint = f"See: {context.command_path} --help" if context else ""
    lines = [scrub(context.get_usage())] if context else []
    print("\n".join(filter(None, [*lines, f"Error: {message}", hint])), file=stderr)
    if as_json:
        print_document(stdout, ending.reason, message, hint, ending)
    return ending


def print_document(stdout: TextIO, code: str, message: str, hint: str, ending: Exit) -> None:
    """Write the error document (`reports.document.ErrorDocument`), without the weight of its model."""
    body = {
        "error": {"code": code, "message": message, "hint": hint},
        "exit": {"code": ending.code, "reason": ending.reason},
    }
    print(json.dumps(body, indent=2), file=stdout, flush=True)


_SAID_CHARS: Final = 300
"""Some libraries put whole requests into their messages."""


def _message(error: BaseException) -> str:
    if isinstance(error, WagroupsError):
        return error.message
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted."
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said[:_SAID_CHARS]}" if said else type(error).__name__
