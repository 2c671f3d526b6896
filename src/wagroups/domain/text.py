"""How texts of groups are compared and written: WhatsApp may trim and normalise, and a spelling is not a difference."""

import unicodedata


def normal(text: str) -> str:
    """NFC, one kind of line end, no outer white space."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same for WhatsApp."""
    return one == other or normal(one) == normal(other)


def literal(text: str) -> str:
    """`text` as manifests write it: `${` begins a placeholder there, and `$${` stands for the two characters."""
    return text.replace("${", "$${")
