"""Numbered labels, pallets, GS1 numbers, cartons for China and coffee marks: what is recorded, and what is refused.

`Amina's orchard 60 kg -> packed 10 boxes -> B`; `Amina 30 + Bounmy 30 -> packed -> B2` is fruit of two orchards.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.cast import BOLAVEN, World
from traceability.domain import facts
from traceability.domain.facts import Take
from traceability.domain.labelling import CARTON, BreakPallet, BuildPallet, PrintLabels, SetGs1, VoidLabels
from traceability.domain.serials import boxes, serial_of
from traceability.errors import NeedsConfirming
from traceability.models import Event, LabelRun
from traceability.operations import collection, gs1, labels, packing, pallets, registry
from traceability.operations.gs1 import GlnTaken, NotAPrefixOfACompany, NothingNew
from traceability.operations.labels import (
    LabelledAlready,
    NotInBatch,
    NotPrinted,
    OddBoxes,
    OnlyCartons,
    TooManyAtOnce,
    VoidAlready,
)
from traceability.operations.pallets import BrokenAlready, OnPalletAlready
from traceability.queries.audit import audit
from traceability.queries.cartons import (
    NotForCartons,
    NotForChina,
    OrchardMissing,
    OrchardNotKnown,
    OrchardNotStanding,
    PackhouseMissing,
    PackhouseNotStanding,
    SeveralOrchards,
)
from traceability.queries.labels import BoxState, box_of
from traceability.words import say

GLN = "1234567890128"
OTHER_GLN = "4012345000009"


def printed(world: World, batch: str, first: int = 1, last: int = 10, of: int = 10, layout: str = "tag") -> str:
    boxes_of = {"batch": batch, "first": first, "last": last, "of": of, "layout": layout}
    return str(world.do(world.bakari, labels.print_labels, PrintLabels, **boxes_of)["run"])


def seed_of(world: World, run: str) -> bytes:
    with world.database.reading() as session:
        return session.scalars(select(LabelRun.seed).where(LabelRun.code == run)).one()


def state(world: World, batch: str, serial: str) -> BoxState:
    with world.database.reading() as session:
        return box_of(session, batch, serial).state


@pytest.fixture
def batch(world: World) -> str:
    return world.released(world.sealed(world.packed(count=10)))


# --- numbered labels --------------------------------------------------------------------------------------------


def test_a_run_of_ten_thousand_is_one_row_and_every_box_is_known(world: World) -> None:
    batch = world.released(world.sealed(world.packed(count=12_000)))
    before = world.everything()
    run = printed(world, batch, 1, 10_000, 12_000)
    after = world.everything()
    assert after["label_run"][0] - before["label_run"][0] == 1
    assert {table for table in after if after[table] != before[table]} == {"event", "label_run", "journal_head"}
    seed = seed_of(world, run)
    with world.database.reading() as session:
        for box in list(boxes(seed, 1, 10_000, 12_000))[::999]:
            found = box_of(session, batch, box.serial)
            assert (found.state, found.box) == (BoxState.PRINTED, box)
    assert state(world, batch, serial_of(seed, 10_001)) is BoxState.BEYOND
    assert state(world, batch, "0" * 20) is BoxState.UNKNOWN
    assert state(world, world.released(), serial_of(seed, 1)) is BoxState.UNKNOWN  # on the label of another batch


def test_the_secret_of_a_run_is_not_in_the_journal(world: World, batch: str) -> None:
    seed = seed_of(world, printed(world, batch))
    with world.database.reading() as session:
        bodies = session.scalars(select(Event.body)).all()
    assert not any(seed in body or seed.hex().encode() in body for body in bodies)
    assert not any(serial_of(seed, 1).encode() in body for body in bodies)


def test_voided_labels_do_not_count_and_their_boxes_are_labelled_anew(world: World, batch: str) -> None:
    run = printed(world, batch)
    old = serial_of(seed_of(world, run), 4)
    again = {"batch": batch, "first": 3, "last": 5, "of": 10, "layout": "tag"}
    refusal = world.refused(LabelledAlready, world.bakari, labels.print_labels, PrintLabels, **again)
    assert "3 to 5 have labels already" in str(refusal)
    world.do(world.bakari, labels.void_labels, VoidLabels, run=run, first=3, last=5, reason="wet")
    assert state(world, batch, old) is BoxState.VOID
    new = printed(world, batch, 3, 5)
    assert serial_of(seed_of(world, new), 4) != old
    assert state(world, batch, serial_of(seed_of(world, new), 4)) is BoxState.PRINTED
    assert state(world, batch, old) is BoxState.VOID
    twice = {"run": run, "first": 5, "last": 6, "reason": "x"}
    world.refused(VoidAlready, world.bakari, labels.void_labels, VoidLabels, **twice)
    world.refused(NotPrinted, world.bakari, labels.void_labels, VoidLabels, **{**twice, "run": new})


@pytest.mark.parametrize(("first", "last", "of"), [(0, 1, 1), (2, 1, 2), (1, 3, 2), (1, 1, 2**20)])
def test_boxes_that_make_no_sense_are_refused(world: World, batch: str, first: int, last: int, of: int) -> None:
    odd = {"batch": batch, "first": first, "last": last, "of": of, "layout": "tag"}
    world.refused(OddBoxes, world.bakari, labels.print_labels, PrintLabels, **odd)


def test_more_than_ten_thousand_at_once_are_refused(world: World) -> None:
    batch = world.released(world.sealed(world.packed(count=12_000)))
    many = {"batch": batch, "first": 1, "last": 10_001, "of": 10_001, "layout": "tag"}
    world.refused(TooManyAtOnce, world.bakari, labels.print_labels, PrintLabels, **many)


def test_no_label_is_printed_for_a_box_that_does_not_exist(world: World, batch: str) -> None:
    beyond = {"batch": batch, "first": 11, "last": 20, "of": 20, "layout": "tag"}
    world.refused(NotInBatch, world.bakari, labels.print_labels, PrintLabels, **beyond)


def test_every_label_says_how_many_boxes_the_batch_has(world: World, batch: str) -> None:
    """“Box 3 of 6” of a batch of ten would send somebody looking for nothing."""
    fewer = {"batch": batch, "first": 1, "last": 6, "of": 6, "layout": "tag"}
    refusal = world.refused(labels.OtherCount, world.bakari, labels.print_labels, PrintLabels, **fewer)
    assert str(refusal) == "The batch has 10 in all, and every label says so. Write 10."


# --- pallets and GS1 numbers ------------------------------------------------------------------------------------


def test_a_pallet_has_a_number_only_under_the_prefix_of_its_own_company(world: World, batch: str) -> None:
    def built(first: int, last: int) -> Any:
        return world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=batch, first=first, last=last)

    assert built(1, 2)["sscc"] == ""
    world.do(world.malee, gs1.set_gs1, SetGs1, company_prefix="885 0999")
    assert [built(3, 4)["sscc"], built(5, 6)["sscc"]] == ["088509990000000008", "088509990000000015"]
    taken = {"batch": batch, "first": 6, "last": 7}
    world.refused(OnPalletAlready, world.bakari, pallets.build_pallet, BuildPallet, **taken)
    world.refused(NotInBatch, world.bakari, pallets.build_pallet, BuildPallet, batch=batch, first=9, last=11)


def test_a_pallet_is_taken_apart_once_and_its_boxes_are_free(world: World, batch: str) -> None:
    pallet = world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=batch, first=1, last=10)["pallet"]
    world.do(world.bakari, pallets.break_pallet, BreakPallet, pallet=pallet, reason="too high")
    world.refused(BrokenAlready, world.bakari, pallets.break_pallet, BreakPallet, pallet=pallet, reason="again")
    other = world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=batch, first=1, last=5)["pallet"]
    assert other != pallet


def test_a_location_number_stands_for_one_place_only(world: World) -> None:
    world.do(world.malee, gs1.set_gs1, SetGs1, gln=GLN)
    world.refused(NothingNew, world.malee, gs1.set_gs1, SetGs1, gln=GLN)
    world.refused(GlnTaken, world.malee, gs1.set_gs1, SetGs1, gln=GLN, facility=world.mill)
    world.refused(GlnTaken, world.dao, gs1.set_gs1, SetGs1, gln=GLN)
    world.refused(NotAPrefixOfACompany, world.malee, gs1.set_gs1, SetGs1, company_prefix="12")
    world.do(world.malee, gs1.set_gs1, SetGs1, gln=OTHER_GLN)
    world.do(world.dao, gs1.set_gs1, SetGs1, gln=GLN)  # given up by us


def test_the_audit_finds_nothing_and_then_what_was_changed(world: World, batch: str) -> None:
    world.do(world.malee, gs1.set_gs1, SetGs1, gln=GLN, company_prefix="8850999")
    run = printed(world, batch)
    world.do(world.bakari, labels.void_labels, VoidLabels, run=run, first=2, last=2, reason="torn")
    pallet = world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=batch, first=1, last=3)["pallet"]
    world.do(world.bakari, pallets.break_pallet, BreakPallet, pallet=pallet, reason="wrong")
    assert list(audit(world.database)) == []
    world.database.write(lambda session: session.execute(text("update pallet set last = 9")))
    assert [finding for finding in audit(world.database) if "pallet" in finding.where]


# --- cartons for China --------------------------------------------------------------------------------------------


class Fruit:
    """Durian of two orchards, packed by the cooperative."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plots = [self._plot(world.amina), self._plot(world.bounmy)]

    def _plot(self, farmer: str) -> str:
        ground = {"farmer": farmer, "name": "Orchard", "commodity": "durian", "area_m2": 20_000, "where": BOLAVEN}
        return str(self.world.do(self.world.bakari, registry.register_plot, facts.RegisterPlot, **ground)["plot"])

    def code(self, scheme: str, code: str, **more: Any) -> None:
        kind = facts.RegisterRegistration
        said = {"scheme": scheme, "official_code": code, **more}
        self.world.do(self.world.malee, registry.register_registration, kind, **said)

    def batch(self, *plots: str, plain: bool = False) -> str:
        """A batch for China, whatever its cartons lack."""
        return self.world.sealed(self.packed(*plots, plain=plain), destination="CN", confirmed=True)

    def packed(self, *plots: str, plain: bool = False) -> str:
        """Boxes of fruit of these plots, on 5 January 2026 or soon after."""
        world, given = self.world, []
        for plot in plots or (self.plots[0],):
            farmer = world.amina if plot == self.plots[0] else world.bounmy
            weighed: Any = {"commodity": "durian", "form": "field_fruit", "plot": "" if plain else plot}
            given.append(world.delivery(30_000, farmer, **weighed))
        formed = {"facility": world.mill, "deliveries": tuple(given), "confirmed": True}
        lot = world.do(world.bakari, collection.form_lot, facts.FormLot, **formed)["lot"]
        mass = 30_000 * len(given)
        boxed = {"form": "graded_fruit", "unit": "box", "count": 2 * len(given), "mass_g": mass}
        packed = {"facility": world.mill, "inputs": (Take(lot=lot),), "confirmed": True, **boxed}
        return str(world.do(world.bakari, packing.pack, facts.Pack, **packed)["lot"])

    def refused(self, refusal: type[Any], batch: str) -> str:
        said = {"batch": batch, "first": 1, "last": 2, "of": self.world.row(batch).made_count, "layout": CARTON}
        return str(self.world.refused(refusal, self.world.bakari, labels.print_labels, PrintLabels, **said))


@pytest.fixture
def fruit(world: World) -> Fruit:
    return Fruit(world)


def test_cartons_are_refused_until_orchard_and_packing_house_are_registered(world: World, fruit: Fruit) -> None:
    batch = fruit.batch()
    assert "has no orchard number" in fruit.refused(OrchardMissing, batch)
    fruit.code("growing_area", "LA-OR-1", plots=(fruit.plots[0],))
    assert "no packing-house number" in fruit.refused(PackhouseMissing, batch)
    fruit.code("packing_house", "LA-PH-1", facilities=(world.mill,))
    run = printed(world, batch, 1, 2, 2, CARTON)
    with world.database.reading() as session:
        kdes = [event.kdes for event in session.scalars(select(Event)) if event.kdes.get("run") == run]
    assert [(said["orchard"], said["packhouse"]) for said in kdes] == [("LA-OR-1", "LA-PH-1")]


def test_a_number_counts_as_it_stood_on_the_day_of_packing(world: World, fruit: Fruit) -> None:
    fruit.code("packing_house", "LA-PH-1", facilities=(world.mill,))
    fruit.code("growing_area", "LA-OR-1", plots=(fruit.plots[0],))
    batch = fruit.batch()
    later = {"scheme": "growing_area", "official_code": "LA-OR-1", "reason": "pests", "to_on": None}
    suspend = registry.suspend_registration
    world.do(world.malee, suspend, facts.SuspendRegistration, **later, from_on=date(2027, 1, 1))
    printed(world, batch, 1, 1, 2, CARTON)  # still good that day
    packed, unlabelled = fruit.packed(), fruit.batch()
    world.do(world.malee, suspend, facts.SuspendRegistration, **later, from_on=date(2026, 1, 1))
    assert "it has been suspended since" in fruit.refused(OrchardNotStanding, unlabelled)
    for_china = {"lot": packed, "destination": "CN", "confirmed": True}
    world.refused(OrchardNotStanding, world.malee, packing.seal, facts.Seal, **for_china)


def test_a_number_that_had_run_out_or_was_not_valid_yet_is_refused(world: World, fruit: Fruit) -> None:
    batch = fruit.batch()
    fruit.code("growing_area", "OLD", plots=(fruit.plots[0],), valid_to=date(2026, 1, 1))
    said = {"batch": batch, "first": 1, "last": 2, "of": 2, "layout": CARTON}
    refusal = world.refused(OrchardNotStanding, world.bakari, labels.print_labels, PrintLabels, **said)
    told = say("vi", refusal.sentence).replace("\xa0", " ")
    assert "OLD" in told
    assert "it ran out on 2026-01-01" in str(refusal)
    assert re.search("[0-9] tháng 1, 2026", told), "a day is said in the reader's words"
    fruit.code("growing_area", "GOOD", plots=(fruit.plots[0],))
    fruit.code("packing_house", "LATE", facilities=(world.mill,), valid_from=date(2027, 1, 1))
    assert "it is valid from 2027-01-01 only" in fruit.refused(PackhouseNotStanding, batch)


def test_a_suspension_that_is_over_says_both_its_ends_and_one_that_lasts_comes_first(
    world: World, fruit: Fruit
) -> None:
    fruit.code("packing_house", "LA-PH-1", facilities=(world.mill,))
    fruit.code("growing_area", "LA-OR-1", plots=(fruit.plots[0],))
    batch = fruit.batch()
    said = {"scheme": "packing_house", "official_code": "LA-PH-1", "reason": "an inspection"}
    for start, end in ((date(2025, 12, 1), date(2026, 12, 31)), (date(2026, 1, 1), None)):
        if end is None:
            assert "suspended from 2025-12-01 to 2026-12-31" in fruit.refused(PackhouseNotStanding, batch)
        pause = {**said, "from_on": start, "to_on": end}
        world.do(world.malee, registry.suspend_registration, facts.SuspendRegistration, **pause)
    assert "it has been suspended since 2026-01-01" in fruit.refused(PackhouseNotStanding, batch)


def test_fruit_of_two_orchards_names_none(world: World, fruit: Fruit) -> None:
    fruit.code("packing_house", "LA-PH-1", facilities=(world.mill,))
    fruit.code("growing_area", "LA-OR-1", plots=(fruit.plots[0],))
    batch = fruit.batch(*fruit.plots)
    assert fruit.refused(OrchardMissing, batch)
    fruit.code("growing_area", "LA-OR-2", plots=(fruit.plots[1],))
    assert "LA-OR-1, LA-OR-2" in fruit.refused(SeveralOrchards, batch)
    fruit.code("growing_area", "LA-OR-3", plots=tuple(fruit.plots))  # one orchard of two plots
    printed(world, batch, 1, 4, 4, CARTON)


def test_fruit_for_china_has_cartons_and_no_other_label(world: World, fruit: Fruit) -> None:
    batch = fruit.batch()
    for layout in ("box", "a4_24", "roll_58"):
        said = {"batch": batch, "first": 1, "last": 2, "of": 2, "layout": layout, "confirmed": True}
        refusal = world.refused(OnlyCartons, world.bakari, labels.print_labels, PrintLabels, **said)
        assert "Fruit carton for China" in str(refusal)
    coffee = world.sealed(world.packed(count=10), destination="CN")
    printed(world, coffee)


def test_a_batch_that_was_replaced_is_labelled_after_a_question(world: World) -> None:
    old, new = world.released(world.sealed(world.packed(count=10))), world.released()
    world.do(world.malee, packing.supersede, facts.Supersede, old=old, new=new, reason="relabelled")
    with pytest.raises(NeedsConfirming) as caught:
        printed(world, old)
    assert new in str(caught.value.warnings[0])
    said = {"batch": old, "first": 1, "last": 10, "of": 10, "layout": "tag", "confirmed": True}
    world.do(world.bakari, labels.print_labels, PrintLabels, **said)


def test_fruit_without_a_plot_and_coffee_get_no_carton(world: World, fruit: Fruit) -> None:
    fruit.refused(OrchardNotKnown, fruit.batch(plain=True))
    fruit.refused(NotForCartons, world.sealed())


def test_a_carton_that_says_china_is_on_no_goods_for_another_country(world: World, fruit: Fruit) -> None:
    fruit.code("packing_house", "LA-PH-1", facilities=(world.mill,))
    fruit.code("growing_area", "LA-OR-1", plots=(fruit.plots[0],))
    refused = fruit.refused(NotForChina, world.sealed(fruit.packed(), destination="JP", confirmed=True))
    assert "was sealed for another country" in refused
    printed(world, world.sealed(fruit.packed(), destination="", confirmed=True), 1, 2, 2, CARTON)


# --- coffee marks -------------------------------------------------------------------------------------------------


def sealed_with(world: World, mark: str, when: datetime, **more: Any) -> None:
    said = {"lot": world.packed(), "ico": mark, "occurred_at": when, **more}
    world.do(world.malee, packing.seal, facts.Seal, **said)


def doubted(world: World, mark: str, when: datetime) -> str:
    """What is asked before it is sealed."""
    with pytest.raises(NeedsConfirming) as caught:
        sealed_with(world, mark, when)
    return " ".join(str(sentence) for sentence in caught.value.warnings)


def test_a_mark_twice_in_a_coffee_year_is_asked_about_and_1_october_begins_anew(world: World) -> None:
    sealed_with(world, "105/3/285", datetime(2025, 10, 2, tzinfo=UTC))
    for again in ("105/3/285", "105-0003-0285", "105 3 285"):
        assert "same coffee year" in doubted(world, again, datetime(2026, 7, 1, tzinfo=UTC))
    sealed_with(world, "105/3/286", datetime(2026, 7, 1, tzinfo=UTC))
    sealed_with(world, "105/3/285", datetime(2025, 9, 30, 16, 59, tzinfo=UTC))  # a minute before October in Laos
    assert "same coffee year" in doubted(world, "105/3/285", datetime(2025, 9, 30, 17, 0, tzinfo=UTC))
    sealed_with(world, "105/3/285", datetime(2026, 1, 1, tzinfo=UTC), confirmed=True)


def test_a_date_of_a_spreadsheet_and_an_unknown_country_are_asked_about(world: World) -> None:
    for mark, why in (("Jan-26", "spreadsheet"), ("999/3/285", "not a coffee country")):
        assert why in doubted(world, mark, datetime(2026, 1, 1, tzinfo=UTC))
    sealed_with(world, "105/3/VL7285-005", datetime(2026, 1, 1, tzinfo=UTC))  # letters are kept as typed
