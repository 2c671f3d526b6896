"""What every gateway must do, as checks that come along: `python -m wagroups.contract NAME`, for whoever writes one.

A gateway with a simulation (`GatewayKind.fake`) is tried in front of a small simulated WhatsApp, every dialect of it,
and changes groups there.  With `--url` a running gateway is read, and nothing is changed.  Otherwise only the claims
are looked at.  What is not claimed is skipped.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple, cast

import click

from wagroups.domain.errors import WagroupsError
from wagroups.domain.identity import AccountKey, GroupJid, Identity, Phone, Role, Secret
from wagroups.domain.live.capability import Access, Aspect, Capabilities
from wagroups.domain.live.observed import EVERYTHING, ObservedGroup, Scope
from wagroups.domain.plans.operation import (
    AddMembers,
    CreateGroup,
    DemoteMembers,
    Edit,
    PromoteMembers,
    RemoveMembers,
    WriteDescription,
    WriteSubject,
)
from wagroups.domain.ports import Gateway, WholeGateway
from wagroups.execution.clock import SystemClock
from wagroups.execution.gateway_offers import founded, unfounded
from wagroups.gateways import known_names
from wagroups.gateways.kind import GatewayKind
from wagroups.gateways.registry import kind_named
from wagroups.gateways.shared.connection import Connection

SEED: Final = """\
me: office
people: {office: +44 7700 900100, anna: +44 7700 900101, ben: +44 7700 900102}
groups:
  - {subject: Rowers, members: [anna]}
"""
OUTSIDER: Final = Phone.of("+447700900102")
"""Ben, who is in no group."""

NOBODYS: Final = GroupJid.of("120363999999999999@g.us")
"""A group that the account is not in."""

KEY: Final = "a-key"
SESSION: Final = "default"

READS: Final = 5
"""Reads after a write until it must be seen.  Chosen: a gateway with a store of its own needs two."""
PAUSE_S: Final = 0.2


@dataclass
class Subject:
    """A connected gateway, and one of its groups."""

    gateway: WholeGateway
    claims: Capabilities
    group: ObservedGroup | None = None

    @property
    def live(self) -> ObservedGroup:
        assert self.group is not None, "no group was read"
        return self.group

    async def change(self, edit: Edit, holds: Callable[[ObservedGroup], bool]) -> str:
        """Carry out an edit and read until it is seen."""
        await self.gateway.perform(edit, self.live.jid)
        for again in range(READS):
            if again:
                await asyncio.sleep(PAUSE_S)
                if self.claims.can(Aspect.REFRESH, Access.WRITE):
                    await self.gateway.refresh()
            found = (await self.gateway.observe(Scope((self.live.jid,)))).groups.get(self.live.jid)
            if found is not None and holds(found):
                self.group = found
                return ""
        return f"{READS} reads after it do not show it"


Try = Callable[[Subject], Awaitable[str]]
"""One check; returns what is wrong, or nothing."""


class Check(NamedTuple):
    title: str
    run: Try
    needs: tuple[tuple[Aspect, Access], ...] = ()
    """Skipped unless all of it is claimed."""


# --- reads ------------------------------------------------------------------------------------------------------------


async def _claims_have_methods(subject: Subject) -> str:
    return "; ".join(
        f"{lacking.aspect} is claimed and there is no method {lacking.method}" for lacking in unfounded(subject.gateway)
    )


async def _all_groups(subject: Subject) -> str:
    observed = await subject.gateway.observe(EVERYTHING)
    if not observed.listing:
        return "a read of all groups does not say that it is one (listing=True)"
    if not observed.groups:
        return "" if observed.trouble else "an empty answer is told as no groups; say read-empty in `trouble`"
    nameless = [m for group in observed.groups.values() for m in group.members or () if not (m.phone or m.lid)]
    if nameless:
        return f"{len(nameless)} members have neither a phone number nor a LID"
    mistaken = [jid for jid, group in observed.groups.items() if group.jid != jid]
    subject.group = max(observed.groups.values(), key=lambda group: len(group.members or ()))
    return "a group stands under the id of another" if mistaken else ""


async def _one_group(subject: Subject) -> str:
    if subject.group is None:
        return "no group was listed to be read by itself"
    observed = await subject.gateway.observe(Scope((subject.group.jid,)))
    found = observed.groups.get(subject.group.jid)
    if observed.listing or found is None:
        return "a group that was listed is not found by its id, or the read calls itself a listing"
    return "" if set(found.members or ()) == set(subject.group.members or ()) else "its members differ from the listing"


async def _unknown_group(subject: Subject) -> str:
    observed = await subject.gateway.observe(Scope((NOBODYS,)))
    told = NOBODYS in observed.absent or NOBODYS in observed.failed
    return (
        "" if told and NOBODYS not in observed.groups else "a group that is not shown belongs in `absent` or `failed`"
    )


async def _health(subject: Subject) -> str:
    health = await subject.gateway.health()
    return "" if health.working and health.status else f"the connection is not working: {health.status or 'no status'}"


# --- writes, on a simulation only -------------------------------------------------------------------------------------


async def _subject(subject: Subject) -> str:
    return await subject.change(WriteSubject(text="Rowers' club"), lambda group: group.subject == "Rowers' club")


async def _description(subject: Subject) -> str:
    return await subject.change(WriteDescription(text="Boats"), lambda group: group.description == "Boats")


async def _number(subject: Subject) -> str:
    (answer,) = await subject.gateway.identify([OUTSIDER])
    return "" if answer.asked == OUTSIDER and answer.exists else "a number that exists is not known, or not asked about"


async def _addition(subject: Subject) -> str:
    more = len(subject.live.members or ()) + 1
    edit = AddMembers(people=(Identity(phone=OUTSIDER),))
    return await subject.change(edit, lambda group: len(group.members or ()) == more)


def _roles(group: ObservedGroup) -> dict[tuple[bytes, bytes], Role]:
    return {member.order: member.role for member in group.members or ()}


def _somebody(subject: Subject, role: Role) -> tuple[Identity, tuple[bytes, bytes]]:
    """Somebody else with that role: who made the group may be shown as an admin, and stays one."""
    me = subject.gateway.me
    others = (m for m in subject.live.members or () if (m.phone or me.phone) != me.phone or (m.lid or me.lid) != me.lid)
    member = next(member for member in others if member.role is role)
    return member.identity(), member.order


async def _promotion(subject: Subject) -> str:
    person, name = _somebody(subject, Role.MEMBER)
    return await subject.change(PromoteMembers(people=(person,)), lambda group: _roles(group)[name] is Role.ADMIN)


async def _demotion(subject: Subject) -> str:
    person, name = _somebody(subject, Role.ADMIN)
    return await subject.change(DemoteMembers(people=(person,)), lambda group: _roles(group)[name] is Role.MEMBER)


async def _removal(subject: Subject) -> str:
    person, name = _somebody(subject, Role.MEMBER)
    return await subject.change(RemoveMembers(people=(person,)), lambda group: name not in _roles(group))


async def _link(subject: Subject) -> str:
    before = await subject.gateway.invite_link(subject.live.jid)
    await subject.gateway.reset_invite_link(subject.live.jid)
    after = await subject.gateway.invite_link(subject.live.jid)
    return "the link is the same after it was reset" if before == after else ""


async def _creation(subject: Subject) -> str:
    first = Identity(phone=OUTSIDER) if subject.claims.creates_with_one else None
    jid = await subject.gateway.create(CreateGroup(subject="Oars", first=first))
    return "" if jid in (await subject.gateway.observe(Scope((jid,)))).groups else "the new group is not shown"


ON_READING: Final = (
    Check("every claim has its method", _claims_have_methods),
    Check("all groups are read, with people who have a number or a LID", _all_groups),
    Check("one group is read by its id and is as it was listed", _one_group),
    Check("a group that is not shown is told as absent", _unknown_group),
    Check("the connection tells how it is", _health),
)
ON_WRITING: Final = (
    Check("a new subject is seen", _subject, ((Aspect.SUBJECT, Access.FULL),)),
    Check("a new description is seen", _description, ((Aspect.DESCRIPTION, Access.FULL),)),
    Check("a number is known", _number, ((Aspect.EXISTS_CHECK, Access.READ),)),
    Check("somebody added is seen", _addition, ((Aspect.MEMBERS_ADD, Access.WRITE),)),
    Check("a member made an admin is seen", _promotion, ((Aspect.ADMINS_PROMOTE, Access.WRITE),)),
    Check(
        "an admin made a member is seen",
        _demotion,
        ((Aspect.ADMINS_PROMOTE, Access.WRITE), (Aspect.ADMINS_DEMOTE, Access.WRITE)),
    ),
    Check("somebody removed is not seen any more", _removal, ((Aspect.MEMBERS_REMOVE, Access.WRITE),)),
    Check(
        "the invite link is another one after a reset",
        _link,
        ((Aspect.INVITE_LINK, Access.READ), (Aspect.INVITE_LINK_RESET, Access.WRITE)),
    ),
    Check("a new group is seen", _creation, ((Aspect.CREATE, Access.WRITE),)),
)


# --- running them -----------------------------------------------------------------------------------------------------


class Result(NamedTuple):
    """What came of one check."""

    about: str
    title: str
    word: str
    """`ok`, `skip` or `FAIL`."""
    why: str = ""

    def __str__(self) -> str:
        return f"{self.word:4}  {self.about}: {self.title}{f' – {self.why}' if self.why else ''}"


def of_claims(kind: GatewayKind) -> Iterator[Result]:
    """What the claims alone tell: nothing is asked."""
    for dialect in kind.dialects:
        claims = kind.claims(dialect).claims
        for title, lacking in (
            (
                "every claim below full has a note",
                [a for a, c in claims.items() if c.access != Access.FULL and not c.note],
            ),
            ("every claim names its source", [a for a, c in claims.items() if not c.source]),
        ):
            yield Result(dialect, title, "FAIL" if lacking else "ok", ", ".join(lacking))


async def of_connection(kind: GatewayKind, about: str, to: Connection, *, writing: bool) -> list[Result]:
    """What one connection does."""
    gateway = await kind.connect(to)
    try:
        subject = Subject(cast(WholeGateway, gateway), founded(gateway))
        found = [await _result(about, check, subject) for check in ON_READING]
        if writing:
            found += [await _result(about, check, subject) for check in ON_WRITING]
        else:
            found += [Result(about, check.title, "skip", "a running gateway is only read") for check in ON_WRITING]
    finally:
        closed = await _closed_twice(gateway)
    return [*found, Result(about, "closing twice is no error", "FAIL" if closed else "ok", closed)]


async def _result(dialect: str, check: Check, subject: Subject) -> Result:
    lacking = [aspect for aspect, access in check.needs if not subject.claims.can(aspect, access)]
    if lacking:
        return Result(dialect, check.title, "skip", f"{lacking[0]} is not claimed")
    why = await _fault(check.run(subject))
    return Result(dialect, check.title, "FAIL" if why else "ok", why)


async def _closed_twice(gateway: Gateway) -> str:
    async def close() -> str:
        await gateway.close()
        await gateway.close()
        return ""

    return await _fault(close())


async def _fault(asked: Awaitable[str]) -> str:
    """What is wrong; whatever somebody's gateway raises is something wrong, and hides no other check."""
    try:
        return await asked
    except WagroupsError as error:
        return error.message
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def results(kind: GatewayKind, to: Connection | None) -> Iterator[Result]:
    """All that can be checked of a kind; `to` is a running one, to be read only.  Raises what connecting raises."""
    yield from of_claims(kind)
    if to is not None:
        yield from asyncio.run(of_connection(kind, kind.name, to, writing=False))
    elif kind.fake is not None:
        yield from on_simulation(kind)
    else:
        yield Result(kind.name, "everything else", "skip", "it has no simulation; name a running one with --url")


def on_simulation(kind: GatewayKind) -> Iterator[Result]:
    """Every dialect in front of a simulated WhatsApp of its own."""
    from wagroups.simulation.server.server import serve
    from wagroups.simulation.world.seed import load

    assert kind.fake is not None
    for dialect in kind.dialects:
        world = load(SEED, now=lambda: datetime.now(UTC))
        with serve(kind.fake(world, dialect=dialect, session=SESSION, key=KEY)) as server:
            yield from asyncio.run(of_connection(kind, dialect, _connection(server.url, KEY, SESSION), writing=True))


def _connection(url: str, key: str, session: str) -> Connection:
    return Connection(AccountKey("contract"), url.rstrip("/"), Secret.of(key), session, SystemClock())


@click.command()
@click.argument("name")
@click.option("--url", help="Read the gateway that runs there, and change nothing.")
@click.option("--key-env", metavar="NAME", default="WAGROUPS_KEY", show_default=True, help="Where its API key is.")
@click.option("--session", default=SESSION, show_default=True, help="The session on it.")
def main(name: str, url: str | None, key_env: str, session: str) -> None:
    """Check the gateway NAME: one line a check; ends with 1 when one failed."""
    try:
        kind = kind_named(name)
        if kind is None:
            raise click.UsageError(f"Nobody offers a gateway called {name}.  Known here: {', '.join(known_names())}.")
        to = None if url is None else _connection(url, os.environ.get(key_env, ""), session)
        failed = False
        for result in results(kind, to):
            click.echo(str(result))
            failed |= result.word == "FAIL"
    except WagroupsError as error:
        click.echo(f"FAIL  {name}: {error.message}  {error.hint}".rstrip())
        failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
