"""Lots: what is on hand, every lot ever made, and the page of one lot with all that may be done to it."""

from __future__ import annotations

from typing import Final, NamedTuple

from flask import Blueprint, Response, request, url_for

from traceability.commodities import COMMODITIES
from traceability.domain.custody import CUSTODY_NAMES, Custody
from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.queries import lot_lists
from traceability.queries.lot_story import LotStory, lot_story
from traceability.queries.places import places_of
from traceability.web.goods import action_link
from traceability.web.pages import database, page, page_asked
from traceability.web.session import current_actor, signed_in
from traceability.web.verdicts import BADGES
from traceability.words import N_

blueprint = Blueprint("lots", __name__)
nav = (N_("Lots"), "lots.lots", "sack", None, 30)


class Action(NamedTuple):
    """Something that may be done to a lot: the page that does it, and whom it takes."""

    endpoint: str
    label: str
    icon: str
    permission: Kind


# In the order of a lot's life. A page that is not there yet, or not for this person, is left out.
WHILE_IT_HOLDS: Final = (
    Action("processing.process", N_("Process"), "factory", Kind.PROCESS),
    Action("chain.chain", N_("Several steps at once"), "factory", Kind.PROCESS),
    Action("packing.pack", N_("Pack"), "box", Kind.PACK),
    Action("shipping.dispatch", N_("Dispatch"), "truck", Kind.DISPATCH),
    Action("processing.split", N_("Split"), "sack", Kind.SPLIT),
    Action("processing.merge", N_("Merge"), "sack", Kind.MERGE),
    Action("processing.rebag", N_("Re-bag"), "sack", Kind.REBAG),
)
WHEN_PACKED: Final = Action("packing.seal", N_("Seal as a batch"), "check", Kind.SEAL)
WHEN_SEALED: Final = Action("packing.release", N_("Release the batch"), "check", Kind.RELEASE)
WHEN_RELEASED: Final = Action("shipping.ship", N_("Ship"), "truck", Kind.SHIP)
ALWAYS: Final = (
    Action("inspection.measure", N_("Measure"), "beaker", Kind.INSPECT),
    Action("inspection.attach", N_("Add a photo or paper"), "paper", Kind.ATTACH),
    Action("inspection.hold", N_("Put on hold"), "pause", Kind.HOLD),
    Action("inspection.recall", N_("Recall"), "stop", Kind.RECALL),
)
WHERE_TANKS_ARE: Final = Action("pooling.all_pools", N_("Pour into a tank or bed"), "box", Kind.POUR_IN)
THE_END: Final = Action("processing.dispose", N_("Destroy"), "stop", Kind.DISPOSE)


@blueprint.get("/lots")
@signed_in()
def lots() -> Response:
    """Lots on hand by goods and place; `?all=1` every lot and delivery ever made."""
    actor, everything = current_actor(), request.args.get("all") == "1"
    goods, place = request.args.get("goods", ""), request.args.get("place", "")
    with database().reading() as session:
        found = lot_lists.lots(
            session,
            actor,
            everything=everything,
            goods=goods,
            place=place,
            page=page_asked(),
        )
        kinds = lot_lists.goods_on_hand(session, actor)
        places = places_of(session, actor)
    return page(
        "lots/lots.html", found=found, everything=everything, goods=goods, place=place, kinds=kinds, places=places
    )


@blueprint.get("/lots/<code>")
@signed_in()
def lot(code: str) -> Response:
    """Everything about one lot, and what may be done to it."""
    actor = current_actor()
    with database().reading() as session:
        story = lot_story(session, actor, code)
    return page(
        "lots/lot.html",
        story=story,
        lot=story.lot,
        badges=BADGES,
        actions=_links(actor, story),
        custody=CUSTODY_NAMES[Custody(story.custody)],
    )


def _links(actor: Actor, story: LotStory) -> list[tuple[str, str, str]]:
    """Address, label and icon of everything that this person may do to the lot as it stands."""
    found = []
    if story.pool:
        found.append((url_for("pooling.pool", code=story.pool), N_("Open the tank or bed"), "box"))
    for action in _possible(story):
        address = action_link(action.endpoint, lot=story.lot.code)
        if action.endpoint == "chain.chain" and not COMMODITIES[story.lot.commodity].chains_from(story.lot.form):
            continue
        if address and actor.may(action.permission):
            found.append((address, action.label, action.icon))
    return found


def _possible(story: LotStory) -> list[Action]:
    if story.lot.state == "void":
        return []
    if story.pool:
        holds = []
    elif story.batch is None:
        holds = [*WHILE_IT_HOLDS, *([WHEN_PACKED] if story.lot.kind == "packed" else [])]
        holds += [WHERE_TANKS_ARE] if story.can_be_poured else []
    else:
        holds = [WHEN_SEALED if story.batch.released_at is None else WHEN_RELEASED]
    left = story.lot.balance_g > 0
    return [*(holds if left else ()), *ALWAYS, *((THE_END,) if left else ())]
