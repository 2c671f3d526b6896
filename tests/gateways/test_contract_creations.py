"""A creation is made once, whatever becomes of its answer: contract of every gateway and engine."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.identity import Role
from wagroups.domain.outcome import Run, Verdict
from wagroups.simulation.faults import Call, Fault, FaultKind

RUNS = 3

CHESS = b.group("chess", members=["anna", "ben"], admins=["anna"])


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna", "ben", "carla", "dora") as made:
        yield made


def runs_until_converged(account: Rig, *groups: Any) -> list[Run]:
    """A run, and a few more an hour apart, as a schedule would make them."""
    runs = [account.apply(*groups)]
    while not runs[-1].converged and len(runs) < RUNS:
        account.clock.advance(timedelta(hours=1))
        runs.append(account.apply(*groups))
    return runs


PROXIES = [
    {"status": 503, "page": "html"},
    {"status": 503, "page": "text", "advice": 7},
    {"status": 503, "page": "json"},
    *({"status": status, "page": "html"} for status in (502, 521, 523, 302, 401, 404)),
    *({"status": status, "page": "json"} for status in (500, 403, 409, 422, 429)),
]


@pytest.mark.parametrize("answer", PROXIES, ids=lambda answer: "-".join(map(str, answer.values())))
def test_a_creation_that_worked_is_never_repeated_whatever_a_proxy_answers(
    account: Rig, answer: dict[str, Any]
) -> None:
    account.script(Fault(kind=FaultKind.REPLACE_ANSWER, on=Call.CREATE, **answer))
    runs = runs_until_converged(account, CHESS)
    assert len(account.world.groups) == 1
    assert sum(entry.call == Call.CREATE for entry in account.front.writes) == 1
    assert runs[-1].converged
    assert account.members("Chess") == {"anna": "admin", "ben": "member"}


def test_an_addition_that_worked_is_not_asked_for_twice_when_a_proxy_answers(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.ADMIN})
    chess = b.group("chess", id=jid, members=["anna", "ben"], admins=["anna"])
    account.script(Fault(kind=FaultKind.REPLACE_ANSWER, on=Call.ADD, status=503, page="json"))
    run = account.apply(chess)
    assert [result.verdict for result in run.results] == [Verdict.DONE]
    assert sum(entry.call == Call.ADD for entry in account.front.writes) == 1


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.CUT_OFF])
def test_a_creation_whose_answer_was_lost_is_made_once(account: Rig, kind: FaultKind) -> None:
    account.script(Fault(kind=kind, on=Call.CREATE))
    assert runs_until_converged(account, CHESS)[-1].converged
    assert len(account.world.groups) == 1
