"""Open holds and recalls that reach a lot, on itself or through anything it is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Alert, Lifted, Status
from traceability.domain.spoken import SPOKEN_IN
from traceability.models import Event, Hold, Lot, Organisation, Recall
from traceability.models.statements import Statement
from traceability.queries.lineage import Origin, ancestors_of, chunks
from traceability.queries.many import (
    HELD,
    HELD_FAILED_FARMERS,
    HELD_FAILED_PLOTS,
    HELD_FARMERS,
    HELD_PLOTS,
    LIFTED_FARMERS,
    LIFTED_LOTS,
    LIFTED_PLOTS,
    RECALLED_FARMERS,
    RECALLED_LOTS,
    RECALLED_PLOTS,
    rows_of,
)

# asked before every entry that takes from a lot: built once
_ANYTHING_STOPPED: Final = Statement(
    select(
        or_(
            exists().where(or_(Hold.closed_at.is_(None), Hold.passed.is_(False))),
            exists().where(Recall.closed_at.is_(None)),
        )
    )
)
_WORST_FIRST: Final = tuple(Status)
_ANYTHING_LIFTED: Final = Statement(select(exists().where(Recall.closed_at.is_not(None))))


def alerts_of(session: Session, lot_id: int) -> tuple[Alert, ...]:
    """The alerts of one lot, the worst first, then the oldest first."""
    return alerts_of_ancestry(session, lot_id, *ancestors_of(session, [lot_id]))


def any_alert(session: Session, lot_ids: Collection[int]) -> bool:
    """Whether anything stops any of these lots: one walk for all of them, and none while nothing at all is stopped."""
    if not _anything_stopped(session):
        return False
    ancestors, origins = ancestors_of(session, lot_ids)
    return bool(_holds(session, 0, ancestors, origins) or _recalls(session, 0, ancestors, origins))


def alerts_of_ancestry(
    session: Session, lot_id: int, ancestors: Collection[int], origins: Iterable[Origin]
) -> tuple[Alert, ...]:
    """The same when the ancestry is already known: `ancestors` are lot ids, `origins` whose fruit it is."""
    if not _anything_stopped(session):
        return ()
    found = [*_holds(session, lot_id, ancestors, origins), *_recalls(session, lot_id, ancestors, origins)]
    return tuple(sorted(found, key=lambda alert: (_WORST_FIRST.index(alert.kind), alert.since, alert.source)))


def lifted_of_ancestry(session: Session, ancestors: Collection[int], origins: Iterable[Origin]) -> tuple[Lifted, ...]:
    """The recalls that reached a lot and were lifted, the oldest first."""
    if not _ANYTHING_LIFTED.first(session.connection(), {})[0]:
        return ()
    parties, plots = _grew(origins)
    asked = ((LIFTED_LOTS, ancestors), (LIFTED_FARMERS, parties), (LIFTED_PLOTS, plots))
    keys = {key for which, ids in asked for (key,) in rows_of(session, which, ids)}
    found = []
    for chunk in chunks(keys):
        for row, number, kdes, country in session.execute(_typed(chunk)):
            said = row.reason, row.outcome, number or "", _said_on(kdes, country)
            found.append(Lifted(row.opened_at, row.closed_at or row.opened_at, row.zone_minutes, *said))
    return tuple(sorted(found, key=lambda lifted: (lifted.since, lifted.until, lifted.source)))


def _typed(recalls: Collection[int]) -> Select[Recall, str, dict[str, Any], str]:
    """Recalls with the number of the lot (whose farm or plot was recalled is nobody's business outside), and with what
    says in which language they were typed: their events, and the country of who typed."""
    named = select(Recall, Lot.number).outerjoin(Lot, Lot.id == Recall.lot_id).where(Recall.id.in_(recalls))
    whose = named.join(Event, Event.id == Recall.made_by_id).join(Organisation, Organisation.id == Recall.org_id)
    return whose.add_columns(Event.kdes, Organisation.country)


def _said_on(kdes: Mapping[str, Any], country: str) -> str:
    """The language of the page that a recall was typed on, or of the country's offices."""
    return kdes.get("language") or SPOKEN_IN.get(country, "")


def _grew(origins: Iterable[Origin]) -> tuple[set[int], set[int]]:
    """The farmers and the known plots of some origins."""
    known = list(origins)
    return {one.party_id for one in known}, {one.plot_id for one in known if one.plot_id is not None}


def _anything_stopped(session: Session) -> bool:
    return bool(_ANYTHING_STOPPED.first(session.connection(), {})[0])


def _holds(session: Session, lot_id: int, ancestors: Collection[int], origins: Iterable[Origin]) -> list[Alert]:
    """Open holds, and failed ones: goods that failed stay stopped, and what was to be done until then is over."""
    alerts = []
    parties, plots = _grew(origins)
    asked = (
        (HELD, ancestors),
        *((HELD_FARMERS, parties), (HELD_PLOTS, plots)),
        *((HELD_FAILED_FARMERS, ancestors), (HELD_FAILED_PLOTS, ancestors)),
    )
    for chunk in chunks({key for which, ids in asked for (key,) in rows_of(session, which, ids)}):
        held = select(Hold, Lot.number, Organisation.country).outerjoin(Lot, Lot.id == Hold.lot_id)
        rows = session.execute(held.join(Organisation, Organisation.id == Hold.org_id).where(Hold.id.in_(chunk)))
        alerts += [
            Alert(
                kind=Status.FAILED if hold.passed is False else Status.ON_HOLD,
                since=hold.opened_at,
                zone_minutes=hold.zone_minutes,
                reason=hold.outcome or hold.reason,
                action="" if hold.passed is False else hold.action,
                phone="",
                source=number or "",
                inherited=hold.lot_id != lot_id,
                language=SPOKEN_IN.get(country, ""),
            )
            for hold, number, country in rows
        ]
    return alerts


def _recalls(session: Session, lot_id: int, ancestors: Collection[int], origins: Iterable[Origin]) -> list[Alert]:
    alerts = []
    parties, plots = _grew(origins)
    for asked, ids in ((RECALLED_LOTS, ancestors), (RECALLED_FARMERS, parties), (RECALLED_PLOTS, plots)):
        for chunk in chunks({key for (key,) in rows_of(session, asked, ids)}):
            alerts += [
                Alert(
                    kind=Status.RECALLED,
                    since=recall.opened_at,
                    zone_minutes=recall.zone_minutes,
                    reason=recall.reason,
                    action=recall.action,
                    phone=recall.phone,
                    source=number or "",
                    inherited=recall.lot_id != lot_id,
                    authority=recall.authority,
                    authority_link=recall.authority_link,
                    language=_said_on(kdes, country),
                )
                for recall, number, kdes, country in session.execute(_typed(chunk))
            ]
    return alerts
