"""The CI files that `init` writes: a plan for every proposal, an apply for what was merged, a look every morning.

They use nothing but the command line, so that what they do can be tried on any machine.  Proposals from forks get no
secrets from either service, hence no plan, but their files are validated.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups import __version__

_INSTALL: Final = f'pip install --quiet "wagroups[postgres]=={__version__}"'


class Pipeline(NamedTuple):
    """Where a service looks for its file, and the text of it for the variables that hold addresses and keys."""

    path: str
    text: Callable[[Sequence[str]], str]


def _github(variables: Sequence[str]) -> str:
    secrets = "\n".join(f"          {name}: ${{{{ secrets.{name} }}}}" for name in variables)
    return (
        _GITHUB.replace("@LIST@", ", ".join(variables))
        .replace("@SECRETS@", secrets)
        .replace("@SETUP@", _GITHUB_SETUP)
        .replace("@INSTALL@", _INSTALL)
    )


def _gitlab(variables: Sequence[str]) -> str:
    return _GITLAB.replace("@LIST@", ", ".join(variables)).replace("@INSTALL@", _INSTALL)


_GITHUB_SETUP: Final = """\
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: @INSTALL@\
"""

_GITHUB: Final = """\
# Written by `wagroups init --ci github`.
# Secrets to set: @LIST@.
# WAGROUPS_STATE_URL is the postgresql:// address of a database that all jobs share.  The jobs must reach the gateway:
# where it has no public address, let them run on a runner of your own (`runs-on: self-hosted`).
name: wagroups

on:
  pull_request:
  push:
    branches: [main]
  schedule:
    - cron: "17 6 * * *"   # every morning, in UTC
  workflow_dispatch:   # by hand, to go on after a pause

permissions:
  contents: read

jobs:
  validate:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    steps:
@SETUP@
      - run: wagroups validate

  plan:
    # A pull request from a fork gets no secrets.
    if: github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-latest
    steps:
@SETUP@
      - run: wagroups plan -o text -o markdown --to plan.md
        env:
@SECRETS@
      - if: always()
        run: if [ -f plan.md ]; then cat plan.md >> "$GITHUB_STEP_SUMMARY"; fi

  apply:
    if: github.ref == 'refs/heads/main' && (github.event_name == 'push' || github.event_name == 'workflow_dispatch')
    runs-on: ubuntu-latest
    environment: whatsapp   # give it required reviewers, and each apply waits for one of them
    concurrency:
      group: wagroups-apply
      cancel-in-progress: false
    steps:
@SETUP@
      - env:
@SECRETS@
        run: |
          code=0
          wagroups apply --yes -o text -o markdown --to report.md || code=$?
          if [ -f report.md ]; then cat report.md >> "$GITHUB_STEP_SUMMARY"; fi
          if [ "$code" -eq 5 ]; then
            echo "::notice::Paused to be gentle.  Run this workflow by hand at the time printed above."
            code=0
          fi
          exit "$code"

  drift:
    if: github.event_name == 'schedule'
    runs-on: ubuntu-latest
    steps:
@SETUP@
      - run: wagroups drift -o text -o markdown --to drift.md   # ends with 2, and so fails, when something differs
        env:
@SECRETS@
      - if: always()
        run: if [ -f drift.md ]; then cat drift.md >> "$GITHUB_STEP_SUMMARY"; fi
"""

_GITLAB: Final = """\
# Written by `wagroups init --ci gitlab`.
# CI/CD variables to set, masked: @LIST@.
# WAGROUPS_STATE_URL is the postgresql:// address of a database that all jobs share.  The jobs must reach the gateway:
# where it has no public address, give them the tag of a runner of your own.  `drift` needs a pipeline schedule.
image: python:3.12-slim

workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH

before_script:
  - @INSTALL@

validate:
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - wagroups validate

plan:
  stage: test
  rules:
    # A merge request from a fork gets no variables.
    - if: $CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID
  script:
    - wagroups plan -o text -o markdown --to plan.md
  artifacts:
    when: always
    expose_as: wagroups plan
    paths: [plan.md]
    expire_in: 30 days

apply:
  stage: deploy
  resource_group: wagroups   # one at a time
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule"
  script:
    - wagroups apply --yes -o text -o markdown --to report.md
  allow_failure:
    exit_codes: [5]   # a pause, to be gentle: run the job again at the time printed
  artifacts:
    when: always
    paths: [report.md]
    expire_in: 30 days

drift:
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
  script:
    - wagroups drift -o text -o markdown --to drift.md   # ends with 2, and so fails, when something differs
  artifacts:
    when: always
    paths: [drift.md]
    expire_in: 30 days
"""

PIPELINES: Final[Mapping[str, Pipeline]] = MappingProxyType(
    {
        "github": Pipeline(".github/workflows/wagroups.yaml", _github),
        "gitlab": Pipeline(".gitlab-ci.yml", _gitlab),
    }
)
