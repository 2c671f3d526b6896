"""What a gateway's folder offers: how to connect, what it claims, and a fake of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from wagroups.domain.live.capability import Capabilities
from wagroups.domain.ports import Gateway
from wagroups.gateways.shared.connection import Connection
from wagroups.gateways.shared.events import Events

if TYPE_CHECKING:  # the simulation is heavy, and only the sandbox and the tests need it
    from starlette.types import ASGIApp

    from wagroups.simulation.world.world import World


class Fake(Protocol):
    """Builds the gateway's real HTTP dialect in front of a simulated WhatsApp."""

    def __call__(self, world: "World", *, dialect: str, session: str, key: str) -> "ASGIApp": ...


def fake_in(module: str) -> Fake:
    """The function `fake` of `module`, imported when it is called: simulations are heavy and seldom needed."""

    def fake(world: "World", *, dialect: str, session: str, key: str) -> "ASGIApp":
        build: Fake = import_module(module).fake
        return build(world, dialect=dialect, session=session, key=key)

    return fake


@dataclass(frozen=True, slots=True)
class GatewayKind:
    """One kind of gateway.  `dialects` are the shapes its servers answer in: WAHA's engines, or just one."""

    name: str
    dialects: tuple[str, ...]
    connect: Callable[[Connection], Awaitable[Gateway]]
    """Ask the server what it is, check the session, learn the account's own ids.  Raises a GatewayError."""
    claims: Callable[[str], Capabilities]
    """What the newest known version of a dialect can do."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """What people call each dialect, where that is not its name."""
    fake: Fake | None = None
    """Its simulation, for the sandbox and for tests; `None` where nobody wrote one."""
    oldest: Callable[[str], Capabilities] | None = None
    """What a version of a dialect can do that is older than every route that came later; `None` = as the newest."""
    events: Events | None = None
    """How its webhooks are read; `None` for a gateway that tells of nothing."""
