"""Labels with a serial each: printed for the boxes of a batch, and voided when they are not used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Alert, Dossier, Status
from traceability.domain.events import Kind
from traceability.domain.labelling import CARTON, LABEL_SHEET, MOST_LABELS, PrintLabels, VoidLabels, VoidSerial
from traceability.domain.roles import Actor
from traceability.domain.serials import MOST_BOX, new_seed, read_serial
from traceability.domain.text import nfc, shown
from traceability.errors import Conflict, Invalid, NeedsConfirming, NotFound, Refusal, SayWhy, Sentence
from traceability.models import Batch, LabelRun, LabelVoid, Lot
from traceability.operations import lookups
from traceability.operations.ledger import Entry, operation
from traceability.operations.naming import fresh_code
from traceability.queries.alerts import alerts_of
from traceability.queries.cartons import carton_of, only_cartons
from traceability.queries.destroyed import destroyed
from traceability.queries.dossiers import dossier_of
from traceability.queries.labels import BoxState, box_of, run_of
from traceability.queries.standings import status_of, stop_of
from traceability.words import N_


class OddBoxes(Invalid):
    """Box {first} to {last} of {of} is no range. Start at 1 or more, and end at no more than the number of boxes."""


class TooManyAtOnce(Invalid):
    """{count} labels were asked for. Print at most {most} at a time."""


class NotInBatch(Invalid):
    """The batch has {count} boxes. Choose boxes from 1 to {count}."""


class OtherCount(Invalid):
    """The batch has {count} boxes, and every label says so. Write {count} as the boxes in all."""


class LabelsSayOther(Conflict):
    """These labels say {said} boxes in all, and the batch has {count}. Take them out of use, then print them anew."""


class LabelledAlready(Conflict):
    """The boxes {first} to {last} have labels already. Void those first, or print other boxes."""


class NotPrinted(Conflict):
    """These labels are of the boxes {first} to {last}. Void boxes among them."""


class VoidAlready(Conflict):
    """The boxes {first} to {last} were voided already. Void the others."""


class NoSuchLabel(NotFound):
    """No label with the number {serial} was printed for this batch. Copy it from the label once more."""


class RecalledIsNotLabelled(Conflict):
    """Batch {batch} is recalled. No labels are printed for it: follow the recall, and keep its boxes apart."""


class DestroyedIsNotLabelled(Conflict):
    """Batch {batch} was destroyed. No labels are printed for it, and no pallet is built of it."""


class FailedIsNotLabelled(Conflict):
    """Batch {batch} failed its check. No labels are printed for it: keep its boxes apart until they are destroyed."""


class OnlyCartons(Conflict):
    """This fruit goes to China, where every box must name its orchard and packing house.
    Open Numbered labels and choose the sheet: {sheet}."""


_NOT_LABELLED: Final[Mapping[Status, type[Conflict]]] = {
    Status.RECALLED: RecalledIsNotLabelled,
    Status.DESTROYED: DestroyedIsNotLabelled,
    Status.FAILED: FailedIsNotLabelled,
}
ON_HOLD: Final = N_("Batch {batch} is on hold: {reason}. Print its labels although it is on hold?")
REPLACED: Final = N_("Batch {batch} was replaced by batch {newer}. Print its labels although it was replaced?")


def check_labels(dossier: Dossier, layout: str, *, confirmed: bool) -> None:
    """Whether boxes of this batch may have such a label.

    Raises what `check_goods` refuses, OnlyCartons; NeedsConfirming for one that is on hold or was replaced.
    """
    check_goods(dossier.lot_number, dossier.status, at="layout")
    if layout != CARTON and only_cartons(dossier.commodity, dossier.destination):
        raise OnlyCartons(sheet=Sentence(LABEL_SHEET), at="layout")
    if not confirmed and (doubt := doubt_of(dossier)):
        raise NeedsConfirming([doubt], at="confirmed")


def check_goods(number: str, status: Status, *, at: str | None = None) -> None:
    """What has no label at all, of a box or of a pallet. Raises RecalledIsNotLabelled, DestroyedIsNotLabelled,
    FailedIsNotLabelled."""
    if (refusal := _NOT_LABELLED.get(status)) is not None:
        raise refusal(batch=number, at=at)


def doubt_of(dossier: Dossier) -> Sentence | None:
    """What has to be answered before labels are printed."""
    return _doubt(dossier.lot_number, dossier.status, dossier.alerts, dossier.superseded_by)


def _doubt(number: str, status: Status, alerts: Sequence[Alert], newer: str) -> Sentence | None:
    if status is Status.ON_HOLD:
        return Sentence(ON_HOLD, {"batch": number, "reason": alerts[0].reason.rstrip(" .。")})
    if status is Status.SUPERSEDED:
        return Sentence(REPLACED, {"batch": number, "newer": newer})
    return None


def _status(session: Session, batch: Batch, lot: Lot, alerts: Sequence[Alert]) -> Status:
    return status_of(batch, stop_of(alerts, destroyed(session, [lot.id]).get(lot.id)))


def check_paper(session: Session, batch: Batch, lot: Lot, run: LabelRun, *, confirmed: bool) -> None:
    """Whether the labels of a run may be handed out now: its paper may be older than a recall, a hold, or the day on
    which somebody entered that a number on its cartons was suspended.

    Raises what `check_goods` refuses, LabelsSayOther; of cartons what `carton_of` refuses; NeedsConfirming for one that
    is on hold or was replaced.
    """
    alerts = alerts_of(session, lot.id)
    status = _status(session, batch, lot, alerts)
    check_goods(lot.number, status)
    if run.total != lot.made_count:
        raise LabelsSayOther(said=run.total, count=lot.made_count)
    if run.layout == CARTON:
        carton_of(session, batch, lot)
    if not confirmed and (doubt := _doubt(lot.number, status, alerts, batch.superseded_by)):
        raise NeedsConfirming([doubt], at="confirmed")


def check_pallet(session: Session, batch: Batch, lot: Lot) -> None:
    """Whether boxes of this batch may stand on a pallet with a label. That of fruit for China says what its cartons
    say: where these are refused, it is too.

    Raises what `check_goods` refuses; of fruit for China what `carton_of` refuses.
    """
    check_goods(lot.number, _status(session, batch, lot, alerts_of(session, lot.id)))
    if only_cartons(lot.commodity, batch.destination):
        carton_of(session, batch, lot)


def boxes_of(dossier: Dossier, first: int, last: int, count: int) -> tuple[int, int, int]:
    """From which to which box of how many labels are asked for; 0 is not said. All, unless it is said.

    Raises OddBoxes, NotInBatch, TooManyAtOnce.
    """
    first = first or 1
    total = dossier.unit_count or max(last, first + count - 1, 1)
    last = last or (first + count - 1 if count else total)
    if not 1 <= first <= last:
        raise OddBoxes(first=first, last=last, of=total, at="first")
    if last > total:
        raise NotInBatch(count=total, at="last")
    if last - first >= MOST_LABELS:
        raise TooManyAtOnce(count=last - first + 1, most=MOST_LABELS, at="last")
    return first, last, total


@operation(Kind.PRINT_LABELS)
def print_labels(session: Session, actor: Actor, fact: PrintLabels) -> Entry:
    """A run of labels. Its secret stays in one row; the journal has the digest of it.

    Raises NoSuchBatch, OddBoxes, NotInBatch, OtherCount, TooManyAtOnce, LabelledAlready, and what
    `check_labels` refuses; of cartons for China also what `carton_of` refuses.
    """
    batch, lot = lookups.batch_of(session, actor, fact.batch, at="batch")
    if not 1 <= fact.first <= fact.last <= fact.of <= MOST_BOX:
        raise OddBoxes(first=fact.first, last=fact.last, of=fact.of, at="first")
    if fact.of > lot.made_count:
        raise NotInBatch(count=lot.made_count, at="of")
    count = fact.last - fact.first + 1
    if count > MOST_LABELS:
        raise TooManyAtOnce(count=count, most=MOST_LABELS, at="last")
    if fact.of != lot.made_count:  # "box 3 of 10" must be true
        raise OtherCount(count=lot.made_count, at="of")
    _check_unlabelled(session, lot.id, fact)
    check_labels(dossier_of(session, lot.code), fact.layout, confirmed=fact.confirmed)
    named = {}
    if fact.layout == CARTON:
        carton = carton_of(session, batch, lot)
        named = {"orchard": carton.orchard, "packhouse": carton.packhouse}
    seed = new_seed()
    run = LabelRun(
        org_id=actor.org_id,
        code=fresh_code(session, LabelRun.code),
        lot_id=lot.id,
        first=fact.first,
        last=fact.last,
        total=fact.of,
        layout=fact.layout,
        seed=seed,
    )
    kdes = {
        "run": run.code,
        "batch": lot.code,
        "first": run.first,
        "last": run.last,
        "total": run.total,
        "layout": run.layout,
        "seed": sha256(seed).hexdigest(),
        **named,
    }
    return Entry(rows=[run], kdes=kdes, answer={"run": run.code, "batch": lot.code, "count": count})


def _check_unlabelled(session: Session, lot_id: int, fact: PrintLabels) -> None:
    """No box may have two labels that count."""
    runs = session.scalars(
        select(LabelRun).where(LabelRun.lot_id == lot_id, LabelRun.first <= fact.last, LabelRun.last >= fact.first)
    ).all()
    for run in runs:
        taken = set(range(max(run.first, fact.first), min(run.last, fact.last) + 1))
        for void in session.scalars(select(LabelVoid).where(LabelVoid.run_id == run.id)):
            taken -= set(range(void.first, void.last + 1))
        if taken:
            raise LabelledAlready(first=min(taken), last=max(taken), at="first")


@operation(Kind.VOID_LABELS)
def void_labels(session: Session, actor: Actor, fact: VoidLabels) -> Entry:
    """Labels that do not count. Raises NoSuchRun, SayWhy, NotPrinted, VoidAlready."""
    run, _, lot = run_of(session, actor, fact.run)
    return _voided(session, run, lot, (fact.first, fact.last), fact.reason)


@operation(Kind.VOID_LABELS)
def void_serial(session: Session, actor: Actor, fact: VoidSerial) -> Entry:
    """The label with this serial does not count. Raises NoSuchBatch, NotASerial, NoSuchLabel, SayWhy, VoidAlready."""
    _, lot = lookups.batch_of(session, actor, fact.batch, at="batch")
    try:
        known = box_of(session, lot.code, read_serial(fact.serial))
    except Refusal as refusal:
        refusal.at = "serial"
        raise
    if known.box is None or known.state is BoxState.BEYOND:
        raise NoSuchLabel(serial=shown(fact.serial), at="serial")
    run, _, lot = run_of(session, actor, known.run)
    return _voided(session, run, lot, (known.box.n, known.box.n), fact.reason)


def _voided(session: Session, run: LabelRun, lot: Lot, boxes: tuple[int, int], reason: str) -> Entry:
    first, last = boxes
    if not reason.strip():
        raise SayWhy(at="reason")
    if not run.first <= first <= last <= run.last:
        raise NotPrinted(first=run.first, last=run.last, at="first")
    for void in session.scalars(select(LabelVoid).where(LabelVoid.run_id == run.id)):
        if void.first <= last and void.last >= first:
            raise VoidAlready(first=void.first, last=void.last, at="first")
    row = LabelVoid(org_id=run.org_id, run_id=run.id, first=first, last=last, reason=nfc(reason)[:300])
    kdes = {"run": run.code, "batch": lot.code, "first": row.first, "last": row.last, "reason": row.reason}
    return Entry(rows=[row], kdes=kdes, answer={"run": run.code, "batch": lot.code})
