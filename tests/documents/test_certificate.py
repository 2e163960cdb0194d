"""The batch origin certificate: right, the same on every print, readable by people and machines."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents import dossiers
from tests.documents.printed import codes_in, needs_poppler, picture_of, squeezed, text_of
from traceability.documents.certificate import certificate, certificate_number, check_number
from traceability.documents.lines import break_lines, runs
from traceability.documents.terms import measured, period, step_words, variety
from traceability.domain.dossier import Dossier, Measurement, Names, Place, Status
from traceability.words import NO_BREAK, mass, translate

LANGUAGES = ("en", "lo", "vi", "zh")
SITE = "https://trace.example.la"
SAMPLES: tuple[Callable[[], Dossier], ...] = (dossiers.coffee, dossiers.mango, dossiers.durian, dossiers.longest)
every_sample = pytest.mark.parametrize("sample", SAMPLES)


def paper(dossier: Dossier, language: str = "en") -> bytes:
    return certificate(dossier, public_url=SITE, language=language)


def test_a_reprint_is_the_same_to_the_last_byte_in_any_order_and_in_threads() -> None:
    jobs = [(sample(), language) for sample in SAMPLES for language in LANGUAGES]
    first = [paper(*job) for job in jobs]
    assert [paper(*job) for job in reversed(jobs)] == first[::-1]
    runs.cache_clear()
    break_lines.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda job: paper(*job), jobs * 3)) == first * 3


def test_a_reprint_on_a_later_day_is_the_same() -> None:
    today = dossiers.coffee()
    later = replace(
        today,
        as_of=date(2027, 5, 1),
        journal_seq=9_999,
        certificates=tuple(replace(held, days_left=None) for held in today.certificates),
    )
    assert paper(today) == paper(later)


def test_a_new_version_is_another_paper_with_another_check_number() -> None:
    old, new = dossiers.coffee(), replace(dossiers.coffee(), version=3)
    assert paper(old) != paper(new)
    assert certificate_number(new) == "7K3QX9MB-3"
    assert check_number(old) != check_number(new)
    assert len(check_number(old)) == 4


@every_sample
def test_it_is_small_and_all_fonts_are_embedded(sample: Callable[[], Dossier]) -> None:
    for language in LANGUAGES:
        pdf = paper(sample(), language)
        assert len(pdf) <= 200_000
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
            resources = page["/Resources"]
            assert isinstance(resources, pypdf.generic.DictionaryObject)
            fonts = resources["/Font"]
            assert isinstance(fonts, pypdf.generic.DictionaryObject)
            for name in fonts:
                font = fonts[name]
                assert isinstance(font, pypdf.generic.DictionaryObject)
                assert "/ToUnicode" in font
                assert "/FontFile2" in font["/FontDescriptor"]  # type: ignore[operator]


@needs_poppler
@every_sample
def test_copied_text_is_what_was_typed(sample: Callable[[], Dossier], tmp_path: Path) -> None:
    dossier = sample()
    for language in LANGUAGES:
        said = squeezed(text_of(paper(dossier, language), tmp_path))
        expected = [
            dossier.lot_number,
            dossier.issuer.address,
            dossier.issuer.name.text(language),
            dossier.form_names.text(language),
            dossier.form_names.text("zh"),
            *dossier.origin.parts(),
            variety(language, dossier),
            certificate_number(dossier),
            check_number(dossier),
            dossier.code[:4] + " " + dossier.code[4:],
            dossier.digest[:32],
        ]
        assert [text for text in expected if squeezed(text) not in said] == []


@needs_poppler
def test_lao_vowels_and_tones_survive_the_copy(tmp_path: Path) -> None:
    dossier = replace(dossiers.coffee(), variety="ນ້ຳ ບໍ່ ນຳ ເຂົ້າ ທີ່ ຊື່ ປີ້ ໜ້າ ຫຼ້າ")
    assert "ນ້ຳ ບໍ່ ນຳ ເຂົ້າ ທີ່ ຊື່ ປີ້ ໜ້າ ຫຼ້າ" in text_of(paper(dossier), tmp_path)


@needs_poppler
def test_the_sentence_of_the_paper_is_all_there(tmp_path: Path) -> None:
    said = text_of(paper(dossiers.coffee()), tmp_path)
    for words in (
        "Batch origin certificate",
        "This is not a customs certificate of origin.",
        "A copy of this paper proves nothing; check the code.",
        "1 560 kg",
        "26 bags × 60 kg",
        "one thousand five hundred sixty kilograms",
        "Page 1 of 2",
        "Replaces version 1",
        "105/3/285",
        "LA-BIO-149-0042",
        "Issued 4 March 2026, 09:40 UTC+7",
        "42 farms · 51 plots · 58.3 ha",
    ):
        assert words in said


@needs_poppler
@pytest.mark.parametrize(
    ("declared_m2", "said"),
    [(0, "42 farms · 51 plots · 58.3 ha"), (10_000, "58.3 ha (1.0 ha declared)"), (583_000, "58.3 ha declared")],
)
def test_the_paper_says_what_of_the_land_was_only_declared(declared_m2: int, said: str, tmp_path: Path) -> None:
    base = dossiers.coffee()
    first, *others = base.shares
    farms = (first._replace(area_m2=17_000, area_declared=declared_m2 > 0), *others)
    told = " ".join(text_of(paper(replace(base, declared_m2=declared_m2, shares=farms)), tmp_path).split())
    assert said.replace(NO_BREAK, " ") in told.replace(NO_BREAK, " ")
    assert ("1.7 ha declared" in told.replace(NO_BREAK, " ")) is (declared_m2 > 0)


@needs_poppler
def test_a_variety_of_the_longest_wraps_and_is_not_cut(tmp_path: Path) -> None:
    variety = "Catimor, Java, Typica, Bourbon, Geisha, SL28, Caturra, Catuaí, Pacamara and more"
    assert len(variety) == 80
    told = " ".join(text_of(paper(replace(dossiers.coffee(), variety=variety)), tmp_path).split())
    assert variety in told


@needs_poppler
@every_sample
def test_the_reserved_name_is_never_the_name_of_the_paper(sample: Callable[[], Dossier], tmp_path: Path) -> None:
    said = text_of(paper(sample()), tmp_path).replace("This is not a customs certificate of origin.", "")
    assert "certificate of origin" not in said.lower()


@needs_poppler
@every_sample
def test_nothing_touches_the_edge_of_the_page(sample: Callable[[], Dossier], tmp_path: Path) -> None:
    pdf = paper(replace(sample(), demo=False), "lo")
    for page in range(1, len(pypdf.PdfReader(io.BytesIO(pdf)).pages) + 1):
        picture = picture_of(pdf, tmp_path, 60, page)
        wide, high = picture.size
        edge = 16  # pixels: about seven millimetres
        for strip in (
            (0, 0, wide, edge),
            (0, high - edge, wide, high),
            (0, 0, edge, high),
            (wide - edge, 0, wide, high),
        ):
            darkest, _ = picture.crop(strip).getextrema()
            assert isinstance(darkest, int | float)
            assert darkest > 170


@needs_poppler
@every_sample
def test_the_code_is_read_from_a_print_of_203_dots_per_inch(sample: Callable[[], Dossier], tmp_path: Path) -> None:
    dossier = sample()
    address = f"HTTPS://TRACE.EXAMPLE.LA/B/{certificate_number(dossier)}"
    assert codes_in(picture_of(paper(dossier), tmp_path, 203)) == [address]


@needs_poppler
def test_typed_mark_up_is_printed_as_it_is(tmp_path: Path) -> None:
    said = squeezed(text_of(paper(dossiers.longest()), tmp_path))
    assert said.count(squeezed(dossiers.HOSTILE)) >= 1


@needs_poppler
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.RECALLED, "Recalled. Do not eat or sell."),
        (Status.DESTROYED, "Destroyed on 19 November 2026. Nothing of it may be on sale."),
        (Status.FAILED, "This lot failed its check. Do not eat or sell."),
        (Status.ON_HOLD, "This lot is on hold. Do not sell it yet."),
        (Status.SUPERSEDED, "Another batch took the place of this one: N3WERCDE"),
        (Status.NOT_YET_PUBLIC, "Not released yet. Do not trade on this paper."),
    ],
)
def test_a_batch_that_must_not_be_sold_says_so_loudly(status: Status, words: str, tmp_path: Path) -> None:
    dossier = dossiers.with_status(dossiers.coffee(), status)
    pdf = paper(dossier)
    said = text_of(pdf, tmp_path)
    assert words in said
    assert "Released for sale" not in said
    if dossier.alerts:
        assert dossiers.PHONE in said
        assert dossier.alerts[0].reason in said
    assert grey_under_the_header(pdf, tmp_path) < 180
    assert grey_under_the_header(paper(dossiers.coffee()), tmp_path) > 220


@needs_poppler
@pytest.mark.parametrize("sample", [dossiers.coffee, dossiers.longest], ids=["coffee", "longest"])
def test_an_earlier_version_of_a_stopped_batch_says_everything_that_is_wrong(
    sample: Callable[[], Dossier], tmp_path: Path
) -> None:
    """Version 1 of a batch that was corrected, recalled, destroyed and replaced: one thing does not hide another."""
    earlier = replace(dossiers.with_status(sample(), Status.RECALLED), newest=sample().version + 1)
    gone = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)
    said = text_of(paper(replace(earlier, superseded_by="N3WERCDE", destroyed_at=gone)), tmp_path, page=1)
    for words in (
        "Recalled. Do not eat or sell.",
        "Destroyed on 19 November 2026. Nothing of it may be on sale.",
        "Another batch took the place of this one: N3WERCDE",
        f"A newer version of this certificate exists: {earlier.code}-{earlier.newest}",
    ):
        assert words in said
    assert dossiers.PHONE in said
    assert "Released for sale" not in said


@needs_poppler
@pytest.mark.parametrize("made", [dossiers.coffee, dossiers.longest])
def test_what_to_do_and_whom_to_call_stand_whole_however_long_the_reason(
    made: Callable[[], Dossier], tmp_path: Path
) -> None:
    recalled = dossiers.with_status(made(), Status.RECALLED)
    reason = ("Chlorpyrifos above the limit was found in a second sample. " * 6)[:300]
    action = ("Do not roast it. Keep every bag apart and bring it back to us. " * 6)[:290] + "THE END"
    first = replace(recalled.alerts[0], reason=reason, action=action)
    other = replace(recalled.alerts[0], reason="Glass was found", action="Open no bag", phone="+856 20 5550 1111")
    pdf = paper(replace(recalled, alerts=(first, other)))
    said = squeezed(text_of(pdf, tmp_path))
    for told in (reason.strip(), action, dossiers.PHONE, other.reason, other.action, other.phone):
        assert squeezed(told) in said


@needs_poppler
def test_of_many_recalls_the_paper_says_how_many_more_there_are(tmp_path: Path) -> None:
    recalled = dossiers.with_status(dossiers.longest(), Status.RECALLED)
    wide = replace(recalled.alerts[0], reason="检" * 300, action="退" * 300)
    said = squeezed(text_of(paper(replace(recalled, alerts=(wide,) * 5)), tmp_path))
    assert squeezed("And 3 more: the page of the batch tells all.") in said
    assert said.count("退" * 300) == 2


def grey_under_the_header(pdf: bytes, tmp_path: Path) -> float:
    """How light the place of the status band is on average, 0 black to 255 white."""
    picture = picture_of(pdf, tmp_path, 72).resize((1, 1), box=(40, 122, 555, 146))
    found = picture.getpixel((0, 0))
    assert isinstance(found, int)
    return found


@needs_poppler
def test_the_demo_is_loud_and_the_ground_does_not_pollute_the_text(tmp_path: Path) -> None:
    said = text_of(paper(dossiers.longest()), tmp_path)
    assert "DEMO. Invented goods; this paper is not valid for trade." in said
    coffee = text_of(paper(dossiers.coffee()), tmp_path)
    assert "DEMO" not in coffee
    assert coffee.count("BHC-2026-0417") <= 4


@needs_poppler
def test_an_annex_lists_every_farm_and_every_page_carries_the_number(tmp_path: Path) -> None:
    dossier = dossiers.longest()
    pdf = paper(dossier)
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 3
    said = text_of(pdf, tmp_path)
    for page in range(1, 4):
        assert f"Page {page} of 3" in said
    assert said.count(certificate_number(dossier)) == 3 + 1  # and where the paper is checked
    assert [share.label for share in dossier.shares if not share.name and f"Farm {share.label}" not in said] == []


@needs_poppler
def test_many_farms_make_an_annex_of_farms_and_nothing_else(tmp_path: Path) -> None:
    dossier = dossiers.coffee()
    for language in LANGUAGES:
        pages = pypdf.PdfReader(io.BytesIO(paper(dossier, language))).pages
        assert len(pages) == 2
        first = text_of(paper(dossier, language), tmp_path, page=1)
        for count, step in enumerate(dossier.journey, start=1):
            assert first.count(translate(language, step_words(step.kind))) >= 1, count
        for title in ("Journey", "Quality", "Certificates and claims", "Registrations and marks"):
            assert title in first
            assert title not in text_of(paper(dossier, language), tmp_path, page=2)


@needs_poppler
def test_the_largest_farms_and_the_sum_of_the_others_make_the_whole_batch(tmp_path: Path) -> None:
    dossier = dossiers.coffee()
    first = text_of(paper(dossier), tmp_path, page=1)
    others = re.search(r"(\d+) other farms ([\d .]+) kg", first)
    assert others
    shown = len(dossier.shares) - int(others[1])
    assert shown >= 5
    rest_g = sum(share.mass_g for share in dossier.shares[shown:])
    assert mass("en", rest_g).replace(NO_BREAK, " ") == f"{others[2]} kg"


@needs_poppler
def test_nothing_of_an_ordinary_batch_is_cut_off(tmp_path: Path) -> None:
    for sample in SAMPLES[:3]:
        for language in LANGUAGES:
            assert "…" not in text_of(paper(sample(), language), tmp_path)


@needs_poppler
def test_a_farmer_is_named_only_with_consent_and_forms_have_their_names(tmp_path: Path) -> None:
    said = text_of(paper(dossiers.coffee()), tmp_path)
    assert "Amina Phommachan" in said
    assert "Farm 02" not in said
    assert "Farm 01" in said
    assert "Green coffee · Paksong Dry Mill" in said
    assert "Parchment · Bolaven Highland Coffee Cooperative" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_batch_of_a_dozen_farms_is_one_page_in_every_language(language: str) -> None:
    for sample in (dossiers.coffee, dossiers.mango, dossiers.durian):
        base = sample()
        few = replace(base, shares=dossiers.shares(base.mass_g, 9, base.origin, "Ban Lak 40"), farms=9)
        assert len(pypdf.PdfReader(io.BytesIO(paper(few, language))).pages) == 1


@needs_poppler
def test_a_sentence_stands_on_the_paper_once_in_every_language(tmp_path: Path) -> None:
    dossier = replace(dossiers.coffee(), demo=True)
    demo = "DEMO. Invented goods; this paper is not valid for trade."
    for language in ("lo", "zh"):
        said = squeezed(text_of(paper(dossier, language), tmp_path))
        for code in dict.fromkeys(translate(code, demo) for code in ("en", "lo", "zh")):
            assert said.count(squeezed(code)) == 1


@needs_poppler
def test_goods_of_two_provinces_name_both_with_their_districts(tmp_path: Path) -> None:
    base = dossiers.coffee()
    bolaven, laongam = Place("LA", "Champasak", "Paksong", "A"), Place("LA", "Salavan", "Laongam", "B")
    of_two = tuple(share._replace(place=laongam if at % 3 else bolaven) for at, share in enumerate(base.shares))
    said = text_of(paper(replace(base, origin=Place("LA"), shares=of_two)), tmp_path, page=1)
    assert "Salavan (Laongam), Champasak (Paksong)" in said
    one = tuple(share._replace(place=replace(bolaven, village=f"Ban {at}")) for at, share in enumerate(base.shares))
    said = " ".join(
        text_of(paper(replace(base, origin=Place("LA", "Champasak", "Paksong"), shares=one)), tmp_path).split()
    )
    assert re.search(r"Ban 0, Ban 1.* and [0-9]+ others, Paksong, Champasak", said)


@needs_poppler
def test_very_many_provinces_stay_two_lines(tmp_path: Path) -> None:
    base = dossiers.coffee()
    far = tuple(
        share._replace(place=Place("LA" if at % 2 else "VN", f"Province number {at}", f"District {at}"))
        for at, share in enumerate(base.shares)
    )
    said = text_of(paper(replace(base, origin=Place(""), shares=far)), tmp_path, page=1)
    assert re.search(r"Province number 0.* and [0-9]+ others", " ".join(said.split()))
    assert "Viet Nam, Lao PDR" in said
    assert "…" not in said


@needs_poppler
def test_a_step_that_others_took_too_says_how_many(tmp_path: Path) -> None:
    base = dossiers.mango()
    shared = replace(base.journey[0], others=2)
    dossier = replace(base, journey=(shared, *base.journey[1:]))
    assert "Mường Bú Mango Cooperative and 2 others" in text_of(paper(dossier), tmp_path)
    assert " others" not in text_of(paper(base), tmp_path)


@needs_poppler
def test_earlier_results_are_a_span_but_a_failed_one_stands_alone(tmp_path: Path) -> None:
    base = dossiers.mango()
    newest = Measurement("moisture", "11.8", "%", date(2026, 6, 3), "Bakari", "", True, "X")
    earlier = [replace(newest, value=value, taken_on=date(2026, 5, 3)) for value in ("9.5", "12.4", "10.25")]
    failed = replace(newest, value="14.9", taken_on=date(2026, 5, 1), passed=False)
    said = text_of(paper(replace(base, measurements=(newest, *earlier, failed))), tmp_path)
    assert "11.8 % ✓" in said
    assert "3 earlier results: 9.5 – 12.4" in said
    assert "14.9 % Failed" in said
    assert "10.25" not in said


@needs_poppler
def test_a_very_long_journey_goes_on_in_the_annex_and_loses_no_step(tmp_path: Path) -> None:
    base = dossiers.mango()
    steps = tuple(replace(base.journey[1], detail=f"Step number {at:03d}", form=Names({})) for at in range(70))
    pdf = paper(replace(base, journey=steps))
    said = text_of(pdf, tmp_path)
    assert "The whole journey is in the annex." in text_of(pdf, tmp_path, page=1)
    assert [at for at in range(70) if f"Step number {at:03d}" not in said] == []


@needs_poppler
def test_an_almost_empty_dossier_is_still_a_certificate(tmp_path: Path) -> None:
    bare = replace(
        dossiers.coffee(), variety="", grade="", hs="", custody="", unit="", unit_count=0, unit_mass_g=None,
        marks=type(dossiers.coffee().marks)(), destination="", crop_year="", harvested_from=None, harvested_to=None,
        packed_on=None, released_at=None, sealed_at=None, farms=1, plots=0, area_m2=0, journey=(), shares=(), claims=(),
        certificates=(), registrations=(), measurements=(),
    )  # fmt: skip
    assert "1 farm" in text_of(paper(bare), tmp_path)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.text(max_size=200), st.sampled_from(["", "LA", "VN", "??"]))
def test_whatever_was_typed_is_printed_without_a_crash(short: str, long: str, country: str) -> None:
    place = Place(country, short, long, short)
    base = dossiers.coffee()
    typed = replace(
        base, lot_number=short, variety=long, grade=short, crop_year=short, hs=short, custody=short, unit=short,
        destination=country, origin=place, issuer=replace(base.issuer, place=place, address=long, phone=short),
        journey=tuple(replace(step, kind=short, detail=long, place=place) for step in base.journey),
    )  # fmt: skip
    assert paper(typed).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("language", "first", "last", "said"),
    [
        ("en", date(2025, 12, 1), date(2025, 12, 22), "1 – 22 December 2025"),
        ("en", date(2025, 11, 1), date(2025, 12, 22), "1 November – 22 December 2025"),
        ("en", date(2025, 11, 1), date(2026, 1, 1), "1 November 2025 – 1 January 2026"),
        ("en", date(2025, 12, 1), date(2025, 12, 1), "1 December 2025"),
        ("vi", date(2025, 12, 1), date(2025, 12, 22), "1 – 22 tháng 12, 2025"),
        ("vi", date(2025, 11, 1), date(2025, 12, 22), "1 tháng 11 – 22 tháng 12, 2025"),
        ("lo", date(2025, 12, 1), date(2025, 12, 22), "1 – 22 ທັນວາ 2025"),
        ("zh", date(2025, 12, 1), date(2025, 12, 22), "2025年12月1日 – 2025年12月22日"),
    ],
)
def test_days_from_one_to_another_say_what_they_share_once(language: str, first: date, last: date, said: str) -> None:
    assert period(language, first, last).replace(NO_BREAK, " ") == said


@pytest.mark.parametrize(
    ("language", "value", "unit", "said"),
    [
        ("en", "86.25", "", "86.25"),
        ("lo", "86.25", "", "86,25"),
        ("vi", "-19.50", "°C", "\u221219,50 °C"),
        ("en", "1e3", "", "1e3"),
        ("en", "not detected", "mg/kg", "not detected"),
        ("zh", "<0.01", "mg/kg", "< 0.01 mg/kg"),
        ("vi", "< 0.010", "mg/kg", "< 0,010 mg/kg"),
        ("lo", "≤ 5", "µg/kg", "≤ 5 µg/kg"),
        ("ar", "< 0.01", "mg/kg", "\u200e< 0.01\u200e mg/kg"),
        ("fr", "-18", "°C", "\u221218 °C"),
        ("lo", "0901.11 or so", "", "0901.11 or so"),
    ],
)
def test_a_result_is_written_as_its_reader_writes_numbers(language: str, value: str, unit: str, said: str) -> None:
    assert measured(language, value, unit).replace(NO_BREAK, " ") == said


@needs_poppler
def test_papers_of_several_versions_say_that_farms_are_numbered_anew(tmp_path: Path) -> None:
    anew, base = "Each version numbers its farms anew.", dossiers.coffee()
    for version, newest, said in ((2, 2, True), (1, 2, True), (1, 1, False)):
        dossier = replace(base, version=version, newest=newest)
        assert (anew in text_of(paper(dossier), tmp_path)) is said
