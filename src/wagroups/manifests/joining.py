"""`join: link` means that nobody comes in unasked: whoever uses the link waits until an admin lets them in.

So it brings `approve_joins: yes` along.  A written `no` would open the group to everybody who is handed the link.
"""

from typing import Final

from wagroups.domain.settings import Setting
from wagroups.manifests.findings import Findings, shown
from wagroups.manifests.reading import Written
from wagroups.manifests.rules import Rule

JOIN: Final = "join"
APPROVAL: Final = f"settings.{Setting.APPROVE_JOINS}"


def bring_approval(texts: dict[str, Written], key: str, findings: Findings) -> None:
    """Add the setting that `join: link` implies to a group's texts, or note that another value is written."""
    join, approval = texts.get(JOIN), texts.get(APPROVAL)
    if join is None or join.text != "link":
        return
    if approval is None:
        texts[APPROVAL] = Written("yes", join.origin)
    elif approval.text == "no":
        findings.add(
            Rule.JOIN_LINK,
            approval.origin,
            f"The group {shown(key)} is joined by its link, and would let in everybody who has it.",
            f"Delete the line: `join: link` ({join.origin}) brings `approve_joins: yes`.",
        )
