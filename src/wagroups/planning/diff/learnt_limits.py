"""What a gateway turned out to lack: its own answer outweighs what is claimed for its version.

A server whose version cannot be read is taken for the newest.  Where it then answers that it has no such route, that is
remembered, and said in every plan in place of a change that would fail again.
"""

from wagroups.domain.live.capability import Capabilities
from wagroups.domain.live.memory import Memory


def as_met(claimed: Capabilities, memory: Memory) -> Capabilities:
    """What is claimed of the connection, without what it answered to lack in this very version."""
    return claimed.without(
        {
            aspect: f"this server answered on {lack.at:%Y-%m-%d} that it cannot do it; update it"
            for aspect, lack in memory.lacks.items()
            if lack.version == (claimed.version or "")
        }
    )
