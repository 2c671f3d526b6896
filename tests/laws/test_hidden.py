"""Where WhatsApp hides half of the numbers, nobody declared is removed or added twice, and no stranger is touched.

Whoever may be a hidden member is asked about by adding them, once: WhatsApp answers that they are there.
"""

from collections import Counter
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from tests import builders as b
from tests.laws.effort import examples, on_every_dialect
from tests.laws.stage import A_DAY, Stage, staged
from tests.laws.worlds import FOLK, Case, worlds
from wagroups.domain.plans.change import MemberAddition
from wagroups.domain.plans.operation import AddMembers

RUNS: Final = 2


def asked_for(stage: Stage, case: Case) -> Counter[str]:
    """How often each person was to be added to a group, over all runs."""
    names = {b.phone(b.number_of(name)): name for name in FOLK}
    entries = stage.rig.ledger.recent(b.ACCOUNT, 1000)
    operations = (entry.intent.operation for entry in entries if entry.intent.group == case.key)
    people = (person for operation in operations if isinstance(operation, AddMembers) for person in operation.people)
    return Counter(names[person.phone] for person in people if person.phone is not None)


@on_every_dialect
@examples(3)
@given(
    cases=worlds(born=True),
    hidden=st.sets(st.sampled_from(FOLK), min_size=3, max_size=3),
    known=st.sets(st.sampled_from(FOLK), max_size=3),
)
def test_hidden_people_are_neither_removed_nor_added_twice(
    gateway: str, dialect: str, cases: tuple[Case, ...], hidden: set[str], known: set[str]
) -> None:
    with staged(gateway, dialect, cases[:2], known=sorted(known), hidden=hidden) as stage:
        for _ in range(RUNS):
            run = stage.apply()
            stage.rig.clock.advance(A_DAY)
        # Whoever is declared in one group is looked up, and then known in all of them.
        named = frozenset().union(*(case.declared for case in stage.cases), known)
        for case in stage.cases:
            before, now, asked = case.live or {}, stage.live(case), asked_for(stage, case)
            assert case.declared & before.keys() <= now.keys(), "somebody declared was removed"
            strangers = (before.keys() & hidden) - named
            assert {name: now.get(name) for name in strangers} == {name: before[name] for name in strangers}
            assert not asked.keys() & before.keys() - hidden, "somebody was added who was there for all to see"
            assert max(asked.values(), default=0) <= 1, "somebody was added twice"
            assert run.remaining is not None
            assert not [
                action
                for group, action in run.remaining.actions()
                if group.key == case.key and isinstance(action.change, MemberAddition)
            ], "two runs did not decide who is there"
