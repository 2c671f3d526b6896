"""Every rule is explained, and its example breaks it and nothing once mended."""

from pathlib import Path

import pytest

from tests import builders as b
from tests.images import png
from tests.manifests.projects import CONFIG, PEOPLE, write
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.rules_doc import Example, examples, rules_page
from wagroups.manifests.project import check_project

WITHOUT = {
    "no-project",
    "not-included",
    "unreadable",
    "not-utf8",
    "too-large",
    "yaml-alias-bomb",
    "yaml-depth",
    "community-full",
    "too-many-people",
}
"""Rules about whole files, or about things too large for an example."""


def found(root: Path, example: Example, text: str, tables: dict[str, str]) -> list[str]:
    """The rules that a project with this text breaks."""
    own = example.file == "wagroups.yaml"
    files = {"people.yaml": PEOPLE.replace("  dora: +44 7700 900104\n", ""), **tables}
    write(root, files if own else {**files, "groups.yaml": text}, text if own else f"version: 2\n{CONFIG}")
    (root / "picture.png").write_bytes(png())
    environ = {"CI": "true"} if example.in_ci else {}
    return [problem.rule for problem in check_project(root, environ, b.NOW)[1]]


@pytest.mark.parametrize("rule", examples())
def test_an_example_breaks_its_rule_and_is_mended(rule: str, tmp_path: Path) -> None:
    example = examples()[rule]
    broken = found(tmp_path, example, example.before, example.tables)
    assert set(broken) == {rule}
    assert found(tmp_path, example, example.after, {**example.tables, **example.mended}) == []


def test_every_rule_is_on_the_page_with_an_example_where_one_can_be_shown() -> None:
    page = rules_page()
    for rule in Rule:
        assert f"\n## `{rule.id}`\n\n{rule.severity.capitalize()}. {rule.explanation}\n" in page
    assert {rule.id for rule in Rule} - set(examples()) == WITHOUT
