"""What stands behind a label, for readers abroad: every sentence in their language, Arabic from right to left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from tests.databases import Databases
from tests.web.addresses import ADDRESSES
from tests.web.client import Element
from tests.web.staffed import Staffed, staffed
from traceability import words
from traceability.web.language import BEHIND_LABELS

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "words"
ABROAD = words.PUBLIC_LANGUAGES[len(words.LANGUAGES) :]


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    folder = tmp_path_factory.mktemp("abroad")
    with staffed(databases.fresh_sqlite(folder / "test.sqlite3", "tables"), folder) as opened:
        yield opened


class Asked(dict[str, tuple[str, ...]]):
    """A catalogue that remembers what it was asked for."""

    def __init__(self, known: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(known)
        self.asked: set[str] = set()

    def get(self, text: str, default: Any = None) -> Any:
        """As a catalogue answers."""
        self.asked.add(text)
        return super().get(text, default)


@pytest.mark.parametrize("language", ABROAD)
def test_no_sentence_behind_a_label_is_left_in_english(
    house: Staffed, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences, spoken = words.catalogue("lo").keys(), Asked(words.catalogue(language))
    known = words.catalogue  # names that are said in another language are kept, and stay right for whoever asks next
    monkeypatch.setattr(words, "catalogue", lambda asked: spoken if asked == language else known(asked))
    looked, missing = 0, set()
    for endpoint, some in ADDRESSES.items():
        if endpoint.partition(".")[0] in BEHIND_LABELS:
            for one in some:
                answer = house.browser().http.get(one.format_map(house.codes), headers={"Accept-Language": language})
                if answer.mimetype == "text/html" and f'<html lang="{language}"' in answer.text:
                    looked += 1
                    missing |= (spoken.asked & sentences) - spoken.keys()
                spoken.asked.clear()
    assert looked > 3
    assert not missing


def test_arabic_runs_from_right_to_left_and_keeps_its_link(house: Staffed) -> None:
    page = house.browser().http.get(f"/b/{house.codes['batch']}?l=ar")
    assert '<html lang="ar" dir="rtl">' in page.text
    assert f'href="/b/{house.codes["batch"]}?l=ja"' in page.text
    assert 'dir="rtl"' not in house.browser().http.get(f"/b/{house.codes['batch']}?l=fr").text


def test_a_paper_is_written_in_a_language_of_ours(house: Staffed) -> None:
    address = f"/b/{house.codes['batch']}/certificate.pdf"
    assert house.browser().http.get(f"{address}?l=ar").data == house.browser().http.get(f"{address}?l=en").data


def test_staff_pages_are_offered_in_four_languages(house: Staffed) -> None:
    assert '<html lang="en"' in house.browser().http.get("/sign-in?l=ja").text
    assert "日本語" not in house.browser().get("/sign-in").text


WRONG: tuple[dict[str, Any], ...] = (
    {},
    {"differs": "a choice that there is not"},
    {"differs": "seal", "said": "x" * 2000, "contact": "y" * 500},
    {"differs": "seal", "photo": b"no picture"},
)


def refused(house: Staffed, language: str) -> Iterator[Element]:
    """Every sentence with which the form of anybody is refused."""
    visitor, address = house.browser(), f"/b/{house.codes['batch']}/report"
    form = visitor.get(f"{address}?l={language}")
    for wrong in WRONG:
        photo = {"photo": (BytesIO(wrong["photo"]), "photo.jpg")} if "photo" in wrong else {}
        page = visitor.submit(form, f"{address}?l={language}", status=422, **{**wrong, **photo})
        (summary,) = [one for one in page.root.all("div") if one.attributes.get("class") == "summary"]
        yield from summary.all("li")


def test_the_words_for_readers_abroad_hold_all_that_a_public_form_refuses(house: Staffed) -> None:
    collected = [m for m in run_path(str(SCRIPT))["behind_labels"]() if isinstance(m, str)]
    known = re.compile("|".join(re.sub(r"\\{\w+\\}", ".+", re.escape(text)) for text in collected))
    sentences = {one.text.partition(": ")[2] or one.text for one in refused(house, "en")}
    assert len(sentences) >= len(WRONG)
    assert any(text.startswith("The file has {size} kB") for text in collected)  # of an operation
    assert not any(text.startswith("Lot {lot} holds") for text in collected)  # of our own people's forms
    assert [said for said in sentences if not known.fullmatch(said)] == []


@pytest.mark.parametrize("language", ABROAD)
def test_what_a_public_form_refuses_is_translated_or_marked_as_english(house: Staffed, language: str) -> None:
    """A voice would read it as Arabic."""
    for foreign, english in zip(refused(house, language), refused(house, "en"), strict=True):
        said = english.text.partition(": ")[2] or english.text
        marked = [one.text for one in foreign.all("bdi") if one.attributes.get("lang") == "en"]
        assert (said in foreign.text) == (marked == [said]), foreign.text
