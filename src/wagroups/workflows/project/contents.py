"""Which files a project consists of, whatever is wrong with what they say."""

from pathlib import Path
from typing import NamedTuple

from wagroups.manifests.configuration.config_file import read_config
from wagroups.manifests.configuration.values import Config
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.fields import CONFIG_FILE
from wagroups.manifests.load.files import manifest_files, read_inside
from wagroups.manifests.load.validation import Reader
from wagroups.manifests.load.yaml_loader import load


class Contents(NamedTuple):
    """A project as files."""

    config: Config
    """As far as it can be understood."""
    files: tuple[str, ...]
    """Every file that may hold sections, relative to the root; `wagroups.yaml` comes first."""


def contents(root: Path) -> Contents:
    """The files of the project in `root`.  What is wrong with them is for `validate` to say."""
    findings = Findings()
    data = read_inside(root, CONFIG_FILE, findings)
    tree = None if data is None else load(data, CONFIG_FILE, findings)
    configured = read_config(tree, Reader(findings), {})
    return Contents(configured.config, (CONFIG_FILE, *manifest_files(root, configured.include, findings)))
