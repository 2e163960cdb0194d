"""No sentence is left in English: none stands bare in a template, and none that is translated is shown untranslated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from jinja2 import Environment

from tests.databases import Databases
from tests.web.addresses import ADDRESSES
from tests.web.staffed import EVERYTHING, Staffed, staffed
from traceability import words

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
TAG = re.compile(r"<[^>]*>|<!--.*?-->|\bclass=\"[^\"<>]*\"", re.DOTALL)  # a class alone, where a block adds it to a tag
SAID = re.compile(r"""\b(?:alt|title|aria-label|placeholder)=["']([^"'{]*[A-Za-z]{2}[^"'{]*)["']""")
WORD = re.compile(r"[A-Za-z]{3,}")
BRANDS = {"CSV", "GTIN", "JSON", "PDF", "SMS", "XLSX"}  # the same in every language


EXAMPLES = {"patterns.html"}  # a page of patterns for the makers of pages
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if path.name not in EXAMPLES)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_word_of_a_template_goes_through_translation(path: Path) -> None:
    """What stands between the tags, and in attributes that are read out, is only numbers, marks and values."""
    bare = []
    joined = "".join(
        text if kind == "data" else "\x00"
        for _, kind, text in Environment().lex(path.read_text("utf-8"))
        if kind in ("data", "variable_begin", "block_begin")
    )
    bare += [match for match in SAID.findall(joined) if set(WORD.findall(match)) - BRANDS]
    bare += [word for word in WORD.findall(unescape(TAG.sub(" ", joined))) if word not in BRANDS]
    assert not bare


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    folder = tmp_path_factory.mktemp("untranslated")
    with staffed(databases.fresh_sqlite(folder / "test.sqlite3", "tables"), folder) as opened:
        yield opened


@cache
def english(language: str) -> frozenset[str]:
    """Sentences of at least two words without values, whose translation is another text."""
    return frozenset(
        text
        for text, forms in words.catalogue(language).items()
        if " " in text and "{" not in text and text not in forms
    )


@pytest.mark.parametrize("language", words.LANGUAGES[1:])
def test_no_page_shows_a_translated_sentence_in_english(house: Staffed, language: str) -> None:
    wrong, looked = [], 0
    client = house.browser(EVERYTHING)
    for some in ADDRESSES.values():
        for one in some:
            answer = client.http.get(one.format_map(house.codes), headers={"Accept-Language": language})
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            looked += 1
            shown = {" ".join(unescape(text).split()) for text in TAG.sub("\x00", answer.text).split("\x00")}
            wrong += [f"{one}: {text}" for text in shown & english(language)]
    assert looked > 60
    assert not wrong, "\n".join(wrong)
