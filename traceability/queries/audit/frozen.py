"""The frozen origins of released batches, each version against the journal, the newest against the edges as well.

An older version cannot be computed from the edges any more, because they follow the corrections: its shares must have
the digest that the journal keeps of it, and its own lineage must lead to these shares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, undefer

from traceability.domain import lineage
from traceability.domain.lineage import Ancestry, LineageLoop
from traceability.domain.methods import Method
from traceability.domain.packed import OtherBytes, pack_above, unpack_above
from traceability.models import Batch, FrozenOrigin, Lot
from traceability.queries.audit.page import Finding, against
from traceability.queries.frozen import contents_digest, counted, shares_of
from traceability.queries.lineage import Origin, trace_back
from traceability.words import N_

NOT_AS_RELEASED: Final = N_("The origin kept of a batch is not the one it was released with.")
_BATCHES_AT_ONCE: Final = 100


def check(session: Session, told: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Finding]:
    """Findings of every batch; `told` is what the journal says: batch, version, then the event and the digest."""
    seen: set[str] = set()
    last = 0
    rows = select(Batch, Lot).join(Lot, Lot.id == Batch.lot_id).order_by(Batch.id).limit(_BATCHES_AT_ONCE)
    rows = rows.options(defer(Batch.best_before), defer(Batch.packed_on))  # nobody asks, and one may be no day at all
    while found := session.execute(rows.where(Batch.id > last)).all():
        for batch, lot in found:
            seen.add(lot.code)
            yield from _batch(session, batch, lot, told.get(lot.code, {}))
        last = found[-1].Batch.id
    for code in sorted(told.keys() - seen):
        yield from against(f"batch {code} origin, version", told[code], {})


def _batch(session: Session, batch: Batch, lot: Lot, told: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    kept = select(FrozenOrigin).where(FrozenOrigin.batch_id == batch.id).options(undefer(FrozenOrigin.above))
    rows = {str(row.version): row for row in session.scalars(kept)}
    stored = {version: {"made_by": row.made_by_id, "digest": row.digest} for version, row in rows.items()}
    kind = f"batch {lot.code} origin, version"
    yield from against(kind, told, stored)
    for version, row in rows.items():
        where = f"{kind} {version}"
        try:
            shares, above = shares_of(row.shares), unpack_above(row.above)
            led = _led(above, lot)
        except (OtherBytes, LineageLoop) as broken:
            yield Finding(NOT_AS_RELEASED, where, "", str(broken))
            continue
        digest = contents_digest(session, batch, lot, shares)
        if digest != row.digest:
            yield Finding(NOT_AS_RELEASED, f"{where}, shares", row.digest, digest)
        if not _leads_to(led, shares, batch.counted_by):
            yield Finding(NOT_AS_RELEASED, f"{where}, lineage", _listed(shares), _listed(led))
        if row.version == batch.version:
            yield from _newest(session, batch, lot, row, (shares, above), where)
        session.expunge(row)


def _led(above: Ancestry[int, tuple[int, int]], lot: Lot) -> dict[Origin, int]:
    """The shares to which a frozen lineage leads."""
    came_from = lineage.flow(above, lot.id, lot.made_g).came_from
    grams = lineage.shares(came_from, lot.made_g)
    return {Origin(party, plot or None): mass for (party, plot), mass in grams.items()}


def _leads_to(led: Mapping[Origin, int], shares: Mapping[Origin, int], counted_by: str) -> bool:
    """Whether shares are those of a lineage. What went first out of a lot is told by postings, not by edges: then as
    many grams of nobody else."""
    if counted_by != Method.FIRST_IN_FIRST_OUT:
        return led == shares
    return shares.keys() <= led.keys() and sum(shares.values()) == sum(led.values())


def _newest(
    session: Session,
    batch: Batch,
    lot: Lot,
    row: FrozenOrigin,
    kept: tuple[Mapping[Origin, int], Ancestry[int, tuple[int, int]]],
    where: str,
) -> Iterator[Finding]:
    """The newest version counted anew, by the batch's own method, as the record stood when it was made."""
    shares, above = kept
    try:
        now = counted(session, batch, trace_back(session, lot), row.made_by_id)
    except LineageLoop as loop:
        yield Finding(NOT_AS_RELEASED, f"{where}, edges", "", str(loop))
        return
    if shares != now.shares_g:
        yield Finding(NOT_AS_RELEASED, f"{where}, edges", _listed(now.shares_g), _listed(shares))
    elif above != unpack_above(pack_above(now.above)):  # in one order
        yield Finding(NOT_AS_RELEASED, f"{where}, edges", "", "")


def _listed(shares: Mapping[Origin, int]) -> str:
    return ", ".join(f"{party}/{plot or 0} {mass} g" for (party, plot), mass in sorted(shares.items(), key=repr))
