"""What staff print for their own goods and members: tags of a lot, and farmer cards."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, request

from traceability.documents.farmer_card import CARDS, MOST, FarmerCard, farmer_cards
from traceability.documents.labels import Labelled, labels
from traceability.documents.stock import STOCKS
from traceability.domain.events import Kind
from traceability.domain.given_names import called
from traceability.domain.roles import Actor
from traceability.models import Lot, Organisation
from traceability.operations import lookups
from traceability.operations.labels import check_labels
from traceability.queries import farmers
from traceability.queries.cards import current
from traceability.queries.dossiers import dossier_of
from traceability.queries.farmers import FarmerRow
from traceability.schemas.labels import TagsAskedSchema
from traceability.web import forms
from traceability.web.goods import commodity_name, form_name
from traceability.web.language import current_language
from traceability.web.pages import config, database, page, pdf
from traceability.web.printing import room_for
from traceability.web.session import current_actor, signed_in

blueprint = Blueprint("labels", __name__)

BAG_TAG = "tag"  # of the sheets, what hangs on a bag


@blueprint.get("/lots/<code>/tags")
@signed_in()
def tags(code: str) -> Response:
    """How many tags, and on what."""
    return _tags_page(code)


@blueprint.get("/lots/<code>/tags.pdf")
@signed_in()
def tags_pdf(code: str) -> Response:
    """A tag for every bag of a lot, on the sheet that is asked for; what cannot be read is shown in the form again."""
    form = forms.bind(TagsAskedSchema(), request.args)
    made = forms.attempt(
        form, lambda asked: tags_of(current_actor(), code, asked.count or None, asked.sheet or BAG_TAG)
    )
    return _tags_page(code, form) if made is None else made


def _tags_page(code: str, form: forms.Form | None = None) -> Response:
    with database().reading() as session:
        lot = lookups.lot_of(session, current_actor(), code)
    if form is None:
        form = forms.opened(TagsAskedSchema(), {"count": lot.balance_count or 1, "sheet": BAG_TAG})
    form.offer("sheet", [(name, stock.title) for name, stock in STOCKS.items()])
    return page("labels/tags.html", status=form.status, form=form, lot=lot)


def tags_of(actor: Actor, code: str, count: int | None, sheet: str) -> Response:
    """Tags of a lot. Their QR leads our own people to the lot, and everybody once it is released."""
    with database().reading() as session:
        lot = lookups.lot_of(session, actor, code)
        said = _of_lot(lot, session.get_one(Organisation, actor.org_id))
        if lot.batch is not None:
            check_labels(dossier_of(session, lot.code), sheet, confirmed=True)  # what is on hold is still marked
    wanted, public_url = max(lot.balance_count, 1) if count is None else count, config().public_url
    with room_for(actor.org_id, wanted):
        paper = labels(said, count=wanted, public_url=public_url, sheet=sheet, language=current_language())
    return pdf(paper, f"tags-{lot.code}")


@blueprint.get("/farmers/<code>/card.pdf")
@signed_in(Kind.REGISTER_FARMER)
def card(code: str) -> Response:
    """The card of one farmer."""
    with database().reading() as session:
        who = farmers.farmer(session, current_actor(), code)
        whose = session.get_one(Organisation, current_actor().org_id)
        codes = current(session, [who.code])
    return _cards(whose, [who], codes, f"card-{who.code}")


@blueprint.get("/farmers/cards.pdf")
@signed_in(Kind.REGISTER_FARMER)
def cards() -> Response:
    """The cards of all farmers, or of those who fit `?q=`: a village, a name."""
    asked = request.args.get("q", "").strip()
    with database().reading() as session:
        found, count = farmers.farmers(session, current_actor(), asked, size=MOST)
        whose = session.get_one(Organisation, current_actor().org_id)
        codes = current(session, [row.code for row in found])
    return _cards(whose, found, codes, "cards", count)


def _cards(
    organisation: Organisation, who: list[FarmerRow], codes: Mapping[str, str], name: str, count: int = 1
) -> Response:
    with room_for(organisation.id, len(who)):
        paper = farmer_cards(
            [_card_of(row, codes[row.code], organisation.country) for row in who],
            count=count,
            organisation=organisation.called.text(current_language()),
            phone=organisation.phone,
            public_url=config().public_url,
            sheet=request.args.get("sheet") or next(iter(CARDS)),
            language=current_language(),
        )
    return pdf(paper, name)


def _card_of(who: FarmerRow, code: str, country: str) -> FarmerCard:
    return FarmerCard(code, who.number, called(who.name, who.nickname, country), who.village)


def _of_lot(lot: Lot, organisation: Organisation) -> Labelled:
    goods = (form_name(lot), commodity_name(lot.commodity), lot.grade, lot.variety)
    return Labelled(
        code=lot.code,
        number=lot.number,
        issuer=organisation.called.text(current_language()),
        goods=" · ".join(part for part in goods if part),
        unit=lot.unit,
        unit_mass_g=None,
        crop_year=lot.crop_year,
        demo=config().demo,
    )
