"""A plan as CSV, for people who review in a spreadsheet.

Spreadsheets run what begins like a formula, and subjects are written by strangers: such a cell gets an apostrophe in
front.  Source: OWASP, “CSV Injection” (read 2026-11).
"""

from collections.abc import Iterable, Sequence
from typing import Final

from wagroups.domain.plan import Plan
from wagroups.reports.redaction import Redactor
from wagroups.reports.untrusted import clean
from wagroups.reports.view import GroupView, plan_view

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")

_COLUMNS: Final = ("group", "subject", "action", "what", "note", "risk", "place")


def plan_csv(plan: Plan, redactor: Redactor, *, timezone: str = "UTC", attributed: bool = False) -> str:
    """A line for each action, under a line of headings."""
    return groups_csv(plan_view(plan, redactor, timezone, attributed=attributed).groups)


def groups_csv(groups: Iterable[GroupView]) -> str:
    """A line for each row of each group."""
    return sheet(
        _COLUMNS,
        (
            (group.key, group.subject, row.verb, row.what, row.note, row.risk, row.place)
            for group in groups
            for row in group.rows
        ),
    )


def sheet(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV (RFC 4180) with a line of headings, harmless to a spreadsheet that opens it."""
    return "".join(f"{','.join(map(_cell, row))}\r\n" for row in (columns, *rows))


def _cell(text: str) -> str:
    shown = clean(text, limit=None)
    if shown.startswith(_FORMULA_STARTS):
        shown = f"'{shown}"
    return f'"{shown.replace(chr(34), chr(34) * 2)}"' if any(char in shown for char in ',"\n;') else shown
