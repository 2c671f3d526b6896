"""Laws 1 and 7: order means nothing, and what is written down says the same as what it was written from."""

import json
import re
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests import builders as b
from tests.laws.effort import examples, on_every_dialect
from tests.laws.stage import staged
from tests.laws.worlds import FOLK, Case, worlds
from wagroups.cli.ui.exits import exit_of_plan, exit_of_run
from wagroups.domain.declared.desired import State
from wagroups.domain.declared.safety import Safety
from wagroups.domain.exit import Exit
from wagroups.domain.identity import REVEAL, GroupJid, Role
from wagroups.domain.live.observed import Observed, ObservedGroup, ObservedMember
from wagroups.domain.plans.outcome import Run
from wagroups.domain.plans.plan import Plan
from wagroups.manifests.project import load_project
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Situation, Terms
from wagroups.privacy.redactor import Redaction, Redactor
from wagroups.reports.documents.build import plan_document, report_document
from wagroups.reports.documents.models import PlanDocument, ReportDocument, document_json
from wagroups.reports.render.text import plan_text, run_text
from wagroups.simulation.world.faults import Call, Fault, FaultKind

WAYS: Final = ("phone", "lid", "hidden")
"""How a list may show somebody (`builders.seen`)."""

seeds = st.integers(0, 2**32)


def shuffled(dice: Random, items: Any) -> list[Any]:
    return dice.sample(list(items), len(items))


def observed_of(cases: tuple[Case, ...], dice: Random) -> Observed:
    """What a gateway might say of the groups that exist, and of one more."""
    groups: list[ObservedGroup] = []
    for number, case in enumerate(cases):
        if case.live is not None:
            people = [b.seen(name, role, by=dice.choice(WAYS)) for name, role in case.live.items()]
            groups.append(b.live(jid(number), subject=case.live_subject, members=people, settings=case.live_settings))
    groups.append(b.live(jid(9), subject="Bystanders", members=[b.seen("anna", Role.OWNER)]))
    return b.observed(*groups)


def jid(number: int) -> GroupJid:
    return GroupJid.of(f"12036300000000001{number}@g.us")


def planned(cases: tuple[Case, ...], observed: Observed, dice: Random | None = None) -> Plan:
    """The plan; with `dice` everything that has no order is handed over in another one."""
    groups = [case.group(jid(number) if case.live is not None else None) for number, case in enumerate(cases)]
    desired = b.desired(*groups)
    pairs = [(b.phone(b.number_of(name)), b.lid(b.number_of(name))) for name in FOLK[::2]]
    if dice is not None:
        desired = b.desired(*shuffled(dice, groups))
        observed = reordered(observed, dice)
        pairs = shuffled(dice, pairs)
    memory = b.memory(pairs=MappingProxyType(dict(pairs)))
    situation = Situation(observed, memory, b.capabilities(), b.situation().pace)
    return make_plan(desired, {b.ACCOUNT: situation}, Terms(safety=Safety(max_removals=2)), b.NOW).plan


def reordered(observed: Observed, dice: Random) -> Observed:
    groups = [
        b.live(
            group.jid,
            subject=group.subject,
            members=shuffled(dice, group.members or ()),
            myself=None,
            settings=dict(shuffled(dice, group.settings.items())),
        )
        for group in observed.groups.values()
    ]
    return b.observed(*shuffled(dice, groups))


def in_json(plan: Plan) -> str:
    return plan.model_dump_json(context=REVEAL)


@examples(100)
@given(cases=worlds(), seed=seeds)
def test_order_in_what_is_declared_read_or_remembered_changes_no_byte_of_a_plan(
    cases: tuple[Case, ...], seed: int
) -> None:
    dice = Random(seed)
    observed = observed_of(cases, dice)
    assert in_json(planned(cases, observed, dice)) == in_json(planned(cases, observed))


def test_the_order_of_a_list_changes_nothing_in_how_a_group_is_dissolved() -> None:
    group = b.group("chess", id=b.JID, state=State.DISSOLVED)
    people = [b.seen(name) for name in FOLK]

    def plan(members: list[ObservedMember]) -> Plan:
        situation = b.situation(b.observed(b.live(members=members)))
        terms = Terms(safety=Safety(allow_dissolve=True))
        return make_plan(b.desired(group), {b.ACCOUNT: situation}, terms, b.NOW).plan

    assert len(list(plan(people).actions())) == len(FOLK) + 1
    assert in_json(plan(people)) == in_json(plan(people[::-1]))


def sections(cases: tuple[Case, ...]) -> dict[str, dict[str, Any]]:
    """The cases as an author writes them."""
    return {
        "people": {name: f"+{b.phone(b.number_of(name)).digits()}" for name in FOLK},
        "teams": {"some": list(FOLK[:2])},
        "groups": {case.key: written(case) for case in cases},
    }


def written(case: Case) -> dict[str, Any]:
    parts = {
        "subject": case.subject,
        "description": case.description,
        "settings": {setting.value: value for setting, value in case.settings.items()} or None,
        "admins": None if case.admins is None else list(case.admins),
        "members": None if case.members is None else [*case.members, {"team": "some"}],
        "manage": {"members": case.manage_members.value, "admins": case.manage_admins.value},
    }
    return {name: part for name, part in parts.items() if part is not None}


CONFIG: Final = "version: 1\naccounts:\n  office: {gateway: waha, url: http://localhost:3000, session: default}\n"


def loaded(root: Path, files: dict[str, Any]) -> Plan:
    """The plan of a project, before any group exists."""
    root.mkdir()
    (root / "wagroups.yaml").write_text(CONFIG, encoding="utf-8")
    for name, content in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    project = load_project(root, {})
    situations = {b.ACCOUNT: b.situation(b.observed())}
    return make_plan(project.desired, situations, Terms(), b.NOW).plan


def mixed(dice: Random, content: Any) -> Any:
    """The same content with every key and every list in another order."""
    match content:
        case dict():
            return {name: mixed(dice, content[name]) for name in shuffled(dice, content)}
        case list():
            return [mixed(dice, item) for item in shuffled(dice, content)]
        case _:
            return content


@examples(25)
@given(cases=worlds(), seed=seeds)
def test_order_and_division_of_files_change_no_goal(
    cases: tuple[Case, ...], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    dice = Random(seed)
    folder = tmp_path_factory.mktemp("projects")
    whole = sections(cases)
    one = loaded(folder / "one", {"groups.yaml": whole})
    divided: dict[str, Any] = {}
    for section, entries in whole.items():
        for key, entry in entries.items():
            file = dice.choice(("people.yaml", "groups.yaml", "groups/a.yaml", "teams/z.yaml"))
            divided.setdefault(file, {}).setdefault(section, {})[key] = entry
    other = loaded(folder / "other", mixed(dice, divided))
    assert other.digest == one.digest
    assert goals(other) == goals(one)


def goals(plan: Plan) -> list[object]:
    """Everything of a plan but the places in the files."""
    return [
        (group.key, group.steps, [(action.id, action.change) for action in group.actions], group.notices)
        for group in plan.groups
    ]


# --- faithful ----------------------------------------------------------------------------------------------------


@examples(60)
@given(cases=worlds(), seed=seeds, mode=st.sampled_from(Redaction), detailed=st.booleans())
def test_a_plan_its_document_its_text_and_its_exit_code_agree(
    cases: tuple[Case, ...], seed: int, mode: Redaction, detailed: bool
) -> None:
    plan = planned(cases, observed_of(cases, Random(seed)))
    assert Plan.model_validate_json(in_json(plan)) == plan
    redactor = Redactor(mode, b.KEY)
    ending = exit_of_plan(plan, detailed)
    document = plan_document(plan, redactor, ending, "1.0")
    assert PlanDocument.model_validate_json(document_json(document)) == document
    assert document.approved() == {action.id for _, action in plan.actions()}
    assert (document.exit.code, document.digest) == (ending.code, plan.digest)
    text = plan_text(plan, redactor)
    assert plan.digest in text
    for count, word in ((document.summary.add, "add"), (document.summary.remove, "remove")):
        assert f" {count} to {word}" in text if count else not re.search(rf"\d to {word}\b", text)
    assert (ending is Exit.REFUSED) == bool(plan.guards)
    assert all(guard.rule in text for guard in plan.guards)


@on_every_dialect
@examples(4)
@given(
    cases=worlds(),
    fault=st.builds(
        Fault,
        kind=st.sampled_from((FaultKind.LIE, FaultKind.LOSE_ANSWER, FaultKind.RATE_LIMIT, FaultKind.CUT_OFF)),
        on=st.sampled_from((Call.ADD, Call.REMOVE, Call.PROMOTE, Call.SUBJECT)),
        times=st.just(2),
    ),
    mode=st.sampled_from(Redaction),
)
def test_a_run_its_report_its_text_and_its_exit_code_agree(
    gateway: str, dialect: str, cases: tuple[Case, ...], fault: Fault, mode: Redaction
) -> None:
    with staged(gateway, dialect, cases) as stage:
        stage.rig.script(fault)
        run = stage.apply()
    assert Run.model_validate_json(run.model_dump_json(context=REVEAL)) == run
    ending = exit_of_run(run)
    redactor = Redactor(mode, b.KEY)
    document = report_document(run, redactor, ending, "1.0")
    assert ReportDocument.model_validate_json(document_json(document)) == document
    assert json.loads(document_json(document))["exit"]["code"] == ending.code
    assert sum(document.outcomes.values()) == len(list(run.plan.actions()))
    assert document.converged == run.converged
    text = run_text(run, redactor)
    named = run.remaining is not None and run.remaining.open and "not as declared and need" in text
    assert run.converged or named or ending is not Exit.OK, "a run that is not where it should be must say so"
    assert ("Not converged" in text) is not run.converged
