"""Start a project: compose its first files, see that they are valid, and write them where nothing is yet.

The first project is small and real: it validates, and it can be planned against a sandbox as it stands.  Its two
people have numbers that are reserved for fiction, so that applying it by mistake reaches nobody.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from wagroups.domain.errors import Refusal
from wagroups.domain.problem import Problem
from wagroups.manifests.config import DEFAULT_SESSION
from wagroups.manifests.files import DEFAULT_INCLUDE
from wagroups.manifests.project import check_project
from wagroups.manifests.schema import CONFIG_FILE
from wagroups.manifests.schemas import config_schema, manifest_schema, schema_text
from wagroups.reports.yaml_text import scalar
from wagroups.workflows.offered import unoffered
from wagroups.workflows.pipelines import pipeline_files

Ci = Literal["github", "gitlab"]
Files = dict[str, str]
"""Texts by their paths, relative to the project's root."""

URL_VARIABLE: Final = "WAGROUPS_URL"
KEY_VARIABLE: Final = "WAGROUPS_KEY"
STATE_VARIABLE: Final = "WAGROUPS_STATE_URL"

IGNORE_FILE: Final = ".gitignore"
_IGNORED: Final = ".wagroups/"
_CONFIG_SCHEMA: Final = "schemas/config.schema.json"
_MANIFEST_SCHEMA: Final = "schemas/manifest.schema.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the user wants of the first files."""

    gateway: str = "waha"
    url: str | None = None
    """A literal address; `None` takes it from `url_env`."""
    url_env: str = URL_VARIABLE
    key_env: str = KEY_VARIABLE
    session: str = DEFAULT_SESSION
    timezone: str = "UTC"
    region: str | None = None
    ci: Ci | None = None
    vscode: bool = False


def first_files(choices: Choices) -> Files:
    """Every file of a first project."""
    files = {
        CONFIG_FILE: "\n".join(_config(choices)) + "\n",
        "people.yaml": _PEOPLE,
        "groups/first-group.yaml": _GROUP,
        IGNORE_FILE: f"# What wagroups remembers between runs: it holds phone numbers.\n{_IGNORED}\n",
        _CONFIG_SCHEMA: schema_text(config_schema()),
        _MANIFEST_SCHEMA: schema_text(manifest_schema()),
    }
    if choices.vscode:
        files[".vscode/settings.json"] = _vscode()
    if choices.ci is not None:
        files |= pipeline_files(choices.ci, None if choices.url else choices.url_env, choices.key_env)
    return files


def faults_of(files: Files) -> tuple[Problem, ...]:
    """What `validate` would find wrong with composed files; nothing is written where the user is."""
    with TemporaryDirectory(prefix="wagroups-init-") as folder:
        _write(Path(folder), files)
        project, problems = check_project(Path(folder), {})
    return problems if project is None else (*problems, *unoffered(project.config))


def check_free(root: Path, files: Mapping[str, str]) -> None:
    """Raises Refusal, naming them, when any of `files` exists.  `.gitignore` may: it is only added to."""
    existing = [name for name in files if name != IGNORE_FILE and (root / name).exists()]
    if existing:
        raise Refusal(
            "exists",
            f"these files exist already: {', '.join(existing)}",
            hint="Nothing was written.  Name another folder with --project DIR, or write them anew with --force.",
        )


def start(root: Path, files: Files) -> tuple[str, ...]:
    """Write `files` under `root`; returns the names of those that were written or added to."""
    ignored = root / IGNORE_FILE
    if not ignored.exists():
        _write(root, files)
        return tuple(files)
    _write(root, {name: text for name, text in files.items() if name != IGNORE_FILE})
    added = _add_lines(ignored, files[IGNORE_FILE])
    return tuple(name for name in files if added or name != IGNORE_FILE)


def _add_lines(ignored: Path, lines: str) -> bool:
    """Add to a file of others, whatever its encoding; false when it says so already."""
    before = ignored.read_bytes()
    if _IGNORED.encode() in before.split():
        return False
    with ignored.open("ab") as file:
        file.write(b"\n" * (not before.endswith(b"\n")) + lines.encode())
    return True


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _config(choices: Choices) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={_CONFIG_SCHEMA}"
    yield "# A project of wagroups.  `wagroups plan` shows what would change and never writes; `wagroups apply` writes."
    yield "version: 1"
    yield f"timezone: {scalar(choices.timezone)}   # dates and hours are read in it"
    if choices.region:
        yield f"region: {scalar(choices.region)}   # numbers without a country code belong to this country"
    else:
        yield "# region: GB   # would allow numbers without a country code"
    yield ""
    yield "accounts:"
    yield "  office:   # your name for the WhatsApp account"
    yield f"    gateway: {scalar(choices.gateway)}"
    if choices.url is not None:
        yield f"    url: {scalar(choices.url)}"
    else:
        yield f"    url_env: {scalar(choices.url_env)}   # the variable that holds the gateway's address"
    yield f"    key_env: {scalar(choices.key_env)}   # the variable that holds its API key; keys never stand in files"
    yield f"    session: {scalar(choices.session)}"
    yield ""
    if choices.ci is not None:
        yield "# The state lives in a database, because it must outlive a CI job and be shared by all of them."
        yield f"state_env: {STATE_VARIABLE}"
        yield ""
    yield from _SAFETY


_SAFETY: Final = """\
safety:
  # How gently the account is used.  fresh: linked less than 14 days ago.  careful: the usual choice.
  # seasoned: twice careful.  sandbox: without pauses, for `wagroups sandbox` on this machine only.
  profile: careful            # to try things out: sandbox
  active_hours: 08:00-21:00   # nothing is written at other times; to try things out: put a # before this line
  # A run that would remove more people than this is refused as a whole, before its first write.
  max_removals: 10
  max_removal_percent: 20
  min_admins: 1
  # protect: [anna]   # people who are never removed or demoted

privacy:
  require_alias: true   # numbers stand in the people directory only; everywhere else people have names\
""".splitlines()

_PEOPLE: Final = f"""\
# yaml-language-server: $schema={_MANIFEST_SCHEMA}
# Everybody, by a short name.  These two numbers are reserved for fiction: put your own people here.
# Phone numbers are personal data: keep this repository private.
people:
  anna: +44 7700 900123
  ben:
    name: Ben Okafor
    phone: +44 7700 900124
    # until: 2027-07-31   # would end every membership of Ben, last day included
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
    # Whoever is not in these lists is removed: the plan says so first.  Without `members` nobody ever is.
    members: [ben]
"""


def _vscode() -> str:
    manifests = [f"/{pattern}" for pattern in DEFAULT_INCLUDE]
    settings = {"yaml.schemas": {f"./{_CONFIG_SCHEMA}": f"/{CONFIG_FILE}", f"./{_MANIFEST_SCHEMA}": manifests}}
    return json.dumps(settings, indent=2) + "\n"
