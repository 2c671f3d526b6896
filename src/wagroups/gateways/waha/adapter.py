"""One connected WhatsApp account behind a WAHA server.

Routes, sessions and requests are the same on every engine; what an answer means is the engine's table.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from wagroups.domain.declared.picture import Glimpse
from wagroups.domain.errors import Rejected, Unanswered
from wagroups.domain.identity import GroupJid, InviteLink, Lid, Me, Phone, member_id
from wagroups.domain.live.capability import Access, Aspect, Capabilities
from wagroups.domain.live.join_requests import JoinRequest
from wagroups.domain.live.observed import Absence, Observed, ObservedGroup, Scope
from wagroups.domain.plans.budget import Restriction
from wagroups.domain.plans.operation import (
    ApproveRequests,
    CreateGroup,
    Edit,
    RejectRequests,
    WriteDescription,
    WritePicture,
    people_of,
)
from wagroups.domain.plans.outcome import Receipt
from wagroups.domain.ports import Health, Lookup
from wagroups.gateways.shared.connection import Connection
from wagroups.gateways.shared.downloads import Downloads
from wagroups.gateways.shared.group_reads import READ_EMPTY, absence, by_jid, read_each, uncollected
from wagroups.gateways.shared.http import Http, ReadBody
from wagroups.gateways.shared.json_fields import flag, record, text
from wagroups.gateways.shared.people import People
from wagroups.gateways.shared.response import Response, parsed
from wagroups.gateways.waha import links, requests, wire
from wagroups.gateways.waha.engines import Engine
from wagroups.gateways.waha.failures import denial, exception_of, failure, words_of
from wagroups.gateways.waha.pages import Page, in_pages
from wagroups.gateways.waha.pairs import completed, known_pairs, pair_of
from wagroups.gateways.waha.receipts import receipt
from wagroups.gateways.waha.remarks import remarks
from wagroups.gateways.waha.restrictions import capping, timelock


class WahaGateway:
    """The port of `domain.ports.Gateway`, over HTTP."""

    def __init__(
        self,
        connection: Connection,
        http: Http,
        *,
        session: str,
        engine: Engine,
        capabilities: Capabilities,
        me: Me,
        restrictions: tuple[Restriction, ...] = (),
    ) -> None:
        self.account = connection.account
        self.capabilities = capabilities
        self.me = me
        self.restrictions = restrictions
        self._clock = connection.clock
        self._pictures = connection.pictures
        self._downloads = Downloads(connection)
        self._http = http
        self._session = session
        self._session_name = connection.session
        self._engine = engine
        self._keeps_pairs = capabilities.can(Aspect.LID_LOOKUP, Access.READ)

    async def observe(self, scope: Scope) -> Observed:
        """Read all groups with one listing, or the named ones with one read each."""
        return await self._list(scope.page) if scope.groups is None else await self._read_each(scope.groups)

    async def _list(self, page: int | None) -> Observed:
        people = People(self._engine.member)

        async def ask(query: Mapping[str, str]) -> Page:
            return await self._page(query, people)

        # Without its store NOWEB asks WhatsApp for everything, whatever page is wanted.
        pages_hold = self._engine.pages and self.capabilities.cached_reads
        groups = by_jid(await in_pages(ask, page) if page and pages_hold else (await ask({})).groups)
        return Observed(
            account=self.account,
            me=self.me,
            read_at=self._clock.now(),
            groups=await self._completed(groups, people),
            listing=True,
            trouble=None if groups else READ_EMPTY,
        )

    async def _page(self, query: Mapping[str, str], people: People) -> Page:
        """A page of the listing, or all of it without a query, reduced before the next one is asked for."""
        doing = "read the groups"
        path = f"/api/{self._session}/groups"
        answer = await self._ask("GET", path, doing, query=query or None, read=self._engine.shape.read)
        items = wire.listed(answer.body)
        if items is None:
            raise Unanswered(f"{self._http.about(doing)}: the answer is not a list of groups")
        with uncollected():
            groups = [self._engine.group(item, people) for item in items]
        return Page(len(items), [group for group in groups if group is not None])

    async def _read_each(self, jids: Sequence[GroupJid]) -> Observed:
        people = People(self._engine.member)
        readings = await read_each(jids, lambda jid: self._read(jid, people))
        return Observed(
            account=self.account,
            me=self.me,
            read_at=self._clock.now(),
            groups=await self._completed(by_jid(readings.groups), people),
            absent=readings.absent,
            failed=readings.failed,
        )

    async def _read(self, jid: GroupJid, people: People) -> ObservedGroup | Absence:
        doing = "read a group"
        answer = await self._http.ask("GET", wire.group_path(self._session, jid), doing=doing)
        if answer.ok:
            if not answer.body:
                # WPP says `false`, WEBJS nothing, for a group it does not hold, whatever the reason.
                return Absence.UNKNOWN
            group = self._engine.group(record(answer.body), people)
            if group is None or group.jid != jid:
                raise Unanswered(f"{self._http.about(doing)}: the answer is not the group that was asked for")
            return group
        pattern = self._engine.not_held
        if answer.status == 500 and pattern is not None and pattern.search(words_of(answer)):
            return Absence.UNKNOWN
        error = failure(self._http, self._engine, answer, doing)
        not_shown = absence(error)
        if not_shown is None:
            raise error
        return not_shown

    async def _completed(
        self, groups: Mapping[GroupJid, ObservedGroup], people: People
    ) -> Mapping[GroupJid, ObservedGroup]:
        """The groups with the phones that WAHA knows but did not list."""
        undisclosed = people.undisclosed() if self._keeps_pairs else ()
        if undisclosed:
            known = await known_pairs(self._http, self._session)
            self._keeps_pairs = known is not None
            groups = completed(groups, undisclosed, known or {})
        return MappingProxyType(dict(groups))

    async def refresh(self) -> None:
        """Have WAHA read everything anew.  Raises Rejected on WEBJS, which only claims to."""
        if not self.capabilities.can(Aspect.REFRESH, Access.WRITE):
            raise Rejected(f"{self._http.about('refresh the groups')}: {self.capabilities.claim(Aspect.REFRESH).note}")
        await self._ask("POST", f"/api/{self._session}/groups/refresh", "refresh the groups")

    async def identify(self, phones: Sequence[Phone]) -> tuple[Lookup, ...]:
        """Two calls a number: whether it exists and how WhatsApp spells it, then its LID."""
        return tuple([await self._identify(phone) for phone in phones])

    async def _identify(self, phone: Phone) -> Lookup:
        answer = await self._ask(
            "GET",
            "/api/contacts/check-exists",
            "check a number",
            query={"session": self._session_name, "phone": phone.digits()},
        )
        said = record(answer.body)
        chat, number = member_id(text(said, "chatId") or ""), member_id(text(said, "pn") or "")
        # Since 2026.8.1 GOWS may name the chat by its LID, with the number beside it (its release notes).
        spelt = chat if isinstance(chat, Phone) else number if isinstance(number, Phone) else None
        found = Lookup(phone, flag(said, "numberExists"), spelt, None)
        if found.about_another:
            return found
        if not found.exists:
            # GOWS gives a chatId even for numbers that do not exist (recorded 2026-11-22).
            return found._replace(dial=None)
        found = found._replace(dial=spelt or phone)
        if isinstance(chat, Lid):
            return found._replace(lid=chat)
        if not self.capabilities.can(Aspect.LID_LOOKUP, Access.READ):
            return found
        pair = await pair_of(self._http, self._session, spelt or phone)
        return found._replace(lid=pair.lid, paired=pair.phone)

    async def create(self, operation: CreateGroup) -> GroupJid:
        """Create a group with its first person."""
        doing = "create a group"
        body = wire.creation(operation)
        answer = await self._ask("POST", f"/api/{self._session}/groups", doing, json=body)
        jid = self._engine.created(answer.body)
        if jid is None:
            raise Unanswered(
                f"{self._http.about(doing)}: WAHA reported success without the new group's id",
                hint="It may exist; it will be looked for by its subject.",
            )
        return jid

    async def perform(self, edit: Edit, group: GroupJid) -> Receipt:
        """Carry out one edit."""
        call = wire.call_for(edit, self._image(edit))
        if call is None:
            raise Rejected(f"{self._http.about('change a group')}: WAHA has no route for this setting")
        if isinstance(edit, WriteDescription) and not edit.text:
            self._require(Aspect.DESCRIPTION_CLEAR, "clear the description")
        path = wire.group_path(self._session, group) + call.path
        answer = await self._http.ask(call.method, path, doing=call.doing, json=call.json)
        if not answer.ok:
            if self._was_done_before(edit, answer):
                return Receipt()
            raise failure(self._http, self._engine, answer, call.doing)
        denied = denial(self._http, answer, call.doing)
        if denied is not None:
            raise denied
        people = people_of(edit)
        told = requests.told if isinstance(edit, ApproveRequests | RejectRequests) else self._engine.told
        return receipt(told(answer.body), people) if people else Receipt()

    def _image(self, edit: Edit) -> bytes:
        """The bytes to send for a picture.  Raises Rejected when they are not those that were planned."""
        if not isinstance(edit, WritePicture) or edit.picture is None:
            return b""
        if self._pictures is None:
            raise Rejected(f"{self._http.about('set a picture')}: there are no files to take it from")
        return self._pictures(edit.picture)

    async def glimpse(self, group: GroupJid) -> Glimpse:
        """Ask WAHA where the picture is, and look at it there.

        Asked afresh, because WAHA keeps its answer for a day, also when it was a failure that looks like no picture.
        """
        path = wire.group_path(self._session, group) + "/picture"
        answer = await self._ask("GET", path, "read the picture", query={"refresh": "true"})
        url = text(record(answer.body), "url")
        return (await self._downloads.glimpse(url))._replace(there=True) if url else Glimpse()

    async def join_requests(self, group: GroupJid) -> tuple[JoinRequest, ...]:
        """Read who asks to join.  Raises Rejected before 2026.8.2."""
        doing = "read the requests to join"
        self._require(Aspect.JOIN_REQUESTS, doing)
        answer = await self._ask("GET", wire.group_path(self._session, group) + wire.REQUESTS, doing)
        waiting = requests.waiting(answer.body)
        if waiting is None:
            raise Unanswered(f"{self._http.about(doing)}: the answer is not a list of requests")
        return waiting

    def _require(self, aspect: Aspect, doing: str) -> None:
        """Refuse before sending what is known to fail or to hang: GOWS may never answer an empty description."""
        claim = self.capabilities.claim(aspect)
        if Access.WRITE not in claim.access:
            raise Rejected(f"{self._http.about(doing)}: {claim.note}")

    def _was_done_before(self, edit: Edit, answer: Response) -> bool:
        pattern = self._engine.already.get(edit.kind)
        return pattern is not None and pattern.search(words_of(answer)) is not None and bool(exception_of(answer))

    async def invite_link(self, group: GroupJid) -> InviteLink:
        """Read the link."""
        doing = "read the invite link"
        answer = await self._ask("GET", f"{wire.group_path(self._session, group)}/invite-code", doing)
        return links.link_in(answer, self._http.about(doing))

    async def reset_invite_link(self, group: GroupJid) -> InviteLink:
        """Raises Rejected on GOWS, which answers success and resets nothing."""
        doing = "reset the invite link"
        self._require(Aspect.INVITE_LINK_RESET, doing)
        answer = await self._ask("POST", f"{wire.group_path(self._session, group)}/invite-code/revoke", doing)
        return links.link_in(answer, self._http.about(doing))

    async def behind(self, link: InviteLink) -> ObservedGroup:
        """Look behind a link."""
        doing = "read where an invite link leads"
        query = {"code": link.reveal()}
        answer = await self._ask("GET", f"/api/{self._session}/groups/join-info", doing, query=query)
        return links.group_behind(answer, self._engine, self._http.about(doing))

    async def join(self, link: InviteLink) -> GroupJid | None:
        """Join by a link."""
        path = f"/api/{self._session}/groups/join"
        return links.joined(await self._ask("POST", path, "join a group", json={"code": link.reveal()}))

    async def send_text(self, to: Phone | GroupJid, text: str) -> None:
        """Send a text."""
        await self._ask("POST", "/api/sendText", "send a text", json=links.message(self._session_name, to, text))

    async def restricted(self) -> tuple[Restriction, ...]:
        """Ask for the lock and the quota, which WAHA fetches anew for each question."""
        path, now = f"/api/sessions/{self._session}", self._clock.now()
        lock = await self._ask("GET", path + "/timelock", "ask for the account's time lock")
        quota = await self._ask("GET", path + "/capping", "ask for the account's quota")
        return (*timelock(record(lock.body), now), *capping(record(quota.body), now))

    async def health(self) -> Health:
        """The session's state now, and what of WAHA's configuration makes reads lie."""
        answer = await self._ask("GET", f"/api/sessions/{self._session}", "read the session")
        said = record(answer.body)
        status = text(said, "status") or "unknown"
        return Health(status == "WORKING", status, answer.date, remarks(self._engine.name, said, self._clock.now()))

    async def close(self) -> None:
        await self._http.close()
        await self._downloads.close()

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
        answer = await self._http.ask(method, path, doing=doing, query=query, json=json, read=read)
        error = denial(self._http, answer, doing) if answer.ok else failure(self._http, self._engine, answer, doing)
        if error is not None:
            raise error
        return answer
