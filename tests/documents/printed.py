"""Reading paper back: the text of a PDF, its picture, and the codes in the picture, with poppler and zxing-cpp."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed")


def text_of(pdf: bytes, tmp_path: Path, page: int | None = None) -> str:
    """The text a reader copies from all pages or from one, every run of blanks as one space."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    only = ["-f", str(page), "-l", str(page)] if page else []
    run = subprocess.run(["pdftotext", "-raw", *only, str(path), "-"], capture_output=True, check=True)
    return re.sub(r"\s+", " ", run.stdout.decode("utf-8"))


def picture_of(pdf: bytes, tmp_path: Path, dpi: int, page: int = 1) -> Image.Image:
    """One page as a grey picture."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    command = ["pdftoppm", "-gray", "-r", str(dpi), "-f", str(page), "-l", str(page), str(path)]
    return Image.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))


def codes_in(picture: Image.Image) -> list[str]:
    """The text of every QR code in a picture."""
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def squeezed(text: str) -> str:
    """Text without any blank: lines may be broken anywhere."""
    return re.sub(r"\s+", "", text)
