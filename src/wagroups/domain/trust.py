"""Which hosts may be sent a secret, and which variables a project's files may name.

A pull request can change every file of a project.  If it could also choose the host that receives the API key, or the
variable whose value is sent as one, its author could read any secret of the job that plans it.  So the environment
decides, where only those who run the job can write: two variables list what is allowed.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple, Self

from wagroups.domain.address import is_this_machine

ALLOWED_HOSTS: Final = "WAGROUPS_ALLOWED_HOSTS"
"""The variable that lists the hosts of gateways and ledgers, with commas or blanks between."""

ALLOWED_VARIABLES: Final = "WAGROUPS_ALLOWED_VARIABLES"
"""The variable that lists further variables that files may name, with commas or blanks between."""

PREFIX: Final = "WAGROUPS_"
"""Variables with this prefix were set for wagroups, so files may name them."""

_OUR_OWN: Final = frozenset({ALLOWED_HOSTS, ALLOWED_VARIABLES, "WAGROUPS_PLAN_KEY", "WAGROUPS_PLAN_KEY_FILE"})
"""What wagroups reads for itself: the pseudonym key is no gateway's key, and a list is no address."""

_MARKS: Final = ("TF_BUILD", "JENKINS_URL", "BUILD_ID", "TEAMCITY_VERSION", "CODEBUILD_BUILD_ID")
"""What CI services set that do not set `CI`: Azure Pipelines, Jenkins (two), TeamCity, AWS CodeBuild.

Sources: each service's page of predefined variables, read 2026-11.
"""

_NO: Final = frozenset({"", "0", "false", "no"})


def in_ci(environ: Mapping[str, str]) -> bool:
    """Whether this is a CI job: GitHub, GitLab and most others set `CI`."""
    return environ.get("CI", "").lower() not in _NO or any(environ.get(mark) for mark in _MARKS)


class Trust(NamedTuple):
    """What the environment allows the files to choose."""

    hosts: frozenset[str] | None
    """The only hosts that are talked to; `None` where nobody listed any."""
    variables: frozenset[str]
    ci: bool

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        # An empty list is one that nobody wrote: CI services set a variable that is not defined to an empty text.
        hosts = [host.strip("[]") for host in _listed(environ, ALLOWED_HOSTS)]
        return cls(
            frozenset(hosts) or None,
            frozenset(environ.get(ALLOWED_VARIABLES, "").replace(",", " ").split()),
            in_ci(environ),
        )

    def host_fault(self, host: str) -> str | None:
        """Why nothing is sent to `host`, as a sentence about “it”; `None` when it may be asked.

        `host` is as `address.host_of` gives it.  A list binds everywhere, on this machine too.
        """
        if self.hosts is not None:
            return None if host in self.hosts else f"it is not among the hosts that {ALLOWED_HOSTS} lists"
        if self.ci and not is_this_machine(host):
            return f"in CI, wagroups only contacts hosts that {ALLOWED_HOSTS} lists, and it lists none"
        return None

    def variable_fault(self, name: str) -> str | None:
        """Why files may not name the variable `name`, as a sentence about “it”; `None` when they may."""
        if name in _OUR_OWN:
            return "wagroups uses it for itself"
        if name.startswith(PREFIX) or name in self.variables:
            return None
        return f"it does not begin with {PREFIX}, and {ALLOWED_VARIABLES} does not list it"


def _listed(environ: Mapping[str, str], name: str) -> list[str]:
    return environ.get(name, "").lower().replace(",", " ").split()
