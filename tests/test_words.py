"""The words: four languages, one catalogue each, and numbers that no reader can misread."""

from __future__ import annotations

import string
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from traceability import words
from traceability.domain import quantity
from traceability.domain.measured import told
from traceability.errors import Sentence

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "words"


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "1 250.5 kg"), ("lo", "1 250,5 ກກ"), ("vi", "1 250,5 kg"), ("zh", "1 250.5 公斤")],
)
def test_a_mass_groups_thousands_with_a_space_that_does_not_break(language: str, shown: str) -> None:
    assert words.mass(language, 1_250_500) == shown.replace(" ", "\u00a0")


def test_the_sum_of_small_bags_shows_no_noise() -> None:
    assert words.mass("vi", 100 + 200) == "0,3\u00a0kg"
    assert words.mass("en", -400) == "\u22120.4\u00a0kg"
    assert words.mass("en", 0) == "0\u00a0kg"


def test_arabic_words_turn_no_number_name_or_list() -> None:
    """Signs of direction hold a minus and a percent sign at their side of the number, and a name together."""
    assert words.mass("ar", -5_000) == "\u200e\u22125\u00a0كغ"
    assert words.mass("ar", 5_000) == "5\u00a0كغ"
    assert words.percent("ar", 34) == "\u200e3.4\u00a0%\u200e"
    assert words.translate("ar", "Lot {number}", number="LA-1") == "الدفعة \u2068LA-1\u2069"
    assert words.translate("lo", "Lot {number}", number="LA-1") == "ລັອດ LA-1"
    at = datetime(2026, 11, 20, 18, 40, tzinfo=UTC)
    assert words.moment("ar", at, 420) == "21\u00a0نوفمبر\u00a02026، 01:40"
    assert [words.arrow(language) for language in ("ar", "lo")] == ["←", "→"]


@given(st.integers(0, quantity.MOST_GRAMS // 2))
def test_a_mass_that_is_shown_can_be_typed_back(grams: int) -> None:
    shown = words.mass("lo", grams).rpartition("\u00a0")[0]
    assert grams in _meanings(shown)


def _meanings(typed: str) -> set[int]:
    try:
        return {quantity.read_mass(typed, zero=True)}
    except quantity.AmbiguousNumber as doubt:
        return {choice.value for choice in doubt.choices}


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "20 November 2026"), ("lo", "20 ພະຈິກ 2026"), ("vi", "20 tháng 11, 2026"), ("zh", "2026年11月20日")],
)
def test_days_are_written_out_without_hidden_signs(language: str, shown: str) -> None:
    assert words.day(language, date(2026, 11, 20)) == shown.replace(" ", "\u00a0")


def test_a_moment_is_told_in_the_time_of_the_place() -> None:
    at = datetime(2026, 11, 20, 18, 40, tzinfo=UTC)
    assert words.moment("en", at, 420) == "21\u00a0November\u00a02026, 01:40"
    assert words.moment("en", at, 330, with_zone=True).endswith("00:10\u00a0UTC+5:30")
    assert words.zone(-90) == "UTC\u22121:30"


def test_shares_have_one_decimal_even_when_it_is_zero() -> None:
    assert words.percent("vi", 50) == "5,0\u00a0%"
    assert words.percent("en", 1000) == "100.0\u00a0%"


@pytest.mark.parametrize(
    ("header", "explicit", "picked"),
    [
        ("lo-LA,en;q=0.5", None, "lo"),  # Werkzeug's best_match answers English here
        ("zh-Hans-CN", None, "zh"),
        ("fr-FR, vi;q=0.3, en;q=0.2", None, "vi"),
        ("en;q=0.2, lo;q=0.9", None, "lo"),
        ("lo;q=0, vi;q=0.1", None, "vi"),
        ("th", None, "en"),
        ("ar-AE, fr;q=0.9, en;q=0.1", None, "en"),
        ("", None, "en"),
        ("lo;q=abc,,;;=,", None, "en"),
        ("lo", "vi", "vi"),
        ("lo", "xx", "lo"),
        ("lo", "VI", "vi"),
        ("lo", "zh-TW", "zh"),
        ("lo", "zh_TW", "lo"),
        ("lo", "", "lo"),
    ],
)
def test_the_language_is_picked_as_the_reader_would(header: str, explicit: str | None, picked: str) -> None:
    assert words.pick_language(header, explicit) == picked


@pytest.mark.parametrize("header", ["en" + " " * 200_000 + "x", "en;" + " " * 200_000, "en-" + "a" * 200_000 + "!"])
def test_a_header_of_blanks_is_read_as_fast_as_any_other(header: str) -> None:
    """Twenty thousand took seven seconds."""
    began = time.thread_time()
    words.pick_language(header)
    assert time.thread_time() - began < 0.5


def test_behind_a_label_more_languages_are_spoken() -> None:
    assert words.pick_language("ar-AE, fr;q=0.9, en;q=0.1", among=words.PUBLIC_LANGUAGES) == "ar"
    assert words.pick_language("de, ja;q=0.5", None, "lo", words.PUBLIC_LANGUAGES) == "ja"
    assert words.pick_language("de", "th", "lo", words.PUBLIC_LANGUAGES) == "th"


def test_a_measured_number_in_a_sentence_keeps_its_zeros_and_the_mark_of_the_language() -> None:
    text = "{what}: {value}? Usual is {least} to {most}."
    values = {"what": Sentence("Moisture"), "value": told("3.50", "%"), "least": Decimal(-18), "most": Decimal("12.5")}
    shown = words.translate("en", text, **values).replace("\u00a0", " ")
    assert shown == "Moisture: 3.50 %? Usual is \u221218 to 12.5."
    shown = words.translate("vi", text, **values).replace("\u00a0", " ")
    assert [part in shown for part in ("Độ ẩm: 3,50 %", "\u221218", "12,5")] == [True] * 3


def test_values_of_a_sentence_are_shown_by_what_they_are() -> None:
    text = "Lot {lot} holds {available_g} of {count} bags on {on}: {why}"
    values = {
        "lot": "NL-1",
        "available_g": 2500,
        "count": 1200,
        "on": date(2026, 1, 2),
        "why": Sentence("Fill this in."),
    }
    shown = words.translate("en", text, **values).replace("\u00a0", " ")
    assert shown == "Lot NL-1 holds 2.5 kg of 1 200 bags on 2 January 2026: Fill this in."


def test_text_that_somebody_typed_may_hold_braces() -> None:
    assert words.translate("lo", "plot {north}") == "plot {north}"
    assert words.translate("lo", "Lot {lot}", lot="{north}").endswith("{north}")


def test_a_sentence_without_translation_is_shown_in_english() -> None:
    assert words.translate("lo", "No catalogue holds this, {name}.", name="Amina") == "No catalogue holds this, Amina."
    assert words.ntranslate("lo", "one thing", "{n} things", 1) == "one thing"
    assert words.ntranslate("lo", "one thing", "{n} things", 3) == "3 things"


@pytest.mark.parametrize("language", words.PUBLIC_LANGUAGES[1:])
def test_translations_fill_the_same_names_as_the_english(language: str) -> None:
    with (Path(words.__file__).parent / "locale" / language / "messages.po").open("rb") as file:
        messages = list(read_po(file))
    for message in messages:
        # a form that stands for many numbers says what the English plural says; one and two may say less
        english, form = (m if isinstance(m, str) else (m or [""])[-1] for m in (message.id, message.string))
        assert not form or not english or _names(form) | {"n"} == _names(english) | {"n"}, f"{english!r}: {form!r}"
        for other in message.string if isinstance(message.string, tuple) else ():
            assert _names(other) <= _names(english) | {"n"}, f"{english!r}: {other!r}"


@pytest.mark.parametrize(
    ("language", "n", "shown"),
    [
        ("fr", 0, "0 exploitation"),
        ("fr", 1, "1 exploitation"),
        ("fr", 2, "2 exploitations"),
        ("ar", 1, "مزرعة واحدة"),
        ("ar", 2, "مزرعتان"),
        ("ar", 5, "5 مزارع"),
        ("ar", 11, "11 مزرعة"),
        ("th", 3, "3 สวน"),
    ],
)
def test_a_count_is_said_as_the_language_counts(language: str, n: int, shown: str) -> None:
    assert words.ntranslate(language, "{n} farm", "{n} farms", n) == shown


def test_arabic_counts_fifteen_otherwise_than_a_hundred() -> None:
    said = [words.ntranslate("ar", "Expires in one day", "Expires in {n} days", n) for n in (15, 100)]
    assert said == ["تنتهي خلال 15 يومًا", "تنتهي خلال 100 يوم"]


def test_a_name_that_a_language_lacks_is_translated_or_shown_as_it_is() -> None:
    assert words.named("ja", {"en": "Green coffee", "lo": "ກາເຟ"}) == "コーヒー生豆"
    assert words.named("ar", {"lo": "ສະຫະກອນ"}) == "ສະຫະກອນ"
    assert words.named("lo", {"en": "Green coffee", "lo": "ກາເຟ"}) == "ກາເຟ"


def test_every_sentence_exists_in_every_language() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "missing"], capture_output=True, text=True, check=False)
    open_ends = (done.stdout + done.stderr).splitlines()
    assert not open_ends, f"{len(open_ends)} translations are missing, such as {open_ends[:5]}"


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_command_lists_what_a_native_reader_has_not_read_with_what_stands_there() -> None:
    command = [sys.executable, str(SCRIPT), "unread", "lo"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    with (Path(words.__file__).parent / "locale" / "lo" / "messages.po").open("rb") as file:
        marked = [message for message in read_po(file) if "needs a native reader" in message.user_comments]
    sentences = [line for line in said if line.startswith("lo: ")]
    assert 0 < len(sentences) <= len(marked)
    assert any(f"    {message.string}" in said for message in marked)
