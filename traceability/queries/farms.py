"""The farms behind goods, ranked and labelled once, so that every page, paper and list calls them alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from traceability.domain.dossier import Place, Shares, shared_place
from traceability.domain.quantity import tenths_of_percent
from traceability.models import Facility, Organisation
from traceability.queries.lineage import Origin, TraceBack
from traceability.queries.lineage import Shares as Columns
from traceability.queries.many import AREAS, BETWEEN, CODES, FARMERS, NAMED, PLOTS, VILLAGES, listed, rows_of

LEAST_FARMS: Final = 5  # a village is shown from as many farms on (RELIABILITY R8, T15)


class Farmer(NamedTuple):
    """A farmer, or a supplier that others reported. Without a name once the personal data was erased."""

    id: int
    code: str
    number: str
    org_id: int
    written: str  # where it is, in one text (`place_written`)
    name: str | None  # of a person: show it only to those who may see it
    named_in_public: bool | None


class Field(NamedTuple):
    """A plot."""

    id: int
    code: str
    area_m2: int
    name: str


@dataclass(frozen=True)
class Land:
    """Farmers and plots by inside id."""

    parties: Mapping[int, Farmer]
    plots: Mapping[int, Field]


class Farm(NamedTuple):
    """One farm's exact part of a lot: whole grams, tenths of a percent, and inside ids of the plots that are known."""

    label: str  # "07"; people read "Farm 07"
    party_id: int
    mass_g: int
    tenths: int
    plots: tuple[int, ...]


class Ranked(NamedTuple):
    """Farms, the largest share first, as columns; grams sum to the lot, tenths to 1000."""

    labels: Sequence[str]  # numbered in this order
    parties: Sequence[int]
    masses_g: Sequence[int]
    tenths: Sequence[int]


class Areas(NamedTuple):
    """Square metres by plot, and the plots whose area was said and not measured."""

    m2: Mapping[int, int]
    declared: Collection[int]

    @property
    def declared_m2(self) -> int:
        """How much of it was only said."""
        return sum(self.m2[plot] for plot in self.declared)


def land_of(session: Session, origins: Collection[Origin]) -> Land:
    """Whose fruit it is and where it grew, whichever organisation they belong to."""
    parties = rows_of(session, FARMERS, {origin.party_id for origin in origins})
    plots = rows_of(session, PLOTS, {origin.plot_id for origin in origins if origin.plot_id is not None})
    return Land({row[0]: Farmer._make(row) for row in parties}, {row[0]: Field._make(row) for row in plots})


def farms_of(trace: TraceBack, land: Land) -> list[Farm]:
    """The farms of a lot, ranked, each with its plots."""
    ranks = ranked(trace.by_farmer(), {key: farmer.code for key, farmer in land.parties.items()})
    plots: dict[int, list[int]] = {}
    for party_id, plot_id in trace.shares_g:
        if plot_id is not None:
            plots.setdefault(party_id, []).append(plot_id)
    for some in plots.values():
        some.sort()
    return [
        Farm(label, party_id, mass, tenth, tuple(plots.get(party_id, ())))
        for label, party_id, mass, tenth in zip(*ranks, strict=True)
    ]


def ranked(grams: Mapping[int, int], codes: Mapping[int, str]) -> Ranked:
    """Farms by their grams, those of equal grams by their codes."""
    parties = sorted(sorted(grams, key=codes.__getitem__), key=grams.__getitem__, reverse=True)
    masses = [grams[party_id] for party_id in parties]
    width = max(2, len(str(len(parties))))
    labels = [str(place).zfill(width) for place in range(1, len(parties) + 1)]
    return Ranked(labels, parties, masses, tenths_of_percent(masses) if any(masses) else [0] * len(masses))


def shares_of(session: Session, trace: TraceBack, areas: Areas) -> tuple[Shares, Place]:
    """One share per farm as everybody may see it, ranked, named only where the farmer consented; and the smallest
    place that all of them share."""
    columns = Columns.of(trace.shares_g)
    grams, places = columns.by_farmer(), dict[int, Place]()
    names = dict(rows_of(session, NAMED, grams.keys()))
    for written, parties in rows_of(session, VILLAGES, grams.keys()):
        place, here = Place(*written.split(BETWEEN)), listed(parties)
        places.update(dict.fromkeys(here, _public_place(place, len(here))))
        places.update(dict.fromkeys(names.keys() & here, place))
    grown = zip(columns.parties, columns.plots, strict=True)
    said = {party for party, plot in zip(columns.parties, columns.plots, strict=True) if plot in areas.declared}
    if len(grams) == len(columns.parties):  # one plot each, as nearly always
        known = {party_id: areas.m2[plot_id] for party_id, plot_id in grown if plot_id}
    else:
        known = {}
        for party_id, plot_id in grown:
            if plot_id:
                known[party_id] = known.get(party_id, 0) + areas.m2[plot_id]
    ordered, masses = _in_order(session, grams)
    tenths = tenths_of_percent(masses) if any(masses) else [0] * len(masses)
    shared = shared_place(list({id(place): place for place in places.values()}.values()))
    return Shares((ordered, masses, tenths), places, names, known, said), shared


def _in_order(session: Session, grams: Mapping[int, int]) -> tuple[list[int], list[int]]:
    """Farms by their grams, as `ranked`; only of those of equal grams are the codes asked for."""
    parties, held = list(grams), Counter(grams.values())
    if len(held) < len(parties):
        equals = [party for party in parties if held[grams[party]] > 1]
        codes = dict(rows_of(session, CODES, equals))
        parties = [*(grams.keys() - codes.keys()), *sorted(equals, key=codes.__getitem__)]
    parties.sort(key=grams.__getitem__, reverse=True)  # which leaves equals in their order
    return parties, [grams[party_id] for party_id in parties]


def areas_of(session: Session, plots: Collection[int]) -> Areas:
    """Square metres of each plot."""
    found: dict[int, int] = {}
    declared: set[int] = set()
    for ids, areas, as_said in rows_of(session, AREAS, plots):
        some = dict(zip(listed(ids), listed(areas), strict=True))
        found.update(some)
        declared.update(some if as_said else ())
    return Areas(found, declared)


def _public_place(place: Place, farms: int) -> Place:
    """Without the village, unless at least five farms of the batch share it: in a small village a farm with its
    kilograms is a person (RELIABILITY R8). Whoever agreed to be named is shown with it."""
    return place if farms >= LEAST_FARMS else replace(place, village="")


def place_written(farmer: Farmer) -> Place:
    """The place of a farmer as it was written."""
    return Place(*farmer.written.split(BETWEEN))


def place_of(row: Facility | Organisation) -> Place:
    """The place of a row as it was written."""
    return Place(row.country, row.province, row.district, row.village)
