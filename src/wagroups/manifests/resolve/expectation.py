"""How many a list should come to: `12`, `at least 10`, `at most 30`, `10 to 14`, `any number`."""

import re
from typing import Final, NamedTuple

COUNT_HELP: Final = "Check what is missing or new, then correct the number."

_WRITTEN: Final = re.compile(r"(at least |at most |)([0-9]+)(?: to ([0-9]+))?")


class Expectation(NamedTuple):
    """Bounds that the author counted, both included; `None` is no bound."""

    least: int | None = None
    most: int | None = None

    @classmethod
    def of(cls, text: str) -> "Expectation":
        """What a text of the form `Format.COUNT` says."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            return cls()
        bound, number = found[1], int(found[2])
        if found[3] is not None:
            return cls(number, int(found[3]))
        return cls(None if bound == "at most " else number, None if bound == "at least " else number)

    def met_by(self, count: int) -> bool:
        return (self.least is None or count >= self.least) and (self.most is None or count <= self.most)


def unmet(text: str, count: int, one: str, many: str) -> str | None:
    """What to say where `count` is not what the text expects; `one` and `many` name what is counted."""
    if Expectation.of(text).met_by(count):
        return None
    expected = f"{text} {one} is expected" if text.split()[-1] == "1" else f"{text} {many} are expected"
    return f"{expected}, and there {'is' if count == 1 else 'are'} {count}."
