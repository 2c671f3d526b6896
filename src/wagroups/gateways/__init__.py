"""HTTP gateways to WhatsApp.  Each folder is a stranger to the others; the engine knows them by `domain.ports`."""

from typing import Final

NAMES: Final = ("waha", "waxum")
"""The gateways of this package, as `registry` has them: here, so that help can list them without importing one."""
