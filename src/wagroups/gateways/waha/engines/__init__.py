"""One wire table for each of WAHA's engines: pure functions from JSON to the domain."""

from types import MappingProxyType
from typing import Final

from wagroups.gateways.waha.engines.engine import Engine
from wagroups.gateways.waha.engines.gows import GOWS
from wagroups.gateways.waha.engines.noweb import NOWEB
from wagroups.gateways.waha.engines.webjs import WEBJS
from wagroups.gateways.waha.engines.wpp import WPP

ENGINES: Final = MappingProxyType({engine.name: engine for engine in (NOWEB, GOWS, WEBJS, WPP)})

__all__ = ["ENGINES", "Engine"]
