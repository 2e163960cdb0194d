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
from traceability.queries.many import FARMERS, PLOTS, rows_of


class Farmer(NamedTuple):
    """A farmer, whichever organisation it belongs to. Without a name once the personal data was erased."""

    id: int
    code: str
    number: str
    org_id: int
    country: str
    province: str
    district: str
    village: str
    name: str | None  # personal: show it only to those who may see it
    named_in_public: bool | None

    @property
    def written(self) -> tuple[str, ...]:
        """The place as it was written."""
        return self[4:8]


class Field(NamedTuple):
    """A plot."""

    id: int
    code: str
    area_m2: int


@dataclass(frozen=True)
class Land:
    """Farmers and plots by inside id."""

    parties: Mapping[int, Farmer]
    plots: Mapping[int, Field]


@dataclass(frozen=True)
class Farm:
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
    ranked = sorted(trace.by_farmer().items(), key=lambda item: (-item[1], land.parties[item[0]].code))
    masses = [mass for _, mass in ranked]
    tenths = tenths_of_percent(masses) if any(masses) else [0] * len(masses)
    width = max(2, len(str(len(ranked))))
    plots: dict[int, list[int]] = {}
    for party_id, plot_id in trace.shares_g:
        if plot_id is not None:
            plots.setdefault(party_id, []).append(plot_id)
    return [
        Farm(f"{place:0{width}d}", party_id, mass, tenth, tuple(sorted(plots.get(party_id, ()))))
        for place, ((party_id, mass), tenth) in enumerate(zip(ranked, tenths, strict=True), start=1)
    ]


def place_of(row: Farmer | Facility | Organisation) -> Place:
    """The place of a row as it was written."""
    return Place(row.country, row.province, row.district, row.village)
