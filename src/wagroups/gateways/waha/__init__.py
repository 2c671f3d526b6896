"""WAHA (devlikeapro/waha): one HTTP interface over four WhatsApp engines."""

from typing import TYPE_CHECKING, Final

from wagroups.gateways.kind import GatewayKind
from wagroups.gateways.waha.claims import newest
from wagroups.gateways.waha.connecting import connect

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from wagroups.simulation.world import World


def _fake(world: "World", *, dialect: str, session: str, key: str) -> "ASGIApp":
    from wagroups.gateways.waha.fake import fake

    return fake(world, dialect=dialect, session=session, key=key)


KIND: Final = GatewayKind(
    name="waha", dialects=("noweb", "gows", "webjs", "wpp"), connect=connect, claims=newest, fake=_fake
)
