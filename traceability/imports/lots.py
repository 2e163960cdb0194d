"""A register of lots, one per row, as importers and laboratories keep it: `LotRow` values and what to ask about them.

A bag of 19,200 kg is asked about, not swallowed: its row stays out until somebody answers or accepts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from traceability.domain.quantity import rounded
from traceability.domain.text import search_key
from traceability.errors import Sentence
from traceability.imports.answers import Answer, require_asked
from traceability.imports.bounded import Line, Source, read_sheets
from traceability.imports.columns import Table, find_table
from traceability.imports.marks import IcoMark, read_ico_mark
from traceability.imports.measures import (
    UNUSUAL_BAG_G,
    Altitude,
    blank,
    read_altitude,
    read_bag_weight,
    read_count,
    read_share,
    read_weight,
    said,
)
from traceability.imports.report import ImportReport, RowNotes, RowReport
from traceability.imports.seasons import Harvest, read_day, read_harvest
from traceability.imports.titles import LOT_FIELDS
from traceability.words import N_


@dataclass(frozen=True, kw_only=True)
class LotRow:
    """One lot of the register. Texts are as typed, empty when not told; `mass_g` is bags times weight, rounded once."""

    row_number: int
    farm_name: str
    producer: str
    country: str
    region: str
    company: str
    mill: str
    lot_number: str
    ico_mark: IcoMark | None
    altitude: Altitude | None
    bags: int | None
    bag_mass_g: int | None
    mass_g: int
    harvest: Harvest | None
    graded_on: date | None
    expires_on: date | None
    variety: str
    processing: str
    colour: str
    moisture_tenths: int | None  # tenths of a percent
    cup_score_hundredths: int | None
    certified_by: str


def read_lots(
    source: Source,
    *,
    mapping: Mapping[str, str] | None = None,
    answers: Mapping[int, str] | None = None,
    accept_unusual: bool = False,
) -> ImportReport[LotRow]:
    """Read a lot register (CSV or XLSX) and report on every row; nothing is stored.

    `mapping` overrides the guessed columns by title. `answers` settles asked rows by their number in the file:
    `accept` (it is right as typed), `total` (the weight is the whole lot's), or the right weight of one bag; of the
    whole lot where the total is what is not clear. `accept_unusual` accepts every question that is not answered.
    Raises refusals of `imports.refusals` for the file as a whole, and for an answer that nobody asked for.
    """
    table = find_table(read_sheets(source), LOT_FIELDS, mapping)
    table.require("bag_weight", "total_weight")
    if answers:
        require_asked(answers, _rows(table, {}, ""))
    rows = _rows(table, answers or {}, "accept" if accept_unusual else "")
    return ImportReport(rows, table.header, table.header_row, table.sheet, table.mapping, table.not_kept, table.notes)


def _rows(table: Table, answers: Mapping[int, str], otherwise: str) -> tuple[RowReport[LotRow], ...]:
    seen: dict[str, int] = {}
    return tuple(
        _lot(table, line, seen, Answer(answers.get(line.number, otherwise), line.number)) for line in table.lines
    )


def _lot(table: Table, line: Line, seen: dict[str, int], answer: Answer) -> RowReport[LotRow]:
    typed = table.typed(line)
    notes = RowNotes(typed, table.mapping, accept=answer.accepts)
    bags = notes.take("bags", read_count(typed["bags"])) if typed.get("bags") else None
    bag_g, mass_g = _masses(typed, notes, bags, answer)
    texts = {name: said(typed.get(name, "")) for name in _TEXTS}
    _name_notes(notes, texts, line.number, seen)
    moisture = notes.take("moisture", read_share(typed["moisture"], 1, most=100)) if _told(typed, "moisture") else None
    if moisture == 0:
        notes.add("moisture", Sentence(N_("A moisture of zero was read as not measured.")))
    values = None
    if mass_g is not None:
        values = LotRow(
            row_number=line.number,
            **texts,
            ico_mark=notes.take("ico_mark", read_ico_mark(typed.get("ico_mark", ""))),
            altitude=notes.take("altitude", read_altitude(typed.get("altitude", ""))),
            bags=bags,
            bag_mass_g=None if bag_g is None else rounded(bag_g),
            mass_g=mass_g,
            harvest=notes.take("harvest", read_harvest(typed.get("harvest", ""))),
            graded_on=notes.take("graded_on", read_day(typed.get("graded_on", ""))),
            expires_on=notes.take("expires_on", read_day(typed.get("expires_on", ""))),
            moisture_tenths=moisture or None,
            cup_score_hundredths=notes.take("cup_score", read_share(typed["cup_score"], 2, most=100))
            if _told(typed, "cup_score")
            else None,
        )
    return RowReport(line.number, values, tuple(notes.problems), typed, line.cells)


_TEXTS: Final = (
    "farm_name", "producer", "country", "region", "company", "mill", "lot_number", "variety", "processing", "colour",
    "certified_by",
)  # fmt: skip


def _told(typed: Mapping[str, str], name: str) -> bool:
    return not blank(typed.get(name, ""))


# --- weights ------------------------------------------------------------------------------------------------


def _masses(
    typed: Mapping[str, str], notes: RowNotes, bags: int | None, answer: Answer
) -> tuple[Fraction | None, int | None]:
    """The exact grams of one bag and the whole grams of the lot; questions and faults go into the notes."""
    bag_g = _bag_weight(typed, notes, bags, answer)
    total_g = _total_weight(typed, notes, answer)
    if total_g is not None:
        if bag_g is not None and bags and abs(bag_g * bags - total_g) > total_g / 100:
            return _which_is_right(notes, bags, bag_g, total_g, answer)
        return bag_g, rounded(total_g)
    if bag_g is not None and bags:
        return bag_g, rounded(bag_g * bags)
    if bag_g is None and not any(problem.severity == "bad" for problem in notes.problems):
        reason = N_("No weight is written. Write what one bag weighs, or the total.")
        notes.add("bag_weight", Sentence(reason), None, "bad")
    elif not bags and not typed.get("bags"):
        notes.add("bags", Sentence(N_("The number of bags is missing. Write it, or the total weight.")), None, "bad")
    return bag_g, None


def _which_is_right(
    notes: RowNotes, bags: int, bag_g: Fraction, total_g: Fraction, answer: Answer
) -> tuple[Fraction, int]:
    """One bag and the whole lot where the two do not fit: as answered, or as typed with a question."""
    if answer.settles:
        _settled(notes, "total_weight", answer)
        if answer.is_total:
            return total_g / bags, rounded(total_g)
        return answer.weight(), rounded(answer.weight() * bags)
    question = N_("{bags} bags of {bag_g} are not {total_g}. Which is right?")
    values = {"bags": bags, "bag_g": rounded(bag_g), "total_g": rounded(total_g)}
    hint = Sentence(N_("Answer total, accept, or the weight of one bag."))
    notes.add("total_weight", Sentence(question, values), hint, "asked")
    return bag_g, rounded(total_g)


def _total_weight(typed: Mapping[str, str], notes: RowNotes, answer: Answer) -> Fraction | None:
    if not _told(typed, "total_weight"):
        return None
    reading = read_weight(typed["total_weight"])
    if reading.severity == "asked" and answer.settles:
        _settled(notes, "total_weight", answer)
        has_bag = _told(typed, "bag_weight")
        if has_bag and answer.is_total:
            return reading.value
        if has_bag and read_bag_weight(typed["bag_weight"]).severity == "asked":
            return None  # the weight that was answered is that of one bag
        return answer.weight()
    return notes.take("total_weight", reading)


def _bag_weight(typed: Mapping[str, str], notes: RowNotes, bags: int | None, answer: Answer) -> Fraction | None:
    if not _told(typed, "bag_weight"):
        return None
    reading = read_bag_weight(typed["bag_weight"])
    if reading.severity == "asked" and answer.settles:
        _settled(notes, "bag_weight", answer)
        settled = reading.value if answer.is_total else answer.weight()
        return settled / bags if answer.is_total and settled and bags else settled
    if reading.reason is not None:
        suggestion = _perhaps_total(reading.value, bags) if reading.severity == "asked" else reading.suggestion
        notes.add("bag_weight", reading.reason, suggestion, reading.severity)
    return reading.value


def _settled(notes: RowNotes, name: str, answer: Answer) -> None:
    notes.add(name, Sentence(N_("Settled by the answer {answer}."), {"answer": answer.text}))


def _perhaps_total(bag_g: Fraction | None, bags: int | None) -> Sentence | None:
    """What an unusual weight of one bag may mean: the weight of all its bags, when that gives a usual one."""
    if bag_g is None or bag_g <= UNUSUAL_BAG_G:
        return None
    if bags and bags > 1 and bag_g / bags <= UNUSUAL_BAG_G:
        text = N_("Perhaps {total_g} is the whole lot, {bags} bags of {each_g}. Answer total, accept, or the weight.")
        return Sentence(text, {"total_g": rounded(bag_g), "bags": bags, "each_g": rounded(bag_g / bags)})
    return Sentence(N_("Perhaps it is the whole lot in several bags. Answer accept, or the weight of one bag."))


# --- names and numbers ----------------------------------------------------------------------------------------


def _name_notes(notes: RowNotes, texts: Mapping[str, str], row: int, seen: dict[str, int]) -> None:
    """Say where a farm or a lot has no name of its own, or a lot number is used twice. No row is held back by it."""
    if not texts["farm_name"]:
        suggestion = Sentence(N_("Perhaps {name}."), {"name": texts["producer"]}) if texts["producer"] else None
        notes.add("farm_name", Sentence(N_("The farm has no name here.")), suggestion)
    number = texts["lot_number"]
    if not number:
        notes.add("lot_number", Sentence(N_("The lot has no number here; it is given one when it is taken in.")))
        return
    first = seen.setdefault(search_key(number) or number, row)
    if first != row:
        reason = N_("The lot number {number} stands in row {row} too; each row stays a lot of its own.")
        notes.add("lot_number", Sentence(reason, {"number": number, "row": str(first)}))
