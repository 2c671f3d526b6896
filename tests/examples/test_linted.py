"""What newcomers copy, and the project's own workflow, have no finding of the linters that look at such files."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.examples.jobs import EXAMPLES

REPOSITORY: Final = EXAMPLES.parent
WORKFLOWS: Final = tuple(
    map(str, (*sorted((EXAMPLES / "github").glob("*.yaml")), REPOSITORY / ".github" / "workflows" / "ci.yml"))
)
PIPELINE: Final = str(EXAMPLES / "gitlab" / ".gitlab-ci.yml")

YAML_STYLE: Final = (
    "{extends: default, rules: {document-start: disable, line-length: {max: 120}, truthy: disable,"
    " comments: {min-spaces-from-content: 1}}}"
)
"""`yes` and `on` are words of the manifests and of the workflows."""


@pytest.mark.parametrize(
    "command",
    [
        ("actionlint", "-no-color", *WORKFLOWS),
        ("zizmor", "--offline", "--no-progress", "--color=never", "--strict-collection", *WORKFLOWS),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS),
        ("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", PIPELINE),
        ("yamllint", "--strict", "-d", YAML_STYLE, str(EXAMPLES), *WORKFLOWS),
    ],
    ids=lambda command: " ".join(command[:1] + command[2:3] if "schema" in command[0] else command[:1]),
)
def test_a_linter_has_no_finding(command: tuple[str, ...]) -> None:
    program = Path(sys.executable).parent / command[0]
    done = subprocess.run(
        [program, *command[1:]], cwd=REPOSITORY, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linters_tell_a_bad_workflow_from_a_good_one(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    text = Path(WORKFLOWS[0]).read_text(encoding="utf-8")
    bad.write_text(re.sub(r"@[0-9a-f]{40} # v\S+", "@v5", text).replace("needs: due", "needs: dew"), encoding="utf-8")
    for command, finding in (("actionlint", "dew"), ("zizmor --offline --no-progress", "unpinned-uses")):
        name, *flags = command.split()
        program = Path(sys.executable).parent / name
        done = subprocess.run([program, *flags, bad], capture_output=True, encoding="utf-8", timeout=60, check=False)
        assert done.returncode != 0
        assert finding in done.stdout
