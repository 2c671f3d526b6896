"""What somebody would write in an afternoon: fetch the listing, load the YAML, compare sets.

    python naive.py FOLDER URL

No validation, no places, no roles, no settings: the yardstick of a plan's time.
"""

import sys
from pathlib import Path

import httpx
import yaml


def main(folder: Path, url: str) -> None:
    live = httpx.Client(timeout=60).get(f"{url}/api/default/groups").json()
    changes = 0
    for path in sorted(folder.glob("groups/*.yaml")):
        with path.open("rb") as file:
            document = yaml.load(file, Loader=yaml.CSafeLoader)
        for group in document["groups"].values():
            record = live[group["id"]]
            present = {"+" + people["phoneNumber"].partition("@")[0] for people in record["participants"]}
            declared = {*group["members"], *group["admins"]}
            changes += len(declared - present) + len(present - declared) + (record["subject"] != group["subject"])
    print(changes)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
