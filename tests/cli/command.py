"""The real entry of the program, run in this process."""

import json
from typing import Any, NamedTuple

import pytest

from wagroups.cli.main import run
from wagroups.domain.exit import Exit


class Ended(NamedTuple):
    """How a command ended, and what it wrote."""

    exit: Exit
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Stdout, which must be exactly one JSON document that agrees with the exit code."""
        document = json.loads(self.out)
        assert document["exit"] == {"code": self.exit.code, "reason": self.exit.reason}
        return document


class Command:
    """Runs `wagroups` with arguments."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Ended:
        self._capsys.readouterr()
        ending = run(arguments)
        said = self._capsys.readouterr()
        return Ended(ending, said.out, said.err)
