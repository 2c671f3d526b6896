"""Which claim of a gateway needs which of its methods, and what it claims without offering the method.

A gateway need only read (`domain.ports.Gateway`); everything else is optional.  Its claims decide what is planned, so
that a claim without its method would be planned, charged and then fail: such a claim is taken back while connecting.
The other way round a method is never called for what is not claimed.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.live.capability import Access, Aspect, Capabilities, Claim
from wagroups.domain.ports import Gateway

_TO_READ: Final[Mapping[Aspect, tuple[str, ...]]] = MappingProxyType(
    {
        Aspect.PICTURE: ("glimpse",),
        Aspect.JOIN_REQUESTS: ("join_requests",),
        Aspect.INVITE_LINK: ("invite_link",),
        Aspect.EXISTS_CHECK: ("identify",),
        Aspect.LID_LOOKUP: ("identify",),
        Aspect.RESTRICTIONS: ("restricted",),
    }
)
"""What is read by a method of its own; everything else is part of what `observe` returns."""

_TO_WRITE: Final[Mapping[Aspect, tuple[str, ...]]] = MappingProxyType(
    {
        Aspect.CREATE: ("create",),
        Aspect.REFRESH: ("refresh",),
        Aspect.INVITE_LINK_RESET: ("reset_invite_link",),
        Aspect.JOIN: ("behind", "join"),
        Aspect.SEND_TEXT: ("send_text",),
    }
)
"""What is done by a method of its own; everything else is an edit."""


class Unfounded(NamedTuple):
    """Something that a gateway claims and has no method for."""

    aspect: Aspect
    access: Access
    method: str


def methods_for(aspect: Aspect, access: Access) -> tuple[str, ...]:
    """The methods without which one kind of access to `aspect` cannot be had."""
    if access is Access.READ:
        return _TO_READ.get(aspect, ("observe",))
    return ("create",) if access is Access.CREATE else _TO_WRITE.get(aspect, ("perform",))


def needs_of(method: str) -> tuple[tuple[Aspect, Access], ...]:
    """What must be claimed so that `method` is called: one of these; nothing for what every gateway offers."""
    read = [(aspect, Access.READ) for aspect, methods in _TO_READ.items() if method in methods]
    return (*read, *((aspect, Access.WRITE) for aspect, methods in _TO_WRITE.items() if method in methods))


def unfounded(gateway: Gateway) -> Iterator[Unfounded]:
    """What `gateway` claims without offering the method for it."""
    for aspect, claim in gateway.capabilities.claims.items():
        for access in claim.access:
            for method in methods_for(aspect, access):
                if not callable(getattr(gateway, method, None)):
                    yield Unfounded(aspect, access, method)


def founded(gateway: Gateway) -> Capabilities:
    """The capabilities of `gateway`, without what it claims and has no method for; a note says so."""
    capabilities = gateway.capabilities
    claims = dict(capabilities.claims)
    for aspect, access, method in unfounded(gateway):
        note = f"the gateway “{capabilities.gateway}” claims this but has no method `{method}` for it"
        claims[aspect] = Claim(access=claims[aspect].access & ~access, note=note, source="the gateway's own code")
    return capabilities if claims == capabilities.claims else capabilities.model_copy(update={"claims": claims})
