"""What must hold between groups: keys, ids and subjects that only one of them may have."""

from collections.abc import Sequence

from wagroups.domain.declared.desired import DesiredGroup, State
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.manifests.language.diagnostics import Findings, place
from wagroups.manifests.language.rules import Rule


def check_between(groups: Sequence[DesiredGroup], findings: Findings) -> None:
    """Add findings for groups that cannot be told apart.  `groups` are in the order of their places."""
    _same_id(groups, findings)
    _same_subject(groups, findings)
    _previous_keys(groups, findings)


def _same_id(groups: Sequence[DesiredGroup], findings: Findings) -> None:
    first: dict[GroupJid, DesiredGroup] = {}
    for group in groups:
        if group.id is None:
            continue
        other = first.setdefault(group.id, group)
        if other is not group:
            findings.add(
                Rule.SAME_ID,
                group.origin_of("id"),
                f"“{group.key}” has the id of “{other.key}”, at {place(other.origin_of('id'))}.",
                "Delete one of the two groups, or correct the id.",
            )


def _same_subject(groups: Sequence[DesiredGroup], findings: Findings) -> None:
    first: dict[tuple[AccountKey, str], DesiredGroup] = {}
    for group in groups:
        if group.subject is None or group.id is not None or group.state in (State.RELEASED, State.DISSOLVED):
            continue
        other = first.setdefault((group.account, group.subject), group)
        if other is not group:
            findings.add(
                Rule.SAME_SUBJECT,
                group.origin_of("subject"),
                f"“{group.key}” has the subject of “{other.key}”, at {place(other.origin_of('subject'))}, "
                "and neither has an id.",
                "Give one of them another subject, or write the `id:` of a group that exists.",
            )


def _previous_keys(groups: Sequence[DesiredGroup], findings: Findings) -> None:
    keys = {group.key: group for group in groups}
    claimed: dict[GroupKey, DesiredGroup] = {}
    for group in groups:
        at = group.origin_of("previous_keys")
        for key in group.previous_keys:
            if key in keys:
                owner = "its own key" if keys[key] is group else f"the key of a group at {place(keys[key].origin)}"
                findings.add(Rule.PREVIOUS_KEY, at, f"“{key}” is {owner}.", "Take it out of `previous_keys`.")
            other = claimed.setdefault(key, group)
            if other is not group:
                findings.add(
                    Rule.PREVIOUS_KEY,
                    at,
                    f"“{key}” was already a previous key of “{other.key}”, at {place(other.origin)}.",
                    "Keep it at the group that it belongs to.",
                )
