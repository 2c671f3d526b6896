"""`sandbox`: a simulated WhatsApp behind the real HTTP interface of a gateway."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from wagroups.cli.common_options import Common, FilePath, Verb, pass_common
from wagroups.domain.declared.choices import DEFAULT_SESSION
from wagroups.domain.exit import Exit
from wagroups.gateways import NAMES, known_names

if TYPE_CHECKING:
    from pathlib import Path

    from wagroups.gateways.kind import Fake, GatewayKind
    from wagroups.simulation.server.server import Served
    from wagroups.simulation.world.world import World


KEY: Final = "sandbox-key"
"""Well known, which is why the sandbox listens on this machine only."""

_PORT_TRIES: Final = 50
"""Ports after the last one that `--all` looks at for a free one.  Chosen."""

_PULSE: Final = 3600.0
"""Seconds of one sleep while serving; a signal ends it."""


class Stand(NamedTuple):
    """One dialect to be served."""

    kind: GatewayKind
    fake: Fake
    dialect: str

    @property
    def title(self) -> str:
        """`waha, engine noweb`; `waxum`"""
        return f"{self.kind.name}, engine {self.dialect}" if self._has_engines else self.kind.name

    @property
    def prefix(self) -> str:
        """The beginning of its variables, where several stand beside each other."""
        words = (self.kind.name, self.dialect) if self._has_engines else (self.kind.name,)
        return "_".join(("WAGROUPS", *words)).upper()

    @property
    def _has_engines(self) -> bool:
        return len(self.kind.dialects) > 1


class _Running(NamedTuple):
    """A dialect that is served."""

    stand: Stand
    server: Served


@click.command(cls=Verb)
@pass_common
@click.option("--gateway", metavar="NAME", help=f"The gateway to simulate: {', '.join(NAMES)}.  [default: waha]")
@click.option("--engine", metavar="NAME", help="The engine of a WAHA: noweb, gows, webjs or wpp.  [default: noweb]")
@click.option(
    "--all", "everything", is_flag=True, help="Every gateway and engine at once, in front of the same groups."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The (first) port.  [default: any free one]")
@click.option(
    "--seed",
    type=FilePath(exists=True, dir_okay=False),
    help="The people and groups to start with.  [default: a small club]",
)
@click.option("--key", default=KEY, help=f"The API key to require.  [default: {KEY}]")
@click.option("--session", default=DEFAULT_SESSION, help=f"The session's name.  [default: {DEFAULT_SESSION}]")
def sandbox(
    common: Common,
    gateway: str | None,
    engine: str | None,
    everything: bool,
    port: int,
    seed: Path | None,
    key: str,
    session: str,
) -> Exit:
    """Serve a simulated WhatsApp behind a gateway's API, for trying and testing.

    Prints the address and the variables to export, then serves on this machine until Ctrl-C.  Nothing leaves the
    machine, and nothing is kept.  In wagroups.yaml, `profile: sandbox` takes away the pauses between calls.

    \b
    Examples:
      wagroups sandbox
      wagroups sandbox --gateway waxum --port 3451
      wagroups sandbox --engine gows --seed world.yaml
      wagroups sandbox --all -o json
    """
    from wagroups.cli.ui.terminal import Screen

    if any(output.format not in ("text", "json") for output in common.outputs):
        raise click.UsageError("sandbox writes -o text, lines for a shell, or -o json.")
    stands = _stands(gateway, engine, everything)
    world = _world(seed)
    screen = Screen.of(common)
    try:
        with ExitStack() as stack:
            running = list(_served(stack, stands, world, port, session, key))
            for output in common.outputs:
                text = _document(running, session, key) if output.format == "json" else _lines(running, session, key)
                screen.deliver(text, output.to)
            screen.say(_advice(running[0].server, world, key))
            while True:
                time.sleep(_PULSE)
    except KeyboardInterrupt:
        # Ctrl-C and SIGTERM are how a sandbox is meant to end.
        return Exit.OK


def _stands(gateway: str | None, engine: str | None, everything: bool) -> list[Stand]:
    from wagroups.gateways.registry import KINDS, kind_named

    if everything:
        if gateway or engine:
            raise click.UsageError("--all serves every gateway and engine; leave --gateway and --engine out.")
        return [Stand(kind, kind.fake, dialect) for kind in KINDS.values() if kind.fake for dialect in kind.dialects]
    kind = kind_named(gateway or next(iter(KINDS)))
    if kind is None:
        raise click.UsageError(f"There is no gateway called {gateway}.  Known: {', '.join(known_names())}.")
    if kind.fake is None:
        raise click.UsageError(
            f"{kind.name} comes without a simulation, so there is none to serve.  Choose {' or '.join(KINDS)}."
        )
    if engine is not None and engine not in kind.dialects:
        raise click.UsageError(f"{kind.name} has no engine called {engine}; choose {', '.join(kind.dialects)}.")
    return [Stand(kind, kind.fake, engine or kind.dialects[0])]


def _world(seed: Path | None) -> World:
    from wagroups.cli.commands.example_world import CLUB
    from wagroups.domain.errors import ProjectError, SeedError
    from wagroups.domain.problem import Problem
    from wagroups.simulation.world.seed import load

    try:
        text = CLUB if seed is None else seed.read_text(encoding="utf-8")
        return load(text, now=lambda: datetime.now(UTC))
    except SeedError as error:
        problem = Problem(rule="seed", file=str(seed), message=error.message, help=error.hint)
    except UnicodeDecodeError:
        problem = Problem(rule="not-utf8", file=str(seed), message="The seed is not UTF-8.", help="Save it as UTF-8.")
    raise ProjectError([problem])


def _served(
    stack: ExitStack, stands: Sequence[Stand], world: World, port: int, session: str, key: str
) -> Iterator[_Running]:
    from wagroups.simulation.server.server import serve

    for number, stand in enumerate(stands):
        app = stand.fake(world, dialect=stand.dialect, session=session, key=key)
        # The first port is as asked for; the others may step over those that are taken.
        for candidate in range(port, port + (_PORT_TRIES if number else 1)):
            try:
                server = stack.enter_context(serve(app, candidate))
                break
            except (OSError, OverflowError):  # taken, or beyond the last port
                continue
        else:
            raise click.UsageError(f"Port {port} is in use; choose another, or leave out --port.")
        port = server.port + 1
        yield _Running(stand, server)


def _lines(running: Sequence[_Running], session: str, key: str) -> str:
    """Lines that a shell can read back: comments and exports."""
    import shlex

    written: list[str] = []
    for stand, server in running:
        prefix = "WAGROUPS" if len(running) == 1 else stand.prefix
        written.append(f"# {stand.title}: session {session}, key {key}")
        written.append(f"export {prefix}_URL={server.url} {prefix}_KEY={shlex.quote(key)}")
    return "\n".join(written) + "\n"


def _document(running: Sequence[_Running], session: str, key: str) -> str:
    """One line, so that whoever waits for it knows when it is whole."""
    import json

    from wagroups.reports.documents.models import FORMAT_VERSION
    from wagroups.simulation.server.control import PREFIX

    servers = [
        {
            "gateway": stand.kind.name,
            "engine": stand.dialect,
            "url": server.url,
            "session": session,
            "key": key,
            "control": f"{server.url}{PREFIX}",
        }
        for stand, server in running
    ]
    body = {
        "format_version": FORMAT_VERSION,
        "servers": servers,
        "exit": {"code": Exit.OK.code, "reason": Exit.OK.reason},
    }
    return json.dumps(body) + "\n"


def _advice(server: Served, world: World, key: str) -> str:
    import json
    import shlex

    from wagroups.simulation.server.control import PREFIX

    subject = next((group.subject for group in world.groups.values()), "Some group")
    action = shlex.quote(json.dumps({"do": "rename", "group": subject, "subject": "Renamed on a phone"}))
    header = shlex.quote(f"X-Api-Key: {key}")
    return "\n".join(
        (
            "Serving until Ctrl-C.  To cause drift, change something as on a phone, from another terminal:",
            f"  curl -H {header} -d {action} {server.url}{PREFIX}phone",
            f"Also under {PREFIX}: world (GET), faults (POST, DELETE), connection (POST), "
            "restrictions (POST, DELETE), requests (GET, DELETE).",
        )
    )
