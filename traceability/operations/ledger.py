"""The ledger: `append` is the only INSERT of an event, and everything an event changes happens in it.

One transaction holds the event, its postings, the balances, the lineage edges and the answer that a replay gets.
Writers of one organisation take turns on its journal head, so sequence numbers have no gaps and digests chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import Session

from traceability.domain.events import KINDS, Kind, is_public
from traceability.domain.facts import Fact
from traceability.domain.identifiers import new_code
from traceability.domain.journal import canonical, digest
from traceability.domain.postings import Account, Posting, check_balanced
from traceability.domain.roles import Actor
from traceability.errors import FromTheFuture, Refusal, SaidDifferently
from traceability.models import Event, JournalHead
from traceability.models.base import Base
from traceability.models.statements import Statement, any_of
from traceability.operations import balances
from traceability.operations.balances import NewLot, Written
from traceability.operations.lookups import Goods
from traceability.operations.public import turn_public_clock

_CLOCK_SLACK = timedelta(minutes=5)  # a device may run this far ahead (RELIABILITY R4c)

# built once: building a statement costs four times what running it does
_EVENTS: Final = Event.metadata.tables["event"]
_HEAD: Final = Statement(
    select(JournalHead.org_id, JournalHead.seq, JournalHead.digest, JournalHead.recorded_at)
    .where(JournalHead.org_id == bindparam("org"))
    .with_for_update()
)
_MOVED_HEAD: Final = (
    update(JournalHead.metadata.tables["journal_head"])
    .where(JournalHead.org_id == bindparam("org"))
    .values(seq=bindparam("to_seq"), digest=bindparam("to_digest"), recorded_at=bindparam("to_recorded_at"))
)
_MOVE_HEAD: Final = Statement(_MOVED_HEAD)
_MOVE_PUBLIC_HEAD: Final = Statement(_MOVED_HEAD.values(public_seq=bindparam("to_public_seq")))
_ANSWERS: Final = select(
    Event.client_id, Event.request_digest, Event.kind, Event.code, Event.recorded_at, Event.answer
).where(Event.org_id == bindparam("org"))
_SAID: Final = Statement(_ANSWERS.where(Event.client_id == bindparam("client_id")))
_ALL_SAID: Final = Statement(_ANSWERS.where(any_of(Event.client_id, "client_ids")))
_INSERT_EVENT: Final = Statement(insert(_EVENTS).returning(_EVENTS.c.id))
_INSERT_EVENTS: Final = Statement(insert(_EVENTS))
_IDS_SINCE: Final = Statement(
    select(Event.id).where(Event.org_id == bindparam("org"), Event.seq >= bindparam("first")).order_by(Event.seq)
)

AnyFact = TypeVar("AnyFact", bound=Fact)
SomeFact = TypeVar("SomeFact", bound=Fact, contravariant=True)


class Place(Protocol):
    """A facility, as far as an event names it."""

    @property
    def id(self) -> int: ...

    @property
    def code(self) -> str: ...


class Head(NamedTuple):
    """Where an organisation's journal ends."""

    org_id: int
    seq: int
    digest: str
    recorded_at: datetime


class _Said(NamedTuple):
    """An event that was recorded under a client id, and what was answered."""

    client_id: str
    request_digest: str
    kind: str
    code: str
    recorded_at: datetime
    answer: Mapping[str, Any]


@dataclass
class Entry:
    """What an operation wants written: its postings, what it makes, and what else is said about it."""

    postings: Sequence[Posting] = ()
    makes: Sequence[NewLot] = ()
    takes: Sequence[Goods] = ()  # lots already read that the postings take from: nobody asks for them again
    knows: Mapping[tuple[Account, str], int] = field(default_factory=dict)  # likewise, inside ids of plots and parties
    rows: Sequence[Base] = ()  # new rows of other tables that name the event in `made_by_id`
    rows_of: NewLot | None = None  # and in `lot_id` this lot
    kdes: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    facility: Place | None = None
    grows: frozenset[str] = frozenset()  # lots that nothing was taken from, made with what a line gives or takes
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


def say_all(
    session: Session, actor: Actor, kind: Kind, facts: Sequence[AnyFact], build: Callable[[AnyFact], Entry]
) -> list[Done | Refusal]:
    """Many facts of one kind in one turn: each is answered, replayed or refused as if it had been said alone.

    What `build` makes of a fact must not depend on what the facts before it write, but for what `build` remembers
    itself, and must not take from a lot: then nothing can be refused after it was built.
    """
    actor.require(kind)
    head = take_turn(session, actor.org_id)
    asked = {"org": actor.org_id, "client_ids": [fact.client_id for fact in facts]}
    said = {row[0]: _Said(*row) for row in _ALL_SAID.rows(session.connection(), asked)}
    latest = datetime.now(UTC) + _CLOCK_SLACK
    answers: list[Done | Refusal | None] = [None] * len(facts)
    entries: dict[str, tuple[AnyFact, Entry]] = {}
    for place, fact in enumerate(facts):
        try:
            if fact.client_id in said:
                answers[place] = _replayed(said[fact.client_id], fact)
            elif fact.occurred_at > latest:
                raise FromTheFuture(at="occurred_at")
            elif fact.client_id not in entries:
                entries[fact.client_id] = fact, build(fact)
            elif entries[fact.client_id][0].request_digest() != fact.request_digest():
                raise SaidDifferently()
        except Refusal as refusal:
            answers[place] = refusal
    done = {one.client_id: one for one in append_all(session, actor, head, kind, list(entries.values()))}
    for place, fact in enumerate(facts):
        if answers[place] is None:
            answers[place] = done[fact.client_id]
            done[fact.client_id] = replace(done[fact.client_id], replayed=True)
    return [answer for answer in answers if answer is not None]


def take_turn(session: Session, org_id: int) -> Head:
    """Lock the organisation's journal until the transaction ends. Always the first lock an operation takes."""
    return Head(*_HEAD.first(session.connection(), {"org": org_id}))


def said_before(session: Session, actor: Actor, fact: Fact) -> Done | None:
    """The answer given when this client id was first used, for ever; None when it is new."""
    found = _SAID.first(session.connection(), {"org": actor.org_id, "client_id": fact.client_id})
    return _replayed(_Said(*found), fact) if found is not None else None


def append(session: Session, actor: Actor, head: Head, kind: Kind, fact: Fact, entry: Entry) -> Done:
    """Check the balance, link the digest, insert the event and everything that follows from it."""
    return append_all(session, actor, head, kind, [(fact, entry)])[0]


def append_all(
    session: Session, actor: Actor, head: Head, kind: Kind, entries: Sequence[tuple[Fact, Entry]]
) -> list[Done]:
    """The same for many events, one after another in the journal, in as few statements as for one."""
    if not entries:
        return []
    rows = []
    for fact, entry in entries:
        rows.append(_event_row(actor, head, kind, fact, entry))
        head = Head(actor.org_id, rows[-1]["seq"], rows[-1]["digest"], rows[-1]["recorded_at"])
    connection = session.connection()
    ids = _insert(connection, rows)
    moved = {"org": head.org_id, "to_seq": head.seq, "to_digest": head.digest, "to_recorded_at": head.recorded_at}
    public = [row["seq"] for row in rows if is_public(kind, row["kdes"])]
    if public:
        _MOVE_PUBLIC_HEAD.change(connection, {**moved, "to_public_seq": public[-1]})
    else:
        _MOVE_HEAD.change(connection, moved)
    written = []
    for event_id, row, (_, entry) in zip(ids, rows, entries, strict=True):
        for new in entry.rows:
            new.made_by_id = event_id  # type: ignore[attr-defined]  # every row handed in has this column
        if entry.then is not None:
            entry.then(Event(id=event_id, **row))
        when = (row["occurred_at"], row["zone_minutes"])
        one = Written(event_id, actor.org_id, *when, entry.postings, entry.makes, entry.takes, entry.knows, entry.grows)
        if entry.declares is not None:
            balances.take_back_all(session, one, entry.declares)
        else:
            written.append(one)
    balances.post(session, written)
    for _, entry in entries:
        if entry.rows_of is not None:
            for new in entry.rows:
                new.lot_id = entry.rows_of.id  # type: ignore[attr-defined]
        session.add_all(entry.rows)
    session.flush()
    if public:
        turn_public_clock(session)
    return [Done(row["kind"], row["code"], row["client_id"], row["recorded_at"], row["answer"]) for row in rows]


def _replayed(said: _Said, fact: Fact) -> Done:
    if said.request_digest != fact.request_digest():
        raise SaidDifferently()
    return Done(said.kind, said.code, said.client_id, said.recorded_at, said.answer, replayed=True)


def _event_row(actor: Actor, head: Head, kind: Kind, fact: Fact, entry: Entry) -> dict[str, Any]:
    """Check the balance, and link the event to what is the last one so far."""
    facts = KINDS[kind]
    check_balanced(entry.postings, keeps_count=facts.keeps_count)
    recorded_at = max(datetime.now(UTC), head.recorded_at)  # the record's own clock never runs back
    code = new_code()  # one that is taken is refused by its key, and the transaction told again
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
    return {
        "org_id": actor.org_id,
        "seq": head.seq + 1,
        "code": code,
        "client_id": fact.client_id,
        "request_digest": fact.request_digest(),
        "kind": str(kind),
        "event_type": facts.event_type,
        "business_step": facts.business_step,
        "disposition": facts.disposition,
        "occurred_at": fact.occurred_at,
        "zone_minutes": fact.zone_minutes,
        "recorded_at": recorded_at,
        "actor_id": actor.user_id,
        "facility_id": entry.facility.id if entry.facility else None,
        "declares_id": entry.declares.id if entry.declares else None,
        "kdes": dict(entry.kdes),
        "answer": dict(entry.answer),
        "body": body,
        "digest": digest(body),
        "previous_digest": head.digest,
    }


def _insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert events of one journal, which follow each other. Answers their ids in the same order."""
    if len(rows) == 1:
        return list(_INSERT_EVENT.first(connection, rows[0]))
    _INSERT_EVENTS.change_all(connection, rows)
    where = {"org": rows[0]["org_id"], "first": rows[0]["seq"]}
    return [event_id for (event_id,) in _IDS_SINCE.rows(connection, where)]


def lot_facts(lot: NewLot) -> dict[str, Any]:
    """What the journal says of a new lot: enough to make its row again."""
    return {
        "code": lot.code,
        "number": lot.number,
        "kind": lot.kind,
        "commodity": lot.commodity,
        "form": lot.form,
        "grade": lot.grade,
        "variety": lot.variety,
        "crop_year": lot.crop_year,
        "custody": lot.custody,
        "unit": lot.unit,
    }
