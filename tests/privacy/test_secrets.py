"""Secrets in hand never leave by a library's words: not in log lines, not in errors, not in tracebacks."""

import io
import json
import logging

import pytest

from wagroups.cli.ui import logs
from wagroups.cli.ui.errors import tell
from wagroups.privacy.mask import Strictness, mask
from wagroups.workflows.project.secrets import database_address, secret_value

KEY = "open sesame/47+é"


@pytest.fixture
def in_hand() -> str:
    assert secret_value({"WAGROUPS_KEY": KEY}, "WAGROUPS_KEY") == KEY
    return KEY


@pytest.mark.parametrize(
    "said",
    [
        "Illegal header value b'open sesame/47+é'",
        "GET /?key=open%20sesame%2F47%2B%C3%A9",
        f"the header was {KEY!r}",
        "'open sesame/47+é' is not ascii",
    ],
)
def test_a_key_is_masked_however_it_is_spelled(in_hand: str, said: str) -> None:
    assert "sesame" not in mask(said, Strictness.LOG)
    assert "(secret)" in mask(said, Strictness.LOG)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_log_line_of_a_library_holds_no_key(in_hand: str, form: str) -> None:
    stream = io.StringIO()
    logs.configure(stream, verbosity=2, quiet=False, form=form)
    try:
        try:
            raise ValueError(f"Illegal header value {in_hand}")
        except ValueError:
            logging.getLogger("httpcore").exception("request failed: %s", in_hand)
    finally:
        logging.basicConfig(handlers=[logging.NullHandler()], force=True)
    assert "request failed: (secret)" in stream.getvalue()
    assert "sesame" not in stream.getvalue()
    assert form == "text" or json.loads(stream.getvalue())["message"] == "request failed: (secret)"


@pytest.mark.parametrize("password", ["sesame", "p@sesame", "sesame:7", "a%40sesame", "%73esame"])
def test_the_password_of_a_database_is_masked_in_every_spelling(password: str) -> None:
    url = f"postgresql://ann:{password}@db.example/club"
    assert database_address({"WAGROUPS_STATE_URL": url}, "WAGROUPS_STATE_URL") == url
    for said in (url, f'password authentication failed for "{password}"', f"no host named {password}"):
        assert password not in mask(said, Strictness.LOG)


@pytest.mark.parametrize("verbosity", [0, 2])
def test_what_a_library_raises_is_told_by_type_and_not_in_its_words(in_hand: str, verbosity: int) -> None:
    out, err = io.StringIO(), io.StringIO()
    tell(ValueError(f"bad port in {in_hand}"), as_json=True, verbosity=verbosity, stdout=out, stderr=err)
    assert "unexpected ValueError" in err.getvalue()
    assert "sesame" not in err.getvalue() + out.getvalue()
    assert ("bad port" in err.getvalue()) is (verbosity > 0)
