"""The error tree, by what the caller may do next.

WagroupsError
├── ProjectError            fix the files; carries every problem with its place
│   └── Unprovided          the files are right; the environment lacks what they name
├── Refusal                 a guard or a missing approval stopped the run before its first write
├── LedgerError             the ledger is damaged, newer than this program, or cannot be written
│   └── Locked              another run holds the account
├── Interrupted             the user asked to stop; what was in flight is finished or journalled
└── GatewayError            the account cannot be worked with, or one call did not succeed
    ├── NotSent             nothing happened: may ask again, after `retry_after`; what `may_have_happened` after
    │   │                   all is asked again only where twice is the same as once
    │   └── Throttled       … and the whole class of calls must rest
    ├── Unanswered          it may have happened: do not ask again, look again
    ├── Refused             it did not happen and will not: report, go on
    │   └── Lacking         … for nobody and nothing on this connection: do not ask again
    └── SessionLost         nothing can happen on this account: stop
"""

from collections.abc import Sequence
from datetime import timedelta

from wagroups.domain.problem import Problem


class WagroupsError(Exception):
    """Anything this program says on purpose: where and what, and in `hint` what to do next."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ProjectError(WagroupsError):
    """The manifests or the configuration are invalid."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        errors = sum(problem.severity == "error" for problem in problems)
        super().__init__(
            f"{errors} problem{'s' if errors != 1 else ''} in the manifests",
            hint="Fix the lines named above.",
        )
        self.problems = tuple(problems)


class Unprovided(ProjectError):
    """A variable that the files name is not set, or holds what cannot be used.  The place is where it is named."""

    def __init__(self, problem: Problem) -> None:
        super().__init__([problem])
        self.message = "The environment does not provide what the project needs."
        self.args = (self.message,)
        self.hint = "The files need no change: set the variable named above, and run again."


class Refusal(WagroupsError):
    """Stopped before the first write; a human decides."""

    def __init__(self, rule: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.rule = rule


class LedgerError(WagroupsError):
    """The ledger is damaged, newer than this program, or cannot be written."""


class Locked(LedgerError):
    """Another run holds the account."""


class Interrupted(WagroupsError):
    """The user asked to stop."""

    def __init__(self, message: str = "Stopped.", *, exit_code: int = 130) -> None:
        super().__init__(message, hint="Run the same command again to go on.")
        self.exit_code = exit_code


class GatewayError(WagroupsError):
    """One call to a gateway did not succeed, or the gateway cannot be worked with at all."""

    def __init__(
        self, message: str, *, hint: str = "", code: int | None = None, may_have_happened: bool = False
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        """WhatsApp's own code (403, 429, …) where the gateway lets it through."""
        self.may_have_happened = may_have_happened
        """Nothing proves that the gateway itself refused: a proxy may have answered after the request was carried
        out.  The kind of error then says what holds for the account, not what became of the call."""


def reason_in(message: str) -> str:
    """A gateway error's message without “account NAME: ” and what was being done, for a sentence that says both."""
    return message.split(": ", 2)[-1] if message.startswith("account ") else message


class NotSent(GatewayError):
    """Nothing happened.  May be asked again, after `retry_after` where the gateway gave advice."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: int | None = None,
        may_have_happened: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message, hint=hint, code=code, may_have_happened=may_have_happened)
        self.retry_after = retry_after


class Throttled(NotSent):
    """WhatsApp or the gateway said “too fast”.  The class of calls rests (see `domain.budget.Breaker`)."""


class Unanswered(GatewayError):
    """It may have happened.  Never asked again blindly: only looking can tell."""

    def __init__(self, message: str, *, hint: str = "", code: int | None = None) -> None:
        super().__init__(message, hint=hint, code=code, may_have_happened=True)


class Refused(GatewayError):
    """It did not happen and will not, however often it is asked."""


class Lacking(Refused):
    """The gateway has no way to do it, in this version, edition or engine."""


class SessionLost(GatewayError):
    """Nothing can happen on this account until a person repairs it: logged out, banned, unauthorised, gone."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: int | None = None,
        may_have_happened: bool = False,
        restriction: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint, code=code, may_have_happened=may_have_happened)
        self.restriction = restriction
        """WhatsApp's doing in a word (`budget.Restriction`); `None` where the gateway or its key is at fault."""
