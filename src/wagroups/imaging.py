"""Bytes of images: what they look like, and how they are sent.  Pillow ends here.

It is imported late, because most projects declare no picture; and it opens only the four formats that people have
pictures in, because its other readers start programs or are seldom looked at.
"""

import hashlib
import warnings
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from wagroups.domain.declared.picture import Likeness
from wagroups.domain.errors import ImageError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")

MAX_FILE_BYTES: Final = 10 * 1024 * 1024
"""Largest image file.  Chosen: more than a phone's camera makes."""

MAX_PIXELS: Final = 50_000_000
"""Most pixels that are unpacked.  Chosen: a phone's camera; a small file may claim far more to fill the memory."""

SIDE: Final = 640
"""Width and height of a group's picture: what WhatsApp's clients send (Baileys and whatsapp-web.js, read 2026-07)."""

QUALITIES: Final = (80, 70, 60, 50)
"""JPEG qualities, tried in turn until the picture is small enough; Baileys sends 50 (read 2026-07)."""

MAX_SENT_BYTES: Final = 60_000
"""Chosen: pictures of this size and side are what clients send; a noisy one may stay above it at the last quality."""

COLUMNS: Final = 9
ROWS: Final = 8
"""Spots of the drawing: each of 8 rows compares 9 spots with their neighbours, which makes 64 bits."""

DEEP_TO_FLAT: Final = 257
"""Steps of a colour in 16 bits for one in 8: 65535 / 255."""

NOISE: Final = 2
"""Steps of 255 by which a spot must be lighter than its neighbour.  Chosen: in a plain area encoding anew moves it
by 1, and would otherwise turn bits."""


def likeness_of(data: bytes) -> Likeness:
    """How an image looks when it is cut square.  Raises ImageError."""
    from PIL.Image import Resampling

    square = _square(data)
    grey = square.convert("L").resize((COLUMNS, ROWS), Resampling.BOX).tobytes()
    shape = 0
    for row in range(ROWS):
        spots = grey[row * COLUMNS : (row + 1) * COLUMNS]
        for left, right in pairwise(spots):
            shape = shape << 1 | (left > right + NOISE)
    colour = square.resize((1, 1), Resampling.BOX).tobytes()
    return Likeness(digest=digest_of(data), shape=f"{shape:016x}", colour=colour.hex())


def digest_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def jpeg_of(data: bytes) -> bytes:
    """A square baseline JPEG of 640 × 640 without metadata.  Raises ImageError."""
    from PIL.Image import Resampling

    square = _square(data)
    sent = square if square.size == (SIDE, SIDE) else square.resize((SIDE, SIDE), Resampling.LANCZOS)
    jpeg = b""
    for quality in QUALITIES:
        written = BytesIO()
        sent.save(written, "JPEG", quality=quality, optimize=True)
        jpeg = written.getvalue()
        if len(jpeg) <= MAX_SENT_BYTES:
            break
    return jpeg


def _square(data: bytes) -> "Image":
    """The middle of the image as it is meant to be seen: turned as the camera noted, on white where it is clear."""
    from PIL import Image, ImageOps

    if len(data) > MAX_FILE_BYTES:
        raise ImageError(f"is larger than {MAX_FILE_BYTES // 1024**2} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is below Pillow's
            opened = Image.open(BytesIO(data), formats=FORMATS)
        if opened.width * opened.height > MAX_PIXELS:
            raise ImageError(f"has more than {MAX_PIXELS // 1_000_000} million pixels")
        opened.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG is unpacked no larger than it is needed
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    except ImageError:
        raise
    except Image.DecompressionBombError:
        raise ImageError(f"has more than {MAX_PIXELS // 1_000_000} million pixels") from None
    except Exception:  # Pillow's readers raise whatever broken bytes make them stumble over
        raise ImageError("is not a JPEG, PNG, WebP or GIF image that can be read") from None
    side = min(upright.size)
    left, top = (upright.width - side) // 2, (upright.height - side) // 2
    return _flat(upright.crop((left, top, left + side, top + side)))


def _flat(image: "Image") -> "Image":
    """The image in 8 bits a colour, on white where it is clear."""
    from PIL import Image

    if image.mode.startswith("I"):
        # Grey in 16 bits, which Pillow (13.0) does not scale but cut off at 255: nearly all of it would become white.
        image.info.pop("transparency", None)
        image = image.convert("I").point(lambda value: value * (1 / DEEP_TO_FLAT)).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    white = Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    return white
