"""Carries a fake gateway's webhooks: in order, from a thread of its own, so that no answer waits for a receiver.

The standard library's client is enough for this, and keeps the simulation free of others.
"""

import threading
import time
from collections.abc import Mapping
from queue import SimpleQueue
from typing import Final, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

PAUSES: Final = (0.0, 0.2, 1.0)
"""Seconds before each attempt.  Chosen: gateways retry too, only more slowly."""

TIMEOUT: Final = 10.0
"""Seconds for one delivery (waxum documentation, 2026)."""


class Letter(NamedTuple):
    """One webhook to be delivered."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Postman:
    """Delivers letters in the order in which they are sent.  One that nobody takes is thrown away."""

    def __init__(self) -> None:
        self._letters: SimpleQueue[Letter] = SimpleQueue()
        self._thread: threading.Thread | None = None
        # Receivers are on this machine, and a proxy is not.
        self._opener = build_opener(ProxyHandler({}))

    def send(self, letter: Letter) -> None:
        """Deliver some time soon.  Call it from one thread at a time."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._deliver_all, name="wagroups-postman", daemon=True)
            self._thread.start()
        self._letters.put(letter)

    def _deliver_all(self) -> None:
        while True:
            letter = self._letters.get()
            for pause in PAUSES:
                time.sleep(pause)
                if self._delivered(letter):
                    break

    def _delivered(self, letter: Letter) -> bool:
        """Whether the receiver took it, or refused it for good."""
        headers = {"content-type": "application/json", **letter.headers}
        request = Request(letter.url, letter.body, headers, method="POST")  # noqa: S310 - the fakes check the scheme
        try:
            with self._opener.open(request, timeout=TIMEOUT):
                return True
        except HTTPError as error:
            error.close()
            return 400 <= error.code < 500
        except (URLError, OSError, ValueError):
            return False
