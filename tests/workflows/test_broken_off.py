"""A run that the ledger, or wagroups itself, ends in its middle: what was done is told all the same."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.cli.ui.exits import exit_of_run
from wagroups.domain.errors import LedgerError, Locked
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.execution.executor import Executor
from wagroups.privacy.redactor import Redaction, Redactor
from wagroups.reports.render.text import run_text
from wagroups.simulation.world.faults import Call, Fault, FaultKind

FULL = LedgerError("The ledger cannot be written: the disk is full.", hint="Make room.")


def failing_after(calls: int, call: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    """`call`, which raises `error` from its `calls`-th time on."""
    made = 0

    def once_more(*arguments: Any, **named: Any) -> Any:
        nonlocal made
        made += 1
        if made >= calls:
            raise error
        return call(*arguments, **named)

    return once_more


def broken_off(account: Rig, monkeypatch: pytest.MonkeyPatch, method: str, error: Exception) -> Run:
    """A run over three groups whose ledger fails at the second write: from `method` on nothing can be written."""
    groups = [
        b.group(key, id=account.live_group(f"Old {key}", {"anna": Role.MEMBER}), subject=f"New {key}", members=["anna"])
        for key in ("chess", "go", "shogi")
    ]
    ledger = account.ledger
    failing = failing_after(2, getattr(ledger, method), error)

    def and_all_else_from_then_on(*arguments: Any, **named: Any) -> Any:
        try:
            return failing(*arguments, **named)
        except type(error):
            for name in ("intend", "conclude", "reserve", "note_read", "settle", "note_applied", "trip", "note_pause"):
                monkeypatch.setattr(ledger, name, failing_after(1, lambda *_: None, error))
            raise

    monkeypatch.setattr(ledger, method, and_all_else_from_then_on)
    return account.apply(*groups)


@pytest.mark.parametrize("pair", DIALECTS, ids=lambda pair: pair[1])
@pytest.mark.parametrize("method", ["intend", "conclude"])
def test_a_ledger_that_fails_in_the_middle_costs_no_report(
    pair: tuple[str, str], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rig(*pair, "anna") as account:
        run = broken_off(account, monkeypatch, method, FULL)
        # With `conclude` the second call was made and answered: a read without the ledger shows it.
        done = [Verdict.DONE] * (1 if method == "intend" else 2)
        assert [result.verdict for result in run.results] == [*done, *[Verdict.NOT_ATTEMPTED] * (3 - len(done))]
        assert exit_of_run(run) is Exit.PARTIAL
        assert not run.converged
        said = run_text(run, Redactor(Redaction.ALIAS, b.KEY), unicode=True)
        assert "The run broke off: The ledger cannot be written: the disk is full." in said
        assert len([entry for entry in account.front.writes if entry.call == Call.SUBJECT]) == len(done)


def test_nothing_is_claimed_that_could_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with rig("waha", "noweb", "anna") as account:
        account.script(Fault(kind=FaultKind.HTTP_STATUS, on=Call.GET, times=None))
        run = broken_off(account, monkeypatch, "conclude", FULL)
        assert [r.verdict for r in run.results] == [Verdict.NOT_KNOWN, Verdict.NOT_KNOWN, Verdict.NOT_ATTEMPTED]


@pytest.mark.parametrize(
    ("error", "ending"), [(Locked("Another run took over."), Exit.LOCKED), (KeyError("x"), Exit.ERROR)]
)
def test_every_other_end_in_the_middle_is_told_too(
    error: Exception, ending: Exit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rig("waha", "noweb", "anna") as account:
        run = broken_off(account, monkeypatch, "intend", error)
        assert [r.verdict for r in run.results] == [Verdict.DONE, Verdict.NOT_ATTEMPTED, Verdict.NOT_ATTEMPTED]
        assert exit_of_run(run) is ending


def test_a_mistake_after_the_answers_loses_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with rig("waha", "gows", "anna") as account:
        monkeypatch.setattr(Executor, "_after", broken)
        run = broken_off(account, monkeypatch, "settle", FULL)
        assert run.results[0].verdict is Verdict.DONE
        assert exit_of_run(run) is Exit.ERROR
