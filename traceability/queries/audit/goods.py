"""The lots, balances, lineage edges, measurements and papers that a page of the journal gives, against those stored.

Everything that follows from an event is computed from the event's bytes and the lines of later events: lots keep no
opinion of their own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.domain.moments import day_number
from traceability.domain.postings import Account, Posting, edges_of
from traceability.domain.postings import Edge as LineageEdge
from traceability.models import Attachment, Lot, Measurement, Party, Plot
from traceability.models import Posting as PostingRow
from traceability.queries.audit.page import Finding, Page, Recorded, against, codes_of
from traceability.queries.edges import edges_into
from traceability.queries.lineage import chunks
from traceability.words import N_

OTHER_CONTENT: Final = N_("A kept paper is not the one that was handed in.")
_ATTACHMENTS_AT_ONCE = 10  # up to three megabytes each
_MEASURED = ("property", "value", "unit", "method", "laboratory", "sample", "passed")
_LOT_FACTS: Final = (
    *("number", "kind", "commodity", "form", "grade", "variety", "crop_year", "custody", "unit"),
    *("organisation", "facility", "made_at", "zone_minutes", "farmer", "plot", "void"),
    *("made_g", "made_count", "balance_g", "balance_count", "origin_party_id", "origin_plot_id"),
)
_COLUMNS: Final = {
    "organisation": Lot.org_id,
    "facility": Lot.facility_id,
    "farmer": Party.code,
    "plot": Plot.code,
}
_LOTS: Final = (
    select(
        Lot.id,
        Lot.made_by_id,
        Lot.code,
        *(_COLUMNS[name] if name in _COLUMNS else getattr(Lot, name) for name in _LOT_FACTS),
    )
    .outerjoin(Party, Party.id == Lot.origin_party_id)
    .outerjoin(Plot, Plot.id == Lot.origin_plot_id)
)


_FROM_LOTS: Final = (Account.LOT, Account.TRANSIT)


def check(session: Session, page: Page) -> Iterator[Finding]:
    """Findings of everything that was made by a page's events."""
    yield from _lots(session, page)
    yield from _edges(session, page)
    yield from _measurements(session, page)
    yield from _attachments(session, page)


def _lots(session: Session, page: Page) -> Iterator[Finding]:
    sums = _sums(session, page)
    stored: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    balances: dict[str, tuple[int, int]] = {}
    for key, made_by, code, *values in session.connection().execute(_LOTS.where(page.of(Lot.made_by_id))).all():
        balances[code] = sums.get(key, (0, 0))
        row = stored[made_by][code] = dict(zip(_LOT_FACTS, values, strict=True))
        farmer, plot = row.pop("origin_party_id"), row.pop("origin_plot_id")
        row["farmer"] = (row["farmer"] or "?") if farmer else ""
        row["plot"] = (row["plot"] or "?") if plot else ""
    for event in page.events:
        body = page.bodies.get(event.id)
        if body is not None:
            expected = {made["code"]: _lot_told(event, body, made, page, balances) for made in body["makes"]}
            yield from against("lot", expected, stored.get(event.id, {}), page.place_of(event))


def _lot_told(
    event: Recorded, body: dict[str, Any], made: dict[str, Any], page: Page, balances: dict[str, tuple[int, int]]
) -> dict[str, Any]:
    """The row of a lot as the journal tells it; whose a delivery is, as its last word."""
    void = event.id in page.declared
    farmer, plot = body["kdes"].get("farmer", ""), body["kdes"].get("plot", "")
    if made["kind"] == "delivery":
        farmer, plot = page.corrected.get(made["code"], (farmer, plot))
    else:
        farmer = plot = ""
    lines = [line for line in body["postings"] if line[0] == "lot" and line[1] == made["code"]]
    balance_g, balance_count = balances.get(made["code"], (0, 0))
    return {
        **{name: value for name, value in made.items() if name != "code"},
        "organisation": event.org_id,
        "facility": event.facility_id,
        "made_at": datetime.fromisoformat(body["occurred_at"]),
        "zone_minutes": body["zone_minutes"],
        "farmer": farmer,
        "plot": plot,
        "void": void,
        "made_g": 0 if void else sum(line[2] for line in lines),
        "made_count": 0 if void else sum(line[3] for line in lines),
        "balance_g": balance_g,
        "balance_count": balance_count,
    }


def _sums(session: Session, page: Page) -> dict[int, tuple[int, int]]:
    """Grams and units that all lines together leave in each lot."""
    found = session.execute(
        select(PostingRow.lot_id, func.sum(PostingRow.mass_g), func.sum(PostingRow.count))
        .join(Lot, Lot.id == PostingRow.lot_id)
        .where(page.of(Lot.made_by_id))
        .group_by(PostingRow.lot_id)
    )
    return {lot: (int(mass), int(count)) for lot, mass, count in found if lot is not None}


def _edges(session: Session, page: Page) -> Iterator[Finding]:
    made_by: dict[int, int] = {}
    lots = dict(page.lots)
    for key, event_id, code in session.execute(select(Lot.id, Lot.made_by_id, Lot.code).where(page.of(Lot.made_by_id))):
        made_by[key], lots[key] = event_id, code
    rows = edges_into(session, made_by)
    lots |= codes_of(session, Lot.id, Lot.code, {parent for _, parent, *_ in rows} - lots.keys())
    stored: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for child, parent, mass, party, plot, day in rows:
        name = f"{lots.get(parent, '?')} in {lots[child]}"
        stored[made_by[child]][name] = {"mass_g": mass, "farmer": party, "plot": plot, "day": day}
    told = {event.id: _edges_told(event, page) for event in page.events if event.id in page.bodies}
    parents = {edge.parent for edges in told.values() for edge in edges}
    grown = {**page.grown, **_grown(session, parents - page.grown.keys())}
    for event in page.events:
        expected = {}
        day = day_number(event.occurred_at, event.zone_minutes) if told.get(event.id) else 0
        for edge in told.get(event.id, ()):
            party, plot = grown.get(edge.parent, (None, None))
            name = f"{edge.parent} in {edge.child}"
            expected[name] = {"mass_g": edge.mass_g, "farmer": party, "plot": plot, "day": day}
        if event.id in told:
            yield from against("origin", expected, stored.get(event.id, {}), page.place_of(event))


def _edges_told(event: Recorded, page: Page) -> tuple[LineageEdge, ...]:
    body = page.bodies[event.id]
    told = () if event.id in page.declared else body["postings"]
    if not any(mass < 0 and account in _FROM_LOTS for account, _, mass, _ in told):  # most events: deliveries
        return ()
    postings = [Posting(Account(account), ref, mass, count) for account, ref, mass, count in told]
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
    columns = (getattr(Measurement, name) for name in _MEASURED)
    rows = session.execute(
        select(Measurement.made_by_id, Lot.code, *columns)
        .join(Lot, Lot.id == Measurement.lot_id)
        .where(page.of(Measurement.made_by_id))
    )
    stored: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for made_by, code, *values in rows:
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
    rows = session.execute(
        select(Attachment, Lot.code)
        .join(Lot, Lot.id == Attachment.lot_id)
        .where(page.of(Attachment.made_by_id))
        .execution_options(yield_per=_ATTACHMENTS_AT_ONCE)
    )
    for row, lot in rows:
        computed = hashlib.sha256(row.content).hexdigest()
        if computed != row.digest:
            yield Finding(OTHER_CONTENT, f"attachment {row.code}", row.digest, computed)
        stored[row.made_by_id][row.code] = {"lot": lot, "media_type": row.media_type, "digest": row.digest}
        session.expunge(row)
    for event in page.events:
        body = page.bodies.get(event.id)
        if body is not None:
            kdes = body["kdes"]
            told = {name: kdes.get(name) for name in ("lot", "media_type", "digest")}
            expected = {kdes["attachment"]: told} if "attachment" in kdes else {}
            yield from against("attachment", expected, stored.get(event.id, {}), page.place_of(event))
