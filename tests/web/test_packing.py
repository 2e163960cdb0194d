"""The packing house's pages: G1 -> P1 in bags -> batch sealed by one person and released by another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.client import Client
from tests.web.stocked import Stocked, said
from tests.web.test_attachments import noise
from traceability.domain.facts import Attach
from traceability.operations import inspection

SignedIn = Callable[..., Client]


def test_a_lot_is_packed_sealed_released_and_its_page_opens(
    stock: Stocked, signed_in: SignedIn, visitor: Client
) -> None:
    manager, lot = signed_in("mali", "manager"), stock.green(120_000)
    packed = manager.submit(manager.get(f"/pack?lot={lot}"), "/pack", count="2", mass_g="120")
    code = packed.location.rpartition("/")[2]
    sealed = manager.submit(manager.get(f"/seal?lot={code}"), "/seal", destination="JP", ico="")
    batch = manager.follow(sealed)
    assert "Not released yet" in batch.text
    assert code[:4] + " " + code[4:] in batch.text
    asked = manager.get(f"/release?lot={code}")
    assert "No hold and no recall reaches this batch." in asked.text
    released = manager.follow(manager.submit(asked, "/release"))
    assert "Released" in released.text
    assert "120 kg" in visitor.get(f"/b/{code}").text.replace("\xa0", " ")


def test_whoever_sealed_a_batch_cannot_release_it_where_there_are_two_managers(
    stock: Stocked, signed_in: SignedIn
) -> None:
    first, second, lot = signed_in("mali", "manager"), signed_in("noy", "manager"), stock.packed()
    first.submit(first.get(f"/seal?lot={lot}"), "/seal")
    asked = first.get(f"/release?lot={lot}")
    assert "Another manager must release it" in asked.text
    first.submit(asked, "/release", status=403)
    second.submit(second.get(f"/release?lot={lot}"), "/release")


def test_bags_of_an_unusual_weight_are_asked_about(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green(120_000)
    asked = clerk.submit(clerk.get(f"/pack?lot={lot}"), "/pack", status=422, count="1", mass_g="120")
    assert "in one unit?" in asked.text
    clerk.submit(asked, "/pack", confirmed="1")


def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green(120_000)
    refused = clerk.submit(clerk.get(f"/pack?lot={lot}"), "/pack", status=409, count="3", mass_g="180")
    assert "#mass_g" in refused.links()
    assert refused.filled_in("/pack")["count"] == ["3"]
    asked = clerk.submit(clerk.get(f"/pack?lot={lot}"), "/pack", status=422, count="2", mass_g="1.250")
    assert "1 250 kg" in asked.text.replace("\xa0", " ")


def test_brand_model_and_serial_number_are_typed_with_the_seal(
    stock: Stocked, signed_in: SignedIn, visitor: Client
) -> None:
    manager, lot = signed_in("mali", "manager"), stock.packed()
    typed = {"brand": "Cà phê Bình Minh", "model": "Classic 250", "serial": "BM-" + "0" * 90}
    refused = manager.submit(manager.get(f"/seal?lot={lot}"), "/seal", status=422, **typed)
    assert refused.links().count("#serial") == 1
    assert "#brand" not in refused.links()
    assert {name: refused.filled_in("/seal")[name] for name in typed} == {name: [text] for name, text in typed.items()}
    batch = manager.follow(manager.submit(refused, "/seal", serial="BM-0417")).text
    assert "Brand Cà phê Bình Minh" in batch
    assert "Model Classic 250" in batch
    assert "Serial number BM-0417" in batch
    assert "Bình Minh" not in visitor.get(f"/b/{lot}").text, "it waits for the release like all else"


def test_goods_for_viet_nam_without_a_photo_are_told_so_until_there_is_one(stock: Stocked, signed_in: SignedIn) -> None:
    """Circular 02/2024/TT-BKHCN, Article 6(5): the name and the image of the product."""
    manager, missing = signed_in("mali", "manager"), "No photo shows these goods yet."
    for destination, told in (("VN", True), ("JP", False)):
        sealed = manager.submit(manager.get(f"/seal?lot={stock.packed()}"), "/seal", destination=destination)
        assert (missing in manager.follow(sealed).text) is told
        if told:
            code = sealed.location.rpartition("/")[2]
            photo = Attach(**said(), lot=code, title="The bags", content=noise(), public=True)
            stock.do(inspection.attach, photo)
            assert missing not in manager.get(sealed.location).text


def test_a_best_before_day_that_is_over_is_refused_at_its_field(stock: Stocked, signed_in: SignedIn) -> None:
    manager, lot = signed_in("mali", "manager"), stock.packed()
    asked = manager.get(f"/seal?lot={lot}")
    refused = manager.submit(asked, "/seal", status=422, best_before="2020-01-01", brand="Bolaven")
    assert "they cannot be best before 1 January 2020" in refused.text.replace("\xa0", " ")
    assert "#best_before" in refused.links()
    assert refused.filled_in("/seal")["best_before"] == ["2020-01-01"]
    assert refused.filled_in("/seal")["brand"] == ["Bolaven"]
    assert manager.submit(refused, "/seal", best_before="2099-01-01").location == f"/batches/{lot}"


def test_only_packed_lots_are_offered_for_sealing(stock: Stocked, signed_in: SignedIn) -> None:
    manager, loose, packed = signed_in("mali", "manager"), stock.green(), stock.packed()
    links = manager.get("/seal").links()
    assert f"/seal?lot={packed}" in links
    assert f"/seal?lot={loose}" not in links
    refused = manager.submit(manager.get(f"/seal?lot={loose}"), "/seal", status=409)
    assert "Pack it first" in refused.text


def test_the_list_shows_every_batch_with_its_state(stock: Stocked, signed_in: SignedIn) -> None:
    auditor = signed_in("somsak", "auditor")
    assert "No batches yet" in auditor.get("/batches").text
    sealed, released = stock.sealed(), stock.released()
    listed = auditor.get("/batches")
    assert {f"/batches/{sealed}", f"/batches/{released}"} <= set(listed.links())
    assert "Not released yet" in listed.text
    shown = auditor.get(f"/batches/{released}")
    assert not [link for link in shown.links() if "/shipping/ship" in link or "/recall" in link]


def test_a_newer_batch_takes_the_place_of_an_older_one(stock: Stocked, signed_in: SignedIn) -> None:
    manager, old, new = signed_in("mali", "manager"), stock.released(), stock.released()
    page = manager.get(f"/supersede?lot={old}")
    replaced = manager.submit(page, "/supersede", new=new, reason="wrong bags")
    assert f"Open the newer batch {new}" in manager.follow(replaced).text


def test_labels_are_printed_in_bounded_numbers(stock: Stocked, signed_in: SignedIn) -> None:
    manager, code = signed_in("mali", "manager"), stock.sealed()
    for asked in ("first=abc&last=2", "last=abc", "count=abc"):
        assert "abc is not a number" in manager.get(f"/b/{code}/labels.pdf?{asked}", status=422).text
    assert "1 or more" in manager.get(f"/b/{code}/labels.pdf?first=0", status=422).text
    assert manager.get(f"/b/{code}/labels.pdf?first=&last=2&count=").body.startswith(b"%PDF-")
    assert manager.get(f"/batches/{code}/labels?count=2").body.startswith(b"%PDF-")
    manager.get(f"/batches/{code}/labels?count=10001", status=422)


@pytest.mark.parametrize(
    ("first", "last", "wrong", "sentence"),
    [("5", "99", "#last", "The batch has 2 in all"), ("7x", "9", "#first", "7x is not a number we can read")],
)
def test_boxes_that_cannot_be_are_told_in_the_form_of_their_labels(
    stock: Stocked, signed_in: SignedIn, first: str, last: str, wrong: str, sentence: str
) -> None:
    manager, code = signed_in("mali", "manager"), stock.sealed()
    again = manager.get(f"/batches/{code}/labels?first={first}&last={last}&sheet=a4_10", status=422)
    assert sentence in again.text
    assert wrong in again.links()
    typed = {name: value for name, [value] in again.filled_in(f"/batches/{code}/labels").items()}
    assert (typed["first"], typed["last"], typed["sheet"]) == (first, last, "a4_10")
    assert manager.get(f"/batches/{code}/labels?first=1&last=2").body.startswith(b"%PDF-")


def test_an_outsider_finds_no_batch_and_an_auditor_changes_nothing(
    stock: Stocked, signed_in: SignedIn, dao: Client
) -> None:
    code, packed = stock.sealed(), stock.packed()
    for address in (f"/batches/{code}", f"/batches/{code}/labels", f"/release?lot={code}", f"/supersede?lot={code}"):
        dao.get(address, status=404)
    dao.get(f"/seal?lot={packed}", status=404)
    dao.get(f"/pack?lot={packed}", status=404)
    auditor = signed_in("somsak", "auditor")
    for address in ("/pack", "/seal", "/release", "/supersede"):
        auditor.post(address, {"lot": packed, "batch": code, "old": code}, status=403)


def test_the_method_that_counts_is_declared_with_the_seal_and_named_wherever_grams_are(
    stock: Stocked, signed_in: SignedIn, visitor: Client
) -> None:
    manager, lot = signed_in("mali", "manager"), stock.packed()
    asked = manager.get(f"/seal?lot={lot}")
    assert asked.filled_in("/seal")["counted_by"] == ["pro_rata"]
    assert "Mass balance: The chain of custody does not allow it" in asked.text
    assert "Could be in it: It names everybody who could be in it" in asked.text
    refused = manager.submit(asked, "/seal", status=409, counted_by="mass_balance", destination="JP")
    assert "Mass balance cannot count for this batch." in refused.text
    assert refused.filled_in("/seal")["destination"] == ["JP"]
    sealed = manager.submit(asked, "/seal", counted_by="first_in_first_out")
    assert "Counted by First in, first out" in manager.follow(sealed).text
    assert "Counted by First in, first out" in manager.get(f"/release?lot={lot}").text
    manager.submit(manager.get(f"/release?lot={lot}"), "/release")
    assert "Counted by: First in, first out" in visitor.get(f"/b/{lot}").text
    assert (visitor.get(f"/b/{lot}.json").response.json or {})["origin_method"] == "first_in_first_out"
    assert "Counted by: First in, first out" in manager.get(f"/lots/{lot}").text
    origins = manager.get(f"/lots/{lot}/origins").text
    assert "Counted by: First in, first out · Kept with version 1 of the batch" in origins
    assert "Counted by: By mass" in manager.get(f"/lots/{lot}/origins?by=input").text
    assert "Counted by: First in, first out" in manager.get(f"/lots/{lot}/origins/methods").text
