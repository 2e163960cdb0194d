"""Titles are found wherever they stand, whatever they are called, and by name where the guess is wrong."""

from __future__ import annotations

import pytest

from traceability.imports.bounded import read_sheets
from traceability.imports.columns import Table, find_table
from traceability.imports.refusals import ColumnsMissing, HeaderNotFound, NoSuchColumn, NoSuchField
from traceability.imports.titles import FARMER_FIELDS, LOT_FIELDS, PLOT_FIELDS


def table(text: str, mapping: dict[str, str] | None = None) -> Table:
    return find_table(read_sheets(text.encode()), FARMER_FIELDS, mapping)


def test_titles_in_the_third_row_are_found_and_the_rows_above_are_left_out() -> None:
    found = table("Our members,\nPrinted 2026,\nName,Village\nAmina,Lak 35\n")
    assert found.header_row == 3
    assert [line.number for line in found.lines] == [4]


@pytest.mark.parametrize(
    "titles",
    [
        "Name,Village,Phone number",
        "ຊື່,ບ້ານ,ເບີໂທ",
        "Họ và tên,Thôn,Số điện thoại",
        "姓名,村,电话",
        "NOMBRE COMPLETO,Aldea*,Teléfono",
    ],
)
def test_titles_are_known_in_five_languages(titles: str) -> None:
    assert set(table(f"{titles}\na,b,020 5551 2345\n").columns) == {"name", "village", "phone"}


def test_an_empty_title_takes_the_group_title_above_it() -> None:
    found = table(",,Area cultivated (product type 2)\nName,Village,\nAmina,Lak 35,0.5\n")
    assert found.columns["cultivated_area"] == (2,)


def test_a_bank_name_never_becomes_a_farmers_name() -> None:
    found = table("Last name,Village,Bank name,Account holder's name\nK,Lak 35,Some bank,Somebody\n")
    assert "name" not in found.columns
    assert found.not_kept == ("Bank name", "Account holder's name")


def test_the_reader_can_say_which_column_holds_what() -> None:
    found = table("Name,Village,Where from\nAmina,Lak 35,Paksong\n", {"district": "where FROM"})
    assert found.typed(found.lines[0])["district"] == "Paksong"


def test_a_mapping_to_nothing_is_refused_with_what_there_is() -> None:
    with pytest.raises(NoSuchColumn, match="Name, Village"):
        table("Name,Village\nAmina,Lak 35\n", {"phone": "Handy"})
    with pytest.raises(NoSuchField, match="village"):
        table("Name,Village\nAmina,Lak 35\n", {"shoe_size": "Name"})


def test_a_table_without_known_titles_is_refused_with_examples() -> None:
    with pytest.raises(HeaderNotFound, match="Member number"):
        table("aa,bb\n1,2\n")


def test_a_table_without_what_is_needed_names_it() -> None:
    with pytest.raises(
        ColumnsMissing, match=r"bag_weight, total_weight .* --column bag_weight=Title. The columns are: Farm, Lot"
    ):
        find_table(read_sheets(b"Farm,Lot\nA,1\n"), LOT_FIELDS).require("bag_weight", "total_weight")


def test_no_title_is_claimed_by_two_fields_of_one_list() -> None:
    for fields in (LOT_FIELDS, FARMER_FIELDS):
        words = [word for field in fields for word in field.words]
        assert len(words) == len(set(words))
    assert {field.name for field in PLOT_FIELDS} >= {"geometry", "longitude", "latitude", "country"}
