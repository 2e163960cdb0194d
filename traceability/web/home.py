"""The first page: what needs me today, at most seven sentences, each with a number that opens its list."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, current_app, g, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.errors import NotFound
from traceability.queries.home_cards import LISTS, Item, home_cards
from traceability.web.goods import action_link
from traceability.web.pages import database, page
from traceability.web.session import actor_of_cookie, current_actor, public, signed_in
from traceability.words import N_

blueprint = Blueprint("home", __name__)
nav = (N_("Home"), "home.home", "home", None, 10)

OPENS: Final = frozenset({"holds", "corrections", "receive", "release", "papers", "road"})


@blueprint.get("/")
@public
def home() -> AnyResponse:
    """The day at a glance for people who work here; a visitor is led to the page that finds a batch."""
    actor = actor_of_cookie()
    if actor is None:
        finder = "batches.find" in current_app.view_functions
        return redirect(url_for("batches.find" if finder else "account.sign_in"), 303)
    g.staff_page = True
    with database().reading() as session:
        return page("home/home.html", day=home_cards(session, actor))


@blueprint.get("/today/<what>")
@signed_in()
def today(what: str) -> Response:
    """The list behind one sentence of the first page."""
    if what not in OPENS:
        raise NotFound()
    actor = current_actor()
    with database().reading() as session:
        found = LISTS[what](session, actor)
    return page("home/list.html", what=what, items=[(_address(item), item) for item in found])


def _address(item: Item) -> str:
    """What a line opens; empty when there is no page for it."""
    if item.of == "lot":
        return url_for("lots.lot", code=item.code)
    if item.of == "consignment":
        return action_link("shipping.consignment", code=item.code)
    if item.of == "event":
        return action_link(
            "correction.declare" if current_actor().may(Kind.DECLARE_ERROR) else "correction.asked", event=item.code
        )
    return url_for("registers.rows", name="codes" if item.of == "registration" else "certificates")
