"""Read YAML text first: every scalar stays as it was written, and every key and value keeps its place.

The C parser is used where PyYAML has it; the other one gives the same trees.
"""

from typing import Final, Protocol

import yaml

from wagroups.domain.declared.desired import Origin
from wagroups.domain.errors import UnreadableFile
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.invisible import seen
from wagroups.manifests.load.list_fast_path import LineRun, take_out
from wagroups.manifests.load.recognition import not_utf8, stand_in, unfinished_merge
from wagroups.manifests.load.tree import Node
from wagroups.manifests.load.yaml_builder import Builder, EventSource
from wagroups.manifests.load.yaml_errors import explain

BOM: Final = b"\xef\xbb\xbf"


class Parser(Protocol):
    """One of PyYAML's loaders."""

    def __call__(self, stream: bytes, /) -> EventSource: ...


PORTABLE: Final[Parser] = yaml.SafeLoader
FASTEST: Final[Parser] = getattr(yaml, "CSafeLoader", PORTABLE)


def load(data: bytes, file: str, findings: Findings, parser: Parser = FASTEST) -> Node:
    """The tree of one file; `None` when it is empty.

    Problems go to `findings`.  Of a file that breaks off, the entries that were complete before the break are
    returned, so that references to them from other files still hold.
    """
    if stand_in(data, "the manifest", Origin(file, 1), findings) or unfinished_merge(data, file, findings):
        findings.break_off(file)
        return None
    try:
        text = data.decode().removeprefix(BOM.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        at = Origin(file, line, error.start - data.rfind(b"\n", 0, error.start))
        not_utf8(data, error, at, "Save the file as UTF-8.", findings)
        findings.break_off(file)
        return None
    if BOM.decode() in text:  # a parser takes one in the middle, where files were put together, for no text
        index = text.index(BOM.decode())
        at = Origin(file, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))
        seen(BOM.decode(), at, findings)
        text = text.replace(BOM.decode(), "")
    short, runs = take_out(text)
    if runs:  # Unless the parser takes all of them for lists, nothing that was found counts.
        found = Findings()
        root = build(short, runs, file, found, parser)
        if not runs:
            findings.include(found)
            return root
    return build(text, {}, file, findings, parser)


def build(text: str, runs: dict[int, LineRun], file: str, findings: Findings, parser: Parser) -> Node:
    """The tree of a text, from which `runs` were taken out; those that belong into it are taken from them."""
    builder = Builder(file, findings, runs)
    try:
        builder.build(parser(text.encode()))
    # ValueError, OverflowError: PyYAML's own scanner hands an escape beyond Unicode to chr().
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        explain(error, text, file, findings)
        builder.drop_unfinished()
        findings.break_off(file)
    except UnreadableFile:
        builder.drop_unfinished()
        findings.break_off(file)
    return builder.root
