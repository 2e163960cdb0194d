"""What waits for a manager, who asked for it, and how it was decided. Everything is read from the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.approvals import ASKING
from traceability.domain.devices import same_browser
from traceability.domain.events import KINDS, Kind
from traceability.domain.roles import Actor
from traceability.models import Batch, Event, Lot, Party, Person, Plot, User
from traceability.queries.sealed_batches import managers_of

DECIDING = (str(Kind.APPROVE), str(Kind.REFUSE))
MOST = 200
SETTLED = 30


@dataclass(frozen=True)
class Decision:
    """How a request was decided; `alone` when nobody else was there to look at it."""

    approved: bool
    who: str
    at: datetime
    zone_minutes: int
    reason: str
    alone: bool
    same_device: bool = False  # asked for and approved in one browser


@dataclass(frozen=True)
class Request:
    """One thing that was asked for. What it is about is named where there is a page for it."""

    code: str
    kind: Kind
    words: str
    who: str
    own: bool  # this reader asked for it
    at: datetime
    zone_minutes: int
    reason: str
    facts: Mapping[str, Any]
    lot: str = ""  # code
    number: str = ""  # of the lot
    farmer: str = ""  # whose it would be, or whose plot it is
    plot: str = ""
    decision: Decision | None = None


def second_person_there(session: Session, actor: Actor) -> bool:
    """Whether another manager can look at what this person does; the machine itself needs nobody."""
    return actor.user_id is not None and managers_of(session, actor.org_id) > 1


def asked_in_this_browser(asked: Event, actor: Actor) -> bool:
    """Whether a request was made in the browser in which somebody now decides it."""
    return same_browser(str(json.loads(asked.body).get("device", "")), actor.device)


def decision_on(session: Session, asked: Event) -> Event | None:
    """The entry that approved or refused a request; None while it is open."""
    decided = select(Event).where(Event.org_id == asked.org_id, Event.kind.in_(DECIDING))
    return session.scalars(decided.where(Event.kdes["request"].as_string() == asked.code).limit(1)).first()


def requests(session: Session, actor: Actor) -> tuple[list[Request], list[Request]]:
    """What is open, the oldest first; and what was decided lately, the newest first."""
    asked = (
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.org_id == actor.org_id, Event.kind.in_([str(kind) for kind in ASKING]))
    )
    decided = _decisions(session, actor)
    gone = select(Batch.sealed_by_id).where(
        Batch.org_id == actor.org_id, (Batch.released_at.is_not(None)) | (Batch.superseded_by != "")
    )
    waits = [
        (event, who)
        for event, who in session.execute(asked.where(Event.id.not_in(gone)).order_by(Event.seq))
        if event.code not in decided
    ]
    done = _done_otherwise(session, actor, [event for event, _ in waits])
    open_ones = [(event, who) for event, who in waits if event.id not in done][:MOST]
    codes = sorted(decided, key=lambda code: decided[code].at, reverse=True)[:SETTLED]
    settled = [
        (event, who) for event, who in session.execute(asked.where(Event.code.in_(codes)).order_by(Event.seq.desc()))
    ]
    named = _Named(session, actor, [event for event, _ in (*open_ones, *settled)])
    waiting = [_request(actor, named, event, who, None) for event, who in open_ones]
    return waiting, [_request(actor, named, event, who, decided[event.code]) for event, who in settled]


def _decisions(session: Session, actor: Actor) -> dict[str, Decision]:
    rows = session.execute(
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.org_id == actor.org_id, Event.kind.in_(DECIDING))
    )
    return {
        str(event.kdes["request"]): Decision(
            approved=event.kind == Kind.APPROVE,
            who=who or "",
            at=event.occurred_at,
            zone_minutes=event.zone_minutes,
            reason=str(event.kdes.get("reason", "")),
            alone=bool(event.kdes.get("alone")),
            same_device=bool(event.kdes.get("same_device")),
        )
        for event, who in rows
    }


def _done_otherwise(session: Session, actor: Actor, asked: list[Event]) -> set[int]:
    """Requests that were settled by doing: the entry was corrected."""
    done: set[int] = set()
    wanted = {str(event.kdes["event"]) for event in asked if event.kind == Kind.ASK_CORRECTION}
    later = select(Event.declares_id).where(Event.org_id == actor.org_id, Event.declares_id.is_not(None))
    corrected = set(
        session.scalars(
            select(Event.code).where(Event.org_id == actor.org_id, Event.code.in_(wanted), Event.id.in_(later))
        )
    )
    moved = select(Event.kdes["event"].as_string(), Event.id).where(
        Event.org_id == actor.org_id, Event.kind == str(Kind.CORRECT_ORIGIN)
    )
    booked = {code: key for code, key in session.execute(moved)}
    for event in asked:
        target = str(event.kdes.get("event", ""))
        if event.kind == Kind.ASK_CORRECTION and (target in corrected or booked.get(target, 0) > event.id):
            done.add(event.id)
    return done


def _request(actor: Actor, named: _Named, event: Event, who: str | None, decision: Decision | None) -> Request:
    facts = event.kdes
    code, number = named.lot_of(event)
    return Request(
        code=event.code,
        kind=Kind(event.kind),
        words=KINDS[Kind(event.kind)].words,
        who=who or "",
        own=actor.user_id is not None and event.actor_id == actor.user_id,
        at=event.occurred_at,
        zone_minutes=event.zone_minutes,
        reason=str(facts.get("reason", "")),
        facts=facts,
        lot=code,
        number=number,
        farmer=named.farmer_of(facts),
        plot=named.plots.get(str(facts.get("plot", "")), ("", ""))[0],
        decision=decision,
    )


class _Named:
    """The lots, farmers and plots that some requests are about, as people call them; asked for once for all."""

    def __init__(self, session: Session, actor: Actor, events: Sequence[Event]) -> None:
        def said(name: str) -> set[str]:
            return {str(event.kdes[name]) for event in events if event.kdes.get(name)}

        by_event = select(Event.code, Lot.code, Lot.number).join(Event, Event.id == Lot.made_by_id)
        targets = session.execute(by_event.where(Event.org_id == actor.org_id, Event.code.in_(said("event"))))
        self._made: dict[str, tuple[str, str]] = {event: (code, number) for event, code, number in targets}
        batches = session.execute(
            select(Lot.code, Lot.number).where(Lot.org_id == actor.org_id, Lot.code.in_(said("batch")))
        )
        self._batches: dict[str, str] = {code: number for code, number in batches}
        plots = session.execute(
            select(Plot.code, Plot.name, Party.code)
            .join(Party, Party.id == Plot.party_id)
            .where(Plot.org_id == actor.org_id, Plot.code.in_(said("plot")))
        )
        self.plots: dict[str, tuple[str, str]] = {code: (name, owner) for code, name, owner in plots}
        owners = said("farmer") | {owner for _, owner in self.plots.values()}
        people = session.execute(
            select(Party.code, Person.name, Party.number)
            .join(Person, Person.party_id == Party.id)
            .where(Party.org_id == actor.org_id, Party.code.in_(owners))
        )
        self._people: dict[str, str] = {code: f"{name} · {number}" for code, name, number in people}

    def lot_of(self, event: Event) -> tuple[str, str]:
        """Code and number of the lot that a request is about."""
        if event.kind == Kind.SEAL:
            code = str(event.kdes["batch"])
            return code, self._batches.get(code, "")
        return self._made.get(str(event.kdes.get("event", "")), ("", ""))

    def farmer_of(self, facts: Mapping[str, Any]) -> str:
        """The farmer it would be booked on, else whose plot it is."""
        owner = self.plots.get(str(facts.get("plot", "")), ("", ""))[1]
        return self._people.get(str(facts.get("farmer") or owner), "")
