"""What the whole world may open: released batches with the numbers on their labels and pallets; who and where."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.models import Batch, DigitalLink, Facility, FrozenOrigin, Gs1Number, LabelRun, Lot, Organisation
from traceability.queries.gs1 import UnknownParty, UnknownPlace, Whereabouts, numbers_of, party_of_code, place_of_code
from traceability.queries.pallets import PalletSeen, pallets_of_released

Key = TypeVar("Key", int, str)
Found = TypeVar("Found")
Numbers = tuple[str, str]  # article and lot number, as labels say them


@dataclass(frozen=True)
class Published:
    """A released batch by its public code."""

    code: str
    zone_minutes: int
    version: int
    earlier: tuple[int, ...]  # versions before the newest that stay readable
    links: tuple[Numbers, ...]
    pallets: tuple[PalletSeen, ...] = ()
    has_numbered_boxes: bool = False  # labels with a serial each were printed for it

    @property
    def articles(self) -> list[str]:
        """Those that its labels name."""
        return sorted({gtin for gtin, _ in self.links})


class Located(NamedTuple):
    """An organisation or a place, its address, and the Digital Links that lead there."""

    found: Whereabouts
    address: str
    links: tuple[str, ...]


def published(session: Session, org_id: int | None = None) -> list[Published]:
    """Every released batch, of one organisation where one is named, the newest first."""
    wanted = select(Batch, Lot.code, Lot.zone_minutes).join(Lot, Lot.id == Batch.lot_id)
    wanted = wanted.where(Batch.released_at.is_not(None)).order_by(Batch.id.desc())
    if org_id is not None:
        wanted = wanted.where(Batch.org_id == org_id)
    frozen = session.execute(select(FrozenOrigin.batch_id, FrozenOrigin.version))
    versions = _by_batch((key, version) for key, version in frozen)
    links = _by_batch(
        (key, (gtin, lot))
        for key, gtin, lot in session.execute(select(DigitalLink.batch_id, DigitalLink.gtin, DigitalLink.lot))
    )
    pallets = _by_batch((pallet.batch, pallet) for pallet in pallets_of_released(session))
    numbered = set(session.scalars(select(LabelRun.lot_id).distinct()))
    return [
        Published(
            code=code,
            zone_minutes=zone,
            version=batch.version,
            earlier=tuple(sorted(n for n in versions.get(batch.id, ()) if n < batch.version)),
            links=tuple(sorted(links.get(batch.id, ()))),
            pallets=tuple(pallets.get(code, ())),
            has_numbered_boxes=batch.lot_id in numbered,
        )
        for batch, code, zone in session.execute(wanted)
    ]


def published_whereabouts(session: Session, org_id: int | None = None) -> list[Located]:
    """Every organisation and every place that has a page: those of one organisation where one is named."""
    numbered = select(Gs1Number.org_id)
    released = select(Batch.org_id).where(Batch.released_at.is_not(None))
    houses = select(Organisation).where(Organisation.id.in_(numbered.union(released))).order_by(Organisation.id)
    if org_id is not None:
        houses = houses.where(Organisation.id == org_id)
    found = []
    for house in session.scalars(houses):
        with suppress(UnknownParty):  # it had a number once, and nothing that is released
            found.append(_party(party_of_code(session, house.code)))
        shared = numbers_of(session, house.id).gln
        for place in session.scalars(select(Facility).where(Facility.org_id == house.id).order_by(Facility.id)):
            with suppress(UnknownPlace):
                found.append(_place(place_of_code(session, place.code), f"/414/{shared}/254/{place.prefix}", shared))
    return found


def _party(found: Whereabouts) -> Located:
    links = (f"/414/{found.gln}", f"/417/{found.gln}") if found.gln else ()
    return Located(found, f"/organisation/{found.code}", links)


def _place(found: Whereabouts, under: str, shared: str) -> Located:
    own = () if found.extension else (f"/414/{found.gln}",)
    return Located(found, f"/place/{found.code}", (*own, under) if shared else own)


def _by_batch(rows: Iterable[tuple[Key, Found]]) -> dict[Key, list[Found]]:
    found: dict[Key, list[Found]] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return found
