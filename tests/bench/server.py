"""A WAHA that answers from memory: what is measured is the client, so the server must cost nothing.

    python -m tests.bench.server LISTING

It prints its port and serves until its input ends.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from tests.bench.corpus import ME, SESSION

LISTING: Final = f"/api/{SESSION}/groups"
VERSION_ANSWER: Final = json.dumps({"version": "2026.9.1", "engine": "NOWEB", "tier": "CORE"}).encode()
SESSION_ANSWER: Final = json.dumps(
    {
        "name": SESSION,
        "status": "WORKING",
        "config": {"noweb": {"store": {"enabled": True, "fullSync": True}}},
        "me": {"id": f"{ME}@c.us", "lid": "900000000000001@lid"},
        "engine": {"engine": "NOWEB"},
    }
).encode()


class Responder:
    """Prepared answers by path."""

    def __init__(self, listing: bytes) -> None:
        self._answers = {
            "/api/version": _answer(VERSION_ANSWER),
            f"/api/sessions/{SESSION}": _answer(SESSION_ANSWER),
            LISTING: _answer(listing),
        }
        # For pages, in the order that WAHA gives them with `sortBy=id`.
        self._records = sorted(json.loads(listing).items())

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client closes it."""
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                asked = urlsplit(request.split(b" ", 2)[1].decode())
                query = parse_qs(asked.query)
                if asked.path == LISTING and "limit" in query:
                    writer.write(self._page(int(query["offset"][0]), int(query["limit"][0])))
                else:
                    writer.write(self._answers.get(asked.path) or _answer(b"{}", b"404 Not Found"))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _page(self, offset: int, limit: int) -> bytes:
        return _answer(json.dumps(dict(self._records[offset : offset + limit])).encode())


def _answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
    return head + body


async def _serve(listing: bytes) -> None:
    server = await asyncio.start_server(Responder(listing).talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]).read_bytes()))
