"""The number of a box: it tells which box it is to whoever has the secret, and nothing to anybody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.identifiers import ALPHABET
from traceability.domain.labelling import sscc_of
from traceability.domain.serials import (
    LENGTH,
    MOST_BOX,
    NotASerial,
    box_of,
    boxes,
    new_seed,
    read_serial,
    serial_of,
    show_serial,
)

SEED = bytes(range(32))


@given(st.integers(0, MOST_BOX), st.binary(min_size=32, max_size=32))
def test_which_box_it_is_is_read_back(n: int, seed: bytes) -> None:
    serial = serial_of(seed, n)
    assert len(serial) == LENGTH == 20  # all that the GS1 field 21 holds
    assert set(serial) <= set(ALPHABET)
    assert box_of(seed, serial) == n


@given(st.integers(0, MOST_BOX), st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_no_box(n: int, place: int, sign: str) -> None:
    serial = serial_of(SEED, n)
    wrong = serial[:place] + sign + serial[place + 1 :]
    assert box_of(SEED, wrong) == (n if wrong == serial else None)


@given(st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH))
def test_a_serial_that_somebody_thought_of_is_no_box(serial: str) -> None:
    assert box_of(SEED, serial) is None


def test_ten_thousand_boxes_have_ten_thousand_numbers_that_do_not_count() -> None:
    serials = [box.serial for box in boxes(SEED, 1, 10_000, 10_000)]
    assert len(set(serials)) == 10_000
    assert sorted(serials) != serials
    for place in range(LENGTH):  # no place tells anything: every sign is about as frequent as every other
        counted = [sum(serial[place] == sign for serial in serials) for sign in ALPHABET]
        assert 200 < min(counted) <= max(counted) < 430, (place, counted)


def test_another_run_gives_the_same_box_another_number() -> None:
    assert serial_of(new_seed(), 1) != serial_of(new_seed(), 1)
    assert box_of(new_seed(), serial_of(SEED, 1)) is None


def test_a_serial_is_read_as_people_type_it() -> None:
    serial = serial_of(SEED, 12)
    assert read_serial(show_serial(serial).lower()) == serial
    assert read_serial("0O1I" + "A" * 16) == "0011" + "A" * 16
    for typed in ("", "12/640", "A" * 19, "U" * 20, "ກ" * 20):
        with pytest.raises(NotASerial):
            read_serial(typed)


def test_pallet_numbers_follow_the_prefix_of_the_company_and_end() -> None:
    assert [sscc_of("8850999", count) for count in (0, 1, 10**9)] == [
        "088509990000000008",
        "088509990000000015",
        "188509990000000005",
    ]
    with pytest.raises(ValueError, match="given out"):
        sscc_of("123456789012", 10**5)
