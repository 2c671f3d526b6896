"""Declared pictures: that they are images, how they look, and their bytes when they are sent.

A plan holds a picture's path and likeness, never its bytes: whoever reviews a plan has the file in git.
"""

from pathlib import Path
from typing import Literal

from wagroups.domain.declared.picture import NO_PICTURE, Picture
from wagroups.domain.errors import ImageError, Rejected
from wagroups.domain.origin import Origin
from wagroups.imaging import MAX_FILE_BYTES, digest_of, jpeg_of, likeness_of
from wagroups.manifests.language.diagnostics import Findings, shown
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.files import PICTURE, read_named
from wagroups.manifests.load.recognition import stand_in
from wagroups.manifests.load.validation import Written


class PictureReader:
    """Reads the pictures of one project, each file once, however many groups it is declared for."""

    def __init__(self, root: Path, findings: Findings) -> None:
        self._root = root
        self._findings = findings
        self._known: dict[str, Picture | None] = {}
        self.contents: dict[str, bytes] = {}
        """The bytes of every picture that was read, by path."""

    def read(self, written: Written) -> Picture | Literal["none"] | None:
        """What `picture:` declares; `None` after a finding."""
        if written.text == NO_PICTURE:
            return NO_PICTURE
        known = self._known.get(written.text)
        if known is None:
            # What is wrong is looked for again, so that every place that names the file is among the findings.
            known = self._known[written.text] = self._read(written)
        return known

    def _read(self, written: Written) -> Picture | None:
        data = read_named(self._root, written, PICTURE, self._findings)
        if data is None or stand_in(data, "the picture", Origin(written.text, 0, 0), self._findings):
            return None
        try:
            likeness = likeness_of(data)
        except ImageError as error:
            self._findings.add(
                Rule.NO_IMAGE,
                written.origin,
                f"The file {shown(written.text, 'named here')} {error}.",
                "Use a JPEG or PNG image; a square of 640 pixels or more looks best.",
            )
            return None
        self.contents[written.text] = data
        return Picture(path=written.text, likeness=likeness)


def sent_bytes(root: Path, picture: Picture) -> bytes:
    """The JPEG to put up for `picture`.  Raises Rejected when its file is not the one that was planned with."""
    try:
        with (root / picture.path).open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError:
        data = b""
    if digest_of(data) != picture.likeness.digest:
        raise Rejected("the picture's file changed after it was planned", hint="Run again: it is planned anew.")
    return jpeg_of(data)
