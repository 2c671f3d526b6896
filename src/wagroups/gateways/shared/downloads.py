"""Download a live group's picture to see how it looks.

The address comes from a gateway's answer, so it is treated as a stranger's: only WhatsApp's own servers and the
gateway itself are asked, without the account's key, without following a redirect, and only so many bytes are read.
"""

import asyncio
from typing import TYPE_CHECKING, Final

import httpx

from wagroups import __version__
from wagroups.domain.address import is_this_machine
from wagroups.domain.declared.picture import Glimpse
from wagroups.domain.errors import ImageError
from wagroups.gateways.shared.http import CONNECT_TIMEOUT_S
from wagroups.imaging import likeness_of

if TYPE_CHECKING:
    from wagroups.gateways.shared.connection import Connection

MEDIA_DOMAIN: Final = "whatsapp.net"
"""Pictures are served from hosts below it: `pps.whatsapp.net` (recorded 2026-11-22), `media-….cdn.whatsapp.net`."""

MAX_BYTES: Final = 2 * 1024 * 1024
"""Chosen: WhatsApp's pictures of groups have some 100 kB."""

TOTAL_TIMEOUT_S: Final = 30.0
"""Chosen: a picture is small, and one that cannot be seen is no harm."""


class Downloads:
    """Looks at pictures, for one account."""

    def __init__(self, connection: "Connection") -> None:
        self._gateway = httpx.URL(connection.url)
        self._transport = connection.transport
        self._clients: dict[bool, httpx.AsyncClient] = {}

    async def glimpse(self, address: str) -> Glimpse:
        """How the picture at `address` looks, or why that cannot be said.  Never raises."""
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL:
            return Glimpse(trouble="its address cannot be read")
        if not self._is_allowed(url):
            return Glimpse(trouble="its address is neither WhatsApp's nor the gateway's")
        try:
            async with asyncio.timeout(TOTAL_TIMEOUT_S):
                return await self._download(url)
        except (httpx.HTTPError, httpx.StreamError, TimeoutError):
            return Glimpse(trouble="its download failed")
        except ImageError:
            return Glimpse(trouble="what was downloaded is no image")

    def _is_allowed(self, url: httpx.URL) -> bool:
        if url.userinfo:
            return False
        own = self._gateway
        if (url.scheme, url.host, url.port) == (own.scheme, own.host, own.port):
            return True
        return url.scheme == "https" and url.port is None and url.host.endswith(f".{MEDIA_DOMAIN}")

    async def _download(self, url: httpx.URL) -> Glimpse:
        async with self._connected(url).stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                return Glimpse(trouble=f"its download was answered {response.status_code}")
            data = bytearray()
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > MAX_BYTES:
                    return Glimpse(trouble=f"it is larger than {MAX_BYTES // 1024**2} MB")
        return Glimpse(likeness=likeness_of(bytes(data)))

    def _connected(self, url: httpx.URL) -> httpx.AsyncClient:
        """The client for this machine or for the rest, made when needed: most accounts declare no picture."""
        here = is_this_machine(url.host)
        if here not in self._clients:
            self._clients[here] = httpx.AsyncClient(
                headers={"User-Agent": f"wagroups/{__version__}"},
                timeout=httpx.Timeout(TOTAL_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
                follow_redirects=False,
                transport=self._transport,
                # As for the gateway: a proxy of the environment must not see what this machine asks itself.
                trust_env=not here,
            )
        return self._clients[here]

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()
