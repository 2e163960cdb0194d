"""The QR carries the address and nothing else, in every form it is drawn."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.documents.printed import codes_in
from traceability.documents.qr import QUIET_ZONE, batch_address, dark_runs, matrix, qr_png, qr_svg

ADDRESS = "HTTPS://TRACE.EXAMPLE.LA/B/7K3QX9MB"


def test_the_address_is_upper_case_where_the_site_is_at_the_root() -> None:
    assert batch_address("https://trace.example.la/", "7K3QX9MB") == ADDRESS


def test_a_path_below_the_host_keeps_its_case() -> None:
    assert batch_address("https://example.la/Trace", "7K3QX9MB") == "https://example.la/Trace/b/7K3QX9MB"


def test_upper_case_makes_the_symbol_smaller() -> None:
    assert len(matrix(ADDRESS)) < len(matrix(ADDRESS.lower()))


def test_the_png_is_read_back() -> None:
    for module_px in (2, 3, 8):
        picture = Image.open(io.BytesIO(qr_png(ADDRESS, module_px)))
        assert picture.mode == "1"
        assert picture.width == (len(matrix(ADDRESS)) + 2 * QUIET_ZONE) * module_px
        assert codes_in(picture.convert("L")) == [ADDRESS]


def test_the_svg_is_one_path_with_a_title_and_the_same_modules() -> None:
    root = ET.fromstring(qr_svg(ADDRESS, title='Batch 7K3Q & "X9MB" <b>'))
    assert root.findtext("{http://www.w3.org/2000/svg}title") == 'Batch 7K3Q & "X9MB" <b>'
    ground, dark = root.findall("{http://www.w3.org/2000/svg}path")
    assert ground.get("fill") == "#fff"
    assert dark.get("d", "").count("M") == len(list(dark_runs(matrix(ADDRESS))))


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=8, max_size=8))
def test_any_code_is_read_back(code: str) -> None:
    address = batch_address("https://trace.example.la", code)
    assert codes_in(Image.open(io.BytesIO(qr_png(address, 4))).convert("L")) == [address]
