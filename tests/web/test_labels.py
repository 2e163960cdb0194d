"""Tags and cards: printed by our own people, scanned by any camera, and shut to everybody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.documents.printed import codes_in, needs_poppler, picture_of, text_of
from tests.web.client import Client
from tests.web.stocked import Stocked
from traceability.web import printing

SignedIn = Callable[..., Client]


@needs_poppler
def test_the_tag_of_a_lot_leads_its_people_to_it(
    stock: Stocked, signed_in: SignedIn, visitor: Client, dao: Client, tmp_path: Path
) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green(120_000)
    assert f"/lots/{lot}/tags" in clerk.get(f"/lots/{lot}").links()
    asked = clerk.get(f"/lots/{lot}/tags")
    assert "Tags for" in asked.heading
    pdf = clerk.get(f"/lots/{lot}/tags.pdf?count=2&sheet=tag").body
    said = text_of(pdf, tmp_path)
    assert all(part in said for part in ("Net ________ kg", "Do not remove", "Crop year 20"))
    [address] = codes_in(picture_of(pdf, tmp_path, 203))
    path = address[address.index("/B/") :]
    assert clerk.get(path, status=303).location.endswith(f"/lots/{lot}")
    for stranger in (visitor, dao):
        stranger.get(f"/b/{lot}", status=404)
    dao.get(f"/lots/{lot}/tags.pdf", status=404)


def test_tags_that_cannot_be_counted_are_told_in_their_form(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green()
    for typed in ("abc", "3,5", "0"):
        again = clerk.get(f"/lots/{lot}/tags.pdf?count={typed}&sheet=a4_10", status=422)
        assert "#count" in again.links()
        form = again.filled_in(f"/lots/{lot}/tags.pdf")
        assert (form["count"], form["sheet"]) == ([typed], ["a4_10"])
    assert clerk.get(f"/lots/{lot}/tags.pdf?count=2").body.startswith(b"%PDF-")


def test_of_large_papers_each_organisation_has_one_at_a_time(stock: Stocked, signed_in: SignedIn) -> None:
    """Ten thousand tags take twenty seconds: eight asked for at once were all the threads of a server."""
    clerk, lot, org_id = signed_in("bakari", "clerk"), stock.green(), stock.actor.org_id
    large = f"/lots/{lot}/tags.pdf?count={printing.LARGE + 1}&sheet=a4_24"
    with printing.room_for(org_id, printing.LARGE + 1):
        waiting = clerk.get(large, status=429)
        assert "Wait a minute" in waiting.text
        assert waiting.filled_in(f"/lots/{lot}/tags.pdf")["count"] == [str(printing.LARGE + 1)]
        assert clerk.get(f"/lots/{lot}/tags.pdf?count=2").body.startswith(b"%PDF-")
    with printing.room_for(-1, 1_000), printing.room_for(-2, 1_000):
        clerk.get(large, status=429)
    assert clerk.get(large).body.startswith(b"%PDF-")


@needs_poppler
def test_a_village_gets_its_cards(stock: Stocked, signed_in: SignedIn, tmp_path: Path) -> None:
    clerk = signed_in("bakari", "clerk")
    assert "/farmers/cards.pdf" in clerk.get("/farmers").links()
    pdf = clerk.get("/farmers/cards.pdf").body
    [address] = codes_in(picture_of(pdf, tmp_path, 203))
    path = address[address.index("/F/") :]
    assert f"farmer={stock.farmer}" in clerk.get(path, status=303).location
    one = clerk.get(f"/farmers/{stock.farmer}/card.pdf?sheet=card").body
    assert "Amina" in text_of(one, tmp_path)
    clerk.get("/farmers/cards.pdf?q=nobody-at-all", status=422)
    signed_in("somsak", "auditor").get("/farmers/cards.pdf", status=403)


def test_a_headline_does_not_break_the_number_of_a_lot(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.packed()
    page = clerk.get(f"/lots/{lot}/tags")
    number = page.heading.removeprefix("Tags for ")
    assert f'<h1>Tags for <span class="whole">{number}</span></h1>' in page.html
    assert f"<title>Tags for {number} · " in page.html


def test_the_names_of_sheets_have_the_whole_width(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.sealed()
    for address in (f"/lots/{lot}/tags", f"/batches/{lot}"):
        rows = [one for one in clerk.get(address).root.all("div") if one.attributes.get("class") == "row-of-fields"]
        assert rows
        assert not [row for row in rows if row.all("select")], "half a phone holds “24 small labe”"
