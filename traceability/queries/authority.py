"""Whose record somebody may read: their own organisation's, or those of all that let their authority in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.domain.authority import AUTHORITY, USUAL_SAMPLE
from traceability.domain.dossier import Names
from traceability.domain.events import Kind
from traceability.domain.roles import Actor, Role
from traceability.models import Device, Event, JournalHead, Organisation, User

READERS: Final = frozenset({Role.AUDITOR, Role.INSPECTOR})  # of an authority, who read the others' records
SILENT_AFTER: Final = timedelta(days=7)  # an organisation without an entry
PHONE_SILENT_AFTER: Final = timedelta(days=3)
Key = TypeVar("Key")
Area = tuple[str, str]  # country, and a province of it or ""


@dataclass(frozen=True)
class Seen:
    """The organisations whose record is read, by inside id. `authority` is who reads, where it reads others."""

    organisations: Mapping[int, Names]
    zone_minutes: int
    authority: str = ""
    sample_percent: int = USUAL_SAMPLE

    def own(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Whether a row is of one of them."""
        return column.in_(self.organisations)


@dataclass(frozen=True)
class Reader:
    """An authority that may read an organisation's record: let in by itself, or by the law for an area."""

    code: str
    name: Names
    since: datetime
    zone_minutes: int
    by_itself: bool
    area: Area = ("", "")


@dataclass(frozen=True)
class Heard:
    """When an organisation was last heard of, and its phones."""

    name: Names
    country: str
    province: str
    last_at: datetime
    entries: int
    phones: int
    silent_phones: int
    unsent: int  # as the phones last said
    silent: bool


def seen_by(session: Session, actor: Actor, only: str = "") -> Seen:
    """Everybody reads their own organisation's record; auditors and inspectors of an authority all that let it in.

    `only` is the code of one of them. One that did not let the authority in is like one that does not exist.
    """
    own = session.get_one(Organisation, actor.org_id)
    if own.kind != AUTHORITY or not actor.roles & READERS:
        return Seen({own.id: own.called}, own.zone_minutes)
    known = [row for row in _let_in(session, own) if only in ("", row.code)]
    return Seen({row.id: row.called for row in known}, own.zone_minutes, own.code, sample_percent(session, own.id))


def organisations_let_in(session: Session, actor: Actor) -> list[tuple[str, Names]]:
    """Codes and names of those whose record the actor's authority reads, for a choice; none for everybody else."""
    own = session.get_one(Organisation, actor.org_id)
    if own.kind != AUTHORITY or not actor.roles & READERS:
        return []
    return [(row.code, row.called) for row in _let_in(session, own)]


def granted_by(session: Session, org_id: int) -> dict[str, Event]:
    """The authorities that an organisation let in by itself, by code, with the entry that did so."""
    found: dict[str, Event] = {}
    for event in session.scalars(_of_kind(Kind.GRANT_READING, Kind.END_READING).where(Event.org_id == org_id)):
        _last_counts(found, str(event.kdes["authority"]), event, granting=Kind.GRANT_READING)
    return found


def areas_of(session: Session, org_id: int) -> dict[Area, Event]:
    """The areas that the law lets an authority read."""
    found: dict[Area, Event] = {}
    for event in session.scalars(_of_kind(Kind.GRANT_AREA, Kind.END_AREA).where(Event.org_id == org_id)):
        area = str(event.kdes["country"]), str(event.kdes["province"])
        _last_counts(found, area, event, granting=Kind.GRANT_AREA)
    return found


def sample_percent(session: Session, org_id: int) -> int:
    """How many of a hundred batches an authority looks at."""
    said = session.scalars(_of_kind(Kind.SET_SAMPLE).where(Event.org_id == org_id)).all()
    return int(said[-1].kdes["percent"]) if said else USUAL_SAMPLE


def readers_of(session: Session, org_id: int) -> list[Reader]:
    """Every authority that may read an organisation's record, and since when."""
    own = session.get_one(Organisation, org_id)
    itself, found = granted_by(session, org_id), []
    for authority in authorities(session, org_id):
        if authority.code in itself:
            event = itself[authority.code]
            found.append(Reader(authority.code, authority.called, event.occurred_at, event.zone_minutes, True))
        for area, event in areas_of(session, authority.id).items():
            if _within(own, [area]):
                when = event.occurred_at, event.zone_minutes
                found.append(Reader(authority.code, authority.called, *when, False, area))
    return found


def authorities(session: Session, org_id: int) -> list[Organisation]:
    """Every authority of this installation but the organisation itself."""
    rows = select(Organisation).where(Organisation.kind == AUTHORITY, Organisation.id != org_id)
    return list(session.scalars(rows.order_by(Organisation.name, Organisation.id)))


def heard_of(session: Session, seen: Seen, now: datetime) -> list[Heard]:
    """When each organisation was last heard of; those that were not for long stand first."""
    rows = session.execute(
        select(Organisation, JournalHead)
        .join(JournalHead, JournalHead.org_id == Organisation.id)
        .where(seen.own(Organisation.id))
        .order_by(JournalHead.recorded_at, Organisation.id)
    ).all()
    phones: dict[int, list[Device]] = {}
    # the phone of a clerk who left is heard of no more: that it has something unsent is still worth asking about
    counts = Device.revoked_at.is_(None), or_(User.closed_at.is_(None), Device.unsent > 0)
    in_use = select(Device).outerjoin(User, User.id == Device.user_id).where(seen.own(Device.org_id), *counts)
    for device in session.scalars(in_use):
        phones.setdefault(device.org_id, []).append(device)
    return [_heard(organisation, head, phones.get(organisation.id, ()), now) for organisation, head in rows]


def _heard(organisation: Organisation, head: JournalHead, phones: Collection[Device], now: datetime) -> Heard:
    silent = sum(device.seen_at <= now - PHONE_SILENT_AFTER for device in phones)
    return Heard(
        name=organisation.called,
        country=organisation.country,
        province=organisation.province,
        last_at=head.recorded_at,
        entries=head.seq,
        phones=len(phones),
        silent_phones=silent,
        unsent=sum(device.unsent for device in phones),
        silent=head.recorded_at <= now - SILENT_AFTER or bool(silent),
    )


def _let_in(session: Session, authority: Organisation) -> list[Organisation]:
    """By their own entry or by an area; in the order of their names."""
    granting: dict[int, Event] = {}
    everybody = select(Organisation.id)  # so that the index of kinds within an organisation is used
    said = _of_kind(Kind.GRANT_READING, Kind.END_READING).where(Event.org_id.in_(everybody))
    for event in session.scalars(said.where(Event.kdes["authority"].as_string() == authority.code)):
        _last_counts(granting, event.org_id, event, granting=Kind.GRANT_READING)
    areas = areas_of(session, authority.id)
    others = session.scalars(
        select(Organisation).where(Organisation.kind != AUTHORITY).order_by(Organisation.name, Organisation.id)
    )
    return [row for row in others if row.id in granting or _within(row, areas)]


def _within(organisation: Organisation, areas: Iterable[Area]) -> bool:
    return any(
        country == organisation.country and province in ("", organisation.province) for country, province in areas
    )


def _of_kind(*kinds: Kind) -> Select[Event]:
    return select(Event).where(Event.kind.in_([str(kind) for kind in kinds])).order_by(Event.org_id, Event.seq)


def _last_counts(found: dict[Key, Event], key: Key, event: Event, *, granting: Kind) -> None:
    found.pop(key, None)
    if event.kind == granting:
        found[key] = event
