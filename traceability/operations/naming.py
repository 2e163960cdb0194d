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

_COUNTER: Final = re.compile("[0-9]{3,}")

# Statements that run with every entry are built once: building one costs four times what running it does.
_IN_ORG = Lot.org_id == bindparam("org_id")
_HIGHEST = Statement(
    select(Lot.number)
    .where(_IN_ORG, Lot.number >= bindparam("zero"), Lot.number < bindparam("past_nine"))
    .where(func.length(Lot.number) == bindparam("length"))
    .order_by(Lot.number.desc())
    .limit(1)
)
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

        A phone counts for itself, behind its letter (`B037`): neither series makes the other jump, and they never
        meet. What else people wrote behind `start` on a receipt of their own is stepped over.
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
            "org_id": self._org_id,
            "zero": start + "0",
            "past_nine": start + chr(ord("9") + 1),
            "length": len(start) + digits,
        }
        found = _HIGHEST.first(self._session.connection(), columns)
        number = found[0] if found else ""
        clean = not number or _counter(number, start) > 0
        given = (_counter(one, start) for one in self._given if one.startswith(start))
        highest = max(_counter(number, start), *given, 0)
        if number == f"{start}{10**digits - 1}":  # the counter grew longer
            longer, free_to = self._highest(start, digits + 1)
            return max(highest, longer), free_to
        return highest, 10**digits - 1 if clean else 0


def _counter(number: str, start: str) -> int:
    """The counter of a number behind `start`; 0 where it is no counter of ours, but a phone's or somebody's own."""
    match = _COUNTER.fullmatch(number, len(start))
    return int(match[0]) if match else 0


def _is_taken(session: Session, org_id: int, number: str) -> bool:
    return _TAKEN.first(session.connection(), {"org_id": org_id, "number": number}) is not None
