"""Holds and recalls as lists, what they stop at this moment, and how far a recall would reach."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Names, Status
from traceability.models import Batch, Hold, Lot, Organisation, Party, Person, Plot, Recall
from traceability.queries.destroyed import destroyed
from traceability.queries.lineage import chunks, deliveries_of_farmer, deliveries_of_plot, trace_forward

Stop = TypeVar("Stop", Hold, Recall)


@dataclass(frozen=True)
class HoldRow:
    """A hold of the organisation and what it names. `passed` is None while it is open; a failed one stops the goods for
    ever."""

    code: str
    kind: str  # lot, plot, farmer
    target: str  # its public code
    name: str  # its number, for people
    commodity: str  # of a lot
    form: str
    balance_g: int
    reason: str
    action: str
    opened_at: datetime
    zone_minutes: int
    passed: bool | None
    outcome: str


@dataclass(frozen=True)
class RecallRow:
    """A recall of the organisation and what it names: a lot, a plot or a farmer."""

    code: str
    kind: str  # lot, plot, farmer
    target: str  # its public code
    name: str  # its number, for people
    reason: str
    action: str
    phone: str
    opened_at: datetime
    zone_minutes: int
    lifted: bool
    outcome: str


@dataclass(frozen=True)
class Reach:
    """What a recall reaches: lots that still hold something, batches, and who has them."""

    lots: int
    batches: tuple[str, ...]  # lot numbers of the sealed batches, the newest first
    on_hand_g: int  # still in a lot somewhere
    gone_g: int  # of the batches, already with buyers
    organisations: tuple[Names, ...]  # the others that it reaches


def holds_of(session: Session, org_id: int, *, most: int = 200) -> list[HoldRow]:
    """Open holds first, then the others, the newest first."""
    rows = session.execute(
        _named(Hold)
        .where(Hold.org_id == org_id)
        .order_by(Hold.closed_at.is_not(None), Hold.opened_at.desc(), Hold.id.desc())
        .limit(most)
    )
    return [_hold(*row) for row in rows]


def open_hold(session: Session, org_id: int, code: str) -> HoldRow | None:
    """An open hold by its code."""
    row = session.execute(
        _named(Hold).where(Hold.org_id == org_id, Hold.code == code.upper(), Hold.closed_at.is_(None))
    ).one_or_none()
    return _hold(*row) if row else None


def recalls_of(session: Session, org_id: int, *, most: int = 200) -> list[RecallRow]:
    """Open recalls first, then those that were lifted, the newest first."""
    rows = session.execute(
        _named(Recall)
        .where(Recall.org_id == org_id)
        .order_by(Recall.closed_at.is_not(None), Recall.opened_at.desc(), Recall.id.desc())
        .limit(most)
    )
    return [_recall(*row) for row in rows]


def open_recalls_of(session: Session, org_ids: Collection[int]) -> list[tuple[int, RecallRow]]:
    """The open recalls of several organisations, each with the inside id of whose it is, the newest first."""
    rows = session.execute(
        _named(Recall)
        .where(Recall.org_id.in_(org_ids), Recall.closed_at.is_(None))
        .order_by(Recall.opened_at.desc(), Recall.id.desc())
    )
    return [(row[0].org_id, _recall(*row)) for row in rows]


def open_recall(session: Session, org_id: int, code: str) -> RecallRow | None:
    """An open recall by its code."""
    row = session.execute(
        _named(Recall).where(Recall.org_id == org_id, Recall.code == code.upper(), Recall.closed_at.is_(None))
    ).one_or_none()
    return _recall(*row) if row else None


def stops_of_farmer(session: Session, org_id: int, farmer: str) -> list[tuple[Status, HoldRow | RecallRow]]:
    """What stops whatever a farmer or one plot of theirs delivered: recalls, failed checks, holds; the newest first."""
    party = select(Party.id).where(Party.org_id == org_id, Party.code == farmer).scalar_subquery()
    plots = select(Plot.id).where(Plot.org_id == org_id, Plot.party_id == party)

    def of(table: type[Stop], *wanted: ColumnElement[bool]) -> Sequence[Row[Stop, Lot, Plot, Party, str]]:
        named = or_(table.party_id == party, table.plot_id.in_(plots))
        rows = _named(table).where(table.org_id == org_id, named, *wanted)
        return session.execute(rows.order_by(table.opened_at.desc(), table.id.desc())).all()

    recalls = [(Status.RECALLED, _recall(*row)) for row in of(Recall, Recall.closed_at.is_(None))]
    failed = [(Status.FAILED, _hold(*row)) for row in of(Hold, Hold.passed.is_(False))]
    held = [(Status.ON_HOLD, _hold(*row)) for row in of(Hold, Hold.closed_at.is_(None))]
    return [*recalls, *failed, *held]


def reach_of(session: Session, lot_ids: Collection[int], org_id: int) -> Reach:
    """Everything that was made from these lots, in every organisation: what a recall of them would stop."""
    reached = trace_forward(session, lot_ids).lots
    lots, on_hand_g, gone_g = 0, 0, 0
    numbers: list[str] = []
    others: dict[str, Names] = {}
    for chunk in chunks(reached):
        rows = session.execute(
            select(Lot, Batch.id, Organisation)
            .join(Organisation, Organisation.id == Lot.org_id)
            .outerjoin(Batch, Batch.lot_id == Lot.id)
            .where(Lot.id.in_(chunk), Lot.void.is_(False))
            .order_by(Lot.id.desc())
        )
        for lot, batch_id, owner in rows:
            lots += lot.balance_g > 0
            on_hand_g += lot.balance_g
            if batch_id is not None:
                numbers.append(lot.number)
                gone_g += lot.made_g - lot.balance_g
            if owner.id != org_id:
                others[owner.code] = owner.called
    return Reach(lots, tuple(numbers), on_hand_g, gone_g, tuple(others[code] for code in sorted(others)))


def sources_of(
    session: Session, *, lot_id: int | None = None, plot_id: int | None = None, party_id: int | None = None
) -> list[int]:
    """The lots that a hold or a recall of a lot, a plot or a farmer starts from."""
    if lot_id is not None:
        return [lot_id]
    return deliveries_of_plot(session, plot_id) if plot_id is not None else deliveries_of_farmer(session, party_id or 0)


def stopped(session: Session) -> dict[int, Status]:
    """Every lot that is stopped now, by an open hold or recall of its own or of anything it is made of, or because that
    failed: the worst of it."""
    held = started_by(session, Hold, Hold.closed_at.is_(None))
    failed = started_by(session, Hold, Hold.passed.is_(False))
    recalled = started_by(session, Recall, Recall.closed_at.is_(None))
    found = dict.fromkeys(trace_forward(session, held).lots, Status.ON_HOLD)
    found |= dict.fromkeys(trace_forward(session, failed).lots, Status.FAILED)
    return found | dict.fromkeys(trace_forward(session, recalled).lots, Status.RECALLED)


def standing_still(session: Session, lot_ids: Collection[int]) -> dict[int, Status]:
    """The same, and which of these lots were destroyed; a recall is told before that."""
    found = stopped(session)
    gone = destroyed(session, lot_ids)
    return found | {key: Status.DESTROYED for key in gone if found.get(key) is not Status.RECALLED}


def started_by(session: Session, table: type[Hold] | type[Recall], which: ColumnElement[bool]) -> set[int]:
    """The lots that these holds or recalls start from: the one named, or what the plot or farmer named brought in,
    before it was over."""
    found = set(session.scalars(select(table.lot_id).where(which, table.lot_id.is_not(None))))
    for named, grown in ((table.plot_id, Lot.origin_plot_id), (table.party_id, Lot.origin_party_id)):
        rows = select(Lot.id).join(table, grown == named)
        found |= set(session.scalars(rows.where(which, meant_by(table), Lot.void.is_(False))))
    return {key for key in found if key is not None}


def meant_by(table: type[Hold] | type[Recall]) -> ColumnElement[bool]:
    """Whether a delivery is meant by a hold or recall of whose it is: it came before that was over, or is known since
    before."""
    return or_(table.closed_at.is_(None), Lot.made_at <= table.closed_at, Lot.made_by_id < table.closed_by_id)


def _hold(hold: Hold, lot: Lot | None, plot: Plot | None, party: Party | None, person: str | None) -> HoldRow:
    kind, target, name = _target(lot, plot, party, person)
    return HoldRow(
        code=hold.code,
        kind=kind,
        target=target,
        name=name,
        commodity=lot.commodity if lot else "",
        form=lot.form if lot else "",
        balance_g=lot.balance_g if lot else 0,
        reason=hold.reason,
        action=hold.action,
        opened_at=hold.opened_at,
        zone_minutes=hold.zone_minutes,
        passed=hold.passed,
        outcome=hold.outcome,
    )


def _named(table: type[Stop]) -> Select[Stop, Lot, Plot, Party, str]:
    """Holds or recalls, each with what it names."""
    return (
        select(table, Lot, Plot, Party, Person.name)
        .outerjoin(Lot, Lot.id == table.lot_id)
        .outerjoin(Plot, Plot.id == table.plot_id)
        .outerjoin(Party, Party.id == table.party_id)
        .outerjoin(Person, Person.party_id == table.party_id)
    )


def _target(lot: Lot | None, plot: Plot | None, party: Party | None, person: str | None) -> tuple[str, str, str]:
    """Kind, public code and name of what a hold or a recall names."""
    if lot is not None:
        return "lot", lot.code, lot.number
    if plot is not None:
        return "plot", plot.code, plot.name
    name = " · ".join(part for part in (party.number if party else "", person or "") if part)
    return "farmer", party.code if party else "", name


def _recall(row: Recall, lot: Lot | None, plot: Plot | None, party: Party | None, person: str | None) -> RecallRow:
    kind, target, name = _target(lot, plot, party, person)
    return RecallRow(
        code=row.code,
        kind=kind,
        target=target,
        name=name,
        reason=row.reason,
        action=row.action,
        phone=row.phone,
        opened_at=row.opened_at,
        zone_minutes=row.zone_minutes,
        lifted=row.closed_at is not None,
        outcome=row.outcome,
    )
