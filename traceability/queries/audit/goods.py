"""The lots, balances, lineage edges, measurements and papers that a page of the journal gives, against those stored.

Everything that follows from an event is computed from the event's bytes and the lines of later events: lots keep no
opinion of their own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.domain.moments import day_number
from traceability.domain.postings import Account, Posting, edges_of
from traceability.domain.postings import Edge as LineageEdge
from traceability.models import Attachment, Edge, Lot, Measurement, Party, Plot
from traceability.models import Posting as PostingRow
from traceability.models.statements import Statement
from traceability.queries.audit.page import ACCOUNTS, Finding, Page, Recorded, against, codes_of, within_span
from traceability.queries.lineage import chunks
from traceability.words import N_

OTHER_CONTENT: Final = N_("A kept paper is not the one that was handed in.")
_ATTACHMENTS_AT_ONCE = 10  # up to three megabytes each
_MEASURED = ("property", "value", "unit", "method", "laboratory", "sample", "passed")
_SAID: Final = ("number", "kind", "commodity", "form", "grade", "variety", "crop_year", "custody", "unit")
_MADE: Final = frozenset(("code", *_SAID))
_LOT_FACTS: Final = (
    *_SAID,
    *("organisation", "facility", "made_at", "zone_minutes", "void", "made_g", "made_count"),
    *("balance_g", "balance_count", "farmer", "plot"),
)
_LOTS: Final = Statement(
    select(
        *(Lot.id, Lot.made_by_id, Lot.code, Lot.origin_party_id, Lot.origin_plot_id, Party.code, Plot.code),
        *(getattr(Lot, name) for name in _SAID),
        *(Lot.org_id, Lot.facility_id, Lot.made_at, Lot.zone_minutes, Lot.void, Lot.made_g, Lot.made_count),
        *(Lot.balance_g, Lot.balance_count),
    )
    .outerjoin(Party, Party.id == Lot.origin_party_id)
    .outerjoin(Plot, Plot.id == Lot.origin_plot_id)
    .where(within_span(Lot.made_by_id))
)
_SUMS: Final = Statement(
    select(PostingRow.lot_id, func.sum(PostingRow.mass_g), func.sum(PostingRow.count))
    .join(Lot, Lot.id == PostingRow.lot_id)
    .where(within_span(Lot.made_by_id))
    .group_by(PostingRow.lot_id)
)
_EDGES: Final = Statement(
    select(
        *(Lot.made_by_id, Lot.code, Edge.parent_id),
        *(Edge.mass_g, Edge.origin_party_id, Edge.origin_plot_id, Edge.day),
    )
    .join(Edge, Edge.child_id == Lot.id)
    .where(within_span(Lot.made_by_id))
)
_MEASUREMENTS: Final = Statement(
    select(Measurement.made_by_id, Lot.code, *(getattr(Measurement, name) for name in _MEASURED))
    .join(Lot, Lot.id == Measurement.lot_id)
    .where(within_span(Measurement.made_by_id))
)
_ATTACHMENTS: Final = (
    select(Attachment, Lot.code)
    .join(Lot, Lot.id == Attachment.lot_id)
    .where(within_span(Attachment.made_by_id))
    .execution_options(yield_per=_ATTACHMENTS_AT_ONCE)
)
_FROM_LOTS: Final = frozenset((Account.LOT.value, Account.TRANSIT.value))

Told = tuple[Any, ...]  # of a lot, in the order of `_LOT_FACTS`


def check(session: Session, page: Page) -> Iterator[Finding]:
    """Findings of everything that was made by a page's events."""
    yield from _lots(session, page)
    yield from _edges(session, page)
    yield from _measurements(session, page)
    yield from _attachments(session, page)


def _lots(session: Session, page: Page) -> Iterator[Finding]:
    connection = session.connection()
    # grams and units that all lines together leave in each lot
    sums = {key: (int(mass), int(count)) for key, mass, count in _SUMS.rows(connection, page.span)}
    stored: dict[int, dict[str, Told]] = defaultdict(dict)
    balances: dict[str, tuple[int, int]] = {}
    for key, made_by, code, party_id, plot_id, party, plot, *values in _LOTS.rows(connection, page.span):
        balances[code] = sums.get(key, (0, 0))
        farmer, grown = (party or "?") if party_id else "", (plot or "?") if plot_id else ""
        stored[made_by][code] = (*values, farmer, grown)
    for event in page.events:
        body = page.bodies.get(event.id)
        if body is None:
            continue
        makes, found = body["makes"], stored.get(event.id, {})
        told = {made["code"]: _lot_told(event, body, made, page, balances) for made in makes}
        if told != found or any(made.keys() != _MADE for made in makes):
            expected = {made["code"]: _by_name(told[made["code"]], made) for made in makes}
            rows = {code: dict(zip(_LOT_FACTS, values, strict=True)) for code, values in found.items()}
            yield from against("lot", expected, rows, page.place_of(event))


def _lot_told(
    event: Recorded, body: dict[str, Any], made: dict[str, Any], page: Page, balances: dict[str, tuple[int, int]]
) -> Told:
    """The row of a lot as the journal tells it; whose a delivery is, as its last word."""
    code, kdes, void = made["code"], body["kdes"], event.id in page.declared
    farmer = plot = ""
    if made["kind"] == "delivery":
        farmer, plot = page.corrected.get(code) or (kdes.get("farmer", ""), kdes.get("plot", ""))
    made_g = made_count = 0
    for account, ref, mass, count in () if void else body["postings"]:
        if ref == code and account == "lot":
            made_g += mass
            made_count += count
    at = datetime.fromisoformat(body["occurred_at"])
    return (
        *map(made.get, _SAID),
        *(event.org_id, event.facility_id, at, body["zone_minutes"], void, made_g, made_count),
        *balances.get(code, (0, 0)),
        *(farmer, plot),
    )


def _by_name(told: Told, made: dict[str, Any]) -> dict[str, Any]:
    """What is expected of a lot, by name; what its bytes do not say is not looked at."""
    values = dict(zip(_LOT_FACTS, told, strict=True))
    return {
        **{name: value for name, value in made.items() if name != "code"},
        **{name: value for name, value in values.items() if name not in _SAID},
    }


def _edges(session: Session, page: Page) -> Iterator[Finding]:
    rows = _EDGES.rows(session.connection(), page.span)
    parents = {row[2] for row in rows}
    lots = {**page.lots, **codes_of(session, Lot.id, Lot.code, parents - page.lots.keys())}
    stored: dict[int, dict[tuple[str, str], Told]] = defaultdict(dict)
    for made_by, child, parent, *values in rows:
        stored[made_by][lots.get(parent, "?"), child] = tuple(values)
    told = {event.id: edges for event in page.events if (edges := _edges_told(event, page))}
    unknown = {edge.parent for edges in told.values() for edge in edges} - page.grown.keys()
    grown = {**page.grown, **_grown(session, unknown)}
    for event in page.events:
        if event.id not in page.bodies or not (event.id in told or event.id in stored):
            continue
        day = day_number(event.occurred_at, event.zone_minutes)
        expected = {
            (edge.parent, edge.child): (edge.mass_g, *grown.get(edge.parent, (None, None)), day)
            for edge in told.get(event.id, ())
        }
        found = stored.get(event.id, {})
        if expected != found:
            yield from against("origin", _origins(expected), _origins(found), page.place_of(event))


def _origins(edges: Mapping[tuple[str, str], Told]) -> dict[str, dict[str, Any]]:
    names = ("mass_g", "farmer", "plot", "day")
    return {f"{parent} in {child}": dict(zip(names, values, strict=True)) for (parent, child), values in edges.items()}


def _edges_told(event: Recorded, page: Page) -> tuple[LineageEdge, ...]:
    body = page.bodies.get(event.id)
    if body is None or event.id in page.declared:
        return ()
    told = body["postings"]
    if not any(mass < 0 and account in _FROM_LOTS for account, _, mass, _ in told):  # most events: deliveries
        return ()
    postings = [Posting(ACCOUNTS[account], ref, mass, count) for account, ref, mass, count in told]
    # a consignment that is not stored is a finding of its own
    known = [line for line in postings if line.account is not Account.TRANSIT or line.ref in page.carried]
    return edges_of(known, frozenset(lot["code"] for lot in body["makes"]), page.carried)


def _grown(session: Session, codes: Collection[str]) -> dict[str, tuple[int | None, int | None]]:
    """Farmer and plot of those of the lots that are deliveries; that these are right is the check of lots."""
    found: dict[str, tuple[int | None, int | None]] = {}
    for chunk in chunks(codes):
        rows = select(Lot.code, Lot.origin_party_id, Lot.origin_plot_id)
        rows = rows.where(Lot.code.in_(chunk), Lot.origin_party_id.is_not(None))
        found.update({code: (party, plot) for code, party, plot in session.execute(rows)})
    return found


def _measurements(session: Session, page: Page) -> Iterator[Finding]:
    stored: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for made_by, code, *values in _MEASUREMENTS.rows(session.connection(), page.span):
        stored[made_by].append((code, *map(str, values)))
    for event in page.events:
        body = page.bodies.get(event.id)
        if body is None:
            continue
        if event.id not in stored and not body["kdes"].get("measured"):
            continue
        lot = body["makes"][0]["code"] if body["makes"] else body["kdes"].get("lot", "")
        told = [(lot, *(str(item.get(name)) for name in _MEASURED)) for item in body["kdes"].get("measured", ())]
        yield from against("measurement", _numbered(told), _numbered(stored.get(event.id, [])), page.place_of(event))


def _numbered(lines: list[tuple[str, ...]]) -> dict[str, dict[str, str]]:
    """Lines that have no name of their own, by their place in a fixed order."""
    return {str(place): {"says": " ".join(line)} for place, line in enumerate(sorted(lines), start=1)}


def _attachments(session: Session, page: Page) -> Iterator[Finding]:
    stored: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row, lot in session.execute(_ATTACHMENTS, page.span):
        computed = hashlib.sha256(row.content).hexdigest()
        if computed != row.digest:
            yield Finding(OTHER_CONTENT, f"attachment {row.code}", row.digest, computed)
        stored[row.made_by_id][row.code] = {"lot": lot, "media_type": row.media_type, "digest": row.digest}
        session.expunge(row)
    for event in page.events:
        body = page.bodies.get(event.id)
        if body is not None and (event.id in stored or "attachment" in body["kdes"]):
            kdes = body["kdes"]
            told = {name: kdes.get(name) for name in ("lot", "media_type", "digest")}
            expected = {kdes["attachment"]: told} if "attachment" in kdes else {}
            yield from against("attachment", expected, stored.get(event.id, {}), page.place_of(event))
