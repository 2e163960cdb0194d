"""What must stand on a carton of fruit for China, or the reason why none may be printed.

One orchard and one packing house, by the numbers under which they are registered there, as these stood on the day of
packing (UX 6.2): a number that ran out later was still good then, and one that came later was not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from traceability.commodities import commodity
from traceability.domain.custody import STANDS
from traceability.domain.moments import day_of
from traceability.domain.text import shown
from traceability.errors import Conflict, Sentence
from traceability.models import Batch, Event, Lot, Plot, Registration, RegistrationCover
from traceability.queries import evidence, frozen
from traceability.queries.lineage import chunks
from traceability.words import N_

ORCHARD: Final = "growing_area"
PACKHOUSE: Final = "packing_house"
CHINA: Final = "CN"

_SUSPENDED: Final = N_("it has been suspended since {since}")
_PAUSED: Final = N_("it was suspended from {since} to {until}")
_RAN_OUT: Final = N_("it ran out on {until}")
_NOT_YET: Final = N_("it is valid from {since} only")


class NotForCartons(Conflict):
    """{goods} is not packed in cartons that name an orchard. Choose another label."""


class NotForChina(Conflict):
    """Batch {batch} was sealed for another country, and these cartons say China. Choose another label."""


class OrchardNotKnown(Conflict):
    """No plot is known of some of the fruit in lot {lot}, so no orchard can be named. Enter the plots first."""


class OrchardMissing(Conflict):
    """Plot {plot} has no orchard number. Register its growing-area code under Official codes, then print."""


class OrchardNotStanding(Conflict):
    """The orchard number {code} did not count on {day}, the day of packing: {why}. No carton may name it.
    If the orchard has another number that counts, register it under Official codes."""


class SeveralOrchards(Conflict):
    """This batch holds fruit of more than one orchard: {codes}. A carton names one: pack each orchard by itself."""


class PackhouseMissing(Conflict):
    """The place of packing has no packing-house number. Register its code under Official codes, then print."""


class PackhouseNotStanding(Conflict):
    """The packing-house number {code} did not count on {day}, the day of packing: {why}. No carton may name it.
    If the packing house has another number that counts, register it under Official codes."""


NOT_STANDING: Final = (OrchardNotStanding, PackhouseNotStanding)  # somebody took the number away, or it ran out
CODE_NEEDED: Final = (*NOT_STANDING, OrchardMissing, PackhouseMissing)  # the register of official codes decides it


@dataclass(frozen=True)
class Carton:
    """The two numbers that a carton names."""

    orchard: str
    packhouse: str


def names_orchard(goods: str) -> bool:
    """Whether what leaves as this commodity says from which orchard it is: fruit."""
    return "orchard_registration" in commodity(goods).label_fields


def only_cartons(goods: str, destination: str) -> bool:
    """Whether no other label may be on the boxes: China opens none that does not say its orchard (UX 6.2)."""
    return destination == CHINA and names_orchard(goods)


def carton_of(session: Session, batch: Batch, lot: Lot) -> Carton:
    """The numbers for the cartons of a batch.

    Raises NotForCartons, NotForChina, OrchardNotKnown, OrchardMissing, OrchardNotStanding, SeveralOrchards,
    PackhouseMissing, PackhouseNotStanding.
    """
    if not names_orchard(lot.commodity):
        raise NotForCartons(goods=Sentence(commodity(lot.commodity).name("en")), at="layout")
    if batch.destination not in ("", CHINA):
        raise NotForChina(batch=lot.number, at="layout")
    on = batch.packed_on or day_of(lot.made_at, lot.zone_minutes)
    return Carton(_orchard(session, lot, on), _packhouse(session, lot, on))


def doubt_of(session: Session, lot: Lot, destination: str) -> Conflict | None:
    """Why no carton could be printed for goods with this destination: learnt before they are sealed for ever."""
    if not only_cartons(lot.commodity, destination):
        return None
    on = day_of(lot.made_at, lot.zone_minutes)
    try:
        _orchard(session, lot, on)
        _packhouse(session, lot, on)
    except Conflict as refusal:
        return refusal
    return None


def _orchard(session: Session, lot: Lot, on: date) -> str:
    """The number that stands for every plot of the batch. Of several that do, the first."""
    origins = frozen.origin_of(session, lot).trace.origins
    if not origins or any(origin.plot_id is None for origin in origins):
        raise OrchardNotKnown(lot=lot.number, at="layout")
    plots = sorted({origin.plot_id for origin in origins if origin.plot_id is not None})
    codes = _codes_of_plots(session, plots)
    standing: list[set[str]] = []
    for plot in plots:
        found = [code for code in codes.get(plot, ()) if code.commodity in ("", lot.commodity)]
        if not found:
            raise OrchardMissing(plot=shown(session.get_one(Plot, plot).name), at="layout")
        good = {code.official_code for code in found if evidence.standing_of(code, on) in STANDS}
        if not good:
            raise OrchardNotStanding(**_reason(found[-1], on), at="layout")
        standing.append(good)
    shared = set.intersection(*standing)
    if not shared:
        raise SeveralOrchards(codes=", ".join(sorted(set.union(*standing))[:6]), at="layout")
    return min(shared)


def _packhouse(session: Session, lot: Lot, on: date) -> str:
    """The number of the place where the batch was packed."""
    place = session.scalar(select(Event.facility_id).where(Event.id == lot.made_by_id))
    covering = select(RegistrationCover.registration_id).where(RegistrationCover.facility_id == place)
    found = _registrations(session, PACKHOUSE, session.scalars(covering).all())
    if not found:
        raise PackhouseMissing(at="layout")
    good = [code.official_code for code in found if evidence.standing_of(code, on) in STANDS]
    if not good:
        raise PackhouseNotStanding(**_reason(found[-1], on), at="layout")
    return min(good)


def _reason(code: Registration, on: date) -> dict[str, object]:
    """Which number did not count that day, and since when."""
    return {"code": code.official_code, "day": on, "why": _why(code, on)}


def _why(code: Registration, on: date) -> Sentence:
    """As `custody.standing` decides it: what is suspended that day, then what had not begun, then what was over."""
    pauses = [pause for pause in code.suspensions if pause.from_on <= on and (pause.to_on is None or on <= pause.to_on)]
    for pause in sorted(pauses, key=lambda pause: pause.to_on is not None):  # one that still lasts says more
        if pause.to_on is None:
            return Sentence(_SUSPENDED, {"since": pause.from_on})
        return Sentence(_PAUSED, {"since": pause.from_on, "until": pause.to_on})
    if code.valid_from is not None and on < code.valid_from:
        return Sentence(_NOT_YET, {"since": code.valid_from})
    return Sentence(_RAN_OUT, {"until": code.valid_to})


def _codes_of_plots(session: Session, plots: Sequence[int]) -> dict[int, list[Registration]]:
    covers: list[tuple[int, int]] = []
    for chunk in chunks(plots):
        asked = select(RegistrationCover.plot_id, RegistrationCover.registration_id)
        rows_found = session.execute(asked.where(RegistrationCover.plot_id.in_(chunk)))
        covers += [(plot, key) for plot, key in rows_found if plot is not None]
    rows = {row.id: row for row in _registrations(session, ORCHARD, {key for _, key in covers})}
    found: dict[int, list[Registration]] = {}
    for plot, key in covers:
        if key in rows:
            found.setdefault(plot, []).append(rows[key])
    return found


def _registrations(session: Session, scheme: str, keys: Collection[int] | Iterable[int]) -> list[Registration]:
    found: list[Registration] = []
    for chunk in chunks(set(keys)):
        asked = select(Registration).where(Registration.id.in_(chunk), Registration.scheme == scheme)
        found += session.scalars(asked.options(selectinload(Registration.suspensions)).order_by(Registration.id))
    return found
