"""The first files of a project, as texts: small and real, with the reasons beside the values.

They validate, and they can be planned against a sandbox as they stand.  The example's two people have numbers that
are reserved for fiction, so that applying it by mistake reaches nobody.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from wagroups.domain.declared.choices import DEFAULT_SESSION, KEY_VARIABLE, URL_VARIABLE, Profile
from wagroups.manifests.language.fields import CONFIG_FILE
from wagroups.manifests.language.formats import holds, slug_of
from wagroups.manifests.language.json_schema import config_schema, manifest_schema, schema_text
from wagroups.manifests.language.types import Format
from wagroups.manifests.load.files import DEFAULT_INCLUDE
from wagroups.privacy.yaml_scalar import scalar
from wagroups.workflows.setup.pipelines import pipeline_files

Ci = Literal["github", "gitlab"]
Files = dict[str, str]
"""Texts by their paths, relative to the project's root."""

ACCOUNT: Final = "office"
"""What the account is called until somebody names it otherwise."""

STATE_VARIABLE: Final = "WAGROUPS_STATE_URL"

IGNORE_FILE: Final = ".gitignore"
LEDGER_FOLDER: Final = ".wagroups"
IGNORED: Final = f"{LEDGER_FOLDER}/"
VSCODE_FILE: Final = ".vscode/settings.json"
_CONFIG_SCHEMA: Final = "schemas/config.schema.json"
_MANIFEST_SCHEMA: Final = "schemas/manifest.schema.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the user wants of the first files."""

    project: str | None = None
    gateway: str = "waha"
    url: str | None = None
    """A literal address; `None` takes it from `url_env`."""
    url_env: str = URL_VARIABLE
    key_env: str = KEY_VARIABLE
    session: str = DEFAULT_SESSION
    profile: str = Profile.CAREFUL
    timezone: str = "UTC"
    region: str | None = None
    ci: Ci | None = None
    vscode: bool = False
    example: bool = True
    """Whether there are two people and a group to begin with; not where live groups are taken down."""


def project_name(root: Path) -> str | None:
    """What a project in this folder is called; `None` where its name would be no name in a file."""
    name = slug_of(root.resolve().name)
    return name if name and holds(name, Format.SLUG) else None


def first_files(choices: Choices) -> Files:
    """Every file of a first project."""
    files = {CONFIG_FILE: "\n".join(_config(choices)) + "\n"}
    if choices.example:
        files |= {"people.yaml": _PEOPLE, "groups/first-group.yaml": _GROUP}
    files |= {
        IGNORE_FILE: f"# What wagroups remembers between runs: it holds phone numbers.\n{IGNORED}\n",
        _CONFIG_SCHEMA: schema_text(config_schema()),
        _MANIFEST_SCHEMA: schema_text(manifest_schema()),
    }
    if choices.vscode:
        files[VSCODE_FILE] = _vscode()
    if choices.ci is not None:
        files |= pipeline_files(choices.ci, None if choices.url else choices.url_env, choices.key_env)
    return files


def _config(choices: Choices) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={_CONFIG_SCHEMA}"
    yield "# A project of wagroups.  `wagroups plan` shows what would change and never writes; `wagroups apply` writes."
    yield "version: 2"
    if choices.project:
        yield f"project: {scalar(choices.project)}   # its groups belong to it in a ledger that projects share"
    yield f"timezone: {scalar(choices.timezone)}   # dates and hours are read in it"
    if choices.region:
        yield f"region: {scalar(choices.region)}   # numbers without a country code belong to this country"
    else:
        yield "# region: GB   # would allow numbers without a country code"
    yield ""
    yield "accounts:"
    yield f"  {ACCOUNT}:   # your name for the WhatsApp account"
    yield f"    gateway: {scalar(choices.gateway)}"
    if choices.url is not None:
        yield f"    url: {scalar(choices.url)}"
    else:
        yield f"    url_env: {scalar(choices.url_env)}   # the variable that holds the gateway's address"
    yield (
        f"    key_env: {scalar(choices.key_env)}   # the variable that holds its API key; keys are never written "
        f"in files"
    )
    yield f"    session: {scalar(choices.session)}"
    yield ""
    if choices.ci is not None:
        yield "# The state is kept in a database, because it must outlive a CI job and be shared by all jobs."
        yield f"state_env: {STATE_VARIABLE}"
        yield ""
    yield "safety:"
    yield "  # How gently the account is used.  fresh: linked less than 14 days ago.  careful: the usual choice."
    yield "  # seasoned: twice careful.  sandbox: without pauses, for `wagroups sandbox` on this machine only."
    yield from _gentleness(choices.profile)
    yield from _BRAKES


def _gentleness(profile: str) -> Iterator[str]:
    if profile == Profile.SANDBOX:
        yield f"  profile: {Profile.SANDBOX}            # for a real account: {Profile.CAREFUL}"
        yield "  # active_hours: 08:00-21:00   # no changes at other times; for a real account: remove the #"
        return
    why = f"   # to try things out: {Profile.SANDBOX}" if profile == Profile.CAREFUL else ""
    yield f"  profile: {scalar(profile):<16}{why}".rstrip()
    yield "  active_hours: 08:00-21:00   # no changes at other times; to try things out: put a # before this line"


_BRAKES: Final = """\
  # A run that would remove more people than this is refused as a whole, before its first write.
  max_removals: 10
  max_removal_percent: 20
  min_admins: 1
  # protect: [anna]   # people who are never removed or demoted

privacy:
  require_alias: true   # numbers only in the people directory; everywhere else people have names\
""".splitlines()

_PEOPLE: Final = f"""\
# yaml-language-server: $schema={_MANIFEST_SCHEMA}
# Everyone, by a short name.  These two numbers are reserved for fiction: put your own people here.
# Phone numbers are personal data: keep this repository private.
people:
  anna: +44 7700 900123
  ben:
    name: Ben Okafor
    phone: +44 7700 900124
    # until: 2027-07-31   # would end every membership of Ben; the last day is included
"""

_GROUP: Final = f"""\
# yaml-language-server: $schema=../{_MANIFEST_SCHEMA}
groups:
  first-group:   # the group's name in this project; WhatsApp shows its subject
    subject: Our first group
    # A key that is not written is left alone.
    settings:
      edit_info: admins
    admins: [anna]
    # Anyone not in these lists is removed; the plan shows this first.  Without `members` nobody is ever removed.
    members: [ben]
"""


def _vscode() -> str:
    manifests = [f"/{pattern}" for pattern in DEFAULT_INCLUDE]
    settings = {"yaml.schemas": {f"./{_CONFIG_SCHEMA}": f"/{CONFIG_FILE}", f"./{_MANIFEST_SCHEMA}": manifests}}
    return json.dumps(settings, indent=2) + "\n"
