"""A kept photo as a page shows it: one shape, and never more bytes than a slow phone can bear."""

from __future__ import annotations

import io
from typing import Final, NamedTuple

from PIL import Image, ImageOps


class Size(NamedTuple):
    """Pixels, and the most bytes."""

    width: int
    height: int
    most: int


SHOWN: Final = Size(480, 360, 20_000)
THUMB: Final = Size(160, 120, 4_000)
_QUALITIES: Final = (75, 60, 45, 30, 20, 10)


def small_photo(content: bytes, size: Size) -> bytes:
    """The middle of the photo, at the best quality that fits; of pure noise, blurred until it does."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as kept:
        kept.draft("RGB", (size.width * 2, size.height * 2))
        cut = ImageOps.fit(kept.convert("RGB"), (size.width, size.height))
    made = b""
    for quality in _QUALITIES:
        made = _jpeg(cut, quality)
        if len(made) <= size.most:
            return made
    part = 2
    while len(made) > size.most:
        coarse = cut.resize((size.width // part, size.height // part))
        made = _jpeg(coarse.resize((size.width, size.height)), _QUALITIES[-1])
        part *= 2
    return made


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=quality, optimize=True, progressive=True)
    return made.getvalue()
