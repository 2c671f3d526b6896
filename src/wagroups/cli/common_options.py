"""The options that every verb has, accepted before and after the verb.

A flag wins over a variable, wherever either stands; after the verb wins over before it.  Every flag has a variable
`WAGROUPS_<VERB>_<FLAG>` and `WAGROUPS_<FLAG>`, by click's `auto_envvar_prefix`.  A verb's flag that must not come from
the environment is declared with `allow_from_autoenv=False`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from pathlib import Path

BASIC_FORMATS: Final = ("text", "json", "markdown")
"""What a verb offers unless it says otherwise."""
FORMATS: Final = (*BASIC_FORMATS, "html", "github", "junit", "sarif", "csv")
REDACTIONS: Final = ("auto", "strict", "alias", "last4", "off")
STDOUT: Final = "-"
_SENTENCE_CHARS: Final = 500
"""More than any first sentence of a command's help has."""


class FilePath(click.Path):
    """A file or a folder, as a `Path`; its module is imported for a value, since help has none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        from pathlib import Path

        return Path(os.fsdecode(super().convert(value, param, ctx)))


class NewFile(FilePath):
    """A file to be written: its folder must be there before anything is done."""

    def __init__(self, *, allow_dash: bool = False) -> None:
        super().__init__(dir_okay=False, writable=True, allow_dash=allow_dash)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = super().convert(value, param, ctx)
        if str(path) != STDOUT and not path.absolute().parent.is_dir():
            self.fail(f"There is no folder {str(path.parent)!r}: create it first, or name another one.", param, ctx)
        return path


class Output(NamedTuple):
    """A format and where it goes; `None` is stdout."""

    format: str
    to: Path | None


class Common(NamedTuple):
    """What every verb is told."""

    project: Path | None = None
    """The folder of `wagroups.yaml`; `None` = look upwards from here."""
    outputs: tuple[Output, ...] = (Output("text", None),)
    color: str = "auto"
    quiet: bool = False
    verbosity: int = 0
    log_format: str = "text"
    redact: str | None = None
    """`None` = as the project says."""


pass_common = click.make_pass_decorator(Common)
"""Give a verb's function its `Common` as the first argument."""


class _Given(NamedTuple):
    """One common option at one level of the command line."""

    depth: int
    source: ParameterSource | None
    value: Any


_GIVEN: Final = "wagroups.given"
_ORDER: Final = "wagroups.order"


def _depth(ctx: click.Context) -> int:
    return 0 if ctx.parent is None else 1 + _depth(ctx.parent)


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    given = ctx.meta.setdefault(_GIVEN, {}).setdefault(param.name, [])
    given.append(_Given(_depth(ctx), ctx.get_parameter_source(param.name or ""), value))


def _known_formats(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> None:
    for name in value:
        if name not in FORMATS:
            raise click.BadParameter(f"{name!r} is not a format; choose {', '.join(FORMATS)}", ctx, param)
    _remember(ctx, param, value)


def common_params(formats: Sequence[str] = FORMATS) -> list[click.Parameter]:
    """The common options, made anew for each verb; `formats` are those that its help names."""

    def option(*names: str, callback: Callable[..., None] = _remember, **attributes: Any) -> click.Option:
        return click.Option(names, expose_value=False, callback=callback, **attributes)

    return [
        option(
            "--project",
            type=FilePath(file_okay=False),
            metavar="DIR",
            help="The folder of wagroups.yaml.  [default: this folder or the nearest above it]",
        ),
        option(
            "-o",
            "--output",
            multiple=True,
            callback=_known_formats,
            metavar="|".join(formats),
            help="The format of the result; may be repeated.",
        ),
        option(
            "--to",
            multiple=True,
            type=NewFile(allow_dash=True),
            metavar="FILE",
            help="Where to write the format named just before.  [default: stdout]",
        ),
        option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours."),
        option("-q", "--quiet", is_flag=True, help="Show no progress and no remarks."),
        option("-v", "--verbose", count=True, help="Say more on stderr; twice for everything."),
        option("--log-format", type=click.Choice(["text", "json"]), default="text", help="The format of log lines."),
        option(
            "--redact",
            type=click.Choice(REDACTIONS),
            help="How much is shown about people.  [default: the project's setting, otherwise auto]",
        ),
    ]


class Verb(click.Command):
    """A command that accepts the common options and passes them on as `Common` (see `pass_common`).

    `formats` are those it can write its result in; another one is a wrong command line.
    """

    def __init__(self, *args: Any, formats: Sequence[str] = BASIC_FORMATS, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.formats = tuple(formats)
        self.params += common_params(self.formats)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _note_order(self, ctx, args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        from wagroups.cli.ui.signals import terminable

        ctx.obj = compose(ctx)
        for output in ctx.obj.outputs:
            if output.format not in self.formats:
                offered = ", ".join(self.formats)
                raise click.UsageError(f"`{ctx.info_name}` has no format {output.format}; choose {offered}.", ctx)
        with terminable():
            return super().invoke(ctx)


class VerbGroup(click.Group):
    """A verb with verbs of its own, such as `state`."""

    command_class = Verb

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **{"no_args_is_help": False, **attributes})
        self.params += common_params()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Whole sentences: click cuts them off at the width of the terminal."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, command.get_short_help_str(_SENTENCE_CHARS))
                    for name, command in commands.items()
                    if command is not None
                ]
            )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _note_order(self, ctx, args)
        return super().parse_args(ctx, args)


def _note_order(command: click.Command, ctx: click.Context, args: Sequence[str]) -> None:
    # click gathers repeated options by name; which `--to` follows which `-o` is only in the parser's own order.
    if not any(word.startswith("-") and "o" in word for word in args):
        return  # none of the two is there, and help is not parsed twice
    _, _, order = command.make_parser(ctx).parse_args(list(args))
    ctx.meta.setdefault(_ORDER, {})[_depth(ctx)] = [param.name for param in order if param.name in ("output", "to")]


def compose(ctx: click.Context) -> Common:
    """The common options of a whole command line.  Raises UsageError when two formats would share stdout."""
    given: dict[str, list[_Given]] = ctx.meta.get(_GIVEN, {})
    return Common(
        project=project_of(ctx),
        outputs=_outputs(ctx),
        color=_strongest(given.get("color", [])) or "auto",
        quiet=bool(_strongest(given.get("quiet", []))),
        verbosity=_strongest(given.get("verbose", [])) or 0,
        log_format=_strongest(given.get("log_format", [])) or "text",
        redact=_strongest(given.get("redact", [])),
    )


def project_of(ctx: click.Context) -> Path | None:
    """The folder that a command line names, so far as it is typed; `None` = look upwards from here."""
    folder: Path | None = _strongest(ctx.meta.get(_GIVEN, {}).get("project", []))
    return folder


_STRENGTH: Final = {ParameterSource.COMMANDLINE: 2, ParameterSource.ENVIRONMENT: 1}


def _strongest(given: Sequence[_Given]) -> Any:
    if not given:
        return None
    return max(given, key=lambda one: (_STRENGTH.get(one.source, 0) if one.source else 0, one.depth)).value


def _outputs(ctx: click.Context) -> tuple[Output, ...]:
    given: dict[str, list[_Given]] = ctx.meta.get(_GIVEN, {})
    formats, files = given.get("output", []), given.get("to", [])
    fallback = tuple(_strongest([one for one in formats if one.source is ParameterSource.ENVIRONMENT]) or ("text",))
    outputs: list[Output] = []
    for depth, order in sorted(ctx.meta.get(_ORDER, {}).items()):
        named = iter(next((one.value for one in formats if one.depth == depth), ()))
        placed = iter(next((one.value for one in files if one.depth == depth), ()))
        outputs += _paired(order, named, placed, fallback[0], ctx)
    if not outputs:
        places = _strongest(files) or ()
        outputs = [Output(name, _place(path)) for name, path in zip_longest(fallback, places[: len(fallback)])]
    if sum(output.to is None for output in outputs) > 1:
        raise click.UsageError("Only one format can go to stdout; give the others a --to FILE.", ctx)
    return tuple(outputs)


def _paired(
    order: Sequence[str], formats: Iterator[str], files: Iterator[Path], fallback: str, ctx: click.Context
) -> list[Output]:
    """The pairs of one level: each `--to` belongs to the `-o` just before it; alone, to the usual format."""
    outputs: list[Output] = []
    previous = ""
    for name in order:
        if name == "output":
            outputs.append(Output(next(formats), None))
        elif previous == "output":
            outputs[-1] = outputs[-1]._replace(to=_place(next(files)))
        elif len(order) == 1:
            outputs.append(Output(fallback, _place(next(files))))
        else:
            raise click.UsageError("Put each --to right after the -o it belongs to.", ctx)
        previous = name
    return outputs


def _place(path: Path | None) -> Path | None:
    return None if path is None or str(path) == STDOUT else path


dry_run_option = click.option("--dry-run", is_flag=True, help="Show the changes and write nothing.")
"""Of verbs that edit files."""
