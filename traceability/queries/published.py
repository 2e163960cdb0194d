"""What the whole world may open: every released batch with its versions and the numbers on its labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.models import Batch, DigitalLink, FrozenOrigin, Lot

Found = TypeVar("Found")
Numbers = tuple[str, str]  # article and lot number, as labels say them


@dataclass(frozen=True)
class Published:
    """A released batch by its public code."""

    code: str
    zone_minutes: int
    earlier: tuple[int, ...]  # versions before the newest that stay readable
    links: tuple[Numbers, ...]


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
    return [
        Published(
            code=code,
            zone_minutes=zone,
            earlier=tuple(sorted(n for n in versions.get(batch.id, ()) if n < batch.version)),
            links=tuple(sorted(links.get(batch.id, ()))),
        )
        for batch, code, zone in session.execute(wanted)
    ]


def _by_batch(rows: Iterable[tuple[int, Found]]) -> dict[int, list[Found]]:
    found: dict[int, list[Found]] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return found
