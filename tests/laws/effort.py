"""How hard a law is tried: examples over HTTP are dear, so each says how many it can afford."""

from typing import Final

import pytest
from hypothesis import Phase, settings

from tests.rig import DIALECTS

WILD: Final = (
    settings.default is not None and settings.default.max_examples > settings.get_profile("steady").max_examples
)
TIMES: Final = 10 if WILD else 1

on_every_dialect = pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])


def examples(count: int) -> settings:
    """So many examples; ten times as many in the profile `wild`.

    A failing example is not made smaller: worlds come from seeds, and each try is a whole session.
    """
    return settings(max_examples=count * TIMES, phases=(Phase.explicit, Phase.generate))
