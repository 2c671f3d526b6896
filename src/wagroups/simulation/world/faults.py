"""Scripted misbehaviour: what a test or the sandbox wants to go wrong, where, and how often.

A fault names the calls it lies in wait for.  Each call of that kind counts, whether it is hit or not, so that
“the second addition” means the same in every run.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal


class Call(StrEnum):
    """What a request is about, the same word on every gateway."""

    SESSION = "session"
    LIST = "list"
    GET = "get"
    REFRESH = "refresh"
    IDENTIFY = "identify"
    CREATE = "create"
    SUBJECT = "subject"
    DESCRIPTION = "description"
    PICTURE = "picture"
    SETTING = "setting"
    ADD = "add"
    REMOVE = "remove"
    PROMOTE = "promote"
    DEMOTE = "demote"
    LEAVE = "leave"
    INVITE = "invite"
    INVITE_RESET = "invite-reset"
    JOIN = "join"
    REQUESTS = "requests"
    APPROVE = "approve"
    REJECT = "reject"
    MESSAGE = "message"
    MEDIA = "media"
    """Downloading a file from WhatsApp's own servers."""
    OTHER = "other"


class FaultKind(StrEnum):
    """How a call goes wrong."""

    LOSE_ANSWER = "lose-answer"
    """Carried out; then the connection is dropped."""
    HANG = "hang"
    """Carried out; then no answer ever comes."""
    DROP_BEFORE = "drop-before"
    """The connection is dropped and nothing is done."""
    CUT_OFF = "cut-off"
    """Carried out; then the gateway loses WhatsApp and says so in its own words, which often look like a refusal."""
    TIME_OUT = "time-out"
    """WhatsApp never hears of it, and the gateway's own patience ends; some then claim success."""
    REFUSE = "refuse"
    """WhatsApp refuses the whole call with `code`."""
    REFUSE_PERSON = "refuse-person"
    """WhatsApp refuses one person with `code`, or everybody when no person is named."""
    RATE_LIMIT = "rate-limit"
    """WhatsApp says 429, in the gateway's own disguise."""
    LIE = "lie"
    """The answer says success and nothing is done."""
    STALE = "stale"
    """Done, but the gateway misses the news: reads show the old state, `reads` times or until a refresh."""
    TRUNCATE_LIST = "truncate-list"
    """A listing shows only the first `keep` groups."""
    TRUNCATE_MEMBERS = "truncate-members"
    """A read shows only the first `keep` members of each group it shows."""
    SWAP_GROUPS = "swap-groups"
    """A listing shows each group under the id of another."""
    EMPTY_LIST = "empty-list"
    """A listing shows nothing."""
    SESSION_LOST = "session-lost"
    """The account is logged out from now on; the call that meets it finds it so."""
    MIX_UP = "mix-up"
    """A question about somebody's number is answered with what is true of `person`."""
    HTTP_STATUS = "http-status"
    """A proxy answers for the gateway: `status` with a page of HTML, and nothing is done."""
    REPLACE_ANSWER = "replace-answer"
    """Carried out; then a proxy answers in the gateway's place: `status` with a `page`, and `advice` when to return."""
    SOCKET_CLOSED = "socket-closed"
    """The gateway loses WhatsApp for `seconds` from the call that meets it.  Writes meanwhile are not carried out, and
    answered as after `cut-off`; what the gateway answers by itself goes on."""
    SLOW = "slow"
    """The answer takes `seconds`."""


PROXY_STATUS = 502
"""What a reverse proxy answers when the gateway behind it is away."""

_NEEDS_CODE = {FaultKind.REFUSE, FaultKind.REFUSE_PERSON}
_NEEDS_SECONDS = {FaultKind.SLOW, FaultKind.SOCKET_CLOSED}


@dataclass(slots=True, kw_only=True)
class Fault:
    """One piece of misbehaviour."""

    kind: FaultKind
    on: Call | None = None
    """Which calls it waits for; `None` = all."""
    group: str | None = None
    """Only calls about this group: its JID or its subject."""
    person: str | None = None
    """For `refuse-person`: a person's name, or number with a plus; for `mix-up`: a name."""
    after: int = 0
    """How many matching calls pass first."""
    times: int | None = 1
    """How many are then hit; `None` = all."""
    code: int = 0
    status: int = PROXY_STATUS
    page: Literal["html", "text", "json"] = "html"
    """For `replace-answer`: what the body is."""
    advice: int | None = None
    """For `replace-answer`: seconds in a Retry-After."""
    seconds: float = 0.0
    keep: int = 0
    reads: int | None = None
    """For `stale`: how many reads show the old state; `None` = until a refresh."""
    seen: int = field(default=0, compare=False)
    """Matching calls so far."""

    def __post_init__(self) -> None:
        if self.kind in _NEEDS_CODE and not self.code:
            raise ValueError(f"a fault of kind {self.kind.value!r} needs a code, such as 403")
        if self.kind in _NEEDS_SECONDS and self.seconds <= 0:
            raise ValueError(f"a fault of kind {self.kind.value!r} needs seconds greater than 0")
        if self.kind is FaultKind.MIX_UP and self.person is None:
            raise ValueError("a fault of kind 'mix-up' needs someone to act, such as anna")

    @property
    def delay(self) -> timedelta:
        return timedelta(seconds=self.seconds)

    def lies_in_wait_for(self, call: Call, names: frozenset[str]) -> bool:
        return (self.on is None or self.on is call) and (self.group is None or self.group in names)

    def meets(self) -> bool:
        """Count a matching call and say whether this one is hit."""
        self.seen += 1
        past = self.seen - self.after
        return past > 0 and (self.times is None or past <= self.times)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often WhatsApp lets one kind of call through before it says 429."""

    on: Call
    calls: int
    per: timedelta


class Faults:
    """All misbehaviour that is scripted at the moment."""

    def __init__(self, faults: Iterable[Fault] = (), limits: Iterable[RateLimit] = ()) -> None:
        self.scripted: list[Fault] = list(faults)
        self.limits: list[RateLimit] = list(limits)
        self._passed: dict[Call, list[datetime]] = {}

    def script(self, *faults: Fault) -> None:
        self.scripted.extend(faults)

    def clear(self) -> None:
        """Behave, from now on; limits stay."""
        self.scripted.clear()

    def strike(self, call: Call, names: frozenset[str]) -> list[Fault]:
        """What goes wrong with a call about a group known by `names` (its JID and subject); counts the call.

        Refusals of single persons are left out: they are asked for person by person.
        """
        waiting = [
            fault
            for fault in self.scripted
            if fault.kind is not FaultKind.REFUSE_PERSON and fault.lies_in_wait_for(call, names)
        ]
        return [fault for fault in waiting if fault.meets()]

    def is_too_fast(self, call: Call, now: datetime) -> bool:
        """Whether a call comes before its limit allows; one that does not is counted."""
        passed = self._passed.setdefault(call, [])
        for limit in self.limits:
            recent = [moment for moment in passed if now - moment < limit.per]
            if limit.on is call and len(recent) >= limit.calls:
                return True
        passed.append(now)
        return False

    def refusal_of(self, call: Call, names: frozenset[str], person: frozenset[str]) -> int | None:
        """The code with which a person known by these names is refused in this call; counts the person."""
        for fault in self.scripted:
            if fault.kind is not FaultKind.REFUSE_PERSON or (fault.person is not None and fault.person not in person):
                continue
            if fault.lies_in_wait_for(call, names) and fault.meets():
                return fault.code
        return None
