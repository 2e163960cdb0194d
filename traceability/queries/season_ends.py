"""Where the grams of some deliveries are now, every one of them once: here, on the road, sold, elsewhere, or lost.

What one event makes shares one composition, so of everything that leaves it, losses among it, as great a part came from
the deliveries as of what it made. Counted by mass, in parts of a gram; only the very end is rounded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.postings import Account
from traceability.models import Event, Lot, Posting, Transfer
from traceability.queries.lineage import affected_parts, chunks, lots_by_id, trace_forward

Lost = tuple[str, str]  # the kind of entry, and the name of what was lost in it


@dataclass
class Ends:
    """Parts of a gram by where they are; `gained` is what scales showed more than went in."""

    lots: Mapping[int, Lot]
    here: dict[int, int] = field(default_factory=dict)  # lot -> what lies in it
    road: dict[int, int] = field(default_factory=dict)  # lot -> what of it is between two organisations
    sold: Counter[int] = field(default_factory=Counter)  # lot -> what left to buyers
    lost: Counter[Lost] = field(default_factory=Counter)
    gained: Counter[Lost] = field(default_factory=Counter)


class _Line(NamedTuple):
    account: str
    name: str
    mass_g: int
    lot: int | None  # for goods on the road, the lot that is carried


def ends_of(session: Session, deliveries: Collection[Lot]) -> Ends:
    """Where everything of some deliveries is, whichever organisation has it."""
    trace = trace_forward(session, [lot.id for lot in deliveries])
    ends = Ends(lots_by_id(session, trace.lots))
    parts = affected_parts(session, trace)
    for key, lot in ends.lots.items():
        ends.here[key] = parts[key] * lot.balance_g
    for key, mass in _on_the_road(session, trace.lots).items():
        ends.road[key] = parts[key] * mass
    made_by: dict[int, int] = {lot.made_by_id: key for key, lot in ends.lots.items()}
    lines, kinds = _lines(session, trace.lots)
    for event, some in lines.items():
        part = parts[made_by[event]] if event in made_by else None
        _leaves(ends, kinds[event], some, part, parts)
    return _reweighed(session, ends, parts)


def _leaves(ends: Ends, kind: str, lines: Sequence[_Line], part: int | None, parts: Mapping[int, int]) -> None:
    """What left the lots in one event for good. `part` of each gram, else that of what the event took."""
    if part is None:
        moved = [line for line in lines if line.lot is not None and line.mass_g < 0] or [
            line for line in lines if line.lot is not None
        ]
        whole = sum(abs(line.mass_g) for line in moved)
        came = sum(parts.get(line.lot or 0, 0) * abs(line.mass_g) for line in moved)
        part = came // whole if whole else 0
    for line in lines:
        if line.account == Account.LOSS:
            ends.lost[kind, line.name] += part * line.mass_g
        elif line.account == Account.GAIN:
            ends.gained[kind, line.name] -= part * line.mass_g
        elif line.account == Account.BUYER:
            sold = next(other.lot for other in lines if other.lot is not None)
            ends.sold[sold or 0] += part * line.mass_g


def _on_the_road(session: Session, lots: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for chunk in chunks(lots):
        rows = select(Transfer.lot_id, func.sum(Transfer.open_g)).where(Transfer.lot_id.in_(chunk), Transfer.open_g > 0)
        found.update({lot: int(mass) for lot, mass in session.execute(rows.group_by(Transfer.lot_id))})
    return found


def _lines(session: Session, lots: Collection[int]) -> tuple[dict[int, list[_Line]], dict[int, str]]:
    """All lines of the events that took from these lots or gave to them, and what kind each is; declarations and what
    they declared left out."""
    touching: set[int] = set()
    for chunk in chunks(lots):
        carried = select(Transfer.id).where(Transfer.lot_id.in_(chunk))
        told = select(Posting.event_id).where(or_(Posting.lot_id.in_(chunk), Posting.transfer_id.in_(carried)))
        touching.update(session.scalars(told.distinct()))
    kinds = _standing(session, touching)
    found: dict[int, list[_Line]] = defaultdict(list)
    for chunk in chunks(kinds):
        rows = session.execute(
            select(Posting.event_id, Posting.account, Posting.ref, Posting.mass_g, Posting.lot_id, Transfer.lot_id)
            .outerjoin(Transfer, Transfer.id == Posting.transfer_id)
            .where(Posting.event_id.in_(chunk))
            .order_by(Posting.event_id, Posting.line)
        )
        for event, account, name, mass, lot, on_the_road in rows:
            found[event].append(_Line(account, name, mass, lot or on_the_road))
    return found, kinds


def _standing(session: Session, events: Iterable[int]) -> dict[int, str]:
    """The kinds of those events that neither declare an error nor were declared one."""
    kinds: dict[int, str] = {}
    wrong: set[int] = set()
    for chunk in chunks(set(events)):
        for key, kind, declares in session.execute(
            select(Event.id, Event.kind, Event.declares_id).where(Event.id.in_(chunk))
        ):
            kinds[key] = kind
            if declares is not None:
                wrong |= {key, declares}
    return {key: kind for key, kind in kinds.items() if key not in wrong}


def _reweighed(session: Session, ends: Ends, parts: Mapping[int, int]) -> Ends:
    """What corrected weights changed of the losses of closed lots: such entries move no grams of a lot."""
    by_code = {lot.code: key for key, lot in ends.lots.items()}
    for chunk in chunks(by_code):
        rows = session.execute(
            select(Event.kdes["closed_into"].as_string(), Posting.account, Posting.ref, Posting.mass_g)
            .join(Posting, Posting.event_id == Event.id)
            .where(
                Event.org_id.in_({lot.org_id for lot in ends.lots.values()}),
                Event.kind == str(Kind.CORRECT_WEIGHT),
                Event.kdes["closed_into"].as_string().in_(chunk),
                Posting.account.in_((Account.LOSS, Account.GAIN)),
            )
        )
        for code, account, name, mass in rows:
            _leaves(ends, str(Kind.FORM_LOT), [_Line(account, name, mass, None)], parts[by_code[code]], parts)
    return ends
