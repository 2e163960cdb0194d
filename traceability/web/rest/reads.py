"""Everything that can be read over the API: lists and single records from one table, traces, and the dossier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple

from flask_smorest import Blueprint

from traceability.domain.dossier import Dossier, Place
from traceability.domain.events import Kind
from traceability.domain.roles import MAY, Actor
from traceability.operations.lookups import batch_of, lot_of
from traceability.queries.dossiers import dossier_of
from traceability.queries.kept import KEPT
from traceability.queries.records import Page, Row, one, page
from traceability.queries.traces import BackTrace, FarmRow, LotRow, trace_back_rows, trace_forward_rows
from traceability.schemas import Schema, records
from traceability.schemas.answers import Answer, Asked, AskedSchema, TraceBackAnswer, TraceForwardAnswer, list_of
from traceability.schemas.dossier import DossierSchema
from traceability.schemas.labels import Gs1NumberAnswer, LabelRunAnswer, PalletAnswer
from traceability.schemas.money import FarmerMoneyAnswer, OwedAnswer
from traceability.schemas.origins import (
    ForwardAsked,
    ForwardAskedSchema,
    MethodsAnswer,
    MethodsAskedSchema,
    OriginsAnswer,
    OriginsAskedSchema,
    WhyAnswer,
    WhyAskedSchema,
)
from traceability.schemas.reports import ReportAnswer
from traceability.web.pages import database
from traceability.web.rest import money, origins
from traceability.web.rest.callers import caller
from traceability.web.rest.contract import refusing


class Read(NamedTuple):
    """One kind of record: its key in `KEPT`, its singular, its shape, and whether one can be asked for by name."""

    many: str
    single: str
    answer: type[Answer]
    by_name: bool = True
    of_batch: bool = False  # can also be asked for of one batch
    only: Kind | None = None  # for those alone whose role may do this

    @property
    def path(self) -> str:
        """Where they are listed."""
        return f"/{self.many.replace('_', '-')}"


READS: Final = (
    Read("lots", "lot", records.LotAnswer),
    Read("farmers", "farmer", records.FarmerAnswer),
    Read("partners", "partner", records.PartnerAnswer),
    Read("plots", "plot", records.PlotAnswer),
    Read("facilities", "facility", records.FacilityAnswer),
    Read("registrations", "registration", records.RegistrationAnswer, by_name=False),
    Read("certificates", "certificate", records.CertificateAnswer, by_name=False),
    Read("batches", "batch", records.BatchAnswer),
    Read("transfers", "transfer", records.TransferAnswer),
    Read("holds", "hold", records.HoldAnswer),
    Read("recalls", "recall", records.RecallAnswer),
    Read("payments", "payment", records.PaymentAnswer),
    Read("events", "event", records.EventAnswer),
    Read("label_runs", "label_run", LabelRunAnswer, of_batch=True),
    Read("pallets", "pallet", PalletAnswer, of_batch=True),
    Read("gs1_numbers", "gs1_number", Gs1NumberAnswer, by_name=False),
    Read("reports", "report", ReportAnswer, of_batch=True, only=Kind.HANDLE_REPORT),
)


def mount(blueprint: Blueprint) -> None:
    """Add the GET endpoints."""

    def add(
        path: str,
        name: str,
        summary: str,
        view: Callable[..., Any],
        answer: Any,
        asks: type[Schema] | None = None,
        only: Kind | None = None,
    ) -> None:
        if asks is not None:
            view = blueprint.arguments(asks, location="query")(view)
        view = blueprint.response(200, answer, description="As asked.")(view)
        several = (404, 409) if asks is ForwardAskedSchema else (404,) if "<" in path else ()
        view = refusing(blueprint, view, 401, 403, *((422,) if asks else ()), *several)
        view = blueprint.doc(summary=summary, operationId=name, security=[{"token": ["read"]}])(view)
        if only is not None:
            view = blueprint.doc(description=f"Open to the roles {', '.join(sorted(MAY[only]))}.")(view)
        blueprint.add_url_rule(path, name, view, methods=["GET"])

    for read in READS:
        called, rows = read.many.replace("_", " "), list_of(read.answer)
        named = f"List {called} in the order of making"
        add(read.path, f"list_{read.many}", named, _lister(read), rows, AskedSchema, read.only)
        if read.by_name:
            one_of_them = f"Read one {read.single.replace('_', ' ')}"
            add(f"{read.path}/<code>", f"get_{read.single}", one_of_them, _reader(read), read.answer, only=read.only)
        if read.of_batch:
            named = f"List the {called} of a batch"
            name = f"list_{read.many}_of_batch"
            add(f"/batches/<code>{read.path}", name, named, _lister_of_batch(read), rows, AskedSchema, read.only)
    add("/balances", "list_balances", "Who is owed money, who waits longest first", money.owed, OwedAnswer)
    add("/farmers/<code>/balance", "get_balance", "The money of one farmer", money.balance_of, FarmerMoneyAnswer)
    history = list_of(records.EventAnswer)
    add("/lots/<code>/events", "list_events_of_lot", "List the events of a lot", events_of_lot, history, AskedSchema)
    add("/lots/<code>/trace-back", "trace_back", "Whose grams are in a lot", origins_of_lot, TraceBackAnswer)
    add("/lots/<code>/trace-forward", "trace_forward", "Where a lot went", lots_from_lot, TraceForwardAnswer)
    add(
        "/lots/<code>/origins",
        "count_origins",
        "Where a lot comes from, by farm, plot, organisation, input or day",
        origins.origins_counted,
        OriginsAnswer,
        OriginsAskedSchema,
    )
    add("/lots/<code>/why", "explain", "Why a share is what it is", origins.reason, WhyAnswer, WhyAskedSchema)
    add(
        "/lots/<code>/methods",
        "compare_methods",
        "The origins of a lot by every method its chain of custody allows",
        origins.methods_compared,
        MethodsAnswer,
        MethodsAskedSchema,
    )
    add(
        "/trace-forward",
        "trace_forward_from_many",
        "Where several lots, farmers, plots or everything made at a place went",
        lots_from_many,
        TraceForwardAnswer,
        ForwardAskedSchema,
    )
    add("/batches/<code>/dossier", "get_dossier", "Everything that is said about a batch", dossier, DossierSchema)


def _lister(read: Read) -> Callable[[Asked], Page]:
    def view(asked: Asked) -> Page:
        _check(read)
        with database().reading() as session:
            return page(session, caller(), KEPT[read.many], after=asked.after, limit=asked.limit)

    return view


def _lister_of_batch(read: Read) -> Callable[[Asked, str], Page]:
    def view(asked: Asked, code: str) -> Page:
        _check(read)
        with database().reading() as session:
            lot = batch_of(session, caller(), _code_of(session, "batches", code))[1]
            return page(session, caller(), KEPT[read.many], after=asked.after, limit=asked.limit, lot=lot)

    return view


def _reader(read: Read) -> Callable[[str], Row]:
    def view(code: str) -> Row:
        _check(read)
        with database().reading() as session:
            return one(session, caller(), KEPT[read.many], code)

    return view


def _check(read: Read) -> None:
    """Raises Forbidden where the caller's roles may not read these."""
    if read.only is not None:
        caller().require(read.only)


def events_of_lot(asked: Asked, code: str) -> Page:
    """The events of the own organisation that made a lot, moved it, measured it, stopped it or sold it."""
    with database().reading() as session:
        lot = lot_of(session, caller(), _code_of(session, "lots", code))
        return page(session, caller(), KEPT["events"], after=asked.after, limit=asked.limit, lot=lot)


def origins_of_lot(code: str) -> BackTrace:
    """One row per farm, through every organisation. Farms of others show their province and their share only."""
    with database().reading() as session:
        trace = trace_back_rows(session, lot_of(session, caller(), _code_of(session, "lots", code)))
    return replace(trace, farms=tuple(_farm_seen_by(caller(), farm) for farm in trace.farms))


def lots_from_lot(code: str) -> dict[str, Any]:
    """One row per lot, through every organisation. Of lots of others it says how much came from this one."""
    with database().reading() as session:
        trace = trace_forward_rows(session, [lot_of(session, caller(), _code_of(session, "lots", code))])
    return {"rows": [_lot_seen_by(caller(), row) for row in trace.rows]}


def lots_from_many(asked: ForwardAsked) -> dict[str, Any]:
    """One row per lot, through every organisation, as for one lot; without a source there is none."""
    return {"rows": [_lot_seen_by(caller(), row) for row in origins.forward_from(asked).rows]}


def dossier(code: str) -> Dossier:
    """The dossier of an own batch, released or not: what its public page says, at this journal position."""
    with database().reading() as session:
        return dossier_of(session, _code_of(session, "batches", code))


def _code_of(session: Any, many: str, name: str) -> str:
    """The public code of an own record; raises what is said when it is missing."""
    return str(one(session, caller(), KEPT[many], name)["code"])


def _farm_seen_by(actor: Actor, farm: FarmRow) -> FarmRow:
    if farm.organisation == actor.org_code:
        return farm
    return replace(farm, code="", number="", name="", plots=(), place=Place(farm.place.country, farm.place.province))


def _lot_seen_by(actor: Actor, row: LotRow) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in row.__dataclass_fields__}
    if row.organisation == actor.org_code:
        return shown
    masses = ("stock_g", "on_the_road_g", "shipped_g")
    hidden = dict.fromkeys((*masses, *(f"affected_{name}" for name in masses)))
    return {**shown, **hidden, "number": "", "facility": "", "buyers": ()}
