"""`wagroups.yaml` and what it decides."""

from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path

import pytest

from tests.manifests.projects import CONFIG, rules, write
from wagroups.domain.identity import AccountKey
from wagroups.domain.plans.budget import CAREFUL, PROFILES, CallClass
from wagroups.manifests.configuration.values import Config
from wagroups.manifests.project import check_project, load_project

REMOTE = "accounts: {office: {gateway: waha, url: 'https://gateway.example:3000'}}\n"


def config(root: Path, text: str, environ: Mapping[str, str] | None = None) -> Config:
    return load_project(write(root, {}, text), environ or {}).config


def test_the_defaults_are_the_documented_ones(tmp_path: Path) -> None:
    found = config(tmp_path, CONFIG)
    assert (found.timezone, found.region, found.state, found.include) == ("UTC", None, ".wagroups/state.db", None)
    assert (found.safety.max_removals, found.safety.max_removal_percent, found.safety.min_admins) == (10, 20, 1)
    assert (found.safety.protect, found.safety.allow_dissolve) == ((), False)
    assert found.safety.max_plan_age == timedelta(hours=72)
    assert found.active_hours is None
    assert (found.privacy.redact, found.privacy.require_alias) == ("auto", False)
    account = found.accounts[AccountKey("office")]
    assert (account.session, account.profile, account.budget) == ("default", "careful", CAREFUL)


@pytest.mark.parametrize(
    ("url", "suggestion"),
    [("localhost:3000", "http://localhost:3000"), ("ada:sesame@localhost:3000", None), ("http//localhost", None)],
)
def test_an_address_without_its_scheme_is_suggested_with_it(tmp_path: Path, url: str, suggestion: str | None) -> None:
    text = f"accounts: {{office: {{gateway: waha, url: '{url}'}}}}\n"
    (problem,) = check_project(write(tmp_path, {}, text), {})[1]
    assert (problem.rule, problem.suggestion) == ("url", suggestion)


def test_a_single_account_is_the_default(tmp_path: Path) -> None:
    assert config(tmp_path, CONFIG).default_account == "office"


def test_one_of_several_accounts_is_the_default_when_it_says_so(tmp_path: Path) -> None:
    text = (
        "accounts:\n  a: {gateway: waha, url_env: WAGROUPS_A}\n"
        "  b: {gateway: waxum, url_env: WAGROUPS_B, default: yes}\n"
    )
    assert config(tmp_path, text).default_account == "b"


def test_a_budget_replaces_only_what_it_names(tmp_path: Path) -> None:
    text = (
        "accounts: {a: {gateway: waha, url_env: WAGROUPS_A, profile: seasoned, budgets: {add: {gap: 45s, day: 7}}}}\n"
    )
    found = config(tmp_path, text).accounts[AccountKey("a")]
    seasoned = PROFILES["seasoned"]
    assert found.budget[CallClass.ADD].gap == timedelta(seconds=45)
    assert found.budget[CallClass.ADD].hour == seasoned[CallClass.ADD].hour
    assert found.budget[CallClass.ADD].day == 7
    assert found.budget[CallClass.REMOVE] == seasoned[CallClass.REMOVE]


def test_the_profile_under_safety_holds_for_accounts_without_one(tmp_path: Path) -> None:
    text = (
        "accounts:\n  a: {gateway: waha, url_env: WAGROUPS_A, default: yes}\n"
        "  b: {gateway: waha, url_env: WAGROUPS_B, profile: fresh}\n"
        "safety: {profile: seasoned}\n"
    )
    found = config(tmp_path, text).accounts
    assert [account.profile for account in found.values()] == ["seasoned", "fresh"]


def test_a_sandbox_has_no_hours(tmp_path: Path) -> None:
    text = (
        "accounts:\n  a: {gateway: waha, url_env: WAGROUPS_A, default: yes}\n"
        "  b: {gateway: waha, url: 'http://127.0.0.1:3000', profile: sandbox}\nsafety: {active_hours: 22:30-06:00}\n"
        "timezone: Europe/London\n"
    )
    found = config(tmp_path, text)
    hours = found.pace(AccountKey("a")).active_hours
    assert hours is not None
    assert (hours.start, hours.end) == (time(22, 30), time(6))
    assert found.pace(AccountKey("a")).timezone == "Europe/London"
    assert found.pace(AccountKey("b")).active_hours is None


@pytest.mark.parametrize(
    ("text", "expected"), [("30s", timedelta(seconds=30)), ("10m", timedelta(minutes=10)), ("2d", timedelta(days=2))]
)
def test_durations_have_units(text: str, expected: timedelta, tmp_path: Path) -> None:
    assert config(tmp_path, CONFIG + f"safety: {{max_plan_age: {text}}}\n").safety.max_plan_age == expected


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
def test_this_machine_is_always_allowed(host: str, tmp_path: Path) -> None:
    text = f"accounts: {{a: {{gateway: waha, url: 'http://{host}:3000/'}}}}\n"
    assert config(tmp_path, text, {"CI": "true"}).accounts[AccountKey("a")].url == f"http://{host}:3000"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, []),
        ({"CI": "false"}, []),
        ({"CI": "true"}, ["url-host"]),
        ({"CI": "1", "WAGROUPS_ALLOWED_HOSTS": "other.example"}, ["url-host"]),
        ({"CI": "1", "WAGROUPS_ALLOWED_HOSTS": "other.example, Gateway.example"}, []),
        ({"CI": "1", "WAGROUPS_ALLOWED_HOSTS": "example"}, ["url-host"]),
        ({"CI": "1", "WAGROUPS_ALLOWED_HOSTS": ""}, ["url-host"]),
        # Services that do not set `CI`, and a machine of one's own with a list: it binds everywhere.
        ({"TF_BUILD": "True"}, ["url-host"]),
        ({"JENKINS_URL": "https://jenkins.example"}, ["url-host"]),
        ({"BUILD_ID": "7"}, ["url-host"]),
        ({"TEAMCITY_VERSION": "2026.1"}, ["url-host"]),
        ({"CODEBUILD_BUILD_ID": "club:7"}, ["url-host"]),
        ({"WAGROUPS_ALLOWED_HOSTS": "other.example"}, ["url-host"]),
    ],
)
def test_in_ci_a_literal_address_elsewhere_must_be_allowed(
    environ: Mapping[str, str], expected: list[str], tmp_path: Path
) -> None:
    assert rules(list(check_project(write(tmp_path, {}, REMOTE), environ)[1])) == expected


def test_a_list_of_hosts_binds_on_this_machine_too(tmp_path: Path) -> None:
    text = "accounts: {a: {gateway: waha, url: 'http://localhost:3000'}}\n"
    found = list(check_project(write(tmp_path, {}, text), {"WAGROUPS_ALLOWED_HOSTS": "gateway.example"})[1])
    assert rules(found) == ["url-host"]
    assert "WAGROUPS_ALLOWED_HOSTS=localhost" in found[0].help


@pytest.mark.parametrize(
    "written",
    [
        "accounts: {a: {gateway: waha, url_env: CI_MERGE_REQUEST_TITLE}}\n",
        "accounts: {a: {gateway: waha, url_env: WAGROUPS_URL, key_env: GITHUB_TOKEN}}\n",
        "accounts: {a: {gateway: waha, url_env: WAGROUPS_URL, key_env: CI_JOB_TOKEN}}\n",
        "accounts: {a: {gateway: waha, url_env: WAGROUPS_URL}}\nstate_env: CI_COMMIT_MESSAGE\n",
        # Ours, and read by wagroups itself: another server has no use for it.
        "accounts: {a: {gateway: waha, url_env: WAGROUPS_URL, key_env: WAGROUPS_PLAN_KEY}}\n",
        "accounts: {a: {gateway: waha, url_env: WAGROUPS_ALLOWED_HOSTS}}\n",
    ],
)
@pytest.mark.parametrize("environ", [{}, {"CI": "true", "WAGROUPS_ALLOWED_HOSTS": "gateway.example"}])
def test_files_choose_no_variable_that_was_not_set_for_them(
    written: str, environ: Mapping[str, str], tmp_path: Path
) -> None:
    assert rules(list(check_project(write(tmp_path, {}, written), environ)[1])) == ["variable-not-allowed"]


def test_whoever_runs_it_may_allow_further_variables(tmp_path: Path) -> None:
    text = "accounts: {a: {gateway: waha, url_env: CLUB_URL, key_env: CLUB_KEY}}\nstate_env: CLUB_STATE\n"
    allowed = {"WAGROUPS_ALLOWED_VARIABLES": "CLUB_URL,CLUB_KEY CLUB_STATE"}
    assert config(tmp_path, text, allowed).accounts[AccountKey("a")].key_env == "CLUB_KEY"


@pytest.mark.parametrize(
    "state", ["../x.db", "/var/lib/x.db", "~/x.db", ".git/x.db", "a/../../x.db", "a/.git/x.db", "C:/x.db"]
)
def test_the_ledger_stays_in_a_place_of_its_own_inside_the_project(state: str, tmp_path: Path) -> None:
    problems = check_project(write(tmp_path, {}, CONFIG + f'state: "{state}"\n'), {})[1]
    assert rules(list(problems)) == ["state-place"]


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost.evil.example:3000",
        "http://127.0.0.1.evil.example",
        "http://2130706433:3000",
        "http://gateway.example\\\\@localhost",
        "http://0.0.0.0:3000",
    ],
)
def test_what_only_looks_like_this_machine_is_not(url: str, tmp_path: Path) -> None:
    text = f'accounts: {{a: {{gateway: waha, url: "{url}"}}}}\n'
    found = rules(list(check_project(write(tmp_path, {}, text), {"CI": "true"})[1]))
    assert found in (["url-host"], ["url"])


def test_a_variable_for_the_ledger_replaces_the_file(tmp_path: Path) -> None:
    found = config(tmp_path, CONFIG + "state_env: WAGROUPS_STATE\n")
    assert (found.state, found.state_env) == (None, "WAGROUPS_STATE")
