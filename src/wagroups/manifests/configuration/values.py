"""What `wagroups.yaml` says: accounts, brakes and privacy, as frozen values with their defaults."""

from hashlib import sha256
from types import MappingProxyType
from typing import Final, Literal

from pydantic import Field

from wagroups.domain._base import Value
from wagroups.domain.address import host_of, is_this_machine
from wagroups.domain.declared.choices import DEFAULT_SESSION
from wagroups.domain.declared.desired import Origin
from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.declared.safety import Safety
from wagroups.domain.identity import AccountKey
from wagroups.domain.plans.budget import PROFILES, ActiveHours, Allowance, Budget, CallClass, Pace
from wagroups.manifests.language.types import Numbering

ProfileName = Literal["fresh", "careful", "seasoned", "sandbox"]
RedactMode = Literal["auto", "strict", "alias", "last4", "off"]

DEFAULT_STATE: Final = ".wagroups/state.db"
LOOPBACK: Final = "this machine"


class Account(Value):
    """How to reach one WhatsApp account, and how gently to use it."""

    name: AccountKey
    origin: Origin
    gateway: str
    """The kind's name; whether anybody offers it is for the session to say."""
    url: str | None = None
    url_env: str | None = None
    """The variable that holds the address.  Exactly one of `url` and `url_env` is set."""
    key_env: str | None = None
    """The variable that holds the API key; `None` for a gateway without one."""
    session: str = DEFAULT_SESSION
    default: bool = False
    profile: ProfileName = "careful"
    budgets: dict[CallClass, Allowance] = Field(default_factory=dict)
    """Numbers that replace those of the profile, complete for each class named."""

    @property
    def budget(self) -> Budget:
        return MappingProxyType({**PROFILES[self.profile], **self.budgets})


class Privacy(Value):
    """What outputs show, and what the manifests may hold."""

    redact: RedactMode = "auto"
    require_alias: bool = False
    require_encrypted_phones: bool = False


class Config(Value):
    """The configuration of a project, complete with its defaults."""

    project: str | None = None
    """What the project is called in a ledger that it shares with others."""
    accounts: dict[AccountKey, Account] = Field(default_factory=dict)
    timezone: str = "UTC"
    region: str | None = None
    numbers: Numbering | None = None
    """How digits without + and 0 are meant, where a table does not say it."""
    state: str | None = DEFAULT_STATE
    """The ledger's file, relative to the root; `None` when `state_env` is set."""
    state_env: str | None = None
    include: tuple[str, ...] | None = None
    """`None` is the default set of patterns."""
    safety: Safety = Safety()
    active_hours: ActiveHours | None = None
    privacy: Privacy = Privacy()

    @property
    def default_account(self) -> AccountKey | None:
        """The account marked default, or the only one."""
        marked = [name for name, account in self.accounts.items() if account.default]
        if not marked and len(self.accounts) == 1:
            marked = list(self.accounts)
        return marked[0] if marked else None

    def permissions(self, account: AccountKey) -> Permissions:
        """What the files let a run do with an account."""
        found = self.accounts[account]
        return Permissions(
            safety=self.safety,
            profile=found.profile,
            budget=dict(found.budget),
            gateway=found.gateway,
            address=_address_digest(found.url),
            url_env=found.url_env,
            key_env=found.key_env,
            state_env=self.state_env,
        )

    def pace(self, account: AccountKey) -> Pace:
        """How an account is to be treated.  A sandbox has no hours."""
        found = self.accounts[account]
        hours = None if found.profile == "sandbox" else self.active_hours
        return Pace(found.budget, hours, self.timezone)


def _address_digest(url: str | None) -> str:
    """Tells one address from another.  All of this machine are one: nothing leaves it."""
    if url is None:
        return ""
    return LOOPBACK if is_this_machine(host_of(url)) else sha256(url.encode()).hexdigest()
