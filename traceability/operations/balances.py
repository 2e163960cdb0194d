"""What an entry does to the lots: balances by conditional update, new lots, postings, lineage edges.

A balance changes only by `update ... where balance_g >= :taken` (RELIABILITY D3): under any interleaving of writers
a lot never gives more than it holds, on SQLite and on PostgreSQL alike. Lots are touched in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, Update, delete, insert, select, update
from sqlalchemy.orm import Session

from traceability.domain.moments import day_number, day_of
from traceability.domain.postings import Account, Posting, edges_of
from traceability.errors import NotEnoughLeft, NotEnoughUnits, NotMadeYet, UsedDownstream
from traceability.models import Edge, Event, Lot, Party, Plot, Transfer
from traceability.models import Posting as PostingRow


@dataclass(frozen=True)
class _Refs:
    """Inside ids of the public codes that an entry names."""

    lots: Mapping[str, int]
    plots: Mapping[str, int]
    parties: Mapping[str, int]
    transfers: Mapping[str, tuple[int, int]]  # transfer code -> (transfer id, lot id on the road)


def post(session: Session, event: Event, postings: Sequence[Posting], makes: Sequence[Lot]) -> None:
    """Write the postings of `event` and everything derived from them. Raises NotEnoughLeft or NotEnoughUnits."""
    if not postings:
        return
    made = {lot.code: lot for lot in makes}
    for posting in postings:
        if posting.account is Account.LOT and posting.ref in made:
            lot = made[posting.ref]
            lot.made_g = lot.balance_g = (lot.made_g or 0) + posting.mass_g
            lot.made_count = lot.balance_count = (lot.made_count or 0) + posting.count
    session.add_all(makes)
    session.flush()
    refs = _resolve(session, postings)
    _move(session, [p for p in postings if p.account is Account.LOT and p.ref not in made], refs)
    _write(session, event, postings, refs)
    carried = {code: str(lot_id) for code, (_, lot_id) in refs.transfers.items()}
    _link(session, event, postings, frozenset(made), refs, carried)


def rows_changed(session: Session, statement: Update) -> int:
    """How many rows a conditional update found: 0 says that the condition did not hold."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


def take_back_all(session: Session, event: Event, declared: Event, postings: Sequence[Posting]) -> None:
    """Compensate a declared entry: `postings` are its own, reversed. What it made becomes void.

    Raises UsedDownstream when something it made is no longer there to be taken back.
    """
    refs = _resolve(session, postings)
    made = {
        lot.code: lot
        for lot in session.scalars(select(Lot).where(Lot.org_id == event.org_id, Lot.made_by_id == declared.id))
    }
    _move(session, [p for p in postings if p.account is Account.LOT and p.ref not in made], refs)
    for lot in sorted(made.values(), key=lambda lot: lot.id):
        gone = rows_changed(
            session,
            update(Lot)
            .where(Lot.id == lot.id, Lot.balance_g == Lot.made_g, Lot.balance_count == Lot.made_count)
            .values(made_g=0, balance_g=0, made_count=0, balance_count=0, void=True),
        )
        if gone != 1:
            raise UsedDownstream(lots=used_in(session, lot.id) or lot.number)
    session.execute(delete(Edge).where(Edge.child_id.in_([lot.id for lot in made.values()])))
    _write(session, event, postings, refs)
    session.expire_all()


def used_in(session: Session, lot_id: int) -> str:
    """The numbers of the lots that a lot went into, for a sentence."""
    children = select(Lot.number).join(Edge, Edge.child_id == Lot.id).where(Edge.parent_id == lot_id)
    return ", ".join(session.scalars(children.order_by(Lot.number).limit(5)))


def _move(session: Session, postings: Sequence[Posting], refs: _Refs) -> None:
    """Take from and give back to lots that existed before, in the order of their ids."""
    for posting in sorted(postings, key=lambda p: refs.lots[p.ref]):
        lot_id = refs.lots[posting.ref]
        moved = rows_changed(
            session,
            update(Lot)
            .where(
                Lot.id == lot_id,
                Lot.balance_g + posting.mass_g >= 0,
                Lot.balance_g + posting.mass_g <= Lot.made_g,
                Lot.balance_count + posting.count >= 0,
                Lot.balance_count + posting.count <= Lot.made_count,
            )
            .values(balance_g=Lot.balance_g + posting.mass_g, balance_count=Lot.balance_count + posting.count),
        )
        if moved != 1:
            lot = session.scalars(select(Lot).where(Lot.id == lot_id).execution_options(populate_existing=True)).one()
            if lot.balance_g + posting.mass_g < 0:
                raise NotEnoughLeft(lot=lot.number, available_g=lot.balance_g, requested_g=-posting.mass_g)
            raise NotEnoughUnits(lot=lot.number, available=lot.balance_count, requested=abs(posting.count))
    for row in session.identity_map.values():
        if isinstance(row, Lot) and row.code in refs.lots:
            session.expire(row, ["balance_g", "balance_count"])


def _write(session: Session, event: Event, postings: Sequence[Posting], refs: _Refs) -> None:
    session.execute(
        insert(PostingRow),
        [
            {
                "event_id": event.id,
                "line": line,
                "org_id": event.org_id,
                "account": posting.account.value,
                "ref": posting.ref,
                "lot_id": refs.lots[posting.ref] if posting.account is Account.LOT else None,
                "plot_id": refs.plots[posting.ref] if posting.account is Account.PLOT else None,
                "party_id": refs.parties[posting.ref] if posting.account in (Account.PARTY, Account.BUYER) else None,
                "transfer_id": refs.transfers[posting.ref][0] if posting.account is Account.TRANSIT else None,
                "mass_g": posting.mass_g,
                "count": posting.count,
            }
            for line, posting in enumerate(postings, start=1)
        ],
    )


def _link(
    session: Session,
    event: Event,
    postings: Sequence[Posting],
    made: frozenset[str],
    refs: _Refs,
    carried: Mapping[str, str],
) -> None:
    """Edges from every new lot to every lot that was taken from; a lot on the road is named by its inside id."""
    ids = {**refs.lots, **{lot: int(lot) for lot in carried.values()}}
    edges = edges_of(postings, made, carried)
    day = day_number(event.occurred_at, event.zone_minutes)
    origins = _origins(session, {ids[edge.parent] for edge in edges}, day)
    rows = []
    for edge in edges:
        party, plot = origins.get(ids[edge.parent], (None, None))
        rows.append(
            {
                "child_id": ids[edge.child],
                "parent_id": ids[edge.parent],
                "mass_g": edge.mass_g,
                "origin_party_id": party,
                "origin_plot_id": plot,
                "day": day,
                "org_id": event.org_id,
            }
        )
    if rows:
        session.execute(insert(Edge), rows)


def _origins(session: Session, lot_ids: Collection[int], day: int) -> dict[int, tuple[int | None, int | None]]:
    """Whose those of the lots are that are deliveries: farmer and plot.

    Raises NotMadeYet for a lot of a later day than `day`: what arrives after a departure cannot have left with it.
    """
    rows = session.execute(
        select(Lot.id, Lot.number, Lot.made_at, Lot.zone_minutes, Lot.origin_party_id, Lot.origin_plot_id).where(
            Lot.id.in_(lot_ids)
        )
    ).all()
    for row in rows:
        if day_number(row.made_at, row.zone_minutes) > day:
            raise NotMadeYet(lot=row.number, day=day_of(row.made_at, row.zone_minutes), at="occurred_at")
    return {row.id: (row.origin_party_id, row.origin_plot_id) for row in rows if row.origin_party_id is not None}


def _resolve(session: Session, postings: Sequence[Posting]) -> _Refs:
    def named(*accounts: Account) -> list[str]:
        return sorted({p.ref for p in postings if p.account in accounts})

    lots = session.execute(select(Lot.code, Lot.id).where(Lot.code.in_(named(Account.LOT))))
    plots = session.execute(select(Plot.code, Plot.id).where(Plot.code.in_(named(Account.PLOT))))
    parties = session.execute(select(Party.code, Party.id).where(Party.code.in_(named(Account.PARTY, Account.BUYER))))
    transfers = session.execute(
        select(Transfer.code, Transfer.id, Transfer.lot_id).where(Transfer.code.in_(named(Account.TRANSIT)))
    )
    return _Refs(
        lots={code: key for code, key in lots},
        plots={code: key for code, key in plots},
        parties={code: key for code, key in parties},
        transfers={code: (key, lot_id) for code, key, lot_id in transfers},
    )
