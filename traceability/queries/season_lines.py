"""The lines of a season statement that say where everything went: whole grams that sum to what was brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from traceability.domain.events import KINDS, Kind
from traceability.domain.lineage import grams, largest_remainder, nearest_grams
from traceability.domain.roles import Actor
from traceability.domain.statement import Lost, Went
from traceability.queries.reweighings import called_loss
from traceability.queries.season_ends import Ends

_Line = tuple[str, str, str]  # what it is, and of a loss the kind of entry and its name


class Placed(NamedTuple):
    """What `Statement` says beside the batches."""

    stock_g: int
    by_products_g: int
    road_g: int
    others_g: int
    sold_g: int
    lost: tuple[Lost, ...]
    otherwise_g: int


def placed(actor: Actor, ends: Ends, went: Sequence[Went], brought_g: int) -> Placed:
    """Everything that is in none of the batches, rounded so that all lines together are what was brought.

    What a batch's page counts in another order than by mass, or counts of a batch that was opened again, is a line.
    """
    batches = {row.code: row.mass_g for row in went}
    by_mass: Counter[str] = Counter()
    lines: Counter[_Line] = Counter()
    for key, lot in ends.lots.items():
        here, road, sold = ends.here.get(key, 0), ends.road.get(key, 0), ends.sold[key]
        if lot.code in batches:
            by_mass[lot.code] += here + road + sold
            continue
        own = lot.org_id == actor.org_id
        where = ("by_products" if lot.kind == "by_product" else "stock") if own else "others"
        lines[where, "", ""] += here
        lines["road", "", ""] += road
        lines["sold", "", ""] += sold
    for (kind, name), parts in ends.lost.items():
        lines["lost", kind, name] += parts - ends.gained[kind, name]
    for (kind, name), parts in ends.gained.items():
        if (kind, name) not in ends.lost:
            lines["lost", kind, name] -= parts
    gains = {line: -grams(-parts) for line, parts in lines.items() if parts < 0}
    # a gram that only rounding took from a batch is with the others; more than that is another way of counting
    differences = [nearest_grams(by_mass[code]) - mass for code, mass in batches.items()]
    otherwise_g = sum(difference for difference in differences if abs(difference) > 1)
    rest_g = brought_g - sum(batches.values()) - otherwise_g - sum(gains.values())
    whole = largest_remainder({line: parts for line, parts in lines.items() if parts > 0}, max(rest_g, 0))
    otherwise_g += rest_g - sum(whole.values())
    return _said({**whole, **gains}, otherwise_g)


def _said(lines: Mapping[_Line, int], otherwise_g: int) -> Placed:
    def of(where: str) -> int:
        return lines.get((where, "", ""), 0)

    lost = [
        Lost(KINDS[Kind(kind)].words, called_loss(name), mass)
        for (where, kind, name), mass in sorted(lines.items())
        if where == "lost" and mass
    ]
    return Placed(of("stock"), of("by_products"), of("road"), of("others"), of("sold"), tuple(lost), otherwise_g)
