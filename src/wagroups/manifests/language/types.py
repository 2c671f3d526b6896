"""The shapes that a value may have: what a table of the language says about each of its keys.

A shape is plain data, because the loader, the editor schemas and `fmt` each do something else with it.
"""

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import NamedTuple, TypeAlias


class Format(Enum):
    """A text of a known form, as (regular expression, what it is called, an example)."""

    SLUG = (r"[a-z0-9][a-z0-9-]*", "a name of lower-case letters, digits and hyphens", "parents-5b")
    DAY = (r"\d{4}-\d{2}-\d{2}", "a date, year first", "2027-07-31")
    MOMENT = (
        r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?",
        "a date, year first",
        "2027-07-31",
    )
    PHONE = (r"enc:age:.+|[+(]?[0-9][0-9 ()./\u00a0\u2010\u2011\u202f-]*", "a phone number", "+44 7700 900123")
    GROUP_ID = (r"[0-9]{5,25}(-[0-9]{5,15})?@g\.us", "a group's id on WhatsApp", "120363041234567890@g.us")
    PATH = (r"[^\x00-\x1f]+", "a path inside the project", "pictures/5b.png")
    DURATION = (r"[0-9]{1,6}(s|m|h|d)", "a number and a unit: s, m, h or d", "30s")
    HOURS = (r"[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}", "hours of the day", "08:00-21:00")
    ZONE = (r"[A-Za-z0-9_+/-]+", "an IANA time zone", "Europe/Berlin")
    REGION = (r"[A-Z]{2}", "a two-letter country code", "GB")
    VARIABLE = (r"[A-Za-z_][A-Za-z0-9_]*", "the name of an environment variable", "WAGROUPS_KEY")
    COUNT = (
        r"any number|(at least |at most )?[0-9]{1,6}|[0-9]{1,6} to [0-9]{1,6}",
        "a number, `at least 10`, `at most 30`, `10 to 14` or `any number`",
        "at least 10",
    )
    SESSION = (
        r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}",
        "a session's name of letters, digits, underscores, hyphens and dots",
        "default",
    )
    """It becomes a part of addresses.  WAHA itself takes no dots (its documentation of sessions)."""
    URL = (r"https?://[^\s/]+/?", "the address of a gateway", "http://localhost:3000")

    def __init__(self, pattern: str, description: str, example: str) -> None:
        self.pattern = pattern
        self.description = description
        self.example = example


class TextType(NamedTuple):
    """Free text, compared after NFC and outer trim; lengths in Unicode scalar values."""

    least: int = 0
    most: int | None = None
    lines: bool = False
    """Whether it may have several."""


class WordType(NamedTuple):
    """One of a few words."""

    words: tuple[str, ...]
    meanings: tuple[str, ...] = ()
    """What each stands for, in the same order; none where the words say it themselves."""


class YesNoType(NamedTuple):
    """`yes` or `no`, also in the spellings that editors and other programs produce."""


class NumberType(NamedTuple):
    """A whole number within bounds."""

    least: int
    most: int


class NamesType(NamedTuple):
    """A list of texts of one form."""

    of: Format


class EntriesType(NamedTuple):
    """A list of member entries."""


class ColumnsType(NamedTuple):
    """Columns of a table, each with a word or a list of words."""


class CombinationsType(NamedTuple):
    """A list of sets of columns, each with its words."""


class TemplateType(NamedTuple):
    """Known keys, whose texts may hold `${column}`; checked once they are filled."""

    fields: "Fields"


class RecordType(NamedTuple):
    """Known keys."""

    fields: "Fields"
    may_be_empty: bool = False


class TableType(NamedTuple):
    """Names chosen by the author, each with the same kind of value."""

    of: "Shape"
    short: "Shape | None" = None
    """A shorter way to write the value: a number for a person, a list for a team."""


class RecordsType(NamedTuple):
    """One set of known keys, or a list of such sets."""

    fields: "Fields"


Shape: TypeAlias = (
    TextType
    | WordType
    | YesNoType
    | NumberType
    | Format
    | NamesType
    | EntriesType
    | ColumnsType
    | CombinationsType
    | TemplateType
    | RecordType
    | TableType
    | RecordsType
)


class Field(NamedTuple):
    """One key."""

    shape: Shape
    meaning: str
    """One sentence for editors and the documentation."""


Fields: TypeAlias = Mapping[str, Field]


class Numbering(StrEnum):
    """How digits without + and without the national prefix are meant."""

    NATIONAL = "national"
    INTERNATIONAL = "international"
