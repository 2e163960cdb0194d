"""What every commodity file must keep, whoever adds it: these tests run over whatever is in the folder."""

from __future__ import annotations

import csv
import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from traceability import commodities
from traceability.commodities import (
    ADDITIONS,
    COMMODITIES,
    LABEL_FIELDS,
    LOSSES,
    UNITS,
    VERBS,
    Commodity,
    Evidence,
    commodity,
)
from traceability.domain.dossier import Names
from traceability.words import LANGUAGES

VOCABULARIES = {"losses": LOSSES, "additions": ADDITIONS, "verbs": VERBS, "units": UNITS}


@pytest.fixture(params=COMMODITIES.values(), ids=lambda commodity: commodity.key)
def goods(request: pytest.FixtureRequest) -> Commodity:
    """One commodity of the folder after the other."""
    commodity: Commodity = request.param
    return commodity


@pytest.fixture(params=[goods for goods in COMMODITIES.values() if not goods.unspecified], ids=lambda goods: goods.key)
def known_goods(request: pytest.FixtureRequest) -> Commodity:
    """One commodity after the other, but for the one that stands for any goods and knows nothing of them."""
    commodity: Commodity = request.param
    return commodity


def every_name(goods: Commodity) -> Iterator[tuple[str, Names]]:
    """Every name that a commodity file gives, and what it names."""
    yield goods.key, goods.names
    for form in goods.forms:
        yield form.key, form.names
        if form.intake:
            yield form.intake.key, form.intake.names
            yield from ((choice.key, choice.names) for choice in form.intake.choices)


def every_evidence(goods: Commodity) -> Iterator[tuple[str, Evidence]]:
    """Where each figure of a commodity file comes from."""
    yield from ((step.key, step.evidence) for step in goods.steps)
    yield from ((f"yield of {found.form}", found.evidence) for found in goods.yields)
    yield from ((limit.measure, limit.evidence) for limit in goods.limits)
    yield from ((season.region, season.evidence) for season in goods.seasons)
    yield from ((f"package of {form.key}", form.package.evidence) for form in goods.forms if form.package)


def assert_named_in_four_languages(what: str, names: Names) -> None:
    for language in LANGUAGES:
        name = names.by_language.get(language, "")
        assert name.strip(), f"{what} has no name in {language}"
        assert name == name.strip(), f"{what} has spaces round its name in {language}"
    for language, name in names.by_language.items():
        assert unicodedata.is_normalized("NFC", name), f"{what} in {language} is not NFC"
        assert "\u200b" not in name, f"{what} in {language} holds a zero-width space"


def test_every_file_of_the_folder_is_one_commodity_under_its_own_name() -> None:
    files = {module.name for module in pkgutil.iter_modules(commodities.__path__) if not module.name.startswith("_")}

    assert files == set(COMMODITIES)


def test_everything_is_named_in_the_four_languages(goods: Commodity) -> None:
    for what, names in every_name(goods):
        assert_named_in_four_languages(f"{goods.key}: {what}", names)


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_the_shared_words_are_named_in_the_four_languages(vocabulary: str) -> None:
    for what, names in VOCABULARIES[vocabulary].items():
        assert_named_in_four_languages(f"{vocabulary}: {what}", names)


def test_two_forms_never_carry_the_same_key_or_the_same_name(goods: Commodity) -> None:
    assert len({form.key for form in goods.forms}) == len(goods.forms)
    for language in LANGUAGES:
        assert len({form.name(language) for form in goods.forms}) == len(goods.forms), language


def test_keys_are_plain_english_in_snake_case(goods: Commodity) -> None:
    keys = [goods.key, *(form.key for form in goods.forms), *(form.intake.key for form in goods.forms if form.intake)]

    assert [key for key in keys if not re.fullmatch(r"[a-z][a-z0-9_]*", key)] == []


def test_there_is_a_way_in_and_a_way_out_and_every_form_lies_between(known_goods: Commodity) -> None:
    starts = [form.key for form in known_goods.intake_forms]
    assert starts
    assert known_goods.export_forms
    for form in known_goods.forms:
        if form.key not in starts:
            assert any(known_goods.reaches(start, form.key) for start in starts), f"nothing becomes {form.key}"


def test_what_leaves_the_country_has_a_harmonized_system_code(goods: Commodity) -> None:
    assert [form.key for form in goods.export_forms if not form.hs6] == []


def test_harmonized_system_codes_are_in_the_public_table(goods: Commodity, shared_data: Path) -> None:
    with (shared_data / "codes" / "harmonized-system.csv").open(encoding="utf-8", newline="") as file:
        known = {row["hscode"] for row in csv.DictReader(file) if row["level"] == "6"}

    written = {code for form in goods.forms for code in (form.hs6, form.hs6_retail) if code}
    assert written - known == set()


def test_codes_agree_with_the_curated_list_on_deforestation_scope(known_goods: Commodity, shared_data: Path) -> None:
    path = shared_data / "real" / "curated_places" / "hs_commodities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        scope = {row["hs6"]: row["eudr_annex1"] == "yes" for row in csv.DictReader(file)}

    listed = [scope[form.hs6] for form in known_goods.export_forms if form.hs6 in scope]
    assert listed, "no export form of this commodity is in the curated list"
    assert any(listed) == known_goods.eudr


def test_steps_join_declared_forms_once(goods: Commodity) -> None:
    forms = goods.forms_by_key
    for step in goods.steps:
        assert {step.from_form, step.to_form, *step.by_products} <= set(forms), step.key
        assert all(forms[key].is_by_product for key in step.by_products), step.key
        assert step.from_form != step.to_form
    assert len({step.key for step in goods.steps}) == len(goods.steps)


def test_steps_use_the_shared_words(goods: Commodity) -> None:
    for step in goods.steps:
        assert step.verb in VERBS, step.key
        assert set(step.losses) <= set(LOSSES), step.key
        assert set(step.added) <= set(ADDITIONS), step.key
    assert {form.package.unit for form in goods.forms if form.package} <= set(UNITS)
    assert set(goods.label_fields) <= set(LABEL_FIELDS)


def test_ratios_run_from_low_to_high_and_only_added_mass_lifts_them_above_one(goods: Commodity) -> None:
    for step in goods.steps:
        assert 0 < step.ratio.low <= step.ratio.usual <= step.ratio.high, step.key
        assert step.added or step.ratio.high <= 1, step.key
        assert step.added or step.losses, f"{step.key} names nothing that leaves"


def test_where_only_water_leaves_moisture_is_a_named_loss_and_nothing_is_added(goods: Commodity) -> None:
    for step in goods.steps:
        if step.only_water_leaves:
            assert "moisture" in step.losses, step.key
            assert set(step.losses) <= {"moisture", "dust"}, step.key
            assert step.by_products == (), step.key
            assert step.added == (), step.key


def test_nothing_ever_becomes_itself_again(goods: Commodity) -> None:
    for form in goods.forms:
        assert not goods.reaches(form.key, form.key), form.key


def test_every_figure_says_where_it_comes_from_and_a_doubtful_one_is_never_called_confirmed(goods: Commodity) -> None:
    for what, evidence in every_evidence(goods):
        assert evidence.sources, what
        assert all(source.strip() for source in evidence.sources), what
        assert evidence.confirmed == (evidence.confidence in {"high", "medium"}), what
    assert all(step.confirmed == step.evidence.confirmed for step in goods.steps)


def test_a_cap_is_our_own_choice_so_it_is_never_marked_high_and_never_below_the_usual(known_goods: Commodity) -> None:
    assert known_goods.yields
    for found in known_goods.yields:
        assert known_goods.form(found.form), found.form
        assert 0 < found.usual_g[0] <= found.usual_g[1] <= found.cap_g, found.form
        assert found.cap_confidence in {"low", "medium"}
        assert found.cap_basis


def test_quality_limits_are_about_a_declared_form_and_say_something(known_goods: Commodity) -> None:
    assert known_goods.limits
    for limit in known_goods.limits:
        assert limit.form == "" or known_goods.form(limit.form), limit.measure
        assert limit.rule or limit.low is not None or limit.high is not None, limit.measure
        assert limit.low is None or limit.high is None or limit.low <= limit.high, limit.measure
        assert limit.standard, limit.measure


def test_a_weigh_in_asks_one_quality_question_with_a_range_or_with_choices(goods: Commodity) -> None:
    for form in goods.intake_forms:
        field = form.intake
        assert field is not None, form.key
        if field.kind == "number":
            assert field.unit
            assert field.low is not None
            assert field.high is not None
            assert field.low < field.high
        else:
            assert field.kind == "choice"
            assert len({choice.key for choice in field.choices}) == len(field.choices) >= 2


def test_weighed_units_have_a_plausible_range(goods: Commodity) -> None:
    for form in goods.intake_forms:
        assert form.package, f"{form.key}: no bag, box or basket to ask about"
        assert 0 < form.package.low_g < form.package.high_g


def test_grades_end_with_rejected_and_months_are_months(goods: Commodity) -> None:
    assert goods.grades[-1] == "R"
    assert len(set(goods.grades)) == len(goods.grades) >= 3
    for season in goods.seasons:
        assert {season.first_month, season.last_month} <= set(range(1, 13)), season.region
        assert season.covers(season.first_month)
        assert season.covers(season.last_month)


def test_languages_that_await_a_reader_are_languages_we_speak(goods: Commodity) -> None:
    marks = goods.needs_reader.union(*(form.needs_reader for form in goods.forms))

    assert marks <= set(LANGUAGES) - {"en"}


def test_a_variety_is_known_by_any_of_its_names() -> None:
    fruit = commodity("durian")
    for typed in ("Monthong", "mon thong", "ໝອນທອງ", "金枕"):
        assert fruit.variety(typed).text("zh") == "金枕", typed
        assert fruit.variety(typed).text("fr") == "Monthong"
    assert [fruit.variety(typed).by_language for typed in ("", "Ri6", "Monthong 2")] == [{}, {}, {}]
    for goods in COMMODITIES.values():
        known = [name for variety in goods.varieties for name in {*variety.by_language.values()}]
        assert len(known) == len(set(known)), f"a name of {goods.key} stands for two"


def test_goods_of_any_kind_are_offered_to_nobody_who_grows_or_weighs() -> None:
    unspecified = [goods for goods in COMMODITIES.values() if goods.unspecified]

    assert [goods.key for goods in unspecified] == ["other_goods"]
    assert [form for goods in unspecified for form in (*goods.intake_forms, *goods.export_forms)] == []
