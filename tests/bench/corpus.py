"""A project and the listing that belongs to it, as large as asked for: made up, and the same every time.

Groups list bare numbers, each in quotes, because that is the most a loader can be asked to check.  The listing is
NOWEB's: 146 bytes a participant, everybody under LID and phone.

    python -m tests.bench.corpus FOLDER GROUPS MEMBERS CHANGED
"""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ME: Final = "15005550006"
SESSION: Final = "default"
KEY: Final = "a-key-of-the-bench"

_AREAS: Final = (201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228,
                 229, 231, 234, 239, 240, 248, 251, 252, 253, 254)  # fmt: skip
_BLOCK: Final = 10_000
"""Numbers of one area under the exchange 555, which is kept for directories and fiction."""

_CREATED_AT: Final = 1_700_000_000
_SEED: Final = 20_261_122

_CONFIG: Final = """\
version: 1
accounts:
  office:
    gateway: waha
    url_env: WAGROUPS_BENCH_URL
    key_env: WAGROUPS_BENCH_KEY
safety:
  profile: sandbox
  max_removals: 100000
"""


@dataclass(frozen=True)
class Size:
    """How large a world is."""

    groups: int
    members: int
    """In each group, the account itself not counted."""
    people: int = 20_000
    """Distinct people, who are in several groups each."""

    @property
    def memberships(self) -> int:
        return self.groups * self.members


LARGE: Final = Size(1_000, 250)
MANY: Final = Size(10_000, 100)


@dataclass(frozen=True)
class Corpus:
    """Who is in which group, in the order of the listing."""

    size: Size
    rosters: tuple[tuple[int, ...], ...]
    changed: int = 0
    """How many members of each group are declared and not live, and as many the other way round."""

    @classmethod
    def of(cls, size: Size, changed: int = 0) -> "Corpus":
        """Draw `changed` more people than are members: the first ones are live only, the last ones declared only."""
        dice = random.Random(_SEED)
        everybody = range(size.people)
        return cls(
            size, tuple(tuple(dice.sample(everybody, size.members + changed)) for _ in range(size.groups)), changed
        )

    def declared(self, group: int) -> tuple[int, ...]:
        return self.rosters[group][self.changed :]

    def live(self, group: int) -> tuple[int, ...]:
        return self.rosters[group][: self.size.members]

    def write_project(self, root: Path) -> None:
        """One file a group, as a large project is kept."""
        folder = root / "groups"
        folder.mkdir(parents=True)
        (root / "wagroups.yaml").write_text(_CONFIG)
        for group in range(self.size.groups):
            (folder / f"g{group:05}.yaml").write_text("".join(self._manifest(group)))

    def _manifest(self, group: int) -> Iterator[str]:
        yield f'groups:\n  g{group:05}:\n    id: "{jid(group)}"\n    subject: "{subject(group)}"\n'
        yield f'    manage: {{members: exact}}\n    description: "{description(group)}"\n'
        yield "    settings:\n      send_messages: admins\n      edit_info: admins\n"
        yield f'    admins: ["+{ME}"]\n    members:\n'
        for person in self.declared(group):
            yield f'      - "+{number(person)}"\n'

    def listing(self) -> bytes:
        """The answer to `GET /api/{session}/groups`."""
        return json.dumps({jid(group): self._record(group) for group in range(self.size.groups)}).encode()

    def _record(self, group: int) -> dict[str, object]:
        people: list[dict[str, str | None]] = [
            {"id": "900000000000001@lid", "phoneNumber": f"{ME}@s.whatsapp.net", "admin": "superadmin"}
        ]
        people += [
            {
                "id": f"{100_000_000_000_000 + person}@lid",
                "phoneNumber": f"{number(person)}@s.whatsapp.net",
                "admin": None,
            }
            for person in self.live(group)
        ]
        return {
            "id": jid(group),
            "notify": "",
            "addressingMode": "lid",
            "owner": "900000000000001@lid",
            "ownerPn": f"{ME}@s.whatsapp.net",
            "subject": subject(group),
            "subjectTime": _CREATED_AT,
            "size": len(people),
            "creation": _CREATED_AT,
            "desc": description(group),
            "announce": True,
            "restrict": True,
            "isCommunity": False,
            "isCommunityAnnounce": False,
            "joinApprovalMode": False,
            "memberAddMode": True,
            "participants": people,
        }


def number(person: int) -> str:
    """A number in the fictional exchange 555."""
    area, line = divmod(person, _BLOCK)
    return f"1{_AREAS[area]}555{line:04}"


def jid(group: int) -> str:
    return f"{120_363_000_000_000_000 + group}@g.us"


def subject(group: int) -> str:
    return f"Class {group:05}"


def description(group: int) -> str:
    return f"What class {group:05} needs to know."


LISTING: Final = "listing.json"
"""Beside the manifests, where no manifest is looked for."""


def _write(folder: Path, groups: int, members: int, changed: int) -> None:
    corpus = Corpus.of(Size(groups, members), changed)
    corpus.write_project(folder)
    (folder / LISTING).write_bytes(corpus.listing())


if __name__ == "__main__":
    _write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
