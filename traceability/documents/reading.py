"""Reading a symbol back before it is printed: by zxing-cpp, which shares no line of code with what drew it."""

from __future__ import annotations

from typing import Final

import zxingcpp

_PIXELS: Final = 2  # a module, as many as a reader needs to find its way
_DARK: Final = {ord("1"): "\0" * _PIXELS, ord("0"): "\xff" * _PIXELS}


def read_back(modules: tuple[str, ...], quiet_zone: int) -> str:
    """What a reader makes of the rows of a QR symbol, "1" for dark; empty when it finds none."""
    side = (len(modules) + 2 * quiet_zone) * _PIXELS
    edge = "\xff" * (quiet_zone * _PIXELS)
    white = b"\xff" * (side * quiet_zone * _PIXELS)
    rows = [((edge + row.translate(_DARK) + edge) * _PIXELS).encode("latin-1") for row in modules]
    picture = memoryview(b"".join([white, *rows, white])).cast("B", (side, side))
    found = zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
        binarizer=zxingcpp.Binarizer.BoolCast,
    )
    return str(found[0].text) if len(found) == 1 else ""
