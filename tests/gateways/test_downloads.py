"""Looking at a picture whose address somebody else wrote."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from tests.gateways.exchanges import connection
from tests.images import png
from wagroups.domain.declared.picture import Glimpse
from wagroups.gateways.shared.downloads import MAX_BYTES, Downloads
from wagroups.imaging import likeness_of

ON_WHATSAPP = "https://pps.whatsapp.net/v/t61/1_2.jpg?oh=abc&oe=def"
SEEN = Glimpse(likeness=likeness_of(png()))


class Server:
    """Answers every request in one way and remembers them."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)

    def glimpse(self, address: str, gateway: str = "http://localhost:3000") -> Glimpse:
        async def run() -> Glimpse:
            downloads = Downloads(connection(httpx.MockTransport(self), url=gateway))
            try:
                return await downloads.glimpse(address)
            finally:
                await downloads.close()

        return asyncio.run(run())


def serving(content: bytes, status: int = 200, **headers: str) -> Server:
    return Server(lambda request: httpx.Response(status, content=content, headers=headers))


@pytest.mark.parametrize(
    ("address", "gateway"),
    [
        (ON_WHATSAPP, "http://localhost:3000"),
        ("https://media-fra3-1.cdn.whatsapp.net/v/1.jpg", "http://localhost:3000"),
        ("http://localhost:3000/files/1.jpg", "http://localhost:3000"),
        ("https://waha.example/files/1.jpg", "https://waha.example:443"),
    ],
)
def test_a_picture_is_looked_at_on_whatsapps_servers_and_on_the_gateway_without_the_key(
    address: str, gateway: str
) -> None:
    server = serving(png())
    assert server.glimpse(address, gateway) == SEEN
    [request] = server.requests
    assert "x-api-key" not in request.headers
    assert "authorization" not in request.headers
    assert "key" not in request.headers.values()


@pytest.mark.parametrize(
    "address",
    [
        "http://pps.whatsapp.net/v/1.jpg",
        "https://pps.whatsapp.net:8443/v/1.jpg",
        "https://whatsapp.net.example/1.jpg",
        "https://evilwhatsapp.net/1.jpg",
        "https://pps.whatsapp.net@intranet.example/1.jpg",
        "https://someone:secret@pps.whatsapp.net/1.jpg",
        "http://localhost:3001/1.jpg",
        "https://localhost:3000/1.jpg",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/hostname",
        "//pps.whatsapp.net/1.jpg",
        "1.jpg",
        "https://[::1",
    ],
)
def test_nobody_else_is_asked(address: str) -> None:
    server = serving(png())
    glimpse = server.glimpse(address)
    assert glimpse.likeness is None
    assert "address" in glimpse.trouble
    assert server.requests == []


def test_a_redirect_is_not_followed() -> None:
    server = serving(b"", 302, location="https://pps.whatsapp.net/other.jpg")
    assert server.glimpse(ON_WHATSAPP) == Glimpse(trouble="its download was answered 302")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [403, 404, 410, 500])
def test_an_address_that_expired_is_trouble_and_no_absence(status: int) -> None:
    assert serving(png(), status).glimpse(ON_WHATSAPP) == Glimpse(trouble=f"its download was answered {status}")


def test_no_more_is_read_than_a_picture_has() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield b"\0" * 65_536

    server = Server(lambda request: httpx.Response(200, content=endless()))
    assert server.glimpse(ON_WHATSAPP) == Glimpse(trouble="it is larger than 2 MB")
    assert read <= MAX_BYTES + 2 * 65_536


def test_what_is_no_image_is_trouble() -> None:
    page = serving(b"<html>sign in</html>")
    assert page.glimpse(ON_WHATSAPP) == Glimpse(trouble="what was downloaded is no image")


@pytest.mark.parametrize("error", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")])
def test_a_connection_that_fails_is_trouble_and_raises_nothing(error: httpx.HTTPError) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    assert Server(fail).glimpse(ON_WHATSAPP) == Glimpse(trouble="its download failed")


def test_what_is_told_never_quotes_the_address() -> None:
    for server in (serving(b"", 403), serving(b"x")):
        assert "oh=abc" not in server.glimpse(ON_WHATSAPP).trouble
