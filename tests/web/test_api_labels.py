"""Labels, pallets and reports over the API: what the pages can do, a program can do; and no more than its role may.

`L1 -> packed in 10 bags -> B`; Bakari's program prints the labels of the boxes 1 to 6, and loses two of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from tests.serving import until
from tests.web.program import Program, organisation, token_of
from traceability.app import create_app
from traceability.config import Config
from traceability.domain.reports import Told
from traceability.domain.serials import show_serial
from traceability.errors import Invalid
from traceability.models.database import Database
from traceability.operations.reports import receive_report
from traceability.queries.audit import audit
from traceability.web import label_runs

SITE = "https://trace.example.la"
PHONE = "+856 20 5550 7777"
HERE = {"country": "LA"}
BOXES = {"first": 1, "last": 6, "of": 10, "layout": "tag"}


class House:
    """A cooperative with a released batch of ten bags, and Dao's organisation beside it."""

    def __init__(self, app: Flask) -> None:
        self.app, self.home = app, organisation(app, "Nong Luang", "NL")
        self.bakari = Program(app, token_of(app, self.home, "bakari"))
        self.dao = Program(app, token_of(app, organisation(app, "Dao Trading", "DT"), "dao"))
        say = self.bakari.say
        say("/farmers", name="Amina", number="0001", **HERE)
        say("/facilities", name="Mill", kind="dry_mill", prefix="NL", **HERE)
        coffee = {"commodity": "arabica_coffee", "form": "green"}
        lot = say("/weigh-ins", facility="NL", farmer="0001", bags_g=[60_000] * 10, **coffee)["answer"]["lot"]
        bags = {"form": "green", "unit": "bag", "count": 10, "mass_g": 600_000}
        self.batch = say("/packings", facility="NL", inputs=[{"lot": lot}], **bags)["answer"]["lot"]
        say("/batches", lot=self.batch, destination="IT", ico="105/3/285")
        say("/releases", batch=self.batch)

    def with_role(self, *roles: str) -> Program:
        return Program(self.app, token_of(self.app, self.home, "-".join(roles), *roles))

    def run(self, **more: Any) -> str:
        return str(self.bakari.say("/label-runs", batch=self.batch, **{**BOXES, **more})["answer"]["run"])

    def reported(self, form: str) -> str:
        told = Told(client_id=form, differs="seal", said="It is open", contact=PHONE)
        database: Database = self.app.extensions["database"]
        return database.write(lambda session: receive_report(session, self.batch, told, b"a photo", "lo"))


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """On both databases."""
    settings = Config(data_dir=tmp_path, database_url=database_url, secret_key="only for tests", public_url=SITE)
    app = create_app(settings)
    app.testing = True
    app.extensions["database"].create_all()
    yield House(app)
    app.extensions["database"].close()


def paper(program: Program, address: str, **asked: str) -> PdfReader:
    """A PDF, once it is made; what a program is told until then says how far it is."""
    answer = made(program, address, **asked)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    content = answer.data
    answer.close()
    return PdfReader(io.BytesIO(content))


def made(program: Program, address: str, **asked: str) -> TestResponse:
    """The answer when nobody is at it any more."""
    answers: list[TestResponse] = []

    def is_made() -> bool:
        answer = program.client.get(f"/api/v1{address}", query_string=asked, headers=program.headers)
        answers.append(answer)
        if answer.status_code != 202:
            return True
        assert answer.headers["Retry-After"] == "2"
        told = answer.get_json()
        assert 0 <= told["done"] <= told["total"]
        return False

    until(is_made)
    return answers[-1]


def words_of(found: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in found.pages).split())


def test_a_run_is_registered_once_listed_and_printed(house: House) -> None:
    said = {"client_id": "run-of-monday", "batch": house.batch, **BOXES}
    first = house.bakari.say("/label-runs", **said)
    again = house.bakari.say("/label-runs", 200, **said)
    assert (again["replayed"], again["answer"]) == (True, first["answer"])
    assert house.bakari.say("/label-runs", 422, **{**said, "last": 7})["name"] == "SaidDifferently"

    code = first["answer"]["run"]
    run = house.bakari.get(f"/label-runs/{code}")
    assert [run[name] for name in ("batch", "first", "last", "of", "layout", "voids")] == [
        *(house.batch, 1, 6, 10, "tag", [])
    ]  # fmt: skip
    assert "seed" not in run
    assert house.bakari.get("/label-runs")["items"] == [run]
    assert house.bakari.get(f"/batches/{house.batch}/label-runs")["items"] == [run]

    made = paper(house.bakari, f"/label-runs/{code}/labels.pdf")
    assert len(made.pages) == 6
    shown = words_of(made)
    labels = house.bakari.get(f"/label-runs/{code}/serials")["items"]
    assert [label["box"] for label in labels] == [1, 2, 3, 4, 5, 6]
    assert all(show_serial(label["serial"]) in shown for label in labels)
    assert labels[0]["address"] == f"{SITE}/b/{house.batch}/21/{labels[0]['serial']}".upper()  # as its QR says it


def test_the_labels_of_a_run_come_some_at_a_time(house: House) -> None:
    code = house.run(first=3)
    found, after = [], "0"
    while after:
        some = house.bakari.get(f"/label-runs/{code}/serials", after=after, limit=3)
        found += [label["box"] for label in some["items"]]
        after = some["next"]
    assert found == [3, 4, 5, 6]
    assert house.bakari.get(f"/label-runs/{code}/serials", after=6) == {"items": [], "next": None}
    assert house.bakari.get(f"/label-runs/{code}/serials", 422, after="B")["errors"].keys() == {"after"}


def test_labels_are_voided_by_box_and_by_serial_and_what_each_is_worth_is_told(house: House) -> None:
    code = house.run()
    serial = [label["serial"] for label in house.bakari.get(f"/label-runs/{code}/serials")["items"]]
    house.bakari.say("/voided-labels", run=code, first=2, last=3, reason="torn")
    said = {"client_id": "lost-number-5", "batch": house.batch, "serial": show_serial(serial[4]), "reason": "lost"}
    house.bakari.say("/voided-serials", **said)
    house.bakari.say("/voided-serials", 200, **said)

    def state(of: str) -> tuple[str, int | None]:
        told = house.bakari.get(f"/batches/{house.batch}/serials/{of}")
        assert told["copied_or_shared"] is False
        return told["state"], told["box"]

    assert [state(one) for one in serial] == [
        *(("printed", 1), ("void", 2), ("void", 3), ("printed", 4), ("void", 5), ("printed", 6))
    ]  # fmt: skip
    assert state("0" * 20) == ("unknown", None)
    assert house.bakari.get(f"/batches/{house.batch}/serials/12-640", 404)["name"] == "NotASerial"
    voids = house.bakari.get(f"/label-runs/{code}")["voids"]
    assert [(void["first"], void["last"], void["reason"]) for void in voids] == [(2, 3, "torn"), (5, 5, "lost")]
    assert len(paper(house.bakari, f"/label-runs/{code}/labels.pdf").pages) == 3

    again = {"batch": house.batch, "serial": serial[4], "reason": "lost"}
    assert house.bakari.say("/voided-serials", 409, **again)["name"] == "VoidAlready"
    unknown = house.bakari.say("/voided-serials", 404, **{**again, "serial": "0" * 20})
    assert (unknown["name"], unknown["at"]) == ("NoSuchLabel", "serial")
    assert house.bakari.say("/voided-labels", 422, run=code, first=1, last=1)["errors"].keys() == {"reason"}
    assert list(audit(house.app.extensions["database"])) == []


def test_what_cannot_be_printed_is_refused_and_not_recorded(house: House) -> None:
    house.run()
    wanted = {"batch": house.batch, **BOXES}
    assert house.bakari.say("/label-runs", 409, **wanted)["name"] == "LabelledAlready"
    rest = {**wanted, "first": 7, "last": 10}
    assert house.bakari.say("/label-runs", 409, **{**rest, "layout": "carton"})["name"] == "NotForCartons"
    assert house.bakari.say("/label-runs", 422, **{**rest, "layout": "a3"})["errors"].keys() == {"layout"}
    assert house.bakari.say("/label-runs", 422, **{**rest, "of": 11, "last": 11})["name"] == "NotInBatch"
    assert house.bakari.say("/label-runs", 422, **{**rest, "of": 8, "last": 8})["name"] == "OtherCount"
    assert len(house.bakari.get("/label-runs")["items"]) == 1
    sheet = house.bakari.client.get(
        f"/api/v1/batches/{house.batch}/labels.pdf", query_string={"sheet": "a3"}, headers=house.bakari.headers
    )
    assert (sheet.status_code, sheet.get_json()["name"]) == (422, "UnknownLabelSheet")


def test_a_paper_that_cannot_be_made_says_why_and_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class TooDark(Invalid):
        """There is no light for {what}. Switch it on."""

    def broken(*_: object) -> None:
        raise TooDark(what="labels")

    address = f"/label-runs/{house.run()}/labels.pdf"
    with monkeypatch.context() as patch:
        patch.setattr(label_runs, "write_labels", broken)
        answer = made(house.bakari, address)
    problem = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert (problem["name"], problem["detail"]) == ("PaperNotMade", "There is no light for labels. Switch it on.")
    assert len(paper(house.bakari, address).pages) == 6


def test_labels_without_serials_are_one_for_every_bag(house: House) -> None:
    address = f"/batches/{house.batch}/labels.pdf"
    assert len(paper(house.bakari, address, sheet="tag").pages) == 10
    assert len(paper(house.bakari, address, sheet="tag", count="2").pages) == 2
    assert len(paper(house.bakari, f"/lots/{house.batch}/tags.pdf").pages) == 10
    assert paper(house.bakari, f"/batches/{house.batch}/stencil.pdf").pages
    assert "Bag 2 of 10" in words_of(paper(house.bakari, address, sheet="tag", count="2"))
    some = paper(house.bakari, address, sheet="tag", first="4", last="5")
    assert ("Bag 4 of 10" in words_of(some), len(some.pages)) == (True, 2)
    for beyond in ({"count": 10_001}, {"first": 9, "last": 11}):
        assert house.bakari.get(address, 422, **beyond)["name"] == "NotInBatch"
    assert house.bakari.get(address, 422, first=5, last=4)["name"] == "OddBoxes"


def test_a_batch_on_hold_is_labelled_by_those_who_say_so_and_a_recalled_one_by_nobody(house: House) -> None:
    address, run = f"/batches/{house.batch}/labels.pdf", {"batch": house.batch, **BOXES}
    house.bakari.say("/holds", lot=house.batch, reason="residue test", action="wait")
    asked = house.bakari.get(address, 422, sheet="tag")
    assert (asked["name"], "residue test" in asked["warnings"][0]) == ("NeedsConfirming", True)
    assert house.bakari.say("/label-runs", 422, **run)["name"] == "NeedsConfirming"
    assert len(paper(house.bakari, address, sheet="tag", confirmed="yes").pages) == 10
    assert len(paper(house.bakari, f"/lots/{house.batch}/tags.pdf").pages) == 10  # what is held has to be marked
    made = f"/label-runs/{house.bakari.say('/label-runs', **run, confirmed=True)['answer']['run']}/labels.pdf"
    assert house.bakari.get(made, 422)["name"] == "NeedsConfirming"
    assert len(paper(house.bakari, made, confirmed="yes").pages) == 6
    house.bakari.say("/recalls", lot=house.batch, reason="residue", action="bring it back")
    assert house.bakari.get(address, 409, confirmed="yes")["name"] == "RecalledIsNotLabelled"
    assert house.bakari.get(made, 409, confirmed="yes")["name"] == "RecalledIsNotLabelled"  # though it lies ready
    more = {**run, "first": 7, "last": 10, "confirmed": True}
    assert house.bakari.say("/label-runs", 409, **more)["name"] == "RecalledIsNotLabelled"


def test_a_pallet_is_built_listed_labelled_and_taken_apart(house: House) -> None:
    house.bakari.say("/gs1-numbers", company_prefix="9506000")
    (numbers,) = house.bakari.get("/gs1-numbers")["items"]
    assert (numbers["facility"], numbers["company_prefix"]) == (None, "9506000")
    built = house.bakari.say("/pallets", batch=house.batch, first=1, last=4)["answer"]
    pallet = house.bakari.get(f"/pallets/{built['pallet']}")
    assert len(built["sscc"]) == 18
    assert [pallet[name] for name in ("sscc", "first", "last", "of", "net_g", "taken_apart")] == [
        *(built["sscc"], 1, 4, 10, 240_000, False)
    ]  # fmt: skip
    assert house.bakari.get(f"/pallets/{built['sscc']}") == pallet
    assert house.bakari.get(f"/batches/{house.batch}/pallets")["items"] == [pallet]
    assert house.bakari.say("/pallets", 409, batch=house.batch, first=4, last=5)["name"] == "OnPalletAlready"
    assert built["sscc"] in words_of(paper(house.bakari, f"/pallets/{built['pallet']}/label.pdf")).replace(" ", "")

    apart = {"pallet": built["pallet"], "reason": "re-stacked"}
    house.bakari.say("/broken-pallets", **apart)
    assert house.bakari.get(f"/pallets/{built['pallet']}")["taken_apart"] is True
    assert house.bakari.say("/broken-pallets", 409, **apart)["name"] == "BrokenAlready"


def test_reports_are_read_and_handled_by_those_whose_role_may(house: House) -> None:
    first, second = house.reported("form-one-of-two"), house.reported("form-two-of-two")
    clerk, exporter = house.with_role("clerk"), house.with_role("exporter")
    for path in ("/reports", f"/reports/{first}", f"/reports/{first}/photo", f"/batches/{house.batch}/reports"):
        assert clerk.get(path, 403)["name"] == "Forbidden"
    handled = {"report": first, "state": "answered", "answer": "Customs opened it.", "forget": True}
    assert clerk.say("/handled-reports", 403, **handled)["name"] == "Forbidden"

    listed = exporter.get(f"/batches/{house.batch}/reports")["items"]
    assert [(row["code"], row["state"], row["contact"], row["has_photo"]) for row in listed] == [
        (first, "new", PHONE, True),
        (second, "new", PHONE, True),
    ]
    photo = exporter.client.get(f"/api/v1/reports/{first}/photo", headers=exporter.headers)
    assert (photo.data, photo.mimetype, photo.headers["Cache-Control"]) == (b"a photo", "image/jpeg", "no-store")
    event = exporter.say("/handled-reports", **handled)
    told = exporter.get(f"/reports/{first}")
    assert [told[name] for name in ("state", "answer", "contact", "has_photo", "handled_by", "forgotten_at")] == [
        *("answered", "Customs opened it.", None, False, event["event"], event["recorded_at"])
    ]  # fmt: skip
    assert exporter.get(f"/reports/{first}/photo", 404)["name"] == "NoSuchReport"
    assert exporter.get(f"/reports/{second}")["handled_by"] is None


def test_who_may_not_print_is_refused(house: House) -> None:
    code, built = house.run(), house.bakari.say("/pallets", batch=house.batch, first=1, last=2)["answer"]["pallet"]
    auditor = house.with_role("auditor")
    for path, body in (
        ("/label-runs", {"batch": house.batch, **BOXES}),
        ("/voided-labels", {"run": code, "first": 1, "last": 1, "reason": "x"}),
        ("/voided-serials", {"batch": house.batch, "serial": "0" * 20, "reason": "x"}),
        ("/pallets", {"batch": house.batch, "first": 1, "last": 2}),
        ("/broken-pallets", {"pallet": built, "reason": "x"}),
        ("/gs1-numbers", {"company_prefix": "9506000"}),
    ):
        assert auditor.say(path, 403, **body)["name"] == "Forbidden", path


def test_another_organisation_finds_nothing_and_changes_nothing(house: House) -> None:
    code, built = house.run(), house.bakari.say("/pallets", batch=house.batch, first=1, last=2)["answer"]["pallet"]
    serial = house.bakari.get(f"/label-runs/{code}/serials")["items"][0]["serial"]
    report = house.reported("form-of-a-reader")
    for path in ("/label-runs", "/pallets", "/gs1-numbers", "/reports"):
        assert house.dao.get(path)["items"] == []
    for path in (
        *(f"/label-runs/{code}", f"/label-runs/{code}/serials", f"/label-runs/{code}/labels.pdf"),
        *(f"/pallets/{built}", f"/pallets/{built}/label.pdf", f"/batches/{house.batch}/labels.pdf"),
        *(f"/lots/{house.batch}/tags.pdf", f"/batches/{house.batch}/stencil.pdf"),
        *(f"/batches/{house.batch}/{many}" for many in ("label-runs", "pallets", "reports")),
        *(f"/batches/{house.batch}/serials/{serial}", f"/reports/{report}", f"/reports/{report}/photo"),
    ):
        house.dao.get(path, 404)
    for path, body in (
        ("/label-runs", {"batch": house.batch, **BOXES, "first": 7, "last": 8}),
        ("/voided-labels", {"run": code, "first": 1, "last": 1, "reason": "x"}),
        ("/voided-serials", {"batch": house.batch, "serial": serial, "reason": "x"}),
        ("/pallets", {"batch": house.batch, "first": 3, "last": 4}),
        ("/broken-pallets", {"pallet": built, "reason": "x"}),
        ("/handled-reports", {"report": report, "state": "looked_at", "forget": True}),
    ):
        house.dao.say(path, 404, **body)
    assert house.bakari.get(f"/label-runs/{code}")["voids"] == []
    assert house.bakari.get(f"/reports/{report}")["state"] == "new"
