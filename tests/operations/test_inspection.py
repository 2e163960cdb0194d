"""Measuring, holding, recalling, and keeping papers."""

from __future__ import annotations

import io

from PIL import Image
from sqlalchemy import select, update

from tests.cast import World
from traceability.domain.facts import (
    Attach,
    CloseHold,
    Dispose,
    FormLot,
    Inspect,
    LiftRecall,
    Measured,
    PutOnHold,
    RecallGoods,
)
from traceability.errors import (
    CheckFailed,
    FileTooLarge,
    NoSuchFacility,
    NoSuchFarmer,
    NoSuchHold,
    NoSuchLot,
    NoSuchPlot,
    NoSuchRecall,
    NotAPictureOrPaper,
    NothingChosen,
    OneTarget,
    OnHold,
    SayWhy,
    UnderRecall,
)
from traceability.models import Attachment, Hold, Measurement, Party
from traceability.operations.collection import form_lot
from traceability.operations.inspection import (
    attach,
    close_hold,
    inspect,
    lift_recall,
    put_on_hold,
    recall,
)
from traceability.operations.pictures import MOST_BYTES, MOST_PHOTO_BYTES
from traceability.operations.processing import dispose
from traceability.queries.audit import audit


def test_an_inspector_measures_a_lot(world: World) -> None:
    lot = world.lot()
    measured = (Measured(property="cup_score", value="84.25", passed=True), Measured(property="colour", value="ດຳ"))
    world.do(world.ines, inspect, Inspect, lot=lot, measured=measured, facility=world.mill)
    with world.database.reading() as session:
        assert [row.value for row in session.scalars(select(Measurement).order_by(Measurement.id))] == ["84.25", "ດຳ"]
    world.refused(NothingChosen, world.ines, inspect, Inspect, lot=lot, measured=())
    world.refused(NoSuchLot, world.ines, inspect, Inspect, lot="NOWHERE2", measured=measured)
    world.refused(NoSuchFacility, world.ines, inspect, Inspect, lot=lot, measured=measured, facility="NOWHERE2")


def test_held_goods_wait_until_the_hold_passed(world: World) -> None:
    """D on hold -> nothing; passed -> L"""
    delivery = world.delivery()
    forming = {"facility": world.mill, "deliveries": (delivery,)}
    hold = world.do(world.ines, put_on_hold, PutOnHold, lot=delivery, reason="residues")["hold"]
    refusal = world.refused(OnHold, world.bakari, form_lot, FormLot, **forming)
    assert "residues" in str(refusal)
    world.do(world.ines, close_hold, CloseHold, hold=hold, passed=True, outcome="clean")
    world.do(world.bakari, form_lot, FormLot, **forming)
    world.refused(NoSuchHold, world.ines, close_hold, CloseHold, hold=hold, passed=True, outcome="clean")


def test_a_hold_stops_the_goods_of_a_farmer_until_it_passed(world: World) -> None:
    delivery, other = world.delivery(), world.delivery(10_000, world.bounmy)
    hold = world.do(world.ines, put_on_hold, PutOnHold, farmer=world.amina, reason="residues")["hold"]
    refusal = world.refused(OnHold, world.bakari, form_lot, FormLot, facility=world.mill, deliveries=(other, delivery))
    assert "residues" in str(refusal)
    world.do(world.bakari, form_lot, FormLot, facility=world.mill, deliveries=(other,))
    world.do(world.ines, close_hold, CloseHold, hold=hold, passed=True, outcome="clean")
    world.do(world.bakari, form_lot, FormLot, facility=world.mill, deliveries=(delivery,))
    assert list(audit(world.database)) == []


def test_the_audit_finds_a_hold_of_another_farmer_than_was_said(world: World) -> None:
    world.do(world.ines, put_on_hold, PutOnHold, farmer=world.amina, reason="residues")
    world.do(world.ines, put_on_hold, PutOnHold, plot=world.amina_plot, reason="residues")
    assert list(audit(world.database)) == []
    other = select(Party.id).where(Party.code == world.bounmy).scalar_subquery()
    world.database.write(
        lambda session: session.execute(update(Hold).where(Hold.plot_id.is_(None)).values(party_id=other))
    )
    (finding,) = audit(world.database)
    assert "hold" in finding.where
    assert "farmer" in finding.where


def test_goods_that_failed_stay_stopped_and_may_only_be_destroyed(world: World) -> None:
    delivery = world.delivery()
    hold = world.do(world.ines, put_on_hold, PutOnHold, lot=delivery, reason="residues")["hold"]
    world.do(world.ines, close_hold, CloseHold, hold=hold, passed=False, outcome="chlorpyrifos found")
    refusal = world.refused(CheckFailed, world.bakari, form_lot, FormLot, facility=world.mill, deliveries=(delivery,))
    assert "chlorpyrifos" in str(refusal)
    world.do(world.malee, dispose, Dispose, lot=delivery, mass_g=None, reason="failed")


def test_a_hold_says_why_and_what_came_of_it(world: World) -> None:
    delivery = world.delivery()
    world.refused(SayWhy, world.ines, put_on_hold, PutOnHold, lot=delivery, reason="  ")
    world.refused(NoSuchLot, world.ines, put_on_hold, PutOnHold, lot="NOWHERE2", reason="x")
    world.refused(NoSuchPlot, world.ines, put_on_hold, PutOnHold, plot="NOWHERE2", reason="x")
    world.refused(NoSuchFarmer, world.ines, put_on_hold, PutOnHold, farmer="NOWHERE2", reason="x")
    world.refused(OneTarget, world.ines, put_on_hold, PutOnHold, reason="x")
    world.refused(OneTarget, world.ines, put_on_hold, PutOnHold, lot=delivery, farmer=world.amina, reason="x")
    hold = world.do(world.ines, put_on_hold, PutOnHold, lot=delivery, reason="residues")["hold"]
    world.refused(SayWhy, world.ines, close_hold, CloseHold, hold=hold, passed=True, outcome="")
    world.refused(NoSuchHold, world.ines, close_hold, CloseHold, hold="NOWHERE2", passed=True, outcome="x")


def test_a_recall_stops_the_goods_of_a_farmer_until_it_is_lifted(world: World) -> None:
    delivery, other = world.delivery(), world.delivery(10_000, world.bounmy)
    said = {"reason": "residues", "action": "bring it back"}
    code = world.do(world.ines, recall, RecallGoods, farmer=world.amina, **said)["recall"]
    world.refused(UnderRecall, world.bakari, form_lot, FormLot, facility=world.mill, deliveries=(other, delivery))
    world.do(world.bakari, form_lot, FormLot, facility=world.mill, deliveries=(other,))
    world.refused(SayWhy, world.ines, lift_recall, LiftRecall, recall=code, outcome="")
    world.do(world.ines, lift_recall, LiftRecall, recall=code, outcome="another farm")
    world.do(world.bakari, form_lot, FormLot, facility=world.mill, deliveries=(delivery,))
    world.refused(NoSuchRecall, world.ines, lift_recall, LiftRecall, recall=code, outcome="again")


def test_a_recall_names_one_target_a_reason_and_what_to_do(world: World) -> None:
    said = {"reason": "residues", "action": "bring it back"}
    world.refused(OneTarget, world.ines, recall, RecallGoods, **said)
    world.refused(OneTarget, world.ines, recall, RecallGoods, **said, farmer=world.amina, plot=world.amina_plot)
    world.refused(SayWhy, world.ines, recall, RecallGoods, reason="", action="x", farmer=world.amina)
    world.refused(SayWhy, world.ines, recall, RecallGoods, reason="x", action="", farmer=world.amina)
    world.refused(NoSuchLot, world.ines, recall, RecallGoods, **said, lot="NOWHERE2")
    world.refused(NoSuchPlot, world.ines, recall, RecallGoods, **said, plot="NOWHERE2")
    world.refused(NoSuchFarmer, world.ines, recall, RecallGoods, **said, farmer="NOWHERE2")


def picture(orientation: int = 1) -> bytes:
    """A small wide JPEG with a position in it, as a phone makes it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "lat 15.1876543 lon 106.2345671"
    kept = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def test_a_photo_is_kept_upright_and_without_its_position(world: World) -> None:
    content = picture(orientation=6)
    assert b"15.1876543" in content
    world.do(world.bakari, attach, Attach, lot=world.lot(), title="Slip", content=content)
    with world.database.reading() as session:
        kept = session.scalars(select(Attachment)).one()
        assert kept.media_type == "image/jpeg"
        assert b"15.1876543" not in kept.content
        assert Image.open(io.BytesIO(kept.content)).size == (20, 40)


def test_only_pictures_and_papers_of_bounded_size_are_kept(world: World) -> None:
    lot = world.lot()
    world.do(world.bakari, attach, Attach, lot=lot, title="Paper", content=b"%PDF-1.7 ...")
    wrong = {"lot": lot, "title": "x"}
    for content in (b"", b"GIF89a", b"<svg/>", picture()[:200], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        world.refused(NotAPictureOrPaper, world.bakari, attach, Attach, **wrong, content=content)
    too_large = b"%PDF-" + bytes(MOST_BYTES)
    refusal = world.refused(FileTooLarge, world.bakari, attach, Attach, **wrong, content=too_large)
    assert refusal.sentence.values == {"size": 3001, "most": 3000}
    refusal = world.refused(FileTooLarge, world.bakari, attach, Attach, **wrong, content=bytes(MOST_PHOTO_BYTES + 1))
    assert refusal.sentence.values == {"size": 15_001, "most": 15_000}
    world.refused(NoSuchLot, world.bakari, attach, Attach, lot="NOWHERE2", title="x", content=picture())
