"""Open a project for one command: one clock, one ledger, and a connection for each account that is asked for."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType

from wagroups.domain.address import EXAMPLE, address_fault, host_of, is_this_machine
from wagroups.domain.errors import ProjectError, Unprovided
from wagroups.domain.identity import AccountKey, Secret
from wagroups.domain.plans.budget import CallClass, Pace, Waiting
from wagroups.domain.ports import Clock
from wagroups.domain.problem import Problem
from wagroups.domain.trust import ALLOWED_HOSTS, Trust
from wagroups.execution.clock import SystemClock
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.execution.rate_limit import PATIENCE, Pacer, Quota
from wagroups.execution.restrictions import heed
from wagroups.gateways import known_names
from wagroups.gateways.registry import kind_named
from wagroups.gateways.shared.connection import Connection
from wagroups.manifests.configuration.values import Account, Config
from wagroups.manifests.language.fields import CONFIG_FILE
from wagroups.manifests.project import Project, load_project
from wagroups.manifests.resolve.pictures import sent_bytes
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import ledger_hosts, open_ledger
from wagroups.workflows.project.pseudonyms import shared_key
from wagroups.workflows.project.secrets import database_address, secret_value, source_of, variable_value


@dataclass(frozen=True)
class Session:
    """A loaded project with what a command needs beside it."""

    project: Project
    root: Path
    ledger: SqlLedger
    clock: Clock
    environ: Mapping[str, str]

    @property
    def config(self) -> Config:
        return self.project.config

    def pace(self, account: AccountKey) -> Pace:
        """How an account is to be treated, also for a number that is new behind its name.  A sandbox has no number."""
        pace = self.config.pace(account)
        if self.config.accounts[account].profile == "sandbox":
            return pace
        return pace._replace(fresh_until=self.ledger.fresh_until(account, self.clock.now()))


@dataclass(frozen=True)
class WaitPolicy:
    """How long a run waits for its turns, and when it ends by itself."""

    longest: timedelta | None = PATIENCE
    """The longest sleep for one turn; `None` is any (`--wait`)."""
    until: datetime | None = None
    max_ops: int | None = None
    caps: Mapping[CallClass, int] = field(default_factory=dict)
    """Fewer calls a day than the budget allows (`--budget CLASS=N`)."""
    waiting: Callable[[Waiting], None] | None = None
    """Told of every sleep."""
    left: Callable[[timedelta], None] | None = None
    """Told again and again how much of a sleep is left, and at last that nothing is."""
    stopped: Callable[[], bool] = lambda: False
    """Whether the user asked to end."""

    def tightened(self, pace: Pace) -> Pace:
        """`pace` with the lower of each cap and the budget's own."""
        budget = dict(pace.budget)
        for calls, cap in self.caps.items():
            day = budget[calls].day
            budget[calls] = budget[calls].model_copy(update={"day": cap if day is None else min(day, cap)})
        return pace._replace(budget=MappingProxyType(budget))


@dataclass(frozen=True)
class ConnectedAccount:
    """One account behind its gateway, with the turns it may take."""

    key: AccountKey
    gateway: PacedGateway
    pace: Pace
    pacer: Pacer


@contextmanager
def open_session(
    root: Path, environ: Mapping[str, str], *, read_only: bool = False, clock: Clock | None = None
) -> Iterator[Session]:
    """Load the project under `root` and open its ledger.

    Raises ProjectError for invalid files or missing variables, LedgerError for a ledger that cannot be used.
    """
    project = load_project(root, environ)
    ledger = open_ledger(
        _ledger_place(project.config, root, environ), read_only=read_only, key_override=shared_key(environ)
    )
    try:
        yield Session(project, root, ledger, clock or SystemClock(), environ)
    finally:
        ledger.close()


@asynccontextmanager
async def connected(
    session: Session, accounts: Iterable[AccountKey], patience: WaitPolicy | None = None
) -> AsyncIterator[list[ConnectedAccount]]:
    """Connect `accounts`, in sorted order, and close them again.  Raises what the gateways raise."""
    patience = patience or WaitPolicy()
    quota = None if patience.max_ops is None else Quota(patience.max_ops)
    opened: list[ConnectedAccount] = []
    try:
        for key in sorted(accounts):
            pace = patience.tightened(session.pace(key))
            pacer = Pacer(
                session.ledger,
                key,
                pace,
                session.clock,
                patience=patience.longest,
                until=patience.until,
                max_ops=quota,
                waiting=patience.waiting,
                left=patience.left,
                stopped=patience.stopped,
            )
            gateway = await _connect(session, session.config.accounts[key], pacer)
            heed(gateway.restrictions, pacer)
            opened.append(ConnectedAccount(key, gateway, pace, pacer))
        yield opened
    finally:
        for account in opened:
            await account.gateway.close()


async def _connect(session: Session, account: Account, pacer: Pacer) -> PacedGateway:
    kind = kind_named(account.gateway)
    if kind is None:
        message, known = f"there is no gateway “{account.gateway}”", ", ".join(known_names())
        raise ProjectError([_problem(account, "unknown-gateway", message, f"Known: {known}.")])
    url = account.url or _address(session.environ, account, account.url_env or "")
    if account.profile == "sandbox" and not is_this_machine(host_of(url)):
        raise ProjectError(
            [
                _problem(
                    account,
                    "sandbox-not-loopback",
                    "the profile `sandbox` has no pauses and is only for a sandbox on this machine",
                    "Choose `fresh`, `careful` or `seasoned` for a real gateway.",
                )
            ]
        )
    _check_host(session.environ, account, host_of(url))
    key = Secret.of(_key(session.environ, account, account.key_env)) if account.key_env else Secret(b"")
    pictures = partial(sent_bytes, session.root)
    connection = Connection(account.name, url, key, account.session, session.clock, pictures=pictures)
    if account.key_env is not None:
        connection = connection._replace(key_from=source_of(session.environ, account.key_env))
    return PacedGateway(await kind.connect(connection), pacer, session.clock)


def _address(environ: Mapping[str, str], account: Account, name: str) -> str:
    """The address in a variable.  Raises Unprovided, so that nothing is asked of an address with a fault."""
    url = _required(account, name, variable_value(environ, name)).strip()
    fault = address_fault(url)
    if fault is not None:
        raise Unprovided(
            _problem(
                account,
                "url",
                f"account {account.name} takes its address from {name}, and its value {fault}",
                f"Set {name} to the gateway's address, such as {EXAMPLE}.",
            )
        )
    return url.rstrip("/")


def _check_host(environ: Mapping[str, str], account: Account, host: str) -> None:
    """Raises Unprovided for a host that the environment does not allow, wherever its address came from."""
    why = Trust.of(environ).host_fault(host)
    if why is not None:
        source = f"the variable {account.url_env}" if account.url_env else "the file"
        raise Unprovided(
            _problem(
                account,
                "url-host",
                f"account {account.name} has the host {host} from {source}, and nothing is sent to it: {why}",
                f"Set {ALLOWED_HOSTS}={host} where this runs, if the host is right.",
            )
        )


def _key(environ: Mapping[str, str], account: Account, name: str) -> str:
    """The API key in a variable, without blanks at its ends.  Raises Unprovided when no server can accept it."""
    key = _required(account, name, secret_value(environ, name)).strip()
    if not key or any(sign.isspace() or not sign.isprintable() for sign in key):
        what = "only spaces" if not key else "a space or an invisible character inside the key"
        raise Unprovided(
            _problem(
                account,
                "api-key",
                f"account {account.name} takes its API key from {name}, but that contains {what}",
                f"Set {name} to the API key alone, without quotation marks or line breaks.",
            )
        )
    return key


def _required(account: Account, name: str, value: str | None) -> str:
    if value is None:
        raise Unprovided(
            _problem(
                account,
                "missing-variable",
                f"account {account.name} takes {name} from the environment, but it is not set",
                f"Set {name}, or {name}_FILE to a file that holds it.",
            )
        )
    return value


def _problem(account: Account, rule: str, message: str, help_: str) -> Problem:
    at = account.origin
    return Problem(rule=rule, file=at.file, line=at.line, column=at.column, message=message, help=help_)


def _ledger_place(config: Config, root: Path, environ: Mapping[str, str]) -> str | Path:
    """Where the ledger is.  Raises Unprovided when the files may not choose that place."""
    if config.state_env is None:
        place = root / (config.state or "")
        if not place.resolve().is_relative_to(root.resolve()):
            raise ProjectError(
                [
                    Problem(
                        rule="state-place",
                        file=CONFIG_FILE,
                        message=f"the ledger's file {config.state} is a link that leads outside the project",
                        help="Remove the link; for a ledger elsewhere use `state_env: WAGROUPS_STATE_URL`.",
                    )
                ]
            )
        return place
    url = database_address(environ, config.state_env)
    if url is None:
        message = f"`state_env` names {config.state_env}, but it is not set"
        help_ = f"Set {config.state_env} to the ledger's postgresql:// or sqlite:/// address."
        raise Unprovided(Problem(rule="missing-variable", file=CONFIG_FILE, message=message, help=help_))
    for host in ledger_hosts(url):
        why = Trust.of(environ).host_fault(host)
        if why is not None:
            message = f"the ledger in {config.state_env} is on the host {host}, which is not allowed: {why}"
            help_ = f"List {host} in {ALLOWED_HOSTS} where this runs, if the host is right."
            raise Unprovided(Problem(rule="url-host", file=CONFIG_FILE, message=message, help=help_))
    return url
