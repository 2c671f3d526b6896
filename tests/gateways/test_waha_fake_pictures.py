"""Pictures on the fake WAHA: its day-old memory, and WhatsApp's own server behind it."""

from base64 import b64encode
from datetime import timedelta

import pytest

from tests.images import png
from tests.simulation.asking import KEY, SESSION, Asker
from tests.simulation.dialects import talk
from tests.simulation.worlds import CHOIR, club
from wagroups.imaging import likeness_of
from wagroups.simulation.gateways.waha import ENGINES, fake
from wagroups.simulation.world.account import phone_of
from wagroups.simulation.world.world import World

FILE = {"file": {"mimetype": "image/png", "data": b64encode(png()).decode()}}
PICTURE = f"/groups/{CHOIR}/picture"


def on_a_phone(world: World, image: bytes | None) -> None:
    phone_of(world, group="Choir").picture(world.group("Choir").id, image)


def address(ask: Asker, *, refresh: bool = False) -> str | None:
    url: str | None = ask("GET", PICTURE + ("?refresh=true" if refresh else "")).json()["url"]
    return url


@pytest.mark.parametrize("engine", ENGINES)
def test_an_address_is_kept_for_a_day_also_that_there_is_none(engine: str) -> None:
    world = club()
    now = world.now()
    world.now = lambda: now
    ask = talk(world, engine).ask
    assert address(ask) is None
    on_a_phone(world, png())
    assert address(ask) is None
    seen = address(ask, refresh=True)
    assert seen is not None
    on_a_phone(world, None)
    assert address(ask) == seen
    world.now = lambda: now + timedelta(days=1)
    assert address(ask) is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_body_without_a_file_takes_the_picture_down(engine: str) -> None:
    world = club()
    ask = talk(world, engine).ask
    ask("PUT", PICTURE, FILE)
    image = world.group("Choir").image
    assert image is not None
    assert image != png()
    assert likeness_of(image).looks_like(likeness_of(png()))
    assert ask("PUT", PICTURE, {}).json() == {"success": True}
    assert world.group("Choir").image is None


def test_every_picture_has_another_address() -> None:
    world = club()
    ask = talk(world, "noweb").ask
    addresses = set()
    for number in range(3):
        on_a_phone(world, png(number))
        addresses.add(address(ask, refresh=True))
    assert len(addresses) == 3


def test_whatsapps_server_needs_no_key_refuses_one_and_forgets_what_was_replaced() -> None:
    world = club()
    on_a_phone(world, png())
    group = world.group("Choir")
    path = f"/v/sim/{group.id.partition('@')[0]}_{group.picture}.jpg"
    ask = talk(world, "gows").ask
    stranger = type(ask)(ask.app, {})
    served = stranger.raw("GET", path)
    assert (served.status_code, served.content) == (200, group.image)
    assert ask.raw("GET", path).status_code == 400
    on_a_phone(world, png(1))
    assert stranger.raw("GET", path).status_code == 403


@pytest.mark.parametrize("engine", ENGINES)
def test_before_2026_6_1_the_free_edition_writes_none(engine: str) -> None:
    world = club()
    app = fake(world, dialect=engine, session=SESSION, key=KEY, version="2026.6.0")
    ask = Asker(app, {"X-Api-Key": KEY}, f"/api/{SESSION}")
    for answer in (ask("PUT", PICTURE, FILE), ask("DELETE", PICTURE)):
        assert answer.status_code == 422
        assert "Plus version" in answer.text
    assert world.group("Choir").image is None
