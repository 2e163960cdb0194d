"""Oversight, for who looks and changes nothing: volumes beside land, certificates, codes, recalls; each as a file too.

Everybody reads their own organisation; auditors and inspectors of an authority read all that let it in, without the
names of people. Every table says as of when its data is, who was not heard of, and by which filter it was made.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from flask import Blueprint, Response, current_app, request

from traceability import words
from traceability.commodities import COMMODITIES
from traceability.documents.listing import Cell, Listing, listing_pdf
from traceability.domain.moments import day_of
from traceability.errors import NotFound
from traceability.exports.sheets import CSV_TYPE, XLSX_TYPE, Sheet, to_csv, to_xlsx
from traceability.queries import authority, oversight, oversight_search
from traceability.queries.authority import Heard, Seen
from traceability.schemas import Typed, load
from traceability.schemas.oversight import OversightAsked, OversightAskedSchema
from traceability.web.goods import commodity_name
from traceability.web.language import current_language
from traceability.web.oversight_cells import say
from traceability.web.oversight_tables import TABLES, Filter, Table
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.verdicts import BADGES
from traceability.words import N_

blueprint = Blueprint("oversight", __name__)

_PDF_TYPE: Final = "application/pdf"
_WEEKS: Final = 12  # of volumes, unless other days are asked for
_A_YEAR: Final = timedelta(days=365)  # of certificates
_FIRST: Final = date(1970, 1, 5)
_LAST: Final = date(9998, 12, 31)  # its midnight in another zone still has a year
_NOTHING: Final = OversightAsked(None, None, "", "")


class Made(NamedTuple):
    """A table with what it was made by and as of when."""

    table: Table
    by: Filter
    as_of: datetime
    heard: list[Heard]


@blueprint.get("/oversight")
@signed_in()
def overview() -> Response:
    """The tables with how many lines each has, and the box that finds any code."""
    with database().reading() as session:
        seen = authority.seen_by(session, current_actor())
        tables = [(what, make(session, _filter(what, seen, _NOTHING))) for what, make in TABLES.items()]
        as_of, entries = oversight.data_as_of(session, seen)
        today = oversight.issued_today(session, seen)
        heard = authority.heard_of(session, seen, datetime.now(UTC))
    return page(
        "oversight/overview.html",
        tables=tables,
        as_of=as_of,
        entries=entries,
        today=today,
        seen=seen,
        silent=_silent(heard),
    )


@blueprint.get("/oversight/find")
@signed_in()
def find() -> Response:
    """Any code on a box, over all organisations that are read."""
    asked = request.args.get("q", "")[:200]
    with database().reading() as session:
        seen = authority.seen_by(session, current_actor())
        found = oversight_search.find(session, seen, asked)
        as_of, _ = oversight.data_as_of(session, seen)
    return page("oversight/find.html", asked=asked, found=found, seen=seen, as_of=as_of, states=BADGES)


@blueprint.get("/oversight/<what>")
@signed_in()
def table(what: str) -> Response:
    """One table by its filter."""
    made, actor = _made(what), current_actor()
    with database().reading() as session:
        provinces = oversight.provinces(session, made.by.seen) if made.table.goods else []
        others = authority.organisations_let_in(session, actor)
    return page(
        "oversight/table.html",
        what=what,
        table=made.table,
        since=made.by.since,
        until=made.by.until,
        asked=made.by.asked,
        as_of=made.as_of,
        silent=_silent(made.heard),
        provinces=provinces,
        products=[(key, goods.name(current_language())) for key, goods in COMMODITIES.items()],
        organisations=[(code, name.text(current_language())) for code, name in others],
        sample=made.by.seen.sample_percent if what == "queue" else None,
        kept={name: request.args[name] for name in OversightAsked._fields if name in request.args},
    )


@blueprint.get("/oversight/<what>.csv")
@signed_in()
def as_csv(what: str) -> Response:
    """The same as a file."""
    made = _made(what)
    return _file(what, made, "csv", CSV_TYPE, to_csv(_sheet(made)))


@blueprint.get("/oversight/<what>.xlsx")
@signed_in()
def as_xlsx(what: str) -> Response:
    """The same as a workbook."""
    made = _made(what)
    return _file(what, made, "xlsx", XLSX_TYPE, to_xlsx(_sheet(made)))


@blueprint.get("/oversight/<what>.pdf")
@signed_in()
def as_pdf(what: str) -> Response:
    """The same on paper, as it is read here."""
    made, language = _made(what), current_language()
    listing = Listing(
        title=say(made.table.title),
        about=_about(made),
        columns=tuple((say(label), is_number) for label, is_number in made.table.columns),
        rows=tuple(tuple(Cell(cell.shown, cell.flagged) for cell in row) for row in made.table.rows),
        empty=say(N_("There is nothing for this filter.") if made.table.dated else N_("There is nothing here.")),
    )
    paper = listing_pdf(listing, language=language, author=current_actor().house(language))
    return _file(what, made, "pdf", _PDF_TYPE, paper)


def _sheet(made: Made) -> Sheet:
    return Sheet(
        title=say(made.table.title),
        about=_about(made),
        columns=tuple(say(label) for label, _ in made.table.columns),
        rows=tuple(tuple(cell.value for cell in row) for row in made.table.rows),
    )


def _file(what: str, made: Made, ending: str, media_type: str, content: bytes) -> Response:
    response = current_app.response_class(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=f"{what}-{made.by.until.isoformat()}.{ending}")
    return response


def _made(what: str) -> Made:
    if what not in TABLES:
        raise NotFound()
    typed = {name: Typed(request.args[name]) for name in OversightAsked._fields if request.args.get(name, "").strip()}
    asked = load(OversightAskedSchema(), typed)
    with database().reading() as session:
        seen = authority.seen_by(session, current_actor(), asked.organisation.upper())
        by = _filter(what, seen, asked)
        as_of, _ = oversight.data_as_of(session, seen)
        heard = authority.heard_of(session, seen, datetime.now(UTC))
        return Made(TABLES[what](session, by), by, as_of, heard)


def _filter(what: str, seen: Seen, asked: OversightAsked) -> Filter:
    """The days asked for, or the usual ones of that table."""
    today = day_of(datetime.now(UTC), seen.zone_minutes)
    usual = today - _A_YEAR if what == "certificates" else oversight.period(today, _WEEKS)[0]
    since, until = asked.since or usual, asked.until or today
    return Filter(seen, min(max(since, _FIRST), _LAST), min(max(until, _FIRST), _LAST), asked)


def _about(made: Made) -> tuple[tuple[str, str], ...]:
    """What stands above the table in a file: whose it is, as of when, who is silent, and the filter."""
    language, actor, by = current_language(), current_actor(), made.by
    more = by.asked
    lines = [
        (say(N_("Organisation")), actor.house(language)),
        (say(N_("Data as of")), words.moment(language, made.as_of, by.seen.zone_minutes, with_zone=True)),
    ]
    if by.seen.authority:
        names = sorted(name.text(language) for name in by.seen.organisations.values())
        lines.append((say(N_("Read here")), ", ".join(names) or say(N_("Nobody"))))
        lines.append((say(N_("Not heard of for long")), ", ".join(_silent(made.heard)) or say(N_("Nobody"))))
    if made.table.dated:
        lines.append((say(N_("Days")), f"{by.since.isoformat()} – {by.until.isoformat()}"))
    if made.table.goods:
        lines.append((say(N_("Product")), commodity_name(more.product) if more.product else say(N_("All"))))
        lines.append((say(N_("Province")), more.province or say(N_("All"))))
    return tuple(lines)


def _silent(heard: list[Heard]) -> list[str]:
    """Who was not heard of for a week, or has a phone that was not for three days."""
    return [row.name.text(current_language()) for row in heard if row.silent]
