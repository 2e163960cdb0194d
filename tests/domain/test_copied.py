"""What was copied off a label or a paper is read once, in every way of typing it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.copied import Copied, read_copied
from traceability.domain.gs1 import WrongCheckDigit
from traceability.domain.identifiers import MistypedCode, NoCode, NotACode, new_code

CODE, SERIAL, SSCC, GTIN = "884H64DX", "0123456789ABCDEFGHJK", "095060000000000022", "09506000134352"
LAO = str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙")


@pytest.mark.parametrize(
    "typed",
    [
        SSCC,
        f"(00) {SSCC}",
        f"00{SSCC}",
        "0 9506000 00000000 22",
        "(00) 0-9506000-0000000022",
        f"(00) {SSCC}".translate(LAO),
        f"]C100{SSCC}",
        f"HTTPS://TRACE.EXAMPLE/00/{SSCC}",
    ],
)
def test_the_number_of_a_pallet(typed: str) -> None:
    assert read_copied(typed).sscc == SSCC


@pytest.mark.parametrize(
    ("typed", "version"),
    [
        (CODE, None),
        ("884h 64dx", None),
        ("884h-64dx", None),
        (CODE.translate(LAO), None),
        (f"https://trace.example/pallet/{CODE}?l=lo", None),
        (f"HTTPS://TRACE.EXAMPLE/B/{CODE}", None),
        (f"/r/{CODE.lower()}", None),
        (f"/b/6X3MHGQ2/report/{CODE}", None),
        (f"https://trace.example/b/{CODE[:4]}-{CODE[4:].lower()}", None),
        (f"{CODE}-2", 2),
        (f"884h 64dx – {'2'.translate(LAO)}", 2),
        (f"https://trace.example/b/{CODE}-2", 2),
    ],
)
def test_a_code_of_ours(typed: str, version: int | None) -> None:
    copied = read_copied(typed)
    assert (copied.code, copied.version) == (CODE, version)


@pytest.mark.parametrize(
    "typed", [f"{CODE} {SERIAL}", f"https://trace.example/b/{CODE}/21/{SERIAL.lower()}", f"884h 64dx\n{SERIAL.lower()}"]
)
def test_a_box(typed: str) -> None:
    assert (read_copied(typed).code, read_copied(typed).serial) == (CODE, SERIAL)


def test_the_number_of_a_box_alone_and_of_an_article() -> None:
    assert read_copied("0123 4567 89ab-cdef ghjk").serial == SERIAL
    assert read_copied("9506000134352").gtin == GTIN
    of_lot = read_copied(f"(01){GTIN}(10)NL-0417(21){SERIAL}")
    assert (of_lot.gtin, of_lot.lot, of_lot.serial) == (GTIN, "NL-0417", SERIAL)


def test_a_digit_that_was_mistyped_is_told_from_what_is_no_number_of_ours() -> None:
    wrong, mistyped, none, nothing = (read_copied(typed).doubt for typed in (SSCC[:-1] + "3", "884h64dz", "QQQ", ""))
    assert [doubt and doubt.text for doubt in (wrong, mistyped, none, nothing)] == [
        refusal.__doc__ for refusal in (WrongCheckDigit, MistypedCode, NotACode, NoCode)
    ]
    assert mistyped is not None
    assert mistyped.values == {"typed": "884h64dz"}  # as it was typed, to be compared with the label
    assert read_copied("https://trace.example/b/884H64DZ").doubt == MistypedCode(typed="884H64DZ").sentence
    assert read_copied("Bounmy") == Copied("BOUNMY", doubt=NotACode(typed="Bounmy").sentence)


@given(st.text(max_size=80))
def test_nothing_that_is_typed_is_an_error(typed: str) -> None:
    assert read_copied(typed).code == "" or len(read_copied(typed).code) == len(new_code())
