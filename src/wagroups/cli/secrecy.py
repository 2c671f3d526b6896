"""What leaves the process beside results: messages, tracebacks and log lines, without numbers, links and secrets."""

from wagroups.reports.scrub import scrub
from wagroups.workflows.secrets import without_secrets


def concealed(text: str) -> str:
    """`text` without the secrets of this process, people's numbers and ids, and invite links."""
    return scrub(without_secrets(text))
