"""The example of a gateway takes nothing that it cannot read for “nothing”."""

import asyncio
import importlib
from collections.abc import Mapping
from typing import Any, Final

import httpx
import pytest

from tests.examples.jobs import EXAMPLES
from tests.gateways.exchanges import connection
from wagroups.domain.errors import SessionLost, Unanswered
from wagroups.domain.identity import GroupJid
from wagroups.domain.live.observed import EVERYTHING, Absence, Observed, Scope

ME: Final = {"id": "447700900100@s.whatsapp.net"}
GROUP: Final = {
    "id": "120363000000000001@g.us",
    "subject": "Rowers",
    "members": [ME | {"role": "owner"}, {"id": "447700900101@s.whatsapp.net", "role": "member"}],
}


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(EXAMPLES / "gateway")
    return importlib.import_module("wagroups_acme")


def observed(acme: Any, answers: Mapping[str, object], scope: Scope = EVERYTHING, status: int = 200) -> Observed:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, json=answers[request.url.path]))

    async def run() -> Observed:
        gateway = await acme.connect(connection(transport))
        try:
            read: Observed = await gateway.observe(scope)
        finally:
            await gateway.close()
        return read

    return asyncio.run(run())


def test_it_shows_groups_and_who_is_in_them(acme: Any) -> None:
    read = observed(acme, {"/me": ME, "/groups": [GROUP]})
    (group,) = read.groups.values()
    assert read.listing
    assert read.trouble is None
    assert group.subject == "Rowers"
    assert len(group.members or ()) == 2
    assert group.role_of(read.me) == "owner"


def test_a_group_that_is_not_shown_is_not_said_to_be_gone(acme: Any) -> None:
    other = GroupJid.of("120363000000000002@g.us")
    read = observed(acme, {"/me": ME, "/groups": [GROUP]}, Scope((other,)))
    assert read.absent == {other: Absence.UNKNOWN}
    assert not read.groups


def test_an_empty_listing_is_no_listing(acme: Any) -> None:
    assert observed(acme, {"/me": ME, "/groups": []}).trouble == "read-empty"


@pytest.mark.parametrize(
    "groups",
    [
        None,
        {"error": "busy"},
        [{}],
        [GROUP | {"members": None}],
        [GROUP | {"members": [{"id": "a stranger", "role": "member"}]}],
    ],
)
def test_what_cannot_be_read_is_unanswered(acme: Any, groups: object) -> None:
    with pytest.raises(Unanswered):
        observed(acme, {"/me": ME, "/groups": groups})


def test_a_wrong_key_ends_with_the_connection(acme: Any) -> None:
    with pytest.raises(SessionLost):
        observed(acme, {"/me": ME}, status=401)
