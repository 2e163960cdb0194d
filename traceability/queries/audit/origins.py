"""The lineage edges that a page of the journal gives, against those stored.

Where the lines and lots of a page are those of its bytes, what was taken can be read from the lines; where they are
not, it is computed from the bytes, event by event.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.moments import day_number
from traceability.domain.postings import Account, Posting, edges_of
from traceability.domain.postings import Edge as LineageEdge
from traceability.models import Edge, Lot, Transfer
from traceability.models import Posting as PostingRow
from traceability.models.statements import Statement
from traceability.queries.audit.page import ACCOUNTS, Finding, Page, Recorded, against, codes_of, named_in, within_span
from traceability.queries.lineage import chunks

_WEIGHT: Final = ("mass_g", "origin_party_id", "origin_plot_id", "day", "org_id")
_NAMES: Final = ("mass_g", "farmer", "plot", "day", "organisation")
_FROM_LOTS: Final = frozenset((Account.LOT.value, Account.TRANSIT.value))
_EDGES: Final = Statement(
    select(Lot.made_by_id, Edge.child_id, Edge.parent_id, *(getattr(Edge, name) for name in _WEIGHT))
    .join(Edge, Edge.child_id == Lot.id)
    .where(within_span(Lot.made_by_id))
)
_PARENT: Final = func.coalesce(PostingRow.lot_id, Transfer.lot_id)
_taken = (
    select(PostingRow.event_id, _PARENT.label("parent_id"), (-func.sum(PostingRow.mass_g)).label("mass_g"))
    .outerjoin(Transfer, Transfer.id == PostingRow.transfer_id)
    .where(within_span(PostingRow.event_id), PostingRow.mass_g < 0, _PARENT.is_not(None))
    .group_by(PostingRow.event_id, _PARENT)
    .subquery()
)
_Child, _Parent = aliased(Lot), aliased(Lot)
# what the lines of an event took, for each lot that it made
_TAKEN: Final = Statement(
    select(_taken.c.event_id, _Child.id, _taken.c.parent_id, _taken.c.mass_g)
    .add_columns(_Parent.origin_party_id, _Parent.origin_plot_id)
    .join(_Child, (_Child.made_by_id == _taken.c.event_id) & _Child.void.is_(False) & (_Child.made_g > 0))
    .outerjoin(_Parent, _Parent.id == _taken.c.parent_id)
)

Told = tuple[Any, ...]  # of an edge, in the order of `_NAMES`


@dataclass
class _Lots:
    """The lots that the lines of a page name."""

    codes: dict[int, str] = field(default_factory=dict)  # inside ids -> public codes
    grown: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)  # codes -> farmer and plot
    carried: dict[str, str] = field(default_factory=dict)  # transfer code -> code of the lot on the road


def check(session: Session, page: Page, counts: Counter[str], *, lots_hold: bool) -> Iterator[Finding]:
    """Findings of the edges of the lots that a page's events made; `lots_hold` says that those are right."""
    rows = _EDGES.rows(session.connection(), page.span)
    counts["edges"] += len(rows)
    if not (lots_hold and page.lines_hold and set(rows) == _from_lines(session, page)):
        yield from _one_by_one(session, page, rows)


def _from_lines(session: Session, page: Page) -> set[Told]:
    taken = _TAKEN.rows(session.connection(), page.span)
    events, days = {event.id: event for event in page.events}, dict[int, int]()
    for made_by, *_ in taken:
        if made_by not in days:
            days[made_by] = _day_of(events[made_by])
    more = page.reweighed.went_in_ids
    return {(*row[:3], row[3] + more.get(row[2], 0), *row[4:], days[row[0]], events[row[0]].org_id) for row in taken}


def _day_of(event: Recorded) -> int:
    return day_number(event.occurred_at, event.zone_minutes)


def _one_by_one(session: Session, page: Page, rows: Sequence[Told]) -> Iterator[Finding]:
    """The edges that the bytes of each event tell."""
    lots = _lots_named(session, page)
    told = {event.id: edges for event, body in page.read if (edges := _edges_told(event, body, page, lots))}
    ids = {key for _, child, parent, *_ in rows for key in (child, parent)}
    lots.codes.update(codes_of(session, Lot.id, Lot.code, ids - lots.codes.keys()))
    unknown = {edge.parent for edges in told.values() for edge in edges} - lots.grown.keys()
    lots.grown.update(_grown(session, unknown))
    stored: dict[int, dict[tuple[str, str], Told]] = defaultdict(dict)
    for made_by, child, parent, *values in rows:
        stored[made_by][lots.codes.get(parent, "?"), lots.codes.get(child, "?")] = tuple(values)
    for event, _ in page.read:
        expected = {
            (edge.parent, edge.child): (
                *(edge.mass_g + page.reweighed.went_in.get(edge.parent, 0), *lots.grown.get(edge.parent, (None, None))),
                *(_day_of(event), event.org_id),
            )
            for edge in told.get(event.id, ())
        }
        found = stored.get(event.id, {})
        if expected != found:
            yield from against("origin", _by_name(expected), _by_name(found), page.place_of(event))


def _by_name(edges: Mapping[tuple[str, str], Told]) -> dict[str, dict[str, Any]]:
    return {f"{parent} in {child}": dict(zip(_NAMES, values, strict=True)) for (parent, child), values in edges.items()}


def _lots_named(session: Session, page: Page) -> _Lots:
    lots = _Lots()
    for line in named_in(session, page):
        if line.lot_id is not None and line.lot is not None:
            lots.codes[line.lot_id] = line.lot
            lots.grown[line.lot] = line.origin_party_id, line.origin_plot_id
        if line.transfer is not None and line.carried_id is not None and line.carried is not None:
            lots.codes[line.carried_id] = lots.carried[line.transfer] = line.carried
            lots.grown[line.carried] = line.origin_party_id, line.origin_plot_id
    return lots


def _edges_told(event: Recorded, body: dict[str, Any], page: Page, lots: _Lots) -> tuple[LineageEdge, ...]:
    if event.id in page.declared:
        return ()
    told = body["postings"]
    if not any(mass < 0 and account in _FROM_LOTS for account, _, mass, _ in told):  # most events: deliveries
        return ()
    postings = [Posting(ACCOUNTS[account], ref, mass, count) for account, ref, mass, count in told]
    # a consignment that is not stored is a finding of its own
    known = [line for line in postings if line.account is not Account.TRANSIT or line.ref in lots.carried]
    return edges_of(known, frozenset(lot["code"] for lot in body["makes"]), lots.carried)


def _grown(session: Session, codes: Collection[str]) -> dict[str, tuple[int | None, int | None]]:
    """Farmer and plot of those of the lots that are deliveries; that these are right is the check of lots."""
    found: dict[str, tuple[int | None, int | None]] = {}
    for chunk in chunks(codes):
        rows = select(Lot.code, Lot.origin_party_id, Lot.origin_plot_id)
        rows = rows.where(Lot.code.in_(chunk), Lot.origin_party_id.is_not(None))
        found.update({code: (party, plot) for code, party, plot in session.execute(rows)})
    return found
