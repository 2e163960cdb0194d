"""A label with a number: from the form to the paper, to what a scan says; pallets and places; and a site that moved.

`L1 -> packed in 10 bags -> B`; the labels of the boxes 1 to 6 are printed, 3 of them voided.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import World
from tests.documents.printed import codes_in, needs_poppler, picture_of, text_of
from tests.serving import until
from tests.web.applications import application
from tests.web.client import Client, Page
from traceability.documents import stock
from traceability.domain import facts
from traceability.domain.labelling import BuildPallet, PrintLabels, SetGs1, VoidLabels
from traceability.domain.linkset import MEDIA_TYPE
from traceability.domain.serials import serial_of, show_serial
from traceability.errors import Invalid, Sentence
from traceability.models import LabelRun
from traceability.models.database import Database
from traceability.operations import account, gs1, inspection, labels, pallets
from traceability.web import label_runs, printing
from traceability.words import PUBLIC_LANGUAGES, translate

GTIN, GLN, PLACE_GLN = "09506000134352", "1234567890128", "4012345000009"
SITE = "https://trace.example.la"
VOC = "https://ref.gs1.org/voc/"
PASSWORD = "a long enough password"


@pytest.fixture
def app(database: Database, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = application(database_url, tmp_path, public_url=SITE)
    yield made
    made.extensions["database"].close()


@pytest.fixture
def batch(world: World) -> str:
    return world.released(world.sealed(world.packed(count=10), gtin=GTIN))


@pytest.fixture
def clerk(app: Flask, world: World) -> Client:
    login = world.fact(facts.RegisterUser, login="bakari", name="Bakari", password=PASSWORD, roles=("manager",))
    world.database.write(lambda session: account.register_user(session, world.cooperative, login))
    return Client(app).sign_in("bakari", PASSWORD)


def printed(world: World, batch: str, last: int = 6) -> bytes:
    """The secret of a run of labels, of which the third does not count."""
    boxes_of = {"batch": batch, "first": 1, "last": last, "of": 10, "layout": "tag"}
    run = world.do(world.bakari, labels.print_labels, PrintLabels, **boxes_of)["run"]
    world.do(world.bakari, labels.void_labels, VoidLabels, run=run, first=3, last=3, reason="a private matter")
    with world.database.reading() as session:
        return session.scalars(select(LabelRun.seed).where(LabelRun.code == run)).one()


def links_of(visitor: Client, address: str) -> list[dict[str, object]]:
    found = json.loads(visitor.get(address, headers={"Accept": MEDIA_TYPE}).body)["linkset"]
    assert isinstance(found, list)
    return found


def waited_for(clerk: Client, address: str, language: str = "en") -> Page:
    """The page of a run once its paper is made, or could not be made."""
    ends = [translate(language, end) for end in ("Open the labels", "These labels could not be made.")]

    def made() -> Page | None:
        page = clerk.get(f"{address}?l={language}")
        return page if any(end in page.text for end in ends) else None

    return until(made)


# --- what a scan says -------------------------------------------------------------------------------------------


def test_a_scan_says_which_box_it_is_and_how_its_batch_stands(visitor: Client, world: World, batch: str) -> None:
    seed = printed(world, batch)
    page = visitor.get(f"/b/{batch}/21/{serial_of(seed, 5)}")
    assert page.heading == "Bag 5 of 10"
    assert "Released" in page.text
    assert f"/b/{batch}" in page.links()
    recalled = {"lot": batch, "reason": "residue", "action": "bring it back"}
    world.do(world.ines, inspection.recall, facts.RecallGoods, **recalled)
    assert "Recalled" in visitor.get(f"/b/{batch}/21/{serial_of(seed, 5)}").text


def test_void_beyond_and_unknown_are_told_in_a_sentence_and_nobody_is_accused(
    visitor: Client, world: World, batch: str
) -> None:
    seed = printed(world, batch)
    for serial, status, sentence in (
        (serial_of(seed, 3), 200, "This label does not count."),
        (serial_of(seed, 7), 200, "This number was never printed."),
        ("0" * 20, 404, "We know no label with this number."),
        ("12-640", 404, "We know no label with this number."),
    ):
        page = visitor.get(f"/b/{batch}/21/{serial}", status=status)
        assert sentence in page.text
        assert "Released" in page.text  # how the batch stands is said all the same
        assert not [word for word in ("fake", "counterfeit", "private matter") if word in page.text.lower()]
    assert "never printed" in visitor.get(f"/b/{batch}/21/{serial_of(seed, 7)}").text


def told(visitor: Client, address: str, status: int = 200) -> dict[str, Any]:
    """What a program is told that asks for data."""
    found: dict[str, Any] = json.loads(visitor.get(address, status=status, headers={"Accept": "application/json"}).body)
    return found


def test_a_program_is_told_what_a_label_is_worth(visitor: Client, world: World, batch: str) -> None:
    seed, number = printed(world, batch), world.row(batch).number
    for n, said in (
        (5, {"state": "printed", "counts": True, "n": 5, "of": 10, "unit": "bag"}),
        (3, {"state": "void", "counts": False, "n": 3, "why": "This label does not count."}),
        (7, {"state": "beyond", "counts": False, "n": 7, "why": "This number was never printed."}),
    ):
        serial = serial_of(seed, n)
        link = f"/01/{GTIN}/10/{number}/21/{serial}"
        answer = visitor.get(link, status=307, headers={"Accept": "application/json"})
        assert answer.location == f"{SITE}/b/{batch}/21/{serial}"
        box = told(visitor, f"/b/{batch}/21/{serial}")
        assert said.items() <= box.items()
        assert (box["serial"], box["batch"]["code"], box["batch"]["status"]) == (serial, batch, "released")
        assert "private matter" not in json.dumps(box)
    unknown = told(visitor, f"/b/{batch}/21/{'0' * 20}", status=404)
    assert (unknown["state"], unknown["counts"], "n" in unknown) == ("unknown", False, False)
    assert visitor.get(f"/b/{batch}/21/{serial}", headers={"Accept": "text/html,*/*;q=0.8"}).heading == "Bag 7 of 10"


def solid(text: str) -> str:
    """Without the places where a line may break."""
    return re.sub(r"[\s\u200b]", "", text)


RECALLED = {"reason": "Carbofuran above the limit", "action": "Bring it back", "phone": "+856 20 5555 0101"}


def test_a_recall_is_told_in_full_at_a_box_and_at_a_pallet(visitor: Client, world: World, batch: str) -> None:
    serial = serial_of(printed(world, batch), 5)
    pallet = world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=batch, first=1, last=4)["pallet"]
    places = (f"/b/{batch}/21/{serial}", f"/pallet/{pallet}")
    assert "band--stop" not in "".join(visitor.get(address).html for address in places)
    world.do(world.ines, inspection.recall, facts.RecallGoods, lot=batch, **RECALLED)
    for address in places:
        for language in PUBLIC_LANGUAGES:
            page = visitor.get(f"{address}?l={language}")
            (band,) = (one for one in page.root.all("div") if "band--stop" in one.attributes.get("class", ""))
            assert page.html.index(' role="status"') < page.html.index('class="languages"') < page.html.index("<h1>")
            assert solid(translate(language, "Recalled. Do not eat or sell.")) in solid(band.text)
            assert RECALLED["reason"] in band.text
            assert RECALLED["action"] in band.text
            typed = {one.text for one in band.all("p") if one.attributes.get("lang") == "en"}
            assert typed == {RECALLED["reason"], RECALLED["action"]}
            assert "tel:+8562055550101" in "".join(page.links())
    [alert] = told(visitor, places[0])["batch"]["alerts"]
    assert RECALLED.items() <= alert.items()


def test_a_number_is_read_as_people_type_it_and_waits_for_the_release(
    visitor: Client, world: World, batch: str
) -> None:
    serial = serial_of(printed(world, batch), 5)
    for address in (f"/B/{batch}/21/{serial}", f"/b/{batch.lower()}/21/{show_serial(serial).lower()}"):
        assert visitor.get(address, status=308).location == f"/b/{batch}/21/{serial}"
    pasted = visitor.get(f"/find?code=HTTPS://TRACE.EXAMPLE.LA/B/{batch}/21/{serial}", status=303).location
    assert pasted == f"/b/{batch}/21/{serial}"
    assert visitor.get(f"/find?code={SITE}/00/{'0' * 18}", status=303).location == f"/00/{'0' * 18}"
    waiting = world.sealed(world.packed(count=10))
    address = f"/b/{waiting}/21/{serial_of(printed(world, waiting), 5)}"
    assert visitor.get(address, status=303).location == f"/b/{waiting}"
    assert "Bag 5" not in visitor.get(f"/b/{waiting}").text


def test_a_digital_link_of_a_box_leads_to_it_and_walks_up(visitor: Client, world: World, batch: str) -> None:
    seed, number = printed(world, batch), world.row(batch).number
    link = f"/01/{GTIN}/10/{number}/21/"
    assert visitor.get(link + serial_of(seed, 5), status=307).location == f"{SITE}/b/{batch}/21/{serial_of(seed, 5)}"
    assert visitor.get(link + "0" * 20, status=307).location == f"{SITE}/b/{batch}/21/{'0' * 20}"
    finest = [anchor["anchor"] for anchor in links_of(visitor, link + serial_of(seed, 5))]
    assert finest == [f"{SITE}{link}{serial_of(seed, 5)}", f"{SITE}/01/{GTIN}/10/{number}", f"{SITE}/01/{GTIN}"]
    assert [anchor["anchor"] for anchor in links_of(visitor, link + "0" * 20)] == finest[1:]
    own = [anchor["anchor"] for anchor in links_of(visitor, f"/b/{batch}/21/{serial_of(seed, 5)}")]
    assert own == [f"{SITE}/b/{batch}/21/{serial_of(seed, 5)}", f"{SITE}/b/{batch}"]


# --- pallets, places, organisations -----------------------------------------------------------------------------


def test_a_pallet_is_found_by_its_number_and_by_its_code(visitor: Client, world: World, batch: str) -> None:
    world.do(world.malee, gs1.set_gs1, SetGs1, company_prefix="8850999")
    built = world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=batch, first=1, last=4)
    sscc, code = built["sscc"], built["pallet"]
    assert visitor.get(f"/00/{sscc}", status=307).location == f"{SITE}/pallet/{code}"
    page = visitor.get(f"/pallet/{code}")
    assert "Bags 1 to 4" in page.text
    assert "40 kg" in page.text.replace("\xa0", " ")
    assert f"/b/{batch}" in page.links()
    assert visitor.get(f"/PALLET/{code.lower()}", status=308).location == f"/pallet/{code}"
    for address, anchor in ((f"/00/{sscc}", f"/00/{sscc}"), (f"/pallet/{code}", f"/pallet/{code}")):
        (found,) = links_of(visitor, address)
        assert found["anchor"] == SITE + anchor
        assert f"{VOC}traceability" in found
    traced = visitor.get(f"/00/{sscc}?linkType=gs1:recallStatus", status=307).location
    assert traced == f"{SITE}/b/{batch}?l=en"
    visitor.get(f"/00/{sscc}?linkType=gs1:locationInfo", status=404)
    visitor.get(f"/00/{sscc[:-1]}{9 - int(sscc[-1])}", status=400)
    waiting = world.sealed(world.packed(count=10))
    hidden = world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=waiting, first=1, last=4)
    for address in (f"/00/{hidden['sscc']}", f"/pallet/{hidden['pallet']}"):
        assert waiting not in visitor.get(address, status=404).text


def test_places_and_organisations_are_found_by_their_numbers_and_codes(visitor: Client, world: World) -> None:
    mill, home = world.mill, world.cooperative.org_code
    for address in (f"/414/{PLACE_GLN}", f"/place/{mill}", f"/417/{GLN}", f"/organisation/{home}"):
        visitor.get(address, status=404)  # nobody asked that they be public
    world.do(world.malee, gs1.set_gs1, SetGs1, gln=GLN)
    world.do(world.malee, gs1.set_gs1, SetGs1, facility=mill, gln=PLACE_GLN)
    assert visitor.get(f"/414/{PLACE_GLN}", status=307).location == f"{SITE}/place/{mill}"
    assert visitor.get(f"/414/{PLACE_GLN}/254/DOCK-7", status=307).location == f"{SITE}/place/{mill}"  # walks up
    assert visitor.get(f"/414/{GLN}/254/NL", status=307).location == f"{SITE}/place/{mill}"
    assert visitor.get(f"/414/{GLN}", status=307).location == f"{SITE}/organisation/{home}"
    assert visitor.get(f"/417/{GLN}", status=307).location == f"{SITE}/organisation/{home}"
    visitor.get(f"/417/{PLACE_GLN}", status=404)  # a place is no party
    page = visitor.get(f"/place/{mill}")
    assert (page.heading, "Dry mill" in page.text, PLACE_GLN in page.text) == ("Nong Luang mill", True, True)
    assert f"/organisation/{home}" in page.links()
    assert GLN in visitor.get(f"/organisation/{home}").text
    assert visitor.get(f"/PLACE/{mill}", status=308).location == f"/place/{mill}"
    (found,) = links_of(visitor, f"/414/{PLACE_GLN}")
    assert (found["anchor"], f"{VOC}locationInfo" in found) == (f"{SITE}/414/{PLACE_GLN}", True)
    finer = [anchor["anchor"] for anchor in links_of(visitor, f"/414/{GLN}/254/NL")]
    assert finer == [f"{SITE}/414/{GLN}/254/NL", f"{SITE}/414/{GLN}"]
    lao = visitor.get(f"/417/{GLN}?linkType=gs1:masterData", status=307, headers={"Accept-Language": "lo"}).location
    assert lao == f"{SITE}/organisation/{home}?l=lo"
    assert links_of(visitor, f"/organisation/{home}")[0]["anchor"] == f"{SITE}/organisation/{home}"
    assert links_of(visitor, f"/place/{mill}")[0]["anchor"] == f"{SITE}/place/{mill}"


# --- the paper is made while a page shows how far ---------------------------------------------------------------


def test_a_label_too_small_for_the_address_is_refused_before_anything_is_recorded(
    world: World, batch: str, database_url: str, tmp_path: Path
) -> None:
    far = application(database_url, tmp_path, public_url="https://origin.of.the.cooperatives.example.org/trace/of/all")
    login = world.fact(facts.RegisterUser, login="far", name="Far", password=PASSWORD, roles=("manager",))
    world.database.write(lambda session: account.register_user(session, world.cooperative, login))
    clerk, address = Client(far).sign_in("far", PASSWORD), f"/batches/{batch}/boxes"
    refused = clerk.submit(clerk.get(address), address, status=422, layout="roll_58")
    assert "under half a millimetre. Choose another: 10 large labels on A4; " in refused.text
    with world.database.reading() as session:
        assert not session.scalars(select(LabelRun)).all()
    far.extensions["database"].close()


def test_goods_on_hold_are_labelled_after_a_tick_and_recalled_ones_not_at_all(
    clerk: Client, world: World, batch: str
) -> None:
    address = f"/batches/{batch}"
    assert "although" not in clerk.get(address).text
    world.do(world.ines, inspection.put_on_hold, facts.PutOnHold, lot=batch, reason="residue test.", action="wait")
    asked = clerk.get(address)
    assert "is on hold: residue test. Print its labels although it is on hold?" in asked.text
    assert [box for box in asked.root.all("input") if box.attributes.get("name") == "confirmed"]
    once = clerk.get(f"/b/{batch}/labels.pdf", status=422)
    assert "although it is on hold?" in once.text
    assert "Yes, print them" in once.text, "where it is asked it can be answered"
    named = clerk.get(f"/b/{batch}/labels.pdf?sheet=carton&confirmed=1", status=422)
    assert "no label sheet called carton. Choose one of: 24 small labels on A4; 10 large" in named.text
    assert "a4_24" not in named.text
    assert clerk.get(f"/b/{batch}/labels.pdf?confirmed=1&first=2&last=3").body.startswith(b"%PDF")
    form = clerk.get(f"{address}/boxes")
    assert "although it is on hold?" in clerk.submit(form, f"{address}/boxes", status=422, layout="tag").text
    clerk.submit(form, f"{address}/boxes", layout="tag", last="1", confirmed="1")
    recalled = {"lot": batch, "reason": "residue", "action": "bring it back"}
    world.do(world.ines, inspection.recall, facts.RecallGoods, **recalled)
    for page in (clerk.get(address), clerk.get(f"{address}/boxes")):
        assert "No labels are printed for a batch that is recalled." in page.text
        assert "Print labels" not in page.text
    assert "is recalled. No labels" in clerk.get(f"/b/{batch}/labels.pdf?confirmed=1", status=409).text
    refused = clerk.submit(form, f"{address}/boxes", status=409, layout="tag", first="2")
    assert "No labels are printed for a batch that is recalled." in refused.text


@needs_poppler
def test_labels_are_printed_from_the_form_and_each_leads_to_its_box(
    clerk: Client, visitor: Client, batch: str, tmp_path: Path
) -> None:
    asked = clerk.get(f"/batches/{batch}/boxes")
    assert f"/batches/{batch}/boxes" in clerk.get(f"/batches/{batch}").links()
    sent = clerk.submit(asked, f"/batches/{batch}/boxes", first="1", last="2", layout="box")
    run = sent.location
    ready = waited_for(clerk, run)
    assert ready.response.headers.get("Cache-Control") == "no-store"
    pdf = clerk.get(f"{run}/labels.pdf").body
    assert "Bag 1 of 10" in text_of(pdf, tmp_path)
    assert "Bag 2 of 10" in text_of(pdf, tmp_path)
    for page in (1, 2):
        [address] = codes_in(picture_of(pdf, tmp_path, 203, page))
        path = urlsplit(address).path
        led = visitor.get(path, status=307).location.removeprefix(SITE)
        assert visitor.get(led).heading == f"Bag {page} of 10"
    refused = clerk.submit(clerk.get(f"/batches/{batch}/boxes"), f"/batches/{batch}/boxes", status=409, first="1")
    assert "have labels already" in refused.text
    odd = clerk.submit(ready, f"{run}/void", status=422, first="3", last="1", reason="torn")
    assert "The first number is 3 and the last is 1. Type the smaller one first." in odd.text
    voided = clerk.follow(clerk.submit(ready, f"{run}/void", first="2", last="2", reason="torn"))
    assert "Bags 2 to 2 · torn" in voided.text
    assert "torn" in voided.text
    assert visitor.get(led).heading == "Bag 2 of 10"
    assert "does not count" in visitor.get(led).text


def test_the_form_offers_the_boxes_without_a_label_and_none_where_all_have_one(
    clerk: Client, world: World, batch: str
) -> None:
    address = f"/batches/{batch}/boxes"

    def offered() -> tuple[object, ...]:
        return tuple(clerk.get(address).filled_in(address)[name] for name in ("first", "last", "of"))

    def void(run: str, first: int, last: int) -> None:
        world.do(world.bakari, labels.void_labels, VoidLabels, run=run, first=first, last=last, reason="torn")

    assert offered() == (["1"], ["10"], ["10"])
    run = world.do(world.bakari, labels.print_labels, PrintLabels, batch=batch, first=1, last=10, of=10, layout="tag")[
        "run"
    ]
    everywhere = clerk.get(address)
    assert "All labels are printed." in everywhere.text
    assert "Print labels" not in everywhere.text
    assert f"/runs/{run}" in everywhere.links()
    void(run, 9, 10)
    assert offered() == (["9"], ["10"], ["10"])
    void(run, 4, 5)
    assert offered() == (["4"], ["5"], ["10"])


def test_the_page_of_a_run_shows_how_far_it_is_and_looks_again(
    clerk: Client, batch: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The maker stops half way until it is let on; meanwhile another process looks, and leaves it alone."""
    go_on: list[bool] = []

    def slow(output: object, design: object, some: Iterator[object], told: printing.Told) -> None:
        told(4)
        while not go_on:
            time.sleep(0.01)
        output.write(b"%PDF-")  # type: ignore[attr-defined]

    monkeypatch.setattr(label_runs, "write_labels", slow)
    run = clerk.submit(clerk.get(f"/batches/{batch}/boxes"), f"/batches/{batch}/boxes", layout="tag").location
    until(lambda: "4 of 10 labels are made" in clerk.get(run).text)
    page = clerk.get(run)
    (bar,) = page.root.all("progress")
    assert (bar.attributes["max"], bar.attributes["value"]) == ("10", "4")
    assert [meta for meta in page.root.all("meta") if meta.attributes.get("http-equiv") == "refresh"]
    assert clerk.get(f"{run}/labels.pdf", status=303).location == run
    go_on.append(True)
    assert "Open the labels" in waited_for(clerk, run).text
    assert not [meta for meta in clerk.get(run).root.all("meta") if meta.attributes.get("http-equiv") == "refresh"]


def test_a_paper_that_cannot_be_made_says_why_and_is_tried_again(
    clerk: Client, batch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class TooDark(Invalid):
        """There is no light for {what} on {day}. Switch it on."""

    def broken(*_: object) -> None:
        raise TooDark(what=Sentence("Labels"), day=date(2026, 1, 1))

    with monkeypatch.context() as patch:
        patch.setattr(label_runs, "write_labels", broken)
        run = clerk.submit(clerk.get(f"/batches/{batch}/boxes"), f"/batches/{batch}/boxes", layout="tag").location
        assert "There is no light for Labels on 1 January 2026." in waited_for(clerk, run).text
        told = waited_for(clerk, run, "vi").text
        assert f"There is no light for {translate('vi', 'Labels')} on 1 tháng 1, 2026." in told
    again = clerk.get(f"{run}?l=en")
    clerk.submit(again, f"{run}/again")
    assert "Open the labels" in waited_for(clerk, run).text


def test_labels_without_room_for_their_code_say_so_and_name_others_in_the_readers_language(
    world: World, batch: str, database_url: str, tmp_path: Path
) -> None:
    """The site moved to a longer address since the run was recorded: trying again would not help."""
    boxes_of = {"batch": batch, "first": 1, "last": 2, "of": 10, "layout": "roll_58"}
    run = world.do(world.bakari, labels.print_labels, PrintLabels, **boxes_of)["run"]
    login = world.fact(facts.RegisterUser, login="bakari", name="Bakari", password=PASSWORD, roles=("manager",))
    world.database.write(lambda session: account.register_user(session, world.cooperative, login))
    moved = application(database_url, tmp_path, public_url=f"https://{'long.' * 12}example.org")
    clerk = Client(moved).sign_in("bakari", PASSWORD)
    told = clerk.get(f"/runs/{run}?l=lo")
    assert translate("lo", "Try again") not in told.text
    assert translate("lo", stock.STOCKS["box"].title) in told.text
    assert stock.STOCKS["box"].title not in told.text
    moved.extensions["database"].close()


def test_what_a_dead_process_left_is_made_again_and_old_papers_go(tmp_path: Path) -> None:
    folder = tmp_path / "printing"
    folder.mkdir()
    (folder / "RUN-en.part").write_bytes(b"half")
    (folder / "RUN-en.told").write_text('{"done": 5}', "utf-8")
    (folder / "RUN-en.lock").touch()  # nobody holds it any more
    (folder / "OLD-en.pdf").write_bytes(b"%PDF-")
    long_ago = time.time() - printing.KEPT_SECONDS - 60
    os.utime(folder / "OLD-en.pdf", (long_ago, long_ago))
    paper = printing.Printing(tmp_path, "RUN-en", 10)

    def make(output: BinaryIO, _: printing.Told) -> None:
        output.write(b"whole")

    (folder / "TAKEN-en.part").symlink_to(folder / "meanwhile")  # of another process, which has just finished it
    paper.look(lambda: make)
    until(lambda: paper.look(lambda: pytest.fail("it is made twice")).ready)
    assert paper.paper.read_bytes() == b"whole"
    assert not (folder / "OLD-en.pdf").exists()


# --- a site that moved --------------------------------------------------------------------------------------------


def test_labels_of_the_old_domain_lead_to_the_right_pages_after_the_move(
    world: World, batch: str, database_url: str, tmp_path: Path
) -> None:
    """Printed under the old name; the same server is then reached under both, and calls itself by the new one."""
    seed, number = printed(world, batch), world.row(batch).number
    moved = application(database_url, tmp_path, public_url="https://origin.example.org")
    for host in ("https://trace.example.la", "https://origin.example.org"):
        visitor = Client(moved)
        visitor.http.environ_base["HTTP_HOST"] = urlsplit(host).netloc

        def led(path: str, status: int = 307, visitor: Client = visitor) -> str:
            return visitor.get(path, status=status).location.removeprefix("https://origin.example.org")

        assert visitor.get(f"/b/{batch}").heading == "Green coffee"
        assert visitor.get(led(f"/01/{GTIN}/10/{number}")).heading == "Green coffee"
        assert visitor.get(led(f"/01/{GTIN}/10/{number}/21/{serial_of(seed, 5)}")).heading == "Bag 5 of 10"
        assert visitor.get(led(f"/B/{batch}/21/{serial_of(seed, 5)}", 308)).heading == "Bag 5 of 10"
        assert visitor.get(led(f"/01/{GTIN}/10/{number}").partition("?")[0] + ".json").response.is_json
        (first, *_) = links_of(visitor, f"/01/{GTIN}/10/{number}")
        assert str(first["anchor"]).startswith("https://origin.example.org/")
    moved.extensions["database"].close()
