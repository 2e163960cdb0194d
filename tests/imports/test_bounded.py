"""Files at the door: sizes, encodings, delimiters, and what a cell may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.imports.files import archive, raw_workbook, text_cell, workbook
from traceability.imports import bounded
from traceability.imports.bounded import MAX_BYTES, read_bytes, read_sheets
from traceability.imports.delimited import sniffed_delimiter
from traceability.imports.refusals import (
    FileEmpty,
    FileMissing,
    FileTooLarge,
    NotASpreadsheet,
    NotText,
    OldOrLockedSpreadsheet,
    SpreadsheetTooBig,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
)


def cells(content: bytes) -> list[tuple[str, ...]]:
    (sheet,) = read_sheets(content)
    return [line.cells for line in sheet.lines]


def test_a_file_above_five_megabytes_is_refused_from_bytes_and_from_disk(tmp_path: Path) -> None:
    large = b"a,b\n" * (MAX_BYTES // 4 + 1)
    (tmp_path / "large.csv").write_bytes(large)
    for source in (large, tmp_path / "large.csv"):
        with pytest.raises(FileTooLarge, match="5 MB"):
            read_bytes(source)


def test_an_empty_file_and_a_missing_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileEmpty):
        read_sheets(b" \n ")
    with pytest.raises(FileMissing, match=r"nothing\.csv"):
        read_sheets(tmp_path / "nothing.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_whichever_it_is(delimiter: str) -> None:
    text = f"Name{delimiter}Village{delimiter}Area\nAmina{delimiter}Nong Luang{delimiter}1\n"
    assert sniffed_delimiter(text) == delimiter


def test_decimal_commas_do_not_pass_for_delimiters() -> None:
    assert cells(b"Name;Area\nAmina;1,2\nBakari;0,8\n")[1] == ("Amina", "1,2")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_files_are_read_without_a_word(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    (sheet,) = read_sheets(mark + "Name,Village\nຄຳ,ບ້ານ ໜອງຫຼວງ\n".encode(encoding))
    assert sheet.lines[1].cells == ("ຄຳ", "ບ້ານ ໜອງຫຼວງ")
    assert sheet.notes == ()


@pytest.mark.parametrize(
    ("encoding", "typed", "read"),
    [
        ("cp1258", "Đào Thi\u0323 Hoa\u0300, ba\u0309n Na\u0300 Ngoa", "Đào Thị Hoà; bản Nà Ngoa"),
        ("cp1252", "María Núñez, Peña Blanca", "María Núñez; Peña Blanca"),
        ("gb18030", "陈秀英, 云南省普洱市", "陈秀英; 云南省普洱市"),
    ],
)
def test_older_encodings_are_read_with_a_note_that_names_them(encoding: str, typed: str, read: str) -> None:
    content = b"Name,Village\n" + (typed + "\n").replace(", ", ",").replace("à", "a\u0300").encode(
        encoding, errors="strict"
    )
    (sheet,) = read_sheets(content)
    assert "; ".join(sheet.lines[1].cells) == read
    assert encoding in str(sheet.notes[0])


def test_nul_characters_and_broken_utf16_are_refused() -> None:
    for content in (b"Name,Village\nAm\x00ina,X\n", b"\xff\xfeN\x00\x00\xd8"):
        with pytest.raises(NotText):
            read_sheets(content)


def test_comment_lines_are_skipped_and_row_numbers_stay_those_of_the_file() -> None:
    (sheet,) = read_sheets(b"# plots, 2026\n#\tas told\n\nname,mark\nA,#327\n# 1,2\nB,x\n")
    assert [(line.number, line.cells) for line in sheet.lines] == [
        (4, ("name", "mark")),
        (5, ("A", "#327")),
        (7, ("B", "x")),
    ]


def test_a_line_break_inside_a_cell_does_not_make_two_rows() -> None:
    assert cells(b'Name,Village\n"Amina\nof the hill",X\n')[1] == ("Amina of the hill", "X")


def test_our_own_escape_before_a_formula_sign_is_taken_off_again() -> None:
    assert cells(b"Name,Village\n'-,'=1+1\n")[1] == ("-", "=1+1")
    assert cells(b"Name,Village\n'Amina,x\n")[1] == ("'Amina", "x")


def test_too_many_rows_columns_and_cells_are_refused_while_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooManyColumns, match="201"):
        read_sheets((",".join("c" * 201) + "\n").encode())
    with pytest.raises(TooManyRows):
        read_sheets(b"a,b\n" * (bounded.MAX_ROWS + 1))
    with pytest.raises(TooManyCells):
        read_sheets((",".join("c" * 200) + "\n").encode() * 5_001)


def test_a_workbook_gives_numbers_as_typed_and_days_in_iso_form() -> None:
    content = workbook([["Name", "Area", "Since", "Ok"], ["Amina", 48.6, None, True], ["Bakari", 1250.0]], first_row=4)
    (sheet,) = read_sheets(content)
    assert [line.number for line in sheet.lines] == [5, 6, 7]
    assert sheet.lines[1].cells == ("Amina", "48.6", "", "TRUE")
    assert sheet.lines[2].cells[1] == "1250"


def test_old_and_locked_workbooks_are_named_as_such() -> None:
    with pytest.raises(OldOrLockedSpreadsheet):
        read_sheets(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    for content in (archive({"content.xml": b"<a/>"}), b"PK\x05\x06" + b"\0" * 18, b"PK\x03\x04rubbish"):
        with pytest.raises(NotASpreadsheet):
            read_sheets(content)


def test_one_cell_in_the_last_corner_is_refused_before_anybody_makes_room_for_it() -> None:
    content = raw_workbook(
        f'<row r="1">{text_cell("A1", "x")}</row><row r="1048576">{text_cell("XFD1048576", "y")}</row>'
    )
    assert len(content) < 1_700
    with pytest.raises(TooManyRows, match="1048576"):
        read_sheets(content)
    with pytest.raises(TooManyColumns, match="16384"):
        read_sheets(raw_workbook(f'<row r="1">{text_cell("XFD1", "y")}</row>'))


def test_a_count_that_promises_billions_is_refused_before_anybody_makes_room_for_them() -> None:
    styles = '<styleSheet><cellXfs count="4294967296"/>'
    with pytest.raises(NotASpreadsheet):
        read_sheets(raw_workbook("", extra={"xl/styles.xml": f"{styles}</styleSheet>".encode()}))


def test_many_cells_without_references_are_counted_as_they_come() -> None:
    row = "<row>" + "<c><v>1</v></c>" * 201 + "</row>"
    with pytest.raises(TooManyColumns):
        read_sheets(raw_workbook(row))


def test_formatted_but_empty_cells_far_below_do_no_harm() -> None:
    content = raw_workbook(
        f'<row r="1">{text_cell("A1", "Name")}</row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    assert cells(content) == [("Name",)]


def test_document_types_are_refused_so_that_no_entity_can_grow() -> None:
    laughs = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with pytest.raises(NotASpreadsheet):
        read_sheets(raw_workbook('<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>', before=laughs))


def test_zip_bombs_are_refused_by_size_by_ratio_and_by_number_of_members() -> None:
    for bomb in (
        raw_workbook("", extra={"xl/media/a.xml": b" " * 65_000_000}),
        raw_workbook("", extra={"xl/media/a.bin": b"\0" * 3_000_000}),
        raw_workbook("", extra={f"xl/{n}.xml": b"<a/>" for n in range(101)}),
    ):
        assert len(bomb) < 100_000
        with pytest.raises(SpreadsheetTooBig):
            read_sheets(bomb)


def test_two_members_of_one_name_are_refused_so_that_no_unchecked_one_is_read() -> None:
    with pytest.raises(NotASpreadsheet):
        read_sheets(raw_workbook("", extra={"XL/WORKBOOK.XML": b"<workbook/>"}))
