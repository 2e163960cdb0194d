"""Who may read our record: authorities let in by us or by the law; and what an authority samples."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.errors import NoSuchOrganisation
from traceability.operations import authority
from traceability.queries import authority as reading
from traceability.schemas.authority import EndReadingSchema, GrantReadingSchema, SampleSchema
from traceability.schemas.facts import TimedSchema
from traceability.web import forms
from traceability.web.language import current_language
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import written

blueprint = Blueprint("authority", __name__)


@blueprint.get("/readers")
@signed_in()
def readers() -> Response:
    """The authorities that may read our record, and the form that lets another one in."""
    return _readers_page(forms.opened(_schema(GrantReadingSchema)))


@blueprint.post("/readers")
@signed_in(Kind.GRANT_READING)
def grant() -> AnyResponse:
    """Let an authority in."""
    form = forms.bind(_schema(GrantReadingSchema), request.form)
    done = forms.attempt(form, written(authority.grant_reading))
    return _readers_page(form) if done is None else redirect(url_for("authority.readers"), 303)


@blueprint.get("/readers/<code>/end")
@signed_in(Kind.END_READING)
def end(code: str) -> Response:
    """What ends, before it does."""
    form = forms.opened(_schema(EndReadingSchema), {"authority": code.upper()})
    return _end_page(form, code)


@blueprint.post("/readers/<code>/end")
@signed_in(Kind.END_READING)
def save_end(code: str) -> AnyResponse:
    """It may read no longer; what it read and printed it keeps."""
    form = forms.bind(_schema(EndReadingSchema), request.form)
    done = forms.attempt(form, written(authority.end_reading))
    return _end_page(form, code) if done is None else redirect(url_for("authority.readers"), 303)


@blueprint.get("/oversight/sample")
@signed_in(Kind.SET_SAMPLE)
def sample() -> Response:
    """How many of a hundred batches are chosen by chance."""
    with database().reading() as session:
        percent = reading.sample_percent(session, current_actor().org_id)
    return _sample_page(forms.opened(_schema(SampleSchema), {"percent": str(percent)}))


@blueprint.post("/oversight/sample")
@signed_in(Kind.SET_SAMPLE)
def save_sample() -> AnyResponse:
    """Choose so many from now on."""
    form = forms.bind(_schema(SampleSchema), request.form)
    done = forms.attempt(form, written(authority.set_sample))
    return _sample_page(form) if done is None else redirect(url_for("oversight.table", what="queue"), 303)


def _schema(kind: type[TimedSchema]) -> TimedSchema:
    return kind(zone_minutes=current_actor().zone_minutes)


def _readers_page(form: forms.Form) -> Response:
    actor, language = current_actor(), current_language()
    with database().reading() as session:
        rows = reading.readers_of(session, actor.org_id)
        others = reading.authorities(session, actor.org_id)
        known = {row.code for row in rows if row.by_itself}
        choices = [(row.code, row.called.text(language)) for row in others if row.code not in known]
    form.offer("authority", choices)
    return page("authority/readers.html", status=form.status, form=form, rows=rows, choices=choices)


def _end_page(form: forms.Form, code: str) -> Response:
    """Raises NoSuchOrganisation for one that we did not let in ourselves."""
    with database().reading() as session:
        rows = reading.readers_of(session, current_actor().org_id)
    found = [row for row in rows if row.by_itself and row.code == code.upper()]
    if not found:
        raise NoSuchOrganisation(code=code)
    return page("authority/end.html", status=form.status, form=form, reader=found[0])


def _sample_page(form: forms.Form) -> Response:
    return page("authority/sample.html", status=form.status, form=form)
