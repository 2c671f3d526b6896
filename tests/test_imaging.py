"""What images look like, and how they are sent."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from tests.images import crest, data, png
from wagroups.domain.declared.picture import COLOUR_STEPS, SHAPE_BITS
from wagroups.domain.errors import ImageError
from wagroups.imaging import MAX_SENT_BYTES, SIDE, jpeg_of, likeness_of


def bits_between(one: bytes, other: bytes) -> int:
    return (int(likeness_of(one).shape, 16) ^ int(likeness_of(other).shape, 16)).bit_count()


@pytest.mark.parametrize("number", range(8))
def test_a_picture_encoded_anew_several_times_still_looks_the_same(number: int) -> None:
    sent = jpeg_of(png(number))
    served = data(Image.open(BytesIO(sent)), "JPEG", quality=45)
    assert likeness_of(served).digest != likeness_of(png(number)).digest
    assert likeness_of(served).looks_like(likeness_of(png(number)))
    assert bits_between(served, png(number)) <= SHAPE_BITS // 2


@pytest.mark.parametrize("number", range(1, 8))
def test_another_picture_looks_different(number: int) -> None:
    assert not likeness_of(png(number)).looks_like(likeness_of(png(0)))


def test_a_plain_ground_in_another_colour_is_another_picture() -> None:
    red, blue = (data(Image.new("RGB", (50, 50), colour)) for colour in ("red", "navy"))
    assert bits_between(red, blue) == 0
    assert not likeness_of(red).looks_like(likeness_of(blue))


def test_a_shade_within_what_encoding_moves_is_the_same_picture() -> None:
    one = data(Image.new("RGB", (50, 50), (100, 100, 100)))
    near = data(Image.new("RGB", (50, 50), (100 + COLOUR_STEPS, 100, 100)))
    far = data(Image.new("RGB", (50, 50), (101 + COLOUR_STEPS, 100, 100)))
    assert likeness_of(one).looks_like(likeness_of(near))
    assert not likeness_of(one).looks_like(likeness_of(far))


@pytest.mark.parametrize("size", [(300, 300), (1200, 400), (90, 700), (1, 1)])
def test_what_is_sent_is_a_square_baseline_jpeg(size: tuple[int, int]) -> None:
    sent = Image.open(BytesIO(jpeg_of(data(crest(1, size)))))
    assert (sent.format, sent.size, sent.mode) == ("JPEG", (SIDE, SIDE), "RGB")
    assert "progressive" not in sent.info
    assert len(jpeg_of(data(crest(1, size)))) <= MAX_SENT_BYTES


def test_grey_in_sixteen_bits_keeps_its_shades() -> None:
    flat = crest(3).convert("L")
    deep = flat.convert("I").point(lambda value: value * 257).convert("I;16")
    assert likeness_of(data(deep)).looks_like(likeness_of(data(flat)))
    assert likeness_of(jpeg_of(data(deep))).looks_like(likeness_of(data(flat)))


def test_the_middle_of_a_long_image_is_kept() -> None:
    wide = Image.new("RGB", (900, 300), "white")
    wide.paste(crest(2), (300, 0))
    assert likeness_of(data(wide)).looks_like(likeness_of(png(2)))


def test_a_photograph_is_turned_as_the_camera_noted_and_the_note_is_not_sent() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # turned upside down
    exif[0x010F] = "a maker"
    turned = data(crest(3).rotate(180), "JPEG", quality=95, exif=exif)
    assert likeness_of(turned).looks_like(likeness_of(png(3)))
    assert b"a maker" not in jpeg_of(turned)
    assert not Image.open(BytesIO(jpeg_of(turned))).getexif()


def test_what_is_clear_becomes_white() -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert Image.open(BytesIO(jpeg_of(data(clear)))).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_the_common_formats_and_modes_are_read(form: str, mode: str) -> None:
    image = crest(1, mode=mode)
    if (form == "JPEG" and mode == "P") or form == "WEBP":
        image = image.convert("RGB")
    assert likeness_of(data(image, form)).looks_like(likeness_of(data(image)))


@pytest.mark.parametrize(
    "broken",
    [b"", b"hello", png()[:60], b"\x89PNG\r\n\x1a\n" + b"\0" * 40, data(crest(), "BMP"), data(crest(), "PPM")],
    ids=["empty", "text", "cut", "nonsense", "another-format", "one-more"],
)
def test_what_is_no_image_of_a_common_format_is_refused(broken: bytes) -> None:
    with pytest.raises(ImageError, match="is not a JPEG, PNG, WebP or GIF"):
        likeness_of(broken)


@pytest.mark.parametrize("side", [7_100, 60_000])
def test_a_small_file_that_claims_to_be_huge_is_refused_before_it_is_unpacked(side: int) -> None:
    bomb = bytearray(png())
    bomb[16:24] = struct.pack(">II", side, side)  # width and height in the header (PNG, part 11.2.2)
    bomb[29:33] = struct.pack(">I", zlib.crc32(bomb[12:29]))
    with pytest.raises(ImageError, match="more than 50 million pixels"):
        likeness_of(bytes(bomb))


def test_a_file_that_is_too_large_is_refused_unopened() -> None:
    with pytest.raises(ImageError, match="larger than 10 MB"):
        likeness_of(b"\0" * (10 * 1024 * 1024 + 1))
