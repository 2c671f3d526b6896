"""The same person twice is one membership: the longest wins, and a warning names both places.

People who come twice through teams alone, for the same time, are no mistake: a parent may sit on the board.
"""

from collections.abc import Sequence
from datetime import date

from wagroups.domain.desired import DesiredMember
from wagroups.domain.identity import Phone
from wagroups.manifests.findings import Findings, place
from wagroups.manifests.rules import Rule

Memberships = dict[Phone, DesiredMember]
"""By the person's number, so that everybody is in it once."""


def gather(members: Sequence[DesiredMember], where: str, findings: Findings) -> Memberships:
    """One list's people.  `where` names it in warnings: “the team board”."""
    found: Memberships = {member.person.phone: member for member in members}
    if len(found) == len(members):
        return found
    found = {}
    for member in members:
        phone = member.person.phone
        earlier = found.setdefault(phone, member)
        if earlier is not member:
            written_out = not (_by_team(earlier) and _by_team(member))
            found[phone] = _longest(earlier, member, where, findings, warn=written_out)
    return found


def unite(admins: Memberships, members: Memberships, where: str, findings: Findings) -> Memberships:
    """Both lists of a group.  Somebody in both is an admin, which is no mistake unless the dates differ."""
    united = admins | members
    for phone in admins.keys() & members.keys():
        longest = _longest(admins[phone], members[phone], where, findings, warn=False)
        united[phone] = longest if longest.admin else longest._replace(admin=True)
    return united


def _by_team(member: DesiredMember) -> bool:
    return any(step.startswith("team ") for step in member.via)


def _longest(
    first: DesiredMember, second: DesiredMember, where: str, findings: Findings, *, warn: bool
) -> DesiredMember:
    differ = (first.starts, first.until) != (second.starts, second.until)
    if warn or differ:
        earlier, later = sorted((first.origin, second.origin))
        findings.add(
            Rule.TWICE,
            later,
            f"{_name(first)} is twice in {where}; also at {place(earlier)}.",
            "The longest membership counts; delete the other entry." if differ else "Delete one of the two entries.",
        )
    return max(first, second, key=_length) if differ else first


def _length(member: DesiredMember) -> tuple[date, int]:
    """Sorts memberships by their end, then by how early they start."""
    return member.until or date.max, -(member.starts or date.min).toordinal()


def _name(member: DesiredMember) -> str:
    return "This number" if member.person.alias is None else f"“{member.person.alias}”"
