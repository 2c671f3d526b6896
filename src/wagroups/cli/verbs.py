"""The verbs and the exit codes, as tables: help is printed from here, so it needs no verb's own module."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.exit import Exit


class VerbEntry(NamedTuple):
    """One verb of the table: where it is, and what help says of it without importing it."""

    module: str
    attribute: str
    section: str
    summary: str


_START: Final = "Start here"
_WORK: Final = "Plan and apply"
_FILES: Final = "Files only"
_REVIEW: Final = "People"
_RUN: Final = "Maintain"

VERBS: Final[Mapping[str, VerbEntry]] = MappingProxyType(
    {
        "demo": VerbEntry(
            "wagroups.cli.commands.demo",
            "demo",
            _START,
            "See wagroups at work on a simulated WhatsApp; nothing to set up.",
        ),
        "init": VerbEntry(
            "wagroups.cli.commands.init",
            "init",
            _START,
            "Start a project: choose the gateway, its live groups, the files.",
        ),
        "import": VerbEntry(
            "wagroups.cli.commands.import_groups",
            "import_",
            _START,
            "Write manifests of live groups; the next plan is empty.",
        ),
        "doctor": VerbEntry(
            "wagroups.cli.commands.doctor", "doctor", _START, "Check the gateway, the account and its rights."
        ),
        "plan": VerbEntry("wagroups.cli.commands.plan", "plan", _WORK, "Show what would change.  Never writes."),
        "apply": VerbEntry(
            "wagroups.cli.commands.apply", "apply", _WORK, "Make the changes, gently, and read again to prove it."
        ),
        "drift": VerbEntry(
            "wagroups.cli.commands.plan", "drift", _WORK, "Show what differs from git, and who changed it."
        ),
        "validate": VerbEntry(
            "wagroups.cli.commands.validate", "validate", _FILES, "Find every mistake in the files, with its line."
        ),
        "schema": VerbEntry(
            "wagroups.cli.commands.schema", "print_schema", _FILES, "Print a JSON Schema, for editors and programs."
        ),
        "show": VerbEntry(
            "wagroups.cli.commands.validate",
            "show",
            _FILES,
            "Print groups as resolved; --explain shows where values come from.",
        ),
        "diff": VerbEntry(
            "wagroups.cli.commands.diff", "diff", _FILES, "Show what is declared differently from another revision."
        ),
        "fmt": VerbEntry("wagroups.cli.commands.fmt", "fmt", _FILES, "Format the files; --check changes nothing."),
        "person": VerbEntry(
            "wagroups.cli.commands.person",
            "person",
            _FILES,
            "Add, move, renumber, extend or offboard someone in the files.",
        ),
        "pii": VerbEntry(
            "wagroups.cli.commands.pii", "pii", _FILES, "Find phone numbers and links written in plain text."
        ),
        "why": VerbEntry("wagroups.cli.commands.review", "why", _REVIEW, "Explain one membership in one sentence."),
        "who": VerbEntry("wagroups.cli.commands.review", "who", _REVIEW, "Show who is in a group, declared and live."),
        "groups-of": VerbEntry("wagroups.cli.commands.review", "groups_of", _REVIEW, "Show the groups of a person."),
        "review": VerbEntry(
            "wagroups.cli.commands.review", "review", _REVIEW, "An access review: text, Markdown, CSV or JSON."
        ),
        "history": VerbEntry(
            "wagroups.cli.commands.history",
            "history",
            _REVIEW,
            "Show what was done, when, by whom and for which commit.",
        ),
        "status": VerbEntry(
            "wagroups.cli.commands.doctor",
            "status",
            _RUN,
            "Show the journal, budgets, pauses and the next possible time.",
        ),
        "state": VerbEntry(
            "wagroups.cli.commands.state", "state", _RUN, "Inspect and repair what is remembered between runs."
        ),
        "watch": VerbEntry(
            "wagroups.cli.commands.watch", "watch", _RUN, "Run drift, or apply, when a gateway reports a change."
        ),
        "link": VerbEntry(
            "wagroups.cli.commands.link", "link", _RUN, "Show a group's invite link on a terminal; --rotate renews it."
        ),
        "join": VerbEntry("wagroups.cli.commands.link", "join", _RUN, "Join a declared group by its invite link."),
        "sandbox": VerbEntry(
            "wagroups.cli.commands.sandbox", "sandbox", _RUN, "Serve a simulated WhatsApp behind a gateway's API."
        ),
        "completion": VerbEntry(
            "wagroups.cli.options.completion",
            "completion",
            _RUN,
            "Print what bash, zsh or fish need to complete names.",
        ),
    }
)

EXIT_CODES: Final = (
    (Exit.OK, "fine; for `plan` also when changes exist"),
    (Exit.ERROR, "unexpected error"),
    (Exit.CHANGES, "changes or open points (plan or diff --detailed-exitcode, drift, fmt --check)"),
    (Exit.REFUSED, "a guard, a stale plan or a missing approval: someone has to decide"),
    (Exit.PARTIAL, "some actions failed, or were not seen afterwards"),
    (Exit.PAUSED, "paused: budget, hours or WhatsApp's limits; run again at the time printed"),
    (Exit.LOCKED, "another run is using the account"),
    (Exit.GATEWAY, "gateway or account not usable, or the read was incomplete"),
    (Exit.USAGE, "wrong command line"),
    (Exit.INVALID, "manifests, configuration or state file invalid"),
    (Exit.INTERRUPTED, "interrupted (143: terminated); run again to go on"),
)
