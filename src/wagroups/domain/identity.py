"""Who is who: phones, LIDs, group ids, and the types that never print what they hold.

WhatsApp knows a person by a phone number, by a LID (an opaque number of WhatsApp's own), or by both, and
a group may show either.  Two names of one person must never look like two people: a program that compares
phones with LIDs removes everybody and adds everybody.
"""

import hmac
import re
from enum import StrEnum
from typing import Any, ClassVar, Final, NamedTuple, NewType, Self

from pydantic import GetCoreSchemaHandler, SerializationInfo
from pydantic_core import core_schema

from wagroups.domain._base import Value

AccountKey = NewType("AccountKey", str)
"""An account's name in `wagroups.yaml`."""

GroupKey = NewType("GroupKey", str)
"""A group's stable name in the project: its key under `groups:`."""

Alias = NewType("Alias", str)
"""A person's slug under `people:`."""

REVEAL: Final = {"reveal": True}
"""Serialisation context that writes real values.  For the ledger only: its file is private."""

PSEUDONYM_DIGITS: Final = 8
"""Hex digits of a pseudonym: chosen; 32 bits keep a project's strangers apart."""


class Sensitive(bytes):
    """A value that prints redacted in `str`, `repr`, formats, exceptions and JSON.

    It is `bytes` for two reasons: `json` refuses bytes, so no serialiser writes one by accident, and hashing
    and comparing stay in C, which matters where a listing holds a quarter of a million members.
    """

    __slots__ = ()
    _shown: ClassVar[str] = "sensitive"

    @classmethod
    def of(cls, text: str) -> Self:
        """Wrap `text`, which must be ASCII or UTF-8 text in this type's canonical form."""
        return cls(text.encode())

    def reveal(self) -> str:
        """Return the real value.  For gateways, the ledger and the redactor; a test keeps the list of callers."""
        return self.decode()

    def __str__(self) -> str:
        return f"<{self._shown}>"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"{type(self).__name__} is not pickled: it would be written in clear")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def write(value: Self, info: SerializationInfo) -> str:
            context = info.context
            return value.reveal() if isinstance(context, dict) and context.get("reveal") else str(value)

        from_text = core_schema.no_info_after_validator_function(cls.of, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                write, info_arg=True, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )


class Secret(Sensitive):
    """An API key or another credential."""

    __slots__ = ()
    _shown = "secret"


class InviteLink(Sensitive):
    """A `https://chat.whatsapp.com/…` link: whoever has it can join."""

    __slots__ = ()
    _shown = "invite link"
    PATTERN: ClassVar[re.Pattern[str]] = re.compile(
        r"(?:(?:https?://)?chat\.whatsapp\.com/(?:invite/)?)?([A-Za-z0-9_-]{8,64})/?(?:[?#].*)?"
    )
    """A link as people copy it, or its code alone.  Codes have 22 characters today; the bounds are chosen."""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a link or a bare code, whatever was appended to it; `None` when `text` is neither."""
        match = cls.PATTERN.fullmatch(text.strip())
        return cls.of(f"https://chat.whatsapp.com/{match[1]}") if match else None


class Phone(Sensitive):
    """A phone number in E.164, with its plus: `+447700900123`."""

    __slots__ = ()
    _shown = "phone"

    def digits(self) -> str:
        """The number without its plus, as WhatsApp's ids write it.  Reveals it."""
        return self.decode()[1:]

    def variants(self) -> tuple["Phone", ...]:
        """Every spelling under which WhatsApp may know this person, this one first.

        Decides equality only.  Which spelling is dialled comes from the gateway's exists-check.

        Of several spellings that a number of old may have become, the likeliest stands first.

        Sources (2026-11): Brazil's ninth digit, baileys issue 1997; Mexico's 521 and Argentina's 549,
        baileys issue 1554; Ivory Coast's move from 8 to 10 digits, waha issue 1894, which says the same of countries
        that moved alike; Benin's (`01` before every number since 2024-11-30), telephone_number issue 138.
        """
        if not self.has_spellings:
            return (self,)
        return (self, *(Phone.of("+" + other) for other in _other_spellings(self.digits())))

    @property
    def has_spellings(self) -> bool:
        """Whether the number is of a country whose numbers may have several spellings."""
        return self.startswith(_VARIANT_PREFIXES)

    def country_code(self) -> str:
        """The calling code that the number begins with, by its digits alone."""
        digits = self.digits()
        if digits[:1] in ("1", "7"):
            return digits[:1]
        return digits[:2] if digits[:2] in _CODES_OF_TWO_DIGITS else digits[:3]

    def alike(self, other: "Phone") -> bool:
        """Whether both have the same calling code and the same end: perhaps one number before and after its country's
        numbers were given more digits, as Benin's were in 2024."""
        return self[-ALIKE_DIGITS:] == other[-ALIKE_DIGITS:] and self.country_code() == other.country_code()


ALIKE_DIGITS: Final = 8
"""How many last digits of two numbers make them alike.  Chosen: countries that went to longer numbers put digits in
front of at least so many."""

_CODES_OF_TWO_DIGITS: Final = frozenset(
    str(code)
    for code in (
        *(20, 27, *range(30, 35), 36, 39, 40, 41, *range(43, 50)),
        *(*range(51, 59), *range(60, 67), 81, 82, 84, 86, *range(90, 96), 98),
    )
)
"""Calling codes of two digits; 1 and 7 have one, all others three (ITU-T E.164, list of assigned codes of 2016)."""


_VARIANT_PREFIXES: Final = (b"+55", b"+52", b"+54", b"+225", b"+229")
_IVORIAN_PREFIXES: Final = ("01", "05", "07", "21", "25", "27")
"""Two digits put before the old eight-digit numbers on 2021-01-31 (ITU notification of Côte d'Ivoire)."""
_BENINESE_PREFIX: Final = "01"
"""Put before the old eight-digit numbers on 2024-11-30 (ARCEP Bénin)."""


def _other_spellings(digits: str) -> tuple[str, ...]:
    match digits[:2], len(digits):
        case "55", 13 if digits[4] == "9":
            return (digits[:4] + digits[5:],)
        case "55", 12:
            return (digits[:4] + "9" + digits[4:],)
        case "52", 13 if digits[2] == "1":
            return ("52" + digits[3:],)
        case "52", 12:
            return ("521" + digits[2:],)
        case "54", 13 if digits[2] == "9":
            return ("54" + digits[3:],)
        case "54", 12:
            return ("549" + digits[2:],)
        case "22", 13 if digits[2] == "5" and digits[3:5] in _IVORIAN_PREFIXES:
            return ("225" + digits[5:],)
        case "22", 11 if digits[2] == "5":
            likeliest = _ivorian_prefix(digits[3:])
            return tuple("225" + p + digits[3:] for p in sorted(_IVORIAN_PREFIXES, key=lambda p: p != likeliest))
        case "22", 13 if digits[2] == "9" and digits[3:5] == _BENINESE_PREFIX:
            return ("229" + digits[5:],)
        case "22", 11 if digits[2] == "9":
            return ("229" + _BENINESE_PREFIX + digits[3:],)
    return ()


def _ivorian_prefix(old: str) -> str:
    """What was put before an old Ivorian number: an operator's prefix, and the operator is told by one digit.

    Mobile numbers by their second digit (0 to 3 Moov, 4 to 6 MTN, 7 to 9 Orange), fixed ones, which began with 2 or 3,
    by their third (ARTCI's plan of 2021).
    """
    if old[0] in "23":
        return {"0": "25", "8": "21"}.get(old[2], "27")
    return "01" if old[1] in "0123" else "05" if old[1] in "456" else "07"


class Lid(Sensitive):
    """WhatsApp's opaque id of a person: `100000000000001@lid`."""

    __slots__ = ()
    _shown = "lid"


_USER_JID: Final = re.compile(r"\+?(\d{3,20})(?:[._]\d+)?(?::\d+)?@(c\.us|s\.whatsapp\.net|hosted|lid|hosted\.lid)")


def member_id(text: str) -> Phone | Lid | None:
    """Read a user's JID in any of the forms that gateways write; `None` when it is not one.

    Device (`:12`) and agent (`_1`, `.1`) suffixes are dropped; `c.us`, `s.whatsapp.net` and `hosted` are phones;
    `lid` and `hosted.lid` are LIDs.  The digits of a LID look like a phone number and never become one.
    """
    # The forms that fill listings are told apart without the pattern, which would cost more than parsing the JSON.
    name = text.encode(errors="replace")
    number, _, host = name.partition(b"@")
    if number.isdigit() and 3 <= len(number) <= 20:
        if host == b"lid":
            return Lid(name)
        if host == b"s.whatsapp.net" or host == b"c.us":
            return Phone(b"+" + number)
    match = _USER_JID.fullmatch(text.strip().lower())
    if match is None:
        return None
    digits, server = match.groups()
    return Lid.of(f"{digits}@lid") if server.endswith("lid") else Phone.of(f"+{digits}")


class GroupJid(Sensitive):
    """A group's id on WhatsApp: `120363041234567890@g.us`.

    Today's ids say nothing about a person and print in full.  Legacy ids (`<creator's number>-<time>@g.us`)
    print without the number.
    """

    __slots__ = ()
    _shown = "group"
    PATTERN: ClassVar[re.Pattern[str]] = re.compile(r"\d{5,25}(-\d{5,15})?@g\.us")

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a group's id; `None` when `text` is not one."""
        text = text.strip().lower()
        return cls.of(text) if cls.PATTERN.fullmatch(text) else None

    @property
    def legacy(self) -> bool:
        """Whether the id contains the creator's phone number."""
        return "-" in self.decode()

    def __str__(self) -> str:
        text = self.decode()
        return "…" + text[text.index("-") :] if self.legacy else text

    __repr__ = __str__


class Role(StrEnum):
    """What somebody is in a group.  Some gateways cannot tell the owner (superadmin) from an admin."""

    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"

    # An enumeration's own hash is a function in Python, and a role is hashed with each of its members.
    __hash__ = str.__hash__

    @property
    def is_admin(self) -> bool:
        return self is not Role.MEMBER


class Identity(Value):
    """A person as far as an account knows them.  At least one of phone and LID is present."""

    alias: Alias | None = None
    phone: Phone | None = None
    lid: Lid | None = None
    by_lid: bool = False
    """Whether the group at hand lists them by LID: removals and roles are asked for by the listed name."""

    def same_as(self, other: "Identity") -> bool:
        """Whether both are one person, as far as these two values tell: one LID, or one phone in any spelling."""
        if self.lid is not None and self.lid == other.lid:
            return True
        return self.phone is not None and other.phone is not None and other.phone in self.phone.variants()

    def pseudonym(self, key: bytes) -> str:
        """Eight hex digits that stay the same for this person as long as `key` does.

        A plain hash of a phone number can be undone by trying all numbers; a keyed one cannot.
        """
        return pseudonym(key, self.phone or self.lid or Lid(b""))

    def name(self, key: bytes) -> str:
        """The person's stable name in action ids: the alias, else a pseudonym."""
        return self.alias if self.alias is not None else f"~{self.pseudonym(key)}"


def pseudonym(key: bytes, value: Sensitive) -> str:
    """Hex digits of HMAC-SHA256 of `value` under the project's key."""
    return hmac.digest(key, value, "sha256").hex()[:PSEUDONYM_DIGITS]


class Me(NamedTuple):
    """The connected account itself, under both of its names."""

    phone: Phone | None
    lid: Lid | None

    def same_as(self, other: "Me") -> bool:
        """Whether both are one WhatsApp account: one LID, or one phone in any spelling."""
        if self.lid is not None and self.lid == other.lid:
            return True
        return self.phone is not None and other.phone is not None and other.phone in self.phone.variants()
