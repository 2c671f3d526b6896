"""What is planned for a declared picture, by what is seen of the live one and what is remembered.

Likenesses are drawn as hex: `A`, `B` and `C` are three crests, `a` is `A` as WhatsApp encoded it, and `Z` a touch-up
that looks like `A`.
"""

from dataclasses import replace
from types import MappingProxyType

import pytest

from tests import builders as b
from wagroups.domain.declared.choices import Section
from wagroups.domain.declared.desired import Origin, State
from wagroups.domain.declared.picture import Glimpse, Likeness, Picture, PictureMemory
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupKey
from wagroups.domain.live.capability import Access
from wagroups.domain.live.memory import Applied
from wagroups.domain.plans.change import PictureChange
from wagroups.domain.plans.operation import WritePicture
from wagroups.domain.plans.plan import Cause, Plan, Reason
from wagroups.planning.diff.pictures import MAX_ATTEMPTS, is_read, settled
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Selection, Situation, Terms

SHAPES = {"A": "0f" * 8, "a": "0f" * 7 + "0e", "Z": "0f" * 7 + "0d", "B": "f0" * 8, "C": "33" * 8}
CHESS = GroupKey("chess")


def likeness(name: str) -> Likeness:
    return Likeness(digest=name * 64, shape=SHAPES[name], colour="a0b0c0")


def picture(name: str) -> Picture:
    return Picture(path=f"{name}.png", likeness=likeness(name))


def glimpse(seen: str) -> Glimpse | None:
    """`-` is a gateway that shows none, `?` one that could not be asked, `!` one whose picture cannot be fetched, empty
    nobody who looked."""
    match seen:
        case "":
            return None
        case "-":
            return Glimpse()
        case "?":
            return Glimpse(trouble="its download failed")
        case "!":
            return Glimpse(trouble="its download was answered 404", there=True)
        case _:
            return Glimpse(likeness=likeness(seen))


def remembered(text: str) -> dict[GroupKey, PictureMemory]:
    """`A a` is the file A, seen as a; `A ×2` the file A, put up twice and not seen; `gone` taken away."""
    match text.split():
        case []:
            return {}
        case ["gone"]:
            return {CHESS: PictureMemory(source=None)}
        case [source, times] if times.startswith("×"):
            return {CHESS: PictureMemory(source=source * 64, attempts=int(times[1:]))}
        case [source, shown]:
            return {CHESS: PictureMemory(source=source * 64, shown=likeness(shown))}
        case _:
            raise ValueError(text)


def situation(seen: str, memory: str = "", access: Access = Access.FULL) -> Situation:
    live = replace(b.live(), picture=glimpse(seen))
    return b.situation(
        b.observed(live), b.memory(pictures=MappingProxyType(remembered(memory))), b.capabilities(picture=access)
    )


def plan(declared: str, at: Situation, terms: Terms | None = None, **fields: object) -> Plan:
    group = b.group(id=b.JID, picture="none" if declared == "none" else picture(declared), **fields)  # type: ignore[arg-type]
    return make_plan(b.desired(group), {b.ACCOUNT: at}, terms or Terms(), b.NOW).plan


def said(result: Plan) -> str:
    """`put up`, `take away`, a notice's code, or nothing."""
    words = []
    for _, action in result.actions():
        assert isinstance(action.change, PictureChange)
        words.append("put up" if action.change.after else "take away")
    return " ".join([*words, *(notice.code for group in result.groups for notice in group.notices)])


@pytest.mark.parametrize(
    ("declared", "seen", "memory", "expected"),
    [
        # Nothing remembered: a group that was never looked after.
        ("A", "-", "", "put up"),
        ("A", "?", "", "put up"),
        ("A", "", "", "put up"),
        ("A", "B", "", "put up"),
        ("A", "a", "", ""),
        # Put up by us and seen.
        ("A", "a", "A a", ""),
        ("A", "A", "A a", ""),
        ("A", "B", "A a", "put up"),
        ("A", "-", "A a", "not-observed"),
        ("A", "?", "A a", "not-observed"),
        ("A", "", "A a", "not-observed"),
        # WhatsApp made something else of it, and it is still that.
        ("A", "C", "A C", ""),
        # The file changed in git.
        ("B", "a", "A a", "put up"),
        ("B", "-", "A a", "put up"),
        ("B", "?", "A a", "put up"),
        ("B", "B", "A a", ""),
        ("Z", "a", "A a", "put up"),
        ("Z", "a", "A ×1", "put up"),
        ("A", "a", "gone", ""),
        ("A", "-", "gone", "put up"),
        # Put up by us and never seen.
        ("A", "-", "A ×1", "put up"),
        ("A", "-", f"A ×{MAX_ATTEMPTS - 1}", "put up"),
        ("A", "-", f"A ×{MAX_ATTEMPTS}", "picture-not-shown"),
        ("A", "?", "A ×1", "unverified"),
        ("A", "a", "A ×1", ""),
        ("A", "B", "A ×1", "put up"),
        # None is declared.
        ("none", "A", "", "take away"),
        ("none", "a", "A a", "take away"),
        ("none", "A", "gone", "take away"),
        ("none", "-", "", "unverified"),
        ("none", "-", "A a", "unverified"),
        ("none", "-", "gone", ""),
        ("none", "!", "", "take away"),
        ("none", "!", "gone", "take away"),
        ("none", "?", "", "not-observed"),
        ("none", "?", "gone", "not-observed"),
        ("none", "", "", "not-observed"),
    ],
)
def test_what_is_planned(declared: str, seen: str, memory: str, expected: str) -> None:
    assert said(plan(declared, situation(seen, memory))) == expected


def test_a_picture_that_is_not_declared_is_not_ours() -> None:
    group = b.group(id=b.JID)
    result = make_plan(b.desired(group), {b.ACCOUNT: situation("A", "B B")}, Terms(), b.NOW).plan
    assert said(result) == ""


@pytest.mark.parametrize("access", [Access.NONE, Access.WRITE])
def test_a_gateway_that_cannot_show_pictures_says_so(access: Access) -> None:
    assert said(plan("A", situation("B", access=access))) == "unsupported"


@pytest.mark.parametrize(
    ("declared", "seen", "expected"),
    [
        ("A", "a", ""),
        ("A", "B", "cannot-be-set"),
        ("A", "-", "cannot-be-set"),
        ("A", "?", "not-observed"),
        ("A", "", "not-observed"),
        ("none", "B", "cannot-be-set"),
        ("none", "-", "unverified"),
    ],
)
def test_a_gateway_that_shows_pictures_and_cannot_set_them_says_which_are_not_as_declared(
    declared: str, seen: str, expected: str
) -> None:
    result = plan(declared, situation(seen, access=Access.READ))
    assert said(result) == expected
    assert not [step for group in result.groups for step in group.steps]


def test_the_section_can_be_skipped() -> None:
    assert said(plan("A", situation("B"), Terms(selection=Selection(skip=(Section.PICTURE,))))) == ""


def test_a_new_group_is_given_its_picture_after_its_description_and_before_its_settings() -> None:
    settings = {Setting.SEND_MESSAGES: "admins"}
    group = b.group(picture=picture("A"), description="Room 12", settings=settings)
    result = make_plan(b.desired(group), {b.ACCOUNT: b.situation()}, Terms(), b.NOW).plan
    kinds = [step.operation.kind for step in result.groups[0].steps]
    assert kinds == ["create-group", "write-description", "write-picture", "write-setting"]


def test_a_new_group_has_no_picture_to_take_away() -> None:
    group = b.group(picture="none")
    result = make_plan(b.desired(group), {b.ACCOUNT: b.situation()}, Terms(), b.NOW).plan
    assert "picture.set" not in [action.change.kind for _, action in result.actions()]


def test_a_step_holds_the_picture_and_not_its_bytes() -> None:
    [step] = plan("A", situation("-")).groups[0].steps
    assert step.operation == WritePicture(picture=picture("A"))


def test_a_plan_with_a_picture_read_back_equals_itself() -> None:
    made = plan("A", situation("B"))
    assert Plan.model_validate_json(made.model_dump_json()).groups[0].actions == made.groups[0].actions


@pytest.mark.parametrize(
    ("applied", "seen", "memory", "cause", "reason"),
    [
        ("A", "C", "A A", Cause.PHONE, Reason.DRIFT),
        ("B", "C", "B B", Cause.GIT, Reason.MANIFEST),
        ("", "C", "", Cause.UNKNOWN, Reason.MANIFEST),
        ("A", "-", "A ×1", Cause.EARLIER_RUN, Reason.MANIFEST),
    ],
)
def test_a_change_in_git_is_told_from_one_on_a_phone(
    applied: str, seen: str, memory: str, cause: Cause, reason: Reason
) -> None:
    at = situation(seen, memory)
    if applied:
        earlier = Applied(at=b.NOW, values={"picture": applied * 64}, people=frozenset(), admins=frozenset())
        at = at._replace(memory=replace(at.memory, applied=MappingProxyType({CHESS: earlier})))
    origins = MappingProxyType({"picture": Origin("groups.yaml", 7)})
    [(_, action)] = plan("A", at, origins=origins).actions()
    assert (action.cause, action.reason) == (cause, reason)
    assert action.origin == Origin("groups.yaml", 7)


def test_the_same_goal_has_the_same_id_whatever_is_up_now() -> None:
    ids = {next(plan("A", situation(seen)).actions())[1].id for seen in ("-", "?", "B", "C")}
    assert len(ids) == 1
    assert {next(plan("B", situation("C")).actions())[1].id} != ids


def test_another_file_is_another_declaration() -> None:
    prints = {plan(name, situation("C")).groups[0].desired_fingerprint for name in ("A", "Z", "none")}
    assert len(prints) == 3


def test_a_watched_group_shows_the_difference_and_no_step() -> None:
    result = plan("A", situation("B"), state=State.WATCHED)
    assert said(result) == "put up watched"
    assert result.groups[0].steps == ()


@pytest.mark.parametrize(
    ("declared", "seen", "memory", "expected"),
    [
        ("A", "a", "", "A a"),
        ("A", "a", "A ×1", "A a"),
        ("B", "B", "A a", "B B"),
        ("A", "a", "A a", ""),
        ("A", "B", "", ""),
        ("A", "-", "", ""),
        ("A", "", "", ""),
        ("none", "-", "", ""),
    ],
)
def test_a_picture_that_is_as_declared_is_remembered_once(declared: str, seen: str, memory: str, expected: str) -> None:
    group = b.group(picture="none" if declared == "none" else picture(declared))
    found = settled(group, replace(b.live(), picture=glimpse(seen)), remembered(memory).get(CHESS))
    assert ({} if found is None else {CHESS: found}) == remembered(expected)


def test_a_look_is_worth_its_read_only_where_a_picture_is_declared_and_can_be_seen() -> None:
    declared, other = b.group(picture=picture("A")), b.group()
    everything, nothing = Selection(), Selection(only=(Section.MEMBERS,))
    assert is_read(declared, situation(""), everything)
    assert not is_read(other, situation(""), everything)
    assert is_read(declared, situation("", access=Access.READ), everything)
    assert not is_read(declared, situation("", access=Access.NONE), everything)
    assert not is_read(declared, situation(""), nothing)
    assert is_read(replace(declared, state=State.WATCHED), situation(""), everything)
    assert not is_read(replace(declared, state=State.RELEASED), situation(""), everything)
