"""Laws 2 and 3: what is as declared is left alone, and what is not becomes so, on every dialect."""

from hypothesis import given

from tests.laws.effort import examples, on_every_dialect
from tests.laws.stage import staged
from tests.laws.worlds import Case, worlds
from wagroups.domain.plans.outcome import Verdict


@on_every_dialect
@examples(6)
@given(cases=worlds(born=True))
def test_a_world_in_sync_receives_not_one_write(gateway: str, dialect: str, cases: tuple[Case, ...]) -> None:
    with staged(gateway, dialect, [case.in_sync() for case in cases]) as stage:
        run = stage.apply()
        assert stage.writes() == {}
        assert run.converged is not any(case.admins_wait for case in cases)
        assert run.plan.empty


@on_every_dialect
@examples(10)
@given(cases=worlds())
def test_whatever_differs_becomes_what_git_says(gateway: str, dialect: str, cases: tuple[Case, ...]) -> None:
    with staged(gateway, dialect, cases) as stage:
        run = stage.apply()
        assert {r.verdict for r in run.results} <= {Verdict.DONE, Verdict.ALREADY}, run.results
        settled = not any(case.admins_wait for case in cases)
        assert run.converged is settled
        for case in stage.cases:
            group = stage.rig.group(case.subject)
            assert stage.live(case) == case.wanted()
            assert group.settings == {**group.settings, **case.settings}
            assert case.description is None or group.description.text == case.description
        writes = stage.writes()
        assert stage.rig.plan(*stage.groups()).empty
        assert stage.apply().converged is settled
        assert stage.writes() == writes
