"""The journey of a batch: its events folded into few dated lines, its mass balance, and what was corrected."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from traceability.commodities import commodity
from traceability.domain.dossier import Balance, Change, Names, Place, Step, shared_place
from traceability.domain.events import Kind
from traceability.domain.facts import REPLACEMENT
from traceability.domain.lineage import PARTS_OF_A_GRAM, grams
from traceability.domain.moments import day_of
from traceability.domain.pools import POOLED
from traceability.domain.postings import Account
from traceability.models import Batch, Event, Facility, Lot, Organisation, Posting, Transfer
from traceability.queries.farms import place_of
from traceability.queries.lineage import chunks, lots_by_id, rows_by_id
from traceability.queries.many import DELIVERED_LINES, LINES, TOUCHED, WEIGHED, WEIGHED_OR_REPORTED, instant, rows_of
from traceability.queries.reweighings import WEIGHT_CORRECTED, Correction, corrections_of, more_taken_in, said_until

# what the public is told: a receipt tells the dispatch with both weights, quality has its own place on the page
_TOLD = frozenset(
    {
        *("weigh_in", "form_lot", "process", "split", "merge", "rebag", "pour_in", "draw_off"),
        *("receive", "pack", "release", "ship", "dispose"),
        *("report_delivery", "report_lot"),  # a journey that leaves out what others did would begin in the middle
    }
)

# how the grams of a step are known; the other steps only repeat what was known before
_BASIS: Final = {
    **dict.fromkeys(("weigh_in", "process", "receive", "pack"), "measured"),
    **dict.fromkeys(("report_delivery", "report_lot"), "declared"),
}
_OF_THE_BATCH: Final = frozenset({"release", "ship", "dispose"})  # done with the batch itself: no lot comes out
_LOTS_TOLD: Final = 20  # of a step that made many
_ASSUMED: Final = "assumed"  # of goods of others, whose file says no mass

# asked for every page that is made anew: built once
_HAPPENED: Final = select(
    *(Event.id, Event.code, Event.kind, Event.org_id, Event.facility_id, Event.occurred_at, Event.zone_minutes),
    Event.kdes,
).where(Event.id.in_(bindparam("ids", expanding=True)))
_SAID: Final = select(Batch.sealed_by_id, Batch.released_by_id).where(Batch.lot_id == bindparam("lot"))
_CODES: Final = select(Event.id, Event.code).where(Event.id.in_(bindparam("ids", expanding=True)))
_DECLARED: Final = select(Event.declares_id).where(Event.declares_id.in_(bindparam("ids", expanding=True)))
_LEFT: Final = (
    select(Posting.event_id)
    .join(Event, Event.id == Posting.event_id)
    .where(Posting.lot_id == bindparam("lot"), Event.kind.in_((str(Kind.SHIP), str(Kind.DISPOSE))))
)
_declaration, _wrong = aliased(Event), aliased(Event)
_DECLARATIONS: Final = (
    select(
        *(_declaration.org_id, _declaration.occurred_at, _declaration.recorded_at, _declaration.zone_minutes),
        *(_declaration.client_id, _declaration.kdes),
        *(_wrong.id, _wrong.code, _wrong.kind),
    )
    .join(_wrong, _wrong.id == _declaration.declares_id)
    .where(_declaration.org_id.in_(bindparam("houses", expanding=True)), _declaration.kind == str(Kind.DECLARE_ERROR))
)
_REPORTED: Final = (
    select(Event.id)
    .where(Event.org_id.in_(bindparam("houses", expanding=True)), Event.kind == str(Kind.REPORT_DELIVERY))
    .limit(1)
)
_OTHER_ORIGINS: Final = select(
    *(Event.org_id, Event.occurred_at, Event.recorded_at, Event.zone_minutes, Event.code, Event.kdes, Event.kind)
).where(
    Event.org_id.in_(bindparam("houses", expanding=True)),
    Event.kind.in_((str(Kind.CORRECT_ORIGIN), str(Kind.CORRECT_WEIGHT))),
)


class Weighed(NamedTuple):
    """Deliveries of one form, taken in by one place: their lots say all that a journey tells of weigh-ins.

    `kind` is that of the events that made them: weighed in here, or reported by others.
    """

    org_id: int
    facility_id: int | None
    commodity: str
    form: str
    zone_minutes: int
    kind: str
    deliveries: int
    mass_g: int
    kept_first: Any  # instants as the database keeps them: these sort as instants do
    kept_last: Any
    first_id: int  # of the weigh-in that was recorded first

    @property
    def days(self) -> tuple[date, date]:
        """The first day and the last, where it happened."""
        first, last = instant(self.kept_first), instant(self.kept_last)
        return day_of(first, self.zone_minutes), day_of(last, self.zone_minutes)


class Happened(NamedTuple):
    """What a journey tells of an event."""

    id: int
    code: str
    kind: str
    org_id: int
    facility_id: int | None
    occurred_at: datetime
    zone_minutes: int
    kdes: Mapping[str, Any]


class Line(NamedTuple):
    """One posting of an event; all that it took from deliveries is one, of no lot."""

    event_id: int
    line: int
    account: str
    ref: str
    lot_id: int | None
    transfer_id: int | None
    mass_g: int


@dataclass(frozen=True)
class History:
    """The events above (and on) a batch, with everything their postings name; deliveries are kept apart."""

    events: Mapping[int, Happened]  # without weigh-ins, and without those declared in error
    postings: Mapping[int, Sequence[Line]]
    lots: Mapping[int, Lot]  # ancestors, and their siblings that came out of the same events
    weighed: Sequence[Weighed]
    first_codes: Mapping[int, str]  # event id -> code, of the first weigh-ins
    carried: Mapping[int, int]  # transfer id -> the lot that was on the road
    organisations: Mapping[int, Organisation]
    facilities: Mapping[int, Facility]
    goods: Lot  # of the batch
    assumed: bool = False  # some delivery has a usual mass, because its file says none


def history_of(
    session: Session,
    lots: Mapping[int, Lot],
    grown: Collection[int],
    formed: Collection[int],
    batch_lot: Lot,
    until: int | None = None,
) -> History:
    """Every event that made one of `lots` or of the deliveries `grown`, and what was done with the batch itself.

    `formed` are those of `lots` that nothing but deliveries went into. Weights are those on record when the entry
    `until` was written, which froze a version.
    """
    wanted = {lot.made_by_id for lot in lots.values()}
    # what was done with the batch belongs to its journey; what was made from it later belongs to that other batch
    wanted |= set(session.scalars(_LEFT, {"lot": batch_lot.id}))
    said = session.execute(_SAID, {"lot": batch_lot.id})
    wanted |= {key for row in said for key in row if key is not None}
    postings: dict[int, list[Line]] = defaultdict(list)
    simple = {lots[key].made_by_id for key in formed}
    for row in sorted(rows_of(session, LINES, wanted - simple) + rows_of(session, DELIVERED_LINES, simple)):
        postings[row[0]].append(Line._make(row))
    events: dict[int, Happened] = {}
    for chunk in chunks(wanted - declared(session, wanted)):
        events.update({row[0]: Happened._make(row) for row in session.execute(_HAPPENED, {"ids": chunk})})
    lines = [line for event in events for line in postings[event]]
    # what came out beside
    mentioned = {line.lot_id for line in lines if line.lot_id is not None and line.mass_g > 0} - set(lots)
    carried: dict[int, int] = {}
    for chunk in chunks({line.transfer_id for line in lines if line.transfer_id is not None}):
        rows = session.execute(select(Transfer.id, Transfer.lot_id).where(Transfer.id.in_(chunk)))
        carried.update({key: lot_id for key, lot_id in rows})
    weighed = _taken_in(session, grown)
    reported = any(some.kind == Kind.REPORT_DELIVERY for some in weighed)
    firsts = session.execute(_CODES, {"ids": sorted({some.first_id for some in weighed})})
    places = {event.facility_id for event in events.values()} | {some.facility_id for some in weighed}
    places.add(batch_lot.facility_id)
    houses = {event.org_id for event in events.values()} | {some.org_id for some in weighed}
    corrections = corrections_of(session, houses)
    _correct_lines(events, postings, [one for one in corrections if said_until(until, one.event_id)])
    later = more_taken_in(session, grown, [one for one in corrections if not said_until(until, one.event_id)])
    return History(
        events=events,
        postings=postings,
        lots={**lots_by_id(session, mentioned), **lots},
        weighed=[some._replace(mass_g=some.mass_g - later[some.kind, *some[:5]]) for some in weighed],
        first_codes={key: code for key, code in firsts},
        carried=carried,
        organisations=rows_by_id(session, Organisation, houses),
        facilities=rows_by_id(session, Facility, {key for key in places if key is not None}),
        goods=batch_lot,
        assumed=reported and _any_assumed(session, grown),
    )


def _correct_lines(
    events: Mapping[int, Happened], postings: Mapping[int, list[Line]], corrections: Sequence[Correction]
) -> None:
    """What went into closed lots as it was corrected: their own weight follows, or they lost or gained by it."""
    formed = {event.code: key for key, event in events.items() if event.kind == Kind.FORM_LOT}
    more: dict[int, Counter[bool]] = defaultdict(Counter)
    for one in corrections:
        if one.formed_by in formed:
            more[formed[one.formed_by]][one.follows] += one.more_g
    for key, grown in more.items():
        kept_g = grown[False]
        for place, line in enumerate(postings[key]):
            if line.account == Account.LOT:
                corrected_g = -grown.total() if line.mass_g < 0 else grown[True]
                postings[key][place] = line._replace(mass_g=line.mass_g + corrected_g)
        if kept_g:
            account = Account.LOSS if kept_g > 0 else Account.GAIN
            postings[key].append(Line(key, len(postings[key]) + 1, account, WEIGHT_CORRECTED, None, None, kept_g))


def _taken_in(session: Session, deliveries: Collection[int]) -> list[Weighed]:
    """The deliveries in groups; how each came is asked only in houses that ever took in a network of others."""
    weighed = [Weighed._make(row) for row in rows_of(session, WEIGHED, deliveries)]
    if session.scalar(_REPORTED, {"houses": sorted({some.org_id for some in weighed})}) is None:
        return weighed
    return [Weighed._make(row) for row in rows_of(session, WEIGHED_OR_REPORTED, deliveries)]


def _any_assumed(session: Session, deliveries: Collection[int]) -> bool:
    """Whether the file that reported one of these deliveries left its mass out."""
    told = select(Event.kdes).join(Lot, Lot.made_by_id == Event.id).where(Event.kind == str(Kind.REPORT_DELIVERY))
    return any(
        kdes.get("mass_known") is False
        for chunk in chunks(deliveries)
        for kdes in session.scalars(told.where(Lot.id.in_(chunk)))
    )


def declared(session: Session, events: Collection[int]) -> set[int]:
    """Which of these events were declared in error."""
    found: set[int] = set()
    for chunk in chunks(events):
        found.update(key for key in session.scalars(_DECLARED, {"ids": chunk}) if key)
    return found


def journey_of(history: History) -> tuple[Step, ...]:
    """The told events, oldest first; events of one kind that made the same form are one line, whoever did them."""
    groups: dict[tuple[str, str], list[Happened]] = defaultdict(list)
    for event in history.events.values():
        if event.kind in _TOLD:
            groups[event.kind, _form_made(history, event.id)].append(event)
    steps = [_step(history, key, events) for key, events in groups.items()]
    alike: dict[tuple[str, str], list[Weighed]] = defaultdict(list)
    for some in history.weighed:
        alike[some.kind, some.form].append(some)
    steps += [_weighed(history, some) for some in alike.values()]
    return tuple(sorted(steps, key=lambda step: (step.first_at, step.last_at, step.event_code)))


def balance_of(history: History, oldest_last: Sequence[int], batch: Lot) -> Balance:
    """What was received for this batch and where the rest went, in whole grams that add up exactly.

    Walks from the batch up (`oldest_last`: every lot before its parents) as far as the deliveries, at which nothing
    is lost any more. A lot of which `used` grams are needed took its inputs in proportion to the main outputs of the
    event that made it; losses and by-products are shared out the same way. Followed in parts of a gram, as every
    trace is: through a tank that was never empty there may be thousands of lots.
    """
    used: dict[int, int] = defaultdict(int, {batch.id: batch.made_g * PARTS_OF_A_GRAM})
    losses: dict[str, int] = defaultdict(int)
    by_products = gained = corrected = 0
    for lot_id in oldest_last:
        lot = history.lots[lot_id]
        lines = history.postings[lot.made_by_id]
        shared = sum(line.mass_g for line in lines if _shares_inputs(history, line, lot))
        for line in lines if shared else ():
            parts = abs(line.mass_g) * used[lot_id] // shared
            if line.account == Account.LOT and line.lot_id is None:
                continue
            if line.account == Account.LOSS:
                losses[line.ref] += parts
            elif line.account == Account.GAIN:
                gained += parts
                corrected += parts if line.ref == WEIGHT_CORRECTED else 0
            elif line.account in (Account.LOT, Account.TRANSIT) and line.mass_g < 0:
                used[_source(history, line)] += parts
            elif line.account == Account.LOT and not _shares_inputs(history, line, lot):
                by_products += parts
    whole = {name: grams(parts) for name, parts in sorted(losses.items()) if grams(parts)}
    received = batch.made_g + sum(whole.values()) + grams(by_products) - grams(gained)
    return Balance(received, whole, grams(by_products), grams(gained), batch.made_g, grams(corrected))


def changes_of(session: Session, history: History, ancestors: Collection[int]) -> tuple[Change, ...]:
    """What was corrected of the way: declarations in error about anything these lots were made by or from, or were
    weighed in instead of; and deliveries that turned out to be another farm's. Nobody is named.

    Corrections are few beside lots, so they are read first and the lots that they touch are looked for here.
    """
    changes = [*_declarations(session, history, ancestors), *_other_origins(session, history, ancestors)]
    return tuple(sorted(changes, key=lambda change: (change.at, change.event_code)))


def _declarations(session: Session, history: History, ancestors: Collection[int]) -> Iterator[Change]:
    rows = session.execute(_DECLARATIONS, {"houses": sorted(history.organisations)}).all()
    touched: dict[int, set[int]] = defaultdict(set)
    for event_id, lot_id in rows_of(session, TOUCHED, {row.id for row in rows}):
        touched[event_id].add(lot_id)
    # a weigh-in that replaced a wrong one was said under the declaration's own client id
    replaced: dict[str, int] = {}
    for chunk in chunks({row.client_id + REPLACEMENT for row in rows if row.kdes.get("replaced")}):
        right = select(Event.client_id, Lot.id).join(Lot, Lot.made_by_id == Event.id)
        found = session.execute(right.where(Event.client_id.in_(chunk), Event.kind == str(Kind.WEIGH_IN)))
        replaced.update({client_id.removesuffix(REPLACEMENT): lot_id for client_id, lot_id in found})
    for org_id, said_at, known_at, zone_minutes, client_id, kdes, wrong_id, code, kind in rows:
        if replaced.get(client_id) in ancestors or not touched[wrong_id].isdisjoint(ancestors):
            at = _corrected_at(history, org_id, said_at, known_at)
            yield Change(at, zone_minutes, code, kind, str(kdes.get("why", "")), replaced=bool(kdes.get("replaced")))


def _other_origins(session: Session, history: History, ancestors: Collection[int]) -> Iterator[Change]:
    rows = session.execute(_OTHER_ORIGINS, {"houses": sorted(history.organisations)}).all()
    lots: dict[str, int] = {}
    for chunk in chunks({str(row.kdes["lot"]) for row in rows}):
        lots.update({code: key for code, key in session.execute(select(Lot.code, Lot.id).where(Lot.code.in_(chunk)))})
    for org_id, said_at, known_at, zone_minutes, code, kdes, kind in rows:
        if lots.get(kdes["lot"]) in ancestors:  # why it was changed may name somebody
            at = _corrected_at(history, org_id, said_at, known_at)
            yield Change(at, zone_minutes, code, kind, "", replaced=False)


def _corrected_at(history: History, org_id: int, said_at: datetime, known_at: datetime) -> datetime:
    """When the record learnt of a correction. A demo season is told in a minute: there it is when it is said to be."""
    return said_at if history.organisations[org_id].demo else known_at


def _weighed(history: History, groups: Sequence[Weighed]) -> Step:
    """All deliveries of one form and kind as one line."""
    first = min(groups, key=attrgetter("kept_first", "first_id"))
    last = max(groups, key=attrgetter("kept_last"))
    counts: Counter[int] = Counter()
    for some in groups:
        counts[some.org_id] += some.deliveries
    grams = sum(some.mass_g for some in groups)
    found = commodity(first.commodity).form(first.form)
    return Step(
        event_code=history.first_codes[first.first_id],
        kind=first.kind,
        first_at=instant(first.kept_first),
        last_at=instant(last.kept_last),
        zone_minutes=first.zone_minutes,
        events=sum(some.deliveries for some in groups),
        who=history.organisations[counts.most_common(1)[0][0]].called,
        place=shared_place([_site(history, some.facility_id, some.org_id) for some in groups]),
        in_g=grams,
        out_g=grams,
        form=found.names if found is not None else Names({"en": first.form}),
        others=len(counts) - 1,
        site_codes=_site_codes(history, [(some.facility_id, some.org_id) for some in groups]),
        basis=_ASSUMED if history.assumed and first.kind == Kind.REPORT_DELIVERY else _BASIS[first.kind],
    )


def _step(history: History, key: tuple[str, str], events: list[Happened]) -> Step:
    kind, form = key
    counts = Counter(event.org_id for event in events)
    organisation = history.organisations[counts.most_common(1)[0][0]]
    lines = [line for event in events for line in history.postings.get(event.id, ())]
    losses: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.account == Account.LOSS and kind != Kind.DISPOSE:  # there it is all that the step is about
            losses[line.ref] += line.mass_g
    ordered = sorted(events, key=lambda event: (event.occurred_at, event.id))
    marks = ordered[-1].kdes.get("marks")
    numbers = [history.goods.number] if kind in _OF_THE_BATCH else _numbers_made(history, lines, form)
    return Step(
        event_code=ordered[0].code,
        kind=kind,
        first_at=ordered[0].occurred_at,
        last_at=ordered[-1].occurred_at,
        zone_minutes=ordered[0].zone_minutes,
        events=len(ordered),
        who=organisation.called,
        place=shared_place([_site(history, event.facility_id, event.org_id) for event in events]),
        in_g=-sum(line.mass_g for line in lines if _went_in(history, kind, line)),
        out_g=sum(line.mass_g for line in lines if kind != Kind.POUR_IN and _is_told(history, line, form)),
        losses_g=dict(sorted(losses.items())),
        detail=", ".join(str(value) for value in marks.values() if value) if marks else "",
        form=_form_names(history, lines, form),
        others=len(counts) - 1,
        site_codes=_site_codes(history, [(_stood_at(history, event), event.org_id) for event in events]),
        lot_numbers=tuple(numbers[:_LOTS_TOLD]),
        lots=len(numbers),
        corrected_g=-sum(
            line.mass_g for line in lines if line.account == Account.GAIN and line.ref == WEIGHT_CORRECTED
        ),
        basis=_ASSUMED if any(e.kdes.get("mass_known") is False for e in events) else _BASIS.get(kind, ""),
    )


def _went_in(history: History, kind: str, line: Line) -> bool:
    """Whether a line is what a step took. What stood in a tank already did not go in once more at every pouring."""
    if line.mass_g >= 0 or line.account == Account.GAIN:
        return False
    return kind != Kind.POUR_IN or line.lot_id is None or history.lots[line.lot_id].kind != POOLED


def _is_told(history: History, line: Line, form: str) -> bool:
    """Whether a line is what the step is about: what came out in the form it names, or what left to a buyer."""
    if line.mass_g <= 0 or line.account == Account.LOSS:
        return False
    return line.lot_id is None or history.lots[line.lot_id].form == form


def _site(history: History, facility_id: int | None, org_id: int) -> Place:
    facility = history.facilities.get(facility_id) if facility_id is not None else None
    return place_of(facility or history.organisations[org_id])


def _stood_at(history: History, event: Happened) -> int | None:
    """Where the goods were: what is done with a batch is done where it stands."""
    return event.facility_id or (history.goods.facility_id if event.kind in _OF_THE_BATCH else None)


def _site_codes(history: History, places: Sequence[tuple[int | None, int]]) -> tuple[str, ...]:
    """The code of each place, or of the organisation where no place was said."""
    found = {history.facilities[key].code if key else history.organisations[org_id].code for key, org_id in places}
    return tuple(sorted(found))


def _numbers_made(history: History, lines: Sequence[Line], form: str) -> list[str]:
    """The numbers of the lots that came out in the told form."""
    made = {line.lot_id for line in lines if line.lot_id is not None and line.mass_g > 0}
    return sorted(history.lots[key].number for key in made if history.lots[key].form == form)


def _form_names(history: History, lines: Sequence[Line], form: str) -> Names:
    made = next((history.lots[line.lot_id] for line in lines if line.lot_id is not None and line.mass_g > 0), None)
    found = commodity(made.commodity).form(form) if made is not None and form else None
    return found.names if found is not None else Names({"en": form} if form else {})


def _form_made(history: History, event_id: int) -> str:
    made = [history.lots[p.lot_id] for p in history.postings[event_id] if p.lot_id is not None and p.mass_g > 0]
    main = [lot for lot in made if lot.kind != "by_product"] or made
    return main[0].form if main else ""


def _shares_inputs(history: History, line: Line, child: Lot) -> bool:
    """Whether a line is one of the outputs among which the inputs are shared out; by-products count for none but
    themselves."""
    if line.account != Account.LOT or line.mass_g <= 0 or line.lot_id is None:
        return False
    return child.kind == "by_product" or history.lots[line.lot_id].kind != "by_product"


def _source(history: History, line: Line) -> int:
    """The lot that a taking line took from; on the road it is the sender's."""
    if line.lot_id is not None:
        return line.lot_id
    assert line.transfer_id is not None  # only lots and consignments can be taken from
    return history.carried[line.transfer_id]
