"""Asking a fake without a network."""

import asyncio
from dataclasses import dataclass

import httpx

from wagroups.simulation.server.app import Front

KEY = "a-key"
SESSION = "office"


@dataclass(frozen=True)
class Asker:
    """A client of a fake in this process."""

    app: Front
    headers: dict[str, str]
    base: str = ""
    """What every path begins with."""

    def __call__(self, method: str, path: str, body: object = None) -> httpx.Response:
        return self.raw(method, self.base + path, body)

    def raw(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask for a whole path."""
        return asyncio.run(self._send(method, path, body))

    async def _send(self, method: str, path: str, body: object) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fake", headers=self.headers) as client:
            return (
                await client.request(method, path, json=body)
                if body is not None
                else await client.request(method, path)
            )
