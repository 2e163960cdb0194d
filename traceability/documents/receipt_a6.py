"""The receipt on A6 paper, for an office printer: the layout of the strip, drawn as text that can be copied."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from reportlab.lib.pagesizes import A6

from traceability.documents import ink
from traceability.documents.lines import draw
from traceability.documents.qr import QUIET_ZONE, draw_qr, matrix
from traceability.documents.receipt import ReceiptPaper, Slip, set_out
from traceability.documents.sheet import MM, blank_canvas
from traceability.words import N_

_WIDTH, _HEIGHT = A6
_MARGIN: Final = 8 * MM
_SIZE: Final = 9.5
_LEAST: Final = 3.5  # of somebody who brought two hundred bags


def receipt_pdf(paper: ReceiptPaper) -> bytes:
    """One A6 page. The same receipt gives the same bytes."""
    output = BytesIO()
    title = paper.say(N_("Receipt {number}"), number=paper.number)
    canvas = blank_canvas(output, title, paper.issuer.text(paper.language))
    canvas.setPageSize(A6)
    slip = _that_fits(paper)
    for piece in slip.pieces:
        x, y = _MARGIN + piece.x, _HEIGHT - _MARGIN - piece.y
        draw(canvas, x, y, piece.text, piece.size, bold=piece.bold, align=piece.align)
    canvas.setStrokeColor(ink.LINE)
    canvas.setLineWidth(0.6)
    for y in slip.rules:
        canvas.line(_MARGIN, _HEIGHT - _MARGIN - y, _WIDTH - _MARGIN, _HEIGHT - _MARGIN - y)
    left, top, module = slip.qr
    side = module * (len(matrix(paper.check_address)) + 2 * QUIET_ZONE)
    draw_qr(canvas, _MARGIN + left, _HEIGHT - _MARGIN - top - side, side, paper.check_address)
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def _that_fits(paper: ReceiptPaper) -> Slip:
    """The largest print with which everything stands on one page."""
    size = _SIZE
    slip = set_out(paper, _WIDTH - 2 * _MARGIN, size, qr_share=0.36)
    while slip.height > _HEIGHT - 2 * _MARGIN and size > _LEAST:
        size -= 0.25
        slip = set_out(paper, _WIDTH - 2 * _MARGIN, size, qr_share=0.36)
    return slip
