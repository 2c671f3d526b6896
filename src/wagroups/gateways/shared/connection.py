"""Where an account's gateway is, and what its adapter is given."""

from typing import TYPE_CHECKING, NamedTuple

from wagroups.domain.identity import AccountKey, Secret
from wagroups.domain.ports import Clock, PictureFiles

if TYPE_CHECKING:
    from httpx import AsyncBaseTransport


class Connection(NamedTuple):
    """Where an account's gateway is and how to be let in."""

    account: AccountKey
    url: str
    """`http://host:port`; a path before the gateway's own is kept."""
    key: Secret
    session: str
    clock: Clock
    transport: "AsyncBaseTransport | None" = None
    """What carries the requests instead of the network: the one seam below an adapter, for tests."""
    pictures: PictureFiles | None = None
    """Where the bytes of declared pictures come from; `None` where none is ever put up."""
    key_from: str = "the account's key_env: it names no variable"
    """Where the key was read, to follow “check …”."""
