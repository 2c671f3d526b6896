"""How a change of a picture reads."""

import pytest

from tests.reports import samples
from wagroups.domain.declared.picture import Likeness, Picture
from wagroups.domain.exit import Exit
from wagroups.domain.plans.change import PictureChange
from wagroups.domain.plans.plan import Plan
from wagroups.privacy.redactor import Redaction
from wagroups.reports.documents.build import plan_document
from wagroups.reports.render.text import plan_text

SEEN = Likeness(digest="1" * 64, shape="2" * 16, colour="3" * 6)
CREST = Picture(path="pictures/crest.png", likeness=SEEN)


def plan(change: PictureChange) -> Plan:
    return samples.plan(samples.group("club", "Club", samples.action(1, change)))


@pytest.mark.parametrize(
    ("change", "words", "after"),
    [
        (PictureChange(before=None, after=CREST), "~ put up   the picture pictures/crest.png  ", "pictures/crest.png"),
        (
            PictureChange(before=SEEN, after=CREST),
            "~ put up   the picture pictures/crest.png, replacing another picture",
            "pictures/crest.png",
        ),
        (PictureChange(before=SEEN, after=None), "~ clear    the picture  ", "none"),
    ],
)
@pytest.mark.parametrize("mode", [Redaction.ALIAS, Redaction.STRICT])
def test_a_picture_is_named_by_its_path_and_counts_as_one_change(
    change: PictureChange, words: str, after: str, mode: Redaction
) -> None:
    redactor = samples.redactor(mode)
    document = plan_document(plan(change), redactor, Exit.CHANGES, "0.0.0")
    [action] = document.groups[0].actions
    assert (action.kind, action.before, action.after) == ("picture.set", None, after)
    assert document.summary.change == 1
    assert words in plan_text(plan(change), redactor)
