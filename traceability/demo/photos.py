"""Photos of demo goods, drawn and not taken: a scene of sacks or of fruit, with DEMO across it. Nobody is in them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from functools import cache
from math import cos, pi, sin
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from traceability.demo.telling import House, Stock
from traceability.domain.facts import Attach
from traceability.operations.inspection import attach

_DRAWN: Final = (640, 480)
_FINER: Final = 2  # drawn larger and made smaller: soft edges
_KEPT: Final = (512, 384)
_STAMP: Final = (255, 255, 255, 150)

Drawing = Callable[[ImageDraw.ImageDraw], None]


def show_photo(house: House, who: str, day: date, goods: Stock, title: str, draw: Drawing) -> None:
    """Kept with a lot for everybody to see, as people at work would keep one."""
    fact = Attach(**house.when(day, 11), lot=goods.code, title=title, content=_photo(draw), public=True)
    house.tell(who, attach, fact)


def sacks(draw: ImageDraw.ImageDraw) -> None:
    """Jute sacks of coffee on a pallet before a wall of boards."""
    _room(draw, wall="#cdbfa4", floor="#8b7a63")
    for y in range(60, 360, 60):
        draw.line(_scaled(0, y, 640, y), fill="#bbac8e", width=_FINER)
    for row, (y, count) in enumerate(((300, 4), (200, 3), (100, 2))):
        for place in range(count):
            _sack(draw, 62 + row * 65 + place * 130, y)
    _pallet(draw)


def fruit(draw: ImageDraw.ImageDraw) -> None:
    """Durians in two open cartons on a table."""
    _room(draw, wall="#dbe3dd", floor="#a9b7ad")
    for x in (40, 340):
        _durian(draw, x + 76, 202)
        _durian(draw, x + 188, 190)
        draw.rectangle(_scaled(x, 250, x + 260, 420), fill="#c69a66")
        draw.rectangle(_scaled(x, 250, x + 260, 268), fill="#a87d4c")
        draw.rectangle(_scaled(x + 80, 306, x + 180, 376), fill="#f4efe4")
        for line in range(3):
            draw.rectangle(_scaled(x + 92, 320 + line * 16, x + 168 - line * 18, 326 + line * 16), fill="#8a8378")


def cartons(draw: ImageDraw.ImageDraw) -> None:
    """Closed cartons with a label each, stacked on a pallet in a cold store."""
    _room(draw, wall="#d5dde2", floor="#9aa7ae")
    for x in range(80, 640, 80):
        draw.line(_scaled(x, 0, x, 360), fill="#c5cfd5", width=_FINER)
    for row, (y, count) in enumerate(((302, 4), (192, 3), (82, 2))):
        for place in range(count):
            _carton(draw, 52 + row * 67 + place * 134, y)
    _pallet(draw)


@cache
def _photo(draw: Drawing) -> bytes:
    large = Image.new("RGB", (_DRAWN[0] * _FINER, _DRAWN[1] * _FINER))
    draw(ImageDraw.Draw(large))
    scene = large.resize(_KEPT, Image.Resampling.BOX)
    stamp = Image.new("RGBA", _KEPT)
    middle = (_KEPT[0] // 2, _KEPT[1] // 2)
    letters = ImageFont.load_default(124)
    ImageDraw.Draw(stamp).text(middle, "DEMO", _STAMP, letters, "mm", stroke_width=3, stroke_fill=_STAMP)
    stamp = stamp.rotate(24, resample=Image.Resampling.BICUBIC)
    scene.paste(stamp, mask=stamp)
    kept = io.BytesIO()
    scene.save(kept, "JPEG", quality=80)
    return kept.getvalue()


def _scaled(*places: float) -> list[float]:
    return [place * _FINER for place in places]


def _room(draw: ImageDraw.ImageDraw, wall: str, floor: str) -> None:
    draw.rectangle(_scaled(0, 0, 640, 360), fill=wall)
    draw.rectangle(_scaled(0, 360, 640, 480), fill=floor)


def _pallet(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle(_scaled(40, 412, 600, 426), fill="#6d4f30")
    for x in (60, 300, 540):
        draw.rectangle(_scaled(x, 426, x + 44, 446), fill="#5a4027")


def _sack(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    """A full sack with its shade, its seam, two ears and a band."""
    draw.rounded_rectangle(_scaled(x, y + 6, x + 126, y + 112), _FINER * 26, fill="#a27f4f")
    draw.rounded_rectangle(_scaled(x, y + 6, x + 118, y + 106), _FINER * 26, fill="#c6a26c")
    draw.polygon(_scaled(x + 8, y + 12, x + 2, y - 4, x + 26, y + 8), fill="#c6a26c")
    draw.polygon(_scaled(x + 110, y + 12, x + 118, y - 4, x + 94, y + 8), fill="#c6a26c")
    draw.line(_scaled(x + 16, y + 18, x + 102, y + 18), fill="#8a6a3e", width=_FINER * 2)
    draw.rectangle(_scaled(x + 18, y + 50, x + 98, y + 78), fill="#2f6b4f")


def _carton(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    """A carton with its tape, and a label of three lines."""
    draw.rectangle(_scaled(x, y, x + 130, y + 108), fill="#c69a66")
    draw.rectangle(_scaled(x + 122, y, x + 130, y + 108), fill="#a87d4c")
    draw.rectangle(_scaled(x + 54, y, x + 70, y + 34), fill="#dcbb8c")
    draw.rectangle(_scaled(x + 22, y + 46, x + 102, y + 94), fill="#f4efe4")
    for line in range(3):
        draw.rectangle(_scaled(x + 32, y + 56 + line * 12, x + 92 - line * 14, y + 61 + line * 12), fill="#8a8378")


def _durian(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    """A fruit with thorns around it and on it, and its stalk."""
    draw.rectangle(_scaled(x - 5, y - 86, x + 5, y - 56), fill="#6b5a3a")
    rim = []
    for thorn in range(56):
        far, turn = (1.0 if thorn % 2 else 0.9), thorn * pi / 28
        rim += _scaled(x + 56 * far * cos(turn), y + 68 * far * sin(turn))
    draw.polygon(rim, fill="#8c9440")
    for ring, count in ((0.25, 5), (0.52, 10), (0.78, 15)):
        for thorn in range(count):
            turn = thorn * 2 * pi / count + ring
            left, top = x + 56 * ring * cos(turn), y + 68 * ring * sin(turn)
            draw.polygon(_scaled(left - 5, top + 5, left + 5, top + 5, left, top - 7), fill="#6d7530")
