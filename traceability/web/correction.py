"""Corrections on a phone: what an entry says, why it was wrong, what is right; or asking a manager for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from flask import Blueprint, Response, redirect, request, url_for
from marshmallow import ValidationError, post_load
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import KINDS, Kind
from traceability.domain.facts import DeclareError, Measured, WeighIn
from traceability.domain.quantity import plain_mass
from traceability.errors import ManagerNeeded, Sentence, UsedDownstream
from traceability.operations import correction, lookups
from traceability.operations.collection import likely_weight
from traceability.operations.delivered import delivery_of
from traceability.operations.paid import declare_with_money
from traceability.queries import corrections, money
from traceability.queries.approvals import second_person_there
from traceability.queries.corrections import EntryStory
from traceability.queries.receipts import replaced_by
from traceability.schemas import FILL_THIS_IN, Schema
from traceability.schemas.fields import Choice, Code, Flag, Mass, Several, Text
from traceability.schemas.inspection import (
    ERROR_REASONS,
    WEIGH_IN_REASONS,
    AskCorrectionSchema,
    DeclareErrorSchema,
)
from traceability.web import forms, offers
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import written
from traceability.words import N_

blueprint = Blueprint("correction", __name__)


class CorrectWeighInSchema(DeclareErrorSchema):
    """A wrong weigh-in, and the right one when `right` is ticked."""

    makes: ClassVar[Any] = dict
    reason = Choice(
        N_("What is wrong"), choices=(*WEIGH_IN_REASONS, ("incorrect_data", N_("Something else"))), required=True
    )
    note = Text(
        N_("Why, in a few words"),
        most=500,
        long=True,
        hint=N_("Only needed for something else."),
    )
    right = Flag(N_("Enter what is right, in the same step"))
    farmer = Code(N_("Farmer"), most=24)
    plot = Choice(N_("Plot"), hint=N_("Leave this empty when the plot is not known."))
    bags_g = Several(Mass(N_("Bag")), most=200)
    tare_g = Mass(N_("Tare of all bags"), least=0, default=0)
    grade = Text(N_("Grade"), most=40)

    @post_load
    def make(self, values: dict[str, Any], **more: Any) -> Any:
        """Farmer and bags are needed once somebody wants to say what is right."""
        if values["right"] and not values["bags_g"]:
            raise ValidationError({"bags_g": [Sentence(FILL_THIS_IN)]})
        return super().make(values, **more)


# -- declare ----------------------------------------------------------------------------------------------------


@blueprint.get("/correct")
@signed_in(Kind.DECLARE_ERROR)
def declare() -> Response:
    """What the entry says, and what was wrong with it."""
    story = story_of(request.args.get("event", ""))
    start: dict[str, object] = {"event": story.code}
    if story.kind == Kind.WEIGH_IN:
        start |= _as_typed(story)
    return _declare_page(forms.opened(_schema(story), start), story)


@blueprint.post("/correct")
@signed_in(Kind.DECLARE_ERROR)
def save_declare() -> AnyResponse:
    """Declare it in error; for a weigh-in with the right one beside it, in the same transaction."""
    story = story_of(request.form.get("event", ""))
    form = forms.bind(_schema(story), request.form)
    if isinstance(form.fact, Mapping):
        form.fact = _with_the_right_one(form.fact, story)
    done = forms.attempt(form, written(declare_with_money))
    if done is None:
        return _declare_page(form, story)
    if story.kind == Kind.PAY:
        return redirect(url_for("registry.farmer", code=str(story.facts["farmer"])), 303)
    if story.kind == Kind.AGREE_PRICE:
        return redirect(url_for("money.owed"), 303)
    right = done.answer.get("replacement")
    if right:
        return redirect(url_for("collection.receipt", code=right["lot"]), 303)
    if story.paid:
        return redirect(url_for("correction.declare", event=story.code), 303)  # which says what became of the money
    return redirect(offers.lot_page(story.lot), 303)


def _declare_page(form: forms.Form, story: EntryStory) -> Response:
    if "plot" in form.schema.fields:
        with database().reading() as session:
            plots = corrections.plots_of_farmer(session, current_actor().org_id, str(story.facts["farmer"]))
        form.offer("plot", plots)
    beyond = {" ".join((refusal.__doc__ or "").split()) for refusal in (ManagerNeeded, UsedDownstream)}
    stuck = any(sentence.text in beyond for some in form.problems.values() for sentence in some)
    unnamed = None if story.declared else _money_without_name(story)
    valid = _valid_receipt(story) if story.declared else ""
    return page(
        "correction/declare.html",
        status=form.status,
        form=form,
        story=story,
        words=_words(story.kind),
        stuck=stuck,
        asking=_asking(),
        unnamed=unnamed,
        valid=valid,
    )


def _valid_receipt(story: EntryStory) -> str:
    """The code of the delivery that replaced a weigh-in in error; empty where none did."""
    with database().reading() as session:
        return replaced_by(session, lookups.event_of(session, current_actor(), story.code))[1]


def _money_without_name(story: EntryStory) -> money.DueRow | None:
    if story.kind != Kind.WEIGH_IN:
        return None
    with database().reading() as session:
        return money.paid_without_naming(session, current_actor(), story.lot)


def _as_typed(story: EntryStory) -> dict[str, object]:
    """The weigh-in as it was entered, ready to be changed."""
    facts = story.facts
    with database().reading() as session:
        number = corrections.farmer_number(session, current_actor().org_id, str(facts["farmer"]))
    bags = {f"bags_g-{place}": plain_mass(grams) for place, grams in enumerate(facts["bags_g"])}
    tare = plain_mass(facts["tare_g"])
    said = {"farmer": number, "plot": facts["plot"], "tare_g": tare, "grade": story.grade, "money": "stays"}
    return {**bags, **said}


def _with_the_right_one(values: Mapping[str, Any], story: EntryStory) -> DeclareError:
    """The declaration, and the whole right weigh-in: what nobody changes stays as it was."""
    common = ("client_id", "occurred_at", "zone_minutes", "note", "confirmed", "money")
    declared = DeclareError(**{name: values[name] for name in common}, event=values["event"], reason=values["reason"])
    if not values["right"]:
        return declared
    facts = story.facts
    price_per_kg, currency = story.price or (facts.get("price_per_kg"), str(facts.get("currency", "")))
    right = WeighIn(
        client_id=declared.client_id,
        occurred_at=story.at,
        zone_minutes=story.zone_minutes,
        confirmed=declared.confirmed,
        facility=story.place_code,
        farmer=values["farmer"] or str(facts["farmer"]),
        commodity=story.commodity,
        form=story.form,
        bags_g=values["bags_g"],
        tare_g=values["tare_g"],
        plot=values["plot"],
        grade=values["grade"],
        variety=story.variety,
        unit=story.unit,
        measured=tuple(Measured(**item) for item in facts.get("measured", ())),
        price_per_kg=price_per_kg,
        currency=currency,
    )
    return replace(declared, replacement=right)


# -- ask --------------------------------------------------------------------------------------------------------


@blueprint.get("/correct/ask")
@signed_in(Kind.ASK_CORRECTION)
def ask() -> Response:
    """Ask a manager for the correction of an entry."""
    story = story_of(request.args.get("event", ""))
    form = forms.opened(AskCorrectionSchema(zone_minutes=current_actor().zone_minutes), {"event": story.code})
    return _ask_page(form, story)


@blueprint.post("/correct/ask")
@signed_in(Kind.ASK_CORRECTION)
def save_ask() -> AnyResponse:
    """Keep the request; managers see it in their list."""
    story = story_of(request.form.get("event", ""))
    form = forms.bind(AskCorrectionSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(correction.ask_correction))
    if done is None:
        return _ask_page(form, story)
    if current_actor().may(Kind.APPROVE):
        return redirect(url_for("approvals.approvals_list"), 303)
    return redirect(offers.lot_page(story.lot) if story.lot else url_for("correction.asked"), 303)


def _ask_page(form: forms.Form, story: EntryStory) -> Response:
    return page(
        "correction/ask.html",
        status=form.status,
        form=form,
        story=story,
        words=_words(story.kind),
        asking=_asking(),
        likely=_likely(form, story) if form.warnings else None,
    )


def _likely(form: forms.Form, story: EntryStory) -> tuple[str, str, int] | None:
    """What was probably meant by an odd weight: its input, what to type there, and the grams."""
    with database().reading() as session:
        weigh_in = lookups.event_of(session, current_actor(), story.code)
        meant = likely_weight(weigh_in, delivery_of(session, weigh_in), form.fact.mass_g)
    return None if meant is None else ("mass_g", plain_mass(meant), meant)


def _asking() -> str:
    """Who is asked: nobody is told to ask a manager who is one."""
    actor = current_actor()
    if not actor.may(Kind.APPROVE):
        return "manager"
    with database().reading() as session:
        return "another" if second_person_there(session, actor) else "nobody"


@blueprint.get("/corrections")
@signed_in()
def asked() -> Response:
    """The corrections that were asked for, the open ones first."""
    with database().reading() as session:
        found = corrections.asked_for(session, current_actor().org_id)
    return page("correction/asked.html", asked=found, words=_words)


def story_of(code: str) -> EntryStory:
    """Raises NoSuchEvent for what is not in the organisation's own journal."""
    with database().reading() as session:
        return corrections.entry_story(session, lookups.event_of(session, current_actor(), code))


def _schema(story: EntryStory) -> Schema:
    zone_minutes = current_actor().zone_minutes
    if story.kind == Kind.WEIGH_IN:
        return CorrectWeighInSchema(zone_minutes=zone_minutes)
    return offers.offering(DeclareErrorSchema(zone_minutes=zone_minutes), {"reason": ERROR_REASONS[:2]})


def _words(kind: str) -> str:
    return KINDS[Kind(kind)].words
