"""The names that a project's files declare, whatever else is wrong with them: somebody is just writing."""

from pathlib import Path
from typing import Final

from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.fields import NOTE_PREFIX
from wagroups.manifests.load.files import read_inside
from wagroups.manifests.load.tree import Map
from wagroups.manifests.load.yaml_loader import load
from wagroups.workflows.project.contents import contents

SECTIONS: Final = ("people", "teams", "profiles", "accounts", "communities")


def names_in(root: Path) -> dict[str, tuple[str, ...]]:
    """The keys of each section that declares names, sorted."""
    found: dict[str, set[str]] = {section: set() for section in SECTIONS}
    findings = Findings()
    for file in contents(root).files:
        data = read_inside(root, file, findings)
        tree = None if data is None else load(data, file, findings)
        if not isinstance(tree, Map):
            continue
        for section in SECTIONS:
            table = tree.get(section)
            if isinstance(table, Map):
                found[section].update(key for key in table if not key.startswith(NOTE_PREFIX))
    return {section: tuple(sorted(keys)) for section, keys in found.items()}
