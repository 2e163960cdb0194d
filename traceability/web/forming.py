"""Forming a lot: pick the day's deliveries, weigh them together or not, see what the lot keeps and loses, close it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.domain.schemes import CLAIM_SCHEMES
from traceability.errors import ReasonNeeded
from traceability.operations.collection import form_lot
from traceability.queries import forming, lot_lists
from traceability.queries.forming import LotAhead
from traceability.schemas.collection import FormLotSchema
from traceability.web import forms
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in

blueprint = Blueprint("forming", __name__)

KEPT_APART = frozenset({"client_id", "confirmed"})


@blueprint.get("/lots/new")
@signed_in(Kind.FORM_LOT)
def choose() -> Response:
    """The groups of open deliveries; with the parts of one group in the address, its deliveries, all ticked."""
    actor = current_actor()
    if "goods" not in request.args:
        with database().reading() as session:
            return page("lots/groups.html", groups=lot_lists.groups(session, actor))
    form = forms.opened(FormLotSchema(zone_minutes=actor.zone_minutes), {"facility": request.args.get("facility", "")})
    return _pick_page(actor, form, request.args.to_dict(), fresh=True)


@blueprint.post("/lots/new")
@signed_in(Kind.FORM_LOT)
def close() -> AnyResponse:
    """One step on: see the lot ahead, take some out, back to the deliveries, or close the lot."""
    actor = current_actor()
    form = forms.bind(FormLotSchema(zone_minutes=actor.zone_minutes), request.form)
    go = request.form.get("go") or ("save" if request.form.get("step") == "ahead" else "ahead")
    group = request.form.to_dict()
    if go == "save":
        saved = forms.attempt(form, lambda fact: database().write(lambda s: form_lot(s, actor, fact)))
        if saved is not None:
            return redirect(url_for("lots.lot", code=saved["lot"]), 303)
    if form.problems or go == "change":
        return _pick_page(actor, form, group)
    codes = _kept(request.form.get("keep", ""), _ahead(actor, form))
    if codes:
        form = _only(form, codes)
    ahead = _ahead(actor, form)
    if abs(ahead.difference_g) > ahead.tolerance_g and not form.fact.reason:
        form.refuse(ReasonNeeded(difference_g=abs(ahead.difference_g), tolerance_g=ahead.tolerance_g, at="reason"))
        return _pick_page(actor, form, group)
    carried = [(name, value) for name, value in form.values.items() if name not in KEPT_APART]
    return page(
        "lots/ahead.html",
        status=form.status,
        form=form,
        ahead=ahead,
        carried=carried,
        group=group,
        schemes=CLAIM_SCHEMES,
    )


def _pick_page(actor: Actor, form: forms.Form, group: dict[str, str], *, fresh: bool = False) -> Response:
    """The deliveries of a group with their ticks, and those left out with the reason."""
    parts = [group.get(name, "") for name in ("facility", "goods", "grade_of_group", "on")]
    with database().reading() as session:
        found = forming.group_of(session, actor, *parts)
        if found is None:
            return page("lots/groups.html", status=form.status, form=form, groups=lot_lists.groups(session, actor))
        candidates = forming.candidates(session, actor, found)
    ticked = {value for name, value in form.values.items() if name.startswith("deliveries-")}
    if fresh:
        ticked = {row.code for row in candidates.free}
    return page(
        "lots/pick.html", status=form.status, form=form, group=found, candidates=candidates, ticked=ticked, parts=parts
    )


def _ahead(actor: Actor, form: forms.Form) -> LotAhead:
    with database().reading() as session:
        return forming.lot_ahead(session, actor, form.fact.deliveries, form.fact.weighed_g)


def _kept(keep: str, ahead: LotAhead) -> list[str]:
    """The deliveries that stay when all without a claim (`claim:organic`) or of other areas (`area:0012`) go."""
    kind, _, name = keep.partition(":")
    if kind == "claim":
        gone = {row.code for claim in ahead.claims if claim.scheme == name for row in claim.without}
        return [row.code for row in ahead.rows if row.code not in gone]
    return list(ahead.areas.get(name, ())) if kind == "area" else []


def _only(form: forms.Form, codes: list[str]) -> forms.Form:
    """The form with these deliveries only. What was weighed together was another heap: it has to be weighed anew."""
    kept = {name: value for name, value in form.values.items() if not name.startswith(("deliveries-", "weighed_g"))}
    chosen = {f"deliveries-{place}": code for place, code in enumerate(codes)}
    posted = {**kept, **chosen, "client_id": form.client_id, "opened_at": form.opened_at}
    return forms.bind(form.schema, MultiDict(posted))
