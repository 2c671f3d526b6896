"""The routes of `/api/{session}/groups`."""

from collections.abc import Callable, Sequence
from typing import Final

from wagroups.simulation.gateways.waha.dialect import Handler, Waha, WahaRequest
from wagroups.simulation.gateways.waha.engine import listed_again
from wagroups.simulation.gateways.waha.listing import page
from wagroups.simulation.gateways.waha.version import Feature
from wagroups.simulation.server.http import Answer, Route, json_answer
from wagroups.simulation.server.read_cache import Sight
from wagroups.simulation.world.account import SimulatedAccount
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.refusal import WhatsAppError

_GROUPS: Final = "/api/{session}/groups"
_GROUP: Final = "/api/{session}/groups/{group}"


PeopleChange = Callable[[SimulatedAccount, str, Sequence[str]], Answer]


class GroupsController:
    """What the groups controller answers."""

    def __init__(self, waha: Waha) -> None:
        self.waha = waha
        self.engine = waha.engine

    def routes(self) -> list[Route]:
        return [*self._reads(), *self._writes(), *self._people(), *self._links()]

    def _row(self, method: str, pattern: str, call: Call, handler: Handler, *, write: bool = False) -> Route:
        return self.waha.route(method, pattern, call, self.waha.working(handler), write=write)

    def _reads(self) -> list[Route]:
        return [
            self._row("GET", _GROUPS, Call.LIST, lambda asked: page(self.waha, asked)),
            self._row("GET", _GROUPS + "/", Call.LIST, lambda asked: page(self.waha, asked)),
            self._row("GET", _GROUPS + "/count", Call.LIST, self._count),
            self._row("POST", _GROUPS + "/refresh", Call.REFRESH, self._refresh),
            self._row("GET", _GROUPS + "/join-info", Call.GET, self._join_info),
            self._row("GET", _GROUP, Call.GET, self._one),
            self._row("GET", _GROUP + "/participants", Call.GET, self._participants),
            self._row("GET", _GROUP + "/participants/v2", Call.GET, self._participants_v2),
        ]

    def _writes(self) -> list[Route]:
        return [
            self._row("POST", _GROUPS, Call.CREATE, self._create, write=True),
            self._row("DELETE", _GROUP, Call.OTHER, self._delete, write=True),
            self._row("POST", _GROUP + "/leave", Call.LEAVE, self._leave, write=True),
            self._row("PUT", _GROUP + "/subject", Call.SUBJECT, self._subject, write=True),
            self._row("PUT", _GROUP + "/description", Call.DESCRIPTION, self._description, write=True),
        ]

    def _people(self) -> list[Route]:
        engine = self.engine
        changes: list[tuple[str, Call, PeopleChange]] = [
            ("/participants/add", Call.ADD, engine.add),
            ("/participants/remove", Call.REMOVE, engine.remove),
            ("/admin/promote", Call.PROMOTE, engine.promote),
            ("/admin/demote", Call.DEMOTE, engine.demote),
        ]
        rows = [
            self._row("POST", _GROUP + path, call, self._change(change), write=True) for path, call, change in changes
        ]
        if not self.engine.version.has(Feature.JOIN_REQUESTS):
            return rows
        waiting = _GROUP + "/participants/join-requests"
        return [
            *rows,
            self._row("GET", waiting, Call.REQUESTS, self._requests),
            self._row("POST", waiting + "/approve", Call.APPROVE, self._change(self._approve), write=True),
            self._row("POST", waiting + "/reject", Call.REJECT, self._change(self._reject), write=True),
        ]

    def _links(self) -> list[Route]:
        return [
            self._row("GET", _GROUP + "/invite-code", Call.INVITE, lambda asked: self._invite(asked, reset=False)),
            self._row(
                "POST",
                _GROUP + "/invite-code/revoke",
                Call.INVITE_RESET,
                lambda asked: self._invite(asked, reset=True),
                write=True,
            ),
            self._row("POST", _GROUPS + "/join", Call.JOIN, self._join, write=True),
        ]

    # Reading

    def _count(self, asked: WahaRequest) -> Answer:
        return json_answer({"count": len(self.waha.mirror.see_all())})

    def _refresh(self, asked: WahaRequest) -> Answer:
        self.waha.mirror.refresh()
        return json_answer({"success": True})

    def _join_info(self, asked: WahaRequest) -> Answer:
        group = self.waha.account.look_up(_code(asked.request.parameter("code") or ""))
        item = self.engine.item(self.waha.mirror.fresh(group), people=True, listed=False)
        return json_answer(item.get("groupMetadata", item))

    def _one(self, asked: WahaRequest) -> Answer:
        sight = self.waha.sight(asked.group)
        if sight is None:
            return self.engine.missing(asked.group, "group")
        return json_answer(self.engine.item(sight, people=True, listed=False))

    def _participants(self, asked: WahaRequest) -> Answer:
        sight = self._live(asked.group) if self.engine.lists_object else self.waha.sight(asked.group)
        if sight is None:
            return self.engine.missing(asked.group, "participants")
        return json_answer(self.engine.people(sight))

    def _participants_v2(self, asked: WahaRequest) -> Answer:
        sight = self.waha.sight(asked.group)
        if sight is None:
            return self.engine.missing(asked.group, "v2")
        return json_answer([*self.engine.people_v2(sight), *listed_again(sight)])

    def _live(self, group: str) -> Sight | None:
        """NOWEB's first-generation list goes past the store."""
        try:
            return self.waha.mirror.fresh(self.waha.account.member_group(group))
        except WhatsAppError:
            return None

    # Writing

    def _create(self, asked: WahaRequest) -> Answer:
        fields = asked.fields(self.engine.reads_first_at_creation)
        ids = self.engine.participants(fields)
        return self.engine.create(self.waha.account, str(fields.get("name") or ""), ids, self.waha.mirror)

    def _delete(self, asked: WahaRequest) -> Answer:
        return self.engine.delete(self.waha.account, asked.group)

    def _leave(self, asked: WahaRequest) -> Answer:
        return self.engine.leave(self.waha.account, asked.group)

    def _subject(self, asked: WahaRequest) -> Answer:
        subject = self.engine.subject(asked.fields("subject"))
        return self.engine.rename(self.waha.account, asked.group, subject)

    def _description(self, asked: WahaRequest) -> Answer:
        text = self.engine.description(asked.fields("description"))
        return self.engine.describe(self.waha.account, asked.group, text)

    def _change(self, change: PeopleChange) -> Handler:
        def handle(asked: WahaRequest) -> Answer:
            ids = self.engine.participants(asked.fields("participants"))
            return change(self.waha.account, asked.group, ids)

        return handle

    def _approve(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return self.engine.settled(account.approve(group, ids))

    def _reject(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return self.engine.settled(account.reject(group, ids))

    def _requests(self, asked: WahaRequest) -> Answer:
        waiting = self.waha.account.requests(asked.group)
        return json_answer([self.engine.request(request) for request in waiting])

    # Links

    def _invite(self, asked: WahaRequest, *, reset: bool) -> Answer:
        return self.engine.invite_code(self.waha.account, asked.group, reset=reset)

    def _join(self, asked: WahaRequest) -> Answer:
        code = _code(str(asked.fields("code").get("code") or ""))
        return self.engine.joined(self.waha.account, self.waha.account.join(code))


def _code(link: str) -> str:
    """WAHA strips the address, the query and the fragment."""
    return link.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]
