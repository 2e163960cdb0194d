"""The farms behind goods, ranked and labelled once, so that every page, paper and list calls them alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from traceability.domain.dossier import Place
from traceability.domain.quantity import tenths_of_percent
from traceability.models import Facility, Organisation
from traceability.queries.lineage import Origin, TraceBack
from traceability.queries.many import BETWEEN, FARMERS, PLOTS, rows_of


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


def land_of(session: Session, origins: Collection[Origin]) -> Land:
    """Whose fruit it is and where it grew, whichever organisation they belong to."""
    parties = rows_of(session, FARMERS, {origin.party_id for origin in origins})
    plots = rows_of(session, PLOTS, {origin.plot_id for origin in origins if origin.plot_id is not None})
    return Land({row[0]: Farmer._make(row) for row in parties}, {row[0]: Field._make(row) for row in plots})


def farms_of(trace: TraceBack, land: Land) -> list[Farm]:
    """The farms of a lot, the largest share first, numbered in that order; grams sum to the lot, tenths to 1000."""
    parties = land.parties
    ranked = sorted([(-mass, parties[party_id].code, party_id) for party_id, mass in trace.by_farmer().items()])
    masses = [-minus for minus, _, _ in ranked]
    tenths = tenths_of_percent(masses) if any(masses) else [0] * len(masses)
    width = max(2, len(str(len(ranked))))
    plots: dict[int, list[int]] = {}
    for party_id, plot_id in trace.shares_g:
        if plot_id is not None:
            plots.setdefault(party_id, []).append(plot_id)
    for some in plots.values():
        some.sort()
    return [
        Farm(f"{place:0{width}d}", party_id, mass, tenth, tuple(plots.get(party_id, ())))
        for place, ((_, _, party_id), mass, tenth) in enumerate(zip(ranked, masses, tenths, strict=True), start=1)
    ]


def place_written(farmer: Farmer) -> Place:
    """The place of a farmer as it was written."""
    return Place(*farmer.written.split(BETWEEN))


def place_of(row: Facility | Organisation) -> Place:
    """The place of a row as it was written."""
    return Place(row.country, row.province, row.district, row.village)
