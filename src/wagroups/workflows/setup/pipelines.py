"""The CI files that `init` writes: the examples, in the words of the new project.

There is one set of them, so that what newcomers are given is what was tried, step by step, before they got it.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups import __version__
from wagroups.workflows.setup.examples import example


class Pipeline(NamedTuple):
    """The files of a CI service, as they are named in its example, and the folder where the service looks for them."""

    names: tuple[str, ...]
    folder: str


PIPELINES: Final[Mapping[str, Pipeline]] = MappingProxyType(
    {
        "github": Pipeline(("plan.yaml", "apply.yaml", "due.yaml", "drift.yaml"), ".github/workflows/"),
        "gitlab": Pipeline((".gitlab-ci.yml",), ""),
    }
)

_URL, _KEY = "WAGROUPS_URL", "WAGROUPS_KEY"
"""The variables as the examples name them."""

_URL_LINE: Final = re.compile(rf"^ +{_URL}: .*\n", re.MULTILINE)
_PACKAGE: Final = re.compile(r"(?<=pip install --quiet )(?P<quote>'?)(?P<name>wagroups[\w\[\]]*)'?")


def pipeline_files(service: str, url_env: str | None, key_env: str) -> dict[str, str]:
    """The files of a CI service by their paths.  `url_env` is `None` where the address needs no variable.

    Raises WagroupsError when this installation has no examples.
    """
    pipeline, place = PIPELINES[service], example(service)
    return {
        pipeline.folder + name: _worded((place / name).read_text(encoding="utf-8"), url_env, key_env)
        for name in pipeline.names
    }


def _worded(text: str, url_env: str | None, key_env: str) -> str:
    """An example's text with a project's own variables, installing this version and no later one."""
    text = _PACKAGE.sub(rf"'\g<name>=={__version__}'", text)
    if url_env is None:
        text = _URL_LINE.sub("", text).replace(f"{_URL} and {_KEY}", _KEY)
    names = {_URL: url_env or _URL, _KEY: key_env}
    return re.sub(rf"\b(?:{_URL}|{_KEY})\b", lambda match: names[match[0]], text)
