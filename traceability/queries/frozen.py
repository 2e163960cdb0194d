"""The origin that a batch was released with: what it is digested as, and how it is read back without the edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, undefer

from traceability.domain import lineage
from traceability.domain.journal import canonical, digest
from traceability.domain.packed import pack_above, pack_shares, unpack_above, unpack_farmers, unpack_shares
from traceability.models import Batch, FrozenOrigin, Lot, Party, Plot
from traceability.queries.lineage import ORIGIN, Origin, TraceBack, chunks, trace_back

_WHOLE: Final = select(FrozenOrigin).options(undefer(FrozenOrigin.above))
_KEPT: Final = _WHOLE.where(FrozenOrigin.batch_id == bindparam("batch"), FrozenOrigin.version == bindparam("version"))
_OF_BATCH: Final = and_(Batch.id == FrozenOrigin.batch_id, Batch.version == FrozenOrigin.version)
_NEWEST: Final = _WHOLE.join(Batch, _OF_BATCH).where(Batch.lot_id == bindparam("lot"))
_NEWEST_SHARES: Final = select(FrozenOrigin.shares).join(Batch, _OF_BATCH).where(Batch.lot_id == bindparam("lot"))


@dataclass(frozen=True)
class Frozen:
    """What a batch is released with: the digest of its contents, how many farms are in it, its origin packed."""

    digest: str
    farms: int
    shares: bytes
    above: bytes

    def row(self, batch: Batch, version: int, event_id: int) -> FrozenOrigin:
        """The row that keeps it, made by the release or correction that says this version."""
        return FrozenOrigin(
            org_id=batch.org_id,
            batch_id=batch.id,
            version=version,
            made_by_id=event_id,
            digest=self.digest,
            shares=self.shares,
            above=self.above,
        )


def frozen_facts(session: Session, batch: Batch, lot: Lot) -> Frozen:
    """What the edges say now, ready to be kept."""
    trace = trace_back(session, lot)
    return Frozen(
        digest=contents_digest(session, batch, lot, trace.shares_g),
        farms=len({origin.party_id for origin in trace.shares_g}),
        shares=pack_shares({(party, plot or 0): mass for (party, plot), mass in trace.shares_g.items()}),
        above=pack_above(trace.above),
    )


def contents_digest(session: Session, batch: Batch, lot: Lot, shares_g: Mapping[Origin, int]) -> str:
    """A digest over the batch's lot, its marks and its exact origin shares by public code: it names no version."""
    parties = _codes(session, Party, {origin.party_id for origin in shares_g})
    plots = _codes(session, Plot, {origin.plot_id for origin in shares_g if origin.plot_id is not None})
    shares = sorted(
        [parties.get(o.party_id, ""), plots.get(o.plot_id, "") if o.plot_id else "", mass]
        for o, mass in shares_g.items()
    )
    contents = {
        "lot": lot.code,
        "number": lot.number,
        "commodity": lot.commodity,
        "form": lot.form,
        "grade": lot.grade,
        "mass_g": lot.made_g,
        "unit": lot.unit,
        "count": lot.made_count,
        "custody": lot.custody,
        "destination": batch.destination,
        "hs": batch.hs,
        "shares": shares,
    }
    return digest(canonical(contents))


def frozen_origin(session: Session, batch: Batch, version: int) -> FrozenOrigin | None:
    """What was frozen of one version; None for what is not released, or was released before origins were kept."""
    return session.scalars(_KEPT, {"batch": batch.id, "version": version}).one_or_none()


def grams_by_farmer(session: Session, lot: Lot) -> dict[int, int]:
    """Whose grams a lot holds: of a released batch as they were frozen, of everything else as the edges say now.

    Raises OtherBytes.
    """
    packed = session.connection().execute(_NEWEST_SHARES, {"lot": lot.id}).scalar()
    return trace_back(session, lot).by_farmer() if packed is None else unpack_farmers(packed)


def origin_of(session: Session, lot: Lot) -> TraceBack:
    """The whole trace of a lot: frozen, or traced now. Raises OtherBytes."""
    kept = session.scalars(_NEWEST, {"lot": lot.id}).one_or_none()
    return trace_back(session, lot) if kept is None else trace_of(kept, lot)


def shares_of(packed: bytes) -> dict[Origin, int]:
    """Packed shares as grams of each origin. Raises OtherBytes."""
    parties, plots, masses = unpack_shares(packed)
    known = [plot or None for plot in plots]
    return dict(zip(map(ORIGIN, zip(parties, known, strict=True)), masses, strict=True))


def trace_of(row: FrozenOrigin, lot: Lot) -> TraceBack:
    """The whole trace as it was frozen. Raises OtherBytes."""
    above = unpack_above(row.above)
    return TraceBack(lot.id, lot.made_g, above, lineage.flow(above, lot.id, lot.made_g), shares_of(row.shares))


def not_frozen(session: Session) -> list[str]:
    """Codes of the batches that were released before origins were kept."""
    kept = select(FrozenOrigin.id).where(FrozenOrigin.batch_id == Batch.id, FrozenOrigin.version == Batch.version)
    rows = select(Lot.code).join(Batch, Batch.lot_id == Lot.id).where(Batch.released_at.is_not(None), ~kept.exists())
    return list(session.scalars(rows.order_by(Batch.id)))


def _codes(session: Session, table: type[Party] | type[Plot], ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(ids):
        found.update(
            {key: code for key, code in session.execute(select(table.id, table.code).where(table.id.in_(chunk)))}
        )
    return found
