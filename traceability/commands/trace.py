"""`traceability trace back|forward`: which farms are in a lot, and where the goods of a lot, farmer or plot went.

On the machine itself everything may be seen, across organisations.
"""

from __future__ import annotations

from typing import Any

import click

from traceability.commands import Terminal, as_json, pass_terminal
from traceability.domain.dossier import Place
from traceability.queries.meanings import lot_meant_by, meant_by
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


@command.command()
@click.argument("code")
@as_json
@pass_terminal
def back(terminal: Terminal, code: str, as_json: bool) -> None:
    """List every farm in a lot or batch, in grams that sum to it. CODE is a public code or a lot number."""
    with terminal.record() as database, database.reading() as session:
        trace = trace_back_rows(session, lot_meant_by(session, code))
    if as_json:
        terminal.json(_back_values(trace))
    else:
        _print_back(terminal, trace)


@command.command()
@click.argument("code")
@as_json
@pass_terminal
def forward(terminal: Terminal, code: str, as_json: bool) -> None:
    """List every lot and batch that goods went into. CODE is that of a lot, batch, farmer or plot, or its number."""
    with terminal.record() as database, database.reading() as session:
        trace = trace_forward_rows(session, meant_by(session, code).lots)
    if as_json:
        terminal.json({"batches": len(trace.batches), "lots": [_lot_values(row) for row in trace.rows]})
    else:
        _print_forward(terminal, trace)


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
        "shipped_g": row.shipped_g,
        "buyers": list(row.buyers),
    }
