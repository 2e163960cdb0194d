"""What strangers send: texts, paths, files and bodies that no honest person types, and the doors they are sent to."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final

from PIL import Image

from traceability.domain.identifiers import new_code

# The page of every form, by the address that opens it.
FORM_PAGES: Final = (
    "/approvals/{request}/approve",
    "/approvals/{request}/refuse",
    "/attach?lot={lot}",
    "/attachments/{attachment}/withdraw",
    "/batches/{waiting}/boxes",
    "/batches/{batch}/pallets",
    "/b/{batch}/report",
    "/chain?lot={lot}",
    "/correct/ask?event={event}",
    "/correct/origin?event={event}&farmer={farmer}",
    "/correct/origin?event={loose}&farmer={other}",
    "/correct?event={event}",
    "/dispose?lot={lot}",
    "/devices/rescue",
    "/farmers/new",
    "/farmers/{farmer}/consent",
    "/farmers/{farmer}/new-card",
    "/farmers/{farmer}/pay",
    "/farmers/{farmer}/plots/new",
    "/farmers/{farmer}/price",
    "/hold/close?hold={hold}",
    "/hold?farmer={farmer}",
    "/hold?lot={lot}",
    "/lots/new?goods=arabica_coffee.green&facility=NL&on={day}",
    "/measure?lot={lot}",
    "/member/close?login={login}",
    "/member/open?login={login}",
    "/member/password?login={login}",
    "/member?login={login}",
    "/merge?lot={lot}&lot={packed}",
    "/oversight/sample",
    "/pack?lot={lot}",
    "/pallets/{pallet}/break",
    "/patterns",
    "/places/{pool}/capacity",
    "/plots/{plot}/limit",
    "/pools/{pool}/draw-off",
    "/pools/{pool}/measure",
    "/pools/{pool}/pour-in?lot={lot}",
    "/process?lot={lot}",
    "/rebag?lot={packed}",
    "/readers",
    "/readers/{authority}/end",
    "/recall/acknowledge?recall={foreign_recall}",
    "/recall/lift?recall={recall}",
    "/recall?farmer={farmer}",
    "/registers/certificates/new",
    "/registers/codes/new",
    "/registers/codes/suspend",
    "/registers/codes/suspension?scheme=packing_house&code=LA-9&number=1",
    "/registers/partners/new",
    "/registers/places/new",
    "/registers/users/new",
    "/release?batch={waiting}",
    "/runs/{run}",
    "/reports/{report}",
    "/seal?lot={packed}",
    "/settings/grades?commodity=tea",
    "/settings/gs1",
    "/settings/point?facility={pool}",
    "/settings/prices",
    "/settings/seasons",
    "/shipping/dispatch?lot={lot}",
    "/shipping/receive?transfer={incoming}",
    "/shipping/ship?batch={batch}",
    "/shipping/take-back?transfer={transfer}",
    "/split?lot={lot}",
    "/supersede?batch={batch}",
    "/tokens",
    "/weigh-in/buying?farmer={farmer}",
    "/weigh-in/paper",
    "/weigh-in?farmer={farmer}",
)
NO_FORM_PAGE: Final = {
    *("account.open_sign_in", "account.sign_out", "administration.end_token"),
    *("collection.undo", "routes.save_arrive"),
    "reports.match",  # one button, on a page that is kept for everybody
    *("devices.enrol", "devices.renew", "devices.revoke"),  # said by a script, or by one button
    "boxes.again",  # one button
    *("devices.keep_spare_key", "devices.give_spare_key"),
    *("settings.retire_scale", "settings.save_fields"),  # nothing is typed; they stand below the form of a new scale
}

# What is typed, as the bytes that a browser or a program would send.
NONSENSE: Final[dict[str, bytes]] = {
    "spaces": b"   \t ",
    "10 000 letters": b"x" * 10_000,
    "NUL": b"a\x00b",
    "a lone surrogate": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe\x80",
    "Lao digits": "໑໒໓,໔".encode(),
    "400 nines": b"9" * 400,
    "beyond 64 bits": b"9223372036854775808",
    "negative": b"-5",
    "an exponent": b"1e3",
    "a large exponent": b"1e999999999",
    "NaN": b"NaN",
    "too many separators": b"1,250.5,3",
    "a fraction": "½".encode(),
    "superscript": "²".encode(),
    "markup": b"<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "a query": b"'; DROP TABLE lot;--",
    "a placeholder": b"{0.__class__} {gross_g} %s %(x)s {{7*7}}",
    "marks without a letter": "\u0301\u0ec8\u202e\u200b".encode() * 50,
    "the last moment": b"9999-12-31T23:59",
    "the first day": b"0001-01-01",
    "no such day": b"2026-02-30",
    "lines": b"a\r\nSet-Cookie: stolen=1\r\n\r\nb",
    "an unknown code": new_code().encode(),
}
FOR_CHOICES: Final = (
    "NUL",
    "a lone surrogate",
    "no UTF-8",
    "beyond 64 bits",
    "markup",
    "a placeholder",
    "an unknown code",
)
ROUGH: Final = frozenset({"NUL", "a lone surrogate", "no UTF-8", "spaces", "lines"})  # not shown again letter by letter

TRICKS: Final = (
    "..",
    "../../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc/passwd",
    "\x00",
    "a\x00.json",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "A" * 5_000,
    "໑໒໓",
    "\u202eABC",
    "ﷺ" * 100,
    "\r\nSet-Cookie: stolen=1",
    "'\"<script>alert(1)</script>",
    "{0.__class__}",
    "%s%n",
    " ",
    "-",
    ";",
    "?",
    "#",
    ".json",
    "١٢٣٤٥٦٧٨",
    "ıſK",
)

ROOMS: Final = ("/b/", "/B/", "/f/", "/attachments/", "/lots/", "/farmers/", "/today/", "/registers/", "/static/", "/")

# Pages that read something from their address, with the names that they read.
ASKING_PAGES: Final = (
    "/b/{batch}/labels.pdf?count&sheet&first&last&confirmed",
    "/b/{batch}?x",
    "/b/{batch}/21/{serial}?x",
    "/b/{batch}?count",
    "/b/{batch}/report?serial",
    "/batches?page",
    "/batches/{batch}/labels?count&sheet",
    "/correct/origin?event&farmer&q",
    "/correct?event",
    "/deliveries?day&show",
    "/farmers?q&page",
    "/farmers/cards.pdf?q&sheet",
    "/farmers/new?onward",
    "/find?code",
    "/hold/close?hold",
    "/lots?goods&place&page&all",
    "/lots/{batch}/tags.pdf?count&sheet",
    "/lots/{batch}/origins?by&since&until&page",
    "/lots/{batch}/origins/methods?period&scheme&not_allowed&page",
    "/lots/{batch}/origins/methods?scheme",
    "/lots/{batch}/origins/why?of",
    "/lots/{batch}/origins/why?since&until",
    "/lots/new?goods&facility&on&grade_of_group",
    "/merge?lot",
    "/process?lot",
    "/recall?lot&plot&farmer",
    "/recall/drill?of",
    "/recall/drill?place",
    "/recall/drill?since&until",
    "/recall/lift?recall",
    "/registers/codes/suspend?scheme&code",
    "/registers/codes/suspension?scheme&code&number",
    "/release?batch",
    "/reports?batch",
    "/search?q",
    "/settings/gs1?facility",
    "/shipping/receive?transfer",
    "/shipping/ship?batch",
    "/sign-in?next",
    "/weigh-in?farmer",
    "/weigh-in?q&facility&goods&tare&price",
    "/weigh-in/buying?farmer&facility&goods&tare&price",
)


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    """An honest picture."""
    drawn = io.BytesIO()
    Image.new("RGB", size, (20, 90, 60)).save(drawn, kind)
    return drawn.getvalue()


def png_of(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG that claims a size, with whatever stands where its pixels should."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED_FILES: Final[dict[str, bytes]] = {
    "empty": b"",
    "half a PNG": picture()[:60],
    "half a JPEG": picture("JPEG")[:200],
    "only a signature": b"\x89PNG\r\n\x1a\n",
    "a bomb": png_of(60_000, 60_000, zlib.compress(b"\x00" * 100_000)),
    "a smaller bomb": png_of(8_000, 8_000, zlib.compress(b"\x00" * 100_000)),
    "a size between": png_of(10_000, 10_000, zlib.compress(b"\x00" * 100_000)),
    "no size": png_of(0, 0),
    "no pixels": png_of(10, 10),
    "pixels that do not unpack": png_of(10, 10, b"nonsense"),
    "SVG": SVG,
    "HTML": b"<html><script>alert(1)</script></html>",
    "HTML before a PDF": b"<script>alert(1)</script>%PDF-1.4",
    "GIF": picture("GIF"),
    "TIFF": picture("TIFF"),
    "a program": b"MZ\x90\x00" * 100,
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "too many bytes": picture() + b"x" * 15_100_000,
}


ODD_BODIES: Final = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"7",
    b'"x"',
    b"\xff\xfe",
    b"{}",
    b'{"a": NaN}',
    b"[" * 20_000,
    b'{"client_id": "\\ud800", "note": "\\ud800", "name": "\\ud800", "lot": "\\ud800"}',
    b'{"client_id": "a\\u0000b", "name": "\\u0000"}',
    b'{"client_id": ' + b"9" * 5_000 + b"}",
    b'{"client_id": {"a": [1, {"b": 2}]}, "inputs": {"0": 1}, "bags_g": "x", "lot": [1]}',
)
