"""Log lines on stderr, with a second belt: whatever a message holds, numbers, ids, links and secrets are masked."""

import json
import logging
from datetime import UTC, datetime
from typing import Final, TextIO

from wagroups.privacy.mask import Strictness, mask

_LEVELS: Final = (logging.WARNING, logging.INFO, logging.DEBUG)
_CHATTY: Final = ("httpx", "httpcore", "uvicorn")
"""Libraries that log each request; heard only with `-vv`."""

_SILENT: Final = ("sqlalchemy", "asyncio")
"""Libraries that log only what concerns their own makers, and in SQLAlchemy's case every row that is read: people,
texts, and the pseudonym key."""

_FIELDS: Final = ("run", "account", "group", "action", "outcome")
"""What a log call may add by `extra=`."""


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record), Strictness.LOG)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage(), Strictness.LOG),
        }
        line |= {name: mask(str(getattr(record, name)), Strictness.LOG) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = mask(self.formatException(record.exc_info), Strictness.LOG)
        return json.dumps(line, ensure_ascii=False)


def configure(stream: TextIO, *, verbosity: int, quiet: bool, form: str) -> None:
    """Send log lines of this process to `stream`; replaces an earlier configuration.

    Warnings by default, errors alone under `-q`, what is done with `-v`, everything with `-vv`.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Json() if form == "json" else _Text("%(levelname)s %(name)s: %(message)s"))
    level = logging.ERROR if quiet else _LEVELS[min(verbosity, len(_LEVELS) - 1)]
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _SILENT:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    chatty = level if verbosity >= len(_LEVELS) - 1 else max(level, logging.WARNING)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(chatty)
