"""The batches that a label or a paper means by a number that is not their code: of a certificate, a pallet, a box, an
article, or a mark on the goods. For people at work, within the organisations that they may read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.domain import serials
from traceability.domain.copied import Copied
from traceability.domain.gs1 import lot_keys
from traceability.models import Batch, DigitalLink, LabelRun, Lot, Pallet
from traceability.queries.coffee_marks import lots_marked
from traceability.queries.labels import BoxState, box_of

MOST: Final = 50
_MARKS: Final = ("ico", "container", "seal", "own_number", "serial")
Own = Callable[[InstrumentedAttribute[int]], ColumnElement[bool]]  # whether a row is of those who are read


@dataclass(frozen=True)
class Labelled:
    """A lot, and what it was found by. `of`: paper, pallet, box or mark."""

    lot_id: int
    of: str
    code: str = ""  # of the pallet; number of the paper; serial of the box
    first: int = 0  # boxes of the pallet; the box itself
    last: int = 0  # of the pallet; how many boxes there are
    state: BoxState | None = None  # of the box
    broken: bool = False  # a pallet that was taken apart
    unit: str = ""  # what the goods are packed in


def labelled(session: Session, own: Own, copied: Copied) -> dict[int, Labelled]:
    """What was copied, by the lot that it stands on: nothing of anybody who is not read."""
    found = [
        *_papers(session, own, copied),
        *_pallets(session, own, copied),
        *_boxes(session, own, copied),
        *_articles(session, own, copied),
        *_marked(session, own, copied),
    ]
    return {one.lot_id: one for one in reversed(found)}


def seal_is(column: InstrumentedAttribute[str], copied: Copied) -> ColumnElement[bool]:
    """Whether a seal is the one that was copied, whatever stands between its signs."""
    return (column != "") & (_bare(column) == copied.bare)


def _papers(session: Session, own: Own, copied: Copied) -> list[Labelled]:
    if copied.version is None or copied.version < 1:
        return []
    wanted = select(Lot.id).join(Batch, Batch.lot_id == Lot.id).where(own(Lot.org_id), Lot.code == copied.code)
    number = f"{copied.code}-{copied.version}"
    return [Labelled(key, "paper", number) for key in session.scalars(wanted.where(Batch.version >= copied.version))]


def _pallets(session: Session, own: Own, copied: Copied) -> list[Labelled]:
    named = [Pallet.code == copied.code] if copied.code and copied.version is None else []
    named += [Pallet.sscc == copied.sscc] if copied.sscc else []
    if not named:
        return []
    asked = select(Pallet, Lot.unit).join(Lot, Lot.id == Pallet.lot_id).where(own(Pallet.org_id), or_(*named))
    return [
        Labelled(row.lot_id, "pallet", row.code, row.first, row.last, broken=row.broken_by_id is not None, unit=unit)
        for row, unit in session.execute(asked)
    ]


def _boxes(session: Session, own: Own, copied: Copied) -> list[Labelled]:
    """A box has no row: the run that made its number is found by trying the secret of each."""
    if not copied.serial:
        return []
    runs = select(LabelRun.seed, Lot.id, Lot.code).join(Lot, Lot.id == LabelRun.lot_id).where(own(LabelRun.org_id))
    for seed, lot_id, code in session.execute(runs.where(Lot.code == copied.code) if copied.code else runs):
        if serials.box_of(seed, copied.serial) is not None:
            known = box_of(session, code, copied.serial)
            if known.box is not None:
                return [Labelled(lot_id, "box", copied.serial, known.box.n, known.box.of, known.state, unit=known.unit)]
    return []


def _articles(session: Session, own: Own, copied: Copied) -> list[Labelled]:
    if not copied.gtin:
        return []
    asked = select(Batch.lot_id).join(DigitalLink, DigitalLink.batch_id == Batch.id)
    asked = asked.where(own(Batch.org_id), DigitalLink.gtin == copied.gtin)
    if copied.lot:
        asked = asked.where(DigitalLink.lot.in_(lot_keys(copied.lot)))
    newest = asked.distinct().order_by(Batch.lot_id.desc()).limit(MOST)
    return [Labelled(key, "mark", copied.gtin) for key in session.scalars(newest)]


def _marked(session: Session, own: Own, copied: Copied) -> list[Labelled]:
    """By a mark as it was typed when the batch was sealed or shipped, whatever stands between its signs."""
    if not copied.bare:
        return []
    wanted = select(Batch.lot_id).where(own(Batch.org_id))
    same = or_(*(_bare(Batch.marks[name].as_string()) == copied.bare for name in _MARKS))
    found = list(session.scalars(wanted.where(same).order_by(Batch.id.desc()).limit(MOST)))
    found += lots_marked(session, copied.mark, own(Batch.org_id))
    return [Labelled(key, "mark", copied.text) for key in found]


def _bare(column: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[str]:
    return func.upper(func.replace(func.replace(column, " ", ""), "-", ""))
