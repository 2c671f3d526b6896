"""Whether somebody offers each gateway that the configuration names.

The loader cannot tell: other packages add gateways.  Ours are known by their folders, so that only an unfamiliar name
costs the import of all of them.
"""

import difflib
from collections.abc import Iterator
from pkgutil import iter_modules

from wagroups import gateways
from wagroups.domain.problem import Problem
from wagroups.manifests.configuration.values import Config


def unoffered(config: Config) -> Iterator[Problem]:
    """A problem for each account whose gateway nobody offers."""
    ours = sorted(module.name for module in iter_modules(gateways.__path__) if module.ispkg)
    for account in config.accounts.values():
        if account.gateway in ours or _elsewhere(account.gateway):
            continue
        yield Problem(
            rule="unknown-gateway",
            file=account.origin.file,
            line=account.origin.line,
            column=account.origin.column,
            message=f"Nobody offers the gateway of “{account.name}”.",
            help=f"Known here: {', '.join(ours)}; other packages may add theirs.",
            suggestion=next(iter(difflib.get_close_matches(account.gateway, ours, n=1)), None),
        )


def _elsewhere(name: str) -> bool:
    from wagroups.gateways.registry import kind_named

    return kind_named(name) is not None
