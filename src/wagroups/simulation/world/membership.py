"""Coming into a group and going out of it, one person at a time."""

from typing import Final

from wagroups.domain.identity import Role
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import INVITATION_LIFE, REJOIN_REST, Group, InvitationCode, PendingRequest, Result
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import WhatsAppError
from wagroups.simulation.world.world import World

MEMBERS: Final = 1024
"""How many fit in: WhatsApp's help pages, 2026."""

_INVITED: Final = (403, 408)
"""Refusals that come with an invitation to send instead."""


def enter(group: Group, person: SimulatedPerson) -> None:
    """Make somebody a member, whatever happened before."""
    group.members[person] = Role.MEMBER
    group.left.pop(person, None)
    group.banished.discard(person)
    group.invitations.pop(person, None)
    group.requests[:] = [request for request in group.requests if request.person is not person]
    group.version += 1


def admit(world: World, group: Group, person: SimulatedPerson) -> Result:
    """Add somebody who was asked for by a member with the right to."""
    code = world.refusal_of(Call.ADD, group, person) or _refusal(world, group, person)
    if code is None:
        enter(group, person)
        return Result(person)
    invitation = None
    if code in _INVITED:
        invitation = InvitationCode(world.token("invitation", 10), world.now() + INVITATION_LIFE)
        group.invitations[person] = invitation
    return Result(person, code, invitation)


def _refusal(world: World, group: Group, person: SimulatedPerson) -> int | None:
    if person.no_account:
        return 404
    if person in group.members:
        return 409
    if person.blocked_us:
        return 401
    if len(group.members) >= MEMBERS:
        return 419
    if person in group.left and world.now() - group.left[person] < REJOIN_REST:
        return 408
    return 403 if person.blocks_adds else None


def accept(world: World, group: Group, person: SimulatedPerson) -> None:
    """Come by a private invitation.  Raises 404 without one and 410 when it ran out."""
    invitation = group.invitations.get(person)
    if invitation is None:
        raise WhatsAppError(404)
    if world.now() >= invitation.expires:
        raise WhatsAppError(410)
    enter(group, person)


def request(world: World, group: Group, person: SimulatedPerson, method: str) -> Result:
    """Put somebody on the list of those who wait for approval (421)."""
    if person in group.members:
        return Result(person, 409)
    if all(waiting.person is not person for waiting in group.requests):
        group.requests.append(PendingRequest(person, world.now(), method))
    return Result(person, 421)


def settle(world: World, group: Group, person: SimulatedPerson, *, admit: bool) -> Result:
    """Approve or reject a request."""
    code = world.refusal_of(Call.APPROVE if admit else Call.REJECT, group, person)
    if code is not None:
        return Result(person, code)
    if all(waiting.person is not person for waiting in group.requests):
        return Result(person, 404)
    if admit:
        enter(group, person)
    else:
        group.requests[:] = [waiting for waiting in group.requests if waiting.person is not person]
    return Result(person)


def remove(world: World, group: Group, person: SimulatedPerson) -> Result:
    """Put somebody out.  The owner cannot be (405)."""
    code = world.refusal_of(Call.REMOVE, group, person) or _immovable(group, person)
    if code is not None:
        return Result(person, code)
    del group.members[person]
    group.banished.add(person)
    group.version += 1
    return Result(person)


def promote(world: World, group: Group, person: SimulatedPerson) -> Result:
    """Make somebody an admin; one who is stays one."""
    code = world.refusal_of(Call.PROMOTE, group, person) or (None if person in group.members else 404)
    if code is not None:
        return Result(person, code)
    if not group.is_admin(person):
        group.members[person] = Role.ADMIN
    return Result(person)


def demote(world: World, group: Group, person: SimulatedPerson) -> Result:
    """Make somebody a plain member.  The owner cannot be (405)."""
    code = world.refusal_of(Call.DEMOTE, group, person) or _immovable(group, person)
    if code is not None:
        return Result(person, code)
    group.members[person] = Role.MEMBER
    return Result(person)


def leave(world: World, group: Group, person: SimulatedPerson) -> None:
    """Go by oneself.  A group never stays without an admin: the server appoints somebody.

    Whom it appoints is not known; here it is whoever has been in longest.
    """
    del group.members[person]
    group.left[person] = world.now()
    group.version += 1
    if group.members and not any(role.is_admin for role in group.members.values()):
        group.members[next(iter(group.members))] = Role.ADMIN


def _immovable(group: Group, person: SimulatedPerson) -> int | None:
    role = group.members.get(person)
    if role is None:
        return 404
    return 405 if role is Role.OWNER else None
