"""Pictures of strangers: what opening one may cost, however few bytes it is sent in."""

from __future__ import annotations

import io
import struct
import time
import zlib
from threading import Event, Thread

import pytest
from PIL import Image

from tests.serving import PATIENCE, until
from traceability.errors import NotAPictureOrPaper, PictureTooLarge
from traceability.operations import pictures
from traceability.operations.pictures import MOST_WAITING, TooManyPictures, drawn_anew

SECONDS = 2.0  # for what took six to twenty seconds, or minutes in 15 MB


def made(kind: str, size: tuple[int, int] = (64, 48), **how: object) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, (20, 90, 60)).save(kept, kind, **how)
    return kept.getvalue()


def chunk(name: bytes, said: bytes = b"") -> bytes:
    return struct.pack(">I", len(said)) + name + said + struct.pack(">I", zlib.crc32(name + said))


def scans(n: int) -> bytes:
    """A progressive JPEG of 50 megapixels that says over and over, in a few bytes, that nothing changes."""
    side = 7_000
    kept = io.BytesIO()
    Image.new("L", (side, side)).save(kept, "JPEG", progressive=True)
    table = b"\xff\xc4" + struct.pack(">H", 20) + bytes([0x10, 1]) + bytes(15) + bytes([0xE0])
    bits = "0" * 15 * ((side // 8 + 1) ** 2 // 16_384 + 1)
    again = table + b"\xff\xda" + struct.pack(">H", 8) + bytes([1, 1, 0, 1, 63, 0]) + bytes(len(bits) // 8 + 1)
    return kept.getvalue()[:-2] + again * n + b"\xff\xd9"


BOMBS = {
    "a JPEG that goes over its points again and again": lambda: scans(2_000),
    "a JPEG of millions of empty segments": lambda: with_head(b"\xff\xe9\x00\x02" * 3_700_000),
    "a JPEG of bytes that say nothing": lambda: with_head(b"\xff" * 14_000_000),
    "a PNG of a million empty pieces": lambda: with_pieces(chunk(b"abCd") * 1_000_000),
    "a PNG of a million words": lambda: with_pieces(chunk(b"tEXt", b"k\0v") * 900_000),
}


def with_head(more: bytes) -> bytes:
    content = made("JPEG")
    return content[:2] + more + content[2:]


def with_pieces(more: bytes) -> bytes:
    content = made("PNG")
    return content[:33] + more + content[33:]


@pytest.mark.parametrize("what", BOMBS)
def test_what_would_take_long_to_open_is_refused_unopened(what: str) -> None:
    content = BOMBS[what]()
    began = time.thread_time()
    with pytest.raises(NotAPictureOrPaper):
        drawn_anew(content)
    assert time.thread_time() - began < SECONDS


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_can_only_be_opened_whole_may_have_fewer_points(kind: str) -> None:
    """Forty bytes of WebP asked for a gigabyte."""
    with pytest.raises(PictureTooLarge):
        drawn_anew(made(kind, (7_000, 7_000), lossless=True))
    assert Image.open(io.BytesIO(drawn_anew(made(kind, (6_000, 4_000))))).size == (1600, 1067)


def test_what_phones_and_programs_make_is_opened() -> None:
    film = bytes(1_000_000) + b"\xff\xda\x00\x08" * 5_000  # a moving photo has a film behind its picture
    honest = [
        made("JPEG", (8_160, 6_144)),
        made("JPEG", (800, 600), progressive=True, subsampling=0),
        made("JPEG", icc_profile=bytes(3_000_000)),
        made("JPEG") + film,
        made("PNG") + bytes(1_000_000),
        made("PNG", (2_400, 1_080), compress_level=0),
    ]
    for content in honest:
        assert drawn_anew(content).startswith(b"\xff\xd8\xff")


def test_a_crowd_of_pictures_leaves_threads_for_everybody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, go = Event(), Event()
    opened = []

    def slow(content: bytes) -> bytes:
        inside.set()
        go.wait(PATIENCE)
        opened.append(content)
        return content

    monkeypatch.setattr(pictures, "_drawn", slow)
    waiting = [Thread(target=drawn_anew, args=(made("PNG"),)) for _ in range(MOST_WAITING)]
    for thread in waiting:
        thread.start()
    assert inside.wait(PATIENCE)
    until(lambda: pictures._FEW._value == 0)  # the last of them waits; to try for a place would take one from them
    with pytest.raises(TooManyPictures):
        drawn_anew(made("PNG"))
    go.set()
    for thread in waiting:
        thread.join(PATIENCE)
    assert len(opened) == MOST_WAITING
    assert drawn_anew(made("PNG"))
