"""Four eyes (RELIABILITY D16): one asks, another approves or refuses. Where nobody else is there, that is on record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.approvals import APART, APPROVABLE, ASKING, Approve, AskCap, AskOrigin, CorrectWeight, Refuse
from traceability.domain.events import Kind
from traceability.domain.facts import REPLACEMENT, CorrectOrigin
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import AlreadyReleased, Conflict, Forbidden, Invalid, MassNeeded, NotFound, SayWhy
from traceability.models import Batch, Event
from traceability.operations import lookups, rebooking, reweighing
from traceability.operations.delivered import take_turns_below
from traceability.operations.ledger import Done, Entry, operation
from traceability.queries.approvals import asked_in_this_browser, decision_on, second_person_there


class NoSuchRequest(NotFound):
    """There is no request {code} to decide. Open the list of what is to be approved."""


class AlreadyDecided(Conflict):
    """This request was already decided. Open the list again and see how."""


class OwnRequest(Forbidden):
    """You asked for this yourself. Another manager must approve it."""


class SameDevice(Forbidden):
    """This was asked for on this very device just now. Approve it from another device, or wait {minutes} minutes."""


class NothingToApprove(Conflict):
    """This request does not say what is right. Open the entry and correct it, or refuse the request."""


class SameCap(Invalid):
    """This is the yearly limit of the plot already. Enter another one."""


@operation(Kind.ASK_CAP)
def ask_cap(session: Session, actor: Actor, fact: AskCap) -> Entry:
    """Ask for another yearly limit of a plot. Raises NoSuchPlot, SayWhy, MassNeeded, SameCap."""
    plot = lookups.plot_of(session, actor, fact.plot)
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    if fact.cap_g is not None and fact.cap_g <= 0:
        raise MassNeeded(at="cap_g")
    if fact.cap_g == plot.cap_g:
        raise SameCap(at="cap_g")
    kdes = {"plot": plot.code, "cap_g": fact.cap_g, "was_g": plot.cap_g, "reason": nfc(fact.reason)}
    return Entry(kdes=kdes, answer={"plot": plot.code})


@operation(Kind.ASK_ORIGIN)
def ask_origin(session: Session, actor: Actor, fact: AskOrigin) -> Entry:
    """Ask to book a delivery on another farmer or plot. Raises what `correct_origin` would raise."""
    wanted = rebooking.wanted_origin(session, actor, fact.event, fact.farmer, fact.plot, fact.reason)
    return Entry(kdes={**wanted.kdes, "reason": nfc(fact.reason)}, answer={"lot": wanted.delivery.code})


def approve(session: Session, actor: Actor, fact: Approve) -> Done:
    """Approve what another one asked for, and do it in the same transaction.

    Raises NoSuchRequest, AlreadyDecided, OwnRequest where there are two managers, and what doing it refuses.
    """
    actor.require(Kind.APPROVE)
    asked = _request(session, actor, fact.request, APPROVABLE)
    if asked.kind == Kind.ASK_CAP:
        return _approve(session, actor, fact)
    correct = _correction_asked(fact, asked)
    take_turns_below(session, actor, str(asked.kdes["event"]))
    done = _approve(session, actor, fact)
    corrected = correct(session, actor)
    return replace(done, answer={**done.answer, "done": dict(corrected.answer)})


def _correction_asked(fact: Approve, asked: Event) -> Callable[[Session, Actor], Done]:
    """What follows an approved request, in the same transaction. Raises NothingToApprove."""
    right: dict[str, Any] = {name: str(asked.kdes[name]) for name in ("event", "reason")}
    right |= {"occurred_at": fact.occurred_at, "zone_minutes": fact.zone_minutes}
    right |= {"client_id": fact.client_id + REPLACEMENT, "confirmed": True}
    if asked.kind == Kind.ASK_ORIGIN:
        origin = CorrectOrigin(**right, farmer=str(asked.kdes["farmer"]), plot=str(asked.kdes["plot"]))
        return lambda session, actor: rebooking.correct_origin(session, actor, origin)
    if asked.kdes.get("mass_g") is None:
        raise NothingToApprove()
    weight = CorrectWeight(**right, mass_g=int(asked.kdes["mass_g"]))
    return lambda session, actor: reweighing.correct_weight(session, actor, weight)


@operation(Kind.APPROVE)
def _approve(session: Session, actor: Actor, fact: Approve) -> Entry:
    asked = _request(session, actor, fact.request, APPROVABLE)
    _check_open(session, asked)
    own = actor.user_id is not None and asked.actor_id == actor.user_id
    if own and second_person_there(session, actor):
        raise OwnRequest()
    check_other_device(session, actor, asked)
    said: dict[str, Any] = {"request": asked.code, "of": asked.kind, "alone": own}
    if not own and asked_in_this_browser(asked, actor):
        said["same_device"] = True
    if asked.kind == Kind.ASK_CAP:
        plot = lookups.plot_of(session, actor, str(asked.kdes["plot"]))
        plot.cap_g = asked.kdes["cap_g"]
        said |= {"plot": plot.code, "cap_g": plot.cap_g}
    elif asked.kind == Kind.ASK_CORRECTION:
        said |= {name: asked.kdes[name] for name in ("event", "mass_g")}
    else:
        said |= {name: asked.kdes[name] for name in ("event", "farmer", "plot")}
    return Entry(kdes=said, answer={"request": asked.code, "of": asked.kind})


def check_other_device(session: Session, actor: Actor, asked: Event) -> None:
    """Raises SameDevice where another one asked in this very browser just now: two persons have two devices."""
    if asked.actor_id == actor.user_id or not second_person_there(session, actor):
        return
    if asked_in_this_browser(asked, actor) and asked.recorded_at + APART > datetime.now(UTC):
        raise SameDevice(minutes=int(APART.total_seconds() // 60))


@operation(Kind.REFUSE)
def refuse(session: Session, actor: Actor, fact: Refuse) -> Entry:
    """Refuse a request, or the release of a sealed batch, and say why. Raises NoSuchRequest, AlreadyDecided, SayWhy."""
    asked = _request(session, actor, fact.request, ASKING)
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    _check_open(session, asked)
    if asked.kind == Kind.SEAL:
        batch = session.scalars(select(Batch).where(Batch.sealed_by_id == asked.id)).one()
        if batch.released_at is not None:
            raise AlreadyReleased(batch=asked.kdes["batch"])
    kdes = {"request": asked.code, "of": asked.kind, "reason": nfc(fact.reason)}
    return Entry(kdes=kdes, answer={"request": asked.code, "of": asked.kind})


def _request(session: Session, actor: Actor, code: str, kinds: Iterable[Kind]) -> Event:
    asked = session.scalars(
        select(Event).where(
            Event.org_id == actor.org_id, Event.code == code.upper(), Event.kind.in_([str(kind) for kind in kinds])
        )
    ).one_or_none()
    if asked is None:
        raise NoSuchRequest(code=code, at="request")
    return asked


def _check_open(session: Session, asked: Event) -> None:
    if decision_on(session, asked) is not None:
        raise AlreadyDecided()
