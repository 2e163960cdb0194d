"""Linksets: what a machine may ask for, which link fits it best, and how the document is written."""

from __future__ import annotations

import pytest

from traceability.domain.linkset import VOCABULARY, Anchor, Link, NoSuchLink, Rel, chosen, linkset, rel_asked

HTML, JSON = "text/html", "application/json"
PAGES = [Link(Rel.PIP, f"/page?l={language}", "Page", HTML, language) for language in ("en", "lo")]
PROGRAM = Link(Rel.PIP, "/page.json", "Page", JSON)


def any_kind(_media_type: str) -> float:
    return 1.0


@pytest.mark.parametrize(
    "typed", ["gs1:pip", "pip", "https://ref.gs1.org/voc/pip", "https://gs1.org/voc/pip", "http://www.gs1.org/voc/pip"]
)
def test_a_kind_of_link_is_understood_in_every_spelling(typed: str) -> None:
    assert rel_asked(typed) is Rel.PIP


@pytest.mark.parametrize(
    "typed", ["", "item", "related", "gs1:item", "gs1:epcis", "schema:pip", "PIP", "pip\n", "gs1:"]
)
def test_any_other_kind_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(NoSuchLink, match="linkType=linkset"):
        rel_asked(typed)


def test_the_language_comes_first_then_the_kind_of_document() -> None:
    links = [*PAGES, PROGRAM]
    assert chosen(links, "lo", any_kind) == [PAGES[1]]
    assert chosen(links, "lo", lambda kind: float(kind == JSON)) == [PROGRAM]
    assert chosen(PAGES, "fr", any_kind) == PAGES[:1]  # one paper in two languages is no choice between two papers
    assert chosen([], "lo", any_kind) == []


def test_what_cannot_be_told_apart_is_not_picked_from() -> None:
    twice = [*PAGES, Link(Rel.PIP, "/other?l=lo", "Other", HTML, "lo")]
    assert [link.href for link in chosen(twice, "lo", any_kind)] == ["/page?l=lo", "/other?l=lo"]


def test_a_linkset_names_its_kinds_by_their_whole_address() -> None:
    default = Link(Rel.DEFAULT, "/page", "Page")
    member = Link(Rel.ITEM, "/b/1", "One", HTML)
    assert linkset([Anchor("/01/1", "Coffee", (member, *PAGES, default))]) == {
        "linkset": [
            {
                "anchor": "/01/1",
                "itemDescription": "Coffee",
                f"{VOCABULARY}defaultLink": [{"href": "/page", "title": "Page"}],
                f"{VOCABULARY}pip": [
                    {"href": f"/page?l={language}", "title": "Page", "type": HTML, "hreflang": [language]}
                    for language in ("en", "lo")
                ],
                "item": [{"href": "/b/1", "title": "One", "type": HTML}],
            }
        ]
    }
