"""Pictures on WAHA, against exchanges recorded from a running one."""

import json
from base64 import b64decode
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.gateways.exchanges import Exchange, Scripted, connection, with_gateway
from tests.gateways.test_waha_recorded import ALL, ALPHA, ENGINES, GAMMA
from tests.gateways.waha_connected import greeting
from tests.images import png
from wagroups.domain.declared.picture import Glimpse, Picture
from wagroups.domain.errors import Rejected
from wagroups.domain.identity import GroupJid
from wagroups.domain.plans.operation import WritePicture
from wagroups.domain.ports import WholeGateway
from wagroups.gateways.waha.connection import connect
from wagroups.imaging import jpeg_of, likeness_of

PICTURE = Picture(path="crest.png", likeness=likeness_of(png()))
SENT = jpeg_of(png())


class Whatsapp(Scripted):
    """A WAHA that knows these exchanges, and WhatsApp's own server behind it."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "pps.whatsapp.net":
            assert "x-api-key" not in request.headers
            return httpx.Response(200, content=SENT)
        if request.method == "PUT":
            await request.aread()
            self.requests.append(request)
            [answer] = [each for each in self.exchanges if each.method == "PUT"]
            return answer.respond()
        return await super().handle_async_request(request)


def play(
    engine: str, act: Callable[[WholeGateway], Awaitable[object]], *exchanges: Exchange
) -> tuple[object, Whatsapp]:
    server = Whatsapp(*greeting(engine.upper(), session=engine), *exchanges)
    to = connection(server, session=engine, key="admin-key")._replace(pictures=lambda picture: SENT)
    return with_gateway(connect, to, act), server


def putting(group: GroupJid = ALPHA) -> Callable[[WholeGateway], Awaitable[object]]:
    return lambda gateway: gateway.perform(WritePicture(picture=PICTURE), group)


def looking(gateway: WholeGateway) -> Awaitable[object]:
    return gateway.glimpse(ALPHA)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_picture_is_put_up_as_the_bytes_of_a_file(engine: str) -> None:
    recorded = ALL[engine]["picture.put"]
    _, server = play(engine, putting(), recorded)
    sent = json.loads(server.requests[-1].content)
    assert isinstance(recorded.sent, dict)
    assert sent.keys() == recorded.sent.keys()
    assert sent["file"].keys() == recorded.sent["file"].keys()
    assert sent["file"]["mimetype"] == "image/jpeg"
    assert b64decode(sent["file"]["data"]) == SENT
    assert server.requests[-1].url.raw_path.decode() == recorded.target


@pytest.mark.parametrize("engine", ENGINES)
def test_a_picture_is_taken_away_by_its_own_route(engine: str) -> None:
    play(engine, lambda gateway: gateway.perform(WritePicture(picture=None), ALPHA), ALL[engine]["picture.delete"])


@pytest.mark.parametrize("engine", ENGINES)
def test_who_may_not_change_the_picture_is_refused(engine: str) -> None:
    with pytest.raises(Rejected) as caught:
        play(engine, putting(GAMMA), ALL[engine]["err.not-admin.picture"])
    assert caught.value.code == 403


@pytest.mark.parametrize("engine", ENGINES)
def test_the_address_is_asked_for_afresh_and_looked_at(engine: str) -> None:
    glimpse, _ = play(engine, looking, ALL[engine]["picture.get.refresh"])
    assert glimpse == Glimpse(likeness=likeness_of(SENT), there=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failure_that_waha_swallows_looks_like_no_picture(engine: str) -> None:
    glimpse, _ = play(engine, looking, ALL[engine]["err.rate-overlimit.picture"])
    assert glimpse == Glimpse()


def test_without_files_nothing_is_sent() -> None:
    server = Whatsapp(*greeting("GOWS", session="gows"))
    with pytest.raises(Rejected, match="no files"):
        with_gateway(connect, connection(server, session="gows", key="admin-key"), putting())
    assert all(request.method == "GET" for request in server.requests)
