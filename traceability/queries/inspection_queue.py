"""What an inspector looks at: batches chosen at random, the same for everybody who asks, and those with a reason.

The choice is a digest of the batch's code and of the week in which it was released: nobody picks it, and it can be
worked out again by anybody who wants to check.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from traceability.domain.dossier import Standing, Status
from traceability.domain.journal import digest
from traceability.domain.moments import day_bounds, day_of
from traceability.models import Batch, Lot, Registration
from traceability.queries import capacity
from traceability.queries.authority import Seen
from traceability.queries.evidence import standing_of
from traceability.queries.holds import stopped
from traceability.words import N_

AT_RANDOM = N_("Chosen at random")
RECALLED = N_("Recalled")
FAILED = N_("Check failed")
ON_HOLD = N_("On hold")
_STOPPED: Final = {Status.RECALLED: RECALLED, Status.FAILED: FAILED, Status.ON_HOLD: ON_HOLD}
ABOVE_CAPACITY = N_("Packed on a day above the capacity of the place")
CODE_STOPPED = N_("An official code of the organisation did not stand when it was packed")


@dataclass(frozen=True)
class Waiting:
    """A batch to look at, and why."""

    org_id: int
    code: str
    lot: str
    commodity: str
    form: str
    mass_g: int
    destination: str
    on: date
    reasons: tuple[str, ...]  # msgids; what is wrong comes before chance


def chosen(code: str, on: date, percent: int) -> bool:
    """Whether chance chooses a batch in the week of that day: `percent` of a hundred batches, by a digest."""
    year, week, _ = on.isocalendar()
    drawn = int(digest(f"{code}:{year}-W{week:02}".encode())[:16], 16)
    return drawn % 10_000 < percent * 100


def inspection_queue(session: Session, seen: Seen, since: date, until: date) -> list[Waiting]:
    """The batches released in the period that are to be looked at: those with a reason first, then the newest."""
    rows = session.execute(
        select(Batch, Lot)
        .join(Lot, Lot.id == Batch.lot_id)
        .where(
            seen.own(Batch.org_id),
            Batch.superseded_by == "",
            Batch.released_at >= day_bounds(since, seen.zone_minutes)[0],
            Batch.released_at < day_bounds(until, seen.zone_minutes)[1],
        )
        .order_by(Batch.released_at.desc(), Batch.id.desc())
    ).all()
    if not rows:
        return []
    packed = [day_of(lot.made_at, seen.zone_minutes) for _, lot in rows]
    crowded = capacity.days_above(session, seen, min(packed), max(packed))
    stops, codes = stopped(session), _codes(session, seen)
    found = []
    for batch, lot in rows:
        if batch.released_at is None:
            continue
        on = day_of(batch.released_at, seen.zone_minutes)
        reasons = _reasons(lot, seen, stops, crowded, codes)
        if chosen(lot.code, on, seen.sample_percent):
            reasons.append(AT_RANDOM)
        if reasons:
            found.append(
                Waiting(
                    batch.org_id,
                    lot.code,
                    lot.number,
                    lot.commodity,
                    lot.form,
                    lot.made_g,
                    batch.destination,
                    on,
                    tuple(reasons),
                )
            )
    return sorted(found, key=lambda one: one.reasons == (AT_RANDOM,))


def _reasons(
    lot: Lot,
    seen: Seen,
    stops: Mapping[int, Status],
    crowded: Collection[tuple[int, date]],
    codes: Mapping[int, Sequence[Registration]],
) -> list[str]:
    reasons = []
    if lot.id in stops:
        reasons.append(_STOPPED[stops[lot.id]])
    if lot.facility_id is not None and (lot.facility_id, day_of(lot.made_at, seen.zone_minutes)) in crowded:
        reasons.append(ABOVE_CAPACITY)
    if _lapsed(codes.get(lot.org_id, ()), lot, day_of(lot.made_at, seen.zone_minutes)):
        reasons.append(CODE_STOPPED)
    return reasons


def _codes(session: Session, seen: Seen) -> dict[int, list[Registration]]:
    """The official codes of each organisation."""
    found: dict[int, list[Registration]] = {}
    rows = select(Registration).where(seen.own(Registration.org_id)).options(selectinload(Registration.suspensions))
    for row in session.scalars(rows):
        found.setdefault(row.org_id, []).append(row)
    return found


def _lapsed(codes: Sequence[Registration], lot: Lot, on: date) -> bool:
    """Whether a kind of code that the organisation has for these goods did not stand on the day of packing.

    A suspended code counts in any case; one that had ended only where no other of its kind stood in its place.
    """
    kinds: dict[str, set[Standing]] = {}
    for code in codes:
        if code.commodity in ("", lot.commodity):
            kinds.setdefault(code.scheme, set()).add(standing_of(code, on))
    stands = {Standing.VALID, Standing.EXPIRING}
    return any(
        Standing.SUSPENDED in found or (Standing.EXPIRED in found and not found & stands) for found in kinds.values()
    )
