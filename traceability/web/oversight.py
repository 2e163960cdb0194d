"""Oversight, for who looks and changes nothing: volumes beside land, certificates, codes, recalls; each as a file too.

Every table says as of when its data is and by which filter it was made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from flask import Blueprint, Response, current_app, request

from traceability import words
from traceability.commodities import COMMODITIES
from traceability.documents import terms
from traceability.domain.dossier import Standing
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.domain.schemes import scheme_words
from traceability.errors import NotFound
from traceability.exports.sheets import CSV_TYPE, XLSX_TYPE, Sheet, Value, to_csv, to_xlsx
from traceability.queries import oversight
from traceability.schemas import Typed, load
from traceability.schemas.oversight import OversightAsked, OversightAskedSchema
from traceability.web.goods import commodity_name, goods_name
from traceability.web.language import current_language
from traceability.web.packing import STATES
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.words import N_

blueprint = Blueprint("oversight", __name__)

_WEEKS: Final = 12  # of volumes, unless other days are asked for
_A_YEAR: Final = timedelta(days=365)  # of certificates
_FIRST: Final = date(1970, 1, 5)
_LAST: Final = date(9998, 12, 31)  # its midnight in another zone still has a year
_STANDING: Final = {
    Standing.VALID: N_("Valid"),
    Standing.EXPIRING: N_("Ends soon"),
    Standing.EXPIRED: N_("Ended"),
    Standing.SUSPENDED: N_("Suspended"),
    Standing.NOT_YET: N_("Not valid yet"),
}


@dataclass(frozen=True)
class Cell:
    """One cell: as it is read here, as a file holds it, and whether it is to be looked at."""

    shown: str
    value: Value
    flagged: bool = False
    code: str = ""  # of a batch that the cell opens


@dataclass(frozen=True)
class Table:
    """A table with the words of its columns (is it a number?) and rows; `dated` when days can be asked for."""

    title: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    dated: bool = False
    goods: bool = False  # a product and a province can be asked for


Filter = tuple[date, date, OversightAsked]
Maker = Callable[[Actor, Filter], Table]


@blueprint.get("/oversight")
@signed_in()
def overview() -> Response:
    """The tables with how many lines each has, and the box that finds any code."""
    actor = current_actor()
    nothing = OversightAsked(None, None, "", "")
    tables = [(what, make(actor, _filter(what, nothing))) for what, make in TABLES.items()]
    with database().reading() as session:
        as_of, entries = oversight.data_as_of(session, actor)
    return page("oversight/overview.html", tables=tables, as_of=as_of, entries=entries)


@blueprint.get("/oversight/<what>")
@signed_in()
def table(what: str) -> Response:
    """One table by its filter."""
    made, asked, as_of = _made(what)
    actor = current_actor()
    with database().reading() as session:
        provinces = oversight.provinces(session, actor) if made.goods else []
    return page(
        "oversight/table.html",
        what=what,
        table=made,
        since=asked[0],
        until=asked[1],
        asked=asked[2],
        as_of=as_of,
        provinces=provinces,
        products=[(key, goods.name(current_language())) for key, goods in COMMODITIES.items()],
        kept={name: request.args[name] for name in OversightAsked._fields if name in request.args},
    )


@blueprint.get("/oversight/<what>.csv")
@signed_in()
def as_csv(what: str) -> Response:
    """The same as a file."""
    return _file(what, "csv", CSV_TYPE, to_csv)


@blueprint.get("/oversight/<what>.xlsx")
@signed_in()
def as_xlsx(what: str) -> Response:
    """The same as a workbook."""
    return _file(what, "xlsx", XLSX_TYPE, to_xlsx)


def _file(what: str, ending: str, media_type: str, written: Callable[[Sheet], bytes]) -> Response:
    made, asked, as_of = _made(what)
    sheet = Sheet(
        title=_say(made.title),
        about=_about(made, asked, as_of),
        columns=tuple(_say(label) for label, _ in made.columns),
        rows=tuple(tuple(cell.value for cell in row) for row in made.rows),
    )
    response = current_app.response_class(written(sheet), content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=f"{what}-{asked[1].isoformat()}.{ending}")
    return response


def _made(what: str) -> tuple[Table, Filter, datetime]:
    if what not in TABLES:
        raise NotFound()
    typed = {name: Typed(request.args[name]) for name in OversightAsked._fields if request.args.get(name, "").strip()}
    asked = _filter(what, load(OversightAskedSchema(), typed))
    with database().reading() as session:
        as_of, _ = oversight.data_as_of(session, current_actor())
    return TABLES[what](current_actor(), asked), asked, as_of


def _filter(what: str, asked: OversightAsked) -> Filter:
    """The days asked for, or the usual ones of that table."""
    today = day_of(datetime.now(UTC), current_actor().zone_minutes)
    usual = today - _A_YEAR if what == "certificates" else oversight.period(today, _WEEKS)[0]
    since, until = asked.since or usual, asked.until or today
    return min(max(since, _FIRST), _LAST), min(max(until, _FIRST), _LAST), asked


def _about(made: Table, asked: Filter, as_of: datetime) -> tuple[tuple[str, str], ...]:
    """What stands above the table in a file: whose it is, as of when, and the filter."""
    language, actor = current_language(), current_actor()
    since, until, more = asked
    lines = [
        (_say(N_("Organisation")), actor.house(language)),
        (_say(N_("Data as of")), words.moment(language, as_of, actor.zone_minutes, with_zone=True)),
    ]
    if made.dated:
        lines.append((_say(N_("Days")), f"{since.isoformat()} – {until.isoformat()}"))
    if made.goods:
        lines.append((_say(N_("Product")), commodity_name(more.product) if more.product else _say(N_("All"))))
        lines.append((_say(N_("Province")), more.province or _say(N_("All"))))
    return tuple(lines)


# -- the tables ---------------------------------------------------------------------------------------------------


def _volumes(actor: Actor, asked: Filter) -> Table:
    since, until, more = asked
    with database().reading() as session:
        rows = oversight.volumes(session, actor, since, until, commodity=more.product, province=more.province)
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
        ),
        tuple(
            (
                _text(f"{commodity_name(row.commodity)} · {goods_name(row.commodity, row.form)}"),
                _text(row.province),
                _day(row.week),
                _count(row.farmers),
                _kilograms(row.mass_g),
                _kilograms(row.so_far_g, flagged=row.over),
                _hectares(row.area_m2),
                _kilograms(row.cap_g) if row.cap_g is not None else _text(""),
            )
            for row in rows
        ),
        dated=True,
        goods=True,
    )


def _certificates(actor: Actor, asked: Filter) -> Table:
    language = current_language()
    with database().reading() as session:
        rows = oversight.certificates_issued(session, actor, *asked[:2])
    return Table(
        N_("Certificates issued"),
        (
            (N_("Number"), False),
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
                _text(row.lot),
                _day(row.on),
                _text(goods_name(row.commodity, row.form)),
                _kilograms(row.mass_g),
                _text(terms.country(language, row.destination) if row.destination else ""),
                _text(_say(STATES[row.status][1]), flagged=STATES[row.status][0] in ("hold", "stop")),
            )
            for row in rows
        ),
        dated=True,
    )


def _registrations(actor: Actor, _asked: Filter) -> Table:
    with database().reading() as session:
        rows = oversight.registrations(session, actor)
    return Table(
        N_("Orchards, packing houses and exporters"),
        (
            (N_("Code"), False),
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
                _text(row.code),
                _text(_say(scheme_words(row.scheme))),
                _text(row.authority),
                _text(commodity_name(row.commodity) if row.commodity else ""),
                _count(row.plots),
                _count(row.places),
                _day(row.valid_to) if row.valid_to else _text(""),
                _text(_say(_STANDING[row.standing]), flagged=row.standing is not Standing.VALID),
            )
            for row in rows
        ),
    )


def _recalls(actor: Actor, _asked: Filter) -> Table:
    with database().reading() as session:
        rows = oversight.open_recalls(session, actor)
    return Table(
        N_("Recalls that are open"),
        (
            (N_("What is recalled"), False),
            (N_("Reason"), False),
            (N_("Since"), False),
            (N_("Lots"), True),
            (N_("Batches"), True),
            (N_("Organisations"), True),
            (N_("Still in hand, kg"), True),
            (N_("With buyers, kg"), True),
        ),
        tuple(
            (
                _text(row.recall.name, flagged=True),
                _text(row.recall.reason),
                _day(day_of(row.recall.opened_at, row.recall.zone_minutes)),
                _count(row.lots),
                _count(row.batches),
                _count(row.organisations),
                _kilograms(row.on_hand_g),
                _kilograms(row.gone_g),
            )
            for row in rows
        ),
    )


TABLES: Final[dict[str, Maker]] = {
    "volumes": _volumes,
    "certificates": _certificates,
    "registrations": _registrations,
    "recalls": _recalls,
}


# -- cells --------------------------------------------------------------------------------------------------------


def _say(text: str) -> str:
    return words.translate(current_language(), text)


def _text(text: str, *, flagged: bool = False) -> Cell:
    return Cell(text, text, flagged)


def _count(number: int) -> Cell:
    return Cell(words.number(current_language(), number), number)


def _day(on: date) -> Cell:
    return Cell(words.day(current_language(), on), on)


def _kilograms(grams: int, *, flagged: bool = False) -> Cell:
    return Cell(words.decimal(current_language(), grams, 3), Decimal(grams) / 1000, flagged)


def _hectares(square_metres: int) -> Cell:
    return Cell(words.decimal(current_language(), square_metres, 4), Decimal(square_metres) / 10_000)
