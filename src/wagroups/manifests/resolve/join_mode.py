"""`join: link` means that nobody comes in unasked: whoever uses the link waits until an admin lets them in.

So it brings `approve_joins: yes` along.  A written `no` would open the group to everybody who is handed the link.
"""

from typing import Final

from wagroups.domain.declared.settings import Setting
from wagroups.manifests.language.diagnostics import Findings, shown
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.resolve.layers import Layers

JOIN: Final = "join"
APPROVAL: Final = f"settings.{Setting.APPROVE_JOINS}"


def bring_approval(layers: Layers, key: str, findings: Findings) -> None:
    """Add the setting that `join: link` implies to what holds for a group, or note that another value is written."""
    join, approval = layers.texts.get(JOIN), layers.texts.get(APPROVAL)
    if join is None or join.text != "link":
        return
    if approval is None:
        layers.imply(APPROVAL, "yes", by=JOIN)
    elif approval.text == "no":
        findings.add(
            Rule.JOIN_LINK,
            approval.origin,
            f"The group {shown(key, 'here')} is joined by its link, and would let in everybody who has it.",
            f"Delete the line: `join: link` ({join.origin}) brings `approve_joins: yes`.",
        )
