"""Why a number on a batch's page is what it is, for everybody: lot by lot what went in, what came out, by which rule.

Nobody is named and no single delivery is told: what farms gave to one lot is one sum. Every sum adds up to the gram.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from traceability.domain import lineage
from traceability.domain.dossier import ClaimResult, Dossier, Names, Shares
from traceability.domain.flow import Part
from traceability.domain.lineage import Ancestry, Grown, Sum, largest_remainder, nearest_grams
from traceability.domain.moments import day_of
from traceability.domain.postings import Account
from traceability.errors import NotFound
from traceability.models import Event, Lot, Organisation
from traceability.queries import evidence
from traceability.queries.dossiers import trace_of_version
from traceability.queries.lineage import TraceBack, lots_by_id, rows_by_id
from traceability.queries.many import LINES, rows_of
from traceability.queries.reweighings import WEIGHT_CORRECTED, called_loss, corrections_of, said_until
from traceability.queries.ways import Drawn, flow_of

MOST_LOTS: Final = 40  # on the way from a farm to the batch: the nearest are told
OTHER_FARMS: Final = "farms-rest"  # those that the page's list of shares only counts

_Above = Ancestry[int, tuple[int, int]]


class NoSuchNumber(NotFound):
    """This page has no such number. Open the batch and choose one of its numbers."""


class Taken(NamedTuple):
    """What went into a lot: a lot before it, or what farms gave (no number), and how much of that is asked about."""

    number: str
    mass_g: int
    asked_g: int


class CameOut(NamedTuple):
    """Where it went: this lot, other lots, by_products, or a loss by its name."""

    kind: str
    called: Names
    mass_g: int


@dataclass(frozen=True)
class LotSum:
    """One lot on the way. What was taken, the `rest_g` and what the scale showed more came out again, to the gram."""

    number: str
    whose: Names
    kind: str  # of the entry that made it
    on: date
    taken: Sequence[Taken]
    rest_g: int
    gained_g: int
    corrected_g: int  # of that, because weights of what went in were corrected downwards
    whole_g: int
    asked_g: int
    came_out: Sequence[CameOut]
    made_g: int
    holds_g: int  # of what is asked about


@dataclass(frozen=True)
class Reason:
    """Why that much of a part is in the batch; rows from the oldest lot to the batch."""

    part: Part
    rows: Sequence[LotSum]
    worked_g: int  # what the rows come to; the part is the sum of its farms, each in whole grams
    earlier: int = 0  # lots further up that are not told


def reason_of(session: Session, dossier: Dossier, what: str, *, listed: int) -> Reason:
    """The sums behind one number of a batch's page, in the version read; `listed` farms stand by themselves in it.

    Raises NoSuchNumber.
    """
    version = dossier.version if dossier.version else None
    trace, until = trace_of_version(session, dossier.code, version)
    lots = lots_by_id(session, trace.flow.through)
    houses = rows_by_id(session, Organisation, {lot.org_id for lot in lots.values()})
    assert isinstance(dossier.shares, Shares)  # of a database they always are
    drawn = flow_of(session, trace, lots, houses, dossier.shares)
    claims = {f"claim-{at}": claim for at, claim in enumerate(dossier.claims, 1)}
    if what in claims:
        part, above = _claimed(session, what, claims[what], drawn, trace, dossier.shares)
    else:
        part, above = _asked(what, drawn, trace, dossier.shares, listed)
    sums = lineage.why(above, trace.lot_id, lambda _delivery, _origin: True)
    told = sums[-MOST_LOTS:]
    rows = tuple(_rows(session, told, lots, houses, until))
    return Reason(part, rows, rows[-1].holds_g if rows else part.mass_g, len(sums) - len(told))


def _claimed(
    session: Session, key: str, claim: ClaimResult, drawn: Drawn, trace: TraceBack, shares: Shares
) -> tuple[Part, _Above]:
    """What certificates cover, and the ancestry with those deliveries alone, those into one lot as one."""
    delivered = evidence.delivered(session, trace)
    covered = evidence.covered_by(session, delivered, claim.scheme)
    rank = {farm: place for place, farm in enumerate(shares.farms)}
    farms = [
        {rank[one.origin.party_id] for key, one in delivered.items() if one.mass_g and (key in covered) is told}
        for told in (True, False)
    ]
    tenths, _ = drawn.percentages.of(zip(farms, (claim.covered_g, claim.mass_g - claim.covered_g), strict=True))
    part = Part(key, "claim", claim.scheme, "", len(farms[0]), claim.covered_g, tenths, {})
    return part, _with(trace.above, lambda delivery, _farm: delivery in covered)


def _asked(what: str, drawn: Drawn, trace: TraceBack, shares: Shares, listed: int) -> tuple[Part, _Above]:
    """The part that is meant, and the ancestry with nothing but its deliveries. Raises NoSuchNumber."""
    for part, farms in zip(drawn.flow.sources, drawn.farms, strict=True):
        if part.key == what:
            return part, _of_farms(trace.above, {shares.farms[place] for place in farms})
    for part, farms in zip(drawn.flow.places, drawn.places, strict=True):
        if part.key == what:
            return part, _of_farms(trace.above, {shares.farms[place] for place in farms})
    for part, lots in zip(drawn.flow.lots, drawn.lots, strict=True):
        if part.key == what:
            return part, _of_lots(trace.above, drawn.folded(lots))
    places: Sequence[int] = range(listed, len(shares)) if what == OTHER_FARMS else ()
    label = what.removeprefix("farm-")
    if label != what and label.isascii() and label.isdigit() and 0 < int(label) <= len(shares):
        places = [int(label) - 1]
    if not places or (len(places) == 1 and what != OTHER_FARMS and shares[places[0]].label != label):
        raise NoSuchNumber()
    kind = "farms" if what == OTHER_FARMS else "farm"
    name = shares[places[0]].name if kind == "farm" else ""
    mass, tenths = (sum(column[place] for place in places) for column in (shares.masses_g, shares.tenths))
    part = Part(what, kind, name, label if kind == "farm" else "", len(places), mass, tenths, {})
    return part, _of_farms(trace.above, {shares.farms[place] for place in places})


def _of_farms(above: _Above, farms: Collection[int]) -> _Above:
    """The same ancestry with the deliveries of some farms, those into one lot as one."""
    return _with(above, lambda _delivery, farm: farm in farms)


def _with(above: _Above, asked: Callable[[int, int], bool]) -> _Above:
    """The same ancestry with the deliveries that are asked about, those into one lot as one."""
    found: dict[int, list[tuple[int, int, tuple[int, int]]]] = {}
    for lot, deliveries in above.deliveries.items():
        columns = Grown.of(deliveries)
        rows = zip(columns.keys, columns.farmers, columns.masses_g, strict=True)
        given = sum(mass for delivery, farm, mass in rows if asked(delivery, farm))
        found[lot] = [(0, given, (0, 0))] if given else []
    return Ancestry(above.lots, dict(found), above.whole)


def _of_lots(above: _Above, lots: Collection[int]) -> _Above:
    """The same ancestry with the deliveries that met in some lots."""
    given = {lot: sum(Grown.of(some).masses_g) if lot in lots else 0 for lot, some in above.deliveries.items()}
    return Ancestry(above.lots, {lot: [(0, mass, (0, 0))] if mass else [] for lot, mass in given.items()}, above.whole)


def _rows(
    session: Session,
    sums: Sequence[Sum[int]],
    lots: Mapping[int, Lot],
    houses: Mapping[int, Organisation],
    until: int | None,
) -> Iterator[LotSum]:
    """The sums as people read them, the batch's last."""
    made_by = {lots[found.lot].made_by_id for found in sums}
    events = rows_by_id(session, Event, made_by)
    lines: dict[int, list[tuple[str, str, int | None, int]]] = {}
    corrected_g: Counter[int] = Counter()  # of deliveries in lots that keep their weight
    for event_id, _, account, ref, lot_id, _, mass_g in rows_of(session, LINES, made_by):
        lines.setdefault(event_id, []).append((account, ref, lot_id, mass_g))
    formed = {event.code: key for key, event in events.items()}
    for one in corrections_of(session, houses):
        if one.formed_by in formed and not one.follows and said_until(until, one.event_id):
            corrected_g[formed[one.formed_by]] += one.more_g
    for event_id, mass_g in corrected_g.items():
        if mass_g:
            account = Account.LOSS if mass_g > 0 else Account.GAIN
            lines.setdefault(event_id, []).append((account, WEIGHT_CORRECTED, None, mass_g))
    siblings = {lot_id for some in lines.values() for _, _, lot_id, mass_g in some if lot_id and mass_g > 0}
    beside = lots_by_id(session, siblings - set(lots))
    for found in sums:
        lot, event = lots[found.lot], events[lots[found.lot].made_by_id]
        wrote = lines.get(event.id, [])
        asked_g = nearest_grams(found.parts * found.whole_g)
        weights = {place: term.parts * term.mass_g for place, term in enumerate(found.terms)}
        parts = largest_remainder(weights, asked_g)
        yield LotSum(
            number=lot.number,
            whose=houses[lot.org_id].called,
            kind=event.kind,
            on=day_of(lot.made_at, lot.zone_minutes),
            taken=[
                Taken(lots[term.of].number if term.of else "", term.mass_g, parts[place])
                for place, term in enumerate(found.terms)
            ],
            rest_g=found.whole_g - sum(term.mass_g for term in found.terms),
            gained_g=-sum(mass_g for account, _, _, mass_g in wrote if account == Account.GAIN),
            corrected_g=max(0, -corrected_g[event.id]),
            whole_g=found.whole_g,
            asked_g=asked_g,
            came_out=list(_came_out(lot, wrote, {**beside, **lots})),
            made_g=lot.made_g,
            holds_g=nearest_grams(found.parts * lot.made_g),
        )


def _came_out(
    lot: Lot, wrote: Sequence[tuple[str, str, int | None, int]], lots: Mapping[int, Lot]
) -> Iterator[CameOut]:
    """What came out of the entry that made a lot: the lot first, then others, by-products and every named loss."""
    nothing = Names({})
    yield CameOut("this", nothing, lot.made_g)
    out = [line for line in wrote if line[3] > 0 and line[2] != lot.id]
    losses = sorted((ref, mass_g) for account, ref, _, mass_g in out if account == Account.LOSS)
    beside = [(lots[lot_id].kind == "by_product", mass_g) for _, _, lot_id, mass_g in out if lot_id is not None]
    known = sum(mass_g for _, mass_g in [*losses, *beside])
    others = sum(mass_g for by_product, mass_g in beside if not by_product)
    others += sum(line[3] for line in out) - known  # what stayed on the road, or left
    if others:
        yield CameOut("others", nothing, others)
    if by_products := sum(mass_g for by_product, mass_g in beside if by_product):
        yield CameOut("by_products", nothing, by_products)
    for ref, mass_g in losses:
        yield CameOut("loss", called_loss(ref), mass_g)
