"""What entries do to the lots: balances by conditional update, new lots, postings, lineage edges.

A balance changes only by `update ... where balance_g >= :taken` (RELIABILITY D3): under any interleaving of writers
a lot never gives more than it holds, on SQLite and on PostgreSQL alike. Lots are touched in the order of their ids.
Statements are built once and run on the connection: this is what every weigh-in waits for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Connection, CursorResult, Update, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from traceability.domain.moments import day_number, day_of
from traceability.domain.postings import Account, Posting, edges_of
from traceability.errors import NotEnoughLeft, NotEnoughUnits, NotMadeYet, UsedDownstream
from traceability.models import Edge, Event, Lot, Party, Plot, Transfer
from traceability.models import Posting as PostingRow
from traceability.models.statements import Statement, any_of
from traceability.operations.lookups import Goods


class Source(NamedTuple):
    """What an edge must know of a lot that is taken from; nothing of it ever changes."""

    id: int
    number: str
    made_at: datetime
    zone_minutes: int
    origin_party_id: int | None
    origin_plot_id: int | None


@dataclass(kw_only=True)
class NewLot:
    """A lot that an entry makes. Its masses come from the postings; it has its id once it is written."""

    org_id: int
    code: str
    number: str
    kind: str
    commodity: str
    form: str
    grade: str = ""
    variety: str = ""
    crop_year: str = ""
    custody: str
    unit: str = ""
    made_at: datetime
    zone_minutes: int
    facility_id: int | None
    origin_party_id: int | None = None
    origin_plot_id: int | None = None
    id: int = 0


@dataclass(frozen=True)
class Written:
    """An entry that has its event: what is to be posted, and what the operation had already read."""

    event_id: int
    org_id: int
    occurred_at: datetime
    zone_minutes: int
    postings: Sequence[Posting]
    makes: Sequence[NewLot] = ()
    takes: Sequence[Goods] = ()  # lots that were read to be taken from
    knows: Mapping[tuple[Account, str], int] = field(default_factory=dict)  # plots and parties -> inside ids
    grows: frozenset[str] = frozenset()  # codes of lots that were made with more or less than was said


@dataclass
class _Refs:
    """Inside ids of the public codes that entries name."""

    lots: dict[str, int] = field(default_factory=dict)
    plots: dict[str, int] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    transfers: dict[str, tuple[int, int]] = field(default_factory=dict)  # code -> (transfer id, id of the lot in it)


_PARTIES: Final = (Account.PARTY, Account.BUYER)
_LOT: Final = Lot.metadata.tables["lot"]
_INSERT_LOT: Final = Statement(insert(_LOT).returning(_LOT.c.id))
_INSERT_LOTS: Final = Statement(insert(_LOT))
_INSERT_POSTING: Final = Statement(insert(PostingRow.metadata.tables["posting"]))
_INSERT_EDGE: Final = Statement(insert(Edge.metadata.tables["edge"]))
_MOVE: Final = Statement(
    update(_LOT)
    .where(
        _LOT.c.id == bindparam("lot"),
        _LOT.c.balance_g + bindparam("mass") >= 0,
        _LOT.c.balance_g + bindparam("mass") <= _LOT.c.made_g,
        _LOT.c.balance_count + bindparam("units") >= 0,
        _LOT.c.balance_count + bindparam("units") <= _LOT.c.made_count,
    )
    .values(
        balance_g=_LOT.c.balance_g + bindparam("mass"),
        balance_count=_LOT.c.balance_count + bindparam("units"),
    )
)
_GROW: Final = Statement(
    update(_LOT)
    .where(_LOT.c.id == bindparam("lot"), _LOT.c.balance_g == _LOT.c.made_g, _LOT.c.made_g + bindparam("mass") > 0)
    .values(made_g=_LOT.c.made_g + bindparam("mass"), balance_g=_LOT.c.balance_g + bindparam("mass"))
)
_NAMED_LOTS: Final = Statement(select(Lot.code, Lot.id).where(any_of(Lot.code, "codes")))
_NAMED_PLOTS: Final = Statement(select(Plot.code, Plot.id).where(any_of(Plot.code, "codes")))
_NAMED_PARTIES: Final = Statement(select(Party.code, Party.id).where(any_of(Party.code, "codes")))
_NAMED_TRANSFERS: Final = Statement(
    select(Transfer.code, Transfer.id, Transfer.lot_id).where(any_of(Transfer.code, "codes"))
)
_SOURCES: Final = Statement(select(*(getattr(Lot, name) for name in Source._fields)).where(any_of(Lot.id, "ids")))


def post(session: Session, entries: Sequence[Written]) -> None:
    """Write the postings of events and everything derived from them. Raises NotEnoughLeft or NotEnoughUnits."""
    entries = [entry for entry in entries if entry.postings]
    if not entries:
        return
    connection = session.connection()
    refs = _Refs(lots=_make(connection, entries))
    _resolve(connection, entries, refs)
    for entry in entries:
        made = {lot.code for lot in entry.makes} | entry.grows
        _grow(session, entry, refs)
        _move(session, [p for p in entry.postings if p.account is Account.LOT and p.ref not in made], refs)
    _write(connection, entries, refs)
    _link(connection, entries, refs)


def rows_changed(session: Session, statement: Update) -> int:
    """How many rows a conditional update found: 0 says that the condition did not hold."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


def take_back_all(session: Session, entry: Written, declared: Event) -> None:
    """Compensate a declared event: the postings are its own, reversed. What it made becomes void.

    Raises UsedDownstream when something it made is no longer there to be taken back.
    """
    refs = _Refs()
    _resolve(session.connection(), [entry], refs)
    made = {
        lot.code: lot
        for lot in session.scalars(select(Lot).where(Lot.org_id == entry.org_id, Lot.made_by_id == declared.id))
    }
    _move(session, [p for p in entry.postings if p.account is Account.LOT and p.ref not in made], refs)
    for lot in sorted(made.values(), key=lambda lot: lot.id):
        gone = rows_changed(
            session,
            update(Lot)
            .where(Lot.id == lot.id, Lot.balance_g == Lot.made_g, Lot.balance_count == Lot.made_count)
            .values(made_g=0, balance_g=0, made_count=0, balance_count=0, void=True),
        )
        if gone != 1:
            raise UsedDownstream(lots=used_in(session, entry.org_id, lot.id) or lot.number)
    session.execute(delete(Edge).where(Edge.child_id.in_([lot.id for lot in made.values()])))
    _write(session.connection(), [entry], refs)
    session.expire_all()


def used_in(session: Session, org_id: int, lot_id: int) -> str:
    """The numbers of the lots that a lot went into, for a sentence to its own people: others' lots are not theirs."""
    went = (Edge.parent_id == lot_id, Lot.org_id == org_id)
    children = select(Lot.number).join(Edge, Edge.child_id == Lot.id).where(*went)
    return ", ".join(session.scalars(children.order_by(Lot.number).limit(5)))


def _make(connection: Connection, entries: Sequence[Written]) -> dict[str, int]:
    """Insert the new lots with the masses that the postings give them. Answers their ids by code."""
    rows: dict[str, dict[str, Any]] = {}
    for entry in entries:
        for lot in entry.makes:
            rows[lot.code] = {**vars(lot), "made_g": 0, "made_count": 0, "made_by_id": entry.event_id, "void": False}
        for posting in entry.postings if entry.makes else ():
            if posting.account is Account.LOT and posting.ref in rows:
                row = rows[posting.ref]
                row["made_g"] += posting.mass_g
                row["made_count"] += posting.count
    if not rows:
        return {}
    for row in rows.values():
        row["balance_g"], row["balance_count"] = row["made_g"], row["made_count"]
    if len(rows) == 1:
        [(code, row)] = rows.items()
        ids = {code: _INSERT_LOT.first(connection, row)[0]}
    else:
        _INSERT_LOTS.change_all(connection, list(rows.values()))
        ids = dict(_NAMED_LOTS.rows(connection, {"codes": list(rows)}))
    for entry in entries:
        for lot in entry.makes:
            lot.id = ids[lot.code]
    return ids


def _move(session: Session, postings: Sequence[Posting], refs: _Refs) -> None:
    """Take from and give back to lots that existed before, in the order of their ids."""
    connection = session.connection()
    for posting in sorted(postings, key=lambda p: refs.lots[p.ref]):
        lot_id = refs.lots[posting.ref]
        if _MOVE.change(connection, {"lot": lot_id, "mass": posting.mass_g, "units": posting.count}) != 1:
            lot = session.scalars(select(Lot).where(Lot.id == lot_id).execution_options(populate_existing=True)).one()
            if lot.balance_g + posting.mass_g < 0:
                raise NotEnoughLeft(lot=lot.number, available_g=lot.balance_g, requested_g=-posting.mass_g)
            raise NotEnoughUnits(lot=lot.number, available=lot.balance_count, requested=abs(posting.count))
    moved_ids = {refs.lots[posting.ref] for posting in postings}
    for row in session.identity_map.values() if moved_ids else ():
        if isinstance(row, Lot) and row.id in moved_ids:
            session.expire(row, ["balance_g", "balance_count"])


def _grow(session: Session, entry: Written, refs: _Refs) -> None:
    """Correct what lots were made with. Raises UsedDownstream for one that is no longer whole."""
    for posting in entry.postings if entry.grows else ():
        if posting.account is Account.LOT and posting.ref in entry.grows:
            lot_id = refs.lots[posting.ref]
            if _GROW.change(session.connection(), {"lot": lot_id, "mass": posting.mass_g}) != 1:
                raise UsedDownstream(lots=used_in(session, entry.org_id, lot_id) or posting.ref)
            session.expire_all()


def _write(connection: Connection, entries: Sequence[Written], refs: _Refs) -> None:
    _INSERT_POSTING.change_all(
        connection,
        [
            {
                "event_id": entry.event_id,
                "line": line,
                "org_id": entry.org_id,
                "account": posting.account.value,
                "ref": posting.ref,
                "lot_id": refs.lots[posting.ref] if posting.account is Account.LOT else None,
                "plot_id": refs.plots[posting.ref] if posting.account is Account.PLOT else None,
                "party_id": refs.parties[posting.ref] if posting.account in _PARTIES else None,
                "transfer_id": refs.transfers[posting.ref][0] if posting.account is Account.TRANSIT else None,
                "mass_g": posting.mass_g,
                "count": posting.count,
            }
            for entry in entries
            for line, posting in enumerate(entry.postings, start=1)
        ],
    )


def _link(connection: Connection, entries: Sequence[Written], refs: _Refs) -> None:
    """Edges from every new lot to every lot that was taken from; a lot on the road is named by its inside id."""
    carried = {code: str(lot_id) for code, (_, lot_id) in refs.transfers.items()}
    ids = {**refs.lots, **{lot: int(lot) for lot in carried.values()}}
    edges = [
        (entry, edge)
        for entry in entries
        for edge in edges_of(entry.postings, frozenset(lot.code for lot in entry.makes), carried)
    ]
    if not edges:
        return
    known = {lot.id: lot for entry in entries for lot in entry.takes}
    sources = {key: _source(lot) for key, lot in known.items()}
    unknown = {ids[edge.parent] for _, edge in edges} - sources.keys()
    if unknown:
        found = _SOURCES.rows(connection, {"ids": sorted(unknown)})
        sources.update({row[0]: Source(*row) for row in found})
    rows = []
    for entry, edge in edges:
        source, day = sources[ids[edge.parent]], day_number(entry.occurred_at, entry.zone_minutes)
        _check_made(source, entry.occurred_at, day)
        rows.append(
            {
                "child_id": ids[edge.child],
                "parent_id": source.id,
                "mass_g": edge.mass_g,
                "origin_party_id": source.origin_party_id,
                "origin_plot_id": source.origin_plot_id,
                "day": day,
                "org_id": entry.org_id,
            }
        )
    _INSERT_EDGE.change_all(connection, rows)


def _source(lot: Goods) -> Source:
    return Source(lot.id, lot.number, lot.made_at, lot.zone_minutes, lot.origin_party_id, lot.origin_plot_id)


def _check_made(source: Source, at: datetime, day: int) -> None:
    """Raises NotMadeYet for a lot of a later day: what arrives after a departure cannot have left with it.

    Two clocks may call one morning two days: what was made before is never of a later day.
    """
    if source.made_at > at and day_number(source.made_at, source.zone_minutes) > day:
        raise NotMadeYet(lot=source.number, day=day_of(source.made_at, source.zone_minutes), at="occurred_at")


def _resolve(connection: Connection, entries: Sequence[Written], refs: _Refs) -> None:
    """Add the ids of everything that the postings name: what the operations had read, and for the rest one question."""
    for entry in entries:
        refs.lots.update({lot.code: lot.id for lot in entry.takes})
        for (account, ref), key in entry.knows.items():
            known = refs.plots if account is Account.PLOT else refs.parties
            known[ref] = key

    def unknown(known: Mapping[str, object], *accounts: Account) -> list[str]:
        named = (p.ref for entry in entries for p in entry.postings if p.account in accounts)
        return sorted({ref for ref in named if ref not in known})

    def asked(statement: Statement, codes: list[str]) -> Iterable[Any]:
        return statement.rows(connection, {"codes": codes}) if codes else ()

    refs.lots.update(asked(_NAMED_LOTS, unknown(refs.lots, Account.LOT)))
    refs.plots.update(asked(_NAMED_PLOTS, unknown(refs.plots, Account.PLOT)))
    refs.parties.update(asked(_NAMED_PARTIES, unknown(refs.parties, *_PARTIES)))
    for code, key, lot_id in asked(_NAMED_TRANSFERS, unknown(refs.transfers, Account.TRANSIT)):
        refs.transfers[code] = (key, lot_id)
