"""Carry out the rounds of `watch`: each is a whole `drift` or `apply`, from the files as they are at that moment."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import click

from wagroups import __version__
from wagroups.cli.actor import actor_of
from wagroups.cli.common_options import Common
from wagroups.cli.options.run_options import SafetyFlags
from wagroups.cli.options.session import Opened, opened_project
from wagroups.cli.ui.exits import code_of_error, exit_of_error, exit_of_plan, exit_of_run
from wagroups.cli.ui.signals import StopFlag
from wagroups.domain.errors import NotYet, WagroupsError
from wagroups.domain.exit import Exit
from wagroups.domain.plans.outcome import StepOutcome
from wagroups.domain.plans.plan import Plan, Step
from wagroups.planning.situation import Selection
from wagroups.reports.documents.build import plan_document, report_document
from wagroups.reports.documents.models import ErrorBody, PlanDocument, ReportDocument
from wagroups.reports.documents.watch import (
    RoundDocument,
    RoundPart,
    drift_words,
    error_words,
    exit_part,
    one_line,
    run_words,
)
from wagroups.workflows.reconcile.apply import ApplyOptions
from wagroups.workflows.reconcile.apply import apply as apply_plan
from wagroups.workflows.reconcile.plan import preview
from wagroups.workflows.reconcile.session import WaitPolicy
from wagroups.workflows.reconcile.watch import declared_groups, findings, narrowed, next_date
from wagroups.workflows.reconcile.watch_schedule import Conclusion, Round, RoundCause


class RoundResult(NamedTuple):
    """What a round came to, for every output."""

    ending: Exit
    words: str
    document: RoundDocument


class _Found(NamedTuple):
    ending: Exit
    words: str
    conclusion: Conclusion
    groups: tuple[str, ...] | None
    plan: PlanDocument | None = None
    report: ReportDocument | None = None
    error: ErrorBody | None = None


class _Nobody:
    """Is told of progress, and does not mind: a round is reported when it is over."""

    def concluded(self, group: str, step: Step, outcome: StepOutcome) -> None:
        pass


@dataclass
class Rounds:
    """Looks, and tells what came of it."""

    common: Common
    selection: Selection
    brakes: SafetyFlags
    applying: bool
    stop: StopFlag
    now: Callable[[], datetime]
    tell: Callable[[Round, RoundResult], None]
    done: int = 0
    interrupted: Exit | None = None
    """How to end, when a run was stopped while it wrote."""
    _latest: dict[str, str] | None = None

    def health(self) -> dict[str, object]:
        """What `GET /health` tells: that rounds are made, and how the last one ended."""
        return {"status": "ok", "rounds": self.done, "latest": self._latest}

    async def look(self, due: Round) -> Conclusion | None:
        """Carry out one round; `None` when no selected group is concerned."""
        started = self.now()
        try:
            # Remarks about the files were made when the watch began.
            with opened_project(self.common, self.selection, self.brakes, None, self.stop, remarks=False) as opened:
                found = await self._look_at(opened, due)
        except NotYet as error:
            if self.stop:
                return None  # its waiting was cut short
            found = _postponed(error)
        except (WagroupsError, click.UsageError) as error:
            # The files may have changed so that a flag no longer fits them; they may change again.
            found = _failed(error)
        if found is None:
            return None
        ended = self.now()
        self.done += 1
        self._latest = {
            "at": ended.isoformat(timespec="seconds"),
            "cause": due.cause.value,
            "exit": found.ending.reason,
        }
        part = RoundPart(
            cause=due.cause.value, account=due.account, groups=found.groups, started_at=started, ended_at=ended
        )
        document = RoundDocument(
            round=part, plan=found.plan, report=found.report, error=found.error, exit=exit_part(found.ending)
        )
        self.tell(due, RoundResult(found.ending, found.words, document))
        return found.conclusion

    async def _look_at(self, opened: Opened, due: Round) -> _Found | None:
        declared = declared_groups(opened.session, self.selection)
        selection = narrowed(self.selection, due, declared)
        if selection is None:
            return None
        opened = opened._replace(terms=opened.terms.model_copy(update={"selection": selection}))
        if due.cause is RoundCause.DUE:
            opened = opened._replace(terms=opened.terms.model_copy(update={"due": True}))
        found = await (self._apply(opened) if self.applying else self._drift(opened))
        ours = {
            account: frozenset(groups) for account, groups in declared_groups(opened.session, self.selection).items()
        }
        groups = None if due.groups is None else selection.targets
        ahead = next_date(opened.session.project.desired, self.selection, self.now()) if self.applying else None
        return found._replace(conclusion=found.conclusion._replace(declared=ours, next_date=ahead), groups=groups)

    async def _drift(self, opened: Opened) -> _Found:
        patience = WaitPolicy(stopped=lambda: bool(self.stop))
        plan = (await preview(opened.session, opened.terms, patience, met=True)).plan
        ending = exit_of_plan(plan, detailed=True, patient=True)
        document = plan_document(plan, opened.redactor, ending, __version__, attributed=True)
        words = drift_words(plan, opened.redactor)
        return _Found(ending, words, Conclusion(findings(plan)), None, plan=document)

    async def _apply(self, opened: Opened) -> _Found:
        orders = ApplyOptions(
            terms=opened.terms,
            confirm=lambda plan: True,
            watcher=_watcher,
            stopped=lambda: self.stop.code,
            patience=WaitPolicy(stopped=lambda: bool(self.stop)),
            actor=actor_of(os.environ),
        )
        run = await apply_plan(opened.session, orders)
        ending = exit_of_run(run)
        if run.interrupted is not None:
            self.interrupted = ending
        plans = [plan for plan in (run.plan, run.remaining) if plan is not None]
        conclusion = Conclusion(findings(*plans), again_at=run.paused_until)
        document = report_document(run, opened.redactor, ending, __version__)
        return _Found(ending, run_words(run, opened.redactor), conclusion, None, report=document)


def _watcher(plan: Plan) -> _Nobody:
    return _Nobody()


def _failed(error: WagroupsError | click.UsageError) -> _Found:
    """What to tell of a round that found nothing out; the next one may."""
    if isinstance(error, click.UsageError):
        ending, code, hint = Exit.USAGE, Exit.USAGE.reason, ""
    else:
        ending, code, hint = exit_of_error(error), code_of_error(error), error.hint
    body = ErrorBody(code=code, message=one_line(error.message), hint=one_line(hint))
    return _Found(ending, error_words(body), Conclusion({}, failed=True), None, error=body)


def _postponed(error: NotYet) -> _Found:
    """What to tell of a round whose turn to read has not come; nobody needs to do anything about it."""
    hint = "" if error.until is None else "It will be checked again then."
    body = ErrorBody(code=code_of_error(error), message=one_line(error.message), hint=hint)
    conclusion = Conclusion({}, again_at=error.until, failed=True)
    return _Found(exit_of_error(error), error_words(body), conclusion, None, error=body)
