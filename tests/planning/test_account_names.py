"""Two accounts that are connected at once, and what their names stand for."""

from dataclasses import replace

from tests import builders as b
from wagroups.domain.identity import AccountKey, Me
from wagroups.domain.plans.plan import TrippedGuard
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Situation, Terms

SPORTS = AccountKey("sports")


def account(name: AccountKey, me: Me) -> Situation:
    return b.situation(b.observed(account=name, me=me), b.memory(account=name))


def refusals(*accounts: Situation) -> tuple[TrippedGuard, ...]:
    situations = {each.observed.account: each for each in accounts}
    declared = replace(b.desired(), accounts=frozenset(situations))
    return make_plan(declared, situations, Terms(), b.NOW).plan.guards


def test_two_names_that_are_one_account_at_once_are_refused_together() -> None:
    (guard,) = refusals(account(b.ACCOUNT, b.ME), account(SPORTS, Me(None, b.ME.lid)))
    assert guard.rule == "same-account"
    assert "office and sports are one WhatsApp account" in guard.message


def test_what_is_connected_counts_and_not_what_a_name_stood_for() -> None:
    office = account(b.ACCOUNT, b.ME)
    assert refusals(office, account(SPORTS, Me(b.phone(500), b.lid(500)))) == ()
