"""The routes of `settings/security/`: five settings, five keys, and one body that is validated."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from wagroups.domain.declared.settings import Setting
from wagroups.simulation.gateways.waha import errors
from wagroups.simulation.gateways.waha.dialect import Handler, Waha, WahaRequest
from wagroups.simulation.gateways.waha.version import Feature
from wagroups.simulation.server.http import Answer, EarlyAnswer, Route, json_answer
from wagroups.simulation.world.faults import Call

_SECURITY: Final = "/api/{session}/groups/{group}/settings/security"


class Security(NamedTuple):
    """A setting under `settings/security/`: its key in bodies, and the value that `true` stands for."""

    path: str
    key: str
    setting: Setting
    on: str
    off: str
    feature: Feature | None = None


SECURITY: Final = (
    Security("info-admin-only", "adminsOnly", Setting.EDIT_INFO, "admins", "everyone"),
    Security("messages-admin-only", "adminsOnly", Setting.SEND_MESSAGES, "admins", "everyone"),
    Security("member-add-mode", "membersCanAddNewMember", Setting.ADD_MEMBERS, "everyone", "admins", Feature.ADD_MODE),
    Security("membership-approval", "newMembersApprovalRequired", Setting.APPROVE_JOINS, "yes", "no", Feature.APPROVAL),
    Security(
        "member-share-history-mode",
        "membersCanShareHistory",
        Setting.SHARE_HISTORY,
        "everyone",
        "admins",
        Feature.HISTORY,
    ),
)


class SecuritySettings:
    """What the settings routes of the groups controller answer."""

    def __init__(self, waha: Waha) -> None:
        self.waha = waha
        self.engine = waha.engine

    def routes(self) -> list[Route]:
        rows: list[Route] = []
        for security in SECURITY:
            if security.feature is None or self.engine.version.has(security.feature):
                path = f"{_SECURITY}/{security.path}"
                read, write = self.waha.working(self._read(security)), self.waha.working(self._write(security))
                rows.append(self.waha.route("GET", path, Call.GET, read))
                rows.append(self.waha.route("PUT", path, Call.SETTING, write, write=True))
        return rows

    def _read(self, security: Security) -> Handler:
        def handle(asked: WahaRequest) -> Answer:
            sight = self.waha.sight(asked.group)
            if sight is None:
                return self.engine.missing(asked.group, security.key)
            return json_answer({security.key: sight.group.settings[security.setting] == security.on})

        return handle

    def _write(self, security: Security) -> Handler:
        def handle(asked: WahaRequest) -> Answer:
            fields = asked.fields(security.key)
            if security.setting is Setting.SHARE_HISTORY:
                _check_boolean(fields, security.key)
            value = security.on if self.engine.switch(fields, security.key) else security.off
            return self.engine.switch_setting(self.waha.account, asked.group, security.setting, value)

        return handle


def _check_boolean(fields: Mapping[str, object], key: str) -> None:
    """The one body of the controller that is validated."""
    if not isinstance(fields.get(key), bool):
        raise EarlyAnswer(errors.nest(400, [f"{key} must be a boolean value"]))
