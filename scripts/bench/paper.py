"""What is printed: QR codes, bag labels and the certificate, beside what the libraries make by themselves.

From the top of a clone: `python -m scripts.bench.paper`.
"""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final

import qrcode
from pypdf import PdfReader
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from scripts.bench.table import Row, compare, printed
from tests.documents import dossiers
from traceability.documents.certificate import certificate
from traceability.documents.labels import labels, of_batch
from traceability.documents.lines import draw
from traceability.documents.qr import batch_address, matrix, qr_png, qr_svg
from traceability.domain.identifiers import new_code

SITE: Final = "https://trace.example.org"
LABELS: Final = 1_000
YARDSTICK_LABELS: Final = 48  # two sheets of the yardstick, and in proportion for more
MOST_MB: Final = 300


def measure() -> Iterator[Row]:
    """The rows of bars 15, 16 and 17, and the memory of ten thousand labels."""
    yield from _symbols()
    yield _sheet_of_labels()
    yield _certificate()
    yield _memory()


def _symbols() -> Iterator[Row]:
    """Each symbol is one that was not made before."""
    codes = itertools.cycle([new_code() for _ in range(400)])

    def ours(make_one: Callable[..., object]) -> Callable[[], object]:
        def make() -> None:
            matrix.cache_clear()
            for _ in range(10):
                make_one(batch_address(SITE, next(codes)))

        return make

    def theirs(factory: type[SvgPathImage] | type[PilImage]) -> Callable[[], object]:
        def make() -> None:
            for _ in range(10):
                symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, box_size=8)
                symbol.add_data(batch_address(SITE, next(codes)))
                symbol.make_image(image_factory=factory).save(BytesIO())

        return make

    for name, make_one, factory in (("SVG", qr_svg, SvgPathImage), ("PNG", qr_png, PilImage)):
        found = compare(ours(make_one), theirs(factory))
        note = f"qrcode's own factory; {found.ours * 100:.2f} and {found.yardstick * 100:.2f} ms each"
        yield Row("15", f"QR as {name}", found.ratio, 0.3, 0.2, note=note)


def _sheet_of_labels() -> Row:
    dossier = dossiers.coffee()

    def yardstick() -> None:
        canvas = Canvas(BytesIO(), pagesize=A4)
        for place in range(YARDSTICK_LABELS):
            row, column = divmod(place % 24, 3)
            widget = QrCodeWidget(batch_address(SITE, dossier.code), barLevel="Q", barWidth=62, barHeight=62)
            drawing = Drawing(62, 62)
            drawing.add(widget)
            renderPDF.draw(drawing, canvas, column * 198, row * 105)
            canvas.drawString(column * 198 + 70, row * 105 + 40, f"{dossier.lot_number} {place + 1}")
            if place % 24 == 23:
                canvas.showPage()
        canvas.save()

    said = of_batch(dossier, "en")
    paper = labels(said, count=LABELS, public_url=SITE)
    found = compare(lambda: labels(said, count=LABELS, public_url=SITE), yardstick, rounds=3)
    ratio = found.ratio * YARDSTICK_LABELS / LABELS
    note = f"QrCodeWidget, {YARDSTICK_LABELS} labels in proportion; {found.ours:.2f} s, {len(paper) / 1024:.0f} KiB"
    return Row("16", f"PDF of {LABELS} labels", ratio, 0.08, 0.06, note=note)


def _certificate() -> Row:
    """The yardstick shapes and draws the same lines of text and nothing else: no table, no symbol, no picture."""
    samples = [
        (dossiers.coffee(), "en"),
        (dossiers.coffee(), "lo"),
        (dossiers.mango(), "vi"),
        (dossiers.durian(), "zh"),
    ]
    said = [
        [page.extract_text().splitlines() for page in PdfReader(BytesIO(paper)).pages]
        for paper in (certificate(dossier, public_url=SITE, language=language) for dossier, language in samples)
    ]

    def ours() -> None:
        for dossier, language in samples:
            certificate(dossier, public_url=SITE, language=language)

    def yardstick() -> None:
        for pages in said:
            canvas = Canvas(BytesIO(), pagesize=A4)
            for lines in pages:
                for place, line in enumerate(lines):
                    draw(canvas, 40, 800 - place * 9, line, 8)
                canvas.showPage()
            canvas.save()

    found = compare(ours, yardstick, rounds=5)
    note = f"bare canvas of the same lines, shaped; {found.ours * 250:.0f} ms each"
    return Row("17", "certificate, four languages", found.ratio, 1.5, 1.15, note=note)


def _memory() -> Row:
    """In a process of its own, which only makes labels."""
    run = subprocess.run([sys.executable, "-m", "scripts.bench.paper", "10000"], capture_output=True, check=True)
    used = int(run.stdout)
    return Row("memory", "10,000 labels, most memory", used / MOST_MB, 1.0, note=f"{MOST_MB} MB; {used} MB")


def most_memory(count: int) -> int:
    """Megabytes that this process held at most, after making so many labels."""
    labels(of_batch(dossiers.coffee(), "en"), count=count, public_url=SITE)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    print(most_memory(int(sys.argv[1])) if sys.argv[1:] else printed(list(measure())))
