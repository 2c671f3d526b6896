"""A gateway's address: what is wrong with one, and whether it is this machine.

Decided once, because three things hang on it: which address a pull request may write, where the profile without
pauses may be used, and whether a proxy may see a key.
"""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

EXAMPLE: Final = "http://localhost:3000"


def address_fault(url: str) -> str | None:
    """What is wrong with a gateway's address, to follow “it …”; `None` when nothing is.

    Never repeats the address, which may hold a password.
    """
    if not url.strip():
        return "is empty"
    if any(sign.isspace() or not sign.isprintable() for sign in url):
        return "contains a space or a line break"
    if not url.lower().startswith(("http://", "https://")):
        return "does not begin with http:// or https://"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "has an impossible host or port"
    if "@" in parts.netloc:
        return "contains a user name or a password; the API key belongs in the variable named by `key_env`"
    if not host or port == 0:
        return "does not name a host" if not host else "has an impossible port"
    if parts.query or parts.fragment:
        return "contains a `?` or a `#`"
    return None


def host_of(url: str) -> str:
    """The host of an address without a fault, without brackets, in lower case."""
    return urlsplit(url).hostname or ""


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine by definition, without asking a resolver.

    Other names below `.localhost` are not: some resolvers ask the network for them (RFC 6761, 6.3 leaves it open).
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
