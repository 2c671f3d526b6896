"""How much this command may show of people: the flag, the project, or what the place suggests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wagroups.domain.errors import Refusal
from wagroups.privacy.redactor import Redaction, automatic_mode, public_event

_AUTO: Final = "auto"
_REVEALING: Final = (Redaction.OFF, Redaction.LAST4)


def redaction_of(flag: str | None, project: str | None, environ: Mapping[str, str], isatty: bool) -> Redaction:
    """The mode: flag (or its variable), else the project's `privacy.redact`, else by the place.

    Raises Refusal when a mode that shows numbers is asked for where the public reads.
    """
    public = _public(environ)
    wanted = flag or project or _AUTO
    automatic = automatic_mode(environ, isatty, public=public)
    if wanted == _AUTO:
        return automatic
    mode = Redaction(wanted)
    if automatic is Redaction.STRICT and mode in _REVEALING:
        raise Refusal(
            "redact",
            f"--redact {mode} would show phone numbers in a public repository's log",
            hint="Use --redact strict or alias there.",
        )
    return mode


def _public(environ: Mapping[str, str]) -> bool:
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return False
    try:
        return public_event(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return False
