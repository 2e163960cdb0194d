"""The journey of a batch: its events folded into few dated lines, its mass balance, and what was corrected."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from traceability.commodities import commodity
from traceability.domain.dossier import Balance, Change, Names, Place, Step, shared_place
from traceability.domain.events import Kind
from traceability.domain.facts import REPLACEMENT
from traceability.domain.lineage import PARTS_OF_A_GRAM, grams
from traceability.domain.pools import POOLED
from traceability.domain.postings import Account
from traceability.models import Batch, Event, Facility, Lot, Organisation, Posting, Transfer
from traceability.queries.farms import place_of
from traceability.queries.lineage import chunks, lots_by_id, rows_by_id

# what the public is told: a receipt tells the dispatch with both weights, quality has its own place on the page
_TOLD = frozenset(
    {
        *("weigh_in", "form_lot", "process", "split", "merge", "rebag", "pour_in", "draw_off"),
        *("receive", "pack", "release", "ship"),
        *("report_delivery", "report_lot"),  # a journey that leaves out what others did would begin in the middle
    }
)


@dataclass(frozen=True)
class History:
    """The events above (and on) a batch, with everything their postings name."""

    events: Mapping[int, Event]  # without those declared in error
    postings: Mapping[int, Sequence[Posting]]
    lots: Mapping[int, Lot]  # ancestors, and their siblings that came out of the same events
    carried: Mapping[int, int]  # transfer id -> the lot that was on the road
    organisations: Mapping[int, Organisation]
    facilities: Mapping[int, Facility]


def history_of(session: Session, lots: Mapping[int, Lot], batch_lot: Lot) -> History:
    """Every event that made one of `lots`, and everything that was done with the batch itself."""
    wanted = {lot.made_by_id for lot in lots.values()}
    # what was done with the batch belongs to its journey; what was made from it later belongs to that other batch
    left = select(Posting.event_id).join(Event, Event.id == Posting.event_id)
    wanted |= set(session.scalars(left.where(Posting.lot_id == batch_lot.id, Event.kind == str(Kind.SHIP))))
    said = select(Batch.sealed_by_id, Batch.released_by_id).where(Batch.lot_id == batch_lot.id)
    wanted |= {key for row in session.execute(said) for key in row if key is not None}
    postings: dict[int, list[Posting]] = defaultdict(list)
    for chunk in chunks(wanted):
        for row in session.scalars(select(Posting).where(Posting.event_id.in_(chunk)).order_by(Posting.line)):
            postings[row.event_id].append(row)
    events = rows_by_id(session, Event, wanted - declared(session, wanted))
    lines = [line for event in events for line in postings[event]]
    mentioned = {line.lot_id for line in lines if line.lot_id is not None} - set(lots)
    carried: dict[int, int] = {}
    for chunk in chunks({line.transfer_id for line in lines if line.transfer_id is not None}):
        rows = session.execute(select(Transfer.id, Transfer.lot_id).where(Transfer.id.in_(chunk)))
        carried.update({key: lot_id for key, lot_id in rows})
    places = {event.facility_id for event in events.values() if event.facility_id is not None}
    return History(
        events,
        postings,
        {**lots_by_id(session, mentioned), **lots},
        carried,
        rows_by_id(session, Organisation, {event.org_id for event in events.values()}),
        rows_by_id(session, Facility, places),
    )


def declared(session: Session, events: Collection[int]) -> set[int]:
    """Which of these events were declared in error."""
    found: set[int] = set()
    for chunk in chunks(events):
        found.update(
            key for key in session.scalars(select(Event.declares_id).where(Event.declares_id.in_(chunk))) if key
        )
    return found


def journey_of(history: History) -> tuple[Step, ...]:
    """The told events, oldest first; events of one kind that made the same form are one line, whoever did them."""
    groups: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in history.events.values():
        if event.kind in _TOLD:
            groups[event.kind, _form_made(history, event.id)].append(event)
    steps = [_step(history, key, events) for key, events in groups.items()]
    return tuple(sorted(steps, key=lambda step: (step.first_at, step.last_at, step.event_code)))


def balance_of(history: History, oldest_last: Sequence[int], batch: Lot) -> Balance:
    """What was received for this batch and where the rest went, in whole grams that add up exactly.

    Walks from the batch to its deliveries (`oldest_last`: every lot before its parents). A lot of which `used` grams
    are needed took its inputs in proportion to the main outputs of the event that made it; losses and by-products
    are shared out the same way. Followed in parts of a gram, as every trace is: through a tank that was never empty
    there may be thousands of lots.
    """
    used: dict[int, int] = defaultdict(int, {batch.id: batch.made_g * PARTS_OF_A_GRAM})
    losses: dict[str, int] = defaultdict(int)
    by_products = gained = 0
    for lot_id in oldest_last:
        lot = history.lots[lot_id]
        lines = history.postings[lot.made_by_id]
        shared = sum(line.mass_g for line in lines if _shares_inputs(history, line, lot))
        for line in lines if shared else ():
            parts = abs(line.mass_g) * used[lot_id] // shared
            if line.account == Account.LOSS:
                losses[line.ref] += parts
            elif line.account == Account.GAIN:
                gained += parts
            elif line.account in (Account.LOT, Account.TRANSIT) and line.mass_g < 0:
                used[_source(history, line)] += parts
            elif line.account == Account.LOT and not _shares_inputs(history, line, lot):
                by_products += parts
    whole = {name: grams(parts) for name, parts in sorted(losses.items()) if grams(parts)}
    received = batch.made_g + sum(whole.values()) + grams(by_products) - grams(gained)
    return Balance(received, whole, grams(by_products), grams(gained), batch.made_g)


def changes_of(session: Session, history: History, ancestors: Collection[int]) -> tuple[Change, ...]:
    """Declarations in error about anything these lots were made by or from, or were weighed in instead of."""
    declaration, wrong = aliased(Event), aliased(Event)
    said = select(declaration, wrong).join(wrong, wrong.id == declaration.declares_id)
    said = said.where(declaration.org_id.in_(sorted(history.organisations)))
    rows: list[Row[Event, Event]] = []
    for chunk in chunks(ancestors):
        touched = select(Posting.event_id).where(Posting.lot_id.in_(chunk))
        rows += session.execute(said.where(wrong.id.in_(touched)))
    # a weigh-in that replaced a wrong one was said under the declaration's own client id
    right = {event.client_id.removesuffix(REPLACEMENT) for event in history.events.values() if _replaces(event)}
    for part in chunks(right):
        rows += session.execute(said.where(declaration.client_id.in_(part)))
    changes = {
        Change(
            at=later.recorded_at,
            zone_minutes=later.zone_minutes,
            event_code=earlier.code,
            what=earlier.kind,
            reason=str(later.kdes.get("why", "")),
            replaced=bool(later.kdes.get("replaced")),
        )
        for later, earlier in rows
    }
    return tuple(sorted(changes, key=lambda change: (change.at, change.event_code)))


def _replaces(event: Event) -> bool:
    return event.kind == Kind.WEIGH_IN and event.client_id.endswith(REPLACEMENT)


def _step(history: History, key: tuple[str, str], events: list[Event]) -> Step:
    kind, form = key
    counts = Counter(event.org_id for event in events)
    organisation = history.organisations[counts.most_common(1)[0][0]]
    lines = [line for event in events for line in history.postings.get(event.id, ())]
    losses: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.account == Account.LOSS:
            losses[line.ref] += line.mass_g
    ordered = sorted(events, key=lambda event: (event.occurred_at, event.id))
    marks = ordered[-1].kdes.get("marks")
    return Step(
        event_code=ordered[0].code,
        kind=kind,
        first_at=ordered[0].occurred_at,
        last_at=ordered[-1].occurred_at,
        zone_minutes=ordered[0].zone_minutes,
        events=len(ordered),
        who=organisation.called,
        place=shared_place([_place(history, event) for event in events]),
        in_g=-sum(line.mass_g for line in lines if _went_in(history, kind, line)),
        out_g=sum(line.mass_g for line in lines if kind != Kind.POUR_IN and _is_told(history, line, form)),
        losses_g=dict(sorted(losses.items())),
        detail=", ".join(str(value) for value in marks.values() if value) if marks else "",
        form=_form_names(history, lines, form),
        others=len(counts) - 1,
    )


def _went_in(history: History, kind: str, line: Posting) -> bool:
    """Whether a line is what a step took. What stood in a tank already did not go in once more at every pouring."""
    if line.mass_g >= 0 or line.account == Account.GAIN:
        return False
    return kind != Kind.POUR_IN or line.lot_id is None or history.lots[line.lot_id].kind != POOLED


def _is_told(history: History, line: Posting, form: str) -> bool:
    """Whether a line is what the step is about: what came out in the form it names, or what left to a buyer."""
    if line.mass_g <= 0 or line.account == Account.LOSS:
        return False
    return line.lot_id is None or history.lots[line.lot_id].form == form


def _place(history: History, event: Event) -> Place:
    facility = history.facilities.get(event.facility_id) if event.facility_id is not None else None
    return place_of(facility or history.organisations[event.org_id])


def _form_names(history: History, lines: Sequence[Posting], form: str) -> Names:
    made = next((history.lots[line.lot_id] for line in lines if line.lot_id is not None and line.mass_g > 0), None)
    found = commodity(made.commodity).form(form) if made is not None and form else None
    return found.names if found is not None else Names({"en": form} if form else {})


def _form_made(history: History, event_id: int) -> str:
    made = [history.lots[p.lot_id] for p in history.postings[event_id] if p.lot_id is not None and p.mass_g > 0]
    main = [lot for lot in made if lot.kind != "by_product"] or made
    return main[0].form if main else ""


def _shares_inputs(history: History, line: Posting, child: Lot) -> bool:
    """Whether a line is one of the outputs among which the inputs are shared out; by-products count for none but
    themselves."""
    if line.account != Account.LOT or line.mass_g <= 0 or line.lot_id is None:
        return False
    return child.kind == "by_product" or history.lots[line.lot_id].kind != "by_product"


def _source(history: History, line: Posting) -> int:
    """The lot that a taking line took from; on the road it is the sender's."""
    if line.lot_id is not None:
        return line.lot_id
    assert line.transfer_id is not None  # only lots and consignments can be taken from
    return history.carried[line.transfer_id]
