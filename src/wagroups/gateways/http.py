"""One request to a gateway, and every way it can fail, told in the words of `domain.errors`.

httpx and its exceptions end here.  What an *answer* means is each gateway's own knowledge; only what every HTTP
server and every proxy in between says alike is classified here.  Nothing is asked twice: the caller knows whether
that is safe.
"""

import asyncio
import json as json_format
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx

from wagroups.domain.errors import GatewayError, NotSent, Refused, SessionLost, Throttled, Unanswered

if TYPE_CHECKING:
    from wagroups.gateways.kind import Connection

CONNECT_TIMEOUT_S: Final = 10.0
"""Chosen: a gateway that needs longer to accept a connection is not going to answer."""

WRITE_TIMEOUT_S: Final = 30.0
"""Chosen: requests are a few kilobytes."""

TOTAL_TIMEOUT_S: Final = 900.0
"""No answer is waited for longer, however slowly it drips.  Chosen: three times the slowest engine's own limit."""

KEEP_ALIVE_S: Final = 2.0
"""Connections idle for longer are not used again: WAHA closes them after 5 s (recorded 2026-11-22), and a request
on a connection that is just being closed could neither be called sent nor not sent."""

MAX_BYTES: Final = 256 * 1024 * 1024
"""Largest answer that is read.  Chosen: four times a listing of 1,000 groups of 250 on the wordiest engine."""

MAX_RETRY_AFTER: Final = timedelta(days=1)
"""Advice beyond this is cut: the rests of `domain.budget` take over."""

MAX_SAID: Final = 200
"""Characters of a gateway's own words that enter a message."""

_LINK: Final = re.compile(r"(?:https?://)?chat\.whatsapp\.com/[^\s'\"<>]*", re.IGNORECASE)
_JID: Final = re.compile(r"[\w.+:-]+@[a-z][a-z.]*", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\+?\d(?:[\s()./-]{0,2}\d){5,}")
_TAG: Final = re.compile(r"<[^>]*>")


def scrub(said: str) -> str:
    """A gateway's words without links, JIDs and long numbers, on one line, cut to `MAX_SAID`."""
    # Before the patterns, so that a page of megabytes costs nothing; twice the room, as tags and ids shrink.
    said = _TAG.sub(" ", said[: MAX_SAID * 10])
    said = _LINK.sub("(link)", said)
    said = _JID.sub("(id)", said)
    said = _DIGITS.sub("(number)", said)
    said = " ".join(said.split())
    return said if len(said) <= MAX_SAID else said[: MAX_SAID - 1] + "…"


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: object
    """`None` when empty, the JSON value when it parses, else the text as it came."""
    received_at: datetime

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def retry_after(self) -> timedelta | None:
        """The server's advice, given in seconds or as a date (RFC 9110, 10.2.3)."""
        advice = self.headers.get("retry-after", "").strip()
        if advice.isascii() and advice.isdigit():
            return timedelta(seconds=min(int(advice[:9]), MAX_RETRY_AFTER.total_seconds()))
        until = http_date(advice)
        if until is None:
            return None
        return min(max(until - (self.date or self.received_at), timedelta(0)), MAX_RETRY_AFTER)

    @property
    def date(self) -> datetime | None:
        """The server's clock."""
        return http_date(self.headers.get("date", ""))


def http_date(written: str) -> datetime | None:
    if not written:
        return None
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class Http:
    """A client for one server.  `headers` carry the key and are sent to no other host: redirects are not followed."""

    def __init__(self, connection: "Connection", *, headers: Mapping[str, str], read_timeout: float) -> None:
        self._secrets = tuple(value for value in (connection.key.reveal(),) if value)
        self._clock = connection.clock
        self._where = f"account {connection.account}"
        try:
            url = httpx.URL(connection.url)
        except httpx.InvalidURL as error:
            raise _unusable(self._where) from error
        if url.scheme not in ("http", "https") or not url.host:
            raise _unusable(self._where)
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={**headers, "Accept": "application/json, text/plain, */*"},
            timeout=self._timeout(read_timeout),
            follow_redirects=False,
            transport=connection.transport,
            # A proxy of the environment must not see the key of a gateway on this very machine.
            trust_env=not _is_loopback(url.host),
            limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE_S),
        )

    @staticmethod
    def _timeout(read: float) -> httpx.Timeout:
        return httpx.Timeout(connect=CONNECT_TIMEOUT_S, write=WRITE_TIMEOUT_S, pool=CONNECT_TIMEOUT_S, read=read)

    def wait_for(self, read_timeout: float) -> None:
        """Change how long an answer is waited for, in seconds, once the engine is known."""
        self._client.timeout = self._timeout(read_timeout)

    async def ask(
        self, method: str, path: str, *, doing: str, query: Mapping[str, str] | None = None, json: object = None
    ) -> Answer:
        """Send one request and read its answer, whatever its status.

        `doing` says in words what for (“read the groups”).  Raises NotSent when nothing can have arrived, Unanswered
        when it may have, SessionLost when the server points to another address.
        """
        request = self._client.build_request(method, path, params=query, json=json)
        try:
            async with asyncio.timeout(TOTAL_TIMEOUT_S):
                answer = await self._exchange(request)
        except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
            raise self._fault(error, doing) from error
        if 300 <= answer.status < 400:
            raise SessionLost(
                f"{self.about(doing)}: the server points to another address",
                hint="Write the address it points to as the account's url; the key is not sent after a redirect.",
            )
        return answer

    async def _exchange(self, request: httpx.Request) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > MAX_BYTES:
                    raise httpx.DecodingError(f"the answer is larger than {MAX_BYTES} bytes")
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, _parsed(raw, response.encoding or "utf-8"), self._clock.now())

    def _fault(self, error: Exception, doing: str) -> GatewayError:
        """What an httpx failure means: whether the request can have arrived is all that matters."""
        about = self.about(doing)
        match error:
            case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.ProxyError() | httpx.PoolTimeout():
                return NotSent(f"{about}: no connection ({self._words(error)})", hint=_connect_hint(error))
            case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
                return NotSent(f"{about}: the request cannot be sent", hint="Check the account's url and key.")
            case httpx.DecodingError():
                return Unanswered(f"{about}: the answer cannot be read ({self._words(error)})")
            case httpx.TimeoutException() | TimeoutError():
                return Unanswered(f"{about}: no answer in time", hint="It may have been done; it is read again.")
            case _:
                return Unanswered(f"{about}: the connection broke", hint="It may have been done; it is read again.")

    def about(self, doing: str) -> str:
        """The beginning of a message: which account, and what was being done."""
        return f"{self._where}: {doing}"

    def _words(self, error: Exception) -> str:
        return self.said(str(error)) or type(error).__name__

    def said(self, words: str) -> str:
        """The server's words as they may enter a message: without the key, ids, links and numbers."""
        for secret in self._secrets:
            words = words.replace(secret, "(key)")
        return scrub(words)

    def common_failure(self, answer: Answer, doing: str) -> GatewayError | None:
        """The error in `answer` if any server or proxy could have sent it; `None` leaves it to the gateway."""
        about = self.about(doing)
        match answer.status:
            case 401:
                return SessionLost(
                    f"{about}: the server does not accept the key",
                    hint="Check the variable that the account's key_env names.",
                )
            case 403:
                return SessionLost(
                    f"{about}: the key is valid but may not do this",
                    hint="Use a key that may read and write this session.",
                )
            case 429:
                return Throttled(
                    f"{about}: the server says “too many requests”",
                    hint="These calls rest for a while.",
                    code=429,
                    retry_after=answer.retry_after,
                )
            case 413:
                return Refused(f"{about}: the request is too large for the server or a proxy before it")
            case _:
                return self._proxy_failure(answer, about)

    def _proxy_failure(self, answer: Answer, about: str) -> GatewayError | None:
        """A 5xx that no gateway wrote.  Gateways' own errors are JSON objects."""
        if answer.status < 500 or isinstance(answer.body, dict):
            return None
        words = self.said(answer.body) if isinstance(answer.body, str) else ""
        message = f"{about}: a proxy or the server answered {answer.status}" + (f" ({words})" if words else "")
        if answer.status in _NOT_FORWARDED:
            return NotSent(message, hint="Is the gateway running?", retry_after=answer.retry_after)
        return Unanswered(message, hint="It may have been done; it is read again.")

    async def close(self) -> None:
        await self._client.aclose()


_NOT_FORWARDED: Final = frozenset({503, 521, 523})
"""A proxy without a living server behind it: 503 (RFC 9110, 15.6.4), 521 and 523 (Cloudflare).  A 502 is not among
them: proxies send it also when the server dropped the connection after it had read the request."""


def _parsed(raw: bytearray, encoding: str) -> object:
    """The body leniently: gateways send empty bodies, bare words and HTML with any content type."""
    if not raw.strip():
        return None
    try:
        return json_format.loads(raw)
    except ValueError:
        pass
    try:
        return raw.decode(encoding, errors="replace")
    except LookupError:
        return raw.decode(errors="replace")


def _unusable(where: str) -> SessionLost:
    return SessionLost(
        f"{where}: the url is not one of a web server", hint="Write it as http://host:port or https://host."
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _connect_hint(error: Exception) -> str:
    words = str(error).lower()
    if "certificate" in words or "ssl" in words:
        return "The server's certificate is not trusted; SSL_CERT_FILE can name the authority that signed it."
    if "name or service" in words or "getaddrinfo" in words or "nodename" in words:
        return "The host's name is not known here; check the account's url."
    return "Is the gateway running, and is the account's url right?"
