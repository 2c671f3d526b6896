"""What was asked for, read from a command line that may be wrong: an error must know its own form."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Final

_OUTPUT: Final = re.compile(r"(?:-[qv]*o|--output)(?:=?(?P<format>.+))?")


def json_on_stdout(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> bool:
    """Whether stdout is to be one JSON document, asked of a command line that may be wrong."""
    environ = os.environ if environ is None else environ
    words = list(arguments)
    outputs = 0
    for index, word in enumerate(words):
        match = _OUTPUT.fullmatch(word)
        if match is None:
            continue
        outputs += 1
        after = index + (1 if match["format"] else 2)
        named = match["format"] or (words[index + 1] if index + 1 < len(words) else "")
        follows = words[after] if after < len(words) else ""
        elsewhere = follows.startswith("--to=") or (follows == "--to" and words[after + 1 : after + 2] != ["-"])
        if named == "json" and not elsewhere:
            return True
    if outputs:
        return False
    return any(
        re.fullmatch(r"WAGROUPS_([A-Z]+_)?OUTPUT", name) and "json" in value.split() for name, value in environ.items()
    )


def verbosity_asked(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """How often `-v` was given, or what a variable says in its place."""
    environ = os.environ if environ is None else environ
    given = sum(
        1 if argument == "--verbose" else argument.count("v")
        for argument in arguments
        if re.fullmatch(r"-q*v[qv]*|--verbose", argument)
    )
    said = [value for name, value in environ.items() if re.fullmatch(r"WAGROUPS_([A-Z]+_)?VERBOSE", name)]
    return given or max((int(value) for value in said if value.isascii() and value.isdigit()), default=0)
