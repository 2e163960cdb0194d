"""The journal's bytes are canonical, its digests plain SHA-256, and nothing in it says who anybody is."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.journal import FIRST, canonical, commitment, digest

KEYS = st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def test_the_bytes_of_an_event_are_what_they_always_were() -> None:
    """A known answer: a change here would break every journal that was ever written."""
    body = {"seq": 1, "previous": FIRST, "note": 'ກາເຟ "A"\n', "kdes": {"b": [1, -2, None, True], "a": ""}}
    expected = '{"kdes":{"a":"","b":[1,-2,null,true]},"note":"ກາເຟ \\"A\\"\\n","previous":"' + "0" * 64 + '","seq":1}'
    assert canonical(body) == expected.encode()
    assert digest(canonical(body)) == hashlib.sha256(expected.encode()).hexdigest()


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_the_order_in_which_things_were_said_does_not_matter(body: dict[str, Any]) -> None:
    shuffled = dict(reversed(list(body.items())))
    assert canonical(shuffled) == canonical(body)
    assert json.loads(canonical(body)) == body
    assert b"\n" not in canonical(body)


@pytest.mark.parametrize("wrong", [{"mass": 1.0}, {"a": [{"b": float("nan")}]}, {"a": (1, 2.5)}])
def test_a_float_never_enters_the_journal(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        canonical(wrong)


@pytest.mark.parametrize("wrong", [{1: "a"}, {"ກ": 1}, {"a": {None: 1}}, {"a": {1, 2}}, {"a": b"x"}])
def test_only_what_json_knows_enters_the_journal(wrong: Any) -> None:
    with pytest.raises(TypeError):
        canonical(wrong)


def test_a_commitment_says_nothing_without_its_salt() -> None:
    name = "Amina"
    assert commitment(b"salt", name) == hashlib.sha256(b"salt" + name.encode()).hexdigest()
    assert commitment(b"salt", name) != commitment(b"other", name) != digest(name.encode())
