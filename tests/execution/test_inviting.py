"""What is written to somebody who may not be added."""

import pytest

from wagroups.domain.identity import InviteLink
from wagroups.execution.invitations import invitation

LINK = InviteLink.of("https://chat.whatsapp.com/ChessInviteCode0000001")


@pytest.mark.parametrize("subject", ["Chess", "Chess {link} {0}", "100 % “Chess”"])
def test_a_text_names_the_group_and_holds_the_link_once(subject: str) -> None:
    text = invitation(subject, LINK, reminder=False)
    assert f"“{subject}”" in text
    assert text.count(LINK.reveal()) == 1


def test_a_text_says_that_silence_is_an_answer_and_how_many_follow() -> None:
    first, last = (invitation("Chess", LINK, reminder=reminder) for reminder in (False, True))
    assert "ignore this message" in first
    assert "at most one reminder" in first
    assert "the only reminder" in last
