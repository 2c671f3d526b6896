"""A WAHA that answers from memory: what is measured is the client, so the server must cost nothing.

    python -m tests.bench.server LISTING

It prints its port and serves until its input ends.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Final

from tests.bench.corpus import KEY, ME, SESSION

_VERSION: Final = {"version": "2026.9.1", "engine": "NOWEB", "tier": "CORE"}
_SESSION: Final = {
    "name": SESSION,
    "status": "WORKING",
    "config": {"noweb": {"store": {"enabled": True, "fullSync": True}}},
    "me": {"id": f"{ME}@c.us", "lid": "900000000000001@lid"},
    "engine": {"engine": "NOWEB"},
}


class Responder:
    """Prepared answers by path, and a count of what was asked."""

    def __init__(self, listing: bytes) -> None:
        self._answers = {
            "/api/version": _answer(json.dumps(_VERSION).encode()),
            f"/api/sessions/{SESSION}": _answer(json.dumps(_SESSION).encode()),
            f"/api/{SESSION}/groups": _answer(listing),
        }
        self.asked: list[str] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client closes it."""
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ", 2)[1].decode()
                if path == "/asked":
                    writer.write(_answer(json.dumps(self.asked).encode()))
                    self.asked = []
                else:
                    self.asked.append(path)
                    writer.write(self._answers.get(path) or _answer(b"{}", b"404 Not Found"))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def _answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
    return head + body


async def _serve(listing: bytes) -> None:
    server = await asyncio.start_server(Responder(listing).talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    assert KEY
    asyncio.run(_serve(Path(sys.argv[1]).read_bytes()))
