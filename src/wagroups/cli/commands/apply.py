"""`apply`: make the groups what git says, and prove it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from wagroups import __version__
from wagroups.cli.common_options import BASIC_FORMATS, Common, FilePath, Verb, pass_common
from wagroups.cli.options.run_options import DurationParam, SafetyFlags, brake_options, caps_of, end_of
from wagroups.cli.options.selection import selection_options, since_option
from wagroups.domain.exit import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from wagroups.cli.options.session import Opened
    from wagroups.cli.ui.progress import Meter
    from wagroups.cli.ui.signals import StopFlag
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.declared.desired import DesiredGroup
    from wagroups.domain.declared.safety import Override
    from wagroups.domain.identity import GroupKey
    from wagroups.domain.plans.approval import Reviewed
    from wagroups.domain.plans.budget import Waiting
    from wagroups.domain.plans.outcome import Run, StepOutcome
    from wagroups.domain.plans.plan import Plan, Step
    from wagroups.planning.safety.approval import OnStale
    from wagroups.planning.situation import Selection, Terms
    from wagroups.workflows.reconcile.session import Session, WaitPolicy


class PaceOptions(NamedTuple):
    """The flags about how long and how much."""

    wait: bool
    until: str | None
    max_ops: int | None
    caps: tuple[str, ...]
    lock_timeout: timedelta
    fail_fast: bool


class ApprovalOptions(NamedTuple):
    """The flags about who said yes."""

    planfile: Path | None
    yes: bool
    digest: str | None
    on_stale: OnStale
    actor: str | None
    due: bool
    """Nothing but what was approved with its dates, which have come."""


@click.command(cls=Verb, formats=(*BASIC_FORMATS, "html"))
@click.argument("planfile", required=False, type=FilePath(exists=True, dir_okay=False))
@selection_options
@since_option
@brake_options
@click.option("--adopt", multiple=True, metavar="GROUP=ID", help="A live group that becomes the declared one.")
@click.option("--yes", is_flag=True, allow_from_autoenv=False, help="Do not ask; required without a terminal.")
@click.option(
    "--approve-digest", metavar="DIGEST", allow_from_autoenv=False, help="Apply only if the plan has this digest."
)
@click.option(
    "--on-stale",
    type=click.Choice(["reviewed-only", "refuse"]),
    default="reviewed-only",
    help="What to do when more is needed than was reviewed.",
)
@click.option("--due", is_flag=True, help="Only what is due by date, as approved with an earlier plan; does not ask.")
@click.option("--wait", is_flag=True, help="Wait for the budget as long as it takes.")
@click.option("--until", metavar="TIME", help="Stop writing at this time (18:30) or after this long (2h).")
@click.option("--max-ops", type=click.IntRange(min=1), help="Make at most this many changes.")
@click.option("--budget", multiple=True, metavar="CLASS=N", help="Fewer calls a day: add=10 (also limits add_unseen).")
@click.option(
    "--lock-timeout", type=DurationParam(), default="0s", help="Wait for another run that is using the account."
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure.")
@click.option("--actor", help="Who applies, for the audit log.  [default: the CI actor, otherwise the user]")
@pass_common
def apply(common: Common, /, selection: Selection, since: str | None, brakes: SafetyFlags, **flags: Any) -> Exit:
    """Make the groups what git says, gently, and prove it by reading them again.

    Shows the plan and asks first.  With PLANFILE only what was reviewed is done, and what has become due since.
    Who approves a plan approves its dates: `--due` does what they bring, day by day.
    Stopped, paused or killed: run it again, and it goes on.

    \b
    Examples:
      wagroups apply                        plan, ask, do
      wagroups apply --yes                  in a job
      wagroups apply plan.json              what was reviewed, and no more
      wagroups apply --due                  what the approved dates bring, every hour in a job
      wagroups apply --adopt chess=120363000000000001@g.us
      wagroups apply --override max-removals='end of the school year'
    """
    from wagroups.cli.options.session import opened_project
    from wagroups.cli.ui.signals import stop_requests
    from wagroups.cli.ui.terminal import Screen

    approval = ApprovalOptions(
        flags["planfile"], flags["yes"], flags["approve_digest"], flags["on_stale"], flags["actor"], flags["due"]
    )
    if approval.due and (approval.planfile or approval.digest or brakes.adopt):
        raise click.UsageError(
            "--due only does what is already approved: leave out PLANFILE, --approve-digest and --adopt."
        )
    pace = PaceOptions(
        flags["wait"],
        flags["until"],
        flags["max_ops"],
        flags["budget"],
        flags["lock_timeout"],
        flags["fail_fast"],
    )
    with (
        stop_requests(Screen.of(common).complain) as stop,
        opened_project(common, selection, brakes, since, stop) as opened,
    ):
        return _applied(common, opened, approval, pace, stop)


def _applied(common: Common, opened: Opened, approval: ApprovalOptions, pace: PaceOptions, stop: StopFlag) -> Exit:
    import asyncio

    from wagroups.cli.actor import actor_of
    from wagroups.cli.ui.exits import exit_of_error, exit_of_run
    from wagroups.domain.errors import Declined
    from wagroups.planning.safety.approval import as_reviewed
    from wagroups.workflows.reconcile.apply import ApplyOptions
    from wagroups.workflows.reconcile.apply import apply as apply_plan

    session, screen = opened.session, opened.screen
    with _Progress(screen, session.config.timezone) as progress:
        reviewed = _reviewed(approval, session)
        orders = ApplyOptions(
            terms=as_reviewed(_with_dissolutions(opened), reviewed).model_copy(update={"due": approval.due}),
            confirm=lambda found: _confirmed(found, opened, approval),
            confirm_dates=lambda found: _dates_confirmed(found, opened, approval),
            watcher=progress.watch,
            stopped=lambda: stop.code,
            remember=lambda found: _remembered(found, opened, approval),
            reviewed=reviewed,
            on_stale=approval.on_stale,
            patience=_patience(pace, session, progress, stop),
            lock_timeout=pace.lock_timeout,
            fail_fast=pace.fail_fast,
            actor=approval.actor or actor_of(os.environ),
        )
        try:
            run = asyncio.run(apply_plan(session, orders))
        except Declined as error:
            screen.complain(error.message)
            return exit_of_error(error)
    ending = exit_of_run(run)
    _deliver_run(common, opened, run, ending)
    return ending


def _with_dissolutions(opened: Opened) -> Terms:
    """The terms, with groups to be dissolved confirmed one by one where somebody can be asked."""
    from wagroups.domain.declared.desired import State
    from wagroups.domain.declared.safety import Override

    terms, screen = opened.terms, opened.screen
    ending = [
        key
        for key, group in opened.session.project.desired.groups.items()
        if group.state is State.DISSOLVED and terms.selection.has_group(group)
    ]
    if not terms.safety.allow_dissolve or not screen.interactive:
        return terms
    typed = [
        Override(rule="dissolve", group=key, reason="typed on the terminal")
        for key in ending
        if not terms.passes("dissolve", key)
        and screen.confirm_by_typing(f"{key}: everyone will be removed, and the account leaves the group.", key)
    ]
    return terms.model_copy(update={"overrides": (*terms.overrides, *typed)})


def _remembered(found: Plan, opened: Opened, approval: ApprovalOptions) -> tuple[Override, ...]:
    """Overrides for groups that nobody left, as somebody on the terminal says; none where nobody can be asked."""
    from wagroups.domain.declared.safety import Override
    from wagroups.planning.safety.new_ledger import RULE as NEW_LEDGER

    screen = opened.screen
    if not screen.interactive or approval.yes or approval.planfile is not None or approval.digest is not None:
        return ()
    asked = [guard for guard in found.guards if guard.rule == NEW_LEDGER]
    return tuple(
        Override(rule=NEW_LEDGER, group=guard.group, reason="said on the terminal")
        for guard in asked
        if screen.confirm(f"{guard.message}.  Add them?")
    )


def _confirmed(found: Plan, opened: Opened, approval: ApprovalOptions) -> bool:
    """Whether somebody approved this plan: by a flag, by a reviewed plan, or by answering now."""
    from wagroups.domain.errors import Refusal
    from wagroups.planning.safety.approval import refused_actions
    from wagroups.reports.render.text import plan_text

    if approval.digest is not None:
        if approval.digest != found.digest:
            raise Refusal(
                "approve-digest",
                f"the plan is now {found.digest}, but {approval.digest} was approved",
                hint="Review `wagroups plan` again.",
            )
        return True
    if approval.yes or approval.planfile is not None:
        return True
    screen = opened.screen
    if not screen.interactive:
        raise Refusal(
            "approval",
            "this plan is not approved",
            hint="Pass --yes, a reviewed plan file, or --approve-digest.",
        )
    style, zone = screen.style(), opened.session.config.timezone
    screen.complain(plan_text(found, opened.redactor, unicode=screen.unicode, style=style, timezone=zone))
    refused = refused_actions(found)
    count = sum(action.id not in refused and not group.watched for group, action in found.actions())
    return screen.confirm(f"Do {'this' if count == 1 else f'these {count} things'} on WhatsApp?")


def _dates_confirmed(found: Plan, opened: Opened, approval: ApprovalOptions) -> bool:
    """Whether somebody approved what is to follow by date, where there is nothing to do now."""
    from wagroups.reports.render.text import plan_text

    if approval.digest is not None:
        return approval.digest == found.digest
    if approval.yes or approval.planfile is not None:
        return True
    screen = opened.screen
    if not screen.interactive or not found.later:
        return False
    style, zone = screen.style(), opened.session.config.timezone
    screen.complain(plan_text(found, opened.redactor, unicode=screen.unicode, style=style, timezone=zone))
    return screen.confirm("Nothing has to be done now.  Do what follows by date when it is due, without asking again?")


def _reviewed(approval: ApprovalOptions, session: Session) -> Reviewed | None:
    """What a saved plan approves.  Raises Refusal for a file that is no plan, or one made with another key."""
    from pydantic import ValidationError

    from wagroups.domain.errors import Refusal
    from wagroups.domain.plans.approval import Reviewed
    from wagroups.privacy.redactor import key_fingerprint
    from wagroups.reports.documents.models import PlanDocument

    if approval.planfile is None:
        return None
    try:
        document = PlanDocument.model_validate_json(approval.planfile.read_bytes())
    except (ValidationError, OSError):
        raise Refusal(
            "plan-file",
            f"{approval.planfile.name} is not a plan made by this version",
            hint="Make one: wagroups plan --out FILE",
        ) from None
    made_with = document.redaction.key_fingerprint
    if made_with != key_fingerprint(session.ledger.key):
        raise Refusal(
            "plan-key",
            "the plan was made with another pseudonym key, so its people cannot be identified",
            hint="Use the same ledger, or set WAGROUPS_PLAN_KEY to the same value on both machines.",
        )
    return Reviewed(
        digest=document.digest,
        created_at=document.created_at,
        actions=document.approved(),
        fingerprints=document.fingerprints(),
        overrides=document.passing(),
        emptied=document.emptied(),
        unremembered=document.unremembered(),
    )


def _patience(pace: PaceOptions, session: Session, progress: _Progress, stop: StopFlag) -> WaitPolicy:
    from wagroups.workflows.reconcile.session import WaitPolicy

    until = None if pace.until is None else end_of(pace.until, session.clock.now(), session.config.timezone)
    usual = WaitPolicy()
    return WaitPolicy(
        longest=None if pace.wait else usual.longest,
        until=until,
        max_ops=pace.max_ops,
        caps=caps_of(pace.caps),
        waiting=progress.waiting,
        stopped=lambda: bool(stop),
    )


class _Progress:
    """The bar of one apply, which begins when the plan is known."""

    def __init__(self, screen: Screen, timezone: str) -> None:
        self._screen, self._timezone = screen, timezone
        self._stack = ExitStack()
        self._meter: Meter | None = None

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def watch(self, found: Plan) -> _Progress:
        from wagroups.cli.ui.progress import meter

        steps = sum(len(group.steps) for group in found.groups)
        bar = meter("apply", steps, self._screen.stderr, quiet=self._screen.quiet)
        self._meter = self._stack.enter_context(bar)
        return self

    def concluded(self, group: str, step: Step, outcome: StepOutcome) -> None:
        if self._meter is not None:
            self._meter.note(group)
            self._meter.advance()

    def waiting(self, waiting: Waiting) -> None:
        from wagroups.cli.ui.pauses import WORTH_SAYING
        from wagroups.reports.view.rests import waiting_words

        words = waiting_words(waiting, self._timezone)
        if self._meter is not None:
            self._meter.wait(words, waiting.duration.total_seconds())
        elif waiting.duration > WORTH_SAYING:
            self._screen.say(words)


def _deliver_run(common: Common, opened: Opened, run: Run, ending: Exit) -> None:
    from wagroups.reports.documents.build import report_document
    from wagroups.reports.documents.models import document_json
    from wagroups.reports.render.html import run_html
    from wagroups.reports.render.markdown import run_markdown
    from wagroups.reports.render.text import run_text

    screen, redactor, zone = opened.screen, opened.redactor, opened.session.config.timezone
    declared: Mapping[GroupKey, DesiredGroup] = opened.session.project.desired.groups
    for output in common.outputs:
        match output.format:
            case "json":
                screen.deliver(document_json(report_document(run, redactor, ending, __version__)), output.to)
            case "markdown":
                screen.deliver(run_markdown(run, redactor, timezone=zone, declared=declared), output.to)
            case "html":
                screen.deliver(run_html(run, redactor, timezone=zone, declared=declared), output.to)
            case _:
                style, unicode = screen.style(output.to), screen.unicode or output.to is not None
                said = run_text(run, redactor, unicode=unicode, style=style, timezone=zone, declared=declared)
                screen.deliver(screen.fitted(said, output.to), output.to)
