"""The account of a mass balance: what entered an organisation in a period, and what left it (ISO 22095): the batches
sealed from it, and what was dispatched unsealed to another organisation, into whose account it enters.

Grams count as they were weighed, in whatever form: cherries that came in are set against green coffee that was sealed.
How many grams of one make a gram of the other is the rule of a scheme, and no scheme's rule is known here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.domain import lineage
from traceability.domain.events import Kind
from traceability.domain.lineage import Ancestry
from traceability.domain.methods import NO_CROP_YEAR, NOTHING_ENTERED, BalanceAccount, Period, quarter_of
from traceability.domain.moments import day_of
from traceability.errors import Sentence
from traceability.models import Batch, Event, Lot, Posting, Transfer
from traceability.queries.edges import made_above
from traceability.queries.evidence import Delivered, covered_by
from traceability.queries.lineage import Origin, ancestry, lots_by_id

_Source = tuple[int, int]
_ACCOUNT = -1  # the account as one lot that everything was poured into
_NOT_COVERED: _Source = (0, 0)
# what takes grams out of a sealed batch without selling them, and the declaration that such a thing never happened
_OPENED_AGAIN = (Kind.PACK, Kind.REBAG, Kind.PROCESS, Kind.MERGE, Kind.SPLIT, Kind.DISPOSE, Kind.DECLARE_ERROR)


def balance_of(
    session: Session, lot: Lot, period: Period, scheme: str = ""
) -> tuple[Mapping[Origin, int], BalanceAccount | None, Sentence | None]:
    """A lot's origins as a balance has them: everything that entered its account in the period, pro rata.

    The account is the lot's organisation and commodity, and only what a certificate of `scheme` covered when one is
    asked for. Answers grams per origin, the account, and why there are no grams.
    """
    if period is Period.CROP_YEAR:
        if not lot.crop_year:
            return {}, None, Sentence(NO_CROP_YEAR)
        days = None
    else:
        days = quarter_of(_sealed_on(session, lot))
    entered = list(_lots_entered(session, lot, days))
    came_from = _origins(session, entered, scheme)
    came_from.pop(_NOT_COVERED, None)
    credit = lineage.grams(sum(came_from.values()))
    first, last = days or (None, None)
    passed_on = _origins(session, list(_passed_on(session, lot, days)), scheme)
    passed_on.pop(_NOT_COVERED, None)
    account = BalanceAccount(
        first,
        last,
        "" if days else lot.crop_year,
        credit,
        _sealed_g(session, lot, days),
        lineage.grams(sum(passed_on.values())),
    )
    if not credit:
        return {}, account, Sentence(NOTHING_ENTERED)
    grams = lineage.shares(came_from, lot.made_g)
    return {Origin(party, plot or None): mass for (party, plot), mass in grams.items()}, account, None


def _sealed_on(session: Session, lot: Lot) -> date:
    """The day a batch was sealed; of a lot that is none, the day it was made."""
    sealed = session.scalars(select(Batch.sealed_at).where(Batch.lot_id == lot.id)).first()
    return day_of(sealed or lot.made_at, lot.zone_minutes)


def _lots_entered(session: Session, lot: Lot, days: tuple[date, date] | None) -> Iterator[tuple[int, int]]:
    """Deliveries and receipts of the account in the period: inside id and grams."""
    came_in = or_(Lot.kind == "delivery", Event.kind == str(Kind.RECEIVE))
    rows = session.execute(
        select(Lot.id, Lot.made_g, Lot.made_at, Lot.zone_minutes)
        .join(Event, Event.id == Lot.made_by_id)
        .where(
            Lot.org_id == lot.org_id,
            Lot.commodity == lot.commodity,
            Lot.void.is_(False),
            came_in,
            _about(Lot.made_at, days) if days else Lot.crop_year == lot.crop_year,
        )
        .order_by(Lot.id)
    )
    for key, mass, at, zone in rows:
        if days is None or days[0] <= day_of(at, zone) <= days[1]:
            yield key, mass


def _sealed_g(session: Session, lot: Lot, days: tuple[date, date] | None) -> int:
    """Grams of the batches sealed from the account in the period, without what came back into the house from them."""
    back = (
        select(func.coalesce(func.sum(Posting.mass_g), 0))
        .join(Event, Event.id == Posting.event_id)
        .where(Posting.lot_id == Lot.id, Posting.event_id != Lot.made_by_id, Event.kind.in_(_OPENED_AGAIN))
        .scalar_subquery()
    )
    rows = session.execute(
        select(Lot.made_g + back, Batch.sealed_at, Lot.zone_minutes)
        .join(Batch, Batch.lot_id == Lot.id)
        .where(
            Lot.org_id == lot.org_id,
            Lot.commodity == lot.commodity,
            _about(Batch.sealed_at, days) if days else Lot.crop_year == lot.crop_year,
        )
    )
    return int(sum(mass for mass, at, zone in rows if days is None or days[0] <= day_of(at, zone) <= days[1]))


def _passed_on(session: Session, lot: Lot, days: tuple[date, date] | None) -> Iterator[tuple[int, int]]:
    """What left unsealed to other organisations in the period and was not taken back in it: inside id and grams."""
    rows = session.execute(
        select(Transfer.lot_id, Posting.mass_g, Event.occurred_at, Event.zone_minutes)
        .join(Event, Event.id == Posting.event_id)
        .join(Transfer, Transfer.id == Posting.transfer_id)
        .join(Lot, Lot.id == Transfer.lot_id)
        .outerjoin(Batch, Batch.lot_id == Lot.id)
        .where(
            Event.org_id == lot.org_id,
            Event.kind.in_((Kind.DISPATCH, Kind.TAKE_BACK)),
            Lot.commodity == lot.commodity,
            Batch.id.is_(None),
            _about(Event.occurred_at, days) if days else Lot.crop_year == lot.crop_year,
        )
    )
    left: Counter[int] = Counter()
    for key, mass, at, zone in rows:
        if days is None or days[0] <= day_of(at, zone) <= days[1]:
            left[key] += mass
    return ((key, mass) for key, mass in sorted(left.items()) if mass > 0)


def _about(column: InstrumentedAttribute[datetime], days: tuple[date, date]) -> ColumnElement[bool]:
    """Instants that can be on one of the days in some zone; which day it was is decided where the zone is known."""
    first = datetime.combine(days[0], time(), UTC) - timedelta(days=1)
    return (column >= first) & (column < datetime.combine(days[1], time(), UTC) + timedelta(days=2))


def _origins(session: Session, entered: list[tuple[int, int]], scheme: str) -> dict[_Source, int]:
    """Whose grams entered, in parts: one flow through a lot made of everything that entered."""
    if not entered:
        return {}
    lots = lots_by_id(session, [key for key, _ in entered])
    above = ancestry(made_above(session, [key for key, _ in entered]))
    _pour_in(above, lots, entered)
    if scheme:
        _leave_out_uncovered(session, above, scheme)
    total = sum(mass for _, mass in entered)
    return dict(lineage.flow(above, _ACCOUNT, total).came_from)


def _pour_in(above: Ancestry[int, _Source], lots: Mapping[int, Lot], entered: list[tuple[int, int]]) -> None:
    above.whole[_ACCOUNT] = sum(mass for _, mass in entered)
    made: list[tuple[int, int]] = []
    delivered: list[tuple[int, int, _Source]] = []
    for key, mass in entered:
        lot = lots[key]
        if lot.origin_party_id is None:
            made.append((key, mass))
        else:
            source = lot.origin_party_id, lot.origin_plot_id or 0
            delivered.append((key, mass, source))
    above.lots[_ACCOUNT], above.deliveries[_ACCOUNT] = made, delivered


def _leave_out_uncovered(session: Session, above: Ancestry[int, _Source], scheme: str) -> None:
    """What no certificate covered on the day of its delivery keeps its mass, but counts for nobody."""
    sources = {key: source for rows in above.deliveries.values() for key, _, source in rows}
    delivered = {
        key: Delivered(0, Origin(source[0], source[1] or None), lot.org_id, day_of(lot.made_at, lot.zone_minutes))
        for key, lot in lots_by_id(session, sources).items()
        for source in [sources[key]]
    }
    covered = covered_by(session, delivered, scheme)
    for child, rows in above.deliveries.items():
        above.deliveries[child] = [
            (key, mass, source if key in covered else _NOT_COVERED) for key, mass, source in rows
        ]
