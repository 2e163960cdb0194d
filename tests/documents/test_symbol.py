"""Our symbols are the library's own, module for module: of any text, at every level, in small versions and large."""

from __future__ import annotations

from typing import Any

import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

from traceability.documents.symbol import modules_of

LEVELS = (ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q, ERROR_CORRECT_H)
ADDRESSES = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ:/.-", min_size=1, max_size=90)


def of_the_library(text: str, level: int) -> tuple[str, ...]:
    symbol: qrcode.QRCode[Any] = qrcode.QRCode(error_correction=level, border=0)
    symbol.add_data(text)
    symbol.make(fit=True)
    return tuple("".join("1" if dark else "0" for dark in row) for row in symbol.modules)


@settings(max_examples=60, deadline=None)
@given(ADDRESSES | st.text(min_size=1, max_size=60), st.sampled_from(LEVELS))
def test_a_symbol_is_the_one_that_the_library_makes(text: str, level: int) -> None:
    assert modules_of(text, level) == of_the_library(text, level)


@pytest.mark.parametrize("length", [100, 150, 300, 700])
def test_a_large_symbol_too(length: int) -> None:
    """From version 7 on a symbol names its version; from 10 on it counts in longer fields."""
    text = "HTTPS://TRACE.EXAMPLE.ORG/" + "7K3QX9MB" * (length // 8)
    assert modules_of(text, ERROR_CORRECT_Q) == of_the_library(text, ERROR_CORRECT_Q)


def test_the_same_text_is_the_same_symbol_whatever_was_made_before() -> None:
    first = modules_of("HTTPS://TRACE.EXAMPLE.ORG/B/7K3QX9MB", ERROR_CORRECT_Q)
    modules_of("HTTPS://TRACE.EXAMPLE.ORG/B/ZZZZZZZZ", ERROR_CORRECT_Q)
    modules_of("7", ERROR_CORRECT_H)
    assert modules_of("HTTPS://TRACE.EXAMPLE.ORG/B/7K3QX9MB", ERROR_CORRECT_Q) == first
