"""WEBJS: whatsapp-web.js in a browser.

Refusals are often swallowed: setters answer `false` and failed calls a sentence, both with HTTP 200 or 201; removals
and roles claim success whatever happened (recorded 2026-11-22).
"""

from typing import Final

from wagroups.gateways.waha.engines import browser
from wagroups.gateways.waha.engines.engine import Engine

WEBJS: Final = Engine(
    name="WEBJS",
    read_timeout=browser.BROWSER_READ_TIMEOUT,
    group=browser.group,
    behind=browser.behind,
    created=browser.created,
    told=browser.told,
    code=browser.code,
)
