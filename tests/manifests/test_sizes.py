"""A group that WhatsApp cannot hold is told before anybody is added."""

from pathlib import Path

import pytest

from tests.manifests.projects import CONFIG, write
from wagroups.manifests.project import check_project


@pytest.mark.parametrize(("people", "rules"), [(1024, []), (1025, ["too-many-people"])])
def test_a_group_of_more_people_than_whatsapp_holds_is_a_warning(tmp_path: Path, people: int, rules: list[str]) -> None:
    names = [f"p{number}" for number in range(people)]
    directory = "".join(f"  {name}: +1555{number:07}\n" for number, name in enumerate(names, 2_000_000))
    text = f"people:\n{directory}groups:\n  all:\n    subject: All\n    members: [{', '.join(names)}]\n"
    project, problems = check_project(write(tmp_path, {"groups.yaml": text}, CONFIG), {})
    assert project is not None
    assert [problem.rule for problem in problems if problem.rule != "phone-invalid"] == rules
