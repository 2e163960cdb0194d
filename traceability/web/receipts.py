"""Receipts on paper, in a message, and checked by whoever holds one: a picture for 58 mm printers, A6, text, QR."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from traceability import words
from traceability.documents.message import LONG, SHORT, messages
from traceability.documents.qr import code_address, qr_svg
from traceability.documents.raster import receipt_escpos, receipt_png
from traceability.documents.receipt import ReceiptPaper
from traceability.documents.receipt_a6 import receipt_pdf
from traceability.domain.identifiers import read_code
from traceability.domain.moments import day_of
from traceability.queries.receipt_checks import NotSentYet, UnknownReceipt, receipt_check, receipt_of_phone
from traceability.queries.receipts import Receipt, receipt_of
from traceability.queries.reweighings import Reweighed
from traceability.web.goods import form_name, quality_name, quality_value
from traceability.web.guessing import answer_misses
from traceability.web.language import current_language, link
from traceability.web.pages import config, database, page
from traceability.web.paid import paid_or_owed
from traceability.web.session import current_actor, public, signed_in
from traceability.words import N_

blueprint = Blueprint("receipts", __name__)

OF_PHONE: Final = re.compile(r"[0-9A-Za-z]{8}/[0-9A-Za-z-]{8,60}")


# --- for the people of the organisation -----------------------------------------------------------------------


@blueprint.get("/receipts/<code>/58mm.png")
@signed_in()
def picture(code: str) -> Response:
    """The receipt as dots for a 58 mm printer: any phone prints a picture."""
    paper = _paper(code)
    return _file(receipt_png(paper), "image/png", f"{paper.number}.png")


@blueprint.get("/receipts/<code>/58mm.bin")
@signed_in()
def commands(code: str) -> Response:
    """The same as commands that a receipt printer understands."""
    paper = _paper(code)
    return _file(receipt_escpos(paper), "application/octet-stream", f"{paper.number}.bin")


@blueprint.get("/receipts/<code>/a6.pdf")
@signed_in()
def sheet(code: str) -> Response:
    """The receipt on A6 paper."""
    paper = _paper(code)
    return _file(receipt_pdf(paper), "application/pdf", f"{paper.number}.pdf")


@blueprint.get("/receipts/<code>/qr.svg")
@signed_in()
def symbol(code: str) -> Response:
    """The QR code to be photographed from the screen."""
    paper = _paper(code)
    return Response(qr_svg(paper.check_address, title=paper.number), mimetype="image/svg+xml")


@blueprint.get("/receipts/<code>/send")
@signed_in()
def send(code: str) -> Response:
    """The receipt as text to send, in the language that is chosen here; the QR to show where nobody has a printer."""
    with database().reading() as session:
        found = receipt_of(session, current_actor(), code)
    said = messages(_words_of(found))
    body = quote("\n".join(said), safe="")
    return page(
        "receipts/send.html",
        receipt=found,
        said=said,
        most=LONG if current_language() in ("en", "vi") else SHORT,
        sms=f"sms:{found.farmer_phone.replace(' ', '')}?body={body}",
    )


# --- for whoever holds one ------------------------------------------------------------------------------------


@blueprint.get("/R/<typed>")
@blueprint.get("/r/<typed>")
@public
def check(typed: str) -> AnyResponse:
    """Whether a receipt is ours and still counts. It names nobody."""
    code = read_code(typed)
    if typed != code or not request.path.startswith("/r/"):
        return redirect(link("receipts.check", typed=code), 308)
    with database().reading() as session:
        found = receipt_check(session, code)
    answer = page("receipts/check.html", receipt=found, demo=config().demo or found.demo)
    answer.cache_control.no_store = True  # a correction is seen at once
    return answer


@blueprint.get("/r/<organisation>/<client_id>")
@public
def check_of_phone(organisation: str, client_id: str) -> AnyResponse:
    """The same for a receipt that a phone showed before it could send anything: its code was not known then."""
    if not OF_PHONE.fullmatch(f"{organisation}/{client_id}"):
        raise NotSentYet()
    with database().reading() as session:
        code = receipt_of_phone(session, organisation, client_id)
    return redirect(link("receipts.check", typed=code), 303)


answer_misses(blueprint, "receipts/unknown.html", NotSentYet, UnknownReceipt)


# --- the words of a receipt -----------------------------------------------------------------------------------


def _paper(code: str) -> ReceiptPaper:
    """Raises NoSuchLot for what is not a delivery of this organisation."""
    with database().reading() as session:
        return _words_of(receipt_of(session, current_actor(), code))


def _words_of(found: Receipt) -> ReceiptPaper:
    """A receipt as this reader reads it."""
    language, line = current_language(), found.delivery
    net = words.mass(language, found.net_g)
    goods = f"{form_name(line)} {line.grade}".strip()
    day = words.day(language, day_of(line.made_at, line.zone_minutes))

    def said(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
        return [(words.translate(language, label), value) for label, value in pairs if value]

    def money(value: int | None) -> str:
        return f"{words.number(language, value)}{words.NO_BREAK}{found.currency}" if value is not None else ""

    def corrected(row: Reweighed) -> str:
        at, was = words.moment(language, row.at, row.zone_minutes), words.mass(language, row.was_g)
        return words.translate(language, N_("{at} (was {was_g})"), at=at, was_g=was)

    measured = [
        (quality_name(line, name), quality_value(line, name, value, unit)) for name, value, unit in found.measured
    ]
    return ReceiptPaper(
        language=language,
        issuer=found.organisation,
        issuer_prefix=found.prefix,
        place=", ".join(part for part in (line.facility, found.village) if part),
        at=words.moment(language, line.made_at, line.zone_minutes),
        number=line.number,
        net=net,
        pairs=[
            *said(
                (N_("Farmer"), f"{found.farmer.name} · {found.farmer.number}"),
                (N_("Product"), goods),
                (N_("Variety"), found.variety),
                (N_("Plot"), line.plot),
                (N_("Bags"), " + ".join(words.decimal(language, bag, 3) for bag in found.bags_g)),
                (N_("Gross weight"), words.mass(language, found.gross_g)),
                (N_("Tare"), words.mass(language, found.tare_g)),
                *[(N_("Weight corrected"), corrected(row)) for row in found.reweighed],
            ),
            *measured,
        ],
        money=said(
            (N_("Price per kg"), money(found.price_per_kg)),
            (N_("Amount"), money(found.amount)),
            (N_("Payment"), paid_or_owed(found)),
        ),
        after=said(
            (N_("Season so far"), words.mass(language, found.season_g)),
            (N_("Weighed by"), found.clerk),
            (N_("Note"), found.note),
        ),
        short=[f"{line.number}, {day}", f"{goods} {net}"],
        check_address=code_address(config().public_url, "r", line.code),
        phone=found.phone,
        replaces=found.replaces,
        void=line.void,
        replaced_by=found.replaced_by,
        demo=current_actor().demo or config().demo,
    )


def _file(content: bytes, kind: str, name: str) -> Response:
    """Shown in the browser, and named after the receipt when it is kept."""
    response = current_app.response_class(content, mimetype=kind)
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response
