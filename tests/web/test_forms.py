"""Forms: what was typed stays, what is wrong is said at its field, what is unclear or unusual is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.datastructures import MultiDict

from tests.web.client import Client
from traceability.errors import Conflict, InvalidInput, Sentence
from traceability.schemas import Question, load
from traceability.web import forms
from traceability.web.patterns import PatternSchema

GOOD = {"farmer": " Kham ", "gross_g": "48,6", "bags_g-0": "24", "bags_g-2": "24,6", "grade": "A"}


def _bind(**typed: str) -> forms.Form:
    return forms.bind(PatternSchema(zone_minutes=420), MultiDict({**GOOD, "client_id": "device-0001", **typed}))


def test_a_good_form_becomes_a_fact_in_whole_grams() -> None:
    form = _bind()
    assert form.ok
    assert form.fact["gross_g"] == 48_600
    assert form.fact["bags_g"] == (24_000, 24_600)
    assert form.fact["farmer"] == "Kham"
    assert form.fact["client_id"] == "device-0001"
    assert form.fact["count"] == 0


def test_what_was_typed_stays_as_it_was_typed() -> None:
    form = _bind(gross_g="48,6,2")
    assert form.input("gross_g").value == "48,6,2"
    assert form.input("farmer").value == " Kham "
    assert set(form.problems) == {"gross_g"}
    assert form.status == 422


def test_the_client_id_survives_a_failed_post_and_is_made_when_the_form_is_opened() -> None:
    assert _bind(gross_g="x").client_id == "device-0001"
    assert forms.opened(PatternSchema()).client_id != forms.opened(PatternSchema()).client_id


def test_a_number_with_two_meanings_is_asked_about_and_the_answer_is_taken() -> None:
    form = _bind(gross_g="1.250")
    (question,) = form.input("gross_g").questions
    assert isinstance(question, Question)
    assert [str(shown.values["mass_g"]) for _, shown in question.choices] == ["1250000", "1250"]
    for (text, _), grams in zip(question.choices, (1_250_000, 1_250), strict=True):
        assert _bind(gross_g="1.250", chosen=f"gross_g={text}").fact["gross_g"] == grams
    asked_in_a_list = _bind(**{"bags_g-2": "1.250", "chosen": "bags_g-2=1250"})
    assert asked_in_a_list.fact["bags_g"] == (24_000, 1_250_000)


def test_blank_items_and_blank_rows_are_left_out() -> None:
    form = _bind(
        **{
            "bags_g-3": "  ",
            "outputs-0-form": "husk",
            "outputs-0-mass_g": "",
            "outputs-4-form": "parchment",
            "outputs-4-mass_g": "12",
        }
    )
    assert form.fact["outputs"] == ({"form": "parchment", "mass_g": 12_000},)
    assert list(form.rows("outputs", spare=1)) == [0, 1]
    assert form.input("outputs-0-mass_g").value == "12"


def test_a_problem_in_a_row_is_said_at_its_input() -> None:
    form = _bind(**{"outputs-0-form": "husk", "outputs-0-mass_g": "-3"})
    assert set(form.problems) == {"outputs-0-mass_g"}
    assert form.anchor("outputs-0-mass_g") == "outputs-0-mass_g"
    missing = forms.bind(PatternSchema(), MultiDict({"farmer": "Kham", "gross_g": "1", "grade": "A"}))
    assert missing.anchor("bags_g") == "bags_g-0"


def test_thousands_of_rows_are_cut_before_they_are_read() -> None:
    form = _bind(**{f"bags_g-{place}": "1" for place in range(3, 2000)})
    assert form.fact is None or len(form.fact["bags_g"]) <= forms.MOST_ITEMS


def test_a_refusal_stands_at_its_field_and_nothing_is_answered() -> None:
    form = _bind()

    def refuse(_fact: object) -> str:
        raise Conflict(at="gross_g")

    assert forms.attempt(form, refuse) is None
    assert set(form.problems) == {"gross_g"}
    assert form.status == 409
    elsewhere = _bind()
    elsewhere.refuse(Conflict(at="engine"))
    assert set(elsewhere.problems) == {""}


def test_a_warning_waits_for_one_word_and_then_lets_it_through() -> None:
    form = _bind()
    form.warn(Sentence("{mass_g} in one bag?", {"mass_g": 486_000}))
    assert not form.ok
    assert forms.attempt(form, lambda fact: "stored") is None
    kept = _bind(confirmed="1", kept_because="two bags sewn together")
    kept.warn(Sentence("again"))
    assert forms.attempt(kept, lambda fact: "stored") == "stored"
    assert kept.kept_because == "two bags sewn together"


def test_a_program_sends_whole_grams_and_never_text() -> None:
    good = {"client_id": "program-01", "farmer": "Kham", "gross_g": 48_600, "bags_g": [48_600], "grade": "A"}
    assert load(PatternSchema(zone_minutes=420), good)["gross_g"] == 48_600
    for wrong in ("48600", 48.6, True, None):
        with pytest.raises(InvalidInput) as refused:
            load(PatternSchema(), {**good, "gross_g": wrong})
        assert set(refused.value.problems) == {"gross_g"}


def test_a_program_is_told_about_names_that_do_not_exist_and_a_form_is_not() -> None:
    good = {"client_id": "program-01", "farmer": "Kham", "gross_g": 1, "bags_g": [1], "grade": "A"}
    with pytest.raises(InvalidInput) as refused:
        load(PatternSchema(), {**good, "colour": "red"})
    assert set(refused.value.problems) == {"colour"}
    assert _bind(colour="red").ok


def test_typed_times_are_local_and_programs_must_name_the_zone() -> None:
    at = _bind(occurred_at="2026-11-20T18:04").fact["occurred_at"]
    assert at.isoformat() == "2026-11-20T18:04:00+07:00"
    good = {"client_id": "program-01", "farmer": "Kham", "gross_g": 1, "bags_g": [1], "grade": "A"}
    with pytest.raises(InvalidInput):
        load(PatternSchema(zone_minutes=420), {**good, "occurred_at": "2026-11-20T18:04"})


def test_a_form_sent_twice_says_the_same_twice() -> None:
    opened = forms.opened(PatternSchema())
    sent = MultiDict({**GOOD, "client_id": opened.client_id, "opened_at": opened.opened_at})
    first, again = (forms.bind(PatternSchema(zone_minutes=420), sent) for _ in range(2))
    assert first.fact == again.fact
    assert first.fact["occurred_at"] == datetime.fromisoformat(opened.opened_at)
    assert first.fact["occurred_at"].utcoffset() == timedelta(minutes=420)


@pytest.mark.parametrize(
    "opened_at", ["2020-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00", "yesterday", "2026-01-01", ""]
)
def test_a_form_that_lay_open_for_hours_records_what_happens_now(opened_at: str) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    assert before <= _bind(opened_at=opened_at).fact["occurred_at"] <= datetime.now(UTC)


def test_digits_of_every_script_are_read_and_shown_as_typed(signed_in: Callable[..., Client]) -> None:
    bakari = signed_in("bakari", "clerk")
    page = bakari.submit(bakari.get("/patterns"), "/patterns", status=422, gross_g="໔໘,໖", farmer="")
    assert page.filled_in("/patterns")["gross_g"] == ["໔໘,໖"]
    assert page.title.startswith("Error:")
    assert "Farmer: Fill this in." in page.text
    assert "#farmer" in page.links()


def test_the_unusual_is_asked_on_the_page_and_kept_with_one_more_tap(signed_in: Callable[..., Client]) -> None:
    bakari = signed_in("bakari", "clerk")
    typed = {"gross_g": "486", "farmer": "Kham", "bags_g-0": "12", "grade": "A"}
    asked = bakari.submit(bakari.get("/patterns"), "/patterns", status=422, **typed)
    assert "486\u00a0kg in one bag?" in asked.html
    assert bakari.submit(asked, "/patterns", status=200, confirmed="1").status == 200


def test_what_is_wrong_with_a_whole_list_is_said_at_its_first_input() -> None:
    form = _bind(**{"bags_g-0": "", "bags_g-2": ""})
    assert form.problems["bags_g"]
    assert form.input("bags_g-0").problems == form.problems["bags_g"]
    assert form.input("bags_g-1").problems == ()


def test_a_problem_of_a_row_is_told_with_its_number() -> None:
    form = _bind(**{"bags_g-2": "abc"})
    assert [form.row_of(name) for name in form.problems] == [2]
    assert form.row_of("gross_g") == form.row_of("bags_g") == 0
