"""A fake WAHA in front of a simulated WhatsApp, in the manners of any of its four engines.

Written from the contract and from recorded exchanges, and never from the adapter, so that the two cannot share a
mistake.
"""

from typing import Final

from wagroups.gateways.waha.fake.dialect import Timeouts, Waha
from wagroups.gateways.waha.fake.engine import FakeEngine
from wagroups.gateways.waha.fake.gows import Gows
from wagroups.gateways.waha.fake.groups import GroupsController
from wagroups.gateways.waha.fake.noweb import Noweb
from wagroups.gateways.waha.fake.security import SecuritySettings
from wagroups.gateways.waha.fake.surroundings import Surroundings
from wagroups.gateways.waha.fake.version import NEWEST, Version
from wagroups.gateways.waha.fake.webhooks import WahaWebhooks
from wagroups.gateways.waha.fake.webjs import Webjs
from wagroups.gateways.waha.fake.wpp import Wpp
from wagroups.simulation.front import Front
from wagroups.simulation.http import Router
from wagroups.simulation.world import World

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
