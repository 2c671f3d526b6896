"""Groups whose written lists come to nobody by accident, or to others than their author counted.

Who is in such a group is not known, so nothing follows for its people but the removal of those on the deny list.  A
group that was never applied waits for its first people; one that was applied is refused until the list is corrected.
"""

from collections.abc import Iterator

from wagroups.domain.declared.desired import DesiredGroup, State
from wagroups.domain.live.memory import Memory
from wagroups.domain.plans.plan import Notice, TrippedGuard


def uncounted_notices(group: DesiredGroup, memory: Memory) -> Iterator[Notice]:
    """What to say of a group that is not refused, because nothing was ever done for it, or never is."""
    if group.state is State.WATCHED:
        for fault in group.faults:
            text = f"{_lowered(fault.message)} ({fault.file}:{fault.line})"
            yield Notice(
                code="expect" if fault.rule == "expect" else "comes-to-nobody", text=text, next="wagroups validate"
            )
    elif not _applied(group, memory):
        for fault in group.faults:
            text = f"the group is waiting for its first members: {_lowered(fault.message)} ({fault.file}:{fault.line})"
            yield Notice(code="starts-empty", text=text)


def uncounted_guards(group: DesiredGroup, memory: Memory) -> Iterator[TrippedGuard]:
    """Why nothing is done for a group that was applied before."""
    if group.state is State.MANAGED and _applied(group, memory):
        for fault in group.faults:
            yield TrippedGuard(
                rule=fault.rule,
                group=group.key,
                message=f"{group.key}: {_lowered(fault.message)} ({fault.file}:{fault.line}) {fault.help}",
            )


def _applied(group: DesiredGroup, memory: Memory) -> bool:
    return any(key in memory.applied for key in (group.key, *group.previous_keys))


def _lowered(message: str) -> str:
    """A message as the rest of a sentence."""
    return message[:1].lower() + message[1:].removesuffix(".")
