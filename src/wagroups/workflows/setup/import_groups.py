"""Live groups → manifests: read, take down, name, write, and prove by planning that nothing is left to do."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.domain.plans.plan import Reason
from wagroups.domain.transcript import Import, PassedOver, Transcript, WrittenGroup
from wagroups.manifests.edit.aliases import AliasEntry
from wagroups.manifests.edit.group_files import FOLDER, Composed, Composer, free_keys, group_files, people_file
from wagroups.manifests.edit.names import Register
from wagroups.manifests.edit.yaml_append import with_people
from wagroups.manifests.edit.yaml_writer import MANIFEST_SCHEMA, NewPerson
from wagroups.manifests.language.json_schema import manifest_schema, schema_text
from wagroups.manifests.project import Project
from wagroups.planning.explain.transcript import AlreadyDeclared, choose, transcribe
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Moment, Selection, Situation, Terms
from wagroups.workflows.edit.placement import Additions, place
from wagroups.workflows.reconcile.session import Session, WaitPolicy, connected
from wagroups.workflows.setup.survey import Survey, Surveyor

PEOPLE_FILES: Final = ("people.yaml", "people.yml")
"""The directory that new people are added to."""


Surveys = Mapping[AccountKey, Survey]
"""What was read of each account."""


class ImportOptions(NamedTuple):
    """What the user asked for."""

    accounts: tuple[AccountKey, ...]
    groups: tuple[GroupJid, ...] = ()
    """Empty means every group."""
    named: tuple[AliasEntry, ...] = ()
    one_file: str | None = None
    """A path below the root for everything; `None` = a file for each group."""


async def import_groups(
    session: Session,
    wishes: ImportOptions,
    patience: WaitPolicy | None = None,
    asking: Callable[[int], None] = lambda numbers: None,
) -> Import:
    """Write what is live and in no manifest yet.  Never writes to WhatsApp, binds nothing, overwrites no file.

    `asking` is told before numbers are looked up, which takes its time.
    Raises what `check`, `survey` and `write_groups` raise.
    """
    check(session, wishes)
    return write_groups(session, wishes, await survey(session, wishes, patience, asking))


def check(session: Session, wishes: ImportOptions) -> None:
    """Before anything is asked: ProjectError for names that contradict."""
    Register(session.project.desired, wishes.named, session.ledger.key)


async def survey(
    session: Session,
    wishes: ImportOptions,
    patience: WaitPolicy | None = None,
    asking: Callable[[int], None] = lambda numbers: None,
) -> Surveys:
    """Read the accounts as closely as an import needs.  Raises GatewayError, NotYet, Refusal."""
    declared = frozenset(AlreadyDeclared.of(session.project.desired).ids)
    phones = (
        *(named.phone for named in wishes.named),
        *(phone for person in session.project.desired.people for phone in person.phones),
    )
    async with connected(session, wishes.accounts, patience) as accounts:
        return {
            account.key: await Surveyor(session, account, asking).survey(wishes.groups, declared, phones)
            for account in accounts
        }


def offered(
    session: Session, surveys: Surveys, groups: Collection[GroupJid] = ()
) -> tuple[Transcript | PassedOver, ...]:
    """What there is to write of each live group, or of `groups`, in the order of their ids."""
    known = AlreadyDeclared.of(session.project.desired)
    moment = Moment.of(session.clock.now(), session.project.desired.timezone)
    default = session.config.default_account
    situations = {account: surveys[account].situation for account in surveys}
    return choose(
        item
        for account in sorted(situations, key=lambda account: (account != default, account))
        for item in transcribe(situations[account], groups or situations[account].observed.groups, known, moment)
    )


def write_groups(session: Session, wishes: ImportOptions, surveys: Surveys) -> Import:
    """Write the groups that were read, or those of them that are wished for.  Raises what `placing.place` raises."""
    register = Register(session.project.desired, wishes.named, session.ledger.key)
    found = offered(session, surveys, wishes.groups)
    composed = _composed(session, wishes, register, [item for item in found if isinstance(item, Transcript)])
    people = tuple(person for _, person in sorted(register.new.items()))
    changes: Mapping[GroupKey, Counter[Reason]] = {}
    additions = _additions(session.root, composed, people, wishes.one_file)
    if composed:
        files = {one.block.key: one.file for one in composed}
        project = place(session.root, additions, files, session.environ)
        situations = {account: _remembered(session, survey.situation, composed) for account, survey in surveys.items()}
        changes = _left_to_do(session, project, tuple(files), situations)
    return Import(
        files=additions.files,
        groups=tuple(
            WrittenGroup(o.block.key, o.file, o.block.transcript, o.notices, changes.get(o.block.key, Counter()))
            for o in composed
        ),
        passed_over=tuple(item for item in found if isinstance(item, PassedOver)),
        new_people=len(people),
        unasked=sum(survey.unasked for survey in surveys.values()),
    )


def _remembered(session: Session, situation: Situation, composed: Sequence[Composed]) -> Situation:
    """Remember the groups from now on: whoever left them before is not in what was written."""
    memory, now = situation.memory, session.clock.now()
    jids = [one.block.transcript.jid for one in composed if one.block.transcript.jid in situation.observed.groups]
    session.ledger.remember(memory.account, jids, now, "import")
    return situation._replace(memory=replace(memory, since={**dict.fromkeys(jids, now), **memory.since}))


def _composed(
    session: Session, wishes: ImportOptions, register: Register, transcripts: Sequence[Transcript]
) -> tuple[Composed, ...]:
    folder = session.root / FOLDER
    files = (f"{FOLDER}/{path.name}" for path in folder.iterdir()) if folder.is_dir() else ()
    groups = session.project.desired.groups
    taken = (*groups, *(key for group in groups.values() for key in group.previous_keys))
    composer = Composer(register, free_keys(taken, files), session.config.default_account, session.ledger.key)
    return tuple(composer.compose(transcript, wishes.one_file) for transcript in transcripts)


def _additions(
    root: Path, composed: Sequence[Composed], people: Sequence[NewPerson], one_file: str | None
) -> Additions:
    if not composed:
        return Additions({}, {})
    new = group_files(composed, people if one_file else ())
    if not (root / MANIFEST_SCHEMA).exists():
        new[MANIFEST_SCHEMA] = schema_text(manifest_schema())
    if one_file or not people:
        return Additions(new, {})
    for name in PEOPLE_FILES:
        path = root / name
        if path.is_file():
            grown = with_people(path.read_bytes(), people)
            if grown is not None:
                return Additions(new, {name: grown})
            break
    name = _free_file(root)
    return Additions({name: people_file(name, people), **new}, {})


def _free_file(root: Path) -> str:
    """A directory that does not exist yet: the usual one, else one beside those that cannot be added to."""
    if not any((root / name).exists() for name in PEOPLE_FILES):
        return PEOPLE_FILES[0]
    number = 1
    while (root / (name := f"people/imported-{number}.yaml")).exists():
        number += 1
    return name


def _left_to_do(
    session: Session, project: Project, keys: tuple[GroupKey, ...], situations: Mapping[AccountKey, Situation]
) -> dict[GroupKey, Counter[Reason]]:
    """How many actions a plan of the files as written has for each group, by reason, from the same read."""
    terms = Terms(safety=session.config.safety, selection=Selection(targets=keys))
    plan = make_plan(project.desired, situations, terms, session.clock.now()).plan
    return {group.key: Counter(action.reason for action in group.actions) for group in plan.groups}
