"""One search over everything: an exact code or number opens its page, anything else is listed."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.queries.finding import Hit, find
from traceability.web.goods import action_link
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.words import N_

blueprint = Blueprint("search", __name__)
nav = (N_("Find"), "search.search", "search", None, 60)


@blueprint.get("/search")
@signed_in()
def search() -> AnyResponse:
    """What fits `?q=`; the one exact hit is opened at once."""
    asked = request.args.get("q", "").strip()[:200]
    with database().reading() as session:
        hits = find(session, current_actor(), asked)
    exact = {_address(hit) for hit in hits if hit.exact} - {""}
    if len(exact) == 1:
        return redirect(exact.pop(), 303)
    return page("search/search.html", asked=asked, hits=[(_address(hit), hit) for hit in hits])


def _address(hit: Hit) -> str:
    if hit.of in ("farmer", "plot"):
        return url_for("registry.farmer", code=hit.code)
    if hit.of == "consignment":
        return action_link("shipping.consignment", code=hit.code)
    if hit.of == "pallet":
        return url_for("pallets.batch_pallets", code=hit.code)
    if hit.of == "box":
        return url_for("boxes.box", typed=hit.code, typed_serial=hit.beside)
    if hit.of == "paper":
        return url_for("batches.batch", typed=hit.beside)
    lists = {"partner": "partners", "code": "codes", "certificate": "certificates"}
    if hit.of in lists:
        return url_for("registers.rows", name=lists[hit.of])
    return url_for("lots.lot", code=hit.code)
