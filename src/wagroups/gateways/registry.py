"""Every known kind of gateway, by the name that `gateway:` in `wagroups.yaml` uses.

A dictionary, so that a search for a name finds it, and importing has no effects.  Other packages add theirs by
the entry-point group `wagroups.gateways`, each naming a `GatewayKind`.
"""

from importlib.metadata import entry_points
from typing import Final

from wagroups.gateways import waha, waxum
from wagroups.gateways.kind import GatewayKind

KINDS: Final[dict[str, GatewayKind]] = {kind.name: kind for kind in (waha.KIND, waxum.KIND)}
ENTRY_POINTS: Final = "wagroups.gateways"


def kind_named(name: str) -> GatewayKind | None:
    """The kind of that name, ours first; `None` when nobody offers it."""
    if name in KINDS:
        return KINDS[name]
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            kind = point.load()
            return kind if isinstance(kind, GatewayKind) else None
    return None
