"""The journal against itself: no gaps, digests that chain, columns and lines that say what its bytes say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import KINDS, is_public
from traceability.domain.journal import FIRST, digest
from traceability.models import JournalHead, Organisation, Posting
from traceability.queries.audit.page import Finding, Named, Page, Recorded, differing
from traceability.words import N_

GAP: Final = N_("The journal has a gap, or its order was changed.")
NOT_ITS_DIGEST: Final = N_("The bytes of an event are not those that were digested.")
BROKEN_LINK: Final = N_("An event does not follow the event before it.")
UNREADABLE: Final = N_("The bytes of an event cannot be read.")
NOT_BALANCED: Final = N_("The grams of an event do not sum to zero.")
OTHER_LINES: Final = N_("The lines of an event are not those in its bytes.")
NOT_REVERSED: Final = N_("A correction does not take back what the corrected entry had posted.")
BACKWARDS: Final = N_("The record's clock ran backwards.")
OTHER_PUBLIC: Final = N_("The last public entry of the journal is not the one that pages name.")
OTHER_END: Final = N_("The journal does not end where it is said to end.")

_TOLD: Final = Recorded._fields[Recorded._fields.index("organisation") :]
_SAID: Final = itemgetter(*_TOLD)
_CLASS: Final = ("event_type", "business_step", "disposition")
_CLASSES: Final = {
    str(kind): (facts.event_type, facts.business_step, facts.disposition) for kind, facts in KINDS.items()
}
_NO_CLASS: Final = ("", "", "")
_REFERENCES: Final = ("lot", "plot", "party", "transfer")
_BEFORE_ALL: Final = (0, FIRST, datetime.min.replace(tzinfo=UTC))


@dataclass
class Chain:
    """How far each organisation's journal has been followed."""

    ends: dict[int, tuple[int, str, datetime]] = field(default_factory=dict)  # org id -> seq, digest, recorded
    public: dict[int, int] = field(default_factory=dict)  # org id -> seq of the last public entry

    def follow(self, session: Session, page: Page) -> Iterator[Finding]:
        """Findings of one page's events, one after another."""
        for event in page.events:
            body = page.bodies.get(event.id)
            before = self.ends.get(event.org_id, _BEFORE_ALL)
            computed = digest(event.body)
            self.ends[event.org_id] = (event.seq, computed, event.recorded_at)
            if is_public(event.kind, event.kdes):
                self.public[event.org_id] = event.seq
            if not _follows(event, body, before, computed):
                yield from _out_of_line(event, body, before, computed, page.place_of(event))
            if body is not None and not _alike(event, body):
                yield from differing(page.place_of(event), _said(body), _stored(event))
            if event.declares_id is not None:
                yield from _reversed(session, event, page, page.place_of(event))
        yield from _lines(page)

    def ended(self, session: Session) -> Iterator[Finding]:
        """Whether each journal ends where its head says: events cut off at the end leave no gap."""
        heads = select(JournalHead, Organisation.code).join(Organisation, Organisation.id == JournalHead.org_id)
        for head, code in session.execute(heads):
            seq, last, _ = self.ends.get(head.org_id, (0, FIRST, None))
            if (head.seq, head.digest) != (seq, last):
                yield Finding(OTHER_END, code, f"{head.seq} {head.digest}", f"{seq} {last}")
            public = self.public.get(head.org_id, 0)
            if head.public_seq != public:
                yield Finding(OTHER_PUBLIC, code, str(public), str(head.public_seq))


def _follows(event: Recorded, body: dict[str, Any] | None, before: tuple[int, str, datetime], computed: str) -> bool:
    """Whether an event is the next of its journal, in its columns and in its bytes."""
    seq, previous, recorded_at = before
    return (
        event.seq == seq + 1
        and event.digest == computed
        and event.previous_digest == previous
        and body is not None
        and body.get("previous") == previous
        and event.recorded_at >= recorded_at
    )


def _out_of_line(
    event: Recorded, body: dict[str, Any] | None, before: tuple[int, str, datetime], computed: str, where: str
) -> Iterator[Finding]:
    """What is wrong with an event that is not the next of its journal."""
    seq, previous, recorded_at = before
    if event.seq != seq + 1:
        yield Finding(GAP, where, str(seq + 1), str(event.seq))
    if event.digest != computed:
        yield Finding(NOT_ITS_DIGEST, where, event.digest, computed)
    if event.previous_digest != previous:
        yield Finding(BROKEN_LINK, where, previous, event.previous_digest)
    if body is None:
        yield Finding(UNREADABLE, where, "", "")
    elif body.get("previous") != previous:
        yield Finding(BROKEN_LINK, where, previous, str(body.get("previous")))
    if event.recorded_at < recorded_at:
        yield Finding(BACKWARDS, where, recorded_at.isoformat(), event.recorded_at.isoformat())


def _alike(event: Recorded, body: dict[str, Any]) -> bool:
    """Whether the columns of an event say what its bytes say."""
    try:
        return (
            event[-len(_TOLD) :] == _SAID(body)
            and _is(event.occurred_at, body["occurred_at"])
            and _is(event.recorded_at, body["recorded_at"])
            and (event.event_type, event.business_step, event.disposition) == _CLASSES.get(event.kind, _NO_CLASS)
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        return False


def _is(stored: datetime, said: str) -> bool:
    """Whether a time is said in UTC; writing one takes eight times as long as reading one."""
    return said.endswith("+00:00") and datetime.fromisoformat(said) == stored


def _said(body: dict[str, Any]) -> dict[str, Any]:
    """What the bytes of an event say of its columns."""
    told = {name: body.get(name) for name in (*_TOLD, "occurred_at", "recorded_at")}
    return told | dict(zip(_CLASS, _CLASSES.get(body["kind"], _NO_CLASS), strict=True))


def _stored(event: Recorded) -> dict[str, Any]:
    times = {"occurred_at": event.occurred_at.isoformat(), "recorded_at": event.recorded_at.isoformat()}
    return event._asdict() | times


def _lines(page: Page) -> Iterator[Finding]:
    """The postings are those of the bytes, name what they refer to, and balance."""
    for event, body in page.read:
        if not page.lines_hold:
            yield from _line_by_line(event, body["postings"], page)
        elif total := sum([mass for _, _, mass, _ in body["postings"]]):
            yield Finding(NOT_BALANCED, page.place_of(event), "0", str(total))
    for row in page.misnamed:
        named, meant = _named(row), _meant(row)
        line = f"{page.place(row.event_id)}, line {row.line}"
        yield from differing(
            line, dict(zip(_REFERENCES, named, strict=True)), dict(zip(_REFERENCES, meant, strict=True))
        )


def _line_by_line(event: Recorded, said: list[Any], page: Page) -> Iterator[Finding]:
    where, rows = page.place_of(event), page.postings.get(event.id, [])
    stored = [[row.account, row.ref, row.mass_g, row.units] for row in rows]
    if said != stored or [row.line for row in rows] != list(range(1, len(rows) + 1)):
        yield Finding(OTHER_LINES, where, str([*map(tuple, said)]), str([*map(tuple, stored)]))
    total = sum(row.mass_g for row in rows)
    if total:
        yield Finding(NOT_BALANCED, where, "0", str(total))
    for row in rows:
        yield from differing(f"{where}, line {row.line}", {"organisation": event.org_id}, {"organisation": row.org_id})


def _named(row: Named) -> tuple[str | None, ...]:
    """What the line's text names in each of its references."""
    account, ref = row.account, row.ref
    return (
        ref if account == "lot" else None,
        ref if account == "plot" else None,
        ref if account in ("party", "buyer") else None,
        ref if account == "transit" else None,
    )


def _meant(row: Named) -> tuple[str | None, ...]:
    """What the line's inside ids refer to."""
    return (
        (row.lot or "?") if row.lot_id else None,
        (row.plot or "?") if row.plot_id else None,
        (row.party or "?") if row.party_id else None,
        (row.transfer or "?") if row.transfer_id else None,
    )


def _reversed(session: Session, event: Recorded, page: Page, where: str) -> Iterator[Finding]:
    lines = select(Posting.account, Posting.ref, -Posting.mass_g, -Posting.count)
    wrong = session.execute(lines.where(Posting.event_id == event.declares_id).order_by(Posting.line))
    expected = [tuple(row) for row in wrong]
    found = [(row.account, row.ref, row.mass_g, row.units) for row in page.postings.get(event.id, [])]
    if expected != found:
        yield Finding(NOT_REVERSED, where, str(expected), str(found))
