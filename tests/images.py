"""Small images drawn by a rule, for tests: every `number` is another crest."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

COLOURS = ((170, 40, 40), (40, 90, 160), (30, 120, 70), (200, 160, 40))


def crest(number: int = 0, size: tuple[int, int] = (300, 300), mode: str = "RGB") -> Image.Image:
    """A plain ground with four bars whose places depend on `number`."""
    width, height = size
    image = Image.new("RGB", size, COLOURS[number % len(COLOURS)])
    draw = ImageDraw.Draw(image)
    for bar in range(4):
        left = (number * 37 + bar * 61) % 80 * width // 100
        top = (number * 53 + bar * 29) % 70 * height // 100
        draw.rectangle((left, top, left + width // 5, top + height // 4), fill=(240 - 50 * bar,) * 3)
    return image.convert(mode)


def data(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """The image as a file."""
    written = BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


def png(number: int = 0) -> bytes:
    return data(crest(number))
