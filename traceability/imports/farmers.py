"""Lists of farmers, as cooperatives and INATrace keep them: who, where, how much land, and no more than is needed.

Bank accounts, e-mail, gender and the like are read past and named in `not_kept`: what is not stored cannot leak.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from traceability.domain.text import ascii_forms, search_key
from traceability.errors import Sentence
from traceability.imports.bounded import Line, Source, read_sheets
from traceability.imports.columns import Table, find_table
from traceability.imports.measures import blank, read_area_m2, read_yes_no, said
from traceability.imports.report import ImportReport, Reading, RowNotes, RowReport
from traceability.imports.seasons import read_day
from traceability.imports.titles import FARMER_FIELDS
from traceability.words import N_

UNUSUAL_AREA_M2: Final = 500_000  # 50 ha: far more than a smallholder works
_PHONE: Final = re.compile(r"\+?[0-9]{6,15}")
_PHONE_SIGNS: Final = re.compile(r"[\s().\-/]")
_EXAMPLE: Final = re.compile(r"(?:example|ejemplo|exemple|vidu|ຕົວຢາງ|示例|例)")
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, kw_only=True)
class FarmerRow:
    """One farmer. Texts are as typed, empty when not told; areas in whole square metres."""

    row_number: int
    number: str
    name: str
    village: str
    commune: str
    district: str
    province: str
    country: str
    phone: str
    total_area_m2: int | None
    cultivated_area_m2: int | None
    crop: str
    organic: bool | None
    organic_area_m2: int | None
    organic_since: date | None


def read_farmers(
    source: Source, *, mapping: Mapping[str, str] | None = None, accept_unusual: bool = False
) -> ImportReport[FarmerRow]:
    """Read a list of farmers (CSV or XLSX) and report on every row; nothing is stored.

    The titles are found in whatever row they stand. `mapping` overrides the guessed columns by title,
    `accept_unusual` accepts what would be asked about. Raises refusals of `imports.refusals` for the whole file.
    """
    table = find_table(read_sheets(source), FARMER_FIELDS, mapping)
    table.require("name", "last_name", "first_name")
    seen: dict[str, int] = {}
    rows = tuple(_farmer(table, line, seen, accept_unusual) for line in table.lines if _told(table, line))
    return ImportReport(rows, table.header, table.header_row, table.sheet, table.mapping, table.not_kept, table.notes)


def _told(table: Table, line: Line) -> bool:
    """Whether a row says anything under a title that we keep: templates carry drop-downs and totals beside."""
    return any(not blank(text) for text in table.typed(line).values())


def _farmer(table: Table, line: Line, seen: dict[str, int], accept: bool) -> RowReport[FarmerRow]:
    typed = table.typed(line)
    notes = RowNotes(typed, table.mapping, accept=accept)
    name = _name(table, typed)
    if not search_key(name):
        notes.add("name", Sentence(N_("This row has no name. Write who the farmer is.")), None, "bad")
    elif any(_EXAMPLE.match(search_key(text)) for text in (name, typed.get("number", ""))):
        notes.add("name", Sentence(N_("This looks like the example row of a template. Delete it.")), None, "bad")
    _twice(notes, typed, name, line.number, seen)
    unit = typed.get("area_unit", "")
    row = FarmerRow(
        row_number=line.number,
        number=said(typed.get("number", "")),
        name=name[:_LONGEST_NAME],
        village=said(typed.get("village", "")),
        commune=said(typed.get("commune", "")),
        district=said(typed.get("district", "")),
        province=said(typed.get("province", "")),
        country=said(typed.get("country", "")),
        phone=notes.take("phone", read_phone(said(typed.get("phone", "")))) or "",
        total_area_m2=_area(notes, typed, "total_area", unit),
        cultivated_area_m2=_area(notes, typed, "cultivated_area", unit),
        crop=said(typed.get("crop", "")),
        organic=notes.take("organic", read_yes_no(typed.get("organic", ""))),
        organic_area_m2=_area(notes, typed, "organic_area", unit),
        organic_since=notes.take("organic_since", read_day(typed.get("organic_since", ""))),
    )
    bad = any(problem.severity == "bad" for problem in notes.problems)
    return RowReport(line.number, None if bad else row, tuple(notes.problems), typed, line.cells)


def _name(table: Table, typed: Mapping[str, str]) -> str:
    """The whole name. First and last name are joined in this order; `Họ` and `Tên`, `ຊື່` and `ນາມສະກຸນ` as they stand."""
    if not typed.get("name"):
        return " ".join(filter(None, (typed.get("first_name", ""), typed.get("last_name", ""))))
    if not typed.get("last_name"):
        return typed["name"]
    in_file_order = sorted(("name", "last_name"), key=lambda part: table.columns[part])
    return " ".join(typed[part] for part in in_file_order)


def _twice(notes: RowNotes, typed: Mapping[str, str], name: str, row: int, seen: dict[str, int]) -> None:
    """Ask about a number that stands twice, and point at a name that stands twice in one village."""
    number = search_key(said(typed.get("number", "")))
    if number and (first := seen.setdefault("number " + number, row)) != row:
        reason = N_("The number {number} stands in row {row} too. Give each farmer a number of their own.")
        notes.add("number", Sentence(reason, {"number": typed["number"], "row": str(first)}), None, "asked")
    person = f"name {search_key(name)} {search_key(typed.get('village', ''))}"
    if search_key(name) and (first := seen.setdefault(person, row)) != row:
        reason = N_("{name} of the same village stands in row {row} too. Check that these are two people.")
        notes.add("name", Sentence(reason, {"name": name, "row": str(first)}), None, "note" if number else "asked")


def _area(notes: RowNotes, typed: Mapping[str, str], name: str, unit: str) -> int | None:
    if blank(typed.get(name, "")):
        return None
    area = notes.take(name, read_area_m2(typed[name], unit))
    if area is not None and area > UNUSUAL_AREA_M2:
        suggestion = Sentence(N_("Perhaps it is in square metres, or a decimal mark got lost."))
        question = Sentence(N_("{hectares} ha for one farmer?"), {"hectares": area // 10_000})
        notes.add(name, question, suggestion, "asked")
    return area


def read_phone(text: str) -> Reading[str]:
    """A phone number as digits with an optional `+`; anything else is kept as typed with a note."""
    if not text:
        return Reading("")
    bare = _PHONE_SIGNS.sub("", ascii_forms(text))
    if _PHONE.fullmatch(bare):
        return Reading(bare)
    return Reading(text[:60], Sentence(N_("This does not look like a phone number; it was kept as written.")))
