"""What was done before, from the ledger alone."""

from wagroups.domain.identity import AccountKey, GroupKey
from wagroups.domain.plans.history import HistoryQuery, PastAction
from wagroups.workflows.reconcile.session import Session


def past_of(session: Session, query: HistoryQuery) -> tuple[PastAction, ...]:
    """What was done to the groups of every account of the project, newest first."""
    accounts = sorted(AccountKey(name) for name in session.config.accounts)
    found = [
        action for account in accounts for action in session.ledger.history(account, _named(session, account, query))
    ]
    newest = sorted(found, key=lambda action: action.at, reverse=True)
    return tuple(newest if query.limit is None else newest[: query.limit])


def _named(session: Session, account: AccountKey, query: HistoryQuery) -> HistoryQuery:
    """The query with every name under which the account knows the people it asks for."""
    if not query.people:
        return query
    names = session.ledger.recall(account, session.clock.now()).names
    known = [
        person.model_copy(update={"lid": names.lid_of(person.phone)})
        for person in query.people
        if person.phone is not None and person.lid is None
    ]
    return query._replace(people=(*query.people, *known))


def keys_of(session: Session, key: GroupKey) -> frozenset[GroupKey]:
    """The present and previous keys of a declared group, or `key` alone where only the past knows it."""
    declared = session.project.desired.groups.get(key)
    if declared is not None:
        return frozenset((declared.key, *declared.previous_keys))
    asked = HistoryQuery(groups=frozenset((key,)), limit=1)
    return asked.groups if past_of(session, asked) else frozenset()
