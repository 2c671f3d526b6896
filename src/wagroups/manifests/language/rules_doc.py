"""The page that explains every rule, made from the table of rules and an example for each.

The examples are data, so that a test can hold every one against the loader: what is said to break a rule breaks it,
and what is said to mend it loads without a word.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Final

import yaml

from wagroups.domain._base import Value
from wagroups.manifests.language.rules import Rule

FILE: Final = "rule_examples.yaml"

_INTRODUCTION: Final = """\
# The rules

The messages of `wagroups validate`, by the id at the end of each message.  An error stops every verb before a
gateway is contacted; a warning is shown and stops nothing.  The examples belong to a project with the people `anna`,
`ben` and `carla` and an account `office`.  This page is generated from the program (`make docs`).
"""


class Example(Value):
    """What breaks a rule, and the same mended."""

    before: str
    after: str
    file: str = "groups.yaml"
    tables: dict[str, str] = {}  # noqa: RUF012 - pydantic copies it
    """The CSV files around it."""
    mended: dict[str, str] = {}  # noqa: RUF012 - pydantic copies it
    """Those that change, where the mistake is in a table."""
    in_ci: bool = False
    """Whether the rule holds in CI jobs alone."""


def examples() -> Mapping[str, Example]:
    """The example of each rule that has one, by its id; others need a file that cannot be shown, or a huge one."""
    text = (files("wagroups.manifests.language") / FILE).read_text(encoding="utf-8")
    return {rule: Example.model_validate(example) for rule, example in yaml.safe_load(text).items()}


def rules_page() -> str:
    """The page in Markdown."""
    shown = examples()
    lines = [_INTRODUCTION]
    for rule in Rule:
        lines += [f"## `{rule.id}`\n", f"{rule.severity.capitalize()}. {rule.explanation}\n"]
        if rule.id in shown:
            lines += _example(shown[rule.id])
    return "\n".join(lines)


def _example(example: Example) -> Iterator[str]:
    where = "" if example.file == "groups.yaml" else f" in `{example.file}`"
    yield f"Before{where}{', in a CI job' if example.in_ci else ''}:\n"
    yield from _block("yaml", example.before)
    for name, table in example.tables.items():
        yield f"With `{name}`:\n"
        yield from _block(_language(name), table)
    yield "After:\n"
    if example.after != example.before:
        yield from _block("yaml", example.after)
    for name, table in example.mended.items():
        yield f"`{name}`:\n"
        yield from _block(_language(name), table)


def _language(file: str) -> str:
    return "yaml" if file.endswith(".yaml") else "csv"


def _block(language: str, text: str) -> Iterator[str]:
    yield f"```{language}\n{text.rstrip()}\n```\n"
