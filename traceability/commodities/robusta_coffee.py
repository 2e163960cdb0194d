"""Robusta coffee: mostly dried in the cherry and hulled, sometimes washed."""

from __future__ import annotations

from traceability.commodities import _coffee
from traceability.commodities._shape import (
    Bearing,
    Commodity,
    Confidence,
    Per,
    Season,
    Step,
    Yield,
    band,
    high,
    low,
    medium,
    names,
    readers,
    tonnes,
)
from traceability.commodities._sources import DAKNONG, GENERAL, ICO, KONTUM, LAOMAN, QA108, WIKIV

# Sorting in water and the wet mill step by step have no robusta figure: those forms are arabica's.
FORMS = tuple(form for form in _coffee.FORMS if form.key not in {"sorted_cherry", "wet_parchment", "floaters"})

STEPS = (
    Step("fresh_cherry", "dried_cherry", "dry", band("0.32", "0.4", "0.5"), low(WIKIV, GENERAL),
         losses=("moisture", "dust"), only_water_leaves=True),
    Step("dried_cherry", "green", "hull", band("0.45", "0.5", "0.57"), high(ICO, note="husk about 50 %"),
         losses=("husk", "dust"), by_products=("husk",)),
    Step("fresh_cherry", "dry_parchment", "wet_mill", band("0.2", "0.25", "0.29"), low(GENERAL),
         losses=("pulp", "mucilage", "moisture"), by_products=("cherry_pulp",)),
    Step("fresh_cherry", "green", "mill", band("0.14", "0.21", "0.25"),
         medium(QA108, note="near 5:1, as low as 7:1; the trade in Viet Nam speaks of 4.2-4.6 kg ripe cherry"),
         losses=("pulp", "mucilage", "moisture", "husk", "sorting"), by_products=("cherry_pulp", "husk")),
    Step("green", "graded_green", "grade", band("0.9", "0.96", "0.99"), low(GENERAL, note="wet polish loses more"),
         losses=("sorting", "dust"), by_products=("triage",)),
    *_coffee.DRY_MILL_AND_AFTER,
)  # fmt: skip

YIELDS = (
    Yield("green", Per.BEARING_HECTARE_YEAR, (tonnes("2"), tonnes("3.5")), tonnes("6"),
          high(DAKNONG, KONTUM, note="Dak Nong 2.73; Kon Tum 2.92, best age class 3.55, potential 3.85"),
          region="Central Highlands of Viet Nam", cap_basis="best potential 3.85 t reported, plus 55 %",
          cap_confidence=Confidence.MEDIUM),
    Yield("green", Per.BEARING_HECTARE_YEAR, (tonnes("0.8"), tonnes("2")), tonnes("4"), low(GENERAL),
          region="Bolaven"),
)  # fmt: skip

COMMODITY = Commodity(
    key="robusta_coffee",
    scientific_name="Coffea canephora",
    names=names("Robusta coffee", "ກາເຟໂຣບັສຕ້າ", "Cà phê vối (robusta)", "罗布斯塔咖啡",
                th="กาแฟโรบัสต้า", ja="ロブスタコーヒー"),
    needs_reader=readers("lo"),
    forms=FORMS,
    steps=STEPS,
    chains=(("fresh_cherry", "dried_cherry", "green"),),
    yields=YIELDS,
    limits=_coffee.limits(defects_in_300_g="150"),
    seasons=(
        Season("Bolaven", 12, 2, high(LAOMAN)),
        Season("Central Highlands of Viet Nam", 10, 1, low(GENERAL)),
    ),
    grades=_coffee.GRADES,
    label_fields=_coffee.LABEL,
    storage=_coffee.STORAGE,
    fraud_patterns=(
        "Early strip picking: green cherry lowers the outturn below 0.18.",
        "Vietnamese and Lao robusta mixed at the border to get an origin or a tax relief.",
        "Black beans and stones mixed back after grading.",
    ),
    eudr=True,
    eudr_note=_coffee.EUDR_NOTE,
    bearing=Bearing(3),
    trade_units=_coffee.TRADE_UNITS,
)  # fmt: skip
