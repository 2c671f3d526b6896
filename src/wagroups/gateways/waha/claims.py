"""What each engine and version of WAHA can do, and how we know.

Sources are the exchanges recorded from WAHA 2026.4.1 with the group routes of 2026.8 (2026-11-22), and for WPP, which
was not recorded, WAHA's and wa-js's code (read 2026-07).  Versions: `versions.py`.
"""

from types import MappingProxyType
from typing import Final

from wagroups.domain.live.capability import Access, Aspect, Capabilities, Claim, ReadCost
from wagroups.gateways.waha import versions
from wagroups.gateways.waha.engines import ENGINES
from wagroups.gateways.waha.versions import Version

RECORDED: Final = "exchanges recorded from a running WAHA, 2026-11-22"
WPP_CODE: Final = "WAHA session.wpp.core.ts and wa-js src/group/functions, read 2026-07"
ROUTES: Final = "WAHA src/api/groups.controller.ts, read 2026-07: no such route"

PICTURES_SINCE: Final = "WAHA's changelog of 2026.6.1"
_SHARE_LINK: Final = Claim(
    access=Access.NONE, note="WAHA neither shows nor sets who may share the invite link", source=ROUTES
)


def capabilities(
    engine: str, version: str | None = None, *, store: bool = True, tier: str | None = None
) -> Capabilities:
    """The claims of one connection.  `version` `None` = the newest known; `tier` is `CORE` or `PLUS`.

    `store` is NOWEB's own database of groups: without it every read asks WhatsApp afresh.
    """
    source = WPP_CODE if engine == "WPP" else RECORDED
    running = versions.parse(version)
    claims = {
        **_everywhere(source),
        **_gated(source, running),
        Aspect.PICTURE: _picture(source, running, tier),
        **_ENGINE_CLAIMS[engine],
    }
    if engine == "GOWS":
        claims[Aspect.DESCRIPTION_CLEAR] = _since(
            versions.CLEARED_ON_GOWS,
            running,
            Access.FULL,
            Access.NONE,
            "WAHA issue 2257 and the release that closed it",
        )
    if engine == "WPP" and claims[Aspect.SHARE_HISTORY].access:
        claims[Aspect.SHARE_HISTORY] = _WPP_SHARE_HISTORY
    if engine == "NOWEB" and not store:
        claims[Aspect.LID_LOOKUP] = Claim(
            access=Access.NONE, note="needs NOWEB's store, which is switched off on this session", source=RECORDED
        )
    return Capabilities(
        gateway="waha",
        engine=engine,
        version=version,
        claims=claims,
        creates_with_one=True,
        # Without its store NOWEB reads from WhatsApp; all others from a cache or a browser that is told of changes.
        cached_reads=engine != "NOWEB" or store,
        read_cost=_FROM_A_STORE if engine != "NOWEB" or store else _FROM_WHATSAPP,
    )


_FROM_A_STORE: Final = ReadCost(
    listing=0,
    group=0,
    source="WAHA's code of each engine, read 2026-07: NOWEB's store, GOWS' and the browsers' own lists",
)
_FROM_WHATSAPP: Final = ReadCost(
    listing=1, group=1, group_by_listing=True, source="WAHA's NOWEB without store: every read fetches all groups"
)


BEFORE_ALL_GATES: Final = "2025.1.0"
"""A version older than every route that came later; it is never connected to."""


def oldest(dialect: str) -> Capabilities:
    """What remains without every route that came later; `dialect` is the engine in lower case."""
    return capabilities(dialect.upper(), BEFORE_ALL_GATES)


def newest(dialect: str) -> Capabilities:
    """The claims of the newest known version; `dialect` is the engine in lower case."""
    return capabilities(dialect.upper())


def _everywhere(source: str) -> dict[Aspect, Claim]:
    full = Claim(access=Access.FULL, source=source)
    write = Claim(access=Access.WRITE, note="an action, nothing to read", source=source)
    return {
        Aspect.CREATE: write,
        Aspect.SUBJECT: full,
        Aspect.DESCRIPTION: full,
        Aspect.DESCRIPTION_CLEAR: full,
        Aspect.DESCRIPTION_CHANGE: write,
        Aspect.MEMBERS: full,
        Aspect.ADMINS: full,
        Aspect.OWNER: Claim(access=Access.READ, note="WhatsApp lets nobody change the owner", source=source),
        Aspect.LEAVE: write,
        Aspect.REFRESH: write,
        Aspect.EXISTS_CHECK: Claim(access=Access.READ, note="a look-up", source=source),
        Aspect.INVITE_LINK: Claim(access=Access.READ, note="only for admins of the group", source=source),
        Aspect.INVITE_LINK_RESET: Claim(access=Access.WRITE, note="the old link stops working at once", source=source),
        Aspect.JOIN: write,
        Aspect.SEND_TEXT: write,
        Aspect.COMMUNITY: Claim(
            access=Access.READ, note="WAHA shows it and cannot link groups; link it on a phone", source=ROUTES
        ),
        Aspect.PERSON_RESULTS: Claim(access=Access.READ, note="an answer, nothing to write", source=source),
        Aspect.SEND_MESSAGES: full,
        Aspect.EDIT_INFO: full,
        Aspect.SHARE_LINK: _SHARE_LINK,
        Aspect.DISAPPEARING: Claim(
            access=Access.READ, note="WAHA shows the timer and cannot set it; use a phone", source=ROUTES
        ),
    }


def _gated(source: str, running: Version | None) -> dict[Aspect, Claim]:
    """What depends on the version.  Reading does not: the listing has shown these fields all along."""
    return {
        Aspect.ADD_MEMBERS: _since(versions.MEMBER_ADD_MODE, running, Access.FULL, Access.READ, source),
        Aspect.APPROVE_JOINS: _since(versions.MEMBERSHIP_APPROVAL, running, Access.FULL, Access.READ, source),
        Aspect.SHARE_HISTORY: _since(versions.SHARE_HISTORY, running, Access.FULL, Access.NONE, source),
        Aspect.JOIN_REQUESTS: _since(versions.MEMBERSHIP_APPROVAL, running, Access.FULL, Access.NONE, source),
        Aspect.RESTRICTIONS: _since(
            versions.RESTRICTIONS, running, Access.READ, Access.NONE, _RESTRICTIONS_SOURCE, note="a look-up"
        ),
        Aspect.LID_LOOKUP: _since(versions.LIDS, running, Access.READ, Access.NONE, source, note="a look-up"),
    }


def _since(
    first: Version, running: Version | None, after: Access, before: Access, source: str, note: str = ""
) -> Claim:
    if versions.has(running, first):
        return Claim(access=after, note=note, source=source)
    wanted = ".".join(str(part) for part in first)
    only = "can be read but not set" if before else "is missing"
    return Claim(access=before, note=f"{only} before WAHA {wanted}; update WAHA", source=source)


def _picture(source: str, running: Version | None, tier: str | None) -> Claim:
    if tier == "PLUS" or versions.has(running, versions.PICTURES):
        return Claim(access=Access.FULL, source=f"{source}; {PICTURES_SINCE}")
    note = "only WAHA Plus sets pictures before 2026.6.1 (HTTP 422); update WAHA"
    return Claim(access=Access.NONE, note=note, source=PICTURES_SINCE)


_WPP_SHARE_HISTORY: Final = Claim(
    access=Access.READ, note="the WPP engine shows it and cannot set it (HTTP 501)", source=WPP_CODE
)

_RESTRICTIONS_SOURCE: Final = "WAHA's release notes of 2026.8.1; WAHA issues 2186 and 2219"
_NO_RESTRICTIONS: Final = Claim(
    access=Access.NONE,
    note="only NOWEB, GOWS and WEBJS report WhatsApp's time lock and quota (HTTP 501)",
    source=_RESTRICTIONS_SOURCE,
)

_ENGINE_CLAIMS: Final = MappingProxyType(
    {
        "NOWEB": {},
        "GOWS": {
            Aspect.INVITE_LINK_RESET: Claim(
                access=Access.NONE, note="GOWS answers with the old link and resets nothing", source=RECORDED
            ),
        },
        "WEBJS": {
            Aspect.REFRESH: Claim(
                access=Access.NONE, note="WEBJS reports success and reads nothing again", source="WAHA issue 2067"
            ),
        },
        "WPP": {Aspect.RESTRICTIONS: _NO_RESTRICTIONS},
    }
)

assert set(_ENGINE_CLAIMS) == set(ENGINES)
