"""Labels that were read too widely: for the people of the organisation, as a list and as a file of evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app

from traceability.documents import terms
from traceability.domain.events import Kind
from traceability.domain.roles import Role
from traceability.domain.scans import ENOUGH, REASONS, WINDOW, Limits
from traceability.errors import Forbidden
from traceability.exports.sheets import CSV_TYPE, Sheet, to_csv
from traceability.queries.scans import Seen, limits_here, seen_widely, usual_tenths
from traceability.web.counting import limits_of
from traceability.web.language import current_language
from traceability.web.pages import config, database, page
from traceability.web.session import current_actor, signed_in
from traceability.words import LANGUAGE_NAMES, N_, decimal, moment, translate

blueprint = Blueprint("scans", __name__)

Numbers = Mapping[str, int] | Sequence[tuple[str, int]]


def may_read() -> None:
    """Whoever handles reports reads them, and who reads everything. Raises Forbidden for the others."""
    actor = current_actor()
    if not actor.may(Kind.HANDLE_REPORT) and Role.AUDITOR not in actor.roles:
        raise Forbidden()


@blueprint.get("/scans")
@signed_in()
def seen() -> Response:
    """What was counted of every label and batch that asks for a look."""
    may_read()
    rows = [(one, places(one.found.countries), spoken(one.found.languages)) for one in read_widely()]
    with database().reading() as session:
        tenths = usual_tenths(session, current_actor().org_id)
    usual = decimal(current_language(), tenths, 1) if tenths else ""
    limits, days = here(), WINDOW.days
    return page("scans/seen.html", seen=rows, why=REASONS, limits=limits, usual=usual, enough=ENOUGH, days=days)


@blueprint.get("/scans.csv")
@signed_in()
def as_csv() -> Response:
    """The same as a file: numbers, and nothing of anybody."""
    may_read()
    language, actor = current_language(), current_actor()

    def say(text: str) -> str:
        return translate(language, text)

    when = moment(language, datetime.now(UTC), actor.zone_minutes, with_zone=True)
    sheet = Sheet(
        title=say(N_("Labels that may be copied or shared")),
        about=(
            (say(N_("Organisation")), actor.house(language)),
            (say(N_("Data as of")), when),
            (say(N_("Days looked back")), str(WINDOW.days)),
            (say(N_("Devices that may read a label")), str(here().devices)),
        ),
        columns=(
            say(N_("Batch")),
            say(N_("Lot")),
            say(N_("Serial number")),
            say(N_("Why")),
            say(N_("Devices")),
            say(N_("Days")),
            say(N_("Most devices on one day")),
            say(N_("Visits")),
            say(N_("Never printed")),
            say(N_("Countries")),
            say(N_("Languages")),
        ),
        rows=tuple(
            (
                one.code,
                one.number,
                one.serial,
                ", ".join(say(REASONS[reason]) for reason in one.reasons),
                one.found.devices,
                one.found.days,
                one.found.most,
                one.scans,
                one.found.unprinted,
                _listed(places(one.found.countries)),
                _listed(spoken(one.found.languages)),
            )
            for one in read_widely()
        ),
    )
    answer = current_app.response_class(to_csv(sheet), content_type=CSV_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename="labels.csv")
    return answer


def read_widely() -> list[Seen]:
    """What asks the person's organisation for a look today."""
    with database().reading() as session:
        return seen_widely(session, current_actor(), limits_of(config()), datetime.now(UTC).date())


def here() -> Limits:
    """Above what a label of the person's organisation is listed today."""
    with database().reading() as session:
        return limits_here(session, current_actor().org_id, limits_of(config()))


def places(countries: Numbers) -> list[tuple[str, int]]:
    """Countries by name with their numbers."""
    language = current_language()
    unknown = translate(language, N_("not known"))
    return [(terms.country(language, code) if code else unknown, n) for code, n in dict(countries).items()]


def spoken(languages: Numbers) -> list[tuple[str, int]]:
    """Languages by their own names with their numbers."""
    return [(LANGUAGE_NAMES.get(code, code), n) for code, n in dict(languages).items()]


def _listed(pairs: list[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {n}" for name, n in pairs)
