"""Codes and numbers for what is new: public codes that nobody has yet, and numbers people can say."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, Protocol

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.domain.identifiers import formed_lot_number, lot_number, new_code
from traceability.errors import NumberTaken
from traceability.models import Lot
from traceability.models.statements import Statement

_LONGEST_COUNTER: Final = 7  # a letter and six digits
_COUNTER: Final = re.compile("[A-Z]?([0-9]{3,})")

# Statements that run with every entry are built once: building one costs four times what running it does.
_IN_ORG = Lot.org_id == bindparam("org_id")
_PLAIN = (
    select(Lot.number)
    .where(_IN_ORG, Lot.number >= bindparam("zero"), Lot.number < bindparam("past_nine"))
    .where(func.length(Lot.number) == bindparam("length"))
    .order_by(Lot.number.desc())
    .limit(1)
)
_LETTERED = select(Lot.number).where(
    _IN_ORG,
    Lot.number >= bindparam("a"),
    Lot.number < bindparam("past_z"),
    func.length(Lot.number).between(bindparam("shortest"), bindparam("longest")),
)
_AFTER_LETTER = func.substr(Lot.number, bindparam("after_letter"))
_HIGHEST_LETTERED = (
    _LETTERED.where(_AFTER_LETTER >= "0", _AFTER_LETTER < ":")
    .order_by(func.length(Lot.number).desc(), _AFTER_LETTER.desc())
    .limit(1)
)
_HIGHEST = Statement(select(_PLAIN.scalar_subquery(), _HIGHEST_LETTERED.scalar_subquery()))
_ALL_LETTERED = Statement(_LETTERED)
_TAKEN = Statement(select(Lot.id).where(_IN_ORG, Lot.number == bindparam("number")))


def fresh_code(session: Session, column: InstrumentedAttribute[str]) -> str:
    """A public code that no row of the column's table has: among a million, one draw in 34,000 is already taken.

    Where a code is drawn with every entry nobody looks: its key refuses one that is taken, and `Database.write` tells
    the whole entry again with another.
    """
    while True:
        code = new_code()
        if session.scalar(select(column).where(column == code)) is None:
            return code


class Numbering(Protocol):
    """An organisation, as far as the numbers of its lots name it."""

    @property
    def country(self) -> str: ...

    @property
    def prefix(self) -> str: ...


class Numbers:
    """Hands out the numbers of what one entry, or many entries written together, make.

    Safe because an organisation's writers take turns: what was handed out and is not yet written is remembered here.
    """

    def __init__(self, session: Session, org_id: int) -> None:
        self._session = session
        self._org_id = org_id
        self._last: dict[str, tuple[int, int]] = {}  # what a number begins with -> as `_highest`
        self._given: set[str] = set()

    def receipt(self, prefix: str, on: date, wanted: str = "") -> str:
        """The number of a delivery: the one made on the device, or the next of this place and day.

        Raises NumberTaken when the device's number is already on another delivery.
        """
        start = lot_number(prefix, on, 1).rpartition("-")[0] + "-"
        if not wanted:
            return self._next(start, 3)
        return self._as_wanted(wanted, "receipt_number")

    def lot(self, organisation: Numbering, on: date, wanted: str = "") -> str:
        """The number of a lot: the one made on the device, or the next of this organisation and year:
        `LA-DH-2026-0417`. Raises NumberTaken.
        """
        if wanted:
            return self._as_wanted(wanted, "number")
        start = formed_lot_number(organisation.country, organisation.prefix, on.year, 1).rpartition("-")[0] + "-"
        return self._next(start, 4)

    def foreign(self, wanted: str, serial: int) -> str:
        """The number that others gave a lot; where it is taken, with its place in their file behind, or counted on."""
        number = wanted or str(serial)
        while number in self._given or _is_taken(self._session, self._org_id, number):
            number = f"{wanted}-{serial}"
            serial += 1
        self._given.add(number)
        return number

    def _as_wanted(self, wanted: str, at: str) -> str:
        number = wanted.upper()
        if number in self._given or _is_taken(self._session, self._org_id, number):
            raise NumberTaken(number=wanted, at=at)
        self._given.add(number)
        self._last.pop(number.rpartition("-")[0] + "-", None)
        return number

    def _next(self, start: str, digits: int) -> str:
        """One more than the highest counter behind `start`, in at least so many digits.

        A counter made on a second device (`B037`) counts like any other, so numbers never meet. What else people wrote
        behind `start` on a receipt of their own is stepped over.
        """
        last, free_to = self._last.get(start) or self._highest(start, digits)
        counter = last + 1
        number = f"{start}{counter:0{digits}}"
        while number in self._given or (counter > free_to and _is_taken(self._session, self._org_id, number)):
            counter += 1
            number = f"{start}{counter:0{digits}}"
        self._last[start] = counter, free_to
        self._given.add(number)
        return number

    def _highest(self, start: str, digits: int) -> tuple[int, int]:
        """The highest counter on record behind `start`, and up to which the counters above it are surely free.

        Reads one row, unless somebody wrote there what is no counter.
        """
        columns = {
            **self._lettered(start),
            "zero": start + "0",
            "past_nine": start + chr(ord("9") + 1),
            "length": len(start) + digits,
            "after_letter": len(start) + 2,
        }
        plain, lettered = _HIGHEST.first(self._session.connection(), columns)
        numbers = [number for number in (plain, lettered) if number is not None]
        clean = all(_counter(number, start) for number in numbers)
        if not clean:
            numbers += [number for (number,) in _ALL_LETTERED.rows(self._session.connection(), self._lettered(start))]
        numbers += [number for number in self._given if number.startswith(start)]
        highest = max((_counter(number, start) for number in numbers), default=0)
        if plain == f"{start}{10**digits - 1}":  # the counter grew longer
            longer, free_to = self._highest(start, digits + 1)
            return max(highest, longer), free_to
        return highest, 10**digits - 1 if clean else 0

    def _lettered(self, start: str) -> dict[str, object]:
        return {
            "org_id": self._org_id,
            "a": start + "A",
            "past_z": start + chr(ord("Z") + 1),
            "shortest": len(start) + 4,
            "longest": len(start) + _LONGEST_COUNTER,
        }


def _counter(number: str, start: str) -> int:
    """The counter of a number behind `start`; 0 where it is no counter."""
    match = _COUNTER.fullmatch(number, len(start))
    return int(match[1]) if match else 0


def _is_taken(session: Session, org_id: int, number: str) -> bool:
    return _TAKEN.first(session.connection(), {"org_id": org_id, "number": number}) is not None
