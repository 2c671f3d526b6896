"""Generated worlds: what is on WhatsApp, what git says of it, and, written a second time, what must come of both.

`Case.wanted` is an oracle of its own: it is written from the language's words for `manage:`, not from the planner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from hypothesis import strategies as st

from tests import builders as b
from wagroups.domain.declared.desired import DesiredGroup, Manage
from wagroups.domain.declared.settings import SETTINGS, Setting
from wagroups.domain.identity import GroupJid, Role

FOLK: Final = ("anna", "ben", "carla", "dora", "emil", "finn")
SOME_SETTINGS: Final = (Setting.SEND_MESSAGES, Setting.EDIT_INFO, Setting.ADD_MEMBERS, Setting.APPROVE_JOINS)

Roles = Mapping[str, Role]
"""Name → role, without the account itself."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One declared group.  `None` in a declaration is a key that is not written."""

    key: str
    live: Roles | None
    """Who is in it now; `None` = there is no such group yet."""
    members: tuple[str, ...] | None
    admins: tuple[str, ...] | None
    manage_members: Manage = Manage.EXACT
    manage_admins: Manage = Manage.EXACT
    renamed: bool = False
    """Somebody gave the live group another subject."""
    description: str | None = None
    live_description: str = ""
    settings: Mapping[Setting, str] = field(default_factory=dict)
    live_settings: Mapping[Setting, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        return f"Club {self.key}"

    @property
    def live_subject(self) -> str:
        return f"{self.subject} (old)" if self.renamed else self.subject

    @property
    def declared(self) -> frozenset[str]:
        return frozenset((*(self.members or ()), *(self.admins or ())))

    def group(self, jid: GroupJid | None = None) -> DesiredGroup:
        """The declaration, of the live group `jid` where there is one."""
        return b.group(
            self.key,
            id=jid,
            subject=self.subject,
            description=self.description,
            members=self.members,
            admins=self.admins,
            settings=self.settings,
            manage_members=self.manage_members,
            manage_admins=self.manage_admins,
        )

    def in_sync(self) -> "Case":
        """The same declaration in a world that already is so."""
        return replace(
            self,
            live=self.wanted(),
            renamed=False,
            live_description=self.description or "",
            live_settings={**self.live_settings, **self.settings},
        )

    def wanted(self) -> Roles:
        """Who must be in the group afterwards, and as what."""
        live = self.live or {}
        return {name: self._role(name, live.get(name)) for name in sorted(self._members(live))}

    @property
    def admins_wait(self) -> bool:
        """Whether live admins keep their right because none of the declared ones can be given it here."""
        live = self.live or {}
        if not self.admins or self.manage_admins is not Manage.EXACT or self._members(live) & frozenset(self.admins):
            return False
        return Role.ADMIN in live.values()

    def may_leave(self) -> frozenset[str]:
        """Who may be removed: undeclared people of a group whose list is the whole truth."""
        if self.members is None or self.manage_members is not Manage.EXACT:
            return frozenset()
        return frozenset(self.live or ()) - self.declared - self._kept_admins(self.live or {})

    def _members(self, live: Roles) -> frozenset[str]:
        if self.manage_members is Manage.IGNORE:
            return frozenset(live)
        if self.manage_members is Manage.ADD_ONLY or self.members is None:
            return frozenset(live) | self.declared
        return self.declared | self._kept_admins(live)

    def _kept_admins(self, live: Roles) -> frozenset[str]:
        """Undeclared admins stay where the written list of admins is not the whole truth."""
        if self.admins is None or self.manage_admins is Manage.EXACT:
            return frozenset()
        return frozenset(name for name, role in live.items() if role is Role.ADMIN)

    def _role(self, name: str, now: Role | None) -> Role:
        if self.admins is None or self.manage_admins is Manage.IGNORE:
            return now or Role.MEMBER
        if name in self.admins:
            return Role.ADMIN
        if self.admins_wait:
            return now or Role.MEMBER
        return now or Role.MEMBER if self.manage_admins is Manage.ADD_ONLY else Role.MEMBER


_HERE: Final = (None, Role.MEMBER, Role.ADMIN)
"""What somebody is in a group, or is declared to be there."""

_WRITTEN: Final = (True, True, True, False)
_MANAGE: Final = (Manage.EXACT, Manage.EXACT, Manage.EXACT, Manage.ADD_ONLY, Manage.IGNORE)
_DESCRIPTIONS: Final = (None, "Room 12", "Ring twice.\nBring a board.")


def worlds(*, born: bool | None = None) -> st.SearchStrategy[tuple[Case, ...]]:
    """Three declared groups; `born` says whether they must exist, or must not.

    From a seed, because a handful of examples drawn one value at a time resemble each other too much.
    """
    return st.integers(0, 2**32).map(lambda seed: _world(Random(seed), born))


def _world(dice: Random, born: bool | None) -> tuple[Case, ...]:
    return tuple(_case(dice, key, born) for key in ("chess", "go", "shogi"))


def _case(dice: Random, key: str, born: bool | None) -> Case:
    exists = dice.random() < 0.75 if born is None else born
    live = {name: role for name in FOLK if (role := dice.choice(_HERE)) is not None}
    declared = {name: role for name in FOLK if (role := dice.choice(_HERE)) is not None}
    return Case(
        key=key,
        live=live if exists else None,
        members=tuple(declared) if dice.choice(_WRITTEN) else None,
        admins=tuple(name for name, role in declared.items() if role is Role.ADMIN) if dice.choice(_WRITTEN) else None,
        # A group that is not there yet has nobody to leave alone.
        manage_members=dice.choice(_MANAGE) if exists else Manage.EXACT,
        manage_admins=dice.choice(_MANAGE) if exists else Manage.EXACT,
        renamed=exists and dice.random() < 0.5,
        description=dice.choice(_DESCRIPTIONS),
        settings=_some_settings(dice),
        live_settings=_some_settings(dice) if exists else {},
    )


def _some_settings(dice: Random) -> dict[Setting, str]:
    return {s: dice.choice(SETTINGS[s].values) for s in SOME_SETTINGS if dice.random() < 0.5}
