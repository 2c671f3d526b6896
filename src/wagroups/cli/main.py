"""The `wagroups` command: find the verb, run it, end the process with the one right code.

Importing this module imports click and the standard library only; a verb's own module is imported when the verb is
used, so that help and completion are instant.
"""

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from wagroups import __version__
from wagroups.cli.common_options import VerbGroup
from wagroups.cli.verbs import EXIT_CODES, VERBS, VerbEntry
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_HELP: Final = """WhatsApp groups as code: declare groups in YAML, review a plan, apply it gently.

One fact to learn: plan never writes, apply writes.

\b
Examples:
  wagroups demo                     see it work, without an account
  wagroups init                     start a project in this folder
  wagroups plan                     what would change?
  wagroups apply                    change it, after asking
  wagroups plan --target 'class-*'  only some groups
  wagroups plan -o json             for scripts
"""


class Program(VerbGroup):
    """The top-level command with its table of verbs."""

    def __init__(self, verbs: Mapping[str, VerbEntry], **attributes: Any) -> None:
        super().__init__(**attributes)
        self.verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self.verbs.get(cmd_name)
        if entry is None:
            return None
        command = getattr(import_module(entry.module), entry.attribute)
        assert isinstance(command, click.Command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        # From the table: completion must not import every verb.
        verbs = [
            CompletionItem(name, help=entry.summary)
            for name, entry in self.verbs.items()
            if name.startswith(incomplete)
        ]
        return [*verbs, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.verbs and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, self.verbs, n=1)
            meant = f"  Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"No such verb: {name}.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section in dict.fromkeys(entry.section for entry in self.verbs.values()):
            with formatter.section(section):
                formatter.write_dl(
                    [(name, entry.summary) for name, entry in self.verbs.items() if entry.section == section]
                )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(ending.code), meaning) for ending, meaning in EXIT_CODES])
        formatter.write_paragraph()
        formatter.write_text("Options may stand before or after the verb.  Help on one verb: wagroups VERB --help")


_COLUMNS: Final = 80
_MARGIN: Final = 2
_NARROWEST: Final = 50
"""Columns of help at most, those left free, and at least: click's own numbers."""


def _width() -> int:
    """The columns of help, as click finds them: the variable, else the terminal, else 80.

    Found here, since click imports four compression libraries for it: a tenth of the time of help (measured 2026-12).
    """
    columns = os.environ.get("COLUMNS", "")
    try:
        found = int(columns) if columns.isdecimal() else 0
        found = found or os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        found = 0
    return max(min(found or _COLUMNS, _COLUMNS) - _MARGIN, _NARROWEST)


def program(verbs: Mapping[str, VerbEntry] = VERBS) -> Program:
    """The command with the given verbs."""
    made = Program(
        verbs,
        name="wagroups",
        help=_HELP,
        context_settings={
            "auto_envvar_prefix": "WAGROUPS",
            "help_option_names": ["-h", "--help"],
            "terminal_width": _width(),
        },
        subcommand_metavar="VERB [ARGS]...",
    )
    return click.version_option(__version__, prog_name="wagroups", message="%(prog)s %(version)s")(made)


_COLLECT_AFTER: Final = (100_000, 50, 50)
"""Allocations before the garbage collector looks, and how often it looks further back.  It would walk a quarter of a
million memberships again and again: with Python's own 700 that is a third of a large plan (measured 2026-11)."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process."""
    gc.set_threshold(*_COLLECT_AFTER)
    ending = run(sys.argv[1:] if arguments is None else arguments)
    _flush()
    sys.exit(ending.code)


def run(arguments: Sequence[str], verbs: Mapping[str, VerbEntry] = VERBS) -> Exit:
    """Run the command line; say what went wrong, and return how to end.  Verbs return an `Exit`, or `None` for OK."""
    try:
        result = program(verbs).main(args=list(arguments) or ["--help"], prog_name="wagroups", standalone_mode=False)
    except click.ClickException as error:
        from wagroups.cli.options.lookup import json_on_stdout
        from wagroups.cli.ui.errors import tell_usage

        return tell_usage(error, as_json=json_on_stdout(arguments), stdout=sys.stdout, stderr=sys.stderr)
    except BrokenPipeError:
        # Whoever read our output went away, and needs no words about it.
        return Exit.OK
    except (Exception, KeyboardInterrupt, click.Abort) as error:
        return _failed(error, arguments)
    if not arguments:
        return Exit.USAGE
    return result if isinstance(result, Exit) else Exit.OK


def _failed(error: BaseException, arguments: Sequence[str]) -> Exit:
    from wagroups.cli.options.lookup import json_on_stdout, verbosity_asked
    from wagroups.cli.ui.errors import tell
    from wagroups.cli.ui.signals import Termination
    from wagroups.domain.errors import Interrupted, Terminated

    # click turns what interrupts it into an Abort.
    if isinstance(error, Termination) or isinstance(error.__cause__, Termination):
        error = Terminated()
    elif isinstance(error, click.Abort | KeyboardInterrupt):
        error = Interrupted()
    return tell(
        error,
        as_json=json_on_stdout(arguments),
        verbosity=verbosity_asked(arguments),
        stdout=sys.stdout,
        stderr=sys.stderr,
    )


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        from wagroups.cli.ui.terminal import forget

        forget(sys.stdout)
