"""What each kind of removal counts for: the table of the safety rules, written out once more."""

import pytest

from wagroups.domain.plans.removal import COUNTS, Limit, RemovalKind, counts

TABLE = """
               max-removals  max-removal-percent  small-group  emptied  declared-shrank  exchange
undeclared     counts        counts               counts       counts   counts           counts
past-end       counts        counts               counts       counts   counts           counts
foreseen-end   free          free                 counts       counts   free             free
former-number  free          free                 free         free     free             free
denied         free          free                 free         free     free             free
"""


def rows() -> list[tuple[str, str, bool]]:
    limits, *kinds = (line.split() for line in TABLE.strip().splitlines())
    return [
        (kind, limit, word == "counts") for kind, *words in kinds for limit, word in zip(limits, words, strict=True)
    ]


@pytest.mark.parametrize(("kind", "limit", "counted"), rows())
def test_a_removal_counts_as_the_table_says(kind: str, limit: str, counted: bool) -> None:
    assert counts(RemovalKind(kind), Limit(limit)) is counted


def test_the_table_has_every_kind_and_every_limit() -> None:
    assert {(RemovalKind(kind), Limit(limit)) for kind, limit, _ in rows()} == {(k, li) for k in COUNTS for li in Limit}


@pytest.mark.parametrize("limit", Limit)
def test_an_end_counts_for_nothing_where_the_approved_plan_said_that_nobody_would_be_left(limit: Limit) -> None:
    assert not counts(RemovalKind.FORESEEN_END, limit, said_empty=True)
    assert counts(RemovalKind.UNDECLARED, limit, said_empty=True)
