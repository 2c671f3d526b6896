"""Small worlds for tests of the simulation."""

from datetime import UTC, datetime, timedelta

from wagroups.simulation.world.seed import load
from wagroups.simulation.world.world import World

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

CLUB = """
me: office
people:
  office: {phone: +44 7700 900100, lid: 100000000000100@lid}
  anna: {phone: +44 7700 900101, lid: 100000000000101@lid}
  ben: {phone: +44 7700 900102, lid: 100000000000102@lid}
  carla: {phone: +44 7700 900103, lid: 100000000000103@lid}
  private: {phone: +44 7700 900104, lid: 100000000000104@lid, blocks_adds: yes}
  nobody: {phone: +44 7700 900105, no_account: yes}
  angry: {phone: +44 7700 900106, blocked_us: yes}
  hidden: {phone: +44 7700 900107, lid: 100000000000107@lid, hidden_number: yes}
groups:
  - {subject: Choir, id: 120363000000000001@g.us, admins: [anna], members: [ben, hidden], description: Sing}
  - {subject: Board, id: 120363000000000002@g.us, owner: anna, members: [office, ben]}
  - {subject: Old, id: 120363000000000003@g.us, members: [ben], addressing: pn}
"""

CHOIR, BOARD, OLD = (f"12036300000000000{number}@g.us" for number in (1, 2, 3))

PHONES = {name: f"44770090010{digit}@c.us" for digit, name in enumerate(("office", "anna", "ben", "carla"))}
PHONES |= {name: f"44770090010{4 + i}@c.us" for i, name in enumerate(("private", "nobody", "angry", "hidden"))}


class Time:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, duration: timedelta) -> None:
        self.moment += duration


def club(time: Time | None = None) -> World:
    """A choir of ours with a description, a board of Anna's in which we are a plain member, and an old group."""
    return load(CLUB, now=time or Time())
