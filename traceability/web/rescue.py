"""The file of a phone that cannot send: every entry is entered once, and what is refused is listed with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, Response, request

from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.errors import InvalidInput, NeedsConfirming, NoSuchDevice, Refusal, Sentence
from traceability.imports.rescue import MAX_BYTES, Kept, NotARescueFile, Rescued, read_rescue
from traceability.operations import devices, registry
from traceability.operations.ledger import Operation
from traceability.operations.rescue import in_place_of
from traceability.schemas import load
from traceability.schemas.collection import WeighInSchema
from traceability.schemas.devices import DispatchOnPhoneSchema, LotOnPhoneSchema, ReceiptOnPhoneSchema
from traceability.schemas.fields import FactSchema
from traceability.schemas.registry import FarmerSchema
from traceability.schemas.rescue import RescueSchema
from traceability.web import forms
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.words import N_

blueprint = Blueprint("rescue", __name__)

CHOOSE_A_FILE: Final = N_("Choose the file that the phone exported.")
NOT_KNOWN: Final = N_("This kind of entry cannot be entered from a file. Enter it by hand.")
KINDS: Final[Mapping[str, tuple[type[FactSchema], Operation[Any], str]]] = {
    "weigh_in": (WeighInSchema, devices.weigh_in, "lot"),
    "farmer": (FarmerSchema, registry.register_farmer, "farmer"),
    "lot": (LotOnPhoneSchema, devices.form_lot, "lot"),
    "dispatch": (DispatchOnPhoneSchema, devices.dispatch, "transfer"),
    "receipt": (ReceiptOnPhoneSchema, devices.receive, "lot"),
}
_NEW: Final = re.compile(r"new:([0-9A-Za-z-]{8,60})")


class NotEntered(Refusal):
    """What it is about was not entered. Look at that entry first."""

    status = 422


@dataclass(frozen=True)
class Outcome:
    """What became of one entry; `problems` are empty where it is on record."""

    kept: Kept
    number: str = ""
    replayed: bool = False
    problems: tuple[Sentence, ...] = ()


@blueprint.get("/devices/rescue")
@signed_in(Kind.WEIGH_IN)
def ask() -> Response:
    """Choose the file."""
    return page("rescue/rescue.html", form=forms.opened(RescueSchema()), outcomes=None)


@blueprint.post("/devices/rescue")
@signed_in(Kind.WEIGH_IN)
def enter() -> Response:
    """Enter what is not on record yet. The same file again changes nothing."""
    form = forms.bind(RescueSchema(), request.form)
    found = forms.attempt(form, lambda _: _uploaded())
    actor = forms.attempt(form, lambda _: _in_place_of(found.device)) if found is not None else None
    if found is None or actor is None:
        return page("rescue/rescue.html", status=form.status, form=form, outcomes=None)
    outcomes = entered(actor, found.entries, all_right=form.fact.all_right)
    return page("rescue/rescue.html", form=form, outcomes=outcomes, taken_back=found.taken_back)


def entered(actor: Actor, entries: tuple[Kept, ...], *, all_right: bool) -> list[Outcome]:
    """Each entry by itself, from the top: what others are about comes first.

    `all_right` says that somebody looked at what is unusual, and at what was done after the phone's time was over.
    """
    if all_right and actor.phone is not None:
        actor = replace(actor, phone=replace(actor.phone, ended_at=None))
    made: dict[str, str] = {}
    outcomes = []
    for kept in entries:
        try:
            outcomes.append(_one(actor, kept, made, all_right=all_right))
        except Refusal as refusal:
            outcomes.append(Outcome(kept, kept.number, problems=_problems(refusal)))
    return outcomes


def _one(actor: Actor, kept: Kept, made: dict[str, str], *, all_right: bool) -> Outcome:
    if kept.kind not in KINDS:
        return Outcome(kept, kept.number, problems=(Sentence(NOT_KNOWN),))
    schema, perform, makes = KINDS[kept.kind]
    fact = load(schema(zone_minutes=actor.zone_minutes), _with_codes(kept.body, made))
    try:
        done = database().write(lambda session: perform(session, actor, fact))
    except NeedsConfirming:
        if not all_right:
            raise
        right = replace(fact, confirmed=True)
        done = database().write(lambda session: perform(session, actor, right))
    made[kept.client_id] = str(done[makes])
    return Outcome(kept, kept.number or str(done["number"]), done.replayed)


def _with_codes(said: Any, made: Mapping[str, str]) -> Any:
    """`new:ID` is what the entry with that id made. Raises NotEntered where that one is not on record."""
    if isinstance(said, dict):
        return {name: _with_codes(value, made) for name, value in said.items()}
    if isinstance(said, list):
        return [_with_codes(value, made) for value in said]
    if isinstance(said, str) and (new := _NEW.fullmatch(said)):
        if new[1] not in made:
            raise NotEntered()
        return made[new[1]]
    return said


def _problems(refusal: Refusal) -> tuple[Sentence, ...]:
    if isinstance(refusal, NeedsConfirming):
        return tuple(refusal.warnings)
    if isinstance(refusal, InvalidInput):
        return tuple(sentence for some in refusal.problems.values() for sentence in some)
    return (refusal.sentence,)


def _uploaded() -> Rescued:
    """Raises NotARescueFile, and what every file may be refused for."""
    file = request.files.get("content")
    if file is None:
        raise InvalidInput({"content": (Sentence(CHOOSE_A_FILE),)})
    with file.stream as stream:
        content = stream.read(MAX_BYTES + 1)
    if not content:
        raise InvalidInput({"content": (Sentence(CHOOSE_A_FILE),)})
    return read_rescue(content)


def _in_place_of(code: str) -> Actor:
    actor = current_actor()
    with database().reading() as session:
        try:
            return in_place_of(session, actor, code)
        except NoSuchDevice as unknown:
            raise NotARescueFile() from unknown
