"""The smaller registers, all alike: places, partners, official codes, certificates and users. One list and one form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor, Role
from traceability.errors import Forbidden, NotFound
from traceability.operations import account, registry, suspensions
from traceability.queries import registry_lists
from traceability.queries.places import country_of, places_of
from traceability.schemas.facts import TimedSchema
from traceability.schemas.registry import (
    CertificateSchema,
    EndSuspensionSchema,
    FacilitySchema,
    PartnerSchema,
    RegistrationSchema,
    SuspensionSchema,
    UserSchema,
)
from traceability.web import forms
from traceability.web.goods import commodity_choices
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.words import N_

blueprint = Blueprint("registers", __name__)

SPARE_LINES: Final = 4
PLACE_FIELDS: Final = ("province", "district", "note")


@dataclass(frozen=True)
class Register:
    """One register: what it is called, who may add to it, and which inputs its form shows and tucks away."""

    title: str
    new: str
    empty: str
    permission: Kind
    schema: Callable[..., TimedSchema]
    operation: Callable[[Any, Actor, Any], Any]
    rows: Callable[[Any, Actor], list[Any]]
    fields: tuple[str, ...]
    more: tuple[str, ...] = ()
    several: tuple[str, ...] = ()  # lists of codes, a line each
    only_for: frozenset[Role] = frozenset(Role)  # who may look


REGISTERS: Final = {
    "places": Register(
        title=N_("Places"),
        new=N_("New place"),
        empty=N_("No place yet. Register the collection point first: its short letters begin every receipt."),
        permission=Kind.REGISTER_FACILITY,
        schema=FacilitySchema,
        operation=registry.register_facility,
        rows=places_of,
        fields=("name", "kind", "prefix", "village", "country"),
        more=("pool", *PLACE_FIELDS),
    ),
    "partners": Register(
        title=N_("Partners"),
        new=N_("New partner"),
        empty=N_("No partner yet. Register the first buyer: a batch is shipped to one."),
        permission=Kind.REGISTER_PARTY,
        schema=PartnerSchema,
        operation=registry.register_party,
        rows=registry_lists.partners,
        fields=("name", "kind", "country"),
        more=("organisation", "village", *PLACE_FIELDS),
    ),
    "codes": Register(
        title=N_("Official codes"),
        new=N_("New official code"),
        empty=N_("No official code yet. Fruit to China needs the codes of the orchard and of the packing house."),
        permission=Kind.REGISTER_REGISTRATION,
        schema=RegistrationSchema,
        operation=registry.register_registration,
        rows=registry_lists.official_codes,
        fields=("scheme", "official_code", "valid_from", "valid_to"),
        more=("authority", "commodity", "note"),
        several=("facilities", "plots"),
    ),
    "certificates": Register(
        title=N_("Certificates"),
        new=N_("New certificate"),
        empty=N_("No certificate yet. A claim such as organic needs one behind it."),
        permission=Kind.REGISTER_CERTIFICATE,
        schema=CertificateSchema,
        operation=registry.register_certificate,
        rows=registry_lists.certificates,
        fields=("scheme", "number", "issuer", "custody", "valid_from", "valid_to"),
        more=("note",),
        several=("farmers", "plots"),
    ),
    "users": Register(
        title=N_("Users"),
        new=N_("New user"),
        empty=N_("No user yet."),
        permission=Kind.REGISTER_USER,
        schema=UserSchema,
        operation=account.register_user,
        rows=registry_lists.users,
        fields=("name", "login", "password", "roles", "language"),
        only_for=frozenset({Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}),
    ),
}


@blueprint.get("/registers/<name>")
@signed_in()
def rows(name: str) -> Response:
    """One register as a list."""
    register, actor = _register(name), current_actor()
    if not actor.roles & register.only_for:
        raise Forbidden()
    with database().reading() as session:
        found = register.rows(session, actor)
    return page(f"registry/{name}.html", register=register, name=name, rows=found)


@blueprint.get("/registers/<name>/new")
@signed_in()
def new(name: str) -> Response:
    """An empty form of one register."""
    register, actor = _register(name), current_actor()
    actor.require(register.permission)
    with database().reading() as session:
        start = {"country": country_of(session, actor), "language": actor.language}
    return _form_page(name, register, forms.opened(register.schema(zone_minutes=actor.zone_minutes), start))


@blueprint.post("/registers/<name>/new")
@signed_in()
def save(name: str) -> AnyResponse:
    """Register it, or add lines for more codes."""
    register, actor = _register(name), current_actor()
    actor.require(register.permission)
    form = forms.bind(register.schema(zone_minutes=actor.zone_minutes), request.form)
    if request.form.get("go") == "more":
        form.problems = {}
        return _form_page(name, register, form)
    saved = forms.attempt(form, lambda fact: database().write(lambda s: register.operation(s, actor, fact)))
    return _form_page(name, register, form) if saved is None else redirect(url_for("registers.rows", name=name), 303)


@blueprint.get("/registers/codes/suspend")
@signed_in(Kind.SUSPEND_REGISTRATION)
def ask_suspension() -> Response:
    """Days on which an official code does not stand; `?scheme=` and `?code=` say which."""
    actor = current_actor()
    start = {
        "scheme": request.args.get("scheme", ""),
        "official_code": request.args.get("code", ""),
        "from_on": day_of(datetime.now(UTC), actor.zone_minutes).isoformat(),
    }
    return page("registry/suspend.html", form=forms.opened(SuspensionSchema(zone_minutes=actor.zone_minutes), start))


@blueprint.post("/registers/codes/suspend")
@signed_in(Kind.SUSPEND_REGISTRATION)
def suspend() -> AnyResponse:
    """Keep the suspension."""
    actor = current_actor()
    form = forms.bind(SuspensionSchema(zone_minutes=actor.zone_minutes), request.form)
    saved = forms.attempt(form, lambda fact: database().write(lambda s: registry.suspend_registration(s, actor, fact)))
    if saved is None:
        return page("registry/suspend.html", status=form.status, form=form)
    return redirect(url_for("registers.rows", name="codes"), 303)


@blueprint.get("/registers/codes/suspension")
@signed_in(Kind.END_SUSPENSION)
def ask_end() -> AnyResponse:
    """The end of a suspension, or that it was a mistake; `?scheme=`, `?code=` and `?number=` say which."""
    if not request.args.get("code", "").strip():
        return redirect(url_for("registers.rows", name="codes"), 303)
    start = {
        "scheme": request.args.get("scheme", ""),
        "official_code": request.args.get("code", ""),
        "number": request.args.get("number", ""),
    }
    return _end_page(forms.opened(EndSuspensionSchema(zone_minutes=current_actor().zone_minutes), start))


@blueprint.post("/registers/codes/suspension")
@signed_in(Kind.END_SUSPENSION)
def end_suspension() -> AnyResponse:
    """Keep the end."""
    actor = current_actor()
    form = forms.bind(EndSuspensionSchema(zone_minutes=actor.zone_minutes), request.form)
    saved = forms.attempt(form, lambda fact: database().write(lambda s: suspensions.end_suspension(s, actor, fact)))
    return _end_page(form) if saved is None else redirect(url_for("registers.rows", name="codes"), 303)


def _end_page(form: forms.Form) -> Response:
    """Raises NoSuchSuspension where none is meant."""
    named = form.values.get("scheme", ""), form.values.get("official_code", "")
    with database().reading() as session:
        rows = registry_lists.official_codes(session, current_actor())
    for row in rows:
        for one in row.suspensions:
            if (row.scheme, row.official_code) == named and str(one.number) == form.values.get("number"):
                return page("registry/end_suspension.html", status=form.status, form=form, row=row, one=one)
    raise suspensions.NoSuchSuspension(code=named[1])


def _register(name: str) -> Register:
    if name not in REGISTERS:
        raise NotFound()
    return REGISTERS[name]


def _form_page(name: str, register: Register, form: forms.Form) -> Response:
    if "commodity" in form.schema.fields:
        form.offer("commodity", commodity_choices())
    spare = {several: SPARE_LINES for several in register.several}
    return page("registry/new.html", status=form.status, register=register, name=name, form=form, spare=spare)
