"""The picture of a group: whether it must be put up, taken away, or left alone.

Bytes tell nothing, because WhatsApp encodes anew, and “none was shown” is no proof, because gateways say so too when
they fail to fetch.  So a live picture is compared by its likeness with the one that was read back after our own
upload; a file that changed in git is known by its digest; and what cannot be seen is a notice, never a change,
except that a picture that was never seen up is put up, a few times at most.
"""

from collections.abc import Iterator
from typing import Final, Literal

from wagroups.domain.declared.choices import Section
from wagroups.domain.declared.desired import DesiredGroup, State
from wagroups.domain.declared.picture import NO_PICTURE, Glimpse, Likeness, Picture, PictureMemory
from wagroups.domain.identity import GroupKey
from wagroups.domain.live.capability import Access, Aspect, Claim
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.plans.change import PictureChange
from wagroups.domain.plans.plan import Notice
from wagroups.planning.situation import Selection, Situation

PICTURE: Final = "picture"

MAX_ATTEMPTS: Final = 3
"""How often a picture is put up that no read shows.  Chosen: as often as somebody is added who is never seen."""

UNSEEN: Final = Glimpse(trouble="it was not looked at in this run")


def is_read(group: DesiredGroup, situation: Situation, selection: Selection) -> bool:
    """Whether the live picture matters and can be looked at, which costs a read of its own."""
    return (
        group.picture is not None
        and group.state in (State.MANAGED, State.WATCHED)
        and selection.has_section(Section.PICTURE)
        and situation.capabilities.can(Aspect.PICTURE, Access.READ)
    )


def diff_picture(
    group: DesiredGroup, live: ObservedGroup | None, situation: Situation, selection: Selection
) -> Iterator[PictureChange | Notice]:
    """The change or the notice for a declared picture; `live` is `None` for a group about to be created."""
    declared = group.picture
    if declared is None or not selection.has_section(Section.PICTURE):
        return
    claim = situation.capabilities.claim(Aspect.PICTURE)
    if Access.READ not in claim.access:
        yield _unsupported(claim)
        return
    for said in _differing(declared, live, situation.memory.pictures.get(group.key)):
        if isinstance(said, Notice) or Access.WRITE in claim.access:
            yield said
        elif said.before is None and said.after is not None and live is not None and _is_blind(live):
            yield _not_observed(live.picture or UNSEEN)
        else:
            yield _not_set(said, claim, group.key)


def _differing(
    declared: Picture | Literal["none"], live: ObservedGroup | None, remembered: PictureMemory | None
) -> Iterator[PictureChange | Notice]:
    if live is None:
        if declared != NO_PICTURE:
            yield PictureChange(before=None, after=declared)
    elif declared == NO_PICTURE:
        yield from _to_be_gone(live.picture or UNSEEN, remembered)
    else:
        yield from _to_be_up(declared, live.picture or UNSEEN, remembered)


def declared_digest(group: DesiredGroup) -> str | None:
    """What tells one declared picture from another; `None` where nothing is declared."""
    return group.picture.likeness.digest if isinstance(group.picture, Picture) else group.picture


def settled(group: DesiredGroup, live: ObservedGroup, remembered: PictureMemory | None) -> PictureMemory | None:
    """What to remember of a picture that is as declared without our doing, or was put up by a run that was cut off.

    `None` when there is nothing new.  Without it a file that is touched up later would still look like the live one.
    """
    shown = live.picture.likeness if live.picture is not None else None
    if not isinstance(group.picture, Picture) or shown is None or not _is_up(group.picture, shown, remembered):
        return None
    memory = PictureMemory(source=group.picture.likeness.digest, shown=shown)
    known = remembered is not None and remembered.source == memory.source and remembered.shown is not None
    return None if known else memory


def _to_be_gone(glimpse: Glimpse, remembered: PictureMemory | None) -> Iterator[PictureChange | Notice]:
    if glimpse.likeness is not None or glimpse.there:
        yield PictureChange(before=glimpse.likeness, after=None)
    elif glimpse.trouble:
        yield _not_observed(glimpse)
    elif remembered is None or remembered.source is not None:
        text = "the gateway shows no picture, as declared; it would also show none if it could not fetch one"
        yield Notice(code="unverified", setting=PICTURE, text=text)


def _to_be_up(
    declared: Picture, glimpse: Glimpse, remembered: PictureMemory | None
) -> Iterator[PictureChange | Notice]:
    shown = glimpse.likeness
    if shown is not None:
        if not _is_up(declared, shown, remembered):
            yield PictureChange(before=shown, after=declared)
    elif remembered is None or remembered.source != declared.likeness.digest:
        yield PictureChange(before=None, after=declared)
    elif remembered.shown is not None:
        yield _not_observed(glimpse)
    elif not glimpse.trouble and remembered.attempts < MAX_ATTEMPTS:
        yield PictureChange(before=None, after=declared)
    else:
        why = glimpse.trouble or "the gateway shows none"
        text = f"the picture was set but has not been seen since ({why}); it is not set again"
        if glimpse.trouble:
            yield Notice(code="unverified", setting=PICTURE, text=text)
        else:
            # The look worked, and after so many uploads none is up.
            yield Notice(code="picture-not-shown", setting=PICTURE, text=text, next="picture: none")


def _is_up(declared: Picture, shown: Likeness, remembered: PictureMemory | None) -> bool:
    """Whether the live picture is the declared one."""
    like_declared = shown.looks_like(declared.likeness)
    if remembered is None:
        return like_declared
    before = remembered.shown
    if remembered.source == declared.likeness.digest:
        return like_declared or (before is not None and shown.looks_like(before))
    # Another file is declared now.  It is up only if that can be told from the one before: a touch-up looks alike.
    return like_declared and (remembered.source is None or (before is not None and not shown.looks_like(before)))


def _is_blind(live: ObservedGroup) -> bool:
    """Whether the read the picture failed."""
    return bool((live.picture or UNSEEN).trouble)


def _not_observed(glimpse: Glimpse) -> Notice:
    why = glimpse.trouble or "the gateway shows none, which may also mean that it could not fetch the picture"
    return Notice(
        code="not-observed",
        setting=PICTURE,
        text=f"the picture could not be compared ({why}); it will be checked again next time",
    )


def _unsupported(claim: Claim) -> Notice:
    note = f": {claim.note}" if claim.note else ""
    return Notice(code="unsupported", setting=PICTURE, text=f"the picture cannot be managed on this gateway{note}")


def _not_set(change: PictureChange, claim: Claim, key: GroupKey) -> Notice:
    """What was looked at and differs, and cannot be changed from here."""
    there = "another picture is set" if change.before is not None else "it is not shown"
    said = "a picture is set, and none is declared" if change.after is None else there
    note = f": {claim.note}" if claim.note else ""
    text = f"the picture can be read but not changed on this gateway{note}; {said}"
    return Notice(code="cannot-be-set", setting=PICTURE, text=text, next=f"wagroups plan --target {key}")
