"""A table on paper: everything of it is there, also in Lao and over many pages, and the same bytes every time."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader

from tests.documents.printed import needs_poppler, squeezed, text_of
from traceability.documents.listing import Cell, Listing, listing_pdf

LAO = "ສະຫະກອນກາເຟໜອງຫຼວງ ບ້ານໜອງຫຼວງ ເມືອງປາກຊ່ອງ ແຂວງຈຳປາສັກ"


def listing(rows: int, *, text: str = "Fresh durian") -> Listing:
    columns = (("Product", False), ("Organisation", False), ("Weighed in, kg", True), ("Why", False))
    line = (Cell(text), Cell(LAO), Cell("1 234.5"), Cell("=1+1 <b>& above the capacity", flagged=True))
    about = (("Days", "2026-01-01 – 2026-11-27"), ("Province", "All"))
    return Listing("Volumes by product", about, columns, (line,) * rows, "There is nothing here.")


def made(rows: int, **more: str) -> bytes:
    return listing_pdf(listing(rows, **more), language="en", author="Plant Protection")


def test_the_same_table_gives_the_same_bytes() -> None:
    assert made(40) == made(40)


@needs_poppler
def test_all_of_it_is_said_with_the_filter_at_the_top(tmp_path: Path) -> None:
    said = text_of(made(2), tmp_path)
    assert "Volumes by product" in said
    assert "2026-01-01 – 2026-11-27" in said
    assert "=1+1 <b>& above the capacity" in said
    assert squeezed(said).count(squeezed(LAO)) == 2


@needs_poppler
def test_every_page_names_its_columns_and_its_number(tmp_path: Path) -> None:
    pdf = made(90)
    pages = len(PdfReader(str(_kept(pdf, tmp_path))).pages)
    assert pages > 2
    for number in range(1, pages + 1):
        said = text_of(pdf, tmp_path, number)
        assert "Weighed in, kg" in said
        assert f"Page {number} of {pages}" in said
    assert text_of(pdf, tmp_path).count("1 234.5") == 90


@needs_poppler
def test_a_word_without_end_stays_within_its_column(tmp_path: Path) -> None:
    said = text_of(made(1, text="x" * 400), tmp_path)
    assert said.count("x") >= 400 or "…" in said
    assert "1 234.5" in said


@needs_poppler
def test_an_empty_table_says_so(tmp_path: Path) -> None:
    assert "There is nothing here." in text_of(made(0), tmp_path)


def _kept(pdf: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "kept.pdf"
    path.write_bytes(pdf)
    return path
