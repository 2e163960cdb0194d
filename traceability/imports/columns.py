"""Finding the row of column titles, and which column holds what: guessed from known titles, overridable by name.

The titles stand in any row of the first forty (INATrace's stand in the fifth, with group titles in the fourth), in
any order and in any of our languages and some of our neighbours'.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from traceability.domain.text import search_key
from traceability.errors import Sentence
from traceability.imports.bounded import Line, Sheet
from traceability.imports.refusals import ColumnsMissing, HeaderNotFound, NoSuchColumn, NoSuchField
from traceability.words import N_

_SEARCHED_ROWS: Final = 40
_EXACT: Final = 3.0
# Of a title that a known word must fill when the title only contains it: "Bank name" must not become a name.
_LEAST_SHARE: Final = 0.6
_MANDATORY_MARK: Final = "*"
_ASIDE: Final = re.compile(r"[(（\[].*")
_NO_ROWS: Final = N_("The file has column titles but no rows under them. Fill it in and send it again.")
_EXAMPLES_SHOWN: Final = 4


@dataclass(frozen=True)
class Field:
    """Something that a row may tell: the titles known for it, best first; `many` when several columns may tell it."""

    name: str
    words: tuple[str, ...]
    many: bool = False


@dataclass(frozen=True)
class Table:
    """The rows under the titles, and the columns (numbered from 0) that feed each field."""

    header: tuple[str, ...]
    lines: tuple[Line, ...]
    sheet: str
    header_row: int
    columns: Mapping[str, tuple[int, ...]]
    notes: tuple[Sentence, ...] = ()

    @property
    def mapping(self) -> dict[str, tuple[str, ...]]:
        """Which titles were taken for which field."""
        return {name: tuple(self.header[column] for column in columns) for name, columns in self.columns.items()}

    @property
    def not_kept(self) -> tuple[str, ...]:
        """The titles that no field wanted: their cells are read and forgotten."""
        used = {column for columns in self.columns.values() for column in columns}
        return tuple(title for column, title in enumerate(self.header) if title and column not in used)

    def typed(self, line: Line) -> dict[str, str]:
        """What one row says for each field; of several columns the first that is filled in."""
        return {
            name: next((line.cells[at] for at in columns if at < len(line.cells) and line.cells[at]), "")
            for name, columns in self.columns.items()
        }

    def require(self, *names: str) -> None:
        """Refuse a table in which none of these fields has a column."""
        if not any(self.columns.get(name) for name in names):
            raise ColumnsMissing(fields=", ".join(names), first=names[0], titles=", ".join(filter(None, self.header)))


def find_table(sheets: Sequence[Sheet], fields: Sequence[Field], mapping: Mapping[str, str] | None = None) -> Table:
    """The table whose titles fit the fields best, over all sheets and their first rows.

    `mapping` names the column for a field where the guess is wrong: `{"farm_name": "Estate"}`. Raises
    HeaderNotFound when fewer than two titles are known, NoSuchField and NoSuchColumn for a mapping that fits nothing.
    """
    wanted = dict(mapping or {})
    _check_fields(wanted, fields)
    best: tuple[float, Table] | None = None
    for sheet in sheets:
        for place, line in enumerate(sheet.lines[:_SEARCHED_ROWS]):
            titles = _titles(line, sheet.lines[place - 1] if place else None)
            columns, score = _matched(titles, fields, wanted)
            if len(columns) >= min(2, len(fields)) and (best is None or score > best[0]):
                rest = sheet.lines[place + 1 :]
                notes = sheet.notes if rest else (*sheet.notes, Sentence(_NO_ROWS))
                best = score, Table(titles, rest, sheet.name, line.number, columns, notes)
    if best is None:
        examples = ", ".join(field.words[0] for field in fields[:_EXAMPLES_SHOWN])
        raise HeaderNotFound(examples=examples)
    table = best[1]
    for name, title in wanted.items():
        if name not in table.columns or title_key(title) != title_key(table.header[table.columns[name][0]]):
            raise NoSuchColumn(column=title, columns=", ".join(filter(None, table.header)))
    return table


def table_of(
    titles: Sequence[str], lines: Sequence[Line], fields: Sequence[Field], mapping: Mapping[str, str] | None = None
) -> Table:
    """A table whose titles are known to be titles, such as the names of properties; no field need be found."""
    wanted = dict(mapping or {})
    _check_fields(wanted, fields)
    columns, _ = _matched(titles, fields, wanted)
    return Table(tuple(titles), tuple(lines), "", 0, columns)


def title_key(title: str) -> str:
    """A title without its hints in brackets, its mandatory star, accents, case and spaces."""
    return search_key(_ASIDE.sub("", title)) or search_key(title)


def _check_fields(wanted: Mapping[str, str], fields: Sequence[Field]) -> None:
    names = [field.name for field in fields]
    for name in wanted:
        if name not in names:
            raise NoSuchField(field=name, fields=", ".join(names))


def _titles(line: Line, above: Line | None) -> tuple[str, ...]:
    """The titles of a row; an empty one takes the group title that stands directly above it."""
    if above is None or above.number != line.number - 1:
        return line.cells
    higher = (*above.cells, *[""] * len(line.cells))
    return tuple(cell or higher[column] for column, cell in enumerate(line.cells))


def _matched(
    titles: Sequence[str], fields: Sequence[Field], wanted: Mapping[str, str]
) -> tuple[dict[str, tuple[int, ...]], float]:
    """The columns of each field, the surest pairs first; a column feeds one field only."""
    keys = [title_key(title) for title in titles]
    pairs: list[tuple[float, int, int]] = []
    for place, field in enumerate(fields):
        words = [title_key(wanted[field.name])] if field.name in wanted else _word_keys(field)
        for column, key in enumerate(keys):
            likeness = _likeness(key, words, exact_only=field.name in wanted)
            if likeness:
                starred = 0.5 if _MANDATORY_MARK in titles[column] else 0.0
                pairs.append((likeness + starred, place, column))
    found: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    total = 0.0
    for likeness, place, column in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        field = fields[place]
        if column not in taken and (field.many or field.name not in found):
            total += likeness if field.name not in found else 0.0
            found[field.name] = (*found.get(field.name, ()), column)
            taken.add(column)
    return found, total


@cache
def _word_keys(field: Field) -> tuple[str, ...]:
    return tuple(search_key(word) for word in field.words)


def _likeness(key: str, words: Sequence[str], *, exact_only: bool) -> float:
    """How well a title fits the words of a field: 3 for the same word, its share of the title when contained."""
    if not key:
        return 0.0
    best = 0.0
    for rank, word in enumerate(words):
        if key == word:
            best = max(best, _EXACT - rank / 100)
        elif not exact_only and len(word) >= (2 if not word.isascii() else 4) and word in key:
            share = len(word) / len(key)
            best = max(best, share if share >= _LEAST_SHARE else 0.0)
    return best
