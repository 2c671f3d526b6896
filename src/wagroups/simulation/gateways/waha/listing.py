"""`GET /groups`: the one route whose query is validated, and the pages it makes."""

from typing import Final

from wagroups.simulation.gateways.waha import errors
from wagroups.simulation.gateways.waha.dialect import Waha, WahaRequest
from wagroups.simulation.gateways.waha.engine import Json
from wagroups.simulation.server.http import Answer, Request, json_answer

_SORT_BY: Final = ("id", "subject")
_SORT_ORDER: Final = ("asc", "desc")
_EXCLUDE: Final = ("", "participants")


def page(waha: Waha, asked: WahaRequest) -> Answer:
    """A listing, sorted and cut as the query asks."""
    request = asked.request
    problems = _problems(request)
    if problems:
        return errors.nest(400, problems)
    people = "participants" not in request.query.get("exclude", ())
    items = [(sight.group.id, waha.engine.item(sight, people=people, listed=True)) for sight in waha.mirror.see_all()]
    key = waha.engine.sorts_by.get(request.parameter("sortBy") or "")
    if key is not None:
        items.sort(key=lambda item: str(item[1][key]), reverse=request.parameter("sortOrder") == "desc")
    items = _cut(items, request)
    return json_answer(dict(items) if waha.engine.lists_object else [item for _, item in items])


def _cut(items: list[tuple[str, Json]], request: Request) -> list[tuple[str, Json]]:
    """`offset` counts only with a `limit`."""
    limit, offset = int(_number(request, "limit")), int(_number(request, "offset"))
    return items[offset : offset + limit] if limit else items


def _number(request: Request, name: str) -> float:
    return float(request.parameter(name) or 0)


def _problems(request: Request) -> list[str]:
    problems = [
        f"{name} must be a number conforming to the specified constraints"
        for name in ("limit", "offset")
        if not _is_number(request.parameter(name))
    ]
    for name, words in (("sortBy", _SORT_BY), ("sortOrder", _SORT_ORDER)):
        if request.parameter(name) not in (None, *words):
            problems.append(f"{name} must be one of the following values: {', '.join(words)}")
    if any(word not in _EXCLUDE for word in request.query.get("exclude", ())):
        problems.append(f"each value in exclude must be one of the following values: {', '.join(_EXCLUDE)}")
    return problems


def _is_number(text: str | None) -> bool:
    return not text or text.lstrip("-").replace(".", "", 1).isdigit()
