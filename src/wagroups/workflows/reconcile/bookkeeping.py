"""The books of an apply: what is written into the ledger alone, before and after the groups are worked on."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from wagroups.domain.declared.choices import Section
from wagroups.domain.declared.desired import DesiredGroup, State
from wagroups.domain.identity import AccountKey, GroupKey
from wagroups.domain.live.memory import Applied
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.live.roster import Names
from wagroups.domain.plans.approval import Approval
from wagroups.domain.plans.change import GroupAdoption, GroupCreation, GroupRelease
from wagroups.domain.plans.history import HAPPENED, PastAction
from wagroups.domain.plans.operation import CreateGroup, WriteDescription
from wagroups.domain.plans.outcome import ActionResult, Done, Verdict
from wagroups.domain.plans.plan import GroupPlan
from wagroups.execution.group_run import GroupWork
from wagroups.planning.binding import unsettled_creations
from wagroups.planning.diff.applied import Namer, applied_of
from wagroups.planning.diff.directory import Directory
from wagroups.planning.diff.due import approval_in_force, renewed
from wagroups.planning.diff.pictures import settled
from wagroups.planning.safety.approval import Approved
from wagroups.planning.safety.new_ledger import RULE as NEW_LEDGER
from wagroups.planning.situation import Selection, Situation, Terms
from wagroups.workflows.project.git import revision_of
from wagroups.workflows.reconcile.plan import Preview
from wagroups.workflows.reconcile.session import Session

REACHED = frozenset({Verdict.DONE, Verdict.ALREADY, Verdict.INVITED, Verdict.PENDING, Verdict.UNVERIFIED})
"""Verdicts after which what is declared counts as applied."""


class GroupAsRead(NamedTuple):
    """A group as the last read of a run showed it, and who was known by then."""

    live: ObservedGroup | None
    names: Names


class Bookkeeping:
    """Keeps the ledger in step with one run."""

    def __init__(self, session: Session, found: Preview, approved: Approved, terms: Terms) -> None:
        self._session, self._found, self._approved = session, found, approved
        self._terms = terms
        self._ledger, self._clock = session.ledger, session.clock

    def open(self) -> None:
        """Renames, bindings by a written id, adoptions and releases, and what a person says is remembered."""
        for account, situation in self._found.situations.items():
            if situation.permissions is not None:
                self._ledger.note_permissions(account, situation.permissions)
        self._claim()
        refused = self._approved.plan.refused_groups
        for plan in self._approved.plan.groups:
            situation = self._found.situations[plan.account]
            self._rename(plan, situation)
            self._settle_creations_that_never_were(plan, situation)
            if not (self._released(plan) or self._adopted(plan, situation)):
                self._bind_written(plan, situation)
            if plan.jid is not None and plan.key not in refused and self._terms.passes(NEW_LEDGER, plan.key):
                self._ledger.remember(plan.account, [plan.jid], self._clock.now(), "word")

    def _claim(self) -> None:
        """Let the groups belong to this project; those that are created now do from the next run on."""
        name = self._session.config.project
        if name is not None:
            mine = [plan.jid for plan in self._approved.plan.groups if plan.jid is not None and not plan.watched]
            self._ledger.claim(name, mine)

    def note_approvals(self, terms: Terms) -> None:
        """Remember what this plan approves of every group: its dates, also where nothing is to be done now.

        A plan that was reviewed elsewhere approves since it was made: what came due in between was foreseen.
        """
        selection = terms.selection
        if not (selection.has_section(Section.MEMBERS) and selection.has_section(Section.ADMINS)):
            return  # whoever looked at the subjects alone has not seen what the dates bring
        reviewed = terms.reviewed
        at = self._found.plan.created_at if reviewed is None else reviewed.created_at
        said = {later.group: later.at for later in self._approved.plan.later if later.turn is None}
        said |= {GroupKey(key): at for key, at in (reviewed.emptied if reviewed is not None else {}).items()}
        approvals: dict[AccountKey, dict[GroupKey, Approval]] = {}
        for plan in self._approved.plan.groups:
            group, memory = self._declared(plan), self._found.situations[plan.account].memory
            if group.state in (State.RELEASED, State.DISSOLVED):
                continue
            if reviewed is not None and plan.key not in reviewed.fingerprints:
                continue
            known = approval_in_force(group, memory, None)
            made = renewed(known, group, memory.key, at, said.get(plan.key))
            if made != known:
                approvals.setdefault(plan.account, {})[plan.key] = made
        for account, approved in approvals.items():
            self._ledger.note_approvals(account, approved)

    def _rename(self, plan: GroupPlan, situation: Situation) -> None:
        for before in self._declared(plan).previous_keys:
            if before in situation.memory.bindings and plan.key not in situation.memory.bindings:
                self._ledger.rename(plan.account, before, plan.key)

    def _released(self, plan: GroupPlan) -> bool:
        if not any(isinstance(change, GroupRelease) for change in self._ours(plan)):
            return False
        self._ledger.release(plan.account, plan.key)
        return True

    def _adopted(self, plan: GroupPlan, situation: Situation) -> bool:
        adoption = next((change for change in self._ours(plan) if isinstance(change, GroupAdoption)), None)
        if adoption is None:
            return False
        now = self._clock.now()
        unanswered = [
            entry
            for entry in situation.memory.unsettled
            if entry.intent.group == plan.key and isinstance(entry.intent.operation, CreateGroup)
        ]
        self._ledger.bind(plan.account, plan.key, adoption.jid, now, created=bool(unanswered))
        for entry in unanswered:
            self._ledger.settle(entry.number, "adopted", now)
        return True

    def _settle_creations_that_never_were(self, plan: GroupPlan, situation: Situation) -> None:
        """Close the creations that a look of a day found nothing of, before the group is created anew."""
        if any(isinstance(change, GroupCreation) for change in self._ours(plan)):
            for entry in unsettled_creations(situation.memory.unsettled, self._declared(plan)):
                self._ledger.settle(entry.number, "not-seen", self._clock.now())

    def _bind_written(self, plan: GroupPlan, situation: Situation) -> None:
        written = self._declared(plan).id
        known = situation.memory.bindings.get(plan.key)
        shown = written is not None and written in situation.observed.groups
        if written is not None and shown and plan.jid == written and (known is None or known.jid != written):
            self._ledger.bind(plan.account, plan.key, written, self._clock.now(), created=False)

    def _ours(self, plan: GroupPlan) -> list[object]:
        """The changes of a group that this run may make."""
        if plan.watched:
            return []
        return [action.change for action in plan.actions if action.id not in self._approved.withheld]

    def settle(self, work: GroupWork) -> None:
        """Close what earlier runs left open in a group: it was looked at, and planned anew.

        An unanswered text that cannot be read stays open until the same text was written again.
        """
        answered = {record.step for record in work.records if isinstance(record.outcome, Done)}
        rewritten = [step.operation for step in work.plan.steps if step.id in answered]
        for entry in self._found.situations[work.plan.account].memory.unsettled:
            operation = entry.intent.operation
            if entry.intent.group != work.plan.key or isinstance(operation, CreateGroup):
                continue
            if isinstance(operation, WriteDescription) and operation not in rewritten and work.records:
                continue
            self._ledger.settle(entry.number, "seen", self._clock.now())

    def close(
        self,
        results: tuple[ActionResult, ...],
        selection: Selection,
        read: Mapping[GroupKey, "GroupAsRead"] = MappingProxyType({}),
    ) -> None:
        """Remember what is declared, of every group that was planned whole, not held, and reached.

        `read` has the last read of every group that was worked on.

        A run that was paused or stopped did not apply the rest: remembering it would later call the difference a
        change on a phone.
        """
        if selection.only or selection.skip:
            return
        missed = {result.id for result in results if result.verdict not in REACHED}
        now, directory = self._clock.now(), Directory(self._session.project.desired.people)
        declared: dict[AccountKey, dict[GroupKey, Applied]] = {}
        for plan in self._approved.plan.groups:
            if (
                plan.left_alone
                or plan.hold is not None
                or plan.watched
                or plan.key in self._approved.plan.refused_groups
            ):
                continue
            if any(action.id in missed for action in plan.actions):
                continue
            if self._declared(plan).faults:
                continue  # its lists came to nobody by accident: remembered, that would be what was wanted
            situation = self._found.situations[plan.account]
            last = read.get(plan.key) or GroupAsRead(self._seen(plan, situation), situation.memory.names)
            namer = Namer(directory, last.names, situation.memory.key)
            made = applied_of(self._declared(plan), last.live, situation.observed.me, namer, now)
            declared.setdefault(plan.account, {})[plan.key] = made
            self._note_picture(plan)
            self._withdraw_invitations(plan)
        # One transaction for an account: a thousand would wait for the disk a thousand times.
        for account, applied in declared.items():
            self._ledger.note_applied(account, applied)

    def _seen(self, plan: GroupPlan, situation: Situation) -> ObservedGroup | None:
        """The group as the plan's own read showed it."""
        return None if plan.jid is None else situation.observed.groups.get(plan.jid)

    def _note_picture(self, plan: GroupPlan) -> None:
        """Remember a picture that was up before this run and is the declared one."""
        situation = self._found.situations[plan.account]
        live = self._seen(plan, situation)
        if live is None:
            return
        memory = settled(self._declared(plan), live, situation.memory.pictures.get(plan.key))
        if memory is not None:
            self._ledger.note_picture(plan.account, plan.key, memory)

    def _withdraw_invitations(self, plan: GroupPlan) -> None:
        """Forget the invitations of people who are declared no more: declared again, they are asked anew."""
        declared = {entry.person.phone for entry in self._declared(plan).members}
        memory = self._found.situations[plan.account].memory
        gone = [(key, phone) for key, phone in memory.invitations if key == plan.key and phone not in declared]
        if gone:
            self._ledger.withdraw_invitations(plan.account, gone)

    def record(self, run: str, actor: str, results: tuple[ActionResult, ...]) -> None:
        """Write into the history what a look said of every action that was asked for."""
        verdicts = {result.id: result for result in results if result.verdict in HAPPENED}
        now, revision = self._clock.now(), revision_of(self._session.root)
        self._ledger.note_history(
            [
                PastAction(
                    account=plan.account,
                    group=plan.key,
                    run=run,
                    at=result.ended_at or now,
                    actor=actor,
                    revision=revision,
                    change=action.change,
                    reason=action.reason,
                    verdict=result.verdict,
                    error=None if result.error is None else result.error.message,
                )
                for plan, action in self._approved.plan.actions()
                if (result := verdicts.get(action.id)) is not None
            ]
        )

    def _declared(self, plan: GroupPlan) -> DesiredGroup:
        return self._session.project.desired.groups[plan.key]
