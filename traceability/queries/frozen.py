"""The origin that a batch was released with: what it is digested as, and how it is read back without the edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, undefer

from traceability.domain import lineage
from traceability.domain.dossier import Version
from traceability.domain.journal import canonical, digest
from traceability.domain.methods import Method, counting
from traceability.domain.packed import pack_above, pack_shares, unpack_above, unpack_farmers, unpack_shares
from traceability.models import Batch, Event, FrozenOrigin, Lot, Party, Plot
from traceability.queries.lineage import Origin, Shares, TraceBack, chunks, trace_back
from traceability.queries.queues import in_order

_WHOLE: Final = select(FrozenOrigin).options(undefer(FrozenOrigin.above))
_KEPT: Final = _WHOLE.where(FrozenOrigin.batch_id == bindparam("batch"), FrozenOrigin.version == bindparam("version"))
_OF_BATCH: Final = and_(Batch.id == FrozenOrigin.batch_id, Batch.version == FrozenOrigin.version)
_NEWEST: Final = _WHOLE.add_columns(Batch).join(Batch, _OF_BATCH).where(Batch.lot_id == bindparam("lot"))
_TOLD: Final = select(FrozenOrigin.shares, FrozenOrigin.version, Batch.counted_by)
_NEWEST_TOLD: Final = _TOLD.join(Batch, _OF_BATCH).where(Batch.lot_id == bindparam("lot"))
_VERSIONS: Final = (
    select(FrozenOrigin.version, Event.recorded_at, FrozenOrigin.digest)
    .join(Event, Event.id == FrozenOrigin.made_by_id)
    .where(FrozenOrigin.batch_id == bindparam("batch"))
    .order_by(FrozenOrigin.version)
)
_BATCH: Final = select(Batch).where(Batch.lot_id == bindparam("lot"))
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


class Told(NamedTuple):
    """Grams of each origin of a lot, and else what `Counted` says."""

    shares_g: Mapping[Origin, int]
    method: Method
    version: int | None


class Counted(NamedTuple):
    """Whose grams a lot holds, by which method, and the version that kept it; None of what was traced now."""

    trace: TraceBack
    method: Method = Method.PRO_RATA
    version: int | None = None


def frozen_facts(session: Session, batch: Batch, lot: Lot) -> Frozen:
    """What the record says now by the method that counts for the batch, ready to be kept."""
    trace = counted(session, batch, trace_back(session, lot))
    return Frozen(
        digest=contents_digest(session, batch, lot, trace.shares_g),
        farms=len({origin.party_id for origin in trace.shares_g}),
        shares=pack_shares({(party, plot or 0): mass for (party, plot), mass in trace.shares_g.items()}),
        above=pack_above(trace.above),
    )


def counted(session: Session, batch: Batch, trace: TraceBack, until: int | None = None) -> TraceBack:
    """A trace with its shares by the method that counts for the batch, as the record stood at `until`."""
    if batch.counted_by == Method.FIRST_IN_FIRST_OUT:
        return replace(trace, shares_g=in_order(session, trace, until))
    return trace


def method_of(batch: Batch, shares_g: Mapping[Origin, int]) -> Method:
    """The method by which these shares of a batch were counted."""
    return counting(Method(batch.counted_by), len(shares_g))


def method_counting(session: Session, batch: Batch, lot: Lot) -> Method:
    """The same without its shares at hand: only one method asks how many origins there are."""
    declared = Method(batch.counted_by)
    return origin_of(session, lot).method if declared is Method.IDENTITY_PRESERVED else declared


def contents_digest(session: Session, batch: Batch, lot: Lot, shares_g: Mapping[Origin, int]) -> str:
    """A digest over the batch's lot, its marks and its exact origin shares by public code: it names no version.

    The declared method is in it unless that is by mass, so that a digest from before there were others stays.
    """
    parties = _codes(session, Party, {origin.party_id for origin in shares_g})
    plots = _codes(session, Plot, {origin.plot_id for origin in shares_g if origin.plot_id is not None})
    shares = sorted(
        [parties.get(o.party_id, ""), plots.get(o.plot_id, "") if o.plot_id else "", mass]
        for o, mass in shares_g.items()
    )
    contents: dict[str, Any] = {
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
    if batch.counted_by != Method.PRO_RATA:
        contents["counted_by"] = batch.counted_by
    return digest(canonical(contents))


def versions_of(session: Session, batch: Batch) -> tuple[Version, ...]:
    """Every version of a batch, the oldest first: the first is as old as the release, the others as their entries."""
    if batch.released_at is None:
        return ()
    first = Version(1, batch.released_at, batch.release_digest)
    if batch.version == 1:
        return (first,)
    rows = session.execute(_VERSIONS, {"batch": batch.id})
    return tuple(
        Version(number, batch.released_at if number == 1 else made_at, digest) for number, made_at, digest in rows
    )


def frozen_origin(session: Session, batch: Batch, version: int) -> FrozenOrigin | None:
    """What was frozen of one version; None for what is not released, or was released before origins were kept."""
    return session.scalars(_KEPT, {"batch": batch.id, "version": version}).one_or_none()


def grams_by_farmer(session: Session, lot: Lot) -> dict[int, int]:
    """Whose grams a lot holds: of a released batch as they were frozen, of everything else as the edges say now.

    Raises OtherBytes.
    """
    packed = session.connection().execute(_NEWEST_SHARES, {"lot": lot.id}).scalar()
    return origin_now(session, lot).trace.by_farmer() if packed is None else unpack_farmers(packed)


def shares_told(session: Session, lot: Lot) -> Told:
    """Whose grams a lot holds, farm by farm and plot by plot: read without the lots between where that is kept.

    Raises OtherBytes.
    """
    found = session.execute(_NEWEST_TOLD, {"lot": lot.id}).one_or_none()
    if found is None:
        trace, method, _ = origin_now(session, lot)
        return Told(trace.shares_g, method, None)
    packed, version, declared = found
    shares_g = shares_of(packed)
    return Told(shares_g, counting(Method(declared), len(shares_g)), version)


def origin_of(session: Session, lot: Lot) -> Counted:
    """The whole trace of a lot: frozen, or traced now. Raises OtherBytes."""
    found = session.execute(_NEWEST, {"lot": lot.id}).one_or_none()
    if found is None:
        return origin_now(session, lot)
    kept, batch = found
    trace = trace_of(kept, lot)
    return Counted(trace, method_of(batch, trace.shares_g), kept.version)


def origin_now(session: Session, lot: Lot) -> Counted:
    """The whole trace of a lot as the record says it now, by mass unless it is a batch that counts otherwise."""
    batch = session.scalars(_BATCH, {"lot": lot.id}).one_or_none()
    trace = trace_back(session, lot)
    if batch is None:
        return Counted(trace)
    trace = counted(session, batch, trace)
    return Counted(trace, method_of(batch, trace.shares_g))


def shares_of(packed: bytes) -> Shares:
    """Packed shares as grams of each origin. Raises OtherBytes."""
    return Shares(*unpack_shares(packed))


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
