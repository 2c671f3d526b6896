"""Waxum (imtaqin/waxum): a gateway in Rust over whatsapp-rust."""

from typing import TYPE_CHECKING, Final

from wagroups.gateways.kind import GatewayKind
from wagroups.gateways.waxum.claims import newest
from wagroups.gateways.waxum.connecting import connect

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from wagroups.simulation.world import World


def _fake(world: "World", *, dialect: str, session: str, key: str) -> "ASGIApp":
    from wagroups.gateways.waxum.fake import fake

    return fake(world, dialect=dialect, session=session, key=key)


KIND: Final = GatewayKind(name="waxum", dialects=("waxum",), connect=connect, claims=newest, fake=_fake)
