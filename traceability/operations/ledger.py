"""The ledger: `append` is the only INSERT of an event, and everything an event changes happens in it.

One transaction holds the event, its postings, the balances, the lineage edges and the answer that a replay gets.
Writers of one organisation take turns on its journal head, so sequence numbers have no gaps and digests chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import KINDS, Kind
from traceability.domain.facts import Fact
from traceability.domain.journal import canonical, digest
from traceability.domain.postings import Posting, check_balanced
from traceability.domain.roles import Actor
from traceability.errors import FromTheFuture, SaidDifferently
from traceability.models import Event, Facility, JournalHead, Lot
from traceability.models.base import Base
from traceability.operations import balances
from traceability.operations.naming import fresh_code
from traceability.operations.public import turn_public_clock

_CLOCK_SLACK = timedelta(minutes=5)  # a device may run this far ahead (RELIABILITY R4c)

AnyFact = TypeVar("AnyFact", bound=Fact)
SomeFact = TypeVar("SomeFact", bound=Fact, contravariant=True)


@dataclass
class Entry:
    """What an operation wants written: its postings, what it makes, and what else is said about it."""

    postings: Sequence[Posting] = ()
    makes: Sequence[Lot] = ()  # new lots; their masses come from the postings
    rows: Sequence[Base] = ()  # new rows of other tables that name the event in `made_by_id`
    kdes: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    facility: Facility | None = None
    declares: Event | None = None  # then `postings` are that event's own, reversed
    then: Callable[[Event], None] | None = None  # runs once the event has its number, before the postings


@dataclass(frozen=True)
class Done:
    """What an operation answers, the first time and at every replay: public codes and numbers, nothing inside."""

    kind: str
    event: str
    client_id: str
    recorded_at: datetime
    answer: Mapping[str, Any]
    replayed: bool = False

    def __getitem__(self, name: str) -> Any:
        return self.answer[name]


Build = Callable[[Session, Actor, AnyFact], Entry]


class Operation(Protocol[SomeFact]):
    """A verb of the record, as everybody calls it."""

    def __call__(self, session: Session, actor: Actor, fact: SomeFact) -> Done: ...


def operation(kind: Kind) -> Callable[[Build[AnyFact]], Operation[AnyFact]]:
    """Make an operation of a function that builds its Entry: permission, turn, replay, then `append`.

    Raises Forbidden, SaidDifferently (same client id, other contents), FromTheFuture, and whatever the function
    or the balances refuse; then nothing is stored.
    """

    def decorate(build: Build[AnyFact]) -> Operation[AnyFact]:
        @wraps(build)
        def perform(session: Session, actor: Actor, fact: AnyFact) -> Done:
            actor.require(kind)
            head = take_turn(session, actor.org_id)
            said = said_before(session, actor, fact)
            if said is not None:
                return said
            if fact.occurred_at > datetime.now(UTC) + _CLOCK_SLACK:
                raise FromTheFuture(at="occurred_at")
            return append(session, actor, head, kind, fact, build(session, actor, fact))

        return perform

    return decorate


def take_turn(session: Session, org_id: int) -> JournalHead:
    """Lock the organisation's journal until the transaction ends. Always the first lock an operation takes."""
    head = session.scalars(
        select(JournalHead)
        .where(JournalHead.org_id == org_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return head


def said_before(session: Session, actor: Actor, fact: Fact) -> Done | None:
    """The answer given when this client id was first used, for ever; None when it is new."""
    event = session.scalars(
        select(Event).where(Event.org_id == actor.org_id, Event.client_id == fact.client_id)
    ).one_or_none()
    if event is None:
        return None
    if event.request_digest != fact.request_digest():
        raise SaidDifferently()
    return Done(event.kind, event.code, event.client_id, event.recorded_at, event.answer, replayed=True)


def append(session: Session, actor: Actor, head: JournalHead, kind: Kind, fact: Fact, entry: Entry) -> Done:
    """Check the balance, link the digest, insert the event and everything that follows from it."""
    facts = KINDS[kind]
    check_balanced(entry.postings, keeps_count=facts.keeps_count)
    recorded_at = max(datetime.now(UTC), head.recorded_at)  # the record's own clock never runs back
    code = fresh_code(session, Event.code)
    body = canonical(
        {
            "v": 1,
            "organisation": actor.org_code,
            "seq": head.seq + 1,
            "previous": head.digest,
            "code": code,
            "client_id": fact.client_id,
            "kind": str(kind),
            "occurred_at": fact.occurred_at.astimezone(UTC).isoformat(),
            "zone_minutes": fact.zone_minutes,
            "recorded_at": recorded_at.isoformat(),
            "actor": actor.user_id,
            "device": actor.device,
            "facility": entry.facility.code if entry.facility else "",
            "declares": entry.declares.code if entry.declares else "",
            "postings": [[p.account.value, p.ref, p.mass_g, p.count] for p in entry.postings],
            "makes": [lot_facts(lot) for lot in entry.makes],
            "kdes": dict(entry.kdes),
            "note": fact.note,
        }
    )
    event = Event(
        org_id=actor.org_id,
        seq=head.seq + 1,
        code=code,
        client_id=fact.client_id,
        request_digest=fact.request_digest(),
        kind=str(kind),
        event_type=facts.event_type,
        business_step=facts.business_step,
        disposition=facts.disposition,
        occurred_at=fact.occurred_at,
        zone_minutes=fact.zone_minutes,
        recorded_at=recorded_at,
        actor_id=actor.user_id,
        facility_id=entry.facility.id if entry.facility else None,
        declares_id=entry.declares.id if entry.declares else None,
        kdes=dict(entry.kdes),
        answer=dict(entry.answer),
        body=body,
        digest=digest(body),
        previous_digest=head.digest,
    )
    session.add(event)
    session.flush()
    head.seq, head.digest, head.recorded_at = event.seq, event.digest, recorded_at
    for row in (*entry.makes, *entry.rows):
        row.made_by_id = event.id  # type: ignore[attr-defined]  # every row handed in has this column
    if entry.then is not None:
        entry.then(event)
    if entry.declares is not None:
        balances.take_back_all(session, event, entry.declares, entry.postings)
    else:
        balances.post(session, event, entry.postings, entry.makes)
    session.add_all(entry.rows)
    session.flush()
    if facts.public:
        head.public_seq = event.seq
        turn_public_clock(session)
    return Done(event.kind, event.code, event.client_id, recorded_at, event.answer)


def lot_facts(lot: Lot) -> dict[str, Any]:
    """What the journal says of a new lot: enough to make its row again."""
    return {
        "code": lot.code,
        "number": lot.number,
        "kind": lot.kind,
        "commodity": lot.commodity,
        "form": lot.form,
        "grade": lot.grade or "",
        "variety": lot.variety or "",
        "crop_year": lot.crop_year or "",
        "custody": lot.custody,
        "unit": lot.unit or "",
    }
