"""The mill: one form becoming another, splitting, merging, re-bagging, destroying."""

from __future__ import annotations

from sqlalchemy.orm import Session

from traceability.commodities import LOSSES, commodity, outturn_finding
from traceability.domain.events import Kind
from traceability.domain.facts import Dispose, Merge, Process, Rebag, Split
from traceability.domain.postings import Account, Posting, UnitsBelowZero
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import MassNeeded, NeedsConfirming, NothingChosen, NothingToMerge, SayWhy, Sentence
from traceability.operations import lookups, measuring
from traceability.operations.ledger import Entry, operation
from traceability.operations.lookups import Goods
from traceability.operations.making import (
    NewLots,
    check_outputs,
    common,
    difference,
    leaving,
    losses,
    lot_kind,
    measured_facts,
    measurements,
    same_goods,
    taken,
    units_with,
    unnamed,
    weighed_again,
)
from traceability.words import N_

_REST = "processing"  # the loss account for what nobody named


@operation(Kind.PROCESS)
def process(session: Session, actor: Actor, fact: Process) -> Entry:
    """L1 + L2 -> P, by-products, named losses. What is not accounted for is the loss `processing`, never silence.

    Raises MoreThanWentIn, MixedGoods, FormsDiffer; NeedsConfirming when the outturn is outside the commodity's usual
    range and no reason was given (COMMODITIES 1: asked about, never silently refused).
    """
    facility = lookups.facility_of(session, actor, fact.facility)
    inputs = taken(session, actor, fact.inputs, at="inputs")
    first = same_goods([lot for lot, _, _ in inputs], at="inputs")
    if not fact.outputs:
        raise NothingChosen(at="outputs")
    check_outputs(fact.outputs, first, at="outputs")
    in_g = sum(mass for _, mass, _ in inputs)
    named = losses(fact.losses, at="losses")
    out_g = sum(output.mass_g for output in fact.outputs)
    rest = unnamed(in_g, out_g, named, at="outputs")
    main_form = next((output.form for output in fact.outputs if not output.by_product), fact.outputs[0].form)
    measured = measuring.checked(fact.measured, first.commodity, lookups.form_of(first.commodity, main_form))
    findings = [*_outturn(first, fact, in_g), *measuring.unusual(measured, first.commodity, main_form)]
    if findings and not (fact.reason.strip() or fact.confirmed):
        raise NeedsConfirming(findings, at="reason")
    lots = NewLots(session, actor, fact, facility)
    parents = [lot for lot, _, _ in inputs]
    made = [
        lots.make(
            parents,
            form=output.form,
            kind="by_product" if output.by_product else "lot",
            grade=output.grade,
            variety=output.variety,
            unit=output.unit,
        )
        for output in fact.outputs
    ]
    main = next((lot for lot in made if lot.kind != "by_product"), made[0])
    postings = [Posting(Account.LOT, lot.code, -mass, -units) for lot, mass, units in inputs]
    postings += [Posting(Account.LOT, lot.code, o.mass_g, o.count) for lot, o in zip(made, fact.outputs, strict=True)]
    postings += named
    if rest:
        postings.append(Posting(Account.LOSS, _REST, rest))
    return Entry(
        postings=postings,
        makes=made,
        takes=parents,
        rows=measurements(actor, main, measured, fact),
        rows_of=main,
        kdes={
            "method": nfc(fact.method),
            "reason": nfc(fact.reason),
            "kept_unusual": [finding.text for finding in findings],
            "measured": measured_facts(measured),
        },
        answer={
            "lot": main.code,
            "lots": [lot.code for lot in made],
            "numbers": [lot.number for lot in made],
            "in_g": in_g,
            "out_g": out_g,
        },
        facility=facility,
    )


@operation(Kind.SPLIT)
def split(session: Session, actor: Actor, fact: Split) -> Entry:
    """L -> A + B (+ what stays in L). Nothing is lost in a split: weigh again and re-bag where something is."""
    facility = lookups.facility_of(session, actor, fact.facility)
    lot = lookups.usable_lot(session, actor, fact.lot, at="lot")
    if not fact.parts:
        raise NothingChosen(at="parts")
    for part in fact.parts:
        if part.mass_g <= 0:
            raise MassNeeded(at="parts")
    lots = NewLots(session, actor, fact, facility)
    made = [lots.make([lot], kind=lot_kind(lot), grade=p.grade or lot.grade, unit=lot.unit) for p in fact.parts]
    if min(part.count for part in fact.parts) < 0:
        raise UnitsBelowZero(at="parts")
    out_g, units = sum(part.mass_g for part in fact.parts), sum(part.count for part in fact.parts)
    if units:
        units_with(lot, out_g, units, at="parts")
    postings = [Posting(Account.LOT, lot.code, -out_g, -units)]
    postings += [Posting(Account.LOT, m.code, p.mass_g, p.count) for m, p in zip(made, fact.parts, strict=True)]
    answer = {"lots": [m.code for m in made], "numbers": [m.number for m in made], "lot": made[0].code}
    return Entry(postings=postings, makes=made, takes=[lot], answer=answer, facility=facility)


@operation(Kind.MERGE)
def merge(session: Session, actor: Actor, fact: Merge) -> Entry:
    """L1 + L2 -> M of the same goods; the scale's difference is named.

    Raises NothingToMerge for one lot alone, MixedGoods, ReasonNeeded.
    """
    facility = lookups.facility_of(session, actor, fact.facility)
    inputs = taken(session, actor, fact.inputs, at="inputs")
    if len(inputs) < 2:
        raise NothingToMerge(at="inputs")
    same_goods([lot for lot, _, _ in inputs], at="inputs")
    counted = sum(mass for _, mass, _ in inputs)
    weighed = weighed_again(session, actor, fact, counted)
    lots = NewLots(session, actor, fact, facility)
    parents = [lot for lot, _, _ in inputs]
    merged = lots.make(
        parents,
        grade=fact.grade or common([lot.grade for lot in parents]),
        unit=common([lot.unit for lot in parents]),
    )
    units = sum(count for _, _, count in inputs)
    postings = [Posting(Account.LOT, lot.code, -mass, -count) for lot, mass, count in inputs]
    postings += [Posting(Account.LOT, merged.code, weighed, units), *difference(counted, weighed)]
    return Entry(
        postings=postings,
        makes=[merged],
        takes=parents,
        kdes={"counted_g": counted, "weighed_g": fact.weighed_g, "reason": nfc(fact.reason)},
        answer={"lot": merged.code, "number": merged.number, "mass_g": weighed},
        facility=facility,
    )


@operation(Kind.REBAG)
def rebag(session: Session, actor: Actor, fact: Rebag) -> Entry:
    """L in old units -> L' in new units, weighed again or not."""
    facility = lookups.facility_of(session, actor, fact.facility)
    lot = lookups.usable_lot(session, actor, fact.lot, at="lot")
    counted = lot.balance_g
    weighed = weighed_again(session, actor, fact, counted)
    new = NewLots(session, actor, fact, facility).make([lot], kind=lot_kind(lot), grade=lot.grade, unit=fact.unit)
    postings = [
        Posting(Account.LOT, lot.code, -counted, -lot.balance_count),
        Posting(Account.LOT, new.code, weighed, fact.count),
        *difference(counted, weighed),
    ]
    return Entry(
        postings=postings,
        makes=[new],
        takes=[lot],
        kdes={"counted_g": counted, "weighed_g": fact.weighed_g, "reason": nfc(fact.reason)},
        answer={"lot": new.code, "number": new.number, "mass_g": weighed},
        facility=facility,
    )


@operation(Kind.DISPOSE)
def dispose(session: Session, actor: Actor, fact: Dispose) -> Entry:
    """Grams of a lot are destroyed; the one thing that may happen to held and recalled goods."""
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    lot = lookups.lot_to_destroy(session, actor, fact.lot, at="lot")
    mass = leaving(lot, fact.mass_g)
    units = lot.balance_count if mass == lot.balance_g else 0
    postings = [Posting(Account.LOT, lot.code, -mass, -units), Posting(Account.LOSS, "destroyed", mass, units)]
    return Entry(
        postings=postings,
        takes=[lot],
        kdes={"reason": nfc(fact.reason), **({"public": True} if lot.batch is not None else {})},
        answer={"lot": lot.code, "number": lot.number, "mass_g": mass},
    )


def _outturn(first: Goods, fact: Process, in_g: int) -> list[Sentence]:
    """What is odd about the main outputs against the commodity's usual range."""
    goods = commodity(first.commodity)
    by_form: dict[str, int] = {}
    for output in fact.outputs:
        if not output.by_product:
            by_form[output.form] = by_form.get(output.form, 0) + output.mass_g
    found = [outturn_finding(goods, first.form, form, in_g, mass) for form, mass in by_form.items()]
    asked = [finding.sentence for finding in found if finding is not None and finding.severity == "asked"]
    unknown = [loss.name for loss in fact.losses if loss.name not in LOSSES]
    if unknown:
        asked.append(
            Sentence(N_("There is no usual loss called {name}. Keep it only if no other fits."), {"name": unknown[0]})
        )
    return asked
