"""Lots on the pages of several areas: the ones asked for, the ones offered, and the page that asks which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from flask import Response, request

from traceability.domain.roles import Actor
from traceability.errors import NoSuchLot
from traceability.models import Lot
from traceability.operations import lookups
from traceability.operations.ledger import Done
from traceability.queries import stock_choices
from traceability.web import forms, offers
from traceability.web.pages import database, page
from traceability.web.session import current_actor

MOST_CODES = 200  # of one form


def written(operation: Callable[[Any, Actor, Any], Done]) -> Callable[[Any], Done]:
    """The operation as the signed-in person does it, in one transaction."""
    actor = current_actor()
    return lambda fact: database().write(lambda session: operation(session, actor, fact))


def lots_of(codes: Sequence[str]) -> list[Lot]:
    """The person's own lots by code or number. Raises NoSuchLot, which is all that an outsider learns."""
    with database().reading() as session:
        return [lookups.lot_of(session, current_actor(), code) for code in codes]


def asked_lots() -> list[Lot]:
    """The lots named in the address."""
    return lots_of([code for code in request.args.getlist("lot") if code.strip()])


def posted_lots(name: str) -> list[Lot]:
    """The lots chosen in the rows called `name` that are the person's own; the operation refuses the rest.

    Raises NoSuchLot when none of them is.
    """
    codes = [value for key, value in request.form.items() if key.startswith(f"{name}-") and key.endswith("-lot")]
    found = []
    with database().reading() as session:
        for code in codes[:MOST_CODES]:
            with suppress(NoSuchLot):
                found.append(lookups.lot_of(session, current_actor(), code))
    if not found and any(codes):
        raise NoSuchLot(code=next(filter(None, codes)))
    return found


def offer_lots(
    form: forms.Form, name: str, chosen: Sequence[Lot], *, any_form: bool = False, sealed: bool = False
) -> None:
    """Offer the lots on hand of the same goods, those already chosen always among them, and the places."""
    actor = current_actor()
    with database().reading() as session:
        on_hand = stock_choices.on_hand(
            session,
            actor.org_id,
            commodity=chosen[0].commodity,
            form="" if any_form else chosen[0].form,
            sealed=sealed,
            always=[lot.code for lot in chosen],
        )
        form.offer(name, offers.lot_choices(on_hand))
        form.offer("facility", stock_choices.places(session, actor.org_id))


def suggest_losses(form: forms.Form, usual: Sequence[str]) -> None:
    """One line for each loss that this step usually has, after those already filled in."""
    taken = [form.values.get(f"losses-{place}-name", "") for place in form.rows("losses")]
    for place, key in enumerate((key for key in usual if key not in taken), start=len(taken)):
        form.values[f"losses-{place}-name"] = key


def choose(
    endpoint: str,
    title: str,
    *,
    status: int = 200,
    sealed: bool = False,
    kinds: Sequence[str] = (),
    template: str = "processing/choose.html",
) -> Response:
    """The page that asks for a lot first: what is on hand, the newest on top."""
    with database().reading() as session:
        lots = stock_choices.on_hand(session, current_actor().org_id, sealed=sealed, kinds=kinds)
    return page(template, status=status, endpoint=endpoint, title=title, lots=lots)


def where_they_lie(start: dict[str, str], lots: Sequence[Lot]) -> dict[str, str]:
    """What a form about lots starts with, and the place where all of them lie; where they do not, it is asked."""
    with database().reading() as session:
        return {**start, "facility": stock_choices.place_of(session, current_actor().org_id, lots)}


def with_place(start: dict[str, str], kinds: Sequence[str] = ()) -> dict[str, str]:
    """What a form starts with, and the place where such work was last done."""
    with database().reading() as session:
        return {**start, "facility": stock_choices.usual_place(session, current_actor().org_id, kinds)}
