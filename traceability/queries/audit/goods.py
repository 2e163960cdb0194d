"""The lots, balances, measurements and papers that a page of the journal gives, against those stored.

Everything that follows from an event is computed from the event's bytes and the lines of later events: lots keep no
opinion of their own.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Integer, bindparam, func, select, tuple_, type_coerce
from sqlalchemy.orm import Session

from traceability.models import Attachment, Lot, Measurement, Party, Plot, Posting
from traceability.models.statements import Statement
from traceability.queries.audit import origins
from traceability.queries.audit.page import DIFFERS, Finding, Page, Recorded, against, code_of, within_span
from traceability.words import N_

OTHER_CONTENT: Final = N_("A kept paper is not the one that was handed in.")
_ATTACHMENTS_AT_ONCE = 10  # up to three megabytes each
_MEASURED = ("property", "value", "unit", "method", "laboratory", "sample", "passed")
_SAID: Final = ("number", "kind", "commodity", "form", "grade", "variety", "crop_year", "custody", "unit")
_MADE: Final = frozenset(("code", *_SAID))
_LOT_FACTS: Final = (
    *_SAID,
    *("organisation", "facility", "made_at", "zone_minutes", "void", "made_g", "made_count", "farmer", "plot"),
)
_WORDS: Final = itemgetter(*_SAID)
_LOTS: Final = Statement(
    select(
        *(Lot.made_by_id, Lot.code, *(getattr(Lot, name) for name in _SAID)),
        *(Lot.org_id, Lot.facility_id, Lot.made_at, Lot.zone_minutes),
        type_coerce(Lot.void, Integer),  # as the driver gives it: one is true
        *(Lot.made_g, Lot.made_count),
        code_of(Lot.origin_party_id, Party.code),
        code_of(Lot.origin_plot_id, Plot.code),
    )
    .outerjoin(Party, Party.id == Lot.origin_party_id)
    .outerjoin(Plot, Plot.id == Lot.origin_plot_id)
    .where(within_span(Lot.made_by_id))
    .order_by(Lot.made_by_id, Lot.id)
)
_LEFT: Final = select(
    func.coalesce(func.sum(Posting.mass_g), 0).label("mass_g"), func.coalesce(func.sum(Posting.count), 0).label("units")
)
# lots that do not hold what all lines together leave in them
_UNBALANCED: Final = Statement(
    select(Lot.made_by_id, Lot.code, Lot.id, Lot.balance_g, Lot.balance_count).where(
        within_span(Lot.made_by_id),
        tuple_(Lot.balance_g, Lot.balance_count)
        != _LEFT.where(Posting.lot_id == Lot.id).correlate(Lot).scalar_subquery(),
    )
)
_LEFT_IN: Final = Statement(_LEFT.where(Posting.lot_id == bindparam("lot")))
_MEASUREMENTS: Final = Statement(
    select(Measurement.made_by_id, Lot.code, *(getattr(Measurement, name) for name in _MEASURED))
    .join(Lot, Lot.id == Measurement.lot_id)
    .where(within_span(Measurement.made_by_id))
)
_OF_ATTACHMENT: Final = ("lot", "media_type", "digest", "public")
_SOME_ATTACHMENT: Final = Statement(select(Attachment.id).where(within_span(Attachment.made_by_id)).limit(1))
_ATTACHMENTS: Final = (
    select(Attachment, Lot.code)
    .join(Lot, Lot.id == Attachment.lot_id)
    .where(within_span(Attachment.made_by_id))
    .execution_options(yield_per=_ATTACHMENTS_AT_ONCE)
)

Told = tuple[Any, ...]  # of a lot: its event, its code, and the rest in the order of `_LOT_FACTS`


def check(session: Session, page: Page, counts: Counter[str]) -> Iterator[Finding]:
    """Findings of everything that was made by a page's events. `counts` the rows that were looked at."""
    stored: Sequence[Told] = _LOTS.rows(session.connection(), page.span)
    told = [_lot_told(event, body, made, page) for event, body in page.read for made in body["makes"]]
    counts["lots"] += len(stored)
    if told != stored:
        yield from _each_lot(page, told, stored)
    yield from _balances(session, page)
    yield from origins.check(session, page, counts, lots_hold=told == stored)
    yield from _measurements(session, page)
    if _SOME_ATTACHMENT.first(session.connection(), page.span) or any(
        "attachment" in body["kdes"] for _, body in page.read
    ):
        yield from _attachments(session, page)


def _lot_told(event: Recorded, body: dict[str, Any], made: dict[str, Any], page: Page) -> Told:
    """The row of a lot as the journal tells it; whose a delivery is, as its last word."""
    code, void = made["code"], event.id in page.declared
    farmer = plot = ""
    if made["kind"] == "delivery":
        kdes = body["kdes"]
        farmer, plot = page.corrected.get(code) or (kdes.get("farmer", ""), kdes.get("plot", ""))
    made_g = made_count = 0
    for account, ref, mass, count in () if void else body["postings"]:
        if ref == code and account == "lot":
            made_g += mass
            made_count += count
    if not void:
        made_g += page.reweighed.made.get(code, 0)
    at = datetime.fromisoformat(body["occurred_at"])
    return (
        *(event.id, code),
        *(_WORDS(made) if made.keys() == _MADE else ()),  # then it is looked at one by one
        *(event.org_id, event.facility_id, at, body["zone_minutes"], void, made_g, made_count),
        *(farmer, plot),
    )


def _each_lot(page: Page, told: Sequence[Told], stored: Sequence[Told]) -> Iterator[Finding]:
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for made_by, code, *values in stored:
        found[made_by][code] = dict(zip(_LOT_FACTS, values, strict=True))
    expected: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for made_by, code, *values in told:
        own = _LOT_FACTS[-len(values) :]
        expected[made_by][code] = dict(zip(own, values, strict=True))
    for event, body in page.read:
        for made in body["makes"]:  # what its bytes do not say is not looked at
            expected[event.id][made["code"]] |= {name: value for name, value in made.items() if name != "code"}
        yield from against("lot", expected[event.id], found[event.id], page.place_of(event))


def _balances(session: Session, page: Page) -> Iterator[Finding]:
    connection = session.connection()
    for made_by, code, key, *holds in _UNBALANCED.rows(connection, page.span):
        left = _LEFT_IN.first(connection, {"lot": key})
        for name, expected, found in zip(("balance_g", "balance_count"), map(int, left), holds, strict=True):
            if expected != found:
                yield Finding(DIFFERS, f"{page.place(made_by)} lot {code}, {name}", str(expected), str(found))


def _measurements(session: Session, page: Page) -> Iterator[Finding]:
    stored: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for made_by, code, *values in _MEASUREMENTS.rows(session.connection(), page.span):
        stored[made_by].append((code, *map(str, values)))
    for event, body in page.read:
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
        said = {"lot": lot, "media_type": row.media_type, "digest": row.digest, "public": row.public}
        stored[row.made_by_id][row.code] = said
        session.expunge(row)
    for event, body in page.read:
        if event.id in stored or "attachment" in body["kdes"]:
            kdes = body["kdes"]
            told = {name: kdes[name] for name in _OF_ATTACHMENT if name in kdes}  # the first did not say who sees them
            expected = {kdes["attachment"]: told} if "attachment" in kdes else {}
            yield from against("attachment", expected, stored.get(event.id, {}), page.place_of(event))
