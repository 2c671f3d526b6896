"""HTTP gateways to WhatsApp.  Each folder is a stranger to the others; the engine knows them by `domain.ports`."""

import sys

# httpx imports its own command line, and with it rich, where that is installed: three quarters of its import (measured
# 2026-11).  It does without where the import fails.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
