"""Lists of farmers as they are: titles in the fifth row, two columns for a name, a phone with spaces, no more kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.imports.files import raw_workbook, text_cell, workbook
from traceability.imports.farmers import FarmerRow, read_farmers
from traceability.imports.refusals import ColumnsMissing
from traceability.imports.report import ImportReport

INATRACE = [
    [None, None, "List of farmers"],
    [],
    [None] * 8 + ["Area cultivated (product type 2 – fill only if more than one crop)"],
    [
        "ID (company-internal)", "Last name*", "First name", "Village*", "Country* (2 letter ISO country code)",
        "Gender* (M/F)", "Phone number", "Area cultivated (product type 1)", None, "Area unit",
        "Organic production (EU) (Y/N)", "Bank name", "Start date of transitioning to organic",
    ],
]  # fmt: skip


def inatrace(*rows: list[object]) -> bytes:
    return workbook([*INATRACE, *rows], first_row=1)


def problems(report: ImportReport[FarmerRow], place: int = 0) -> list[tuple[str, str]]:
    return [(problem.severity, str(problem.reason)) for problem in report.rows[place].problems]


def test_an_inatrace_workbook_is_read_as_it_is_and_only_what_is_needed_is_kept() -> None:
    report = read_farmers(
        inatrace(
            ["0417", "K", "Amina", "Lak 35", "LA", "F", 8562055512345, 1.2, None, "ha", "ມີ", "Some bank", "2024-05-01"]
        )
    )
    assert report.header_row == 5
    (farmer,) = report.good
    assert (farmer.row_number, farmer.number, farmer.name, farmer.village) == (6, "0417", "Amina K", "Lak 35")
    assert (farmer.phone, farmer.cultivated_area_m2, farmer.organic) == ("8562055512345", 12_000, True)
    assert farmer.organic_since == date(2024, 5, 1)
    assert {"Gender* (M/F)", "Bank name"} <= set(report.not_kept)
    assert "Some bank" not in repr(farmer)


def test_a_second_crop_under_a_group_title_counts_when_the_first_is_empty() -> None:
    report = read_farmers(inatrace(["1", "K", "Amina", "Lak 35", "LA", "F", None, None, 0.5, "ha"]))
    assert report.good[0].cultivated_area_m2 == 5_000


@pytest.mark.parametrize(
    ("typed", "read"), [("Y", True), ("Yes", True), ("có", True), ("sí", True), ("N", False), ("no", False)]
)
def test_yes_and_no_are_known_in_every_language(typed: str, read: bool) -> None:
    assert read_farmers(inatrace(["1", "K", "Amina", "V", "LA", "", "", "", "", "", typed])).good[0].organic is read


def test_a_formula_gives_the_value_that_was_last_computed() -> None:
    row = f'<row r="2">{text_cell("A2", "Amina")}<c r="B2"><f>1+0.2</f><v>1.2</v></c></row>'
    content = raw_workbook(f'<row r="1">{text_cell("A1", "Name")}{text_cell("B1", "Area")}</row>{row}')
    assert read_farmers(content).good[0].cultivated_area_m2 == 12_000


def test_columns_may_stand_in_any_order_with_others_between() -> None:
    report = read_farmers("Điện thoại,Ghi chú,Thôn,Họ,Tên\n0901234567,x,Nà Ngoa,Lò Thị,Hoa\n".encode())
    assert (report.good[0].name, report.good[0].village) == ("Lò Thị Hoa", "Nà Ngoa")
    assert report.not_kept == ("Ghi chú",)


def test_lao_names_are_joined_first_name_first() -> None:
    assert read_farmers("ຊື່,ນາມສະກຸນ,ບ້ານ\nຄຳ,ສຸວັນນະສັກ,ຫຼັກ 35\n".encode()).good[0].name == "ຄຳ ສຸວັນນະສັກ"


def test_a_row_without_a_name_is_bad_and_an_empty_row_is_no_row() -> None:
    report = read_farmers(b"Name,Village\n,Lak 35\n,\n-,\nAmina,Lak 35\n")
    assert report.counts == {"good": 1, "asked": 0, "bad": 1}
    assert problems(report)[0] == ("bad", "This row has no name. Write who the farmer is.")


def test_the_example_row_of_a_template_is_not_a_farmer() -> None:
    report = read_farmers("Họ tên,Thôn\nVí dụ: Lò Thị Hoa,Nà Ngoa\n".encode())
    assert report.counts == {"good": 0, "asked": 0, "bad": 1}


def test_one_number_for_two_farmers_is_asked_about() -> None:
    report = read_farmers(b"ID,Name,Village\n7,Amina,X\n7,Bakari,X\n8,Amina,X\n")
    assert report.counts == {"good": 2, "asked": 1, "bad": 0}
    assert "row 2" in problems(report, 1)[0][1]
    assert problems(report, 2)[0][0] == "note"


def test_the_same_name_twice_without_numbers_is_asked_about_unless_accepted() -> None:
    text = b"Name,Village\nAmina,Lak 35\nAmina,Lak-35\n"
    assert read_farmers(text).counts == {"good": 1, "asked": 1, "bad": 0}
    assert read_farmers(text, accept_unusual=True).counts == {"good": 2, "asked": 0, "bad": 0}


def test_a_hundred_hectares_for_one_farmer_are_asked_about() -> None:
    report = read_farmers(b"Name,Village,Area\nAmina,X,100\nBakari,X,2\n")
    assert report.counts == {"good": 1, "asked": 1, "bad": 0}


def test_what_is_no_phone_number_is_kept_with_a_note() -> None:
    report = read_farmers(b"Name,Phone\nAmina,020 5551-2345\nBakari,ask his sister\n")
    assert [farmer.phone for farmer in report.good] == ["02055512345", "ask his sister"]
    assert [row.status for row in report.rows] == ["good", "good"]


def test_a_list_without_names_is_refused() -> None:
    with pytest.raises(ColumnsMissing):
        read_farmers(b"Village,Phone\nLak 35,020\n")


@pytest.mark.parametrize(
    ("file", "village"),
    [
        ("Template_list_of_farmers_Rwanda_en.xlsx", "Village*"),
        ("Template_list_of_farmers_other_countries_en.xlsx", "City / Town / Village*"),
        ("Plantilla_listado_de_agricultores_Honduras_es.xlsx", "Aldea*"),
        ("Plantilla_listado_de_agricultores_otros_paises_es.xlsx", "Aldea*"),
    ],
)
def test_the_real_templates_are_understood(shared_data: Path, file: str, village: str) -> None:
    report = read_farmers(shared_data / "real" / "inatrace_farmer_import" / file)
    assert (report.sheet, report.header_row, report.rows) == ("Sheet1", 5, ())
    assert "no rows" in str(report.notes[0])
    assert report.mapping["village"][0] == village
    for name in (
        "number",
        "first_name",
        "last_name",
        "country",
        "phone",
        "area_unit",
        "total_area",
        "organic",
        "organic_area",
    ):
        assert len(report.mapping[name]) == 1, name
    assert len(report.mapping["cultivated_area"]) == 2
    assert "name" not in report.mapping
    secret = ("bank", "banco", "account", "cuenta", "gender", "género", "mail", "correo", "smartphone")
    kept = " ".join(title.lower() for titles in report.mapping.values() for title in titles)
    assert not [word for word in secret if word in kept]
