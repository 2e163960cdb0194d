"""Which entries can change what everybody reads."""

from __future__ import annotations

from traceability.domain.events import Kind, is_public


def test_a_document_changes_no_open_page_when_it_says_that_nobody_outside_sees_it() -> None:
    assert is_public(Kind.ATTACH, {"public": True})
    assert not is_public(Kind.ATTACH, {"public": False})


def test_an_entry_that_does_not_say_is_what_its_kind_is() -> None:
    assert is_public(Kind.ATTACH, {})
    assert is_public(Kind.RECALL, {})
    assert not is_public(Kind.WEIGH_IN, {"public": True})
