"""Receipts: printed, sent, checked by whoever holds one; `D1` is corrected and replaced by `D2`."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import zxingcpp
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from tests.web.client import Client
from tests.web.stocked import Stocked, said
from traceability.domain.facts import DeclareError, WeighIn
from traceability.domain.identifiers import new_code
from traceability.operations import collection, correction

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
    for _ in range(19):
        visitor.get(f"/r/{new_code()}", status=404)
    visitor.get(f"/r/{new_code()}", status=429)


def test_the_outsider_prints_no_receipt_of_ours(app: Flask, stock: Stocked, dao: Client) -> None:
    lot = stock.delivery()
    for kind in ("58mm.png", "58mm.bin", "a6.pdf", "qr.svg", "send"):
        dao.get(f"/receipts/{lot}/{kind}", status=404)
