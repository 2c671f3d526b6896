"""WAHA (devlikeapro/waha): one HTTP interface over four WhatsApp engines."""

from types import MappingProxyType
from typing import Final

from wagroups.gateways.kind import GatewayKind, fake_in
from wagroups.gateways.waha.claims import newest, oldest
from wagroups.gateways.waha.connection import connect
from wagroups.gateways.waha.events import EVENTS

KIND: Final = GatewayKind(
    name="waha",
    dialects=("noweb", "gows", "webjs", "wpp"),
    connect=connect,
    claims=newest,
    fake=fake_in("wagroups.simulation.gateways.waha"),
    titles=MappingProxyType({"noweb": "WAHA NOWEB", "gows": "WAHA GOWS", "webjs": "WAHA WEBJS", "wpp": "WAHA WPP"}),
    oldest=oldest,
    events=EVENTS,
)
