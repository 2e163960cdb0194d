"""A measurement that cannot be right is refused at its field, an unusual one is asked about, on every way in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.documents.printed import text_of
from tests.web.client import Client, Page
from tests.web.stocked import Stocked, said
from traceability.domain.facts import Inspect, Measured, Release, Seal, WeighIn
from traceability.errors import InvalidInput, NeedsConfirming
from traceability.models import Lot, Measurement
from traceability.operations import collection, inspection, packing
from traceability.queries.evidence import verdict
from traceability.words import translate

SignedIn = Callable[..., Client]


def plain(page: Page) -> str:
    return page.text.replace("\xa0", " ")


def row(value: str, of: str = "moisture_percent", **more: str) -> dict[str, Any]:
    return {f"measured-0-{key}": text for key, text in {"property": of, "value": value, **more}.items()}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (row("1160", unit="%", passed="yes"), "1160 is more than can be right here"),
        (row("-5"), "-5 is below zero"),
        (row("abc", unit="%"), "abc is not a number we can read"),
        (row("11,8 kg"), "11,8 kg is not a number we can read"),
        (row("11,8", unit="kg"), "This is measured in %"),
        (row("84", of="cupping_score", unit="%"), "This is measured in points."),
        (row("150", of="cupping_score"), "150 is more than can be right here"),
        (row("60", passed="yes"), "This is outside the limit: 8 to 12.5"),
    ],
)
def test_what_cannot_be_right_is_told_at_its_field(
    stock: Stocked, signed_in: SignedIn, typed: dict[str, Any], sentence: str
) -> None:
    inspector, lot = signed_in("vieng", "inspector"), stock.green()
    answer = inspector.submit(inspector.get(f"/measure?lot={lot}"), "/measure", status=422, **typed)
    assert sentence in plain(answer)
    typed_again = answer.filled_in("/measure")
    assert {name: typed_again[name] for name in typed} == {name: [text] for name, text in typed.items()}
    assert {"#measured-0-value", "#measured-0-unit", "#measured-0-passed"} & set(answer.links())
    assert "Measurements" not in inspector.get(f"/lots/{lot}").text


def test_an_unusual_result_is_asked_about_and_kept_when_it_is_right(stock: Stocked, signed_in: SignedIn) -> None:
    inspector, lot = signed_in("vieng", "inspector"), stock.green()
    asked = inspector.submit(inspector.get(f"/measure?lot={lot}"), "/measure", status=422, **row("60"))
    assert "Moisture: 60 %? Usual is 8 to 12.5." in plain(asked)
    inspector.submit(asked, "/measure", status=303, confirmed="1", **row("60"))
    assert "Moisture: 60 %" in plain(inspector.get(f"/lots/{lot}"))


def test_what_is_asked_or_refused_is_in_the_readers_words_and_numbers(stock: Stocked, signed_in: SignedIn) -> None:
    inspector, lot = signed_in("vieng", "inspector"), stock.green()

    def told(**typed: str) -> str:
        form = inspector.get(f"/measure?lot={lot}&l=vi")
        return plain(inspector.submit(form, "/measure", status=422, **typed))

    outside = told(**row("60", passed="yes"))
    assert "8 đến 12,5" in outside
    score = told(**row("20.5", of="cupping_score"))
    assert f"{translate('vi', 'Cupping score (SCA)')}: 20,5 {translate('vi', 'points')}?" in score
    assert f"{translate('vi', 'points')}." in told(**row("84", of="cupping_score", unit="%"))


def test_less_than_a_trace_is_written_with_the_mark_of_the_language(
    stock: Stocked, signed_in: SignedIn, visitor: Client, tmp_path: Path
) -> None:
    """On the page and the paper; programs read what was kept."""
    inspector, lot = signed_in("vieng", "inspector"), stock.packed()
    found = row("<0,01", of="cadmium")
    inspector.submit(inspector.get(f"/measure?lot={lot}"), "/measure", status=303, **found)
    assert "< 0,01 mg/kg" in plain(inspector.get(f"/lots/{lot}?l=lo"))
    batch = stock.do(packing.seal, Seal(**said(), lot=lot, destination="JP"))["batch"]
    stock.do(packing.release, Release(**said(), batch=batch))
    for language, written in (("en", "< 0.01 mg/kg"), ("vi", "< 0,01 mg/kg"), ("fr", "< 0,01 mg/kg")):
        assert written in plain(visitor.get(f"/b/{batch}?l={language}"))
    paper = visitor.get(f"/b/{batch}/certificate.pdf?l=vi").body
    assert "< 0,01 mg/kg" in text_of(paper, tmp_path).replace("\xa0", " ")
    assert '"< 0.01"' in visitor.get(f"/b/{batch}.json").body.decode()


def test_an_odd_result_that_was_kept_at_the_scale_is_said_on_the_receipt(stock: Stocked, signed_in: SignedIn) -> None:
    wet = (Measured(property="moisture_percent", value="3.5", unit="%"),)
    weighed: Any = {"facility": stock.place, "farmer": stock.farmer, "plot": stock.plot, "bags_g": (60_000,)}
    goods: Any = {"commodity": "arabica_coffee", "form": "green", "measured": wet, "tare_g": 0}
    lot = stock.do(collection.record_weigh_in, WeighIn(**said(confirmed=True), **weighed, **goods))["lot"]
    receipt = plain(signed_in("bakari", "clerk").get(f"/receipts/{lot}?l=vi"))
    assert "Độ ẩm: 3,5 %?" in receipt


def test_digits_and_marks_of_any_script_are_read(stock: Stocked, signed_in: SignedIn) -> None:
    inspector, lot = signed_in("vieng", "inspector"), stock.green()
    inspector.submit(inspector.get(f"/measure?lot={lot}"), "/measure", status=303, **row("໑໑,໘", passed="yes"))
    assert "Moisture: 11.8 %" in plain(inspector.get(f"/lots/{lot}"))


def test_a_program_is_held_to_the_same_rule(stock: Stocked) -> None:
    lot = stock.green()

    def say(value: str, **more: Any) -> None:
        measured = (Measured(property="moisture_percent", value=value, **more),)
        stock.do(inspection.inspect, Inspect(**said(), lot=lot, measured=measured))

    for value, more in (("1160", {}), ("abc", {}), ("11.8", {"unit": "kg"}), ("60", {"passed": True})):
        with pytest.raises(InvalidInput):
            say(value, **more)
    with pytest.raises(NeedsConfirming):
        say("60")


@pytest.mark.parametrize(
    ("form", "value", "unit", "passed"),
    [
        ("green", "11.8", "%", True),
        ("graded_green", "13", "%", None),
        ("green", "1160", "%", None),
        ("roasted", "1160", "%", None),
        ("roasted", "abc", "%", None),
    ],
)
def test_a_result_outside_its_limit_carries_no_tick(form: str, value: str, unit: str, passed: bool | None) -> None:
    """One that was kept as passed before results were checked."""
    lot = Lot(commodity="arabica_coffee", form=form)
    kept = Measurement(property="moisture_percent", value=value, unit=unit, passed=True)
    assert verdict(lot, kept) is passed
