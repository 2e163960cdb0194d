"""The API's answers about where a lot comes from, why, by which method, and where many lots went.

Own farms, plots, lots and days are named; what is another organisation's is one line, as on the pages.
"""

from __future__ import annotations

from typing import Any

from traceability.domain.methods import By, Method, Period
from traceability.operations.lookups import lot_of
from traceability.queries.edges import ALWAYS
from traceability.queries.meanings import sources_meant
from traceability.queries.methods import Found, Row, methods_of, side_by_side
from traceability.queries.origins import Share, days_between, seen_by, shares_by
from traceability.queries.reasons import Why, own_rows, why_rows
from traceability.queries.traces import ForwardTrace, trace_forward_rows
from traceability.schemas.origins import ForwardAsked, MethodsAsked, OriginsAsked, WhyAsked
from traceability.web.language import current_language
from traceability.web.pages import database
from traceability.web.rest.callers import caller
from traceability.words import say


def origins_counted(asked: OriginsAsked, code: str) -> dict[str, Any]:
    """One line for each, the largest first; grams through other days are told apart."""
    with database().reading() as session:
        lot = lot_of(session, caller(), code)
        found = shares_by(session, lot, By(asked.by), days_between(asked.since, asked.until))
    rows = [_share(row) for row in seen_by(caller().org_code, found.rows)]
    return {
        "lot": found.code,
        "number": found.number,
        "mass_g": found.mass_g,
        "by": asked.by,
        "rows": rows,
        "outside_g": found.outside_g,
        "outside_tenths": found.outside_tenths,
        "method": str(found.method),
        "frozen_version": found.frozen_version,
    }


def reason(asked: WhyAsked, code: str) -> Why:
    """The arithmetic from a farm, plot, lot, organisation or day down to a lot, through own lots."""
    with database().reading() as session:
        lot = lot_of(session, caller(), code)
        why = why_rows(session, lot, asked.of, days_between(asked.since, asked.until), caller().org_id)
    return own_rows(why, caller().org_code)


def methods_compared(asked: MethodsAsked, code: str) -> dict[str, Any]:
    """What every method says of a lot, or why it says nothing."""
    with database().reading() as session:
        lot = lot_of(session, caller(), code)
        period = Period(asked.period)
        found = methods_of(session, lot, period=period, scheme=asked.scheme, everything=asked.not_allowed)
        rows = side_by_side(session, found, caller().org_code)
    return {"methods": [_method(one) for one in found], "farms": [_farm(row) for row in rows]}


def forward_from(asked: ForwardAsked) -> ForwardTrace:
    """Everything that several sources went into; nothing is stored, and nothing stops."""
    days = days_between(asked.since, asked.until)
    with database().reading() as session:
        lots = sources_meant(session, asked.codes, asked.place, days, caller().org_id)
        return trace_forward_rows(session, lots, ALWAYS if asked.place else days)


def _share(row: Share) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in ("code", "number", "name", "plot", "on", "organisation")}
    name = row.organisation_called.text(current_language())
    return {**shown, "organisation_name": name, "mass_g": row.mass_g, "tenths": row.tenths}


def _method(found: Found) -> dict[str, Any]:
    refusal = say(current_language(), found.refusal) if found.refusal is not None else ""
    told = {"method": str(found.method), "counts": found.counts, "frozen_version": found.frozen_version}
    return {**told, "origins": found.origins, "refusal": refusal, "account": found.account}


def _farm(row: Row) -> dict[str, Any]:
    masses = {str(method): row.grams.get(method) for method in Method if method is not Method.IN_EXCESS}
    shown = {name: getattr(row.share, name) for name in ("code", "number", "name", "organisation")}
    return {**shown, "mass_g": masses, "possible": row.possible}
