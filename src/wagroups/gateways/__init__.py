"""HTTP gateways to WhatsApp.  Each folder is a stranger to the others; the engine knows them by `domain.ports`.

Here are their names alone, so that help and checks of files list them without importing one.
"""

from typing import Final

NAMES: Final = ("waha", "waxum")
"""The gateways of this package, as `registry` has them."""

ENTRY_POINTS: Final = "wagroups.gateways"
"""The group of entry points by which other packages offer theirs, each a `gateways.kind.GatewayKind`."""


def known_names() -> tuple[str, ...]:
    """The names of all gateways, ours first.  Those of other packages are read from their metadata; none is loaded."""
    from importlib.metadata import entry_points

    return (*NAMES, *sorted({point.name for point in entry_points(group=ENTRY_POINTS)} - set(NAMES)))
