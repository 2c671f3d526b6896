"""What an account's devices hear of: the difference between the world now and the world a moment ago.

Compared and not recorded, so that nobody who changes the world can forget to tell.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid
from wagroups.simulation.world.account import SimulatedAccount
from wagroups.simulation.world.group import Group
from wagroups.simulation.world.people import SimulatedPerson


class Topic(StrEnum):
    """What a piece of news is about."""

    ENTERED = "entered"
    """The account itself came into the group."""
    GONE = "gone"
    """The account itself is no longer in it."""
    SUBJECT = "subject"
    DESCRIPTION = "description"
    SETTING = "setting"
    PICTURE = "picture"
    JOINED = "joined"
    LEFT = "left"
    PROMOTED = "promoted"
    DEMOTED = "demoted"
    ASKED = "asked"
    """Somebody waits for approval."""


class News(NamedTuple):
    """One thing that happened in one group."""

    topic: Topic
    group: Group
    people: tuple[SimulatedPerson, ...] = ()
    setting: Setting | None = None


class EventReader:
    """Reads the news of one account, from the first `catch_up` on.  Hold the world's lock."""

    def __init__(self, account: SimulatedAccount) -> None:
        self._account = account
        self._before: dict[GroupJid, Group] = {}
        """Nothing yet: most worlds are large, and nobody listens."""

    def catch_up(self) -> list[News]:
        """Everything that happened since the last time."""
        before, after = self._before, self._groups()
        self._before = after
        news = [News(Topic.GONE, before[jid]) for jid in sorted(before.keys() - after.keys())]
        for jid, group in sorted(after.items()):
            news += _between(before[jid], group) if jid in before else [News(Topic.ENTERED, group)]
        return news

    def _groups(self) -> dict[GroupJid, Group]:
        return {group.jid: group.copy() for group in self._account.groups()}


def _between(before: Group, after: Group) -> Iterator[News]:
    """What happened to one group."""
    if before.subject != after.subject:
        yield News(Topic.SUBJECT, after)
    if before.description != after.description:
        yield News(Topic.DESCRIPTION, after)
    if before.picture != after.picture:
        yield News(Topic.PICTURE, after)
    for setting, value in after.settings.items():
        if before.settings.get(setting) != value:
            yield News(Topic.SETTING, after, setting=setting)
    yield from _people(before, after)
    waiting = [request.person for request in before.requests]
    asked = tuple(request.person for request in after.requests if request.person not in waiting)
    if asked:
        yield News(Topic.ASKED, after, asked)


def _people(before: Group, after: Group) -> Iterator[News]:
    stayed = [person for person in after.members if person in before.members]
    for topic, people in (
        (Topic.JOINED, [person for person in after.members if person not in before.members]),
        (Topic.LEFT, [person for person in before.members if person not in after.members]),
        (Topic.PROMOTED, [p for p in stayed if after.is_admin(p) and not before.is_admin(p)]),
        (Topic.DEMOTED, [p for p in stayed if before.is_admin(p) and not after.is_admin(p)]),
    ):
        if people:
            yield News(topic, after, tuple(people))
