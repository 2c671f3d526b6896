"""A matrix of words: every combination of them, without those that are left out."""

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final, TypeAlias

from wagroups.manifests.language.diagnostics import shown
from wagroups.manifests.language.fields import MAX_GENERATED
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.tree import Map
from wagroups.manifests.load.validation import Choice, Listed, Mapped, Reader
from wagroups.manifests.resolve.templates import Row

_Accepted: TypeAlias = Mapping[str, frozenset[str]]
"""Words by column: a combination fits when each of these columns holds one of its words."""

_EXAMPLE: Final = "Example: [{year: 5, club: choir}]"


def combinations(matrix: Mapped, excluded: Listed | None, reader: Reader) -> list[Row] | None:
    """Every combination that is not left out, in the order of the words; `None` after a finding."""
    choices = reader.columns(matrix)
    if choices is None:
        return None
    size = math.prod(len(choice.words) for choice in choices)
    if size > MAX_GENERATED:
        reader.findings.add(
            Rule.TOO_LARGE, matrix.origin, f"The matrix has {size:,} combinations.", f"The most is {MAX_GENERATED:,}."
        )
        return None
    left_out = [] if excluded is None else _exceptions(excluded, choices, reader)
    if left_out is None:
        return None
    names = [choice.column.text.casefold() for choice in choices]
    rows = (
        dict(zip(names, words, strict=True))
        for words in product(*([word.text for word in choice.words] for choice in choices))
    )
    return [row for row in rows if not any(_fits(row, exception) for exception in left_out)]


def _fits(row: Row, accepted: _Accepted) -> bool:
    return all(row[column].casefold() in words for column, words in accepted.items())


def _exceptions(excluded: Listed, choices: Sequence[Choice], reader: Reader) -> list[_Accepted] | None:
    """Every exception of the list; `None` after a finding, such as one that is not in the matrix."""
    known = {choice.column.text.casefold(): choice for choice in choices}
    accepted: list[_Accepted] = []
    for index, item in enumerate(excluded.items):
        at = excluded.items.origin(index)
        if not isinstance(item, Map) or not item:
            reader.findings.add(Rule.SHAPE, at, "Each exception is a set of columns with their words.", _EXAMPLE)
            continue
        exception = reader.columns(Mapped(item, at))
        if exception is not None and all(_is_known(choice, known, reader) for choice in exception):
            accepted.append(
                {
                    choice.column.text.casefold(): frozenset(word.text.casefold() for word in choice.words)
                    for choice in exception
                }
            )
    return accepted if len(accepted) == len(excluded.items) else None


def _is_known(exception: Choice, known: Mapping[str, Choice], reader: Reader) -> bool:
    column = exception.column
    choice = known.get(column.text.casefold())
    if choice is None:
        reader.findings.unknown_column(column.text, (each.column.text for each in known.values()), column.origin)
        return False
    words = {word.text.casefold() for word in choice.words}
    for word in exception.words:
        if word.text.casefold() not in words:
            reader.findings.add(
                Rule.COMBINATION,
                word.origin,
                f"{shown(word.text, 'this word')} is not among the words of "
                f"{shown(choice.column.text, 'this column')}.",
                "Correct the word, or delete the exception.",
                reader.findings.nearest(word.text, words),
            )
            return False
    return True
