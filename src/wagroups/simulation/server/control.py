"""Routes beside every fake's own, by which another process can watch and disturb the world.

All under `/__sandbox__/`, with the gateway's own key in `X-Api-Key` or as a bearer token:

- `GET world` → the world as a seed (YAML)
- `POST phone` → people act on their phones: one action or a list of them (`telephone.Action`)
- `POST faults` → script misbehaviour: one fault or a list (`seed.FaultSeed`); `DELETE faults` → behave again
- `POST connection` → `{"state": "unpaired"}`: how the account is connected from now on
- `POST restrictions` → WhatsApp restricts the account (`seed.RestrictionSeed`); `DELETE restrictions` → it lifts them
- `GET requests` → what came in; `DELETE requests` → forget it
"""

import hmac
from collections.abc import Callable, MutableSequence
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from wagroups.simulation.server.http import Answer, Request, json_answer, text_answer
from wagroups.simulation.world.account import SimulatedAccount
from wagroups.simulation.world.refusal import WhatsAppError
from wagroups.simulation.world.scripted_actions import ScriptedAction, act
from wagroups.simulation.world.seed import FaultSeed, RestrictionSeed, dump
from wagroups.simulation.world.world import ConnectionState

if TYPE_CHECKING:
    from wagroups.simulation.server.http import Logged

PREFIX: Final = "/__sandbox__/"

_Entry = TypeVar("_Entry")

_ACTIONS: Final[TypeAdapter[ScriptedAction | list[ScriptedAction]]] = TypeAdapter(ScriptedAction | list[ScriptedAction])
_FAULTS: Final[TypeAdapter[FaultSeed | list[FaultSeed]]] = TypeAdapter(FaultSeed | list[FaultSeed])

_FINE: Final = json_answer({"ok": True})


class _State(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: ConnectionState


class Control:
    """Answers the control routes of one fake."""

    def __init__(self, account: SimulatedAccount, key: str, log: "MutableSequence[Logged]") -> None:
        self._account = account
        self._world = account.world
        self._key = key
        self._log = log
        self._routes: dict[tuple[str, str], Callable[[Request], Answer]] = {
            ("GET", "world"): lambda request: text_answer(dump(self._world), content_type="application/yaml"),
            ("POST", "phone"): self._phone,
            ("POST", "faults"): self._script,
            ("DELETE", "faults"): self._behave,
            ("POST", "connection"): self._connect,
            ("POST", "restrictions"): self._restrict,
            ("DELETE", "restrictions"): self._unrestrict,
            ("GET", "requests"): self._requests,
            ("DELETE", "requests"): self._forget,
        }

    def answer(self, request: Request) -> Answer:
        """The answer to a request under `PREFIX`."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        offered = request.headers.get("x-api-key") or bearer
        if not hmac.compare_digest(offered.encode(), self._key.encode()):
            return json_answer({"error": "the gateway's key is missing or wrong"}, 401)
        handle = self._routes.get((request.method, request.path.removeprefix(PREFIX)))
        if handle is None:
            return json_answer({"error": "no such control route"}, 404)
        with self._world.lock:
            try:
                return handle(request)
            except ValidationError as error:
                return json_answer({"error": error.errors(include_input=False, include_url=False)[0]["msg"]}, 422)
            except WhatsAppError as error:
                return json_answer({"error": f"WhatsApp refuses: {error}"}, 409)
            except (LookupError, ValueError) as error:
                return json_answer({"error": str(error)}, 422)

    def _phone(self, request: Request) -> Answer:
        for action in _each(_ACTIONS.validate_json(request.body)):
            act(self._world, action)
        return _FINE

    def _script(self, request: Request) -> Answer:
        self._world.faults.script(*(seed.fault() for seed in _each(_FAULTS.validate_json(request.body))))
        return _FINE

    def _behave(self, request: Request) -> Answer:
        self._world.faults.clear()
        return _FINE

    def _connect(self, request: Request) -> Answer:
        self._world.connect(self._account.person, _State.model_validate_json(request.body).state)
        return _FINE

    def _restrict(self, request: Request) -> Answer:
        RestrictionSeed.model_validate_json(request.body).impose(self._world)
        return _FINE

    def _unrestrict(self, request: Request) -> Answer:
        self._world.restrictions.lift()
        return _FINE

    def _requests(self, request: Request) -> Answer:
        return json_answer([{**entry._asdict(), "at": entry.at.isoformat()} for entry in list(self._log)])

    def _forget(self, request: Request) -> Answer:
        self._log.clear()
        return _FINE


def _each(value: _Entry | list[_Entry]) -> list[_Entry]:
    return value if isinstance(value, list) else [value]
