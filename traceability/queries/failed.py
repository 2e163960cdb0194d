"""Results that failed and still count, on a lot or on anything that it is made of.

A result counts until the goods are measured again: a later one that passed answers for its own lot and for everything
that was made from it, and for nothing else. So a lot carries a failed result when one way leads down to it from where
it failed on which nothing passed since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Measurement as MeasurementView
from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.models import Event, Lot, Measurement, Posting
from traceability.models.statements import Statement
from traceability.queries import evidence
from traceability.queries.edges import edges_into, lots_below
from traceability.queries.holds import stopped
from traceability.queries.lineage import ancestors_of, chunks
from traceability.queries.many import FAILED, rows_of

# asked for the first page and behind every label: built once
_ANYWHERE: Final = Statement(select(Measurement.lot_id).where(Measurement.passed.is_(False)).distinct())
_LEFT: Final = (Kind.SHIP, Kind.DISPATCH)
_OF_LOTS: Final = (
    select(Measurement, Lot)
    .join(Lot, Lot.id == Measurement.lot_id)
    .where(Measurement.lot_id.in_(bindparam("lots", expanding=True)), Measurement.passed.is_not(None))
    .order_by(Measurement.taken_on, Measurement.id)
)


class Goods(NamedTuple):
    """A lot that carries a result that failed, and nobody has decided yet."""

    lot: Lot
    failed: tuple[MeasurementView, ...]


class _Result(NamedTuple):
    lot_id: int
    view: MeasurementView


def failed_of(session: Session, lot_id: int) -> tuple[MeasurementView, ...]:
    """The failed results that count for a lot, the newest first; nothing is walked while nothing ever failed."""
    if not _failed_anywhere(session):
        return ()
    return failed_of_ancestry(session, lot_id, ancestors_of(session, [lot_id])[0])


def failed_of_ancestry(session: Session, lot_id: int, ancestors: Collection[int]) -> tuple[MeasurementView, ...]:
    """The same when the ancestry is already known: the ids of all lots above, and perhaps its own."""
    line = {lot_id, *ancestors}
    if not rows_of(session, FAILED, line):
        return ()
    return _carried(session, line).get(lot_id, ())


def undecided(session: Session, actor: Actor) -> list[Goods]:
    """The organisation's goods that carry a failed result and are not stopped: on hand, or gone to somebody."""
    anywhere = _failed_anywhere(session)
    if not anywhere:
        return []
    carried = _carried(session, lots_below(session, anywhere))
    stops = stopped(session)
    found = []
    for chunk in chunks([key for key in carried if key not in stops]):
        gone = exists().where(
            Posting.lot_id == Lot.id, Posting.mass_g < 0, Posting.event_id == Event.id, Event.kind.in_(_LEFT)
        )
        mine = select(Lot).where(Lot.id.in_(chunk), Lot.org_id == actor.org_id, Lot.void.is_(False))
        found += [Goods(lot, carried[lot.id]) for lot in session.scalars(mine.where((Lot.balance_g > 0) | gone))]
    return sorted(found, key=lambda goods: (goods.failed[0].taken_on, goods.lot.id), reverse=True)


def _failed_anywhere(session: Session) -> set[int]:
    return {key for (key,) in _ANYWHERE.rows(session.connection(), {})}


def _carried(session: Session, line: Collection[int]) -> Mapping[int, tuple[MeasurementView, ...]]:
    """Which of some lots, that are all of one line, carry which failed results."""
    results = list(_results(session, line))
    below: dict[int, list[int]] = defaultdict(list)
    for child, parent, *_ in edges_into(session, line):
        below[parent].append(child)
    carried: dict[int, list[MeasurementView]] = defaultdict(list)
    failed = [(place, one) for place, one in enumerate(results) if one.view.passed is False]
    newest = {(one.lot_id, one.view.property): (place, one) for place, one in failed}
    for place, result in newest.values():
        since = {r.lot_id for r in results[place + 1 :] if r.view.passed and r.view.property == result.view.property}
        for lot in _reached(result.lot_id, below, since):
            carried[lot].append(result.view)
    return {lot: tuple(sorted(views, key=_newest_first)) for lot, views in carried.items()}


def _newest_first(view: MeasurementView) -> tuple[int, str, str]:
    return -view.taken_on.toordinal(), view.property, view.lot_number


def _reached(start: int, below: Mapping[int, Collection[int]], but: Collection[int]) -> set[int]:
    """Everything made from a lot, itself among it, on ways that lead through none of `but`."""
    found, ahead = set[int](), [start]
    while ahead:
        lot = ahead.pop()
        if lot not in found and lot not in but:
            found.add(lot)
            ahead += below.get(lot, ())
    return found


def _results(session: Session, lots: Collection[int]) -> Iterable[_Result]:
    """Every result with a verdict, in the order in which they count."""
    rows = [row for chunk in chunks(lots) for row in session.execute(_OF_LOTS, {"lots": chunk})]
    for row, lot in sorted(rows, key=lambda found: (found[0].taken_on, found[0].id)):
        yield _Result(lot.id, evidence.measured_of(row, lot))
