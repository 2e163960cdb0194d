"""The tables of oversight: what each says in its columns, as it is read here and as a file holds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from traceability import words
from traceability.documents import terms
from traceability.domain.dossier import Standing
from traceability.domain.moments import day_of
from traceability.domain.schemes import scheme_words
from traceability.queries import authority, capacity, inspection_queue, oversight, recalls, reports
from traceability.queries.authority import Seen
from traceability.schemas.oversight import OversightAsked
from traceability.web.goods import commodity_name, goods_name
from traceability.web.language import current_language
from traceability.web.oversight_cells import Cell, count, day, hectares, kilograms, say, some_kilograms, state, text
from traceability.words import N_

_STANDING: Final = {
    Standing.VALID: N_("Valid"),
    Standing.EXPIRING: N_("Ends soon"),
    Standing.EXPIRED: N_("Ended"),
    Standing.SUSPENDED: N_("Suspended"),
    Standing.NOT_YET: N_("Not valid yet"),
}
_ORGANISATION: Final = (N_("Organisation"), False)


@dataclass(frozen=True)
class Table:
    """A table with the words of its columns (is it a number?) and rows; `dated` when days can be asked for."""

    title: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    dated: bool = False
    goods: bool = False  # a product and a province can be asked for


@dataclass(frozen=True)
class Filter:
    """Whose record, and on which days; what else was asked for as it was typed."""

    seen: Seen
    since: date
    until: date
    asked: OversightAsked

    def whose(self, org_id: int) -> tuple[Cell, ...]:
        """The cell of the organisation, where several are read."""
        named = self.seen.organisations.get(org_id)
        return (text(named.text(current_language()) if named else ""),) if self.seen.authority else ()

    @property
    def whose_column(self) -> tuple[tuple[str, bool], ...]:
        """Its column."""
        return (_ORGANISATION,) if self.seen.authority else ()


def volumes(session: Any, by: Filter) -> Table:
    """What was weighed in beside what the land bears and the places can take."""
    more = by.asked
    rows = oversight.volumes(session, by.seen, by.since, by.until, commodity=more.product, province=more.province)
    return Table(
        N_("Volumes by product, province and week"),
        (
            (N_("Product"), False),
            (N_("Province"), False),
            (N_("Week from"), False),
            (N_("Farmers"), True),
            (N_("Weighed in, kg"), True),
            (N_("In the period so far, kg"), True),
            (N_("Registered area, ha"), True),
            (N_("The land bears a year, kg"), True),
            (N_("Places can take a week, kg"), True),
        ),
        tuple(
            (
                text(f"{commodity_name(row.commodity)} · {goods_name(row.commodity, row.form)}"),
                text(row.province),
                day(row.week),
                count(row.farmers),
                kilograms(row.mass_g, flagged=row.above_capacity),
                kilograms(row.so_far_g, flagged=row.over),
                hectares(row.area_m2),
                some_kilograms(row.cap_g),
                some_kilograms(row.capacity_g),
            )
            for row in rows
        ),
        dated=True,
        goods=True,
    )


def places(session: Any, by: Filter) -> Table:
    """What packing houses and mills did beside what they can."""
    rows = capacity.worked(session, by.seen, by.since, by.until)
    return Table(
        N_("Packing houses, mills and their capacity"),
        (
            *by.whose_column,
            (N_("Place"), False),
            (N_("Province"), False),
            (N_("Week from"), False),
            (N_("Days worked"), True),
            (N_("Packed or processed, kg"), True),
            (N_("Busiest day"), False),
            (N_("On that day, kg"), True),
            (N_("Capacity a day, kg"), True),
        ),
        tuple(
            (
                *by.whose(row.org_id),
                text(f"{row.place} · {row.prefix}"),
                text(row.province),
                day(row.week),
                count(row.days),
                kilograms(row.mass_g),
                day(row.busiest),
                kilograms(row.busiest_g, flagged=row.over),
                some_kilograms(row.capacity_g),
            )
            for row in rows
        ),
        dated=True,
    )


def certificates(session: Any, by: Filter) -> Table:
    """Batch origin certificates."""
    language = current_language()
    return Table(
        N_("Certificates issued"),
        (
            (N_("Number"), False),
            *by.whose_column,
            (N_("Lot"), False),
            (N_("Issued"), False),
            (N_("Product"), False),
            (N_("Net weight, kg"), True),
            (N_("Destination"), False),
            (N_("State"), False),
        ),
        tuple(
            (
                Cell(row.number, row.number, code=row.code),
                *by.whose(row.org_id),
                text(row.lot),
                day(row.on),
                text(goods_name(row.commodity, row.form)),
                kilograms(row.mass_g),
                text(terms.country(language, row.destination) if row.destination else ""),
                state(row.status),
            )
            for row in oversight.certificates_issued(session, by.seen, by.since, by.until)
        ),
        dated=True,
    )


def registrations(session: Any, by: Filter) -> Table:
    """Official codes and how they stand."""
    return Table(
        N_("Orchards, packing houses and exporters"),
        (
            (N_("Code"), False),
            *by.whose_column,
            (N_("Kind of code"), False),
            (N_("Authority"), False),
            (N_("Product"), False),
            (N_("Plots"), True),
            (N_("Places"), True),
            (N_("Valid to"), False),
            (N_("State"), False),
        ),
        tuple(
            (
                text(row.code),
                *by.whose(row.org_id),
                text(say(scheme_words(row.scheme))),
                text(row.authority),
                text(commodity_name(row.commodity) if row.commodity else ""),
                count(row.plots),
                count(row.places),
                day(row.valid_to) if row.valid_to else text(""),
                text(say(_STANDING[row.standing]), flagged=row.standing is not Standing.VALID),
            )
            for row in oversight.registrations(session, by.seen)
        ),
    )


def open_recalls(session: Any, by: Filter) -> Table:
    """How far open recalls reach, and who knows."""
    return Table(
        N_("Recalls that are open"),
        (
            (N_("What is recalled"), False),
            *by.whose_column,
            (N_("Reason"), False),
            (N_("Since"), False),
            (N_("Lots"), True),
            (N_("Batches"), True),
            (N_("Organisations"), True),
            (N_("Receivers that know, %"), True),
            (N_("Still in hand, kg"), True),
            (N_("With buyers, kg"), True),
        ),
        tuple(
            (
                text(row.recall.name, flagged=True),
                *by.whose(row.org_id),
                text(row.recall.reason),
                day(day_of(row.recall.opened_at, row.recall.zone_minutes)),
                count(row.lots),
                count(row.batches),
                count(row.organisations),
                _knowing(row),
                kilograms(row.on_hand_g),
                kilograms(row.gone_g),
            )
            for row in recalls.open_recalls(session, by.seen)
        ),
    )


def queue(session: Any, by: Filter) -> Table:
    """Batches to look at, with the reason."""
    return Table(
        N_("Inspection queue"),
        (
            (N_("Batch"), False),
            *by.whose_column,
            (N_("Product"), False),
            (N_("Net weight, kg"), True),
            (N_("Destination"), False),
            (N_("Released"), False),
            (N_("Why"), False),
        ),
        tuple(
            (
                Cell(f"{row.lot} · {row.code}", row.code, code=row.code),
                *by.whose(row.org_id),
                text(goods_name(row.commodity, row.form)),
                kilograms(row.mass_g),
                text(terms.country(current_language(), row.destination) if row.destination else ""),
                day(row.on),
                text(
                    "; ".join(say(reason) for reason in row.reasons),
                    flagged=row.reasons != (inspection_queue.AT_RANDOM,),
                ),
            )
            for row in inspection_queue.inspection_queue(session, by.seen, by.since, by.until)
        ),
        dated=True,
    )


def organisations(session: Any, by: Filter) -> Table:
    """Who is read, and when each was last heard of."""
    language = current_language()
    return Table(
        N_("Organisations and when they were heard of"),
        (
            _ORGANISATION,
            (N_("Country"), False),
            (N_("Province"), False),
            (N_("Last entry"), False),
            (N_("Entries"), True),
            (N_("Phones"), True),
            (N_("Phones not heard of for three days"), True),
            (N_("Not sent yet"), True),
        ),
        tuple(
            (
                text(row.name.text(language)),
                text(terms.country(language, row.country)),
                text(row.province),
                _last_entry(row, by.seen.zone_minutes),
                count(row.entries),
                count(row.phones),
                count(row.silent_phones, flagged=row.silent_phones > 0),
                count(row.unsent),
            )
            for row in authority.heard_of(session, by.seen, datetime.now(UTC))
        ),
    )


def readers(session: Any, by: Filter) -> Table:
    """What readers of public pages did and said, without who they were."""
    rows = reports.heard_of(session, by.seen.organisations.keys(), by.since, by.until, by.seen.zone_minutes)
    return Table(
        N_("What readers looked up and reported"),
        (
            (N_("Batch"), False),
            *by.whose_column,
            (N_("Visits"), True),
            (N_("Certificates checked"), True),
            (N_("It matches"), True),
            (N_("It does not match"), True),
            (N_("Not answered yet"), True),
        ),
        tuple(
            (
                Cell(f"{row.lot} · {row.code}", row.code, code=row.code),
                *by.whose(row.org_id),
                count(row.visits),
                count(row.verified),
                count(row.matches),
                count(row.reports, flagged=row.reports > 0),
                count(row.open, flagged=row.open > 0),
            )
            for row in rows
        ),
        dated=True,
    )


Maker = Callable[[Any, Filter], Table]
TABLES: Final[dict[str, Maker]] = {
    "volumes": volumes,
    "places": places,
    "certificates": certificates,
    "registrations": registrations,
    "recalls": open_recalls,
    "queue": queue,
    "readers": readers,
    "organisations": organisations,
}


def _knowing(row: recalls.Reached) -> Cell:
    """Percent of the receivers, rounded down: a hundred means all of them."""
    if not row.receivers:
        return text("")
    percent = 100 * row.acknowledged // row.receivers
    return Cell(words.number(current_language(), percent), percent, flagged=percent < 100)


def _last_entry(row: authority.Heard, zone_minutes: int) -> Cell:
    if not row.entries:
        return text("")
    shown = words.moment(current_language(), row.last_at, zone_minutes, with_zone=True)
    return Cell(shown, shown, flagged=row.silent)
