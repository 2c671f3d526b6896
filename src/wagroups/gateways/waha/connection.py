"""Find out what answers at an account's url, whether its session is ready, and who the account is.

Each question has its own error, because each has another remedy: another url, another key, another session, a login.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import quote

from wagroups.domain.errors import NotSent, Rejected, SessionLost, Unanswered
from wagroups.domain.identity import Lid, Me, Phone, member_id
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.ports import Lookup
from wagroups.gateways.shared.connection import Connection
from wagroups.gateways.shared.http import Http
from wagroups.gateways.shared.json_fields import NOTHING, Record, record, text
from wagroups.gateways.waha.adapter import WahaGateway
from wagroups.gateways.waha.claims import capabilities
from wagroups.gateways.waha.engines import ENGINES
from wagroups.gateways.waha.failures import failure, session_state
from wagroups.gateways.waha.pairs import pair_of
from wagroups.gateways.waha.remarks import stores_groups
from wagroups.gateways.waha.restrictions import of_me

FIRST_READ_TIMEOUT_S: Final = 30.0
"""Until the engine is known.  Chosen: these answers come from WAHA itself, after 10 s at most (recorded 2026-11-22)."""

ME_PAUSES: Final = (timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4))
"""Waits between asking who the account is: `me` can be null for a moment in a working session (WAHA issue 1735)."""


async def connect(connection: Connection) -> WahaGateway:
    """Connect to the session of `connection`.

    Raises SessionLost when a person must act (url, key, session, login), NotSent when it is worth asking again.
    """
    http = Http(connection, headers={"X-Api-Key": connection.key.reveal()}, read_timeout=FIRST_READ_TIMEOUT_S)
    try:
        return await _connected(connection, http)
    except BaseException:
        await http.close()
        raise


async def _connected(connection: Connection, http: Http) -> WahaGateway:
    session = quote(connection.session, safe="")
    server = await _server(http)
    info = await _session(http, session)
    name = _engine_name(info, server)
    engine = ENGINES.get(name)
    if engine is None:
        raise SessionLost(
            f"{http.about('connect')}: the engine {http.said(name) or 'of this session'} is not known here",
            hint=f"Known engines: {', '.join(ENGINES)}.",
        )
    http.wait_for(engine.read_timeout)
    claims = capabilities(name, text(server, "version"), store=stores_groups(info), tier=text(server, "tier"))
    me = await _me(connection, http, session, info)
    if me.lid is None and me.phone is not None and claims.can(Aspect.LID_LOOKUP, Access.READ):
        me = me._replace(lid=await _own_lid(http, session, me.phone))
    told = of_me(record(info.get("me")), connection.clock.now())
    return WahaGateway(connection, http, session=session, engine=engine, capabilities=claims, me=me, restrictions=told)


async def _server(http: Http) -> Record:
    """Version and engine of the server; empty when the key may not ask."""
    doing = "ask for the version"
    for path in ("/api/version", "/api/server/version"):
        answer = await http.ask("GET", path, doing=doing)
        said = record(answer.body)
        if answer.ok and text(said, "version"):
            return said
        if answer.status == 403:
            # A key of one session may not; the session itself tells its engine.
            return NOTHING
        if not answer.ok and answer.status != 404:
            raise failure(http, None, answer, doing)
    raise SessionLost(
        f"{http.about('connect')}: the server at this url is not WAHA",
        hint="Check the account's url, and `gateway:` in wagroups.yaml.",
    )


async def _session(http: Http, session: str) -> Record:
    doing = "read the session"
    answer = await http.ask("GET", f"/api/sessions/{session}", doing=doing)
    if not answer.ok:
        raise failure(http, None, answer, doing)
    info = record(answer.body)
    status = text(info, "status")
    if status is None:
        raise SessionLost(f"{http.about(doing)}: the answer is not a session", hint="Check the account's url.")
    if status != "WORKING":
        raise session_state(status, http.about("connect"))
    return info


def _engine_name(info: Record, server: Record) -> str:
    """The session's own engine; GOWS's part of the answer does not name itself (recorded 2026-11-22)."""
    part = record(info.get("engine"))
    own = text(part, "engine") or ("GOWS" if "gows" in part else None)
    return (own or text(server, "engine") or "").upper()


async def _me(connection: Connection, http: Http, session: str, info: Record) -> Me:
    me = _both_ids(record(info.get("me")))
    for pause in ME_PAUSES:
        if me.phone is not None or me.lid is not None:
            return me
        await connection.clock.sleep(pause)
        answer = await http.ask("GET", f"/api/sessions/{session}/me", doing="ask who the account is")
        if not answer.ok:
            raise failure(http, None, answer, "ask who the account is")
        me = _both_ids(record(answer.body))
    if me.phone is None and me.lid is None:
        raise NotSent(
            f"{http.about('connect')}: the session does not say which number it has",
            hint="Wait a minute; if this does not change, restart the session in WAHA.",
        )
    return me


async def _own_lid(http: Http, session: str, phone: Phone) -> Lid | None:
    """The account's own LID, which WEBJS tells only from 2026.7.1 on, and some versions of NOWEB do not (issue 977)."""
    try:
        pair = await pair_of(http, session, phone)
    except (NotSent, Rejected, Unanswered):
        return None  # a group that lists the account by number is understood all the same
    return Lookup(phone, None, None, pair.lid, pair.phone).usable().lid


def _both_ids(said: Record) -> Me:
    names = [member_id(text(said, key) or "") for key in ("id", "lid", "jid")]
    return Me(
        phone=next((name for name in names if isinstance(name, Phone)), None),
        lid=next((name for name in names if isinstance(name, Lid)), None),
    )
