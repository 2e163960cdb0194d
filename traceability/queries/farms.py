"""The farms behind goods, ranked and labelled once, so that every page, paper and list calls them alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from traceability.domain.dossier import Place
from traceability.domain.quantity import tenths_of_percent
from traceability.models import Facility, Organisation, Party, Person, Plot
from traceability.queries.lineage import Origin, TraceBack, chunks, rows_by_id


@dataclass(frozen=True)
class Land:
    """Farmers and plots by inside id; a farmer whose personal data was erased has no person."""

    parties: Mapping[int, Party]
    people: Mapping[int, Person]
    plots: Mapping[int, Plot]


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
    parties = rows_by_id(session, Party, {origin.party_id for origin in origins})
    plots = {origin.plot_id for origin in origins if origin.plot_id is not None}
    return Land(parties, _people(session, parties), rows_by_id(session, Plot, plots, defer(Plot.geometry)))


def farms_of(trace: TraceBack, land: Land) -> list[Farm]:
    """The farms of a lot, the largest share first, numbered in that order; grams sum to the lot, tenths to 1000."""
    ranked = sorted(trace.by_farmer().items(), key=lambda item: (-item[1], land.parties[item[0]].code))
    masses = [mass for _, mass in ranked]
    tenths = tenths_of_percent(masses) if any(masses) else [0] * len(masses)
    width = max(2, len(str(len(ranked))))
    plots: dict[int, list[int]] = {}
    for origin in trace.shares_g:
        if origin.plot_id is not None:
            plots.setdefault(origin.party_id, []).append(origin.plot_id)
    return [
        Farm(f"{place:0{width}d}", party_id, mass, tenth, tuple(sorted(plots.get(party_id, ()))))
        for place, ((party_id, mass), tenth) in enumerate(zip(ranked, tenths, strict=True), start=1)
    ]


def place_of(row: Party | Facility | Organisation) -> Place:
    """The place of a row as it was written."""
    return Place(row.country, row.province, row.district, row.village)


def _people(session: Session, party_ids: Collection[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for chunk in chunks(party_ids):
        found.update({row.party_id: row for row in session.scalars(select(Person).where(Person.party_id.in_(chunk)))})
    return found
