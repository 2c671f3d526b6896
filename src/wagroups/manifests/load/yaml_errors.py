"""Say what a YAML parser means, in words of the person who wrote the file.

The two parsers of PyYAML word and place the same mistake differently, so the cause is read from the line itself
where that is possible.
"""

import re
from typing import Final, NamedTuple

import yaml
from yaml.reader import Reader

from wagroups.domain.declared.desired import Origin
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.invisible import misplaced, wide_blank_of
from wagroups.manifests.language.rules import Rule


class _Cause(NamedTuple):
    rule: Rule
    message: str
    help: str


_TAB: Final = _Cause(Rule.TAB, "A tab is used for indentation.", "Indent with two spaces for each level.")
_COLON: Final = _Cause(
    Rule.COLON,
    "Text that contains a colon and a space needs quotes.",
    'Put the text in quotes: subject: "Class 5B: parents".',
)
_AT: Final = _Cause(
    Rule.RESERVED, "Text cannot begin with `@`.", "Write the alias without `@`, or put the text in quotes."
)
_RESERVED: Final = _Cause(Rule.RESERVED, "Text cannot begin with this character.", "Put the text in quotes.")
_STAR: Final = _Cause(
    Rule.STAR, "`*` and `&` must be followed by a name.", "Put the text in quotes if the character is meant."
)
_DEEPER: Final = _Cause(
    Rule.SYNTAX,
    "This line is indented as if it belonged to the line before, which already has a value.",
    "Indent it like the other keys of the same level.",
)
_INDENT: Final = _Cause(
    Rule.SYNTAX,
    "The indentation does not match the lines before.",
    "Keys of one level, and the hyphens of one list, must be exactly below each other.",
)
_QUOTE: Final = _Cause(
    Rule.SYNTAX, "The quotation mark that opens here is never closed.", "Close it with the same mark."
)
_BRACKET: Final = _Cause(
    Rule.SYNTAX,
    "The bracket that opens here is not closed, or a comma is missing.",
    "Close it, or write one entry per line, beginning with `- `.",
)
_ESCAPE: Final = _Cause(
    Rule.SYNTAX,
    "After a backslash in double quotes, only certain letters are allowed.",
    "Use single quotes, or write the backslash twice.",
)
_CONTROL: Final = _Cause(Rule.SYNTAX, "There is a control character in the file.", "Delete it and type the text again.")
_OTHER: Final = _Cause(Rule.SYNTAX, "This is not valid YAML.", "Compare the line with those around it.")

_INDENTATION: Final = re.compile(r"[ \t]*")


def explain(error: Exception, text: str, file: str, findings: Findings) -> None:
    """Add the finding for an error that a parser raised over `text`."""
    if isinstance(error, yaml.reader.ReaderError):
        found = Reader.NON_PRINTABLE.search(text)
        index = found.start() if found else 0
        origin = Origin(file, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))
        findings.add(_CONTROL.rule, origin, _CONTROL.message, _CONTROL.help)
        return
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        findings.add(_OTHER.rule, Origin(file, 1, 1), _OTHER.message, _OTHER.help)
        return
    lines = text.splitlines()
    mark = error.problem_mark
    line = lines[mark.line] if mark.line < len(lines) else ""
    blank = next(filter(None, map(wide_blank_of, lines[max(0, mark.line - 1) : mark.line + 1])), None)
    if blank is not None:
        number = mark.line + 1 if wide_blank_of(line) else mark.line
        column = lines[number - 1].index(blank) + 1
        findings.add(
            Rule.INVISIBLE_BLANK, Origin(file, number, column), misplaced(blank), "Delete it, and type a space."
        )
        return
    cause = _cause(error.context or "", error.problem or "", line, mark.column)
    if cause in (_QUOTE, _BRACKET) and error.context_mark is not None:
        mark = error.context_mark
    findings.add(cause.rule, Origin(file, mark.line + 1, mark.column + 1), cause.message, cause.help)


def _cause(context: str, problem: str, line: str, column: int) -> _Cause:
    indentation = _INDENTATION.match(line)
    assert indentation is not None  # the pattern matches the empty text
    character = line[column : column + 1]
    if "\t" in indentation.group() or character == "\t":
        return _TAB
    if "mapping values are not allowed" in problem:
        return _COLON if ": " in line[:column] else _DEEPER
    if "cannot start any token" in problem:
        return _AT if character == "@" else _RESERVED
    if "anchor" in context or "alias" in context:
        return _STAR
    if "escape" in problem:
        return _ESCAPE
    if "quoted scalar" in context or "double-quoted" in context or "single-quoted" in context:
        return _QUOTE
    if "flow" in context:
        return _BRACKET
    if "block" in context or "simple key" in context:
        return _INDENT
    return _OTHER
