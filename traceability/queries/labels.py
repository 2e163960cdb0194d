"""Printed labels: the runs of a batch, and which box a serial stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain import serials
from traceability.domain.identifiers import code_in
from traceability.domain.roles import Actor
from traceability.domain.serials import Box, NotASerial, read_serial
from traceability.errors import NotFound
from traceability.models import Event, LabelRun, LabelVoid, Lot
from traceability.queries.resolving import Scanned


class NoSuchRun(NotFound):
    """There are no printed labels {code}. Choose them on the page of the batch."""


class BoxState(StrEnum):
    """What a serial is worth."""

    PRINTED = "printed"
    VOID = "void"
    BEYOND = "beyond"  # it is of a run, and was never printed in it
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class KnownBox:
    """What the record says about a serial of a batch; `box` where it was made by one of its runs.

    `box.of` is how many the batch has; `label_says` is another number on labels of before that was asked for.
    """

    state: BoxState
    box: Box | None = None
    label_says: int = 0
    unit: str = ""  # a bag, a box
    run: str = ""  # the code of that run


@dataclass(frozen=True)
class Run:
    """A print run as its own people see it."""

    code: str
    first: int
    last: int
    total: int
    layout: str
    at: datetime
    zone_minutes: int
    voids: tuple[LabelVoid, ...]

    @property
    def count(self) -> int:
        """How many labels."""
        return self.last - self.first + 1

    @property
    def void_count(self) -> int:
        """How many of them do not count."""
        return sum(void.last - void.first + 1 for void in self.voids)


def box_of(session: Session, code: str, serial: str) -> KnownBox:
    """What is known of a serial on a label of the batch with this public code; `serial` as `read_serial` gives it."""
    asked = select(LabelRun, Lot.unit, Lot.made_count).join(Lot, Lot.id == LabelRun.lot_id).where(Lot.code == code)
    for run, unit, count in session.execute(asked):
        n = serials.box_of(run.seed, serial)
        if n is not None:
            box = Box(n, count or run.total, serial)
            return KnownBox(_state(session, run, n), box, run.total if run.total != box.of else 0, unit, run.code)
    return KnownBox(BoxState.UNKNOWN)


def _state(session: Session, run: LabelRun, n: int) -> BoxState:
    if not run.first <= n <= run.last:
        return BoxState.BEYOND
    void = any(void.first <= n <= void.last for void in _voids(session, [run.id]))
    return BoxState.VOID if void else BoxState.PRINTED


def box_among(session: Session, batches: Sequence[Scanned], typed: str) -> tuple[str, list[Scanned], bool]:
    """What is typed as a serial, the one of these batches that made it, and whether they are one that has serials.

    Where no labels with serials were printed, a serial is somebody else's matter, and is passed by.
    """
    if not typed or not batches:
        return "", [], False
    labelled = len(batches) == 1 and _any_labels(session, batches[0].lot_id)
    try:
        serial = read_serial(typed)
    except NotASerial:
        return "", [], labelled
    made = [batch for batch in batches if box_of(session, batch.code, serial).state is not BoxState.UNKNOWN]
    return serial, made[:1], labelled


def _any_labels(session: Session, lot_id: int) -> bool:
    return session.scalars(select(LabelRun.id).where(LabelRun.lot_id == lot_id).limit(1)).first() is not None


def runs_of(session: Session, lot_id: int) -> list[Run]:
    """The print runs of a batch, the newest first."""
    asked = (
        select(LabelRun, Event)
        .join(Event, Event.id == LabelRun.made_by_id)
        .where(LabelRun.lot_id == lot_id)
        .order_by(LabelRun.id.desc())
    )
    rows = session.execute(asked).all()
    voids = _voids(session, [run.id for run, _ in rows])
    return [_run(run, event, voids) for run, event in rows]


def run_of(session: Session, actor: Actor, code: str) -> tuple[LabelRun, Run, Lot]:
    """A print run of the actor's organisation, and the batch's lot. Raises NoSuchRun."""
    asked = (
        select(LabelRun, Event, Lot)
        .join(Event, Event.id == LabelRun.made_by_id)
        .join(Lot, Lot.id == LabelRun.lot_id)
        .where(LabelRun.org_id == actor.org_id, LabelRun.code == code_in(code))
    )
    found = session.execute(asked).one_or_none()
    if found is None:
        raise NoSuchRun(code=code)
    row, event, lot = found
    return row, _run(row, event, _voids(session, [row.id])), lot


def _run(row: LabelRun, event: Event, voids: Sequence[LabelVoid]) -> Run:
    own = tuple(void for void in voids if void.run_id == row.id)
    return Run(row.code, row.first, row.last, row.total, row.layout, event.occurred_at, event.zone_minutes, own)


def _voids(session: Session, runs: Sequence[int]) -> Sequence[LabelVoid]:
    return session.scalars(select(LabelVoid).where(LabelVoid.run_id.in_(runs)).order_by(LabelVoid.id)).all()
