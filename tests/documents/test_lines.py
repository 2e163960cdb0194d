"""Text is shaped, measured, shrunk and broken; what has no glyph is a visible box, never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.documents.fonts import BOX, CHINESE, REGULAR, glyph_text, typefaces
from traceability.documents.lines import break_lines, clean, fit, runs, snug, width


def test_the_merged_face_covers_lao_vietnamese_and_the_signs_of_the_paper() -> None:
    needed = "ໄກສອນ ພົມວິຫານ ນ້ຳໜັກ Nguyễn Đặng Phường Ế ở ữ 0123456789 → ✓ × – — · ″ ≥ ° ₭ ₫"
    assert {run.face for run in runs(needed)} == {REGULAR}
    assert set(map(ord, needed)) <= typefaces()[REGULAR].characters


def test_every_glyph_has_its_code_from_the_start() -> None:
    for face in typefaces().values():
        assert len(face.code_of) == face.shaper.face.glyph_count


def test_a_glyph_says_what_its_name_says() -> None:
    assert glyph_text("uni0ECD_uni0EC9.right") == "\u0ecd\u0ec9"
    assert glyph_text("uni0EB4.narrow") == "\u0eb4"


def test_chinese_goes_to_the_chinese_face_and_comes_back() -> None:
    assert [run.face for run in runs("Durian 鲜榴莲 A")] == [REGULAR, CHINESE, REGULAR]


def test_lao_marks_take_no_room() -> None:
    assert width("ທີ່", 10) == pytest.approx(width("ທ", 10))


def test_a_character_without_glyph_is_a_box_and_still_says_itself() -> None:
    (run,) = runs("ไทย")
    assert not run.exact
    assert run.text == "ไทย"
    assert str(run.shaped) == BOX * 3


def test_text_is_composed_and_freed_of_invisible_characters() -> None:
    assert clean("Đa\u0323\u0306ng\u200b\x07!") == "Đặng !"


def test_long_text_shrinks_first_and_wraps_then() -> None:
    long = "Savannakhet Smallholder Speciality Coffee Growers Union Ltd."
    assert len(snug(long, 10, 400, lines=2).lines) == 1
    narrow = snug(long, 10, 120, lines=2, least=7)
    assert len(narrow.lines) == 2
    assert " ".join(narrow.lines) == long
    assert all(width(line, narrow.size) <= 120 for line in narrow.lines)


def test_what_cannot_fit_says_so() -> None:
    fitted = fit("ສາທາລະນະລັດປະຊາທິປະໄຕ" * 20, 9, 100, lines=2, least=6)
    assert fitted.cut
    assert fitted.lines[-1].endswith("…")


@given(st.text(max_size=60), st.floats(min_value=3, max_value=40))
def test_any_text_breaks_into_lines_that_lose_nothing_and_stay_in_their_measure(text: str, measure: float) -> None:
    lines = break_lines(text, measure)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())
    assert all(width(line, 1) <= measure + 1e-6 for line in lines if len(line) > 1 and measure > 6)
