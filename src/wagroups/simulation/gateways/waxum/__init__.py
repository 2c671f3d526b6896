"""A fake Waxum in front of a simulated WhatsApp.

Written from the contract, and never from the adapter, so that the two cannot share a mistake.
"""

from wagroups.simulation.gateways.waxum.contacts import Contacts
from wagroups.simulation.gateways.waxum.dialect import GroupShape, Waxum
from wagroups.simulation.gateways.waxum.groups import GroupHandlers
from wagroups.simulation.gateways.waxum.sessions import Sessions
from wagroups.simulation.gateways.waxum.webhooks import SignatureVersion, WaxumWebhooks
from wagroups.simulation.server.app import Front
from wagroups.simulation.server.http import Router
from wagroups.simulation.world.world import World


def fake(
    world: World,
    *,
    dialect: str = "waxum",
    session: str,
    key: str,
    reads_description_id: bool = False,
    shape: GroupShape = "observed",
    signature: SignatureVersion = "v1",
) -> Front:
    """A Waxum 0.9.1 server with one session.

    With `reads_description_id` it behaves like a later library, which changes an existing description without
    being told its id; with the `signature` v2 it signs webhooks as 0.9.8 does.  The `shape` of what it shows of groups
    and numbers is the one that its code was seen to write, or the one that its documentation shows.
    """
    waxum = Waxum(world, session=session, key=key, reads_description_id=reads_description_id, shape=shape)
    parts = (Sessions(waxum), Contacts(waxum), GroupHandlers(waxum), WaxumWebhooks(waxum, signature))
    waxum.router = Router([route for part in parts for route in part.routes()])
    return Front(waxum)
