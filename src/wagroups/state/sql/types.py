"""Column types that carry the domain's own values, so that no query handles a bare number or a naive time.

They are built from types that SQLite and PostgreSQL share.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy import BigInteger, DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

from wagroups.domain.identity import Lid, Phone, Sensitive

S = TypeVar("S", bound=Sensitive)

if TYPE_CHECKING:
    _Instant = TypeDecorator[datetime]
    _Duration = TypeDecorator[timedelta]
    _Name = TypeDecorator[Phone | Lid]
else:
    _Instant = _Duration = _Name = TypeDecorator

LID_ENDING = "@lid"


class Instant(_Instant):
    """An aware time, kept in UTC.  SQLite drops the zone, PostgreSQL answers in the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Duration(_Duration):
    """A span, kept as whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(microseconds=value)


class Revealed(TypeDecorator[S], Generic[S]):
    """A sensitive value, kept in clear: the ledger's file is private."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[S]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: S | None, dialect: Dialect) -> str | None:
        return None if value is None else value.reveal()

    def process_result_value(self, value: str | None, dialect: Dialect) -> S | None:
        return None if value is None else self.kind.of(value)


class Name(_Name):
    """A person under whichever of the two names is known: a LID says so itself."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Phone | Lid | None, dialect: Dialect) -> str | None:
        return None if value is None else value.reveal()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Phone | Lid | None:
        if value is None:
            return None
        return Lid.of(value) if value.endswith(LID_ENDING) else Phone.of(value)
