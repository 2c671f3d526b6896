"""Every rule of the language: its stable id, how severe it is, and why it exists.

One table, because three readers need the same words: the loader, `validate`, and the
documentation.  Messages name the case at hand and live where the case is found.
"""

from enum import Enum
from typing import Final, Literal

Severity = Literal["error", "warning"]


class Rule(Enum):
    """A rule as (id, severity, explanation)."""

    NO_PROJECT = ("no-project", "error", "A project's root is the folder that holds `wagroups.yaml`.")
    UNREADABLE = ("unreadable", "error", "A file that belongs to the project cannot be read.")
    NOT_UTF8 = ("not-utf8", "error", "Files are UTF-8; a byte-order mark is accepted.")
    STAND_IN = (
        "stand-in",
        "error",
        "Something that only stands for a file (a pointer, a locked file, a workbook) is recognized before it is read.",
    )
    MERGE_CONFLICT = ("merge-conflict", "error", "While a merge is unfinished, both sides of it would be read.")
    OUTSIDE_PROJECT = (
        "outside-project",
        "error",
        "Paths stay inside the project, symbolic links included: a pull request must not be able to read other files.",
    )
    INCLUDE_EMPTY = ("include-empty", "warning", "An include pattern that matches no file is usually a typo.")
    NOT_INCLUDED = (
        "not-included",
        "warning",
        "A file that looks like a manifest but is not read is easily overlooked.",
    )

    TOO_LARGE = ("too-large", "error", "Sizes are limited, so that no file can fill the memory.")
    TABLE_NAME = (
        "table-name",
        "error",
        "A table is a file for everybody to see: a pull request must not be able to show hidden or ignored files.",
    )
    TABLE_MISSING = ("table-missing", "error", "A table is a CSV file inside the project.")
    TABLE = ("table-syntax", "error", "A table has a heading, and every line below it has the same number of cells.")
    UNKNOWN_COLUMN = ("unknown-column", "error", "A column is named exactly as in the heading of its table.")
    NO_ROWS = ("no-rows", "warning", "A directory without people is usually a typo, or a truncated table.")

    SYNTAX = ("yaml-syntax", "error", "The file is not YAML.")
    TAB = ("yaml-tab", "error", "YAML indents with spaces, never with tabs.")
    COLON = ("yaml-colon", "error", "Text that contains a colon and a space needs quotes.")
    RESERVED = ("yaml-reserved", "error", "Text cannot begin with a character that has a meaning in YAML.")
    STAR = ("yaml-star", "error", "`*name` repeats what `&name` marked earlier in the same file.")
    ALIAS_BOMB = (
        "yaml-alias-bomb",
        "error",
        "Repeated parts are limited, so that a small file cannot fill the memory.",
    )
    DEPTH = ("yaml-depth", "error", "Nothing in the language is nested deeply.")
    DOCUMENTS = ("yaml-documents", "error", "One file is one document: a second one would be easy to miss in review.")
    TAG = ("yaml-tag", "error", "Tags such as `!!str` have no meaning here: every value is the text that was written.")
    MERGE_KEY = ("yaml-merge-key", "error", "`<<` hides where a value comes from; profiles show it.")
    INVISIBLE_BLANK = (
        "invisible-blank",
        "error",
        "YAML uses plain spaces to indent and after a key's colon; other blank characters look the same but count "
        "as text.",
    )
    INVISIBLE = (
        "invisible-character",
        "warning",
        "Invisible characters, copied from contact cards and web pages, are left out of numbers, names and words.",
    )
    KEY = ("yaml-key", "error", "A key is plain text.")

    DUPLICATE = ("duplicate-key", "error", "The same key is written twice: one of the two would silently win.")
    UNKNOWN_KEY = ("unknown-key", "error", "Typos are never ignored.")
    EMPTY = ("empty-value", "error", "A commented-out list must never mean “remove everybody”.")
    SHAPE = ("wrong-shape", "error", "The kind of value is wrong: text, a list or a set of keys was expected.")
    WORD = ("unknown-word", "error", "The key accepts only certain words.")
    SLUG = ("slug", "error", "Names are lower-case letters, digits and hyphens, so that they read the same everywhere.")
    DATE = ("date", "error", "Dates are written year first, so that everybody reads the same day.")
    NUMBER = ("number", "error", "A whole number within its bounds was expected.")
    DURATION = ("duration", "error", "Durations are a number and a unit: 30s, 10m, 72h, 2d.")
    TEXT_LENGTH = ("text-too-long", "error", "WhatsApp truncates or refuses longer texts.")
    TEXT_CONTROL = ("text-control", "error", "A subject is a single line, and texts contain no control characters.")

    PHONE_FORMAT = (
        "phone-format",
        "error",
        "A phone number consists of digits, possibly with spaces, hyphens, dots or brackets between them.",
    )
    PHONE_REGION = (
        "phone-region",
        "error",
        "Without a country code, the same digits are different numbers in different countries.",
    )
    PHONE_IMPOSSIBLE = ("phone-impossible", "error", "Such a number cannot exist.")
    DECIMAL_CELL = (
        "decimal-cell",
        "error",
        "An export that turns a phone number into a decimal number has also lost plus signs and leading zeros.",
    )
    AMBIGUOUS_NUMBER = (
        "ambiguous-number",
        "error",
        "Digits without a prefix may be two people's numbers, and only the author knows which is meant.",
    )
    LOST_PREFIX = (
        "lost-prefix",
        "warning",
        "Spreadsheets drop a leading + or zero; the rest may look like another number.",
    )
    PHONE_INVALID = ("phone-invalid", "warning", "The length is right, but this range is not known to be in use.")
    PHONE_ENCRYPTED = ("encrypted-phone-unsupported", "error", "Encrypted values cannot be read yet.")
    PHONE_PLAIN = ("plain-phone", "error", "Numbers cannot be encrypted one by one yet.")
    SAME_PHONE = (
        "same-phone",
        "error",
        "Two aliases have the same number, or two spellings that WhatsApp treats as one person.",
    )
    TWO_NUMBERS = (
        "two-numbers",
        "error",
        "Someone in a table and under `people:` is the same person: the entry adds to the table's line.",
    )
    DENIED_IN_TABLE = (
        "denied-in-table",
        "warning",
        "A table may be maintained by someone else: people on the deny list are left out of it.",
    )
    RECYCLED = (
        "recycled-number",
        "warning",
        "Operators reassign numbers: a number belongs to the person who has it now, whoever had it before.",
    )
    NUMBER_HAS_ALIAS = (
        "number-has-alias",
        "error",
        "A person is always named in the same way, so that reviews are easy to read.",
    )
    ALIAS_REQUIRED = ("alias-required", "error", "The project keeps numbers only in the people directory.")
    MISSING = ("missing-key", "error", "This key is required.")

    UNKNOWN_ALIAS = ("unknown-alias", "error", "An alias must be declared under `people:`.")
    UNKNOWN_TEAM = ("unknown-team", "error", "A team must be declared under `teams:`.")
    UNKNOWN_PROFILE = ("unknown-profile", "error", "A profile must be declared under `profiles:`.")
    UNKNOWN_ACCOUNT = ("unknown-account", "error", "An account must be declared under `accounts:` in `wagroups.yaml`.")
    TEAM_AS_MEMBER = (
        "team-as-member",
        "error",
        "A team is written `team: name`, so that it never looks like a person.",
    )
    MISSING_BLANK = ("missing-blank", "error", "YAML needs a space after the colon.")
    ENTRY = ("member-entry", "error", "An entry is an alias, a number, `team: name`, or `person: alias` with dates.")
    TEAM_CYCLE = ("team-cycle", "error", "A team cannot contain itself.")
    DATES = ("dates-reversed", "error", "A period ends after it starts.")
    DENIED = (
        "denied",
        "warning",
        "People on the deny list are left out of every list and removed; a line that still names them has no effect.",
    )
    ZONE_NEEDED = ("time-zone-needed", "error", "A time of day is only clear together with a time zone.")
    TWICE = ("declared-twice", "warning", "The periods of all entries of a person add up, and this one adds nothing.")
    NO_TIME = ("no-time-left", "warning", "Dates with no day in common make nobody a member.")
    SHORT_GAP = (
        "short-gap",
        "warning",
        "People who leave and come back are removed and added again, and everyone in the group sees it.",
    )
    NO_ADMIN_LATER = ("no-admin-later", "warning", "A group whose admins all come to an end needs another one in time.")
    NOBODY_LATER = ("nobody-later", "warning", "A group that everyone leaves by date is empty from then on.")
    CHANGED = (
        "changed-meaning",
        "warning",
        "Under `version: 1`: release 0.1 understood something else; `version: 2` confirms that this was read.",
    )

    PLACEHOLDER = (
        "placeholder",
        "error",
        "Only `${column}` and `${column|filter}` stand for a cell.",
    )
    EXPECT = ("expect", "error", "A truncated table must never make groups disappear or remove people.")
    NOBODY = ("comes-to-nobody", "error", "A list that is empty by accident must never empty a group.")
    OVERRIDE_RULE = ("override-rule", "error", "This rule cannot be overridden; there is something to do instead.")
    OVERRIDE_GROUP = (
        "override-group",
        "error",
        "An override names one group of the project, or no group where the rule is about none.",
    )
    OVERRIDE_TIME = (
        "override-time",
        "error",
        "An override lasts seven days at most: what should apply for longer belongs under `safety`.",
    )
    OVERRIDE_PAST = ("override-past", "warning", "An override whose last day is over no longer has any effect.")
    KNOWN_POINT = ("known-point", "error", "An entry of `known` must name an existing group, person or point.")
    KNOWN_TIME = (
        "known-time",
        "error",
        "A point can be known for 90 days at most: what should stay so belongs in the lists.",
    )
    KNOWN_PAST = ("known-past", "warning", "A point whose last day is over counts again.")
    COMBINATION = ("unknown-combination", "error", "What is left out of a matrix must be in it.")
    NOT_GENERATED = ("unknown-override", "error", "An override belongs to a group that the generator makes.")

    UNKNOWN_COMMUNITY = ("unknown-community", "error", "A community must be declared under `communities:`.")
    COMMUNITY_FULL = ("community-full", "warning", "WhatsApp limits the groups and the admins of a community.")
    NO_SUBJECT = ("no-subject", "error", "A group that may have to be created needs a subject.")
    TOO_MANY = ("too-many-people", "warning", "WhatsApp does not add anyone to a full group.")
    NOTE_GROUP = ("group-as-note", "warning", "Anything that begins with `x-` is a note by the author, not a group.")
    SAME_SUBJECT = (
        "same-subject",
        "error",
        "Two groups of one account with the same subject and no id cannot be told apart.",
    )
    JOIN_LINK = (
        "join-without-approval",
        "error",
        "A link is easily passed on, so an admin has to let people in.",
    )
    GROUP_ID = ("group-id", "error", "A group's id on WhatsApp consists of digits and `@g.us`.")
    SAME_ID = ("same-id", "error", "One group on WhatsApp is one group here.")
    PREVIOUS_KEY = ("previous-key", "error", "A renamed key belongs to one group only.")
    NO_ACCOUNT = ("no-account", "error", "Every group belongs to an account.")
    PICTURE = ("picture-missing", "error", "A picture is a file inside the project.")
    NO_IMAGE = ("picture-unusable", "error", "A picture is an image of reasonable size that can be opened.")

    VERSION = ("version", "error", "This program reads versions 1 and 2 of the language, which mean the same.")
    URL = ("url", "error", "A gateway is at `http://host:port`, without a path, a name or a password.")
    URL_HOST = ("url-host", "error", "A pull request must not be able to send a key to another host.")
    SANDBOX = ("sandbox-host", "error", "The profile `sandbox` has no limits; it is for a gateway on this machine.")
    SESSION = ("session-name", "error", "A session's name becomes part of the addresses that are called.")
    ONE_OF = ("one-of", "error", "Exactly one of these keys is needed.")
    DEFAULT_ACCOUNT = ("default-account", "error", "At most one account is the default.")
    ZONE = ("timezone", "error", "A time zone is an IANA name such as Europe/Berlin.")
    REGION = ("region", "error", "A region is a two-letter country code such as GB.")
    HOURS = ("hours", "error", "Hours are written 08:00-21:00.")
    ENV_NAME = (
        "variable-name",
        "error",
        "The value stays in the environment; the file contains only the variable's name.",
    )
    ENV_TRUST = (
        "variable-not-allowed",
        "error",
        "A pull request must not be able to choose which secret of a job is sent out.",
    )
    STATE_PLACE = (
        "state-place",
        "error",
        "A pull request must not be able to move the ledger away: everything would be forgotten.",
    )

    def __init__(self, id: str, severity: Severity, explanation: str) -> None:
        self.id = id
        self.severity: Severity = severity
        self.explanation = explanation


_STAGES: Final = (
    (
        *(Rule.NO_PROJECT, Rule.UNREADABLE, Rule.TOO_LARGE, Rule.OUTSIDE_PROJECT, Rule.TABLE_MISSING),
        *(Rule.TABLE_NAME, Rule.NOT_UTF8),
    ),
    (Rule.STAND_IN, Rule.MERGE_CONFLICT),
    (
        *(Rule.SYNTAX, Rule.TAB, Rule.COLON, Rule.RESERVED, Rule.STAR, Rule.ALIAS_BOMB, Rule.DEPTH, Rule.DOCUMENTS),
        *(Rule.TAG, Rule.MERGE_KEY, Rule.KEY, Rule.DUPLICATE),
    ),
    (Rule.TABLE, Rule.UNKNOWN_COLUMN),
    (Rule.PHONE_FORMAT, Rule.PHONE_REGION, Rule.PHONE_IMPOSSIBLE, Rule.PHONE_ENCRYPTED, Rule.SAME_PHONE),
)
_LAST: Final = len(_STAGES)
_STAGE: Final = {rule.id: stage for stage, rules in enumerate(_STAGES) for rule in rules}


def stage_of(rule: str) -> int:
    """Sorts causes before what may follow from them: files, what stands in them, syntax, tables, people, the rest."""
    return _STAGE.get(rule, _LAST)
