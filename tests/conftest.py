"""One way to run properties: the same examples every time, unless somebody goes looking for new ones.

`HYPOTHESIS_PROFILE=wild pytest tests/laws` draws other examples, and more of them.
"""

import os

from hypothesis import HealthCheck, settings

QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large)
"""An example may be a whole session over HTTP; nothing is learnt from being told that it takes a while."""

settings.register_profile("steady", derandomize=True, deadline=None, database=None, suppress_health_check=QUIET)
settings.register_profile("wild", deadline=None, max_examples=200, suppress_health_check=QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
