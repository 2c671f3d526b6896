"""`schema`: print a JSON Schema, for editors and for programs that read our documents."""

from __future__ import annotations

import click

from wagroups.cli.common_options import Common, Verb, pass_common
from wagroups.domain.declared.choices import SchemaName
from wagroups.domain.exit import Exit


@click.command("schema", cls=Verb)
@click.argument("name", type=click.Choice([name.value for name in SchemaName]))
@click.option("--names", is_flag=True, help="For config and manifest: with the names of this project, to be offered.")
@pass_common
def print_schema(common: Common, name: str, names: bool) -> Exit:
    """Print the JSON Schema (draft-07) of a file or a document.

    \b
    config       wagroups.yaml
    manifest     every other file that you write
    plan         what `wagroups plan -o json` prints, and a saved plan
    report       what `wagroups apply -o json` prints
    round        a line of `wagroups watch -o json`
    difference   what `wagroups diff -o json` prints
    history      what `wagroups history -o json` prints

    \b
    Examples:
      wagroups schema manifest > manifest.schema.json
      wagroups schema manifest --names --to schemas/manifest.schema.json
      wagroups schema plan --to plan.schema.json
    """
    from wagroups.cli.options.project import root_of
    from wagroups.cli.ui.terminal import Screen
    from wagroups.workflows.setup.reference import MANIFEST_SCHEMAS, schema, schema_with_names

    if any(output.format == "markdown" for output in common.outputs):
        raise click.UsageError("A schema is JSON; leave out `-o markdown`.")
    if names and name not in MANIFEST_SCHEMAS:
        raise click.UsageError(f"--names is for {' and '.join(MANIFEST_SCHEMAS)}: documents have no names to offer.")
    text = schema_with_names(name, root_of(common)) if names else schema(name)
    for output in common.outputs:
        Screen.of(common).deliver(text, output.to)
    return Exit.OK
