"""From flags to what a run may do.  A flag may only tighten a brake; loosening takes `--override RULE=REASON`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import click

from wagroups.cli.options.completion import override_names

if TYPE_CHECKING:
    from wagroups.domain.declared.desired import Desired
    from wagroups.domain.declared.safety import Override, Safety
    from wagroups.domain.identity import GroupJid, GroupKey
    from wagroups.domain.plans.budget import CallClass
    from wagroups.manifests.configuration.values import Config
    from wagroups.planning.situation import Selection, Terms


R = TypeVar("R")

_UNIT: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION: Final = re.compile(r"(\d{1,9})([smhd])")
LONGEST: Final = timedelta(days=3650)
"""The longest time on the command line.  Chosen: ten years; a much longer one leads beyond the last date."""
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})")


class SafetyFlags(NamedTuple):
    """The flags that tighten or pass brakes."""

    max_removals: int | None
    max_removal_percent: float | None
    min_admins: int | None
    overrides: tuple[str, ...]
    adopt: tuple[str, ...] = ()


_OVERRIDE: Final = click.option(
    "--override",
    multiple=True,
    metavar="RULE[@GROUP]=REASON",
    allow_from_autoenv=False,
    shell_complete=override_names,
    help="Override one rule in this run, for one group or for all, with a reason for the audit log; may be repeated.",
)

_TIGHTENING: Final = (
    click.option("--min-admins", type=click.IntRange(min=1), help="Stricter than the project's `min_admins`."),
    click.option(
        "--max-removal-percent",
        type=click.FloatRange(0, 100),
        help="Stricter than the project's `max_removal_percent`.",
    ),
    click.option("--max-removals", type=click.IntRange(min=0), help="Stricter than the project's `max_removals`."),
)


def brake_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add the flags of the brakes, and pass them together as the keyword `brakes`, a `SafetyFlags`."""
    return tightening_options(_OVERRIDE(function))


def tightening_options(function: Callable[..., R]) -> Callable[..., R]:
    """The same without `--override`: a rule is passed in one run, and some verbs make many."""

    def with_brakes(*args: Any, **kwargs: Any) -> R:
        brakes = SafetyFlags(
            max_removals=kwargs.pop("max_removals"),
            max_removal_percent=kwargs.pop("max_removal_percent"),
            min_admins=kwargs.pop("min_admins"),
            overrides=kwargs.pop("override", ()),
            adopt=kwargs.pop("adopt", ()),
        )
        return function(*args, brakes=brakes, **kwargs)

    decorated = update_wrapper(with_brakes, function)
    for option in _TIGHTENING:
        decorated = option(decorated)
    return decorated


def terms_of(
    config: Config, desired: Desired, selection: Selection, brakes: SafetyFlags, written: tuple[Override, ...] = ()
) -> Terms:
    """What this run may do; `written` are overrides of the files.

    Raises UsageError for a flag that loosens, and for rules and groups nobody knows.
    """
    from wagroups.planning.situation import Terms

    for name in selection.accounts:
        if name not in config.accounts:
            raise click.UsageError(f"There is no account {name!r}; known are {_listed(config.accounts)}.")
    return Terms(
        safety=_tightened(config.safety, brakes),
        overrides=(*(_override(text, desired) for text in brakes.overrides), *written),
        selection=selection,
        adopt=dict(_adoption(text, desired) for text in brakes.adopt),
    )


def _tightened(safety: Safety, brakes: SafetyFlags) -> Safety:
    asked: dict[str, float | None] = {
        "max_removals": brakes.max_removals,
        "max_removal_percent": brakes.max_removal_percent,
        "min_admins": brakes.min_admins,
    }
    changes = {name: value for name, value in asked.items() if value is not None}
    for name, value in changes.items():
        now: float = getattr(safety, name)
        if value < now if name == "min_admins" else value > now:
            flag = name.replace("_", "-")
            raise click.UsageError(
                f"--{flag} {value:g} is looser than the project's {now:g}; a flag may only tighten. "
                f"To pass the rule once: --override {flag}=REASON"
            )
    return safety.model_copy(update=changes)


def _override(text: str, desired: Desired) -> Override:
    from wagroups.domain.declared.safety import Override
    from wagroups.domain.identity import GroupKey
    from wagroups.domain.plans.rules import PASSABLE, RULES

    # A forge puts a zero-width space behind an at-sign, so that nobody is called; it is copied along.
    written, _, reason = text.replace("\u200b", "").partition("=")
    name, at, group = written.partition("@")
    rule = RULES.get(name)
    if rule is None:
        raise click.UsageError(f"--override knows no rule {name!r}; known are {_listed(PASSABLE)}.")
    if not rule.passable:
        raise click.UsageError(f"Nothing can override {name}: {rule.meaning}")
    if at and not rule.of_a_group:
        raise click.UsageError(f"{name} applies to no single group: --override {name}=REASON")
    # A group that was taken out of the manifests is in none of them.
    if at and group not in desired.groups and name != "orphan":
        raise click.UsageError(f"--override {name} names a group {group!r} that is in no manifest.")
    if not reason.strip():
        raise click.UsageError(f"--override {written} needs a reason: --override {written}='why this is right'")
    return Override(rule=name, group=GroupKey(group) if at else None, reason=reason.strip())


def _adoption(text: str, desired: Desired) -> tuple[GroupKey, GroupJid]:
    from wagroups.domain.identity import GroupJid, GroupKey

    key, _, written = text.partition("=")
    jid = GroupJid.parse(written)
    if key not in desired.groups:
        raise click.UsageError(f"--adopt names a group {key!r} that is in no manifest.")
    if jid is None:
        raise click.UsageError(f"--adopt {key} needs the id of a live group, such as 120363000000000001@g.us.")
    return GroupKey(key), jid


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def duration_of(text: str) -> timedelta | None:
    """`90s`, `20m`, `2h`, `1d` or a bare number of seconds; `None` when it is none of them, or longer than LONGEST."""
    match = _DURATION.fullmatch(text if not text.isdigit() else f"{text}s")
    length = timedelta(**{_UNIT[match[2]]: int(match[1])}) if match else None
    return None if length is None or length > LONGEST else length


class DurationParam(click.ParamType[timedelta]):
    """A length of time on the command line."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        length = duration_of(str(value))
        if length is None:
            self.fail(f"{value!r} is not a duration; write 90s, 20m, 2h or 1d, at most {LONGEST.days}d", param, ctx)
        return length


on_option: Final = click.option(
    "--on", metavar="DATE", help="As of this day or this minute: 2027-02-01 or '2027-02-01 18:00'."
)


def instant_of(text: str | None, zone: tzinfo) -> datetime | None:
    """The start of a day, or the minute, that `--on` names.  Raises UsageError."""
    from wagroups.domain.declared.wall_clock import start_of
    from wagroups.manifests.language.formats import holds
    from wagroups.manifests.language.types import Format

    if text is None:
        return None
    if not holds(text, Format.MOMENT):
        raise click.UsageError(f"--on {text!r} is not {Format.MOMENT.description}, such as {Format.MOMENT.example}.")
    return start_of(text, zone)


def end_of(text: str, now: datetime, timezone: str) -> datetime:
    """When a run ends: a length of time from now, or the next time a clock in `timezone` shows `HH:MM`."""
    from zoneinfo import ZoneInfo

    length = duration_of(text)
    if length is not None:
        return now + length
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise click.UsageError(
            f"--until {text!r} is neither a time (18:30) nor a duration (2h, at most {LONGEST.days}d)."
        )
    local = now.astimezone(ZoneInfo(timezone))
    end = local.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)


def caps_of(texts: Sequence[str]) -> dict[CallClass, int]:
    """`--budget CLASS=N`, repeated.  A cap of `add` holds for `add_unseen` too: who caps additions means both."""
    from wagroups.domain.plans.budget import CallClass

    caps: dict[CallClass, int] = {}
    for text in texts:
        name, _, number = text.partition("=")
        if name not in set(CallClass) or not number.isdigit():
            known = _listed(c.value for c in CallClass)
            raise click.UsageError(f"--budget {text!r}: write CLASS=N with a class of {known}.")
        caps[CallClass(name)] = int(number)
    if CallClass.ADD in caps:
        caps.setdefault(CallClass.ADD_UNSEEN, caps[CallClass.ADD])
    return caps
