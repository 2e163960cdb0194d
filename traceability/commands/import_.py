"""`traceability import lots|farmers|plots|network FILE`: look first, store with `--commit`; good rows in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import click

from traceability.commands import Terminal, as_json, pass_terminal
from traceability.commodities import COMMODITIES
from traceability.domain.roles import Actor
from traceability.errors import Sentence
from traceability.imports.farmers import read_farmers
from traceability.imports.lots import read_lots
from traceability.imports.movements import Method
from traceability.imports.network import Network
from traceability.imports.network_files import FORMATS, read_network
from traceability.imports.network_masses import weighed
from traceability.imports.plots import read_plots
from traceability.imports.report import ImportReport, RowReport
from traceability.models.database import Database
from traceability.operations import intake, networks
from traceability.operations.registry import machine_actor
from traceability.queries.organisations import organisation_meant
from traceability.words import N_, say

Row = TypeVar("Row")
Command = Callable[..., Any]
Taking = Callable[..., str]  # (session, actor, row=...) -> the public code of what was made
_USUAL = "arabica_coffee"
_ANY_GOODS = "other_goods"
_KNOWN = sorted(key for key, goods in COMMODITIES.items() if not goods.unspecified)
_TOGETHER = 50  # rows of one transaction: a crash loses at most these, and a second run takes them up


@click.group()
def command() -> None:
    """Registers, lists and shapes that others keep."""


def _shared(function: Command) -> Command:
    """The options of every import."""
    for option in (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--organisation", default="", help="Its name or code; not needed while there is only one."),
        click.option("--commit", is_flag=True, help="Store the good rows. Without it nothing is stored."),
        click.option("--column", "columns", multiple=True, help="field=Title, when a column was guessed wrongly."),
        click.option("--accept-unusual", is_flag=True, help="Accept every row that would be asked about."),
        click.option("--commodity", type=click.Choice(_KNOWN), default=_USUAL, show_default=True),
        click.option("--bad-rows", type=click.Path(dir_okay=False, path_type=Path), help="Write the other rows here."),
        as_json,
    ):
        function = option(function)
    return function


@command.command()
@_shared
@click.option("--form", default="", help="What the lots are: green, fresh_fruit ... The usual one when not given.")
@click.option("--answer", "answers", multiple=True, help="ROW=accept, ROW=total or ROW=60 kg, for a row asked about.")
@pass_terminal
def lots(
    terminal: Terminal, /, file: Path, form: str, answers: Sequence[str], accept_unusual: bool, **more: Any
) -> None:
    """A register of lots (CSV, XLSX): each good row becomes a farm, a lot and a released batch."""
    report = read_lots(file, mapping=_pairs(more["columns"]), answers=_numbered(answers), accept_unusual=accept_unusual)
    source = _source(file, more["commodity"], form or intake.default_form(more["commodity"]))
    _finish(terminal, report, partial(intake.take_lot, source=source), more)


@command.command()
@_shared
@pass_terminal
def farmers(terminal: Terminal, /, file: Path, accept_unusual: bool, **more: Any) -> None:
    """A list of farmers (CSV, XLSX): each good row becomes a farmer, and a plot when an area is told."""
    report = read_farmers(file, mapping=_pairs(more["columns"]), accept_unusual=accept_unusual)
    source = _source(file, more["commodity"])
    _finish(terminal, report, partial(intake.take_farmer, source=source), more)


@command.command()
@_shared
@click.option("--country", default="", help="Where the plots are expected, as two letters: LA.")
@click.option("--take-offers", is_flag=True, help="Take the repaired shape where one is offered.")
@pass_terminal
def plots(
    terminal: Terminal, /, file: Path, country: str, take_offers: bool, accept_unusual: bool, **more: Any
) -> None:
    """Shapes of plots (GeoJSON, CSV, XLSX): each good one becomes a plot of its farmer."""
    with terminal.record() as database, database.reading() as session:
        known = intake.known_shapes(session, machine_actor(organisation_meant(session, more["organisation"])))
    report = read_plots(
        file,
        country=country,
        mapping=_pairs(more["columns"]),
        known=known,
        accept_unusual=accept_unusual,
        take_offers=take_offers,
    )
    source = _source(file, more["commodity"])
    _finish(terminal, report, partial(intake.take_plot, source=source), more)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form_of_file", type=click.Choice(FORMATS), default=None, help="Guessed when not given.")
@click.option(
    "--method",
    type=click.Choice([method.value for method in Method]),
    default=Method.FIRST_IN_FIRST_OUT.value,
    show_default=True,
    help="Which of what lies at a place leaves first, where a table of movements does not say it.",
)
@click.option("--column", "columns", multiple=True, help="field=Title, when a column of movements was guessed wrongly.")
@click.option("--organisation", default="", help="Its name or code; not needed while there is only one.")
@click.option("--commit", is_flag=True, help="Store the network. Without it nothing is stored.")
@click.option("--commodity", type=click.Choice(sorted(COMMODITIES)), default=_ANY_GOODS, show_default=True)
@click.option("--form", default="", help="What the lots are: green, fresh_fruit ... The first of the commodity.")
@as_json
@pass_terminal
def network(
    terminal: Terminal,
    /,
    file: Path,
    form_of_file: str | None,
    method: str,
    columns: Sequence[str],
    organisation: str,
    commit: bool,
    commodity: str,
    form: str,
    as_json: bool,
) -> None:
    """A network of places and lots (FoodChain-Lab JSON, EPCIS 2.0 JSON, a CSV of movements), made ready for tracing."""
    found = read_network(file, format=form_of_file or "", method=Method(method), mapping=_pairs(columns))
    today = (datetime.now(UTC) + timedelta(hours=14)).date()  # somewhere on earth
    moved = sum(lot.good.day is not None and lot.day > lot.good.day for lot in weighed(found, today))
    codes: dict[str, str] = {}
    if commit:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        source = networks.Source(digest, commodity, form or COMMODITIES[commodity].forms[0].key)
        with terminal.record() as database:
            with database.reading() as session:
                actor = machine_actor(organisation_meant(session, organisation))
            with terminal.progress(len(found.goods), N_("Storing")) as step:
                codes = networks.store_network(database, actor, found, source, step)
    if as_json:
        terminal.json(_network_data(terminal, found, codes, moved))
    else:
        _tell_network(terminal, found, codes, moved, stored=commit)


def _finish(terminal: Terminal, report: ImportReport[Row], take: Taking, more: Mapping[str, Any]) -> None:
    """Store the good rows when asked to, write the others out, and say what became of every row."""
    taken: list[str] = []
    if more["commit"]:
        with terminal.record() as database:
            with database.reading() as session:
                actor = machine_actor(organisation_meant(session, more["organisation"]))
            with terminal.progress(len(report.good), N_("Storing")) as step:
                for codes in _stored(database, actor, report.good, take):
                    taken += codes
                    step(len(codes))
    if more["bad_rows"]:
        more["bad_rows"].write_bytes(report.bad_rows_csv(terminal.language))
    if more["as_json"]:
        terminal.json(_as_data(terminal, report, taken))
    else:
        _tell(terminal, report, taken, stored=more["commit"])


def _stored(database: Database, actor: Actor, rows: Sequence[Row], take: Taking) -> Iterator[list[str]]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, _TOGETHER)):
        yield database.write(partial(_take_all, rows=chunk, actor=actor, take=take))


def _take_all(session: Any, rows: Sequence[Row], actor: Actor, take: Taking) -> list[str]:
    return [take(session, actor, row=row) for row in rows]


def _tell(terminal: Terminal, report: ImportReport[Row], taken: Sequence[str], *, stored: bool) -> None:
    for note in report.notes:
        click.echo(say(terminal.language, note))
    for row in report.rows:
        for problem in row.problems:
            if problem.severity != "note":
                _tell_problem(terminal, row, problem.column, problem.original, problem.reason, problem.suggestion)
    if report.not_kept:
        terminal.say(N_("Columns that were not kept: {columns}"), columns=", ".join(report.not_kept))
    counts = report.counts
    terminal.say(
        N_("{good} rows are good, {asked} need an answer, {bad} cannot be taken."),
        good=counts["good"],
        asked=counts["asked"],
        bad=counts["bad"],
    )
    if stored:
        terminal.say(N_("{count} rows are on record."), count=len(taken))
        if taken:
            terminal.say(N_("The first is {code}."), code=taken[0])
    else:
        terminal.say(N_("Nothing was stored. Say it again with --commit to store the good rows."))


def _tell_problem(
    terminal: Terminal, row: RowReport[Row], column: str, original: str, reason: Sentence, suggestion: Sentence | None
) -> None:
    terminal.say(
        N_("Row {row}, {column}, “{original}”: {reason}"),
        row=str(row.row_number),
        column=column,
        original=original,
        reason=reason,
    )
    if suggestion is not None:
        click.echo("  " + say(terminal.language, suggestion))


def _as_data(terminal: Terminal, report: ImportReport[Row], taken: Sequence[str]) -> dict[str, Any]:
    return {
        "counts": report.counts,
        "columns": {field: list(titles) for field, titles in report.mapping.items()},
        "not_kept": list(report.not_kept),
        "stored": list(taken),
        "rows": [
            {
                "row": row.row_number,
                "status": row.status,
                "problems": [
                    {
                        "column": problem.column,
                        "original": problem.original,
                        "severity": problem.severity,
                        "reason": say(terminal.language, problem.reason),
                        "suggestion": say(terminal.language, problem.suggestion) if problem.suggestion else "",
                    }
                    for problem in row.problems
                ],
            }
            for row in report.rows
            if row.problems
        ],
    }


def _tell_network(terminal: Terminal, found: Network, codes: dict[str, str], moved: int, *, stored: bool) -> None:
    for note in found.notes:
        click.echo(say(terminal.language, note))
    unknown = sum(good.mass_g is None for good in found.goods)
    if unknown:
        terminal.say(
            N_("Lots without a mass in the file: {count}. They weigh what went into them, or 1 kg where nothing did."),
            count=unknown,
        )
    if moved:
        terminal.say(
            N_("Lots dated before what they were made of, to stand on the later day: {count}."),
            count=moved,
        )
    terminal.say(
        N_("Read as {format}: {places} places, {lots} lots, {sources} of them sources, {links} links between lots."),
        format=found.format,
        places=len(found.places),
        lots=len(found.goods),
        sources=len(found.sources),
        links=found.links,
    )
    if stored:
        terminal.say(N_("{count} lots are on record."), count=len(codes))
        terminal.say(N_("The first is {code}."), code=next(iter(codes.values())))
    else:
        terminal.say(N_("Nothing was stored. Say it again with --commit to store the network."))


def _network_data(terminal: Terminal, found: Network, codes: dict[str, str], moved: int) -> dict[str, Any]:
    return {
        "format": found.format,
        "said": dict(found.said),
        "places": len(found.places),
        "lots": len(found.goods),
        "sources": len(found.sources),
        "links": found.links,
        "moved_to_a_later_day": moved,
        "without_mass": sum(good.mass_g is None for good in found.goods),
        "notes": [say(terminal.language, note) for note in found.notes],
        "stored": codes,
    }


def _source(file: Path, commodity: str, form: str = "") -> intake.Source:
    return intake.Source(hashlib.sha256(file.read_bytes()).hexdigest(), commodity, form)


def _pairs(columns: Sequence[str]) -> dict[str, str]:
    """`field=Title` options as a mapping."""
    pairs = dict(column.partition("=")[::2] for column in columns)
    if "" in pairs or "" in pairs.values():
        raise click.BadParameter("write --column field=Title")
    return pairs


def _numbered(answers: Sequence[str]) -> dict[int, str]:
    """`ROW=answer` options by row number."""
    found = {}
    for answer in answers:
        row, _, text = answer.partition("=")
        if not (row.isdecimal() and text):
            raise click.BadParameter("write --answer ROW=accept, ROW=total or ROW=60 kg")
        found[int(row)] = text
    return found
