"""`schema`: print a JSON Schema, for editors and for programs that read our documents."""

import click

from wagroups.cli.options import Common, Verb, pass_common
from wagroups.cli.terminal import Screen
from wagroups.domain.exit import Exit
from wagroups.workflows.reference import SCHEMAS, schema


@click.command("schema", cls=Verb)
@click.argument("name", type=click.Choice(tuple(SCHEMAS)))
@pass_common
def print_schema(common: Common, name: str) -> Exit:
    """Print the JSON Schema (draft-07) of a file or a document.

    \b
    config       wagroups.yaml
    manifest     every other file that you write
    plan         what `wagroups plan -o json` prints, and a saved plan
    report       what `wagroups apply -o json` prints
    round        a line of `wagroups watch -o json`
    difference   what `wagroups diff -o json` prints

    \b
    Examples:
      wagroups schema manifest > manifest.schema.json
      wagroups schema plan --to plan.schema.json
    """
    if any(output.format == "markdown" for output in common.outputs):
        raise click.UsageError("A schema is JSON; leave `-o markdown` away.")
    for output in common.outputs:
        Screen.of(common).deliver(schema(name), output.to)
    return Exit.OK
