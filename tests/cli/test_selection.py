"""Options that select nothing are slips, and told before anything is read."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import click
import pytest

from tests import builders as b
from tests.fake_clock import FakeClock
from wagroups.cli.options.selection import check_selection
from wagroups.domain.declared.desired import Origin
from wagroups.domain.identity import AccountKey, GroupKey
from wagroups.manifests.configuration.values import Account, Config
from wagroups.manifests.project import Project
from wagroups.planning.situation import Selection
from wagroups.state.volatile import volatile_ledger
from wagroups.workflows.reconcile.session import Session

SPORTS = AccountKey("sports")


@pytest.fixture
def session() -> Session:
    """Two classes on one account, and an account without groups."""
    accounts = {
        name: Account(name=name, origin=Origin("wagroups.yaml", 1), gateway="waha", url="http://127.0.0.1:1")
        for name in (b.ACCOUNT, SPORTS)
    }
    desired = replace(b.desired(b.group("parents-5a"), b.group("parents-5b")), accounts=frozenset(accounts))
    project = Project(config=Config(accounts=accounts), desired=desired, problems=())
    return Session(project, Path(), volatile_ledger(), FakeClock(), MappingProxyType({}))


def test_patterns_and_accounts_that_select_something_pass(session: Session) -> None:
    check_selection(session, Selection())
    check_selection(session, Selection(targets=("parents-*",), exclude=("parents-5b",), accounts=(b.ACCOUNT,)))


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(targets=("parents-*", "parnts-*")), r"--target 'parnts-\*'.*Did you mean parents-5"),
        (Selection(targets=("zoo",)), "--target 'zoo'.*Known: parents-5a, parents-5b"),
        (Selection(exclude=("parents-5",)), "--exclude 'parents-5'.*Did you mean parents-5b or parents-5a"),
        (Selection(accounts=(SPORTS,)), "--account 'sports' has no declared group.*office"),
    ],
)
def test_an_option_that_matches_no_declared_group_names_the_nearest(
    session: Session, selection: Selection, said: str
) -> None:
    with pytest.raises(click.UsageError, match=said):
        check_selection(session, selection)


def test_an_account_whose_groups_were_taken_out_of_the_manifests_may_be_looked_at(session: Session) -> None:
    session.ledger.bind(SPORTS, GroupKey("rowing"), b.JID, b.NOW, created=True)
    check_selection(session, Selection(accounts=(SPORTS,)))
