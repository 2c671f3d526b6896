"""WEBJS: whatsapp-web.js in a browser.

Refusals are often swallowed: setters answer `false` and failed calls a sentence, both with HTTP 200 or 201; removals
and roles claim success whatever happened (recorded 2026-11-22).
"""

from collections.abc import Iterator
from typing import Final

from wagroups.gateways.shared import whatsapp_codes
from wagroups.gateways.waha.engines import browser
from wagroups.gateways.waha.engines.engine import Engine, PersonAnswer

_SWALLOWED: Final = 400
"""What whatsapp-web.js says of a person when WhatsApp refused the call, whatever its code (its issue 80667)."""


def _told(answer: object) -> Iterator[PersonAnswer]:
    """What hides behind a swallowed code is “too fast” as a rule; to rest is right for whatever else it may be."""
    for one in browser.told(answer):
        yield one._replace(code=whatsapp_codes.RATE_OVERLIMIT) if one.code == _SWALLOWED else one


WEBJS: Final = Engine(
    name="WEBJS",
    read_timeout=browser.BROWSER_READ_TIMEOUT,
    shape=browser.SHAPE,
    member=browser.entry,
    group=browser.group,
    behind=browser.behind,
    created=browser.created,
    told=_told,
    code=browser.code,
)
