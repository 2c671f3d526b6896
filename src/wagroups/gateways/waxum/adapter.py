"""One connected WhatsApp account behind a Waxum server.

Waxum's answers to changes of members say nothing, not even whether they were made, so receipts are empty and everything
rests on reading again.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from wagroups.domain.errors import GatewayError, Rejected, SessionLost, Unanswered
from wagroups.domain.identity import GroupJid, InviteLink, Lid, Me, Phone, member_id
from wagroups.domain.live.capability import Aspect, Capabilities
from wagroups.domain.live.observed import Absence, Observed, ObservedGroup, Scope
from wagroups.domain.plans.operation import ApproveRequests, CreateGroup, Edit, RejectRequests, WriteSetting
from wagroups.domain.plans.outcome import Receipt
from wagroups.domain.ports import Health, Lookup
from wagroups.gateways.shared.connection import Connection
from wagroups.gateways.shared.group_reads import READ_EMPTY, READ_SHORT, absence, by_jid, read_each
from wagroups.gateways.shared.http import Http, ReadBody
from wagroups.gateways.shared.json_fields import Record, flag, record, records, text
from wagroups.gateways.shared.people import People
from wagroups.gateways.shared.response import Response, parsed
from wagroups.gateways.waxum import wire
from wagroups.gateways.waxum.failures import NO_CONNECTION, READY, failure, session_state


class WaxumGateway:
    """The port of `domain.ports.Gateway`, over HTTP.  `base` is the path of the session."""

    def __init__(self, connection: Connection, http: Http, *, base: str, capabilities: Capabilities, me: Me) -> None:
        self.account = connection.account
        self.capabilities = capabilities
        self.me = me
        self._clock = connection.clock
        self._http = http
        self._base = base

    async def observe(self, scope: Scope) -> Observed:
        """Read all groups with one listing, or the named ones with one read each; both ask WhatsApp afresh."""
        return await self._list() if scope.groups is None else await self._read_each(scope.groups)

    async def _list(self) -> Observed:
        doing = "read the groups"
        answer = await self._ask("GET", "/groups", doing, read=wire.LISTING.read)
        listed = record(answer.body).get("groups")
        if not isinstance(listed, list):
            raise Unanswered(f"{self._http.about(doing)}: the answer is not a list of groups")
        people = People(wire.member)
        groups = by_jid(wire.group(item, people) for item in records(listed))
        trouble = READ_EMPTY if not groups else READ_SHORT if wire.is_short(record(answer.body), len(listed)) else None
        return Observed(
            account=self.account,
            me=self.me,
            read_at=self._clock.now(),
            groups=MappingProxyType(groups),
            listing=True,
            trouble=trouble,
        )

    async def _read_each(self, jids: Sequence[GroupJid]) -> Observed:
        readings = await read_each(jids, self._read)
        return Observed(
            account=self.account,
            me=self.me,
            read_at=self._clock.now(),
            groups=MappingProxyType(by_jid(readings.groups)),
            absent=readings.absent,
            failed=readings.failed,
        )

    async def _read(self, jid: GroupJid) -> ObservedGroup | Absence:
        doing = "read a group"
        try:
            said = record((await self._ask("GET", f"/groups/{jid.reveal()}", doing)).body)
            if wire.PEOPLE not in said:
                # As documented: who is in the group is told elsewhere.  Where it is told here, `/info` calls everybody
                # a member.
                said = {**said, **record((await self._ask("GET", f"/groups/{jid.reveal()}/info", doing)).body)}
        except Rejected as error:
            not_shown = absence(error)
            if not_shown is None:
                raise
            return not_shown
        group = wire.group(said, People(wire.member))
        if group is None or group.jid != jid:
            raise Unanswered(f"{self._http.about(doing)}: the answer is not the group that was asked for")
        return group

    async def identify(self, phones: Sequence[Phone]) -> tuple[Lookup, ...]:
        """Two calls a number, one number at a time: answers do not repeat the number that was asked for."""
        return tuple([await self._identify(phone) for phone in phones])

    async def _identify(self, phone: Phone) -> Lookup:
        answer = await self._ask("POST", "/contacts/check", "check a number", json={"phones": [phone.digits()]})
        said = _the_one(record(answer.body).get("results"), phone)
        # Its documentation calls the field `exists` (0.12), its code `is_registered` (0.9.1).
        exists = flag(said, "is_registered") if "is_registered" in said else flag(said, "exists")
        name, listed = member_id(text(said, "jid") or ""), _number(text(said, "phone"))
        spelt = name if isinstance(name, Phone) else listed
        found = Lookup(phone, exists, spelt, None)
        if found.about_another:
            return found
        if not exists:
            return found._replace(dial=None)
        found = found._replace(dial=spelt or phone)
        return found._replace(lid=name) if isinstance(name, Lid) else await self._with_lid(found)

    async def _with_lid(self, found: Lookup) -> Lookup:
        body = {"jids": [wire.phone_jid(found.dial or found.asked)]}
        answer = await self._ask("POST", "/contacts/users", "look up a LID", json=body)
        said = _the_one(record(answer.body).get("users"), found.asked)
        lid, name = member_id(text(said, "lid") or ""), member_id(text(said, "jid") or "")
        return found._replace(
            lid=lid if isinstance(lid, Lid) else None, paired=name if isinstance(name, Phone) else None
        )

    async def create(self, operation: CreateGroup) -> GroupJid:
        """Create a group, empty, with the settings that can only be given now."""
        doing = "create a group"
        answer = await self._ask("POST", "/groups", doing, json=wire.creation(operation))
        jid = GroupJid.parse(text(record(answer.body), "group_jid") or "")
        if jid is None:
            raise Unanswered(
                f"{self._http.about(doing)}: Waxum reported success without the new group's id",
                hint="It may exist; it will be looked for by its subject.",
            )
        return jid

    async def perform(self, edit: Edit, group: GroupJid) -> Receipt:
        """Carry out one edit.  The receipt is always empty: answers are the same for success and failure."""
        call = wire.call_for(edit)
        if call is None:
            raise Rejected(f"{self._http.about('change a group')}: {self.capabilities.claim(_aspect_of(edit)).note}")
        await self._ask(call.method, f"/groups/{group.reveal()}{call.path}", call.doing, json=call.json)
        return Receipt()

    async def invite_link(self, group: GroupJid) -> InviteLink:
        """Read the link."""
        return await self._link(group, "read the invite link", reset=False)

    async def reset_invite_link(self, group: GroupJid) -> InviteLink:
        """Reset the link: a GET that changes state, so nothing on the way may cache it or ask it twice."""
        return await self._link(group, "reset the invite link", reset=True)

    async def _link(self, group: GroupJid, doing: str, *, reset: bool) -> InviteLink:
        # Only these two words are understood; `1` is refused with 400 (Waxum src/handlers, 0.9.1).
        query = {"reset": "true" if reset else "false"}
        answer = await self._ask("GET", f"/groups/{group.reveal()}/invite-link", doing, query=query)
        link = InviteLink.parse(text(record(answer.body), "invite_link") or "")
        if link is None:
            raise Unanswered(f"{self._http.about(doing)}: the answer is not a link", hint="Read the link again.")
        return link

    async def send_text(self, to: Phone | GroupJid, text: str) -> None:
        """Send a text."""
        jid = wire.phone_jid(to) if isinstance(to, Phone) else to.reveal()
        await self._ask("POST", "/messages/text", "send a text", json={"to": jid, "text": text})

    async def health(self) -> Health:
        """The live state of the session."""
        answer = await self._ask("GET", "/status", "read the session")
        said = record(answer.body)
        status = text(said, "status") or "unknown"
        paused = flag(said, "paused") is True
        remarks = ("The session is paused in Waxum; resume it there.",) if paused else ()
        return Health(status == READY and not paused, status, answer.date, remarks)

    async def close(self) -> None:
        await self._http.close()

    async def _ask(
        self,
        method: str,
        path: str,
        doing: str,
        *,
        query: Mapping[str, str] | None = None,
        json: object = None,
        read: ReadBody = parsed,
    ) -> Response:
        answer = await self._http.ask(method, self._base + path, doing=doing, query=query, json=json, read=read)
        if not answer.ok:
            raise await self._reason(answer, doing)
        return answer

    async def _reason(self, answer: Response, doing: str) -> GatewayError:
        """The error that `answer` stands for.  It is the same for a socket that dropped and for a log-out."""
        error = failure(self._http, answer, doing)
        if answer.status != NO_CONNECTION:
            return error
        try:
            state = await self._http.ask("GET", self._base + "/status", doing="read the session")
        except GatewayError:
            return error  # what became of this question says nothing of the one before
        lost = session_state(record(state.body), self._http.about(doing)) if state.ok else None
        if not isinstance(lost, SessionLost):
            return error
        lost.may_have_happened |= error.may_have_happened
        return lost


def _aspect_of(edit: Edit) -> Aspect:
    """What an edit that has no request would need."""
    match edit:
        case WriteSetting():
            return Aspect.of(edit.setting)
        case ApproveRequests() | RejectRequests():
            return Aspect.JOIN_REQUESTS
        case _:
            return Aspect.PICTURE


def _the_one(listed: object, phone: Phone) -> Record:
    """The entry about `phone`: the only one, or the one with its number in any spelling; else an empty record."""
    entries = list(records(listed))
    if len(entries) == 1:
        return entries[0]
    spellings = phone.variants()
    return next((entry for entry in entries if member_id(text(entry, "jid") or "") in spellings), record(None))


def _number(digits: str | None) -> Phone | None:
    """A number written as bare digits."""
    name = member_id(f"{digits.lstrip('+')}@s.whatsapp.net") if digits else None
    return name if isinstance(name, Phone) else None
