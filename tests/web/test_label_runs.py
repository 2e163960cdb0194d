"""Papers of a batch that was stopped after they were made: none is opened later as if nothing had happened.

`L1 -> packed in 10 bags -> B`; labels are made, B is held, then recalled.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, update

from tests.cast import World
from tests.serving import until
from tests.web.applications import application
from tests.web.client import Client, Page
from traceability.domain import facts
from traceability.domain.labelling import BuildPallet, PrintLabels
from traceability.domain.serials import serial_of
from traceability.models import LabelRun, Lot
from traceability.models.database import Database
from traceability.operations import account, inspection, labels, pallets

PASSWORD = "a long enough password"


@pytest.fixture
def app(database: Database, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = application(database_url, tmp_path)
    yield made
    made.extensions["database"].close()


@pytest.fixture
def batch(world: World) -> str:
    return world.released(world.sealed(world.packed(count=10), ico="105/3/285"))


@pytest.fixture
def clerk(app: Flask, world: World) -> Client:
    login = world.fact(facts.RegisterUser, login="bakari", name="Bakari", password=PASSWORD, roles=("manager",))
    world.database.write(lambda session: account.register_user(session, world.cooperative, login))
    return Client(app).sign_in("bakari", PASSWORD)


def made(clerk: Client, world: World, batch: str) -> str:
    """The page of a run whose paper lies ready."""
    boxes = {"batch": batch, "first": 1, "last": 4, "of": 10, "layout": "tag"}
    address = f"/runs/{world.do(world.bakari, labels.print_labels, PrintLabels, **boxes)['run']}"
    until(lambda: "Open the labels" in clerk.get(address).text)
    return address


def held(world: World, batch: str) -> None:
    said = {"lot": batch, "reason": "residue test", "action": "wait"}
    world.do(world.ines, inspection.put_on_hold, facts.PutOnHold, **said)


def recalled(world: World, batch: str) -> str:
    said = {"lot": batch, "reason": "residue", "action": "bring it back"}
    return str(world.do(world.ines, inspection.recall, facts.RecallGoods, **said)["recall"])


def words_of(page: Page) -> str:
    return " ".join(one.extract_text() for one in PdfReader(BytesIO(page.body)).pages).replace("\u00a0", " ")


def test_labels_made_before_a_hold_are_opened_only_by_whoever_read_of_it(
    clerk: Client, world: World, batch: str
) -> None:
    run = made(clerk, world, batch)
    assert clerk.get(f"{run}/labels.pdf").body.startswith(b"%PDF")
    held(world, batch)
    led = clerk.get(f"{run}/labels.pdf", status=303)
    page = clerk.follow(led)
    assert "is on hold: residue test. Print its labels although it is on hold?" in page.text
    (sure,) = [link for link in page.links() if link.endswith("labels.pdf?confirmed=1")]
    assert clerk.get(sure).body.startswith(b"%PDF")


def test_labels_made_before_a_recall_are_not_handed_out_until_it_is_lifted(
    clerk: Client, world: World, batch: str
) -> None:
    run = made(clerk, world, batch)
    recall = recalled(world, batch)
    for address in (f"{run}/labels.pdf", f"{run}/labels.pdf?confirmed=1"):
        page = clerk.follow(clerk.get(address, status=303))
        assert "is recalled. No labels are printed for it" in page.text
        assert not [link for link in page.links() if "labels.pdf" in link]
    world.do(world.malee, inspection.lift_recall, facts.LiftRecall, recall=recall, outcome="mixed up")
    assert "Open the labels" in clerk.get(run).text
    assert clerk.get(f"{run}/labels.pdf").body.startswith(b"%PDF")


def test_other_papers_of_stopped_goods_say_it_or_are_refused(clerk: Client, world: World, batch: str) -> None:
    boxes = {"batch": batch, "first": 1, "last": 4}
    pallet = world.do(world.bakari, pallets.build_pallet, BuildPallet, **boxes)["pallet"]
    label, stencil = f"/pallets/{pallet}/label.pdf", f"/batches/{batch}/stencil.pdf"
    assert "on hold" not in words_of(clerk.get(label))
    held(world, batch)
    assert "This lot is on hold. Do not sell it yet." in words_of(clerk.get(label))
    recalled(world, batch)
    for address in (label, stencil):
        assert "is recalled. No labels are printed for it" in clerk.get(address, status=409).text


def test_a_certificate_of_before_a_recall_is_not_the_one_of_after_it(visitor: Client, world: World, batch: str) -> None:
    """Not even for somebody whose browser has it and only asks whether it changed."""
    address = f"/b/{batch}/certificate.pdf"
    before = visitor.get(address)
    assert "Recalled" not in words_of(before)
    assert "max-age=60" in before.response.headers["Cache-Control"]
    recalled(world, batch)
    after = visitor.get(address, headers={"If-None-Match": before.response.headers["ETag"]})
    assert "Recalled. Do not eat or sell." in words_of(after)


def test_a_label_of_before_that_says_other_boxes_in_all_is_told_what_the_batch_has(
    clerk: Client, visitor: Client, world: World, batch: str
) -> None:
    run = made(clerk, world, batch)

    def counted(session: object) -> None:  # as if the run had been taken when any number was
        session.execute(update(Lot).where(Lot.code == batch).values(made_count=12))  # type: ignore[attr-defined]

    world.database.write(counted)
    with world.database.reading() as session:
        seed = session.scalars(select(LabelRun.seed)).one()
    page = visitor.get(f"/b/{batch}/21/{serial_of(seed, 3)}")
    assert page.heading == "Bag 3 of 12"
    assert "Its label says 10 in all. The batch has 12." in page.text
    assert "These labels say 10 in all, and the batch has 12." in clerk.get(run).text
    clerk.get(f"{run}/labels.pdf", status=303)
