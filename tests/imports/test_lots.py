"""A lot register becomes lots: good rows read, strange bag weights asked about, nothing swallowed.

Hill farm, 20 bags of 60 kg -> 1,200 kg; River farm, 320 bags of "19200 kg" -> asked: the whole lot, or one bag?
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest

from traceability.domain.quantity import rounded
from traceability.imports.lots import LotRow, read_lots
from traceability.imports.measures import UNUSUAL_BAG_G, read_bag_weight, read_count
from traceability.imports.refusals import AnswerNotAsked, AnswerNotUnderstood
from traceability.imports.report import ImportReport

HEADER = "Farm Name,Producer,Lot Number,ICO Number,Number of Bags,Bag Weight,Total Weight\n"


def register(*rows: str) -> bytes:
    return (HEADER + "\n".join(rows) + "\n").encode()


def reasons(report: ImportReport[LotRow], row_number: int) -> list[str]:
    (row,) = [row for row in report.rows if row.row_number == row_number]
    return [str(problem.reason) for problem in row.problems]


def counts_of(report: ImportReport[LotRow]) -> dict[str, int]:
    """Figures of the whole register from what was typed, asked and bad rows included, as one counts them by hand."""
    typed = [row.typed for row in report.rows]
    weights = [read_bag_weight(cells.get("bag_weight", "")).value for cells in typed]
    bags = [read_count(cells.get("bags", "")).value for cells in typed]
    numbers = [cells.get("lot_number", "") for cells in typed]
    cjk = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
    return {
        "rows": len(typed),
        "rows_with_parsable_bag_weight": sum(weight is not None for weight in weights),
        "suspicious_bag_weight_over_120kg": sum(weight is not None and weight > UNUSUAL_BAG_G for weight in weights),
        "blank_lot_number": numbers.count(""),
        "blank_ico": sum(not cells.get("ico_mark") for cells in typed),
        "distinct_nonblank_lot_numbers": len(set(filter(None, numbers))),
        "rows_with_cjk": sum(any(cjk.search(cell) for cell in row.cells) for row in report.rows),
        "typed_mass_g": sum(rounded(each * count) for each, count in zip(weights, bags, strict=True) if each and count),
    }


def farms_of(report: ImportReport[LotRow], country: str) -> list[str]:
    """The farm names as typed, of the rows of one country, in the order of the file."""
    typed = [row.typed for row in report.rows]
    return [cells.get("farm_name", "") for cells in typed if cells.get("country") == country]


def test_bags_times_weight_is_the_lot_in_whole_grams() -> None:
    report = read_lots(register("Hill farm,Amina,L-1,,20,60 kg,", "Hill farm,Amina,L-2,,3,100 lbs,"))
    assert [row.mass_g for row in report.good] == [1_200_000, 136_078]  # 3 x 45,359.237 g, rounded once
    assert [row.bag_mass_g for row in report.good] == [60_000, 45_359]


def test_a_bag_of_nineteen_tonnes_is_asked_about_with_a_guess_and_not_taken() -> None:
    report = read_lots(register("River farm,Bakari,L-1,,320,19200 kg,"))
    (row,) = report.of("asked")
    assert report.good == ()
    assert row.problems[0].original == "19200 kg"
    assert row.problems[0].reason.values == {"bag_g": 19_200_000}
    assert row.problems[0].suggestion is not None
    assert row.problems[0].suggestion.values == {"total_g": 19_200_000, "bags": 320, "each_g": 60_000}


@pytest.mark.parametrize(
    ("answer", "bag_g", "total_g"),
    [
        ("total", 60_000, 19_200_000),
        ("accept", 19_200_000, 6_144_000_000),
        ("60 kg", 60_000, 19_200_000),
    ],
)
def test_an_answer_settles_the_question(answer: str, bag_g: int, total_g: int) -> None:
    report = read_lots(register("River farm,Bakari,L-1,,320,19200 kg,"), answers={2: answer})
    assert [(row.bag_mass_g, row.mass_g) for row in report.good] == [(bag_g, total_g)]


def test_an_answer_that_says_nothing_is_refused() -> None:
    with pytest.raises(AnswerNotUnderstood, match="maybe"):
        read_lots(register("River farm,Bakari,L-1,,320,19200 kg,"), answers={2: "maybe"})


def test_accepting_the_unusual_takes_asked_rows_but_never_bad_ones() -> None:
    report = read_lots(register("A,,1,,1,300 kg,", "B,,2,,1,0 kg,", 'C,,3,,1,"2 kg,lbs",'), accept_unusual=True)
    assert report.counts == {"good": 2, "asked": 0, "bad": 1}


def test_a_unit_that_can_be_two_is_asked_about() -> None:
    report = read_lots(register('A,,1,,10,"2 kg,lbs",'))
    assert report.counts == {"good": 0, "asked": 1, "bad": 0}


def test_a_total_that_does_not_fit_its_bags_is_asked_about() -> None:
    report = read_lots(register("A,,1,,10,60 kg,600 kg", "B,,2,,10,60 kg,700 kg"))
    assert report.counts == {"good": 1, "asked": 1, "bad": 0}
    assert str(report.rows[1].problems[0].suggestion) == "Answer total, accept, or the weight of one bag."


@pytest.mark.parametrize(
    ("answer", "bag_g", "total_g"),
    [("total", 65_000, 130_000), ("accept", 60_000, 130_000), ("60 kg", 60_000, 120_000), ("62 kg", 62_000, 124_000)],
)
def test_an_answer_says_which_of_two_weights_is_right(answer: str, bag_g: int, total_g: int) -> None:
    report = read_lots(register("A,,1,,2,60 kg,130 kg"), answers={2: answer})
    assert [(row.bag_mass_g, row.mass_g) for row in report.good] == [(bag_g, total_g)]


def test_an_answer_says_what_a_total_means_that_can_be_two() -> None:
    row = "A,,1,,,,1.250 kg"
    assert read_lots(register(row)).counts["asked"] == 1
    assert [lot.mass_g for lot in read_lots(register(row), answers={2: "1250 kg"}).good] == [1_250_000]
    with pytest.raises(AnswerNotUnderstood):
        read_lots(register(row), answers={2: "total"})


@pytest.mark.parametrize("answer", ["total", "accept", "foo", "60 kg"])
def test_an_answer_to_what_nobody_asked_is_refused_with_the_rows_that_ask(answer: str) -> None:
    file = register("A,,1,,2,60 kg,130 kg", "B,,2,,2,60 kg,120 kg")
    for row in (3, 77):
        with pytest.raises(AnswerNotAsked, match=rf"about row {row}, .* The rows that ask: 2\."):
            read_lots(file, answers={2: "total", row: answer})
    with pytest.raises(AnswerNotUnderstood, match="Answer accept, total, or a weight"):
        read_lots(file, answers={2: "foo"})


@pytest.mark.parametrize("row", ["A,,1,,10,,", "A,,1,,,60 kg,", "A,,1,,0,60 kg,", "A,,1,,10,0 lbs,", "A,,1,,10,heavy,"])
def test_a_row_without_a_weight_that_can_be_known_is_bad_with_one_reason(row: str) -> None:
    report = read_lots(register(row))
    assert report.counts == {"good": 0, "asked": 0, "bad": 1}
    assert len([problem for problem in report.rows[0].problems if problem.severity == "bad"]) == 1


def test_a_lot_number_used_twice_makes_two_lots_and_a_note() -> None:
    report = read_lots(register("A,,7,,1,60 kg,", "B,,7,,2,60 kg,", "C,,-,,3,60 kg,"))
    assert [row.mass_g for row in report.good] == [60_000, 120_000, 180_000]
    assert "row 2" in reasons(report, 3)[0]
    assert report.good[2].lot_number == ""


def test_a_dash_for_a_farm_offers_the_producer() -> None:
    report = read_lots(register("-,Amina,1,,1,60 kg,"))
    assert report.good[0].farm_name == ""
    assert str(report.rows[0].problems[0].suggestion) == "Perhaps Amina."


def test_the_rows_not_taken_go_into_a_file_that_can_be_corrected_and_sent_again() -> None:
    report = read_lots(register('"=HYPERLINK(""x"")",＝1,1,-,320,19200 kg,', "Good farm,Amina,2,,1,60 kg,"))
    out = report.bad_rows_csv("en")
    header, row = list(csv.reader(io.StringIO(out.decode("utf-8-sig"))))
    assert row[:4] == ['\'=HYPERLINK("x")', "'＝1", "1", "'-"]
    assert "19\u00a0200\u00a0kg in one bag?" in row[header.index("Why it was not taken")]
    again = read_lots(out, answers={2: "total"})
    assert [(lot.farm_name, lot.mass_g) for lot in again.good] == [('=HYPERLINK("x")', 19_200_000)]


def test_the_real_register_is_counted_as_its_finders_counted_it(shared_data: Path) -> None:
    folder = shared_data / "real" / "cqi_coffee_lots_2023"
    expected = json.loads((folder / "EXPECTED.json").read_text())["cqi_coffee_lots_2023/df_arabica_clean.csv"]
    report = read_lots(folder / "df_arabica_clean.csv")
    counts = counts_of(report)
    total_g = counts.pop("typed_mass_g")
    assert counts == {name: expected[name] for name in counts}
    assert f"{total_g / 1000:.2f}" == expected["total_kg_if_bags_x_weight"]
    assert farms_of(report, "Laos") == expected["laos"]
    assert farms_of(report, "Vietnam") == expected["vietnam"]
    assert report.counts == {"good": 202, "asked": 5, "bad": 0}


def test_the_real_lao_lots_are_read_in_full(shared_data: Path) -> None:
    report = read_lots(shared_data / "real" / "cqi_coffee_lots_2023" / "df_arabica_clean.csv")
    lao = [row for row in report.good if row.country == "Laos"]
    assert [(row.bags, row.mass_g) for row in lao] == [(19, 475_000), (26, 1_560_000), (343, 20_580_000)]
    assert lao[0].graded_on == date(2022, 11, 15)
    assert lao[1].altitude is not None
    assert (lao[1].altitude.low_m, lao[1].altitude.high_m) == (1200, 1300)
    assert lao[2].ico_mark is not None
    assert (lao[2].ico_mark.country, lao[2].ico_mark.exporter, lao[2].ico_mark.complete) == ("105", "0003", False)
    assert lao[2].ico_mark.typed == "105/3/VL7285-005"
    assert all(row.moisture_tenths and row.cup_score_hundredths for row in lao)
