"""Receipts: printed, sent, checked by whoever holds one; `D1` is corrected and replaced by `D2`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import zxingcpp
from flask import Flask
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from tests.web.client import Client
from tests.web.stocked import Stocked, said
from traceability.domain.approvals import Approve
from traceability.domain.facts import AskCorrection, DeclareError, FormLot, WeighIn
from traceability.domain.identifiers import new_code
from traceability.domain.moments import day_of
from traceability.models import Event, Lot
from traceability.operations import approvals, collection, correction
from traceability.words import day

SignedIn = Callable[..., Client]


def corrected(stock: Stocked) -> tuple[str, str]:
    """D1 of 52 kg was read wrongly; D2 of 25 kg replaces it. Their codes."""
    fact = WeighIn(
        **said(confirmed=True),
        facility=stock.place,
        farmer=stock.farmer,
        commodity="arabica_coffee",
        form="fresh_cherry",
        bags_g=(52_000,),
        tare_g=0,
    )
    first = stock.do(collection.record_weigh_in, fact)
    right = WeighIn(**{**vars(fact), "bags_g": (25_000,), **said(confirmed=True)})
    declared = DeclareError(
        **said(note="read 52 for 25"), event=first.event, reason="incorrect_data", replacement=right
    )
    done = stock.do(correction.declare_error, declared)
    return str(first["lot"]), str(done.answer["replacement"]["lot"])


def test_a_clerk_prints_sends_and_shows_a_receipt(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.delivery(52_000)
    links = clerk.get(f"/receipts/{lot}").links()
    assert {f"/receipts/{lot}/{kind}" for kind in ("58mm.png", "a6.pdf", "send")} <= set(links)
    dots = Image.open(BytesIO(clerk.get(f"/receipts/{lot}/58mm.png").body)).convert("L")
    (address,) = (found.text for found in zxingcpp.read_barcodes(dots))
    assert address.endswith(f"/R/{lot}")
    assert "Amina" in PdfReader(BytesIO(clerk.get(f"/receipts/{lot}/a6.pdf").body)).pages[0].extract_text()
    assert clerk.get(f"/receipts/{lot}/58mm.bin").body.startswith(b"\x1b@\x1dv0")
    assert clerk.get(f"/receipts/{lot}/qr.svg").html.startswith("<svg")
    page = clerk.get(f"/receipts/{lot}/send")
    assert any(link.startswith("sms:") for link in page.links())
    assert "Amina" not in page.text.replace("Cooperative of Amina", "")


def test_whoever_holds_a_receipt_learns_whether_it_counts_and_nobodys_name(stock: Stocked, visitor: Client) -> None:
    lot = stock.delivery(52_000)
    moved = visitor.get(f"/R/{lot.lower()}", status=308)
    page = visitor.follow(moved)
    text = page.text.replace("\xa0", " ")
    assert "Valid" in text
    assert "52 kg" in text
    assert not [
        secret
        for secret in ("Amina", "Upper field", "Paksong")
        if secret in page.html.replace("Cooperative of Amina", "")
    ]
    assert "no-store" in page.response.headers["Cache-Control"]
    assert "Set-Cookie" not in page.response.headers


def test_the_kilograms_of_the_paper_are_told_when_the_weight_was_corrected(stock: Stocked, visitor: Client) -> None:
    """4 kg on the farmer's paper, in a closed lot since; they were 40, no: 39."""
    lot = stock.delivery(4_000)
    formed = FormLot(**said(), facility=stock.place, deliveries=(lot, stock.delivery(60_000)))
    stock.do(collection.form_lot, formed)
    assert "orrected" not in visitor.get(f"/r/{lot}").text
    for kilograms in (40, 39):
        reweighed(stock, lot, kilograms * 1000)
    page = visitor.get(f"/r/{lot}")
    text = page.text.replace("\xa0", " ")
    today = day("en", day_of(datetime.now(UTC), 420)).replace("\xa0", " ")
    assert f"Weight corrected on {today}: 40 kg (was 4 kg)." in text
    assert f"Weight corrected on {today}: 39 kg (was 40 kg)." in text
    assert "must say the same kilograms" not in text
    assert not [secret for secret in ("a slip", "Mali", "Amina") if secret in page.html.replace("of Amina", "")]


def reweighed(stock: Stocked, lot: str, mass_g: int) -> None:
    """Asked for and approved."""
    with stock.database.reading() as session:
        event = session.scalars(select(Event.code).join(Lot, Lot.made_by_id == Event.id).where(Lot.code == lot)).one()
    asked = stock.do(
        correction.ask_correction, AskCorrection(**said(), event=event, reason="a slip", mass_g=mass_g, confirmed=True)
    )
    stock.do(approvals.approve, Approve(**said(), request=asked.event))


def test_a_corrected_receipt_and_the_one_that_replaces_it_name_each_other(stock: Stocked, visitor: Client) -> None:
    wrong, right = corrected(stock)
    assert "Not valid any more" in visitor.get(f"/r/{wrong}").text
    assert "replaces it" in visitor.get(f"/r/{wrong}").text
    page = visitor.get(f"/r/{right}").text
    assert "Corrected: replaces" in page
    assert "Not valid" not in page


def test_codes_are_not_found_by_trying(stock: Stocked, visitor: Client) -> None:
    green = stock.green()
    assert "We have no receipt with this code" in visitor.get(f"/r/{green}", status=404).text
    assert "Scan the square" in visitor.get("/r/7K3QX9MM", status=404).text
    for _ in range(18):
        visitor.get(f"/r/{new_code()}", status=404)
    visitor.get(f"/r/{new_code()}", status=429)


def test_the_outsider_prints_no_receipt_of_ours(app: Flask, stock: Stocked, dao: Client) -> None:
    lot = stock.delivery()
    for kind in ("58mm.png", "58mm.bin", "a6.pdf", "qr.svg", "send"):
        dao.get(f"/receipts/{lot}/{kind}", status=404)


def test_a_receipt_that_was_undone_does_not_count_and_says_so(
    stock: Stocked, signed_in: SignedIn, visitor: Client
) -> None:
    """D1 of 52 kg, then nothing."""
    lot = stock.delivery(52_000)
    with stock.database.reading() as session:
        event = session.scalars(select(Event.code).join(Lot, Lot.made_by_id == Event.id).where(Lot.code == lot)).one()
    declared = DeclareError(**said(note="tapped twice"), event=event, reason="did_not_occur")
    stock.do(correction.declare_error, declared)
    for page in (visitor.get(f"/r/{lot}"), signed_in("bakari", "clerk").get(f"/receipts/{lot}")):
        shown = page.text.replace("\xa0", " ")
        assert "Its kilograms do not count" in shown
        assert "Weighed, does not count 52 kg" in shown
        assert "must say the same kilograms" not in shown
        assert not [one for one in page.root.all("p") if one.attributes.get("class") == "big"]
