"""Every rule that stops a run or a part of it: what it stops, how that ends, and whether a person may pass it.

Guards, read holds, `--override`, exit codes and the page `docs/guards.md` follow from this one table.  Mistakes in the
files are rules of their own (`manifests.language.rules`): they stop every verb with exit code 65, and are mended there.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.exit import Exit


class Level(StrEnum):
    """What a rule stops."""

    GROUP = "group"
    """One group: nothing is done in it, and the others are done.  Tripped by a whole account, it stops the run."""
    RUN = "run"
    """The whole run, before its first write."""
    HOLD = "hold"
    """Changes of membership in one group, because its read may not be acted on."""

    @property
    def exit(self) -> Exit:
        return Exit.GATEWAY if self is Level.HOLD else Exit.REFUSED


class SafetyRule(NamedTuple):
    """One rule, in the words of the people who meet it."""

    name: str
    level: Level
    meaning: str
    """One sentence: what trips it, and why that is not simply done."""
    passable: bool = True
    """Whether `--override` passes it.  Where it does not, there is nothing that could be done instead."""
    of_a_group: bool = True
    """Whether an override may name a group."""


_GUARDS: Final = (
    SafetyRule(
        "max-removals",
        Level.GROUP,
        "More people would be removed in one run or one day, from a group or from all groups of an account "
        "together, than "
        "`safety.max_removals` allows.",
    ),
    SafetyRule("emptied", Level.GROUP, "None of the people who are in a group, or were a day ago, would be left."),
    SafetyRule(
        "small-group",
        Level.GROUP,
        "More than half of a group of fewer than five people would be removed in one run or one day; one person may "
        "always be removed.",
    ),
    SafetyRule(
        "exchange",
        Level.GROUP,
        "Someone's old number, or the old admins, would be removed before the new number, or a new admin, is in the "
        "group; "
        "or someone would be removed whose number is like that of a declared person who is not seen: the same "
        "country and the same last eight digits.",
    ),
    SafetyRule(
        "max-removal-percent",
        Level.GROUP,
        "A larger share of a group, or of all groups of an account together, would be removed in one run or one day "
        "than "
        "`safety.max_removal_percent` allows; for a group of fewer than five people there is `small-group`.",
    ),
    SafetyRule("min-admins", Level.GROUP, "Fewer admins would be left in a group than `safety.min_admins` asks for."),
    SafetyRule(
        "declared-shrank",
        Level.GROUP,
        "More than a fifth of those who were declared at the last apply would be removed because no list names them "
        "any more.",
    ),
    SafetyRule(
        "identity-swap",
        Level.GROUP,
        "More than half of a group would be replaced by as many others, which looks like the same people under other "
        "names.",
    ),
    SafetyRule(
        "comes-to-nobody",
        Level.GROUP,
        "A written list of a group that was applied before turns out empty by accident.",
        passable=False,
    ),
    SafetyRule(
        "expect",
        Level.GROUP,
        "A list of a group that was applied before does not have the expected number of people.",
        passable=False,
    ),
    SafetyRule(
        "new-ledger",
        Level.GROUP,
        "People would be added to a group that exists, and the ledger does not know who left it (it is new, or was "
        "lost), and no `import`, creation, override, confirmation on a terminal or approved plan has settled this "
        "since.",
    ),
    SafetyRule(
        "same-subject",
        Level.GROUP,
        "A group would be created although a live group that is in no manifest has the same subject.",
    ),
    SafetyRule("dissolve", Level.GROUP, "A group would be dissolved: everyone is removed, and the account leaves it."),
    SafetyRule(
        "orphan",
        Level.RUN,
        "A group was taken out of the manifests without saying what should happen to the live group.",
    ),
    SafetyRule(
        "account-changed",
        Level.RUN,
        "An account is now connected to a different WhatsApp account than before.",
        of_a_group=False,
    ),
    SafetyRule(
        "looser-settings",
        Level.RUN,
        "The files allow more than at the last apply: a limit, a profile or a budget is wider, or a secret goes "
        "elsewhere; one override makes this the new basis of comparison.",
        of_a_group=False,
    ),
    SafetyRule("claimed", Level.RUN, "A group belongs to another project in the same ledger."),
    SafetyRule("account-moved", Level.RUN, "A group is declared under another account than the one it belongs to."),
    SafetyRule("same-account", Level.RUN, "Two account names stand for the same WhatsApp account.", of_a_group=False),
    SafetyRule(
        "plan-age",
        Level.RUN,
        "A reviewed plan was older than `safety.max_plan_age` when it was first applied.",
        of_a_group=False,
    ),
    SafetyRule(
        "stale",
        Level.RUN,
        "What is declared or needed has changed since the review: only a new plan can be approved.",
        passable=False,
        of_a_group=False,
    ),
)

_HOLDS: Final = (
    SafetyRule("not-connected", Level.HOLD, "The account is not connected to WhatsApp.", passable=False),
    SafetyRule("read-failed", Level.HOLD, "The group could not be read.", passable=False),
    SafetyRule("not-shown", Level.HOLD, "WhatsApp does not show the group to the account.", passable=False),
    SafetyRule(
        "creation-unsettled",
        Level.HOLD,
        "An earlier creation of the group was never answered, and it cannot be determined which live group it made.",
        passable=False,
    ),
    SafetyRule(
        "read-empty",
        Level.HOLD,
        "The gateway shows the group without its members, or no groups although there were some.",
        passable=False,
    ),
    SafetyRule("read-shrank", Level.HOLD, "The list of members is much shorter than at the last good read."),
    SafetyRule("read-short", Level.HOLD, "The gateway lists fewer members, or fewer groups, than it says there are."),
    SafetyRule(
        "own-account-unknown",
        Level.HOLD,
        "The group lists people only by LID, and it is not known which of them is the account.",
        passable=False,
    ),
    SafetyRule(
        "rights-refused",
        Level.HOLD,
        "WhatsApp refused a change as if the account were not an admin of the group, although the gateway shows it "
        "as one.",
    ),
    SafetyRule("not-hydrated", Level.HOLD, "The gateway shows an unfinished record, without subject or creation time."),
)

RULES: Final[Mapping[str, SafetyRule]] = MappingProxyType({rule.name: rule for rule in (*_GUARDS, *_HOLDS)})
"""By name, guards first."""

PASSABLE: Final = tuple(rule.name for rule in RULES.values() if rule.passable)
"""What `--override` may name."""


def override_of(rule: str, group: str | None = None) -> str | None:
    """The option that passes `rule`, for `group` alone where there is one; `None` where nothing passes it."""
    if rule not in PASSABLE:
        return None
    return f"--override {rule}=REASON" if group is None else f"--override {rule}@{group}=REASON"
