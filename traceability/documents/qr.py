"""QR codes of public addresses: one matrix, drawn as an SVG, a PNG or one path on paper.

Level Q is the knee between damage survived and size (ISO/IEC 18004 level Q restores about a quarter of the
symbol); an upper-case address is set in alphanumeric mode, which is one version smaller.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from traceability.documents import ink
from traceability.documents.reading import read_back
from traceability.documents.symbol import modules_of
from traceability.domain.gs1 import digital_link, element_link
from traceability.errors import Invalid

Level = Literal["L", "M", "Q", "H"]
Matrix = tuple[str, ...]  # rows from the top, "1" is a dark module

QUIET_ZONE: Final = 4  # modules, ISO/IEC 18004
_DARK: Final = re.compile("1+")
MOST_CACHED: Final = 512  # symbols; one of a box is used once
_LEVELS: Final = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}


class SymbolUnreadable(Invalid):
    """The QR code for {text} could not be read back, so it is not printed. Tell whoever runs this site."""


def batch_address(public_url: str, code: str) -> str:
    """The address that a batch's QR carries: `HTTPS://HOST/B/CODE`."""
    return code_address(public_url, "b", code)


def code_address(public_url: str, letter: str, code: str) -> str:
    """The address of something that has a public code: `HTTPS://HOST/B/CODE` of a batch, `/R/CODE` of a receipt.

    Upper case throughout when the site sits at the root of its host; a path below that is kept as it is, because
    only scheme and host may change case (RFC 3986, 6.2.2.1).
    """
    return _at_root(public_url, f"{public_url.rstrip('/')}/{letter}/{code}")


def box_address(public_url: str, code: str, serial: str, *, gtin: str = "", key: str = "") -> str:
    """The address of one box: `HTTPS://HOST/01/GTIN/10/LOT/21/SERIAL`, or below the batch's own code without a GTIN."""
    if not (gtin and key):
        return f"{batch_address(public_url, code)}/21/{serial}"
    return _at_root(public_url, digital_link(public_url, gtin, key, serial))


def number_address(public_url: str, field: str, number: str) -> str:
    """The address of a GS1 number that is not an article's: `HTTPS://HOST/00/SSCC`."""
    return _at_root(public_url, element_link(public_url, {field: number}))


def _at_root(public_url: str, address: str) -> str:
    return address if urlsplit(public_url.rstrip("/")).path else address.upper()


@lru_cache(maxsize=MOST_CACHED)
def matrix(text: str, level: Level = "Q") -> Matrix:
    """The modules of the smallest symbol that holds `text`, without quiet zone.

    Read back by another library before anybody gets it. Raises SymbolUnreadable when that does not say `text`.
    """
    modules = modules_of(text, _LEVELS[level])
    if read_back(modules, QUIET_ZONE) != text:
        raise SymbolUnreadable(text=text)
    return modules


def dark_runs(modules: Matrix) -> Iterator[tuple[int, int, int]]:
    """`(x, y, length)` of every horizontal run of dark modules, from the top left."""
    for y, row in enumerate(modules):
        for run in _DARK.finditer(row):
            yield run.start(), y, run.end() - run.start()


def qr_svg(text: str, *, title: str = "", level: Level = "Q") -> str:
    """An SVG of one path, four modules of quiet zone included; `title` is what a screen reader says."""
    modules = matrix(text, level)
    side = len(modules) + 2 * QUIET_ZONE
    path = "".join(f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{length}v1h-{length}z" for x, y, length in dark_runs(modules))
    named = f"<title>{escape(title or text)}</title>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
        f'shape-rendering="crispEdges">{named}<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{path}"/></svg>'
    )


PRINTED: Final = {203: 5, 300: 8, 600: 16}
"""Pixels a module by the dots an inch of a printer: modules of 0.63 to 0.68 mm, wherever the picture is placed."""
PICTURES: Final = {"qr-203.png": 203, "qr.png": 300, "qr-600.png": 600}
"""The pictures of a batch's code below its address, each for a printer of so many dots an inch."""
DRAWINGS: Final = ("qr.svg", *PICTURES)


def qr_png(text: str, module_px: int | None = None, *, dpi: int = 300, level: Level = "Q") -> bytes:
    """A PNG of one bit per pixel, `module_px` pixels a module, four modules of quiet zone included; it says for how
    many dots an inch it is. Without `module_px` it is as large as PRINTED says.
    """
    module_px = module_px or PRINTED[dpi]
    modules = matrix(text, level)
    side = (len(modules) + 2 * QUIET_ZONE) * module_px
    blank = b"\0" + b"\xff" * ((side + 7) // 8)
    rows = [blank * (QUIET_ZONE * module_px)]
    rows += [_png_row(row, module_px) * module_px for row in modules]
    rows.append(rows[0])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"pHYs", struct.pack(">IIB", *[round(dpi / 0.0254)] * 2, 1))  # dots a metre
        + _chunk(b"IDAT", zlib.compress(b"".join(rows), 4))
        + _chunk(b"IEND", b"")
    )


def _png_row(row: str, module_px: int) -> bytes:
    edge = "1" * (QUIET_ZONE * module_px)
    bits = edge + row.translate({ord("1"): "0" * module_px, ord("0"): "1" * module_px}) + edge
    bits += "1" * (-len(bits) % 8)
    return b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def draw_qr(
    canvas: Canvas, x: float, y: float, side: float, text: str, *, level: Level = "Q", color: Color = ink.BLACK
) -> None:
    """Draw the symbol as one vector path; `(x, y)` is the lower left corner, `side` includes the quiet zone."""
    modules = matrix(text, level)
    count = len(modules) + 2 * QUIET_ZONE
    canvas.saveState()
    canvas.setFillColor(ink.WHITE)
    canvas.rect(x, y, side, side, stroke=0, fill=1)
    canvas.setFillColor(color)
    canvas.translate(x, y + side)
    canvas.scale(side / count, -side / count)
    for left, top, length in dark_runs(modules):
        canvas.addLiteral(f"{left + QUIET_ZONE} {top + QUIET_ZONE} {length} 1 re")
    canvas.addLiteral("f")
    canvas.restoreState()
