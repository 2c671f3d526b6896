"""A fake WAHA in front of a simulated WhatsApp, in the manners of any of its four engines.

Written from the contract and from recorded exchanges, and never from the adapter, so that the two cannot share a
mistake.
"""

from typing import Final

from wagroups.simulation.gateways.waha.dialect import Timeouts, Waha
from wagroups.simulation.gateways.waha.engine import FakeEngine
from wagroups.simulation.gateways.waha.gows import Gows
from wagroups.simulation.gateways.waha.groups import GroupsController
from wagroups.simulation.gateways.waha.noweb import Noweb
from wagroups.simulation.gateways.waha.security import SecuritySettings
from wagroups.simulation.gateways.waha.surroundings import Surroundings
from wagroups.simulation.gateways.waha.version import NEWEST, Version
from wagroups.simulation.gateways.waha.webhooks import WahaWebhooks
from wagroups.simulation.gateways.waha.webjs import Webjs
from wagroups.simulation.gateways.waha.wpp import Wpp
from wagroups.simulation.server.app import Front
from wagroups.simulation.server.http import Router
from wagroups.simulation.world.world import World

ENGINES: Final[dict[str, type[FakeEngine]]] = {"noweb": Noweb, "gows": Gows, "webjs": Webjs, "wpp": Wpp}


def fake(
    world: World,
    *,
    dialect: str,
    session: str,
    key: str,
    version: str = NEWEST,
    patience: Timeouts | None = None,
    noweb_store: bool = True,
) -> Front:
    """A WAHA server of one engine (`noweb`, `gows`, `webjs`, `wpp`) with one session.

    `noweb_store` switches NOWEB's store off, which is that engine's default.  Raises KeyError for an engine that does
    not exist.
    """
    engine = Noweb(Version(version), store=noweb_store) if dialect == "noweb" else ENGINES[dialect](Version(version))
    waha = Waha(world, engine, session=session, key=key, patience=patience or Timeouts())
    webhooks = WahaWebhooks(waha)
    groups = webhooks.echoing([*GroupsController(waha).routes(), *SecuritySettings(waha).routes()])
    waha.router = Router([*Surroundings(waha).routes(), *webhooks.routes(), *groups])
    return Front(waha)
