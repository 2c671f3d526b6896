"""The error tree, by what the caller may do next: every error that leaves the module which raises it.

Beside each name stand the exit code that it ends the program with, and a `*` where the `hint` always says what to do
next.  `cli.ui.exits` and this drawing are held against each other by a test.

WagroupsError                1 *  said on purpose
├── ProjectError            65 *  fix the files; carries every problem with its place
│   └── Unprovided          65 *  the files are right; the environment lacks what they name
├── UnreadableFile          65    the rest of one file cannot be understood; the reason is among the findings
├── TemplateTooLarge        65    the copies of a template are larger than anybody means; becomes a finding
├── ImageError              65    the bytes are no image that can be used; becomes a finding
├── SeedError               65 *  fix the seed of the simulated WhatsApp
├── EditError               64 *  what was asked for does not fit what the files say; nothing was written
├── GitError                 1 *  git could not answer
├── Refusal                  3 *  a guard or a missing approval stopped the run before its first write
│   └── ManualEditNeeded     3 *  only a person can change the text well
├── Declined                 3    the user looked at the plan and said no
├── NotYet                   5 *  the budget, the active hours or a breaker say later; nothing was asked
├── LedgerError             65 *  the ledger is damaged, newer than this program, or cannot be written
│   └── Locked               6 *  another run is using the account
├── Interrupted            130 *  the user asked to stop; what was in flight is finished or journalled
│   └── Terminated         143 *  … by SIGTERM
├── SignatureError           1    a webhook is not from our gateway; answered with 401, and read no further
└── GatewayError             7    the account cannot be worked with, or one call did not succeed
    ├── NeverRead            7 *  a plan from the last read of an account that was never read
    ├── NotSent              7    nothing happened: may ask again, after `retry_after`; what `may_have_happened` after
    │   │                         all is asked again only where twice is the same as once
    │   └── Throttled        7    … and the whole class of calls must rest
    ├── Unanswered           7    it may have happened: do not ask again, look again
    ├── Rejected             7    it did not happen and will not: report, go on
    │   └── Unsupported      7 *  … for nobody and nothing on this connection: do not ask again
    └── SessionLost          7 *  nothing can happen on this account: stop
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

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


class UnreadableFile(WagroupsError):
    """The rest of a file cannot be understood; the reason is among the findings."""

    def __init__(self) -> None:
        super().__init__("The rest of the file cannot be understood.")


class TemplateTooLarge(WagroupsError):
    """All copies of a template together are larger than anybody means."""

    def __init__(self) -> None:
        super().__init__("All copies of the template together do not fit into memory.")


class ImageError(WagroupsError):
    """The bytes are no image that can be used; the message says why, and begins with a verb."""


class SeedError(WagroupsError):
    """A seed of the simulated WhatsApp cannot be read; the message says which part of it and why."""


class EditError(WagroupsError):
    """What was asked for does not fit what the files say.  Nothing was written."""


class GitError(WagroupsError):
    """git could not answer."""

    def __init__(self, message: str, *, hint: str, reason: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        """The line in which git said why; empty where it was not asked or said nothing."""


class Refusal(WagroupsError):
    """Stopped before the first write; a human decides."""

    def __init__(self, rule: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.rule = rule


class ManualEditNeeded(Refusal):
    """The text is written in a way that only a person can change well."""

    def __init__(self, place: str) -> None:
        super().__init__(
            "by-hand",
            f"{place} is written in a way that cannot be edited for you",
            hint="Nothing was changed.  Write the list as `- name` lines or as `[a, b]`, or make the change by hand.",
        )


class Declined(WagroupsError):
    """The user looked at the plan and said no."""

    def __init__(self) -> None:
        super().__init__("Nothing was done.")


class NotYet(WagroupsError):
    """A call whose turn has not come and will not within this run's patience."""

    def __init__(self, until: datetime | None, reason: str) -> None:
        when = "never within this budget" if until is None else f"free at {until:%Y-%m-%d %H:%M} UTC"
        super().__init__(f"paused ({reason}), {when}", hint="Run the same command again then.")
        self.until = until
        """`None` = never within this budget."""
        self.reason = reason
        """`gap`, `hour`, `day`, `fresh`, `breaker:<reason>`, `active-hours`, `until`, `max-ops`, `stopped`."""


class LedgerError(WagroupsError):
    """The ledger is damaged, newer than this program, or cannot be written."""


class Locked(LedgerError):
    """Another run holds the account."""


class Interrupted(WagroupsError):
    """The user asked to stop."""

    def __init__(self, message: str = "Interrupted.") -> None:
        super().__init__(message, hint="Run the same command again to continue.")


class Terminated(Interrupted):
    """The system asked to stop."""

    def __init__(self) -> None:
        super().__init__("Terminated.")


class SignatureError(WagroupsError):
    """The signature of a webhook is missing, of another kind, too old, or not ours."""

    def __init__(self) -> None:
        super().__init__("The webhook is not signed with the secret of this account.")


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


class NeverRead(GatewayError):
    """A plan was to be made from the last read of an account that was never read."""


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
    """WhatsApp or the gateway said “too fast”.  The class of calls rests (see `domain.plans.budget.Breaker`)."""


class Unanswered(GatewayError):
    """It may have happened.  Never asked again blindly: only looking can tell."""

    def __init__(self, message: str, *, hint: str = "", code: int | None = None) -> None:
        super().__init__(message, hint=hint, code=code, may_have_happened=True)


class Rejected(GatewayError):
    """It did not happen and will not, however often it is asked."""


class Unsupported(Rejected):
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
