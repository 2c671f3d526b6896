"""One request to a gateway, and every way it can fail, told in the words of `domain.errors`.

httpx and its exceptions end here.  What an *answer* means is each gateway's own knowledge; only what every HTTP
server and every proxy in between says alike is classified here.  Nothing is asked twice: the caller knows whether
that is safe.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import httpx

from wagroups import __version__
from wagroups.domain.address import address_fault, is_this_machine
from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Throttled, Unanswered
from wagroups.gateways.shared.response import Response, excerpt, parsed

if TYPE_CHECKING:
    from wagroups.gateways.shared.connection import Connection

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


ReadBody: TypeAlias = Callable[[bytearray, str], object]
"""Makes the value of a body and its encoding, whatever is in it."""


@cache
def _trusted() -> ssl.SSLContext:
    """Who is believed about a server's name: read once, because reading the list takes longer than most answers."""
    return httpx.create_ssl_context()


class GroupRequest(NamedTuple):
    """One request about a group; `path` follows the group's id."""

    method: str
    path: str
    json: object
    doing: str


class Http:
    """A client for one server.  `headers` carry the key and are sent to no other host: redirects are not followed."""

    def __init__(self, connection: "Connection", *, headers: Mapping[str, str], read_timeout: float) -> None:
        self._key = connection.key.reveal()
        self._key_from = connection.key_from
        self._clock = connection.clock
        self._where = f"account {connection.account}"
        if not (self._key.isascii() and self._key.isprintable()):
            # Refused here, because libraries quote a header they cannot send in their errors.
            raise SessionLost(
                f"{self._where}: the API key contains characters that an HTTP header cannot carry",
                hint=f"Check {connection.key_from} for line breaks and quotation marks.",
            )
        url = _usable(connection.url, self._where)
        self._address = f"{url.scheme}://{url.netloc.decode('ascii')}"
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={**headers, "User-Agent": f"wagroups/{__version__}"},
            timeout=self._timeout(read_timeout),
            follow_redirects=False,
            transport=connection.transport,
            verify=_trusted(),
            # A proxy of the environment must not see the key of a gateway on this very machine.
            trust_env=not is_this_machine(url.host),
            limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE_S),
        )

    @staticmethod
    def _timeout(read: float) -> httpx.Timeout:
        return httpx.Timeout(connect=CONNECT_TIMEOUT_S, write=WRITE_TIMEOUT_S, pool=CONNECT_TIMEOUT_S, read=read)

    def wait_for(self, read_timeout: float) -> None:
        """Change how long an answer is waited for, in seconds, once the engine is known."""
        self._client.timeout = self._timeout(read_timeout)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        doing: str,
        query: Mapping[str, str] | None = None,
        json: object = None,
        read: ReadBody = parsed,
    ) -> Response:
        """Send one request and read its answer, whatever its status.

        `doing` says in words what for (“read the groups”); `read` reads the body of a success.  Raises NotSent when
        nothing can have arrived, Unanswered when it may have, Rejected when the text cannot be sent at all, SessionLost
        when the server points elsewhere.
        """
        try:
            request = self._client.build_request(method, path, params=query, json=json)
        except UnicodeEncodeError as error:
            raise Rejected(
                f"{self.about(doing)}: the text contains half a character", hint="Type the text again."
            ) from error
        try:
            async with asyncio.timeout(TOTAL_TIMEOUT_S):
                answer = await self._exchange(request, read)
        except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
            raise self._fault(error, doing) from error
        if 300 <= answer.status < 400:
            raise SessionLost(
                f"{self.about(doing)}: the gateway redirects to another address",
                hint="Write the address it redirects to as the account's url; the API key is never sent after a "
                "redirect.",
                may_have_happened=True,
            )
        return answer

    async def _exchange(self, request: httpx.Request, read: ReadBody) -> Response:
        response = await self._client.send(request, stream=True)
        try:
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > MAX_BYTES:
                    raise httpx.DecodingError(f"the answer is larger than {MAX_BYTES // 1024**2} MB")
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        body = (read if response.is_success else parsed)(raw, response.encoding or "utf-8")
        return Response(response.status_code, headers, body, self._clock.now())

    def _fault(self, error: Exception, doing: str) -> GatewayError:
        """What an httpx failure means: whether the request can have arrived is all that matters."""
        about = self.about(doing)
        match error:
            case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.ProxyError() | httpx.PoolTimeout():
                return NotSent(
                    f"{about}: no connection to {self._address} ({self._words(error)})", hint=_connect_hint(error)
                )
            case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
                return NotSent(f"{about}: the request could not be sent", hint="Check the account's url and key.")
            case httpx.DecodingError():
                return Unanswered(f"{about}: the answer could not be read ({self._words(error)})")
            case httpx.TimeoutException() | TimeoutError():
                return Unanswered(
                    f"{about}: no answer in time from {self._address}",
                    hint="It may have taken effect; it will be checked by reading again.",
                )
            case _:
                return Unanswered(
                    f"{about}: the connection broke",
                    hint="It may have taken effect; it will be checked by reading again.",
                )

    def about(self, doing: str) -> str:
        """The beginning of a message: which account, and what was being done."""
        return f"{self._where}: {doing}"

    def _words(self, error: Exception) -> str:
        return self.said(str(error)) or type(error).__name__

    def said(self, words: str) -> str:
        """The server's words as they may enter a message: without the key, ids, links and numbers."""
        return excerpt(words.replace(self._key, "(key)") if self._key else words)

    def common_failure(self, answer: Response, doing: str) -> GatewayError | None:
        """The error in `answer` if any server or proxy could have sent it; `None` leaves it to the gateway.

        Whoever it was, the gateway may have carried the request out before, so none of these proves anything.
        """
        about = self.about(doing)
        match answer.status:
            case 401:
                return SessionLost(
                    f"{about}: the gateway rejected the API key",
                    hint=f"Check {self._key_from}, and whether `gateway` is right.",
                    may_have_happened=True,
                )
            case 403:
                return SessionLost(
                    f"{about}: the API key is valid but is not allowed to do this",
                    hint="Use an API key that may read and write this session.",
                    may_have_happened=True,
                )
            case 429:
                return Throttled(
                    f"{about}: the gateway says “too many requests”",
                    hint="These calls are paused for a while.",
                    code=429,
                    may_have_happened=True,
                    retry_after=answer.retry_after,
                )
            case 413:
                return Rejected(
                    f"{about}: the request is too large for the gateway or for a proxy in front of it",
                    may_have_happened=True,
                )
            case _:
                return self._proxy_failure(answer, about)

    def _proxy_failure(self, answer: Response, about: str) -> GatewayError | None:
        """A 5xx that no gateway wrote.  Gateways' own errors are JSON objects."""
        if answer.status < 500 or isinstance(answer.body, dict):
            return None
        words = self.said(answer.body) if isinstance(answer.body, str) else ""
        message = f"{about}: a proxy or the server answered {answer.status}" + (f" ({words})" if words else "")
        if answer.status in _NOT_FORWARDED:
            return NotSent(
                message, hint="Is the gateway running?", may_have_happened=True, retry_after=answer.retry_after
            )
        return Unanswered(message, hint="It may have taken effect; it will be checked by reading again.")

    async def close(self) -> None:
        await self._client.aclose()


_NOT_FORWARDED: Final = frozenset({503, 521, 523})
"""What proxies without a living server behind them say: 503 (RFC 9110, 15.6.4), 521 and 523 (Cloudflare).  Likely
nothing was forwarded, but some say the same of a server that dropped the connection after it had read the request.  A
502 is not among them: it is said of that as often."""


def _usable(url: str, where: str) -> httpx.URL:
    fault = address_fault(url)
    try:
        parsed_url = httpx.URL(url) if fault is None else None
    except httpx.InvalidURL:
        parsed_url = None
    if parsed_url is None:
        said = fault or "cannot be read"
        raise SessionLost(
            f"{where}: the gateway's address {said}", hint="Write it as http://host:port or https://host."
        ) from None
    return parsed_url


def _connect_hint(error: Exception) -> str:
    words = str(error).lower()
    if "certificate" in words or "ssl" in words:
        return "The server's certificate is not trusted; SSL_CERT_FILE can name the authority that signed it."
    if "name or service" in words or "getaddrinfo" in words or "nodename" in words:
        return "The host name could not be found; check the account's url."
    return "Is the gateway running, and is the account's url right?"
