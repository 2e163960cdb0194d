"""Every component once, on one page, so that the look can be judged and checked without any data."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from traceability.errors import NotFound, Sentence
from traceability.schemas import Schema
from traceability.schemas.fields import Choice, Count, Day, FactSchema, Flag, Mass, Percent, Rows, Several, Text
from traceability.web import forms
from traceability.web.pages import config, page
from traceability.web.session import actor_of_cookie, public
from traceability.words import N_

blueprint = Blueprint("patterns", __name__)


class OutputRow(Schema):
    """One row of a table inside a form."""

    form = Choice(N_("What came out"), choices=(("parchment", N_("Parchment coffee")), ("husk", N_("Husk"))))
    mass_g = Mass(N_("Weight"), required=True)


class PatternSchema(FactSchema):
    """One field of each kind."""

    farmer = Text(N_("Farmer"), required=True, hint=N_("Number, name or nickname. Tone marks may be left out."))
    gross_g = Mass(N_("Gross weight"), required=True)
    bags_g = Several(Mass(N_("Bag")), least=1)
    count = Count(N_("Bags"))
    moisture = Percent(N_("Moisture"))
    grade = Choice(N_("Grade"), choices=(("A", "A"), ("B", "B"), ("R", "R")), required=True)
    variety = Choice(
        N_("Variety"), choices=tuple((name, name) for name in ("Catimor", "Typica", "Java", "Bourbon", "SL28"))
    )
    harvested_on = Day(N_("Harvest date"))
    organic = Flag(N_("Organic"))
    outputs = Rows(OutputRow)


@blueprint.get("/patterns")
@public
def patterns() -> Response:
    """The components, with a form that was opened; only in a demonstration or for signed-in people."""
    _only_for_insiders()
    form = forms.opened(PatternSchema(), {"farmer": "0417", "grade": "A", "bags_g-0": "48,6", "bags_g-1": "51,2"})
    return page("patterns.html", form=form)


@blueprint.post("/patterns")
@public
def try_patterns() -> Response:
    """The same page with what was typed, its problems, and one warning for heavy bags."""
    _only_for_insiders()
    form = forms.bind(PatternSchema(zone_minutes=420), request.form)
    if form.fact is not None and form.fact["gross_g"] > 200_000:
        form.warn(Sentence(N_("{gross_g} in one bag? Bags of this product usually weigh 20 to 80 kg."), form.fact))
    return page("patterns.html", status=form.status, form=form)


def _only_for_insiders() -> None:
    g.staff_page = True
    if not config().demo and actor_of_cookie() is None:
        raise NotFound()
