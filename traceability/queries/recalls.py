"""Open recalls: how far each reaches, over all organisations, and which receivers said that they know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Names
from traceability.domain.events import Kind
from traceability.models import Batch, Event, Lot, Organisation, Recall
from traceability.queries.authority import Seen
from traceability.queries.edges import lots_below, made_into
from traceability.queries.holds import RecallRow, open_recalls_of
from traceability.queries.lineage import chunks


@dataclass(frozen=True)
class Reached:
    """An open recall: how many lots and batches it reaches, of how many organisations, and what is still in hand."""

    recall: RecallRow
    org_id: int  # who recalled
    lots: int
    batches: int
    organisations: int
    receivers: int  # the other organisations that it reaches
    acknowledged: int  # of them
    on_hand_g: int
    gone_g: int  # of batches, already with buyers


@dataclass(frozen=True)
class Incoming:
    """An open recall of another organisation that reaches lots of ours. Whose farm it names is not our business."""

    code: str
    by: Names
    reason: str
    action: str
    phone: str
    opened_at: datetime
    zone_minutes: int
    lots: tuple[tuple[str, str], ...]  # code and number of ours
    acknowledged: bool


def open_recalls(session: Session, seen: Seen) -> list[Reached]:
    """Every recall that is open, with its reach over all organisations: one trace for all of them.

    An authority reads what is recalled by its code: a farmer's name and what a plot is called are not shown to it.
    """
    rows = open_recalls_of(session, seen.organisations)
    if not rows:
        return []
    reached = _reached(session, seen.own(Recall.org_id))
    lots = _lots(session, {key for keys in reached.values() for key in keys})
    known = _acknowledged(session, set(reached))
    found = []
    for org_id, row in rows:
        own = [lots[key] for key in reached.get(row.code, ()) if key in lots]
        receivers = {lot.org_id for lot in own} - {org_id}
        unnamed = seen.authority and row.kind != "lot"
        found.append(
            Reached(
                recall=replace(row, name=row.target) if unnamed else row,
                org_id=org_id,
                lots=len(own),
                batches=sum(lot.batch for lot in own),
                organisations=len({lot.org_id for lot in own}),
                receivers=len(receivers),
                acknowledged=len(receivers & known.get(row.code, set())),
                on_hand_g=sum(lot.balance_g for lot in own),
                gone_g=sum(lot.made_g - lot.balance_g for lot in own if lot.batch),
            )
        )
    return found


def incoming(session: Session, org_id: int) -> list[Incoming]:
    """Open recalls of others that reach lots of this organisation, the newest first."""
    others = Recall.org_id != org_id
    reached = _reached(session, others)
    lots = _lots(session, {key for keys in reached.values() for key in keys})
    ours = {code: [lots[key] for key in sorted(keys) if key in lots] for code, keys in reached.items()}
    ours = {code: mine for code, own in ours.items() if (mine := [lot for lot in own if lot.org_id == org_id])}
    known = _acknowledged(session, set(ours))
    rows = session.execute(
        select(Recall, Organisation)
        .join(Organisation, Organisation.id == Recall.org_id)
        .where(Recall.code.in_(ours))
        .order_by(Recall.opened_at.desc(), Recall.id.desc())
    )
    return [
        Incoming(
            code=recall.code,
            by=organisation.called,
            reason=recall.reason,
            action=recall.action,
            phone=recall.phone,
            opened_at=recall.opened_at,
            zone_minutes=recall.zone_minutes,
            lots=tuple((lot.code, lot.number) for lot in ours[recall.code]),
            acknowledged=org_id in known.get(recall.code, set()),
        )
        for recall, organisation in rows
    ]


def _acknowledged(session: Session, recalls: Collection[str]) -> dict[str, set[int]]:
    """For each recall the organisations that said that they know of it."""
    found: dict[str, set[int]] = defaultdict(set)
    everybody = select(Organisation.id)  # so that the index of kinds within an organisation is used
    said = select(Event.org_id, Event.kdes["recall"].as_string()).where(
        Event.org_id.in_(everybody), Event.kind == str(Kind.ACKNOWLEDGE_RECALL)
    )
    for org_id, code in session.execute(said):
        if code in recalls:
            found[code].add(org_id)
    return found


def _reached(session: Session, recalled: ColumnElement[bool]) -> dict[str, set[int]]:
    """For each of these recalls that is open the inside ids of the lots that it reaches."""
    sources = _sources(session, recalled)
    below = _below(session, {key for keys in sources.values() for key in keys})
    return {code: _walk(below, keys) for code, keys in sources.items()}


@dataclass(frozen=True)
class _Stands:
    org_id: int
    code: str
    number: str
    made_g: int
    balance_g: int
    batch: bool


def _sources(session: Session, recalled: ColumnElement[bool]) -> dict[str, set[int]]:
    """For each open recall the lots that it starts from."""
    found: dict[str, set[int]] = defaultdict(set)
    mine = [recalled, Recall.closed_at.is_(None)]
    named_by = ((Recall.lot_id, Lot.id), (Recall.plot_id, Lot.origin_plot_id), (Recall.party_id, Lot.origin_party_id))
    for named, grown in named_by:
        rows = select(Recall.code, Lot.id).join(Lot, grown == named).where(*mine, Lot.void.is_(False))
        for code, key in session.execute(rows):
            found[code].add(key)
    return found


def _below(session: Session, sources: Collection[int]) -> Mapping[int, list[int]]:
    """From each lot to those that were made of it, for everything below some lots."""
    found: dict[int, list[int]] = defaultdict(list)
    for made in made_into(session, lots_below(session, sources)):
        for parent in made.parents:
            found[parent].append(made.lot_id)
    return found


def _walk(below: Mapping[int, list[int]], sources: Collection[int]) -> set[int]:
    seen = set(sources)
    waiting = list(sources)
    for key in waiting:  # grows while it is walked
        for child in below.get(key, ()):
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    return seen


def _lots(session: Session, keys: Collection[int]) -> dict[int, _Stands]:
    found = {}
    for chunk in chunks(keys):
        rows = session.execute(
            select(Lot.id, Lot.org_id, Lot.code, Lot.number, Lot.made_g, Lot.balance_g, Batch.id)
            .join(Organisation, Organisation.id == Lot.org_id)
            .outerjoin(Batch, Batch.lot_id == Lot.id)
            .where(Lot.id.in_(chunk), Lot.void.is_(False))
        )
        found.update({row[0]: _Stands(*row[1:6], row[6] is not None) for row in rows})
    return found
