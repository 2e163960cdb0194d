"""Where a lot comes from, counted by farm, plot, organisation, direct input or day of delivery, exact to the gram.

Rows hold everything; `seen_by` leaves what an organisation may see: its own by name, each other one as one line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Names
from traceability.domain.methods import By, Method
from traceability.domain.moments import day_of, number_of_day
from traceability.domain.quantity import tenths_of_percent
from traceability.models import Lot, Organisation
from traceability.queries.edges import ALWAYS, Days
from traceability.queries.farms import land_of
from traceability.queries.frozen import shares_told
from traceability.queries.lineage import Origin, TraceBack, chunks, rows_by_id, trace_back

_KEPT = (By.FARM, By.PLOT, By.ORGANISATION)  # what is said of origins themselves


@dataclass(frozen=True)
class Share:
    """One line of the answer: what it is of, whose that is, and its exact part."""

    code: str  # of the farmer, plot, organisation or lot; the day as 2026-01-05; empty for a plot that is not known
    number: str  # of the farmer or the lot
    name: str  # of the farmer: show it only to those who may see it
    plot: str  # name of the plot
    on: date | None
    organisation: str  # code of the one that the farmer, or the lot, belongs to
    organisation_called: Names
    mass_g: int
    tenths: int = 0  # of a percent

    @property
    def by_name(self) -> bool:
        """More is said of it than the organisation."""
        return bool(self.number or self.on)


@dataclass(frozen=True)
class Shares:
    """All lines, the largest first (days in order). With `outside_g` they sum to the lot, with `outside_tenths` to
    1000."""

    code: str
    number: str
    mass_g: int
    by: By
    rows: tuple[Share, ...]
    outside_g: int = 0  # came through events on other days than those asked for
    outside_tenths: int = 0
    method: Method = Method.PRO_RATA  # that counted them
    frozen_version: int | None = None  # of the batch, whose answer was kept with it; None when it was traced now


def days_between(since: date | None, until: date | None) -> Days:
    """The days from one to another, both included; an end that is not given is open."""
    first = ALWAYS.first if since is None else number_of_day(since)
    return Days(first, ALWAYS.last if until is None else number_of_day(until))


def shares_by(session: Session, lot: Lot, by: By = By.FARM, days: Days = ALWAYS) -> Shares:
    """What a lot is made of, counted by one thing, through events on the given days.

    Of a released batch farms, plots and organisations are read as they were frozen, by the method that counts. What
    it was made of and when is no part of that: it is traced, by mass. That both agree is what the audit checks.
    """
    if days == ALWAYS and by in _KEPT:
        grams, method, version = shares_told(session, lot)
        rows, came = grown_by(session, grams, by), bool(grams)
    else:
        trace, method, version = trace_back(session, lot, days), Method.PRO_RATA, None
        rows, came = counted_by(session, trace, by), bool(trace.shares_g or trace.outside_g)
    outside = lot.made_g - sum(row.mass_g for row in rows) if came else 0
    masses = [*(row.mass_g for row in rows), outside]
    tenths = tenths_of_percent(masses) if any(masses) else [0] * len(masses)
    told = tuple(replace(row, tenths=part) for row, part in zip(rows, tenths, strict=False))
    return Shares(lot.code, lot.number, lot.made_g, by, told, outside, tenths[-1], method, version)


def counted_by(session: Session, trace: TraceBack, by: By) -> list[Share]:
    """The lines of a trace, still without their part of a hundred."""
    if by is By.DAY:
        return _by_day(session, trace)
    return _by_input(session, trace) if by is By.INPUT else grown_by(session, trace.shares_g, by)


def grown_by(session: Session, grams: Mapping[Origin, int], by: By) -> list[Share]:
    """Grams per origin as lines per farm, plot or organisation, the largest first."""
    land = land_of(session, grams)
    organisations = rows_by_id(session, Organisation, {party.org_id for party in land.parties.values()})
    sums: dict[tuple[int, int], int] = {}
    for origin, mass in grams.items():
        key = _key(origin, by, land.parties[origin.party_id].org_id)
        sums[key] = sums.get(key, 0) + mass
    found = []
    for (of, plot), mass in sums.items():
        if by is By.ORGANISATION:
            owner = organisations[of]
            found.append(Share(owner.code, "", "", "", None, owner.code, owner.called, mass))
            continue
        party = land.parties[of]
        owner, grower = organisations[party.org_id], party.name or ""
        code, name = (land.plots[plot].code, land.plots[plot].name) if plot else ("", "")
        code = party.code if by is By.FARM else code
        found.append(Share(code, party.number, grower, name, None, owner.code, owner.called, mass))
    return sorted(found, key=lambda share: (-share.mass_g, share.organisation, share.number, share.code))


def _key(origin: Origin, by: By, org_id: int) -> tuple[int, int]:
    if by is By.ORGANISATION:
        return org_id, 0
    return origin.party_id, (origin.plot_id or 0) if by is By.PLOT else 0


def _by_day(session: Session, trace: TraceBack) -> list[Share]:
    """One line per day and organisation, in order: when fruit was delivered, however many farmers came that day."""
    grams: Counter[tuple[date, int]] = Counter()
    for row in lines_of(session, trace.deliveries):
        grams[row.on, row.org_id] += trace.through_g[row.id]
    organisations = rows_by_id(session, Organisation, {org_id for _, org_id in grams})
    return [
        Share(day.isoformat(), "", "", "", day, owner.code, owner.called, grams[day, org_id])
        for day, org_id in sorted(grams)
        for owner in [organisations[org_id]]
    ]


def _by_input(session: Session, trace: TraceBack) -> list[Share]:
    """One line per lot or delivery that went in directly; of a delivery, the delivery itself."""
    direct = {above: mass for (above, into), mass in trace.ways_g.items() if into == trace.lot_id}
    grams = {above: mass for above, mass in direct.items() if above in trace.through}  # not from other days
    if not grams and trace.shares_g:
        grams = {trace.lot_id: trace.mass_g}
    rows = lines_of(session, grams)
    organisations = rows_by_id(session, Organisation, {row.org_id for row in rows})
    found = []
    for row in rows:
        owner = organisations[row.org_id]
        found.append(Share(row.code, row.number, "", "", row.on, owner.code, owner.called, grams[row.id]))
    return sorted(found, key=lambda share: (-share.mass_g, share.organisation, share.number))


@dataclass(frozen=True)
class LotLine:
    """What is said of a lot in one line."""

    id: int
    code: str
    number: str
    kind: str
    org_id: int
    on: date


def lines_of(session: Session, lot_ids: Iterable[int]) -> list[LotLine]:
    """Some lots by inside id, read lightly: there may be a hundred thousand."""
    found: list[LotLine] = []
    for chunk in chunks(list(lot_ids)):
        rows = session.execute(
            select(Lot.id, Lot.code, Lot.number, Lot.kind, Lot.org_id, Lot.made_at, Lot.zone_minutes).where(
                Lot.id.in_(chunk)
            )
        )
        found += [LotLine(*row[:5], day_of(row[5], row[6])) for row in rows]
    return found


def seen_by(org_code: str, rows: Sequence[Share]) -> list[Share]:
    """The lines of an organisation's own, and what is another's as one line each: a fence shows less."""
    own: list[Share] = []
    others: dict[str, Share] = {}
    for row in rows:
        if row.organisation == org_code:
            own.append(row)
            continue
        earlier = others.get(row.organisation)
        mass, tenths = (earlier.mass_g, earlier.tenths) if earlier else (0, 0)
        hidden = replace(row, code=row.organisation, number="", name="", plot="", on=None)
        others[row.organisation] = replace(hidden, mass_g=mass + row.mass_g, tenths=tenths + row.tenths)
    return [*own, *sorted(others.values(), key=lambda share: (-share.mass_g, share.organisation))]
