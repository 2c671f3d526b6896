"""`wagroups init`: first files that are valid and ready, and nothing of anybody's overwritten."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tests.cli.command import Command
from tests.rig import fake_of
from wagroups import __version__
from wagroups.cli.commands.example_world import CLUB
from wagroups.cli.main import program
from wagroups.cli.ui.locale_guess import likely_region, likely_timezone
from wagroups.domain.exit import Exit
from wagroups.manifests.project import load_project
from wagroups.simulation.server.server import serve
from wagroups.simulation.world.seed import load

FILES = [
    ".gitignore",
    "groups/first-group.yaml",
    "people.yaml",
    "schemas/config.schema.json",
    "schemas/manifest.schema.json",
    "wagroups.yaml",
]
PIPELINES = {
    "github": [f".github/workflows/{name}.yaml" for name in ("plan", "apply", "due", "drift")],
    "gitlab": [".gitlab-ci.yml"],
}


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(capsys)


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_it_writes_a_project_that_is_valid_and_says_what_to_run_next(wagroups: Command, tmp_path: Path) -> None:
    ended = wagroups("init")
    assert ended.exit is Exit.OK
    assert files_in(tmp_path) == FILES
    after = ended.out.splitlines().index("Next:") + 1
    assert [line.split("#")[0].strip() for line in ended.out.splitlines()[after : after + 3]] == [
        "wagroups validate",
        "wagroups sandbox",
        "wagroups plan",
    ]
    assert wagroups("validate") == (Exit.OK, "1 group, 2 people, 3 files: valid.\n", "")


@pytest.mark.parametrize(("gateway", "dialect"), [("waha", "noweb"), ("waxum", "waxum")])
def test_what_it_writes_is_ready_to_be_planned_on_a_sandbox(
    gateway: str, dialect: str, wagroups: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    wagroups("init", "--gateway", gateway)
    world = load(CLUB, now=lambda: datetime.now(UTC))
    with serve(fake_of(gateway)(world, dialect=dialect, session="default", key="a-key")) as server:
        monkeypatch.setenv("WAGROUPS_URL", server.url)
        monkeypatch.setenv("WAGROUPS_KEY", "a-key")
        ended = wagroups("plan", "-o", "json")
    assert ended.exit is Exit.OK
    assert ended.document["summary"]["create"] == 1


def test_flags_decide_what_stands_in_the_configuration(wagroups: Command, tmp_path: Path) -> None:
    flags = [
        "--gateway",
        "waxum",
        "--url-env",
        "WAGROUPS_CLUB_URL",
        "--key-env",
        "WAGROUPS_CLUB_KEY",
        "--session",
        "club_one",
    ]
    assert wagroups("init", *flags, "--timezone", "Europe/Berlin", "--region", "DE").exit is Exit.OK
    config = load_project(tmp_path, {}).config
    (account,) = config.accounts.values()
    assert (account.gateway, account.url_env, account.key_env) == ("waxum", "WAGROUPS_CLUB_URL", "WAGROUPS_CLUB_KEY")
    assert (account.session, config.timezone, config.region) == ("club_one", "Europe/Berlin", "DE")


def test_it_starts_carefully(wagroups: Command, tmp_path: Path) -> None:
    wagroups("init")
    config = load_project(tmp_path, {}).config
    assert config.privacy.require_alias
    assert config.active_hours is not None
    assert [account.profile for account in config.accounts.values()] == ["careful"]


def test_it_names_the_two_lines_that_a_trial_on_the_sandbox_changes(wagroups: Command, tmp_path: Path) -> None:
    said = wagroups("init").out
    assert said.endswith("  profile: sandbox\n  # active_hours: 08:00-21:00\n")
    file = tmp_path / "wagroups.yaml"
    written = file.read_text().replace("  profile: careful", "  profile: sandbox")
    file.write_text(written.replace("  active_hours:", "  # active_hours:"))
    config = load_project(tmp_path, {}).config
    assert config.active_hours is None
    assert [account.profile for account in config.accounts.values()] == ["sandbox"]


def test_a_project_for_the_sandbox_alone_has_no_pauses_and_no_hours(wagroups: Command, tmp_path: Path) -> None:
    said = wagroups("init", "--profile", "sandbox").out
    assert "change two lines" not in said
    config = load_project(tmp_path, {}).config
    assert config.active_hours is None
    assert [account.profile for account in config.accounts.values()] == ["sandbox"]


def test_a_literal_address_takes_the_place_of_the_variable(wagroups: Command, tmp_path: Path) -> None:
    wagroups("init", "--url", "http://localhost:3000")
    (account,) = load_project(tmp_path, {}).config.accounts.values()
    assert (account.url, account.url_env) == ("http://localhost:3000", None)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--timezone", "Europe/Berln"], "Did you mean Europe/Berlin?"),
        (["--region", "XX"], "two-letter country code"),
        (["--gateway", "waxun"], "Did you mean waxum?"),
        (["--url", "localhost"], "http://localhost:3000"),
        (["--url", "http://localhost:3000", "--url-env", "A"], "not both"),
        (["--key-env", "not a name"], "variable"),
        (["-o", "markdown"], "has no format markdown"),
        (["--import", "somebody"], "--import takes `all`"),
        (["--import", "all", "--import", "none"], "--import takes `all`"),
        (["--profile", "sandbox", "--url", "http://192.0.2.1"], "this machine"),
    ],
)
def test_a_flag_that_would_not_validate_is_a_usage_error_and_nothing_is_written(
    flags: list[str], said: str, wagroups: Command, tmp_path: Path
) -> None:
    ended = wagroups("init", *flags)
    assert (ended.exit, ended.out) == (Exit.USAGE, "")
    assert said in ended.err
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("existing", ["people.yaml", "groups/first-group.yaml", "schemas/config.schema.json"])
def test_files_that_exist_are_named_and_nothing_is_written(existing: str, wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / existing).parent.mkdir(exist_ok=True)
    (tmp_path / existing).write_text("mine")
    ended = wagroups("init", "-o", "json")
    assert ended.exit is Exit.REFUSED
    assert ended.document["error"]["message"] == f"these files already exist: {existing}"
    assert "--force" in ended.document["error"]["hint"]
    assert files_in(tmp_path) == [existing]
    assert (tmp_path / existing).read_text() == "mine"


def test_force_writes_them_anew(wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text("mine")
    assert wagroups("init", "--force").exit is Exit.OK
    assert "anna" in (tmp_path / "people.yaml").read_text()


@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"*.log", b"*.log\n# What"),
        (b"*.log\n", b"*.log\n# What"),
        (b"\xff\n", b"\xff\n# What"),
        (b"/.wagroups/\n.wagroups/\n", b"/.wagroups/\n.wagroups/\n"),
    ],
)
def test_an_ignore_file_is_added_to_and_never_replaced(
    force: list[str], before: bytes, after: bytes, wagroups: Command, tmp_path: Path
) -> None:
    (tmp_path / ".gitignore").write_bytes(before)
    assert wagroups("init", *force).exit is Exit.OK
    now = (tmp_path / ".gitignore").read_bytes()
    assert now.startswith(after)
    assert now.split().count(b".wagroups/") == 1


def test_another_folder_is_made_where_it_is_named(wagroups: Command, tmp_path: Path) -> None:
    assert wagroups("init", "--project", str(tmp_path / "new" / "club")).exit is Exit.OK
    assert files_in(tmp_path / "new" / "club") == FILES


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said_plainly(wagroups: Command, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ended = wagroups("init")
    assert ended.exit is Exit.ERROR
    assert "Permission denied" in ended.err


def test_a_file_where_a_folder_should_be_is_said_plainly(wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "groups").write_text("a file")
    ended = wagroups("init")
    assert ended.exit is Exit.ERROR
    assert "bug in wagroups" not in ended.err


def test_with_json_it_is_one_document(wagroups: Command) -> None:
    document = wagroups("-o", "json", "init").document
    assert sorted(document["written"]) == FILES
    assert document["next"] == ["wagroups validate", "wagroups sandbox", "wagroups plan"]


def test_every_file_names_a_schema_that_is_there(wagroups: Command, tmp_path: Path) -> None:
    wagroups("init")
    for name in ("wagroups.yaml", "people.yaml", "groups/first-group.yaml"):
        first = (tmp_path / name).read_text().splitlines()[0]
        schema = (tmp_path / name).parent / first.removeprefix("# yaml-language-server: $schema=")
        assert "$schema" in json.loads(schema.read_text())


def test_vscode_is_told_which_schema_belongs_to_which_file(wagroups: Command, tmp_path: Path) -> None:
    wagroups("init", "--vscode")
    schemas = json.loads((tmp_path / ".vscode" / "settings.json").read_text())["yaml.schemas"]
    assert schemas["./schemas/config.schema.json"] == "/wagroups.yaml"
    assert "/groups/**" in schemas["./schemas/manifest.schema.json"]
    assert all((tmp_path / name).is_file() for name in schemas)


# CI


def pipeline(service: str, folder: Path) -> str:
    """The texts of a service's files, one after the other."""
    return "".join((folder / name).read_text(encoding="utf-8") for name in PIPELINES[service])


@pytest.mark.parametrize("service", PIPELINES)
def test_ci_files_have_commands_that_the_program_accepts(service: str, wagroups: Command, tmp_path: Path) -> None:
    wagroups("init", "--ci", service)
    text = pipeline(service, tmp_path).replace("\\\n", "")
    lines = [line.split("wagroups ", 1)[1] for line in text.splitlines() if line.strip(" -").startswith("wagroups ")]
    commands = [line.split("||")[0].split() for line in lines]
    assert [command[0] for command in commands] == ["validate", "plan", "apply", "apply", "drift"]
    for verb, *arguments in commands:
        root = program()
        context = root.make_context("wagroups", [verb])
        command = root.get_command(context, verb)
        assert command is not None
        (tmp_path / "plan.json").touch()
        arguments = [
            re.sub(r'"?(\$RUNNER_TEMP/)?(reviewed/|reports/|applied/)?([a-z.]+)"?$', r"\3", it) for it in arguments
        ]
        command.make_context(verb, arguments, parent=context)


@pytest.mark.parametrize("service", PIPELINES)
def test_ci_installs_this_version_and_uses_the_projects_own_variables(
    service: str, wagroups: Command, tmp_path: Path
) -> None:
    wagroups("init", "--ci", service, "--url-env", "WAGROUPS_CLUB_URL", "--key-env", "WAGROUPS_KEY_OF_CLUB")
    text = pipeline(service, tmp_path)
    assert f"'wagroups[postgres]=={__version__}'" in text
    assert not re.search(r"WAGROUPS_URL|WAGROUPS_KEY\b", text)
    assert "WAGROUPS_CLUB_URL" in text
    assert "WAGROUPS_KEY_OF_CLUB" in text
    assert "WAGROUPS_STATE_URL" in text


def test_an_address_that_stands_in_the_file_needs_no_secret(wagroups: Command, tmp_path: Path) -> None:
    wagroups("init", "--ci", "github", "--url", "http://localhost:3000")
    assert "WAGROUPS_URL" not in pipeline("github", tmp_path)
    for name in PIPELINES["github"]:
        assert yaml.safe_load((tmp_path / name).read_text())["jobs"]


def test_github_gives_secrets_to_the_steps_that_run_wagroups_alone(wagroups: Command, tmp_path: Path) -> None:
    wagroups("init", "--ci", "github", "--url-env", "WAGROUPS_CLUB_URL")
    secrets = {"WAGROUPS_CLUB_URL", "WAGROUPS_KEY", "WAGROUPS_STATE_URL"}
    for name in PIPELINES["github"]:
        workflow = yaml.safe_load((tmp_path / name).read_text())
        assert workflow["permissions"] == {}
        assert "env" not in workflow
        for job in workflow["jobs"].values():
            assert "env" not in job
            for step in job["steps"]:
                if "secrets." in str(step):
                    assert "wagroups " in step["run"]
                    assert "secrets." not in step["run"]
                    assert set(step["env"]) - {"GH_TOKEN", "WAGROUPS_ALLOWED_HOSTS"} == secrets


def test_with_ci_the_state_lives_where_all_jobs_share_it(wagroups: Command, tmp_path: Path) -> None:
    ended = wagroups("init", "--ci", "gitlab")
    assert load_project(tmp_path, {}).config.state_env == "WAGROUPS_STATE_URL"
    assert 'export WAGROUPS_STATE_URL="sqlite:///$PWD/.wagroups/state.db"' in ended.out
    assert wagroups("validate").exit is Exit.OK


# Guesses


def test_the_time_zone_is_guessed_from_the_environment_and_then_from_the_machine(tmp_path: Path) -> None:
    zones = tmp_path / "zoneinfo" / "Europe"
    zones.mkdir(parents=True)
    (zones / "Lisbon").touch()
    (tmp_path / "localtime").symlink_to(zones / "Lisbon")
    assert likely_timezone({"TZ": ":Europe/Rome"}, tmp_path / "localtime") == "Europe/Rome"
    assert likely_timezone({"TZ": "CET-1CEST,M3.5.0"}, tmp_path / "localtime") == "Europe/Lisbon"
    assert likely_timezone({}, tmp_path / "nowhere") is None


def test_the_country_code_of_norway_is_a_text_for_every_reader(wagroups: Command, tmp_path: Path) -> None:
    assert wagroups("init", "--region", "NO", "--session", "0815").exit is Exit.OK
    config = yaml.safe_load((tmp_path / "wagroups.yaml").read_text(encoding="utf-8"))
    assert (config["region"], config["accounts"]["office"]["session"]) == ("NO", "0815")


@pytest.mark.parametrize(
    ("environ", "region"),
    [({"LANG": "en_GB.UTF-8"}, "GB"), ({"LC_ALL": "de_AT@euro", "LANG": "en_US"}, "AT"), ({"LANG": "C.UTF-8"}, None)],
)
def test_the_country_is_guessed_from_the_locale(environ: dict[str, str], region: str | None) -> None:
    assert likely_region(environ) == region
