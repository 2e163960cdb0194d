"""The cells of the tables of oversight: each as it is read here, and as a file holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from traceability import words
from traceability.domain.dossier import Status
from traceability.exports.sheets import Value
from traceability.web.language import current_language
from traceability.web.verdicts import BADGES


@dataclass(frozen=True)
class Cell:
    """One cell: as it is read here, as a file holds it, and whether it is to be looked at."""

    shown: str
    value: Value
    flagged: bool = False
    code: str = ""  # of a batch that the cell opens


def say(msgid: str) -> str:
    """A word in the reader's language."""
    return words.translate(current_language(), msgid)


def text(shown: str, *, flagged: bool = False) -> Cell:
    """What is read as it stands."""
    return Cell(shown, shown, flagged)


def state(status: Status) -> Cell:
    """How a batch stands."""
    mark, said = BADGES[status]
    return text(say(said), flagged=mark in ("hold", "stop"))


def count(number: int, *, flagged: bool = False) -> Cell:
    """A whole number."""
    return Cell(words.number(current_language(), number), number, flagged)


def day(on: date) -> Cell:
    """A day."""
    return Cell(words.day(current_language(), on), on)


def kilograms(grams: int, *, flagged: bool = False) -> Cell:
    """Grams as kilograms, exactly."""
    return Cell(words.decimal(current_language(), grams, 3), Decimal(grams) / 1000, flagged)


def some_kilograms(grams: int | None) -> Cell:
    """The same, or nothing where it is not known."""
    return text("") if grams is None else kilograms(grams)


def hectares(square_metres: int) -> Cell:
    """Square metres as hectares."""
    return Cell(words.decimal(current_language(), square_metres, 4), Decimal(square_metres) / 10_000)
