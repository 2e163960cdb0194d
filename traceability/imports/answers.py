"""What somebody answered to the question about a row. An answer that settles nothing is refused, never dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeVar

from traceability.domain.text import search_key
from traceability.imports.measures import read_weight
from traceability.imports.refusals import AnswerNotAsked, AnswerNotUnderstood
from traceability.imports.report import RowReport

Row = TypeVar("Row")

_ACCEPT: Final = "accept"
_TOTAL: Final = "total"
_SHOWN: Final = 20  # rows


@dataclass(frozen=True)
class Answer:
    """`accept` (right as typed), `total` (the weight is the whole lot's) or a weight; empty where nobody answered."""

    text: str
    row: int

    @property
    def accepts(self) -> bool:
        return search_key(self.text) == _ACCEPT

    @property
    def is_total(self) -> bool:
        return search_key(self.text) == _TOTAL

    @property
    def settles(self) -> bool:
        """Whether it says something else than that everything is right."""
        return bool(self.text) and not self.accepts

    def weight(self) -> Fraction:
        """The grams that were answered. Raises AnswerNotUnderstood."""
        reading = read_weight(self.text)
        if reading.value is None or reading.severity != "note":
            raise AnswerNotUnderstood(answer=self.text, row=str(self.row))
        return reading.value


def require_asked(answers: Mapping[int, str], rows: Sequence[RowReport[Row]]) -> None:
    """Refuse an answer for a row that asks nothing; `rows` are as they are without any answer."""
    waiting = [row.row_number for row in rows if any(problem.severity == "asked" for problem in row.problems)]
    for row in answers:
        if row not in waiting:
            raise AnswerNotAsked(row=str(row), rows=", ".join(map(str, waiting[:_SHOWN])) or "–")
