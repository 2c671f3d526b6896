"""Every dialect with one way to ask for the same things, for tests of what all of them share."""

from dataclasses import dataclass

import httpx

from tests.simulation.asking import KEY, SESSION, Asker
from wagroups.simulation.gateways.waha import ENGINES
from wagroups.simulation.gateways.waha import fake as fake_waha
from wagroups.simulation.gateways.waxum import fake as fake_waxum
from wagroups.simulation.server.app import Front
from wagroups.simulation.world.world import World

DIALECTS = (*ENGINES, "waxum")


@dataclass(frozen=True)
class Talk:
    """A client that speaks a dialect."""

    dialect: str
    ask: Asker

    @property
    def app(self) -> Front:
        return self.ask.app

    def listing(self) -> httpx.Response:
        return self.ask("GET", "/groups")

    def get(self, group: str) -> httpx.Response:
        return self.ask("GET", f"/groups/{group}")

    def rename(self, group: str, subject: str) -> httpx.Response:
        return self.ask("PUT", f"/groups/{group}/subject", {"subject": subject})

    def add(self, group: str, digits: str) -> httpx.Response:
        if self.dialect == "waxum":
            return self.ask("POST", f"/groups/{group}/participants", {"participants": [f"{digits}@s.whatsapp.net"]})
        return self.ask("POST", f"/groups/{group}/participants/add", {"participants": [{"id": f"{digits}@c.us"}]})

    def create(self, subject: str) -> httpx.Response:
        return self.ask("POST", "/groups", {"name": subject, "participants": []})

    def subjects(self) -> list[str]:
        """The subjects of a listing, sorted."""
        shown = self.listing().json()
        items = shown.values() if isinstance(shown, dict) and "groups" not in shown else shown
        items = shown["groups"] if self.dialect == "waxum" else items
        return sorted(_subject_of(item) for item in items)


def _subject_of(item: dict[str, object]) -> str:
    metadata = item.get("groupMetadata", item)
    assert isinstance(metadata, dict)
    return str(metadata.get("subject", metadata.get("Name")))


def talk(world: World, dialect: str) -> Talk:
    """A fake of a dialect in front of a world, and a client for it."""
    if dialect == "waxum":
        app = fake_waxum(world, dialect=dialect, session=SESSION, key=KEY)
        asker = Asker(app, {"Authorization": f"Bearer {KEY}"}, f"/api/v1/sessions/{SESSION}")
    else:
        app = fake_waha(world, dialect=dialect, session=SESSION, key=KEY)
        asker = Asker(app, {"X-Api-Key": KEY}, f"/api/{SESSION}")
    return Talk(dialect, asker)
