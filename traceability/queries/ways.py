"""The ways of a batch's grams: every lot above it with what went from lot to lot, and the few parts that are drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from traceability.domain.dossier import LineageEdge, LineageNode, Place, Shares
from traceability.domain.flow import MOST, Flow, Heap, Part, heaped_farms, heaped_lots, into_lots, woven
from traceability.domain.lineage import Grown, grams
from traceability.domain.pools import POOLED
from traceability.domain.quantity import apportion, tenths_of_percent
from traceability.models import Lot, Organisation
from traceability.queries.lineage import TraceBack
from traceability.queries.many import HOUSES, listed, rows_of

_FARMS = 0  # stands for the farms themselves among what goes into a lot; no lot has this id


@dataclass(frozen=True)
class Drawn:
    """The parts of a batch with what is in each: places in its list of shares, and lots by inside id."""

    flow: Flow
    farms: Sequence[Collection[int]]
    lots: Sequence[Collection[int]]
    shown: Mapping[int, int]  # for each lot above the batch the one that it is drawn as

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
    """Farms, the lots in which they first met, and the grams between, as few parts. Farms are counted as they are in
    the list of shares; how they went is by mass."""
    if not shares:
        return Drawn(Flow(), (), (), {})
    shown, rank = _filled_into(trace, lots), {farm: place for place, farm in enumerate(shares.farms)}
    parts: dict[tuple[int, int], int] = {}
    first: dict[int, int] = {}
    for key, deliveries in trace.above.deliveries.items():
        if not deliveries or key not in trace.flow.through:
            continue
        node, through, whole = shown[key], trace.flow.through[key], trace.above.whole[key]
        columns = Grown.of(deliveries)
        for farmer, mass in zip(columns.farmers, columns.masses_g, strict=True):
            if farmer in rank:
                pair = (rank[farmer], node)
                parts[pair] = parts.get(pair, 0) + through * mass // whole
    for (_, node), amount in parts.items():
        first[node] = first.get(node, 0) + amount
    farms = heaped_farms(dict(enumerate(shares.masses_g)), shares.villages(), _houses(session, shares))
    met = heaped_lots(first, {node: lots[node].org_id for node in first}) or [Heap("lot", trace.lot_id, [trace.lot_id])]
    source_g = [sum(shares.masses_g[place] for place in heap.members) for heap in farms]
    bands = woven(_between(parts, farms, met), source_g)
    lot_g = into_lots(bands, len(met))
    lot_tenths = tenths_of_percent(lot_g) if any(lot_g) else [0] * len(lot_g)
    sources = [
        _farms(at, heap, (mass, tenths), shares, organisations)
        for at, (heap, mass, tenths) in _numbered(farms, source_g, tenths_of_percent(source_g))
    ]
    into = [
        _lots(at, heap, (mass, tenths), trace.lot_id, lots, organisations)
        for at, (heap, mass, tenths) in _numbered(met, lot_g, lot_tenths)
    ]
    flow = Flow(tuple(sources), tuple(into), bands)
    return Drawn(flow, [heap.members for heap in farms], [heap.members for heap in met], shown)


def _numbered(*columns: Sequence[Any]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    return enumerate(zip(*columns, strict=True), 1)


def _houses(session: Session, shares: Shares) -> dict[int, int]:
    """The cooperative of each farm by its place, where there are so many that it may be asked for."""
    if len(shares) <= MOST:
        return {}
    rank = {farm: place for place, farm in enumerate(shares.farms)}
    rows = rows_of(session, HOUSES, rank.keys())
    return {rank[farm]: org_id for org_id, farms in rows for farm in listed(farms)}


def _between(
    parts: Mapping[tuple[int, int], int], farms: Sequence[Heap], lots: Sequence[Heap]
) -> dict[tuple[int, int], int]:
    """The same parts between heaps, by their places."""
    source = {member: at for at, heap in enumerate(farms) for member in heap.members}
    lot = {member: at for at, heap in enumerate(lots) for member in heap.members}
    found: dict[tuple[int, int], int] = {}
    for (farm, node), amount in parts.items():
        pair = (source[farm], lot[node])
        found[pair] = found.get(pair, 0) + amount
    return found


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

    What stood in a tank is one node however often it was filled up: see `_filled_into`.
    """
    shown = _filled_into(trace, lots)
    through: dict[tuple[int, int], int] = {}
    farms: dict[int, set[int]] = {}
    grown: dict[int, int] = {}
    for key in trace.flow.order:
        whole, node = trace.above.whole.get(key, 0), shown[key]
        for parent, mass in trace.above.lots.get(key, ()):
            if shown[parent] != node:
                pair = (shown[parent], node)
                through[pair] = through.get(pair, 0) + trace.flow.through[key] * mass // whole
        if deliveries := trace.above.deliveries.get(key):
            columns = Grown.of(deliveries)
            farms.setdefault(node, set()).update(columns.farmers)
            mass = sum(columns.masses_g)
            grown[node] = grown.get(node, 0) + trace.flow.through[key] * mass // whole
    levels = _levels(trace, shown)
    masses, ways = _in_grams(trace, levels, through, grown)
    nodes = []
    edges = [LineageEdge(lots[above].code, lots[key].code, ways[above, key]) for above, key in through]
    for key, level in levels.items():
        lot, organisation = lots[key], organisations[lots[key].org_id].name
        kind, mass = "batch" if key == batch_lot.id else "lot", masses[key]
        count = len(farms.get(key, ()))
        nodes.append(LineageNode(lot.code, lot.number, kind, lot.form, organisation, level, mass, count))
        if count:
            group, from_farms = f"farms:{lot.code}", ways[_FARMS, key]
            nodes.append(LineageNode(group, "", "origins", "", organisation, level + 1, from_farms, count))
            edges.append(LineageEdge(group, lot.code, from_farms))
    return tuple(nodes), tuple(edges)


def _in_grams(
    trace: TraceBack, levels: Mapping[int, int], through: Mapping[tuple[int, int], int], grown: Mapping[int, int]
) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """Whole grams of every lot and every way, so that what goes into a lot is what it gives, to the last gram.

    From the batch upwards: the grams of a lot are shared among what went into it, and a lot that is further up has
    what its ways sum to. So a lot may be a gram off its own rounding; what nobody knows the origin of stays below.
    """
    into: dict[int, dict[int, int]] = {key: {_FARMS: grown[key]} if key in grown else {} for key in levels}
    for (above, key), parts in through.items():
        into[key][above] = parts
    masses = dict.fromkeys(levels, 0)
    masses[trace.lot_id] = grams(trace.flow.through[trace.lot_id])
    ways: dict[tuple[int, int], int] = {}
    for key in sorted(levels, key=levels.__getitem__):
        known = grams(sum(into[key].values()))
        short = grams(trace.flow.through[key]) - known  # of origins that are not recorded, or a part of a gram
        total = masses[key] - (short if short > 1 else 0) if known else 0
        for above, share in zip(into[key], apportion(max(0, total), list(into[key].values())), strict=True):
            ways[above, key] = share
            if above != _FARMS:
                masses[above] += share
    return masses, ways


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
