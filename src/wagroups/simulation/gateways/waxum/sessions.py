"""Health, the session and its device.

Source: waxum src/handlers/sessions.rs at 0.9.1, read 2026-08.
"""

from datetime import UTC, datetime
from typing import Final

from wagroups.simulation.gateways.waxum import rejections
from wagroups.simulation.gateways.waxum.dialect import Waxum, WaxumRequest
from wagroups.simulation.gateways.waxum.rejections import fine
from wagroups.simulation.server.http import Answer, Route, text_answer
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.world import ConnectionState

VERSION: Final = "0.9.1"
LATER: Final = "0.12.0"

_SESSION: Final = "/api/v1/sessions/{session}"

_STATUS: Final = {
    ConnectionState.WORKING: "logged_in",
    ConnectionState.STARTING: "connecting",
    ConnectionState.UNPAIRED: "waiting_for_qr",
    ConnectionState.FAILED: "connecting",
    ConnectionState.STOPPED: "disconnected",
}


class Sessions:
    """What the server tells of itself and of its session."""

    def __init__(self, waxum: Waxum) -> None:
        self.waxum = waxum

    def routes(self) -> list[Route]:
        return [*self._server(), *self._sessions()]

    def _server(self) -> list[Route]:
        ready = {"db": "ok", "sessions_known": 1}
        info = {"name": "waxum", "version": LATER if self.waxum.reads_description_id else VERSION}
        return [
            self.waxum.route("GET", "/health", Call.OTHER, lambda asked: text_answer("OK")),
            self.waxum.route("GET", "/livez", Call.OTHER, lambda asked: text_answer("OK")),
            self.waxum.route("GET", "/readyz", Call.OTHER, lambda asked: fine(ready)),
            self.waxum.route("GET", "/api/v1/info", Call.OTHER, lambda asked: fine(info)),
        ]

    def _sessions(self) -> list[Route]:
        connected = self.waxum.connected
        return [
            self.waxum.route("GET", _SESSION, Call.SESSION, self._session),
            self.waxum.route("GET", _SESSION + "/status", Call.SESSION, self._status),
            self.waxum.route("GET", _SESSION + "/device", Call.SESSION, connected(self._device)),
        ]

    def _unknown(self, asked: WaxumRequest) -> Answer | None:
        name = asked.places["session"]
        return None if name == self.waxum.session else rejections.refused(404, f"Session not found: {name}")

    def _connection(self) -> ConnectionState:
        return self.waxum.world.connection(self.waxum.account.person)

    def _session(self, asked: WaxumRequest) -> Answer:
        """The stored state, which does not notice a dead socket."""
        unknown = self._unknown(asked)
        if unknown is not None:
            return unknown
        me, connection = self.waxum.account.person, self._connection()
        stored = (
            ConnectionState.WORKING if connection in (ConnectionState.STARTING, ConnectionState.FAILED) else connection
        )
        paired = stored is ConnectionState.WORKING
        moment = rfc3339(self.waxum.world.now())
        return fine(
            {
                "id": self.waxum.session,
                "name": self.waxum.session,
                "phone_number": me.phone.digits() if paired else None,
                "push_name": me.name if paired else None,
                "status": _STATUS[stored],
                "created_at": moment,
                "updated_at": moment,
                "last_connected_at": moment,
                "is_logged_in": paired,
            }
        )

    def _status(self, asked: WaxumRequest) -> Answer:
        """The live state; a dead socket is `connecting` and yet `is_logged_in`."""
        unknown = self._unknown(asked)
        if unknown is not None:
            return unknown
        me, connection = self.waxum.account.person, self._connection()
        paired = connection not in (ConnectionState.UNPAIRED, ConnectionState.STOPPED)
        return fine(
            {
                "status": _STATUS[connection],
                "is_logged_in": paired,
                "phone_number": me.phone.digits() if paired else None,
                "push_name": me.name if paired else None,
                "qr_code": None,
                "pair_code": None,
            }
        )

    def _device(self, asked: WaxumRequest) -> Answer:
        """Our own ids, with the device's number in them."""
        me = self.waxum.account.person
        return fine(
            {
                "device_id": None,
                "phone_number": me.pn_jid.replace("@", ":12@"),
                "lid": me.lid_jid.replace("@", ":12@"),
                "push_name": me.name,
            }
        )


def rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
