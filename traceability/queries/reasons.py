"""Why a number is what it is: the arithmetic from a farm, plot, delivery, day or organisation down to a lot, in rows.

"120 kg of the 1 440 kg in lot X", then the next lot, at last the grams of the lot that was asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain import lineage
from traceability.domain.dossier import Names
from traceability.domain.identifiers import MistypedCode, NotACode, read_code
from traceability.domain.lineage import PARTS_OF_A_GRAM, Ancestry, Sum
from traceability.domain.methods import By, Method
from traceability.domain.text import nfc
from traceability.errors import NotFound
from traceability.models import Lot, Organisation, Party, Person, Plot
from traceability.queries.edges import ALWAYS, Days
from traceability.queries.lineage import TraceBack, rows_by_id, trace_back
from traceability.queries.origins import LotLine, counted_by, lines_of

_Source = tuple[int, int]
_Asked = Callable[[int, _Source], bool]


class NotInThere(NotFound):
    """Nothing called {typed} is in lot {lot}. Take a code from the list of where it comes from."""


@dataclass(frozen=True)
class WhyTerm:
    """One thing that went into a lot, and how much of it is what was asked about."""

    code: str
    number: str
    delivery: bool
    organisation: str  # code
    organisation_called: Names
    mass_g: int
    asked_g: int  # grams of it that are asked about, rounded down
    tenths: int  # of a percent: the part of each of its grams


@dataclass(frozen=True)
class WhyRow:
    """One lot on the way: of the `whole_g` that went in, `asked_g` were asked about, which is `tenths`."""

    code: str
    number: str
    organisation: str
    organisation_called: Names
    made_g: int
    whole_g: int
    asked_g: int
    tenths: int
    terms: tuple[WhyTerm, ...]


@dataclass(frozen=True)
class Why:
    """The whole reason: rows from the oldest lot to the asked one; empty when the lot is what was asked about."""

    lot: str
    number: str
    mass_g: int
    about: str  # as typed
    called: str | Names | date  # what that is; of a farmer the name, which is personal
    asked_g: int  # of the lot: the grams in the list of shares
    tenths: int
    rows: tuple[WhyRow, ...]
    method: Method = Method.PRO_RATA  # whatever method counts for the lot
    frozen_version: int | None = None  # traced now: what lies between is not kept in words


class _About(NamedTuple):
    """What one asks about: which deliveries, or one lot on the way; its name and its grams in the list of shares."""

    asked: _Asked
    called: str | Names | date
    mass_g: int
    lot_id: int = 0


def why_rows(session: Session, lot: Lot, typed: str = "", days: Days = ALWAYS, org_id: int | None = None) -> Why:
    """Why that much of a farmer, plot, organisation, delivery, lot or day is in a lot; of everything if none is named.

    With `org_id`, farmers, plots, lots and days of others cannot be asked about. Raises NotInThere.
    """
    trace = trace_back(session, lot, days)
    about = _meant(session, lot, trace, nfc(typed), org_id)
    above = _ending_at(trace.above, about.lot_id) if about.lot_id else trace.above
    sums = lineage.why(above, lot.id, about.asked)
    ids = {found.lot for found in sums} | {term.of for found in sums for term in found.terms}
    lines = {line.id: line for line in lines_of(session, ids)}
    owners = rows_by_id(session, Organisation, {line.org_id for line in lines.values()})
    made = {row.id: row.made_g for row in rows_by_id(session, Lot, {found.lot for found in sums}).values()}
    rows = tuple(_row(found, lines, owners, made[found.lot]) for found in sums)
    parts = sums[-1].parts if sums else PARTS_OF_A_GRAM
    return Why(lot.code, lot.number, lot.made_g, nfc(typed), about.called, about.mass_g, _tenths(parts), rows)


def own_rows(why: Why, org_code: str) -> Why:
    """The reason as an organisation may see it: its own lots, and what came from others without number and place."""
    rows = []
    for row in why.rows:
        if row.organisation == org_code:
            terms = (term if term.organisation == org_code else _hidden(term) for term in row.terms)
            rows.append(replace(row, terms=tuple(terms)))
    return replace(why, rows=tuple(rows))


def _hidden(term: WhyTerm) -> WhyTerm:
    return replace(term, code="", number="", delivery=False)


def _row(found: Sum[int], lines: dict[int, LotLine], owners: dict[int, Organisation], made_g: int) -> WhyRow:
    line = lines[found.lot]
    owner = owners[line.org_id]
    terms = []
    for term in found.terms:
        of = lines[term.of]
        whose, amount = owners[of.org_id], lineage.grams(term.parts * term.mass_g)
        delivery, part = of.kind == "delivery", _tenths(term.parts)
        terms.append(WhyTerm(of.code, of.number, delivery, whose.code, whose.called, term.mass_g, amount, part))
    terms.sort(key=lambda term: (-term.asked_g, term.number))
    asked_g, part = lineage.grams(found.parts * found.whole_g), _tenths(found.parts)
    return WhyRow(line.code, line.number, owner.code, owner.called, made_g, found.whole_g, asked_g, part, tuple(terms))


def _tenths(parts: int) -> int:
    """Parts of a gram as tenths of a percent, a half up."""
    return (2_000 * parts + PARTS_OF_A_GRAM) // (2 * PARTS_OF_A_GRAM)


def _meant(session: Session, lot: Lot, trace: TraceBack, typed: str, org_id: int | None) -> _About:
    """What was typed, looked for among what is in the lot: nothing else can be a reason."""
    if not typed:
        return _About(lambda _, origin: origin[0] > 0, "", sum(trace.shares_g.values()))
    found = _day_meant(session, trace, typed, org_id) or _grower_meant(session, trace, typed, org_id)
    found = found or _lot_meant(session, trace, typed, org_id)
    if found is None:
        raise NotInThere(typed=typed, lot=lot.number)
    return found


def _day_meant(session: Session, trace: TraceBack, typed: str, org_id: int | None) -> _About | None:
    house = session.get_one(Organisation, org_id).code if org_id is not None else ""
    rows = [row for row in counted_by(session, trace, By.DAY) if row.code == typed and house in ("", row.organisation)]
    if not rows:
        return None
    lines = [line for line in lines_of(session, trace.deliveries) if org_id in (None, line.org_id)]
    dated = {line.id for line in lines if line.on == rows[0].on}
    return _About(lambda delivery, _: delivery in dated, rows[0].on or typed, sum(row.mass_g for row in rows))


def _grower_meant(session: Session, trace: TraceBack, typed: str, org_id: int | None) -> _About | None:
    """A farmer by code or number, a plot, or an organisation with all its farmers."""
    code = _code(typed)
    parties = rows_by_id(session, Party, {origin.party_id for origin in trace.shares_g})
    shown = {party.id for party in parties.values() if org_id in (None, party.org_id)}
    farmers = {key for key in shown if code == parties[key].code or typed == parties[key].number}
    called: str | Names | date = ", ".join(_farmer_called(session, parties[key]) for key in farmers)
    if not farmers:
        organisation = session.scalars(select(Organisation).where(Organisation.code == code)).first()
        farmers = {party.id for party in parties.values() if organisation and party.org_id == organisation.id}
        called = organisation.called if organisation else ""
    if farmers:
        held = [mass for origin, mass in trace.shares_g.items() if origin.party_id in farmers]
        return _About(lambda _, origin: origin[0] in farmers, called, sum(held))
    plot = session.scalars(select(Plot).where(Plot.code == code)).first()
    if plot is None or plot.party_id not in shown:
        return None
    key = plot.id
    held = [mass for origin, mass in trace.shares_g.items() if origin.plot_id == key]
    return _About(lambda _, origin: origin[1] == key, plot.name, sum(held)) if held else None


def _lot_meant(session: Session, trace: TraceBack, typed: str, org_id: int | None) -> _About | None:
    """A delivery, or any other lot on the way; one that went in directly has its grams from the list of those."""
    named = select(Lot).where((Lot.code == _code(typed)) | (Lot.number == typed.upper())).order_by(Lot.id)
    for row in session.scalars(named):
        if row.id in trace.through and org_id in (None, row.org_id):
            listed = [share.mass_g for share in counted_by(session, trace, By.INPUT) if share.code == row.code]
            grams = listed[0] if listed else trace.through_g[row.id]
            return _that_lot(row, grams, itself=row.id == trace.lot_id)
    return None


def _that_lot(lot: Lot, mass_g: int, *, itself: bool) -> _About:
    key = lot.id
    return _About(lambda of, _: of == key, lot.number, mass_g, 0 if itself else key)


def _farmer_called(session: Session, party: Party) -> str:
    name = session.scalars(select(Person.name).where(Person.party_id == party.id)).first()
    return f"{party.number} {name or ''}".strip()


def _ending_at(above: Ancestry[int, _Source], lot_id: int) -> Ancestry[int, _Source]:
    """The same ancestry, in which one lot counts as an origin: what it was made of is not asked."""
    found: Ancestry[int, _Source] = Ancestry({}, dict(above.deliveries), above.whole)
    for child, parents in above.lots.items():
        found.lots[child] = [(parent, mass) for parent, mass in parents if parent != lot_id]
        ends = [(parent, mass, (lot_id, 0)) for parent, mass in parents if parent == lot_id]
        if ends:
            found.deliveries[child] = [*above.deliveries.get(child, ()), *ends]
    return found


def _code(typed: str) -> str:
    try:
        return read_code(typed)
    except (NotACode, MistypedCode):
        return ""
