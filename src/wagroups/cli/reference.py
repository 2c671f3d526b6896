"""Write every generated file of a checkout anew: `python -m wagroups.cli.reference [FOLDER]`.  For developers."""

import sys
from pathlib import Path

from wagroups.workflows.setup.reference import generated


def write(root: Path) -> tuple[str, ...]:
    """Write what differs; returns the names of those files."""
    changed = []
    for name, text in generated().items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(name)
    return tuple(changed)


if __name__ == "__main__":
    for name in write(Path(sys.argv[1] if len(sys.argv) > 1 else ".")):
        print(name)  # noqa: T201 - the result
