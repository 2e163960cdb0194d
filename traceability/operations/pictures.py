"""A picture that somebody sent, drawn anew: its pixels and nothing else.

Anybody may send one with a report, so what it can cost is bounded before a library looks at it: a few bytes can ask for
a gigabyte, or for minutes of going over the same points.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from threading import BoundedSemaphore, Lock
from typing import Final

from PIL import Image, ImageOps

from traceability.errors import FileTooLarge, NotAPictureOrPaper, PictureTooLarge, Refusal

MOST_BYTES: Final = 3_000_000  # of a paper: it is kept as it came
MOST_PHOTO_BYTES: Final = 15_000_000  # as phones take them; kept are some hundred kilobytes
PDF: Final = b"%PDF-"
MOST_WAITING: Final = 3  # pictures of one process that are opened or wait for it: its other threads answer pages
_LONGEST_SIDE: Final = 1600  # pixels: readable on a phone, about 200 kB
_MOST_PIXELS: Final = 51_000_000  # fifty megapixels, as phones count them
# Of a kind that can only be opened whole, at up to twenty bytes a point. A photo has fewer in 15 MB of a PNG.
_MOST_PIXELS_WHOLE: Final = 25_000_000
_MOST_SCANS: Final = 100  # times that a JPEG goes over its points; of phones and of the web it is about ten
_MOST_SEGMENTS: Final = 2_000  # of a JPEG; the largest have some hundred
_MOST_FILL: Final = 64  # bytes that say nothing, between two segments
_MOST_CHUNKS: Final = 20_000  # of a PNG: 15 MB in pieces of a kilobyte
_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
# With a length after it. FF00 is a point, FF01 and FFD0 to FFD8 stand alone, and FFFF is nothing.
_SEGMENT: Final = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
_SCAN, _END = b"\xda", b"\xd9"
# What reading a damaged picture may raise: its numbers are used before anybody can say whether they make sense.
_DAMAGED: Final = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)

_FEW: Final = BoundedSemaphore(MOST_WAITING)
_ONE_AT_A_TIME: Final = Lock()  # so that a process needs the memory of one


# Many are being opened at this moment.
class TooManyPictures(Refusal):
    """Nothing is lost. Try again in a minute."""

    status = 503


def check_size(content: bytes) -> None:
    """Raises FileTooLarge: a photo is drawn anew and may be larger than a paper, which is kept as it came."""
    most = MOST_BYTES if content.startswith(PDF) else MOST_PHOTO_BYTES
    if len(content) > most:
        raise too_large(len(content), most)


def too_large(size: int, most: int) -> FileTooLarge:
    """The refusal of a file of so many bytes: a kilobyte that is begun counts, so that it is never just as large."""
    return FileTooLarge(size=-(-size // 1000), most=most // 1000, at="content")


def drawn_anew(content: bytes) -> bytes:
    """A picture with its pixels and nothing else: no position, no name of a phone, no hidden program.

    Raises FileTooLarge, PictureTooLarge, NotAPictureOrPaper, TooManyPictures.
    """
    check_size(content)
    if not _is_plain(content):
        raise NotAPictureOrPaper(at="content")
    if not _FEW.acquire(blocking=False):
        raise TooManyPictures(at="content")
    try:
        with _ONE_AT_A_TIME:
            return _drawn(content)
    finally:
        _FEW.release()


def _drawn(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > (_MOST_PIXELS if _is_jpeg(content) else _MOST_PIXELS_WHOLE):
                raise PictureTooLarge(at="content")
            # a JPEG can be read at a fraction of its size: a phone's 50 megapixels never fill the memory
            picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            picture.load()
            flat = ImageOps.exif_transpose(picture).convert("RGB")  # phones store which way is up beside it
    except _DAMAGED:
        raise NotAPictureOrPaper(at="content") from None
    flat.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    kept = io.BytesIO()
    flat.save(kept, "JPEG", quality=80, optimize=True)
    return kept.getvalue()


def _is_plain(content: bytes) -> bool:
    """Whether a picture is made of no more pieces than cameras and programs make of one."""
    if _is_jpeg(content):
        return _has_few_segments(content)
    return not content.startswith(_PNG) or _has_few_chunks(content)


def _is_jpeg(content: bytes) -> bool:
    return content.startswith(_JPEG)


def _has_few_segments(content: bytes) -> bool:
    """Walk a JPEG as its reader does, up to its end: films and previews behind it are nobody's business."""
    at, scans = len(_JPEG), 0
    for _ in range(_MOST_SEGMENTS):
        found = _SEGMENT.search(content, at)
        if found is None or found[1] == _END:
            return True
        if not scans and found.start() > at + _MOST_FILL:
            return False
        scans += found[1] == _SCAN
        if scans > _MOST_SCANS:
            return False
        at = found.end() + max(int.from_bytes(content[found.end() : found.end() + 2], "big"), 2)
    return False


def _has_few_chunks(content: bytes) -> bool:
    at = len(_PNG)
    for _ in range(_MOST_CHUNKS):
        if at >= len(content) or content[at + 4 : at + 8] == b"IEND":
            return True
        at += int.from_bytes(content[at : at + 4], "big") + 12  # its length, name and check besides
    return False
