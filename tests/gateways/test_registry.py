"""The gateways of this repository stand in every list of them."""

import tomllib
from pathlib import Path
from pkgutil import iter_modules

from wagroups import gateways
from wagroups.gateways.registry import KINDS


def test_every_gateway_is_named_registered_and_a_stranger_to_the_others() -> None:
    ours = {module.name for module in iter_modules(gateways.__path__) if module.ispkg} - {"shared"}
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    (strangers,) = (one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "independence")
    assert tuple(KINDS) == gateways.NAMES
    assert set(KINDS) == ours
    assert strangers["modules"] == [f"wagroups.gateways.{name}" for name in KINDS]
