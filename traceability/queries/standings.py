"""How a batch stands, and the batch that took its place: since when, why, and how that one stands itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Alert, Status, Successor
from traceability.domain.events import Kind
from traceability.domain.spoken import SPOKEN_IN
from traceability.models import Batch, Event, Lot, Organisation
from traceability.queries.alerts import alerts_of
from traceability.queries.declared import declared_in_error
from traceability.queries.destroyed import destroyed


def stop_of(alerts: Sequence[Alert], destroyed_at: datetime | None) -> Status | None:
    """What stops the goods: of the alerts, of which the worst comes first, and of goods that are not there any more."""
    stop = alerts[0].kind if alerts else None
    return stop if destroyed_at is None or stop is Status.RECALLED else Status.DESTROYED


def status_of(batch: Batch, stop: Status | None) -> Status:
    """How a batch stands: what stops its goods now comes before all else, then that a newer batch took its place."""
    if stop is not None:
        return stop
    if batch.superseded_by:
        return Status.SUPERSEDED
    return Status.RELEASED if batch.released_at is not None else Status.NOT_YET_PUBLIC


def successor_of(session: Session, batch: Batch, lot: Lot) -> Successor | None:
    """The batch that took the place of this one; none as long as none did."""
    said = session.scalars(replacements_of(lot)).first() if batch.superseded_by else None
    if said is None:
        return None
    rows = select(Batch, Lot, Organisation.country).join(Lot, Lot.id == Batch.lot_id)
    rows = rows.join(Organisation, Organisation.id == Batch.org_id)
    newer, goods, country = session.execute(
        rows.where(Batch.org_id == lot.org_id, Lot.code == batch.superseded_by)
    ).one()
    stop = stop_of(alerts_of(session, goods.id), destroyed(session, [goods.id]).get(goods.id))
    return Successor(
        code=goods.code,
        number=goods.number,
        status=status_of(newer, stop),
        since=said.occurred_at,
        zone_minutes=said.zone_minutes,
        reason=str(said.kdes.get("reason", "")),
        entry=said.code,
        language=SPOKEN_IN.get(country, ""),
    )


def replacements_of(lot: Lot) -> Select[Event]:
    """The entries by which another batch took the place of this one and that still stand, the newest first."""
    return (
        select(Event)
        .where(
            Event.org_id == lot.org_id,
            Event.kind == str(Kind.SUPERSEDE),
            Event.kdes["old"].as_string() == lot.code,
            ~declared_in_error(),
        )
        .order_by(Event.seq.desc())
    )
