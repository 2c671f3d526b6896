"""A read-only gateway for Acme, a made-up server that shows groups and changes nothing."""

from collections.abc import Callable
from typing import Any

from wagroups.domain.errors import Unanswered
from wagroups.domain.identity import GroupJid, Me, Phone, Role, member_id
from wagroups.domain.live.capability import Access, Aspect, Capabilities, Claim
from wagroups.domain.live.observed import Absence, Observed, ObservedGroup, ObservedMember, Scope
from wagroups.domain.ports import Health
from wagroups.gateways.kind import GatewayKind
from wagroups.gateways.shared.connection import Connection
from wagroups.gateways.shared.group_reads import READ_EMPTY, by_jid
from wagroups.gateways.shared.http import Http

READ = Claim(access=Access.READ, note="Acme shows it and cannot change it", source="Acme's handbook, 2026-12")


def claims(dialect: str) -> Capabilities:
    return Capabilities(gateway="acme", claims=dict.fromkeys((Aspect.SUBJECT, Aspect.MEMBERS, Aspect.ADMINS), READ))


class Acme:
    def __init__(self, connection: Connection) -> None:
        self.account, self.clock, self.capabilities = connection.account, connection.clock, claims("acme")
        self.me = Me(None, None)
        self.http = Http(connection, headers={"X-Key": connection.key.reveal()}, read_timeout=30)

    async def observe(self, scope: Scope) -> Observed:
        shown = by_jid(await self.ask("/groups", lambda items: [group(item) for item in items]))
        wanted = shown if scope.groups is None else {jid: shown[jid] for jid in scope.groups if jid in shown}
        return Observed(
            account=self.account,
            me=self.me,
            read_at=self.clock.now(),
            groups=wanted,
            absent={jid: Absence.UNKNOWN for jid in scope.groups or () if jid not in shown},
            listing=scope.everything,
            trouble=None if shown else READ_EMPTY,  # an empty answer is never “no groups”
        )

    async def health(self) -> Health:
        await self.ask("/me", phone)
        return Health(working=True, status="ok", server_time=None)

    async def close(self) -> None:
        await self.http.close()

    async def ask(self, path: str, read: Callable[[Any], Any]) -> Any:
        answer = await self.http.ask("GET", path, doing=f"read {path}")
        about = self.http.about(f"read {path}")
        if not answer.ok:
            raise self.http.common_failure(answer, f"read {path}") or Unanswered(f"{about}: status {answer.status}")
        try:
            return read(answer.body)
        except (KeyError, TypeError, ValueError):  # half a list of members would look like people who left
            raise Unanswered(f"{about}: the answer could not be read", hint="Is this address Acme's?") from None


def phone(item: Any) -> Phone:
    name = member_id(item["id"])
    if not isinstance(name, Phone):
        raise ValueError("no phone number")
    return name


def group(item: Any) -> ObservedGroup:
    members = tuple(ObservedMember(phone(member), None, Role(member["role"])) for member in item["members"])
    return ObservedGroup(jid=GroupJid.of(item["id"]), subject=item["subject"], members=members)


async def connect(connection: Connection) -> Acme:
    acme = Acme(connection)
    try:
        acme.me = Me(await acme.ask("/me", phone), None)
    except BaseException:
        await acme.close()
        raise
    return acme


KIND = GatewayKind(name="acme", dialects=("acme",), connect=connect, claims=claims)
