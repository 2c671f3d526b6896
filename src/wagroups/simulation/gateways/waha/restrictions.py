"""How WAHA tells of WhatsApp's restrictions: in `me`, and by routes of their own.

Source: WAHA's session DTOs as documented in its issue 2219 (2026.7.2).
"""

from wagroups.simulation.gateways.waha.engine import Json, seconds
from wagroups.simulation.world.restriction import Restrictions


def timelock(told: Restrictions) -> Json | None:
    lock = told.timelock
    if lock is None or not lock.told:
        return None
    ends = None if lock.until is None else seconds(lock.until)
    return {"enforcementType": lock.kind, "isActive": True, "timeEnforcementEnds": ends}


def capping(told: Restrictions) -> Json | None:
    cap = told.capping
    if cap is None:
        return None
    ends = None if cap.until is None else seconds(cap.until)
    quota = {"cappingStatus": cap.status, "totalQuota": cap.total, "usedQuota": cap.used}
    return {**quota, "cycleStart": None, "cycleEnd": ends, "mvStatus": None, "oteStatus": None}
