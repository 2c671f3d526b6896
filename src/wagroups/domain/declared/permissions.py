"""What a project lets a run do: its brakes, the budget of an account, and where its secrets go.

They stand in files that a pull request can change, beside the changes that they are to stop.  So they are compared with
those of the last apply.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from wagroups.domain._base import Value
from wagroups.domain.declared.safety import Safety
from wagroups.domain.plans.budget import Allowance, CallClass

PROFILES_BY_FREEDOM: Final = ("fresh", "careful", "seasoned", "sandbox")
"""From the one that lets an account do the least."""


class Permissions(Value):
    """What held for one account when it was last applied, or holds now."""

    safety: Safety = Safety()
    profile: str = "careful"
    budget: dict[CallClass, Allowance] = {}  # noqa: RUF012 — pydantic copies it
    """Of the profile, with the numbers that replace its own."""
    gateway: str = ""
    address: str = ""
    """A digest of the gateway's address; empty where a variable holds it."""
    url_env: str | None = None
    key_env: str | None = None
    state_env: str | None = None

    def looser_than(self, before: "Permissions") -> Iterator[str]:
        """What is looser than it was, in words; nothing where all of it is the same or tighter."""
        yield from _looser_safety(before.safety, self.safety)
        if _freedom(self.profile) > _freedom(before.profile):
            yield f"`profile` from {before.profile} to {self.profile}"
        else:
            yield from _looser_budget(before.budget, self.budget)
        if (self.gateway, self.address) != (before.gateway, before.address) and not self.url_env:
            yield "the gateway's address has changed"
        for key, was, now in (
            ("url_env", before.url_env, self.url_env),
            ("key_env", before.key_env, self.key_env),
            ("state_env", before.state_env, self.state_env),
        ):
            if was != now:
                yield f"`{key}` from {was or 'nothing'} to {now or 'nothing'}"


def _freedom(profile: str) -> int:
    return PROFILES_BY_FREEDOM.index(profile) if profile in PROFILES_BY_FREEDOM else len(PROFILES_BY_FREEDOM)


def _looser_safety(before: Safety, now: Safety) -> Iterator[str]:
    if now.max_removals > before.max_removals:
        yield f"`safety.max_removals` from {before.max_removals} to {now.max_removals}"
    if now.max_removal_percent > before.max_removal_percent:
        yield f"`safety.max_removal_percent` from {before.max_removal_percent:g} to {now.max_removal_percent:g}"
    if now.min_admins < before.min_admins:
        yield f"`safety.min_admins` from {before.min_admins} to {now.min_admins}"
    if now.max_plan_age > before.max_plan_age:
        yield f"`safety.max_plan_age` from {_hours(before.max_plan_age)} to {_hours(now.max_plan_age)}"
    if now.allow_dissolve and not before.allow_dissolve:
        yield "`safety.allow_dissolve` from no to yes"
    gone = len(set(before.protect) - set(now.protect))
    if gone:
        yield f"`safety.protect` no longer protects {'1 person' if gone == 1 else f'{gone} people'}"


def _hours(time: timedelta) -> str:
    return f"{time / timedelta(hours=1):g}h"


def _looser_budget(before: dict[CallClass, Allowance], now: dict[CallClass, Allowance]) -> Iterator[str]:
    for calls in CallClass:
        was, is_ = before.get(calls), now.get(calls)
        if was is None or is_ is None:
            continue
        if is_.gap < was.gap:
            yield f"`budgets.{calls}.gap` from {was.gap.total_seconds():g}s to {is_.gap.total_seconds():g}s"
        for word, old, new in (("hour", was.hour, is_.hour), ("day", was.day, is_.day)):
            if old is not None and (new is None or new > old):
                yield f"`budgets.{calls}.{word}` from {old} to {'no limit' if new is None else new}"
