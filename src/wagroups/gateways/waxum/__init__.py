"""Waxum (imtaqin/waxum): a gateway in Rust over whatsapp-rust."""

from types import MappingProxyType
from typing import Final

from wagroups.gateways.kind import GatewayKind, fake_in
from wagroups.gateways.waxum.claims import newest, oldest
from wagroups.gateways.waxum.connection import connect
from wagroups.gateways.waxum.events import EVENTS

KIND: Final = GatewayKind(
    name="waxum",
    dialects=("waxum",),
    connect=connect,
    claims=newest,
    fake=fake_in("wagroups.simulation.gateways.waxum"),
    oldest=oldest,
    titles=MappingProxyType({"waxum": "Waxum"}),
    events=EVENTS,
)
