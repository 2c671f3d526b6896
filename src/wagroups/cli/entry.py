"""Where the process begins: help comes from a file, everything else from the program.

Help is what is asked for most and by whoever is in doubt; click and its imports are three quarters of its time.
`make docs` writes the file from the real command; a terminal of fewer columns than the file is served by that command.
"""

import os
import sys
from typing import Final, NoReturn

COLUMNS: Final = 80
"""The width of the prepared help, which is the most that click uses."""

HELP_FILE: Final = "help.txt"
"""Beside this module."""


def main() -> NoReturn:
    """Run the command line and end the process."""
    if sys.argv[1:] in (["--help"], ["-h"]) and _columns() >= COLUMNS and sys.stdout.encoding.lower() == "utf-8":
        with open(os.path.join(os.path.dirname(__file__), HELP_FILE), encoding="utf-8") as file:
            text = file.read()  # Without pathlib, whose import takes as long as all of this.
        try:
            print(text, end="", flush=True)  # noqa: T201
        except BrokenPipeError:
            forget_stdout()
        sys.exit()
    from wagroups.cli import main as program

    program.main()


def forget_stdout() -> None:
    """Let nothing be written any more to a reader who went away."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _columns() -> int:
    """As click finds them: the variable, else the terminal, else 80."""
    written = os.environ.get("COLUMNS", "")
    if written.isdecimal() and int(written):
        return int(written)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return COLUMNS
