"""Where the examples are: inside an installed package, beside the sources in a checkout."""

from pathlib import Path
from typing import Final

import wagroups
from wagroups.domain.errors import WagroupsError

_PACKAGE: Final = Path(wagroups.__file__).parent
_PLACES: Final = (_PACKAGE / "examples", _PACKAGE.parents[1] / "examples")


def example(name: str) -> Path:
    """The folder of an example.  Raises WagroupsError when this installation has none."""
    for place in _PLACES:
        if (place / name).is_dir():
            return place / name
    raise WagroupsError(
        f"the example {name} is missing from this installation", hint="Install wagroups again, from its wheel."
    )
