"""The first page: what needs me today, at most seven cards of sentences, each number opening its list."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, current_app, g, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import KINDS, Kind
from traceability.errors import NotFound
from traceability.queries.home_cards import LISTS, Line, home_cards
from traceability.queries.home_lists import Item
from traceability.web.counting import limits_of
from traceability.web.goods import action_link
from traceability.web.pages import config, database, page, page_asked
from traceability.web.session import actor_of_cookie, current_actor, public, signed_in
from traceability.words import N_

blueprint = Blueprint("home", __name__)
nav = (N_("Home"), "home.home", "home", None, 10)

ON_A_PAGE: Final = 50
TITLES: Final = {
    "receive": N_("Consignments to receive"),
    "over-cap": N_("Farmers over the yearly cap"),
    "failed": N_("Goods with a failed result, not on hold"),
    "holds": N_("Lots on hold"),
    "waiting": N_("Deliveries that wait for more than 48 hours"),
    "release": N_("Batches to release"),
    "ship": N_("Batches ready to ship"),
    "road": N_("Consignments on the road"),
    "weighed": N_("Weighed again in the last 30 days"),
    "papers": N_("Certificates and codes to look after"),
    "points": N_("Points that weighed in today"),
    "silent": N_("Points not heard from today"),
}
CARDS: Final = {
    "needs": N_("Needs you"),
    "phones": N_("Unsent phones"),
    "stock": N_("Stock"),
    "lots": N_("Lots"),
    "money": N_("Money"),
    "dates": N_("Dates"),
}


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
        day = home_cards(session, actor, limits_of(config()))
    cards = [(CARDS[card.key], [(_opens(line), line) for line in card.lines]) for card in day.cards]
    highest = max(*day.harvest.last_days, 1)
    bars = [-(-mass * 32 // highest) for mass in day.harvest.last_days]
    calm = all(card.key == "stock" for card in day.cards)
    return page("home/home.html", day=day, cards=cards, bars=bars, calm=calm)


@blueprint.get("/today/<what>")
@signed_in()
def today(what: str) -> Response:
    """The list behind one sentence of the first page, page by page (`?page=2`), and what all of it adds up to."""
    if what not in LISTS:
        raise NotFound()
    actor = current_actor()
    with database().reading() as session:
        found = LISTS[what](session, actor)
    last = max(1, -(-len(found) // ON_A_PAGE))
    at = min(page_asked(), last)
    return page(
        "home/list.html",
        what=what,
        title=TITLES[what],
        items=[(_address(item), item) for item in found[(at - 1) * ON_A_PAGE : at * ON_A_PAGE]],
        n=len(found),
        at=at,
        last=last,
        mass_g=sum(item.mass_g or 0 for item in found),
        beside_g=sum(item.beside_g or 0 for item in found),
        entries={str(kind): facts.words for kind, facts in KINDS.items()},
    )


def _opens(line: Line) -> str:
    """The list that a number adds up."""
    if line.key == "goods":
        return url_for("lots.lots", goods=f"{line.commodity}.{line.form}")
    if line.key in ("open", "no_plot"):
        return url_for("collection.deliveries", show=line.key.replace("_", "-"))
    if line.key == "owed":
        return url_for("money.owed", currency=line.currency)
    if line.key == "approve":
        return url_for("approvals.approvals_list")
    if line.key in ("unsent", "silent_phones"):
        return url_for("devices.all_devices")
    if line.key in ("reports", "labels"):
        return url_for("reports.all_reports" if line.key == "reports" else "scans.seen")
    if line.key == "coffee_year":
        return url_for("registers.rows", name="codes")
    return url_for("home.today", what=line.key)


def _address(item: Item) -> str:
    """What a line opens; empty when there is no page for it."""
    if item.of == "lot":
        return url_for("lots.lot", code=item.code)
    if item.of == "farmer":
        return url_for("registry.farmer", code=item.code)
    if item.of == "point":
        return url_for("lots.lots", all=1, place=item.code)
    if item.of == "consignment":
        return action_link("shipping.consignment", code=item.code)
    if item.of == "event":
        return action_link(
            "correction.declare" if current_actor().may(Kind.DECLARE_ERROR) else "correction.asked", event=item.code
        )
    return url_for("registers.rows", name="codes" if item.of == "registration" else "certificates")
