"""`traceability trace back|forward`: which farms are in a lot, and where the goods of a lot, farmer or plot went.

On the machine itself everything may be seen, across organisations.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from traceability.commands import Terminal, as_json, pass_terminal
from traceability.commands._origins import (
    methods_values,
    print_counted_by,
    print_methods,
    print_shares,
    print_why,
    shares_values,
    why_values,
)
from traceability.domain.dossier import Place
from traceability.domain.methods import By, Method, Period
from traceability.queries.edges import ALWAYS, Days
from traceability.queries.meanings import lot_meant_by, sources_meant
from traceability.queries.methods import methods_of, side_by_side
from traceability.queries.organisations import organisation_meant
from traceability.queries.origins import days_between, shares_by
from traceability.queries.reasons import why_rows
from traceability.queries.traces import BackTrace, ForwardTrace, LotRow, trace_back_rows, trace_forward_rows
from traceability.words import N_, mass, percent

_KINDS = {
    "delivery": N_("Delivery"),
    "lot": N_("Lot"),
    "by_product": N_("By-product"),
    "packed": N_("Packed lot"),
    "pooled": N_("Held together with others"),
}


@click.group()
def command() -> None:
    """Follow goods back to farms, or forward to batches and buyers."""


since = click.option("--since", type=click.DateTime(("%Y-%m-%d",)), help="Only through events from this day on.")
until = click.option("--until", type=click.DateTime(("%Y-%m-%d",)), help="Only through events up to this day.")
whose = click.option("--organisation", default="", help="Its name or code, where several use one number.")


@command.command()
@click.argument("code")
@whose
@click.option("--by", type=click.Choice([str(by) for by in By]), help="Count by this instead of listing farms.")
@since
@until
@click.option("--why", "about", metavar="CODE", help="Show the arithmetic of a farm, plot, lot, organisation or day.")
@click.option("--methods", is_flag=True, help="Every method side by side that the chain of custody allows.")
@click.option("--method", type=click.Choice([str(method) for method in Method]), help="Only this method.")
@click.option("--period", type=click.Choice([str(period) for period in Period]), default="quarter", show_default=True)
@click.option("--scheme", default="", help="Count only what a certificate of this scheme covers in a mass balance.")
@click.option("--not-allowed", "everything", is_flag=True, help="Show a mass balance where custody does not allow it.")
@as_json
@pass_terminal
def back(
    terminal: Terminal,
    code: str,
    organisation: str,
    by: str | None,
    since: datetime | None,
    until: datetime | None,
    about: str | None,
    methods: bool,
    method: str | None,
    period: str,
    scheme: str,
    everything: bool,
    as_json: bool,
) -> None:
    """List every farm in a lot or batch, in grams that sum to it. CODE is a public code or a lot number."""
    days = _days(since, until)
    with terminal.record() as database, database.reading() as session:
        lot = lot_meant_by(session, code, _owner(session, organisation))
        if about is not None:
            told = why_rows(session, lot, about, days)
            _show(terminal, as_json, why_values(told), lambda: print_why(terminal, told))
        elif methods or method:
            found = methods_of(session, lot, period=Period(period), scheme=scheme, everything=everything)
            found = [one for one in found if method in (None, one.method)]
            rows = side_by_side(session, found)
            _show(terminal, as_json, methods_values(found, rows), lambda: print_methods(terminal, found, rows))
        elif by or since or until:
            shares = shares_by(session, lot, By(by or "farm"), days)
            _show(terminal, as_json, shares_values(shares), lambda: print_shares(terminal, shares))
        else:
            trace = trace_back_rows(session, lot)
            _show(terminal, as_json, _back_values(trace), lambda: _print_back(terminal, trace))


@command.command()
@click.argument("codes", metavar="CODE...", nargs=-1)
@click.option("--place", default="", help="Also from everything made at this place, by code or prefix.")
@whose
@since
@until
@as_json
@pass_terminal
def forward(
    terminal: Terminal,
    codes: tuple[str, ...],
    place: str,
    organisation: str,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """List every lot and batch that goods went into. Each CODE is that of a lot, batch, farmer or plot, or its number.

    With a place, the days are those on which its lots were made; without one, only events on those days are followed.
    """
    if not codes and not place:
        raise click.UsageError("Name a lot, batch, farmer or plot, or a place with --place.")
    days = _days(since, until)
    with terminal.record() as database, database.reading() as session:
        sources = sources_meant(session, codes, place, days, _owner(session, organisation))
        trace = trace_forward_rows(session, sources, ALWAYS if place else days)
    if as_json:
        terminal.json(_forward_values(trace))
    else:
        _print_forward(terminal, trace)


def _owner(session: Any, organisation: str) -> int | None:
    """Whose numbers are meant; None is anybody's."""
    return organisation_meant(session, organisation).id if organisation else None


def _show(terminal: Terminal, as_json: bool, values: Any, printed: Callable[[], None]) -> None:
    """Values for a program, or text for people."""
    if as_json:
        terminal.json(values)
    else:
        printed()


def _days(since: datetime | None, until: datetime | None) -> Days:
    return days_between(since.date() if since else None, until.date() if until else None)


def _forward_values(trace: ForwardTrace) -> dict[str, Any]:
    return {
        "batches": len(trace.batches),
        "affected_stock_g": trace.affected_stock_g,
        "affected_on_the_road_g": trace.affected_on_the_road_g,
        "affected_shipped_g": trace.affected_shipped_g,
        "lots": [_lot_values(row) for row in trace.rows],
    }


def _print_back(terminal: Terminal, trace: BackTrace) -> None:
    language = terminal.language
    terminal.say(N_("Lot {number}, code {code}, {mass_g}"), number=trace.number, code=trace.lot, mass_g=trace.mass_g)
    rows = [
        (
            farm.label,
            farm.number,
            farm.name,
            _place(farm.place),
            mass(language, farm.mass_g),
            percent(language, farm.tenths),
        )
        for farm in trace.farms
    ]
    total = mass(language, sum(farm.mass_g for farm in trace.farms))
    whole = percent(language, sum(farm.tenths for farm in trace.farms))
    rows.append(("", "", "", terminal.words(N_("Total")), total, whole))
    head = (N_("Farm"), N_("Number"), N_("Name"), N_("Place"), N_("Mass"), N_("Part"))
    terminal.table(head, rows, right=(4, 5))
    print_counted_by(terminal, trace.method, trace.frozen_version)
    terminal.say(
        N_("Farms: {farms}. Deliveries: {deliveries}. Lots on the way: {lots}."),
        farms=len(trace.farms),
        deliveries=trace.deliveries,
        lots=trace.lots,
    )


def _print_forward(terminal: Terminal, trace: ForwardTrace) -> None:
    language = terminal.language
    rows = [
        (
            row.code,
            row.number,
            terminal.words(N_("Batch") if row.batch else _KINDS[row.kind]),
            mass(language, row.affected_g),
            mass(language, row.affected_stock_g),
            _whereabouts(terminal, row),
        )
        for row in trace.rows
    ]
    head = (N_("Code"), N_("Number"), N_("Kind"), N_("Affected"), N_("In stock"), N_("Where"))
    terminal.table(head, rows, right=(3, 4))
    terminal.say(
        N_("Lots: {lots}, of them batches: {batches}. Still in stock: {stock_g}."),
        lots=len(trace.rows),
        batches=len(trace.batches),
        stock_g=trace.affected_stock_g,
    )
    gone = ((N_("On the road"), trace.affected_on_the_road_g), (N_("Shipped"), trace.affected_shipped_g))
    click.echo(" ".join(f"{terminal.words(word)}: {mass(language, grams)}." for word, grams in gone))


def _whereabouts(terminal: Terminal, row: LotRow) -> str:
    found = [", ".join(part for part in (row.organisation_name, row.facility) if part)] if row.stock_g else []
    if row.on_the_road_g:
        found.append(terminal.words(N_("on the road: {mass_g}"), mass_g=row.on_the_road_g))
    if row.shipped_g:
        buyers = ", ".join(row.buyers)
        found.append(terminal.words(N_("shipped to {buyers}: {mass_g}"), buyers=buyers, mass_g=row.shipped_g))
    return "; ".join(found)


def _place(place: Place) -> str:
    return ", ".join((*place.parts(), place.country))


def _place_values(place: Place) -> dict[str, str]:
    return {
        "country": place.country,
        "province": place.province,
        "district": place.district,
        "village": place.village,
    }


def _back_values(trace: BackTrace) -> dict[str, Any]:
    return {
        "lot": trace.lot,
        "number": trace.number,
        "mass_g": trace.mass_g,
        "lots": trace.lots,
        "deliveries": trace.deliveries,
        "method": str(trace.method),
        "frozen_version": trace.frozen_version,
        "farms": [
            {
                "label": farm.label,
                "code": farm.code,
                "number": farm.number,
                "name": farm.name,
                "organisation": farm.organisation,
                "place": _place_values(farm.place),
                "plots": list(farm.plots),
                "deliveries": farm.deliveries,
                "mass_g": farm.mass_g,
                "tenths_of_percent": farm.tenths,
            }
            for farm in trace.farms
        ],
    }


def _lot_values(row: LotRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "number": row.number,
        "kind": row.kind,
        "commodity": row.commodity,
        "form": row.form,
        "made_on": row.made_on.isoformat(),
        "organisation": row.organisation,
        "organisation_name": row.organisation_name,
        "facility": row.facility,
        "place": _place_values(row.place),
        "source": row.source,
        "batch": row.batch,
        "released": row.released,
        "made_g": row.made_g,
        "affected_g": row.affected_g,
        "stock_g": row.stock_g,
        "affected_stock_g": row.affected_stock_g,
        "on_the_road_g": row.on_the_road_g,
        "affected_on_the_road_g": row.affected_on_the_road_g,
        "shipped_g": row.shipped_g,
        "affected_shipped_g": row.affected_shipped_g,
        "buyers": list(row.buyers),
    }
