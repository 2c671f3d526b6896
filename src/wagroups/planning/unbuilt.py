"""What the language has and this version does not do yet: said in every plan, never skipped in silence."""

from collections.abc import Iterator

from wagroups.domain.desired import DesiredGroup
from wagroups.domain.plan import Notice


def unbuilt(group: DesiredGroup) -> Iterator[Notice]:
    """A notice for every key of `group` that is written and has no effect."""
    if group.reject_unknown:
        yield _notice("reject_unknown", "`reject_unknown: yes` is not done yet: requests to join are left alone")
    if group.join_by_link:
        yield _notice("join", "`join: link` adds nobody; requests to join are not approved yet: an admin has to")


def _notice(key: str, text: str) -> Notice:
    return Notice(code="not-done-yet", setting=key, text=text)
