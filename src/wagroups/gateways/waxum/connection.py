"""Find out whether Waxum answers at an account's url, whether its session is ready, and who the account is."""

from typing import Final
from urllib.parse import quote

from wagroups.domain.errors import NotSent, SessionLost
from wagroups.domain.identity import Lid, Me, Phone, member_id
from wagroups.domain.ports import Gateway
from wagroups.gateways.shared.connection import Connection
from wagroups.gateways.shared.http import Http
from wagroups.gateways.shared.json_fields import record, text
from wagroups.gateways.waxum.adapter import WaxumGateway
from wagroups.gateways.waxum.claims import capabilities
from wagroups.gateways.waxum.failures import failure, session_state

READ_TIMEOUT_S: Final = 100.0
"""Its library waits up to 75 s for WhatsApp (whatsapp-rust src/request.rs); shorter would lose the answer."""


async def connect(connection: Connection) -> Gateway:
    """Connect to the session of `connection`.

    Raises SessionLost when a person must act (url, key, session, login), NotSent when it is worth asking again.
    """
    headers = {"Authorization": f"Bearer {connection.key.reveal()}"}
    http = Http(connection, headers=headers, read_timeout=READ_TIMEOUT_S)
    try:
        version = await _version(http)
        base = f"/api/v1/sessions/{quote(connection.session, safe='')}"
        await _ready(http, base)
        me = await _me(http, base)
        return WaxumGateway(connection, http, base=base, capabilities=capabilities(version), me=me)
    except BaseException:
        await http.close()
        raise


async def _version(http: Http) -> str | None:
    """The server's version; `None` where the key may not ask or an older server does not say."""
    doing = "ask for the version"
    answer = await http.ask("GET", "/api/v1/info", doing=doing)
    if answer.ok:
        return text(record(answer.body), "version")
    if answer.status in (403, 404):
        # Keys of one session may not (0.12); whether this is Waxum at all, the session tells.
        return None
    raise failure(http, answer, doing)


async def _ready(http: Http, base: str) -> None:
    doing = "read the session"
    answer = await http.ask("GET", f"{base}/status", doing=doing)
    said = record(answer.body)
    stranger = "error" not in said if answer.status == 404 else answer.ok and text(said, "status") is None
    if stranger:
        raise SessionLost(
            f"{http.about('connect')}: the server at this url is not Waxum",
            hint="Check the account's url, and `gateway:` in wagroups.yaml.",
        )
    if not answer.ok:
        raise failure(http, answer, doing)
    error = session_state(said, http.about("connect"))
    if error is not None:
        raise error


async def _me(http: Http, base: str) -> Me:
    """The account's own ids.

    `/device` writes both as JIDs with a device suffix, or as documented the number in digits, like the session.
    """
    answer = await http.ask("GET", f"{base}/device", doing="ask who the account is")
    said = record(answer.body)
    names = [member_id(_as_jid(text(said, key))) for key in ("phone_number", "lid")] if answer.ok else []
    phone = next((name for name in names if isinstance(name, Phone)), None)
    lid = next((name for name in names if isinstance(name, Lid)), None)
    if phone is None:
        phone = await _stored_phone(http, base)
    if phone is None and lid is None:
        raise NotSent(
            f"{http.about('connect')}: the session does not say which number it has",
            hint="Wait a minute; if this does not change, reconnect the session in Waxum.",
        )
    return Me(phone, lid)


async def _stored_phone(http: Http, base: str) -> Phone | None:
    doing = "ask who the account is"
    answer = await http.ask("GET", base, doing=doing)
    if not answer.ok:
        raise failure(http, answer, doing)
    name = member_id(_as_jid(text(record(answer.body), "phone_number")))
    return name if isinstance(name, Phone) else None


def _as_jid(written: str | None) -> str:
    """An id, or a number in bare digits as the documentation shows it, as an id."""
    if not written or "@" in written:
        return written or ""
    return f"{written.lstrip('+')}@s.whatsapp.net"
