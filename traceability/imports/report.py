"""What became of every row of a file: good, asked about, or bad, with what was typed, why, and what it may be."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypeVar

from traceability.errors import Sentence
from traceability.words import N_, say, translate

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)
Status = Literal["good", "asked", "bad"]
Severity = Literal["note", "asked", "bad"]

_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_ROW: Final = N_("Row")
_WHY: Final = N_("Why it was not taken")
_PERHAPS: Final = N_("Suggestion")


@dataclass(frozen=True)
class Reading(Generic[V_co]):
    """A value read from one cell, with what to say about it. `value` is None when nothing could be read."""

    value: V_co | None
    reason: Sentence | None = None
    suggestion: Sentence | None = None
    severity: Severity = "note"


@dataclass(frozen=True)
class RowProblem:
    """One thing to say about one cell. A note leaves its row good; `asked` waits for an answer; `bad` stays out."""

    column: str
    original: str
    reason: Sentence
    suggestion: Sentence | None = None
    severity: Severity = "note"


@dataclass(frozen=True)
class RowReport(Generic[V_co]):
    """One row: its number in the file, what was typed under each field, the values read, and the problems."""

    row_number: int
    values: V_co | None
    problems: tuple[RowProblem, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The worst of its problems; a row without values is bad."""
        severities = {problem.severity for problem in self.problems}
        if self.values is None or "bad" in severities:
            return "bad"
        return "asked" if "asked" in severities else "good"


@dataclass(frozen=True)
class ImportReport(Generic[V_co]):
    """The whole file. Only the good rows may be stored; `mapping` shows which column was taken for which field."""

    rows: tuple[RowReport[V_co], ...]
    header: tuple[str, ...] = ()
    header_row: int = 0
    sheet: str = ""
    mapping: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_kept: tuple[str, ...] = ()
    notes: tuple[Sentence, ...] = ()

    def of(self, status: Status) -> tuple[RowReport[V_co], ...]:
        """The rows with this status, in the order of the file."""
        return tuple(row for row in self.rows if row.status == status)

    @property
    def good(self) -> tuple[V_co, ...]:
        """The values that may be stored."""
        return tuple(row.values for row in self.of("good") if row.values is not None)

    @property
    def counts(self) -> dict[Status, int]:
        """How many rows are good, asked about and bad."""
        return {status: len(self.of(status)) for status in ("good", "asked", "bad")}

    def bad_rows_csv(self, language: str = "en") -> bytes:
        """The rows that were not taken, as CSV (UTF-8 with mark): the cells as typed, then row, reason, suggestion.

        Cells that a spreadsheet would run as a formula are made text with an apostrophe.
        """
        width = len(self.header)
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        titles = [translate(language, title) for title in (_ROW, _WHY, _PERHAPS)]
        writer.writerow(escaped([*self.header, *titles]))
        for row in self.rows:
            if row.status != "good":
                open_problems = [problem for problem in row.problems if problem.severity != "note"]
                cells = [*row.cells, *[""] * (width - len(row.cells))]
                reasons = " ".join(say(language, problem.reason) for problem in open_problems)
                hints = " ".join(say(language, problem.suggestion) for problem in open_problems if problem.suggestion)
                writer.writerow(escaped([*cells, str(row.row_number), reasons, hints]))
        return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def escaped(cells: Sequence[str]) -> list[str]:
    """Cells of a CSV file that no spreadsheet takes for a formula, full-width signs included (OWASP, R8a)."""
    return ["'" + cell if _FORMULA.match(cell) else cell for cell in cells]


class RowNotes:
    """Gathers the problems of one row while its cells are read, and hands on the values."""

    def __init__(
        self, typed: Mapping[str, str], titles: Mapping[str, tuple[str, ...]], *, accept: bool = False
    ) -> None:
        """`accept` turns every question of this row into a note: somebody has looked and said yes."""
        self.typed = typed
        self.titles = titles
        self.accept = accept
        self.problems: list[RowProblem] = []

    def take(self, name: str, reading: Reading[V]) -> V | None:
        """The value of a reading; what it has to say is kept with the column and what was typed."""
        if reading.reason is not None:
            self.add(name, reading.reason, reading.suggestion, reading.severity)
        return reading.value

    def add(self, name: str, reason: Sentence, suggestion: Sentence | None = None, severity: Severity = "note") -> None:
        """Say something about the field `name`."""
        if severity == "asked" and self.accept:
            severity = "note"
        column = " / ".join(self.titles.get(name, ())) or name
        self.problems.append(RowProblem(column, self.typed.get(name, ""), reason, suggestion, severity))
