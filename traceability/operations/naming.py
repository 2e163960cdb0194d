"""Codes and numbers for what is new: public codes that nobody has yet, and numbers people can say."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.commodities import commodity
from traceability.domain.identifiers import coffee_year, formed_lot_number, lot_number, new_code
from traceability.errors import NumberTaken
from traceability.models import Facility, Lot, Organisation

_LONGEST_COUNTER: Final = 7  # a letter and six digits


def fresh_code(session: Session, column: InstrumentedAttribute[str]) -> str:
    """A public code that no row of the column's table has: among a million, one draw in 34,000 is already taken."""
    while True:
        code = new_code()
        if session.scalar(select(column).where(column == code)) is None:
            return code


def next_receipt(session: Session, facility: Facility, on: date, wanted: str) -> str:
    """The number of a delivery: the one made on the device, or the next of this place and day.

    Raises NumberTaken when the device's number is already on another delivery.
    """
    if wanted:
        if _is_taken(session, facility.org_id, wanted.upper()):
            raise NumberTaken(number=wanted, at="receipt_number")
        return wanted.upper()
    start = lot_number(facility.prefix, on, 1).rpartition("-")[0] + "-"
    return lot_number(facility.prefix, on, _next(session, facility.org_id, start))


def next_lot_number(session: Session, organisation: Organisation, on: date, *, after: int = 0) -> str:
    """The next number of a lot of this organisation and year: `LA-DH-2026-0417`; `after` were just handed out."""
    start = formed_lot_number(organisation.country, organisation.prefix, on.year, 1).rpartition("-")[0] + "-"
    serial = _next(session, organisation.id, start) + after
    return formed_lot_number(organisation.country, organisation.prefix, on.year, serial)


def free_number(session: Session, org_id: int, wanted: str, serial: int) -> str:
    """The number that others gave a lot; where it is taken, with its place in their file behind, or one counted on."""
    number = wanted or str(serial)
    while _is_taken(session, org_id, number):
        number = f"{wanted}-{serial}"
        serial += 1
    return number


def crop_year(commodity_key: str, on: date) -> str:
    """`2025/26` within a harvest that runs over the new year (counted from October, as the ICO does), else `2026`."""
    seasons = commodity(commodity_key).seasons
    now = [season for season in seasons if season.covers(on.month)] or seasons
    if not any(season.first_month > season.last_month for season in now):
        return str(on.year)
    first = coffee_year(on)
    return f"{first}/{(first + 1) % 100:02d}"


def _next(session: Session, org_id: int, start: str) -> int:
    """One more than the highest counter behind `start`; safe because an organisation's writers take turns.

    A counter made on a second device (`B037`) counts like any other, so numbers never meet. What else people wrote
    behind `start` on a receipt of their own is stepped over.
    """
    counted = select(Lot.number).where(
        Lot.org_id == org_id, func.length(Lot.number).between(len(start) + 3, len(start) + _LONGEST_COUNTER)
    )
    plain = counted.where(Lot.number >= start + "0", Lot.number < start + chr(ord("9") + 1))
    lettered = counted.where(Lot.number >= start + "A", Lot.number < start + chr(ord("Z") + 1))
    longest = plain.order_by(func.length(Lot.number).desc(), Lot.number.desc()).limit(1)
    found = (
        re.fullmatch("[A-Z]?([0-9]+)", number[len(start) :])
        for number in [*session.scalars(longest), *session.scalars(lettered)]
    )
    counter = 1 + max((int(match[1]) for match in found if match), default=0)
    while _is_taken(session, org_id, f"{start}{counter:03}"):
        counter += 1
    return counter


def _is_taken(session: Session, org_id: int, number: str) -> bool:
    return session.scalar(select(Lot.id).where(Lot.org_id == org_id, Lot.number == number)) is not None
