"""Points: what is declared and not so, and what becomes of it.

After a read each declared thing of a group is so, planned, or a point of one of the classes below.  The table says
the class of every code that a `Notice` may have; what is in no table needs attention until somebody says otherwise.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class PointClass(StrEnum):
    """What becomes of a declared thing that is not so, or not known to be so."""

    OPEN = "open"
    """It differs, and neither a run nor time will change that: it needs someone to act."""
    WAITING = "waiting"
    """It differs, and time or somebody else's expected act will change that."""
    HELD = "held"
    """The read may not be acted on."""
    UNSEEN = "unseen"
    """It cannot be read here, or this read did not show it."""
    REMARK = "remark"
    """No declared thing: something worth knowing beside the plan."""


CLASSES: Final[Mapping[str, PointClass]] = MappingProxyType(
    {
        # A group as a whole: one point covers everything that is declared of it.
        "not-admin": PointClass.OPEN,
        "not-in-group": PointClass.OPEN,
        "suspended": PointClass.OPEN,
        "not-bound": PointClass.OPEN,
        "cannot-create": PointClass.OPEN,
        "not-dissolved": PointClass.OPEN,
        "watched": PointClass.OPEN,
        "nothing-to-dissolve": PointClass.REMARK,
        # Declared people who are missing.
        "left": PointClass.OPEN,
        "not-on-whatsapp": PointClass.OPEN,
        "full": PointClass.OPEN,
        "never-seen": PointClass.OPEN,
        "never-takes": PointClass.OPEN,
        "exchange": PointClass.WAITING,
        "exchange-over": PointClass.OPEN,
        "admin-waits": PointClass.OPEN,
        "gone-unknown": PointClass.OPEN,
        "gone-unconfirmed": PointClass.WAITING,
        "may-be-present": PointClass.OPEN,
        "may-have-left": PointClass.OPEN,
        "not-looked-up": PointClass.OPEN,
        "admin-hidden": PointClass.OPEN,
        "present-hidden": PointClass.REMARK,
        "invitation-over": PointClass.OPEN,
        "invited": PointClass.WAITING,
        "pending": PointClass.WAITING,
        "refused-before": PointClass.WAITING,
        "join-by-link": PointClass.WAITING,
        "starts-later": PointClass.WAITING,
        "starts-empty": PointClass.WAITING,
        "comes-to-nobody": PointClass.OPEN,
        "expect": PointClass.OPEN,
        # People whom a whole list does not name, and who stay.
        "not-declared": PointClass.OPEN,
        "declared-entry": PointClass.OPEN,
        "denied-hidden": PointClass.OPEN,
        "unresolved": PointClass.REMARK,
        "undeclared-admin": PointClass.REMARK,
        "protected": PointClass.REMARK,
        "own-account": PointClass.REMARK,
        "stays": PointClass.REMARK,
        "uninvited": PointClass.REMARK,
        "may-be-owner": PointClass.REMARK,
        # Texts, pictures, settings, communities.
        "cannot-be-set": PointClass.OPEN,
        "blind-refused": PointClass.OPEN,
        "picture-not-shown": PointClass.OPEN,
        "not-linked": PointClass.OPEN,
        "community-list": PointClass.OPEN,
        "unsupported": PointClass.UNSEEN,
        "unverified": PointClass.UNSEEN,
        "not-observed": PointClass.UNSEEN,
        "requests-unread": PointClass.UNSEEN,
        "community-unseen": PointClass.UNSEEN,
        "community": PointClass.REMARK,
        # Requests and links, which nobody declares.
        "join-request": PointClass.REMARK,
        "join-requests": PointClass.REMARK,
        "link-stays": PointClass.REMARK,
        "link-changes": PointClass.REMARK,
        # The account and its ledger.
        "breaker": PointClass.REMARK,
        "ledger-read-only": PointClass.REMARK,
        "nothing-approved": PointClass.REMARK,
        "ledger-new": PointClass.REMARK,
        "looser-settings": PointClass.REMARK,
        # What `import` leaves out of a file.
        "creation-settled": PointClass.REMARK,
        "denied": PointClass.REMARK,
        "expired": PointClass.REMARK,
        "former-number": PointClass.REMARK,
        "same-phone": PointClass.REMARK,
        "phone-impossible": PointClass.REMARK,
        "text": PointClass.REMARK,
    }
)
"""Code → class.  A test proves that every code in the program is here."""


def class_of(code: str) -> PointClass:
    """The class of a notice; a code that nobody put into the table is never reported as fine."""
    return CLASSES.get(code, PointClass.OPEN)
