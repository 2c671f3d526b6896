"""Every known kind of gateway, by the name that `gateway:` in `wagroups.yaml` uses.

A dictionary, so that a search for a name finds it, and importing has no effects.  Other packages add theirs by
the entry-point group `wagroups.gateways`, each naming a `GatewayKind`.
"""

from importlib.metadata import EntryPoint, entry_points
from typing import Final

from wagroups.domain.errors import GatewayError
from wagroups.gateways import ENTRY_POINTS, waha, waxum
from wagroups.gateways.kind import GatewayKind

KINDS: Final[dict[str, GatewayKind]] = {kind.name: kind for kind in (waha.KIND, waxum.KIND)}


def kind_named(name: str) -> GatewayKind | None:
    """The kind of that name, ours first; `None` when nobody offers it.

    Raises GatewayError when the package that offers it cannot be used.
    """
    if name in KINDS:
        return KINDS[name]
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            return _loaded(point)
    return None


def _loaded(point: EntryPoint) -> GatewayKind:
    package = f"the package {point.dist.name} {point.dist.version}" if point.dist else point.value
    try:
        kind = point.load()
    except Exception as error:  # whatever the code of others raises while it is imported
        raise _unusable(point, f"{package} offers it and cannot be loaded ({type(error).__name__}: {error})") from error
    if not isinstance(kind, GatewayKind):
        raise _unusable(point, f"what {package} offers as {point.value} is not a GatewayKind")
    return kind


def _unusable(point: EntryPoint, why: str) -> GatewayError:
    hint = "Update that package, or install the version of wagroups that it was written for."
    return GatewayError(f"the gateway “{point.name}” cannot be used: {why}", hint=hint)
