"""What the whole suite shares: one way to run properties, and one PostgreSQL server a worker.

Properties see the same examples every time, unless somebody goes looking for new ones:
`HYPOTHESIS_PROFILE=wild pytest tests/laws` draws others, and more of them.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import Missing, Server, serving

QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large)
"""An example may be a whole session over HTTP; nothing is learnt from being told that it takes a while."""

settings.register_profile("steady", derandomize=True, deadline=None, database=None, suppress_health_check=QUIET)
settings.register_profile("wild", deadline=None, max_examples=200, suppress_health_check=QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real server, started when the first test asks for it."""
    try:
        with serving() as server:
            yield server
    except Missing as error:
        pytest.skip(f"no PostgreSQL: {error}")
