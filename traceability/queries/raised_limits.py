"""Yearly limits that were raised, with approval, in a season whose fruit a batch holds: told to all, without a name.

A limit that was set where there was none is not raised, nor is one that was lowered. An approval counts in the season
of the day it says and in that of the day it was recorded, so that none is said out of sight.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.moments import day_of
from traceability.domain.raised import Checked, Raised
from traceability.models import Event, Lot, Plot
from traceability.queries.lineage import chunks
from traceability.queries.seasons import crop_year, period_on, seasons_of, within

# asked for every page that is made anew: built once
_APPROVED: Final = (
    select(*(Event.org_id, Event.actor_id, Event.occurred_at, Event.recorded_at, Event.zone_minutes, Event.kdes))
    .where(
        Event.org_id.in_(bindparam("houses", expanding=True)),
        Event.kind == str(Kind.APPROVE),
        Event.kdes["of"].as_string() == str(Kind.ASK_CAP),
    )
    .order_by(Event.org_id, Event.seq)
)


class _Ground(NamedTuple):
    """A plot of the batch: its inside id, and whose it is."""

    id: int
    party_id: int


def raised_limits(
    session: Session, houses: Collection[int], plots: Collection[int], deliveries: Collection[int], commodity: str
) -> tuple[int, tuple[Raised, ...]]:
    """How many farms had a limit raised, and every raising, the oldest first.

    `plots` and `deliveries` of the batch by inside id, `houses` those that took them in. Limits are few beside lots,
    so they are read first.
    """
    approved = session.execute(_APPROVED, {"houses": sorted(houses)}).all()
    known = _plots(session, {str(row.kdes["plot"]) for row in approved})
    ours = [(row, known[row.kdes["plot"]]) for row in _raising(approved) if known[row.kdes["plot"]].id in plots]
    found = [(row, plot) for row, plot in ours if _brought(session, row, plot, commodity, deliveries)]
    who = _who_asked(session, {str(row.kdes["request"]) for row, _ in found})
    raised = (Raised(row.recorded_at, row.zone_minutes, _checked(row, who)) for row, _ in found)
    return len({plot.party_id for _, plot in found}), tuple(sorted(raised, key=lambda one: (one.at, one.checked)))


def _raising(approved: Collection[Row[Any]]) -> Iterator[Row[Any]]:
    """Those after which a plot may bring more than after the one before; a plot begins without a limit."""
    limits: dict[str, int | None] = {}
    for row in approved:
        was, now = limits.get(row.kdes["plot"]), row.kdes["cap_g"]
        if was is not None and (now is None or now > was):
            yield row
        limits[row.kdes["plot"]] = now


def _plots(session: Session, codes: Collection[str]) -> dict[str, _Ground]:
    named = select(Plot.code, Plot.id, Plot.party_id)
    rows = (row for chunk in chunks(codes) for row in session.execute(named.where(Plot.code.in_(chunk))))
    return {code: _Ground(key, party_id) for code, key, party_id in rows}


def _brought(session: Session, row: Row[Any], plot: _Ground, commodity: str, deliveries: Collection[int]) -> bool:
    """Whether the batch holds something that the plot brought in the season in which its limit was raised."""
    rows = seasons_of(session, row.org_id, commodity)
    days = {day_of(at, row.zone_minutes) for at in (row.occurred_at, row.recorded_at)}
    seasons = {period_on(rows, on, row.zone_minutes, crop_year(commodity, on)) for on in days}
    of_plot = select(Lot.id).where(
        Lot.org_id == row.org_id, Lot.origin_plot_id == plot.id, Lot.commodity == commodity, Lot.kind == "delivery"
    )
    return any(key in deliveries for season in seasons for key in session.scalars(of_plot.where(within(season))))


def _who_asked(session: Session, requests: Collection[str]) -> dict[str, int | None]:
    asked = select(Event.code, Event.actor_id)
    rows = (row for chunk in chunks(requests) for row in session.execute(asked.where(Event.code.in_(chunk))))
    return {code: actor_id for code, actor_id in rows}


def _checked(row: Row[Any], asked_by: dict[str, int | None]) -> Checked:
    """What the machine itself asks or approves, nobody else has looked at."""
    asker = asked_by.get(row.kdes["request"])
    if asker is None or row.actor_id is None or asker == row.actor_id:
        return Checked.BY_NOBODY_ELSE
    return Checked.ON_ONE_DEVICE if row.kdes.get("same_device") else Checked.BY_ANOTHER
