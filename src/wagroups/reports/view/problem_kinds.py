"""Problems of one kind: told three times and then counted, and counted by kind at the end.

One mistake is often made once and found in every line: a wrong column, a table in another encoding.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from wagroups.domain.problem import KIND_MOST, KIND_TOLD, Problem

_QUOTED: Final = re.compile(r"“[^”]*”|`[^`]*`|[0-9]+")
"""What differs between messages of one kind: what is quoted, and numbers."""

CALLED: Final[Mapping[str, tuple[str, str]]] = {
    "unknown-alias": ("unknown name", "unknown names"),
    "not-utf8": ("file that is not UTF-8", "files that are not UTF-8"),
    "stand-in": ("file that is something else", "files that are something else"),
    "merge-conflict": ("unfinished merge", "unfinished merges"),
    "outside-project": ("path outside the project", "paths outside the project"),
    "include-empty": ("pattern without a file", "patterns without a file"),
    "not-included": ("file that is not read", "files that are not read"),
    "unreadable": ("unreadable file", "unreadable files"),
    "no-project": ("missing wagroups.yaml", "missing wagroups.yaml"),
    "too-large": ("file or value that is too large", "files or values that are too large"),
    "table-name": ("file that may not be a table", "files that may not be tables"),
    "table-missing": ("missing table", "missing tables"),
    "table-syntax": ("line that does not match its table", "lines that do not match their table"),
    "no-rows": ("table without people", "tables without people"),
    "duplicate-key": ("name declared twice", "names declared twice"),
    "empty-value": ("empty value", "empty values"),
    "unknown-word": ("unknown word", "unknown words"),
    "slug": ("name that is not lower case", "names that are not lower case"),
    "text-too-long": ("text that is too long", "texts that are too long"),
    "phone-format": ("value that is not a phone number", "values that are not phone numbers"),
    "phone-impossible": ("impossible phone number", "impossible phone numbers"),
    "phone-invalid": ("phone number that is not in use", "phone numbers that are not in use"),
    "same-phone": ("number shared by two people", "numbers shared by two people"),
    "missing-key": ("missing key", "missing keys"),
    "denied": ("declared person on the deny list", "declared people on the deny list"),
    "declared-twice": ("repeated entry", "repeated entries"),
    "override-rule": ("override of a rule that cannot be overridden", "overrides of rules that cannot be overridden"),
    "override-group": ("override of an unknown group", "overrides of unknown groups"),
    "override-time": ("override that lasts too long", "overrides that last too long"),
    "override-past": ("override that has ended", "overrides that have ended"),
    "known-point": ("known point that does not exist", "known points that do not exist"),
    "known-time": ("point known for too long", "points known for too long"),
    "known-past": ("known point that has ended", "known points that have ended"),
    "expect": ("unexpected count", "unexpected counts"),
    "comes-to-nobody": ("list that turns out empty", "lists that turn out empty"),
    "yaml-syntax": ("YAML mistake", "YAML mistakes"),
    "yaml-tab": ("tab", "tabs"),
    "yaml-colon": ("text without quotes", "texts without quotes"),
    "yaml-reserved": ("text without quotes", "texts without quotes"),
    "yaml-star": ("star without a name", "stars without a name"),
    "yaml-alias-bomb": ("part repeated too often", "parts repeated too often"),
    "yaml-depth": ("part nested too deeply", "parts nested too deeply"),
    "yaml-documents": ("second document", "second documents"),
    "yaml-tag": ("tag", "tags"),
    "yaml-merge-key": ("merge key", "merge keys"),
    "yaml-key": ("key that is not text", "keys that are not text"),
    "date": ("wrong date", "wrong dates"),
    "number": ("wrong number", "wrong numbers"),
    "duration": ("wrong duration", "wrong durations"),
    "text-control": ("text with a control character", "texts with control characters"),
    "phone-region": ("number without a region", "numbers without a region"),
    "encrypted-phone-unsupported": ("encrypted number", "encrypted numbers"),
    "plain-phone": ("number in plain text", "numbers in plain text"),
    "number-has-alias": ("number instead of an alias", "numbers instead of aliases"),
    "alias-required": ("number instead of an alias", "numbers instead of aliases"),
    "team-as-member": ("team written as a person", "teams written as people"),
    "member-entry": ("unclear entry", "unclear entries"),
    "dates-reversed": ("membership that ends before it starts", "memberships that end before they start"),
    "unknown-community": ("unknown community", "unknown communities"),
    "community-full": ("full community", "full communities"),
    "no-subject": ("group without a subject", "groups without a subject"),
    "too-many-people": ("group with too many people", "groups with too many people"),
    "group-as-note": ("group written as a note", "groups written as notes"),
    "same-subject": ("subject used by two groups", "subjects used by two groups"),
    "join-without-approval": ("link without approval", "links without approval"),
    "group-id": ("wrong group id", "wrong group ids"),
    "same-id": ("id used by two groups", "ids used by two groups"),
    "previous-key": ("previous key in doubt", "previous keys in doubt"),
    "no-account": ("group without an account", "groups without an account"),
    "picture-missing": ("missing picture", "missing pictures"),
    "picture-unusable": ("unusable picture", "unusable pictures"),
    "version": ("unknown version", "unknown versions"),
    "url": ("wrong address", "wrong addresses"),
    "url-host": ("address that is not allowed", "addresses that are not allowed"),
    "sandbox-host": ("sandbox profile on a real gateway", "sandbox profiles on real gateways"),
    "session-name": ("wrong session name", "wrong session names"),
    "one-of": ("missing choice", "missing choices"),
    "default-account": ("second default account", "second default accounts"),
    "timezone": ("unknown time zone", "unknown time zones"),
    "region": ("unknown region", "unknown regions"),
    "hours": ("wrong range of hours", "wrong ranges of hours"),
    "variable-name": ("wrong variable name", "wrong variable names"),
    "variable-not-allowed": ("variable that is not allowed", "variables that are not allowed"),
    "state-place": ("ledger outside its place", "ledgers outside their place"),
    "lost-prefix": ("number without its prefix", "numbers without their prefixes"),
    "time-zone-needed": ("time of day without a time zone", "times of day without a time zone"),
    "no-time-left": ("entry that adds no time", "entries that add no time"),
    "no-admin-later": ("group without an admin later", "groups without an admin later"),
    "nobody-later": ("group without people later", "groups without people later"),
    "changed-meaning": ("changed meaning", "changed meanings"),
    "two-numbers": ("person with two numbers", "people with two numbers"),
    "denied-in-table": ("line of someone on the deny list", "lines of people on the deny list"),
    "not-on-whatsapp": ("number that is not on WhatsApp", "numbers that are not on WhatsApp"),
}
"""What the problems of a rule are called, where that is not its id with blanks."""


class GroupedProblem(NamedTuple):
    """A problem to be told, and how many more of its kind stand behind it."""

    problem: Problem
    more: str = ""
    """“and 358 more of this kind, lines 4–361”, behind the last one that is told."""


def with_folds(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """All problems; those that texts only count say so."""
    problems = tuple(problems)
    sizes = Counter(map(_kind, problems))
    seen: Counter[tuple[str, str, str]] = Counter()
    marked = []
    for problem in problems:
        kind = _kind(problem)
        seen[kind] += 1
        hidden = sizes[kind] > KIND_MOST and seen[kind] > KIND_TOLD
        marked.append(problem.model_copy(update={"folded": True}) if hidden else problem)
    return tuple(marked)


def told(problems: Iterable[Problem]) -> Iterator[GroupedProblem]:
    """The problems that a text tells."""
    problems = with_folds(problems)
    hidden: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        if problem.folded:
            hidden.setdefault(_kind(problem), []).append(problem)
    seen: Counter[tuple[str, str, str]] = Counter()
    for problem in problems:
        kind = _kind(problem)
        seen[kind] += 1
        if not problem.folded:
            yield GroupedProblem(problem, _more(hidden[kind]) if kind in hidden and seen[kind] == KIND_TOLD else "")


def summary(problems: Sequence[Problem]) -> str:
    """How much is wrong, by kind: “3 problems: 1 file that is not UTF-8, 1 unknown column, 358 empty values.”

    What is told as one kind is one problem.
    """
    parts = [
        _counted([p for p in problems if p.severity == severity], one, many)
        for severity, one, many in (("error", "problem", "problems"), ("warning", "warning", "warnings"))
    ]
    return "  ".join(filter(None, parts)) or "No problems."


def _counted(problems: Sequence[Problem], one: str, many: str) -> str:
    if not problems:
        return ""
    sizes = Counter(map(_kind, problems))
    number = sum(1 if size > KIND_MOST else size for size in sizes.values())
    by_rule = Counter(problem.rule for problem in problems)
    kinds = ", ".join(f"{count:,} {called(rule, count)}" for rule, count in by_rule.items())
    return f"{number:,} {one if number == 1 else many}: {kinds}."


def called(rule: str, count: int) -> str:
    """What `count` problems of a rule are called."""
    one, many = CALLED.get(rule) or (words := rule.replace("-", " "), f"{words}s")
    return one if count == 1 else many


def _kind(problem: Problem) -> tuple[str, str, str]:
    return problem.rule, problem.file, _QUOTED.sub("", problem.message)


def _more(hidden: Sequence[Problem]) -> str:
    lines = [problem.line for problem in hidden if problem.line]
    where = f", lines {min(lines)}–{max(lines)}" if lines and min(lines) < max(lines) else ""
    return f"… and {len(hidden):,} more of this kind{where}"
