"""The ledger as it may be shown: what people wrote is treated as in every other output.

The ledger redacts what has a type: phones, LIDs, legacy ids, keys.  It also holds texts, such as subjects, reasons
of overrides and the names of who ran it, and any of them can contain a number.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wagroups.privacy.mask import mask
from wagroups.privacy.redactor import Redactor

Json = dict[str, Any]

_OURS: Final = frozenset(
    {
        *("account", "group_key", "group", "run", "step", "name", "calls", "field", "kind", "finding", "role", "rule"),
        *("at", "until", "bound_at", "first_used_at", "intended_at", "concluded_at", "settled_at", "last_at"),
        *("read_at", "checked_at", "no_lid_at", "first_applied_at", "taken_at", "expires_at", "mark", "left_at", "how"),
        *("digest", "phone", "lid", "dial"),
    }
)
"""Fields whose texts wagroups writes itself; they are kept where the public reads.  All others may be people's."""


def remembered(exported: Mapping[str, Any], redactor: Redactor) -> Json:
    """An export of the ledger without `reveal`, with its texts as the redactor's mode allows them."""
    return {table: _shown(rows, "", redactor) for table, rows in exported.items()}


def _shown(value: Any, field: str, redactor: Redactor) -> Any:
    match value:
        case str() if field in _OURS:
            return mask(value)
        case str():
            return redactor.text(value)
        case Mapping():
            return {name: _shown(inner, name, redactor) for name, inner in value.items()}
        case Sequence():
            return [_shown(inner, field, redactor) for inner in value]
        case _:
            return value
