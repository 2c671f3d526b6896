"""Whether somebody offers each gateway that the configuration names.

The loader cannot tell: other packages add gateways.  Only names are compared; no gateway is imported.
"""

import difflib
from collections.abc import Iterator

from wagroups.domain.problem import Problem
from wagroups.gateways import NAMES, known_names
from wagroups.manifests.configuration.values import Config


def unoffered(config: Config) -> Iterator[Problem]:
    """A problem for each account whose gateway nobody offers."""
    for account in config.accounts.values():
        # The packages installed here are searched for an unfamiliar name only.
        if account.gateway in NAMES or account.gateway in (known := known_names()):
            continue
        yield Problem(
            rule="unknown-gateway",
            file=account.origin.file,
            line=account.origin.line,
            column=account.origin.column,
            message=f"The account “{account.name}” names an unknown gateway.",
            help=f"Known: {', '.join(known)}; other packages may add theirs.",
            suggestion=next(iter(difflib.get_close_matches(account.gateway, known, n=1)), None),
        )
