"""What can go wrong with one request, whoever answers it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.gateways.exchanges import NOW, connection
from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Throttled, Unanswered
from wagroups.gateways.shared import http as module
from wagroups.gateways.shared.http import Http
from wagroups.gateways.shared.response import MAX_EXCERPT, Response, excerpt

KEY = "a-very-secret-key"


class Server(httpx.AsyncBaseTransport):
    """Answers every request alike, or fails."""

    def __init__(self, response: httpx.Response | Exception) -> None:
        self.response = response
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if isinstance(self.response, Exception):
            raise self.response
        return self.response


def ask(response: httpx.Response | Exception, *, url: str = "http://localhost:3000", **options: object) -> Response:
    async def run() -> Response:
        to = connection(Server(response), key=KEY, url=url)
        http = Http(to, headers={"X-Api-Key": KEY}, read_timeout=5)
        try:
            return await http.ask("PUT", "/api/x", doing="set the subject", json=options.get("json"))
        finally:
            await http.close()

    return asyncio.run(run())


def common_failure(answer: httpx.Response) -> GatewayError | None:
    async def run() -> GatewayError | None:
        http = Http(connection(Server(answer), key=KEY), headers={}, read_timeout=5)
        try:
            return http.common_failure(await http.ask("PUT", "/x", doing="set the subject"), "set the subject")
        finally:
            await http.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("All connection attempts failed"),
        httpx.ConnectError("[Errno -2] Name or service not known"),
        httpx.ConnectError(str(ssl.SSLCertVerificationError("certificate verify failed"))),
        httpx.ConnectTimeout("slow"),
        httpx.ProxyError("407"),
        httpx.PoolTimeout("busy"),
        httpx.LocalProtocolError("illegal header"),
    ],
)
def test_what_never_left_is_not_sent(error: Exception) -> None:
    with pytest.raises(NotSent) as caught:
        ask(error)
    assert type(caught.value) is NotSent
    assert caught.value.hint


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("slow"),
        httpx.WriteTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("broken pipe"),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
    ],
)
def test_what_may_have_arrived_is_unanswered(error: Exception) -> None:
    with pytest.raises(Unanswered):
        ask(error)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("certificate verify failed", "SSL_CERT_FILE"),
        ("[Errno -2] Name or service not known", "name could not be found"),
        ("refused", "Is the gateway running"),
    ],
)
def test_a_failed_connection_says_what_to_look_at(words: str, hint: str) -> None:
    with pytest.raises(NotSent) as caught:
        ask(httpx.ConnectError(words), url="http://gateway.example:3000/waha")
    assert hint in caught.value.hint
    assert "no connection to http://gateway.example:3000" in caught.value.message


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_key_does_not_follow_a_redirect(status: int) -> None:
    server = Server(httpx.Response(status, headers={"Location": "https://elsewhere.example/"}))

    async def run() -> None:
        http = Http(connection(server, key=KEY), headers={"X-Api-Key": KEY}, read_timeout=5)
        with pytest.raises(SessionLost):
            await http.ask("GET", "/api/x", doing="read")
        await http.close()

    asyncio.run(run())
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (b"", None),
        (b"  \n", None),
        (b"true", True),
        (b"false", False),
        (b'{"a": 1}', {"a": 1}),
        (b"AbC123", "AbC123"),
        (b"[" * 100_000, "[" * 100_000),
        ("<h1>Größe</h1>".encode("latin-1"), "<h1>Größe</h1>"),
        (b"\xff\xfe\xff", "\N{REPLACEMENT CHARACTER}" * 3),
    ],
)
def test_a_body_is_json_where_it_parses_and_text_where_not(content: bytes, body: object) -> None:
    charset = "latin-1" if b"h1" in content else "utf-8"
    response = httpx.Response(200, content=content, headers={"Content-Type": f"text/html; charset={charset}"})
    assert ask(response).body == body


def test_an_unknown_charset_is_read_as_utf_8() -> None:
    assert ask(httpx.Response(200, content=b"hello", headers={"Content-Type": "text/html; charset=klingon"})).body


def test_an_answer_without_end_is_not_read_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    read = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * 100

    with pytest.raises(Unanswered, match="larger"):
        ask(httpx.Response(200, content=endless()))
    assert len(read) == 11


def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOTAL_TIMEOUT_S", 0.01)

    async def dripping() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    with pytest.raises(Unanswered, match="no answer in time"):
        ask(httpx.Response(200, content=dripping()))


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://localhost:3000", "http://localhost:3000/api/x"),
        ("http://localhost:3000/", "http://localhost:3000/api/x"),
        ("https://host.example/waha", "https://host.example/waha/api/x"),
        ("https://host.example/waha/", "https://host.example/waha/api/x"),
    ],
)
def test_a_path_before_the_gateways_own_is_kept(url: str, asked: str) -> None:
    server = Server(httpx.Response(200))

    async def run() -> None:
        http = Http(connection(server, url=url), headers={}, read_timeout=5)
        await http.ask("GET", "/api/x", doing="read")
        await http.close()

    asyncio.run(run())
    assert str(server.requests[0].url) == asked


@pytest.mark.parametrize("url", ["localhost:3000", "ftp://host", "http://", "", "http://[::1"])
def test_a_url_that_is_none_is_for_a_person_to_repair(url: str) -> None:
    with pytest.raises(SessionLost, match="address"):
        Http(connection(Server(httpx.Response(200)), url=url), headers={}, read_timeout=5)


def test_a_proxy_of_the_environment_sees_no_key_of_a_gateway_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setattr(httpx, "AsyncHTTPTransport", lambda **_: Server(httpx.Response(200)))
    proxied = []
    for url in ("http://localhost:3000", "http://127.0.0.1:1", "http://[::1]:1", "http://waha.example"):
        to = connection(Server(httpx.Response(200)), url=url)._replace(transport=None)
        http = Http(to, headers={}, read_timeout=5)
        proxied.append(bool(http._client._mounts))
        asyncio.run(http.close())
    assert proxied == [False, False, False, True]


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (401, b"", SessionLost),
        (403, b'{"message": "Forbidden"}', SessionLost),
        (413, b"<html>too large</html>", Rejected),
        (429, b"", Throttled),
        (500, b"<html>oops</html>", Unanswered),
        (502, b"<html>bad gateway</html>", Unanswered),
        (503, b"upstream connect error", NotSent),
        (504, b"", Unanswered),
        (521, b"<html>web server is down</html>", NotSent),
        (524, b"<html>timeout</html>", Unanswered),
    ],
)
def test_what_any_server_or_proxy_may_say_is_known(status: int, content: bytes, kind: type[GatewayError]) -> None:
    failure = common_failure(httpx.Response(status, content=content))
    assert type(failure) is kind
    assert failure is not None
    assert failure.may_have_happened, "whoever answered, the request may have been carried out before"


@pytest.mark.parametrize("status", [200, 201, 400, 404, 422])
def test_the_rest_is_for_the_gateway_to_judge(status: int) -> None:
    assert common_failure(httpx.Response(status, content=b"x")) is None


def test_a_gateways_own_error_is_for_the_gateway_to_judge() -> None:
    assert common_failure(httpx.Response(500, content=b'{"exception": {}}')) is None


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"retry-after": "30"}, timedelta(seconds=30)),
        ({"retry-after": "0"}, timedelta(0)),
        ({"retry-after": "99999999999999999999"}, timedelta(days=1)),
        ({"retry-after": "Sun, 22 Nov 2026 12:05:00 GMT"}, timedelta(minutes=5)),
        (
            {"retry-after": "Sun, 22 Nov 2026 12:05:00 GMT", "date": "Sun, 22 Nov 2026 12:04:00 GMT"},
            timedelta(minutes=1),
        ),
        ({"retry-after": "Sun, 22 Nov 2020 12:05:00 GMT"}, timedelta(0)),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_advice_when_to_come_back_is_understood(headers: dict[str, str], pause: timedelta | None) -> None:
    assert Response(429, headers, None, NOW).retry_after == pause


def test_the_servers_clock_is_read() -> None:
    answer = Response(200, {"date": "Sun, 22 Nov 2026 12:05:00 GMT"}, None, NOW)
    assert answer.date == datetime(2026, 11, 22, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "personal",
    [
        "447700900123",
        "+44 7700 900123",
        "+1 (212) 555-0123",
        "+44-7700-900-123",
        "447700900123@c.us",
        "447700900123:12@s.whatsapp.net",
        "100000000000001@lid",
        "120363000000000001@g.us",
        "447700900123-1600000000@g.us",
        "https://chat.whatsapp.com/AAAABBBBCCCCDDDDEEEE00",
        "chat.whatsapp.com/AbC?mode=x",
        "https%3A%2F%2Fchat.whatsapp.com%2FAAAABBBBCCCCDDDDEEEE00",
    ],
)
def test_nothing_personal_enters_a_message(personal: str) -> None:
    said = excerpt(f"Group with id '{personal}' not found")
    digits = "".join(character for character in said if character.isdigit())
    assert not digits
    assert "AAAABBBB" not in said
    assert "AbC" not in said
    assert said.startswith("Group with id '")


@pytest.mark.parametrize("harmless", ["answered 429: rate-overlimit", "timed out after 75 s", "code=403, text='x'"])
def test_codes_and_words_stay(harmless: str) -> None:
    assert excerpt(harmless) == harmless


def test_a_gateways_moments_stay_in_its_message() -> None:
    words = "2026-11-30 10:11:12 connect ECONNREFUSED 127.0.0.1:3000 of 447700900123"
    error = common_failure(httpx.Response(500, content=words.encode()))
    assert error is not None
    assert "2026-11-30 10:11:12 connect ECONNREFUSED 127.0.0.1:3000 of (number)" in error.message


def test_a_page_becomes_a_line() -> None:
    page = "<html>\n<body>\n<h1>Bad\nGateway</h1>" + "<p>long</p>" * 1000
    said = excerpt(page)
    assert said.startswith("Bad Gateway long")
    assert len(said) <= MAX_EXCERPT
    assert "\n" not in said


def test_the_key_enters_no_message() -> None:
    error = common_failure(httpx.Response(500, content=f"upstream said {KEY} is wrong".encode()))
    assert error is not None
    assert KEY not in error.message
    assert "(key)" in error.message


@pytest.mark.parametrize("key", ["line\nbreak", "schlüssel", "nul\0"])
def test_a_key_that_no_header_can_carry_is_not_quoted(key: str) -> None:
    with pytest.raises(SessionLost) as caught:
        Http(connection(Server(httpx.Response(200)), key=key), headers={"X-Api-Key": key}, read_timeout=5)
    assert key not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_text_with_half_a_character_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Rejected, match="half a character"):
        ask(httpx.Response(200), json={"subject": "\ud83d"})


async def _over_loopback(reply: bytes | None) -> None:
    """Ask a real server that reads the request, sends `reply` and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if reply is not None:
            writer.write(reply)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    to = connection(Server(httpx.Response(200)), url=f"http://127.0.0.1:{port}")._replace(transport=None)
    http = Http(to, headers={"X-Api-Key": KEY}, read_timeout=5)
    try:
        await http.ask("PUT", "/x", doing="set the subject")
    finally:
        await http.close()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    "reply",
    [
        None,
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut off",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\noops",
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
)
def test_a_connection_that_breaks_after_sending_is_unanswered(reply: bytes | None) -> None:
    with pytest.raises(Unanswered):
        asyncio.run(_over_loopback(reply))


def test_a_port_where_nobody_listens_is_not_sent() -> None:
    async def run() -> None:
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        to = connection(Server(httpx.Response(200)), url=f"http://127.0.0.1:{port}")._replace(transport=None)
        http = Http(to, headers={}, read_timeout=5)
        try:
            await http.ask("GET", "/x", doing="read")
        finally:
            await http.close()

    with pytest.raises(NotSent):
        asyncio.run(run())


def test_what_a_library_misses_is_named_and_is_no_markup() -> None:
    said = excerpt("Invalid group metadata response: missing <group> node")
    assert said == "Invalid group metadata response: missing “group” node"
    assert excerpt("<b>node</b> <group>") == "node"
