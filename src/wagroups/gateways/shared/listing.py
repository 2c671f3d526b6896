"""A listing's JSON, read no deeper than is needed at once.

Nearly all of a listing are people, and most of them are in many groups, written alike in each.  So what is written of
somebody stays the bytes that came, and `people.People` reads every wording once: a quarter of a million memberships
of twenty thousand people cost as many look-ups and twenty thousand readings.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from msgspec import MsgspecError, Raw, ValidationError
from msgspec.json import Decoder

from wagroups.gateways.shared.response import parsed

_VALUE: Final = Decoder()
_RECORD: Final = Decoder(dict[str, Raw])
_RECORDS: Final = Decoder(list[dict[str, Raw]] | dict[str, dict[str, Raw]])
_ENTRIES: Final = Decoder(list[Raw])


class Shape(NamedTuple):
    """Where a gateway's listing keeps what."""

    people: tuple[str, ...]
    """The way from a group's record to its list of people: `("groupMetadata", "participants")`."""
    groups: tuple[str, ...] = ()
    """The way to the groups, which are an array, or the values of an object."""

    def read(self, raw: bytearray, encoding: str) -> object:
        """The same as `answer.parsed`, but for the entries of each list of people, which stay bytes.

        What is not understood here is left to `answer.parsed` as a whole.
        """
        try:
            return _inside(Raw(raw), self.groups, self._records)
        except (MsgspecError, ValueError, RecursionError):
            return parsed(raw, encoding)

    def _records(self, raw: Raw) -> object:
        found = _RECORDS.decode(raw)
        if isinstance(found, list):
            return [_opened(record, self.people, _entries) for record in found]
        return {key: _opened(record, self.people, _entries) for key, record in found.items()}


Read: TypeAlias = Callable[[Raw], object]


def _inside(raw: Raw, way: tuple[str, ...], read: Read) -> object:
    """The value of `raw`, with `read` for what lies at the end of `way`."""
    if not way:
        return read(raw)
    try:
        record = _RECORD.decode(raw)
    except ValidationError:  # no record
        return _VALUE.decode(raw)
    return _opened(record, way, read)


def _opened(record: Mapping[str, Raw], way: tuple[str, ...], read: Read) -> dict[str, object]:
    key, *rest = way
    values: dict[str, object] = {name: _VALUE.decode(value) for name, value in record.items() if name != key}
    if key in record:
        values[key] = _inside(record[key], tuple(rest), read)
    return values


def _entries(raw: Raw) -> object:
    try:
        return [bytes(entry) for entry in _ENTRIES.decode(raw)]
    except ValidationError:  # no list
        return _VALUE.decode(raw)
