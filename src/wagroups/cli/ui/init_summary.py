"""What `init` says when it is done: what was written, and what to run next."""

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from wagroups.cli.common_options import Common
from wagroups.cli.ui.exits import exit_of_import
from wagroups.cli.ui.init_answers import Answers
from wagroups.cli.ui.terminal import Screen
from wagroups.domain.declared.choices import Profile
from wagroups.domain.exit import Exit
from wagroups.domain.transcript import Import
from wagroups.privacy.redactor import Redactor
from wagroups.reports.documents.import_groups import import_remarks, imported_text
from wagroups.reports.documents.models import FORMAT_VERSION
from wagroups.reports.view.style import Style, TextRole
from wagroups.workflows.setup.first_files import STATE_VARIABLE

_TRIAL: Final = (
    "To apply to the sandbox without pauses, at any hour, change two lines of wagroups.yaml:\n"
    "  profile: sandbox\n"
    "  # active_hours: 08:00-21:00"
)
"""For a real account both lines go back to what they were."""


class Begun(NamedTuple):
    """A project that stands in its folder."""

    answers: Answers
    written: tuple[str, ...] = ()
    taken: Import | None = None
    """The live groups that were taken down."""
    redactor: Redactor | None = None

    @property
    def ending(self) -> Exit:
        return Exit.OK if self.taken is None else exit_of_import(self.taken)


def deliver(common: Common, screen: Screen, begun: Begun) -> Exit:
    """Say it, in every form that was asked for; returns how the command ends."""
    steps = dict(_next_steps(begun))
    for output in common.outputs:
        if output.format == "json":
            text = json.dumps(_document(begun, tuple(steps)), indent=2) + "\n"
        else:
            text = screen.fitted("\n".join(_lines(begun, steps, screen.style(output.to))) + "\n", output.to)
        screen.deliver(text, output.to)
    if begun.taken is not None and begun.redactor is not None:
        for remark in import_remarks(begun.taken, begun.redactor):
            (screen.say if begun.ending is Exit.OK else screen.complain)(remark)
    return begun.ending


def _document(begun: Begun, steps: tuple[str, ...]) -> dict[str, object]:
    ending = begun.ending
    return {
        "format_version": FORMAT_VERSION,
        "written": list(begun.written),
        "imported": [group.key for group in begun.taken.groups] if begun.taken else [],
        "next": list(steps),
        "exit": {"code": ending.code, "reason": ending.reason},
    }


def _lines(begun: Begun, steps: dict[str, str], style: Style) -> Iterator[str]:
    taken = begun.taken if begun.taken and begun.taken.groups else None
    if taken is not None and begun.redactor is not None:
        yield imported_text(taken, begun.redactor, style=style)
    yield style(TextRole.HEADING, "Also written:" if taken else "Written:")
    told = taken.files if taken else ()
    yield from (f"  {name}" for name in begun.written if name not in told)
    yield ""
    yield style(TextRole.HEADING, "Next:")
    width = max(map(len, steps))
    for command, why in steps.items():
        yield f"  {command:{width}}   {style(TextRole.PLACE, f'# {why}')}"
    if taken is not None:
        yield "  Give people and groups the names you like, before the first apply, and commit the files."
    elif not begun.answers.reached and begun.answers.choices.profile != Profile.SANDBOX:
        yield ""
        yield _TRIAL


def _next_steps(begun: Begun) -> Iterator[tuple[str, str]]:
    """The commands to run next, with what each is for."""
    choices = begun.answers.choices
    yield from _exports(begun.answers)
    if choices.ci is not None:
        yield f'export {STATE_VARIABLE}="sqlite:///$PWD/.wagroups/state.db"', "here; in CI a postgresql:// address"
    yield "wagroups validate", "whenever you have edited a file"
    if begun.taken is not None and begun.taken.groups:
        yield "wagroups plan", "nothing to do yet; what would an edit change?  Never writes"
        return
    if not begun.answers.reached:
        yield "wagroups sandbox", "in another terminal, to try things out; prints what to export here"
    yield "wagroups plan", "what would change?  Never writes"


def _exports(answers: Answers) -> Iterator[tuple[str, str]]:
    for name in answers.typed:
        if name == answers.choices.key_env:
            yield f"export {name}=…", "in every new terminal: the key you gave"
        else:
            yield f"export {name}={answers.environ[name]}", "in every new terminal: the address you gave"
