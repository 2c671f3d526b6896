"""The page that says what each gateway can do, made from the claims by which plans are made, so that both agree."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.declared.settings import SETTINGS, Setting
from wagroups.domain.live.capability import Access, Aspect, Capabilities, ReadCost
from wagroups.privacy.escape import for_markdown
from wagroups.reports.documents.doctor import access_words


class Chapter(NamedTuple):
    """One gateway, on one engine."""

    title: str
    newest: Capabilities
    """In the newest version that is known."""
    oldest: Capabilities | None = None
    """In a version before all gates, where some claims depend on the version."""


_MEANINGS: Final = MappingProxyType(
    {
        Aspect.CREATE: "create a group",
        Aspect.SUBJECT: "subject",
        Aspect.DESCRIPTION: "description",
        Aspect.DESCRIPTION_CLEAR: "remove the description",
        Aspect.DESCRIPTION_CHANGE: "change an existing description",
        Aspect.PICTURE: "picture",
        Aspect.MEMBERS: "members",
        Aspect.MEMBERS_ADD: "add members",
        Aspect.MEMBERS_REMOVE: "remove members",
        Aspect.ADMINS: "admins",
        Aspect.ADMINS_PROMOTE: "make somebody an admin",
        Aspect.ADMINS_DEMOTE: "make an admin a member",
        Aspect.OWNER: "distinguish the owner from an admin",
        Aspect.LEAVE: "leave a group",
        Aspect.REFRESH: "reload everything",
        Aspect.EXISTS_CHECK: "check whether a number exists",
        Aspect.LID_LOOKUP: "look up the LID of a number",
        Aspect.INVITE_LINK: "show the invite link",
        Aspect.INVITE_LINK_RESET: "reset the invite link",
        Aspect.JOIN: "join by a link",
        Aspect.SEND_TEXT: "send a text",
        Aspect.JOIN_REQUESTS: "see and answer requests to join",
        Aspect.REQUESTS_APPROVE: "let in people who ask to join",
        Aspect.REQUESTS_REJECT: "reject people who ask to join",
        Aspect.RESTRICTIONS: "report WhatsApp's time lock and quota",
        Aspect.COMMUNITY: "see whether a group is in a community",
        Aspect.PERSON_RESULTS: "report the result for each person added",
        **{Aspect.of(setting): f"`{setting.value}`: {kind.meaning}" for setting, kind in SETTINGS.items()},
    }
)
assert set(_MEANINGS) == set(Aspect)

_INTRODUCTION: Final = """\
# What each gateway can do

This page is generated from the claims in `src/wagroups/gateways/*/claims.py` (`make docs`); plans use the same
claims, and `wagroups doctor` prints those of your own connection.  What a gateway cannot do is a notice in the plan and
never a failure.  “changed, not read” is written without being able to read it back, and reported as `unverified`.
"""


def gateways_page(chapters: Sequence[Chapter]) -> str:
    """The page in Markdown."""
    return "\n".join([_INTRODUCTION, *_overview(chapters), *(line for each in chapters for line in _chapter(each))])


def _overview(chapters: Sequence[Chapter]) -> Iterator[str]:
    yield "## Side by side\n"
    yield _row(["", *(chapter.title for chapter in chapters)])
    yield _row(["---"] * (len(chapters) + 1))
    told = {aspect for chapter in chapters for aspect in chapter.newest.aspects}
    for aspect in (aspect for aspect in Aspect if aspect in told):
        yield _row([_short(aspect), *(_words(chapter.newest, aspect) for chapter in chapters)])
    yield ""


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"## {chapter.title}\n"
    yield from (f"- {sentence}" for sentence in _habits(chapter.newest))
    yield ""
    yield _row(["What", "Reach", "Note", "Source"])
    yield _row(["---"] * 4)
    for aspect in chapter.newest.aspects:
        claim = chapter.newest.claim(aspect)
        cells = (
            _MEANINGS[aspect],
            _words(chapter.newest, aspect),
            for_markdown(claim.note),
            for_markdown(claim.source),
        )
        yield _row(cells)
    yield ""
    if chapter.oldest is not None:
        yield "In older versions:\n"
        yield from (f"- {line}" for line in _gates(chapter.newest, chapter.oldest))
        yield ""


def _habits(said: Capabilities) -> Iterator[str]:
    """How the gateway behaves as a whole."""
    yield "A group is created with one person in it." if said.creates_with_one else "A group is created empty."
    if said.cached_reads:
        yield (
            "A read may still show the state before a change; wagroups reads again, and refreshes once before "
            "believing it."
        )
    else:
        yield "Every read asks WhatsApp."
    yield f"Reading costs {_questions(said.read_cost)} (source: {for_markdown(said.read_cost.source)})."
    if said.two_reads_agree:
        yield "After a creation without an answer, two listings must agree before the group counts as found."
    limits = said.limits
    yield f"At most {limits.subject_chars} characters of subject, {limits.description_chars} of description."


def _questions(cost: ReadCost) -> str:
    """The price of looking, in questions to WhatsApp."""
    if not (cost.listing or cost.group):
        return "WhatsApp no request: the gateway answers from its own store, so plans are limited to 600 reads an hour"
    each = ", and so does a group by its id" if cost.group_by_listing else f", a group by its id {cost.group}"
    return f"{cost.listing} request to WhatsApp for a list of all groups{each}"


def _gates(newest: Capabilities, oldest: Capabilities) -> Iterator[str]:
    """What came with a version: the claims that differ, in the words of the older one."""
    for aspect in newest.aspects:
        before = oldest.claim(aspect)
        if before.access != newest.claim(aspect).access:
            yield f"{_short(aspect)}: {for_markdown(before.note)}"


def _short(aspect: Aspect) -> str:
    return f"`{aspect.value}`" if aspect.value in _SETTING_NAMES else _MEANINGS[aspect]


_SETTING_NAMES: Final = frozenset(Aspect.of(setting).value for setting in Setting)


def _words(said: Capabilities, aspect: Aspect) -> str:
    access = said.claim(aspect).access
    return "–" if access is Access.NONE else access_words(aspect, access)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
