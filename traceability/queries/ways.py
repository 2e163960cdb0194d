"""The ways of a batch's grams: every lot above it with what went from lot to lot, and the few parts that are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from sqlalchemy.orm import Session

from traceability.domain.dossier import LineageEdge, LineageNode, Place, Shares
from traceability.domain.flow import (
    MOST,
    Band,
    Flow,
    Heap,
    Part,
    heaped_farms,
    heaped_lots,
    heaped_places,
    into_lots,
    woven,
)
from traceability.domain.lineage import Grown
from traceability.domain.percentages import Percentages
from traceability.domain.pools import POOLED
from traceability.models import Lot, Organisation
from traceability.queries.lineage import TraceBack
from traceability.queries.many import HOUSES, listed, rows_of


@dataclass(frozen=True)
class Drawn:
    """The parts of a batch with what is in each: places in its list of shares, and lots by inside id."""

    flow: Flow
    farms: Sequence[Collection[int]]
    lots: Sequence[Collection[int]]
    places: Sequence[Collection[int]]  # of the shares, for every place of the flow
    shown: Mapping[int, int]  # for each lot above the batch the one that it is drawn as
    percentages: Percentages

    def folded(self, lots: Collection[int]) -> set[int]:
        """Every lot that is drawn as one of these."""
        return {key for key, node in self.shown.items() if node in lots}


def flow_of(
    session: Session,
    trace: TraceBack,
    lots: Mapping[int, Lot],
    organisations: Mapping[int, Organisation],
    shares: Shares,
) -> Drawn:
    """Farms, the lots in which they first met, and the grams between, as few parts; and farms by where they grew.

    All of them are sums of the same whole grams. Farms are counted as they are in the list of shares; how they went
    is by mass.
    """
    percentages = Percentages(shares.masses_g, shares.tenths)
    if not shares:
        return Drawn(Flow(), (), (), (), {}, percentages)
    shown, rank = _filled_into(trace, lots), {farm: place for place, farm in enumerate(shares.farms)}
    grams: dict[tuple[int, int], int] = {}
    first: dict[int, int] = {}
    for ((farmer, _), key), mass in trace.grams.came.items():
        pair = rank[farmer], shown[key]
        grams[pair] = grams.get(pair, 0) + mass
        first[pair[1]] = first.get(pair[1], 0) + mass
    of_farm, places = dict(enumerate(shares.masses_g)), shares.places()
    villages = {at: place for at, place in enumerate(places) if place.village}
    farms = heaped_farms(of_farm, villages, _houses(session, shares))
    met = heaped_lots(first, {node: lots[node].org_id for node in first})
    grown = heaped_places(of_farm, [(place.country, place.province, place.district) for place in places])
    bands = woven(grams, farms, met)
    flow = Flow(
        tuple(_farms(*heap, shares, organisations) for heap in _held(farms, shares, percentages)),
        tuple(_lots(*heap, trace.lot_id, lots, organisations) for heap in _met(met, grams, bands, percentages)),
        bands,
        tuple(_place(*heap) for heap in _held(grown, shares, percentages)),
    )
    of_farms, of_lots, of_places = ([heap.members for heap in heaps] for heaps in (farms, met, grown))
    return Drawn(flow, of_farms, of_lots, of_places, shown, percentages)


_Heap = tuple[int, Heap, tuple[int, int]]  # which it is, from 1 on; what is in it; its grams and tenths of a percent


def _held(heaps: Sequence[Heap], shares: Shares, percentages: Percentages) -> Iterator[_Heap]:
    """What some heaps of farms have in the batch."""
    masses = [sum(shares.masses_g[place] for place in heap.members) for heap in heaps]
    tenths = percentages.of(zip((heap.members for heap in heaps), masses, strict=True))
    return zip(count(1), heaps, zip(masses, tenths, strict=True))


def _met(
    heaps: Sequence[Heap], grams: Mapping[tuple[int, int], int], bands: Sequence[Band], percentages: Percentages
) -> Iterator[_Heap]:
    """What the heaps of lots have in the batch: all that farms gave to them."""
    masses, into = into_lots(bands, len(heaps)), {node: at for at, heap in enumerate(heaps) for node in heap.members}
    farms: list[set[int]] = [set() for _ in heaps]
    for (farm, node), mass in grams.items():
        if mass:
            farms[into[node]].add(farm)
    tenths = percentages.of(zip(farms, masses, strict=True))
    return zip(count(1), heaps, zip(masses, tenths, strict=True))


def _houses(session: Session, shares: Shares) -> dict[int, int]:
    """The cooperative of each farm by its place, where there are so many that it may be asked for."""
    if len(shares) <= MOST:
        return {}
    rank = {farm: place for place, farm in enumerate(shares.farms)}
    rows = rows_of(session, HOUSES, rank.keys())
    return {rank[farm]: org_id for org_id, farms in rows for farm in listed(farms)}


def _farms(
    at: int,
    heap: Heap,
    held: tuple[int, int],  # grams, and tenths of a percent
    shares: Shares,
    organisations: Mapping[int, Organisation],
) -> Part:
    """A farm under its label, or a group under the name of what it shares."""
    if heap.kind == "farm":
        share = shares[heap.members[0]]
        return Part(f"farm-{share.label}", "farm", share.name, share.label, 1, *held, {})
    name = heap.of.village if isinstance(heap.of, Place) else ""
    house = _called(heap.of, organisations)
    return Part(f"farms-{at}", heap.kind, name, "", len(heap.members), *held, house)


def _place(at: int, heap: Heap, held: tuple[int, int]) -> Part:
    """The farms of one district."""
    where = heap.of if isinstance(heap.of, tuple) else ()
    return Part(f"place-{at}", "place", "", "", len(heap.members), *held, {}, where)


def _lots(
    at: int,
    heap: Heap,
    held: tuple[int, int],  # grams, and tenths of a percent
    batch_id: int,
    lots: Mapping[int, Lot],
    organisations: Mapping[int, Organisation],
) -> Part:
    """A lot under its number, or several under the name of who made them."""
    if heap.kind == "lot":
        lot = lots[heap.members[0]]
        kind, house = "direct" if lot.id == batch_id else "lot", _called(lot.org_id, organisations)
        return Part(f"lot-{lot.code}", kind, lot.number, "", 1, *held, house)
    house = _called(heap.of, organisations)
    return Part(f"lots-{at}", "lots", "", "", len(heap.members), *held, house)


def _called(org_id: object, organisations: Mapping[int, Organisation]) -> Mapping[str, str]:
    """An organisation's name in its languages; of no single one, or one that did nothing on the way, none."""
    found = organisations.get(org_id) if isinstance(org_id, int) else None
    return found.called.by_language if found is not None else {}


def lots_above(
    trace: TraceBack, lots: Mapping[int, Lot], organisations: Mapping[int, Organisation], batch_lot: Lot
) -> tuple[tuple[LineageNode, ...], tuple[LineageEdge, ...]]:
    """The lots above a batch with their grams in it; the deliveries of one lot are one node, `farms:<lot code>`.

    What stood in a tank is one node however often it was filled up: see `_filled_into`. What goes into a node is what
    it gives: the grams of the batch are followed down, and never rounded by themselves.
    """
    shown = _filled_into(trace, lots)
    through: Counter[tuple[int, int]] = Counter()
    masses: Counter[int] = Counter()
    for (above, key), mass in reversed(trace.grams.ways.items()):
        if shown[above] != shown[key]:
            through[shown[above], shown[key]] += mass
            masses[shown[above]] += mass
    grown: dict[int, int] = {}
    for (_, key), mass in trace.grams.came.items():
        grown[shown[key]] = grown.get(shown[key], 0) + mass
    farms: dict[int, set[int]] = {}
    for key, deliveries in trace.above.deliveries.items():
        if deliveries and key in shown:
            farms.setdefault(shown[key], set()).update(Grown.of(deliveries).farmers)
    masses[trace.lot_id] = trace.mass_g
    nodes = []
    edges = [LineageEdge(lots[above].code, lots[key].code, mass) for (above, key), mass in through.items()]
    for key, level in _levels(trace, shown).items():
        lot, organisation = lots[key], organisations[lots[key].org_id].name
        kind = "batch" if key == batch_lot.id else "lot"
        many = len(farms.get(key, ()))
        nodes.append(LineageNode(lot.code, lot.number, kind, lot.form, organisation, level, masses[key], many))
        if many:
            group = f"farms:{lot.code}"
            nodes.append(LineageNode(group, "", "origins", "", organisation, level + 1, grown.get(key, 0), many))
            edges.append(LineageEdge(group, lot.code, grown.get(key, 0)))
    return tuple(nodes), tuple(edges)


def _filled_into(trace: TraceBack, lots: Mapping[int, Lot]) -> dict[int, int]:
    """For each lot above the batch the one that is shown for it: itself, but for what stood in a tank and went into
    nothing but what stood there next. So no node can become part of its own origin."""
    children: dict[int, list[int]] = {}
    shown: dict[int, int] = {}
    for key in trace.flow.order:
        into = children.get(key, [])
        last = into[0] if len(into) == 1 and lots[key].kind == lots[into[0]].kind == POOLED else None
        shown[key] = key if last is None else shown[last]
        for parent, _ in trace.above.lots.get(key, ()):
            children.setdefault(parent, []).append(key)
    return shown


def _levels(trace: TraceBack, shown: Mapping[int, int]) -> dict[int, int]:
    """The longest way from the batch to each node above it."""
    levels = {trace.lot_id: 0}
    for key in trace.flow.order:
        for parent, _ in trace.above.lots.get(key, ()):
            if shown[parent] != shown[key]:
                levels[shown[parent]] = max(levels.get(shown[parent], 0), levels[shown[key]] + 1)
    return levels
