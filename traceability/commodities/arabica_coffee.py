"""Arabica coffee: cherry to parchment to green to roasted, with the washed and the natural way."""

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
    tonnes,
)
from traceability.commodities._sources import (
    GENERAL,
    GREENWELL,
    ICO,
    LAOMAN,
    QA108,
    SL24,
    SLCH,
    SLCOF,
    WIKIV,
)

STEPS = (
    Step("fresh_cherry", "sorted_cherry", "sort", band("0.85", "0.95", "1"), low(GENERAL),
         losses=("sorting", "stalk"), by_products=("floaters",)),
    Step("sorted_cherry", "wet_parchment", "wet_mill", band("0.4", "0.47", "0.55"),
         low(GENERAL, note="wet parchment holds 50-60 % water: do not buy on this weight without its moisture"),
         losses=("pulp", "mucilage"), by_products=("cherry_pulp",)),
    Step("wet_parchment", "dry_parchment", "dry", band("0.4", "0.45", "0.55"), low(GENERAL, note="to 11-12 %"),
         losses=("moisture", "dust"), only_water_leaves=True),
    Step("fresh_cherry", "dry_parchment", "wet_mill", band("0.17", "0.2", "0.235"),
         high(WIKIV, GREENWELL, note="5:1; Kona, 4.25:1, is the top"),
         losses=("pulp", "mucilage", "moisture", "sorting"), by_products=("floaters", "cherry_pulp")),
    Step("fresh_cherry", "dried_cherry", "dry", band("0.28", "0.34", "0.45"), medium(WIKIV),
         losses=("moisture", "dust"), only_water_leaves=True),
    Step("dried_cherry", "green", "hull", band("0.45", "0.5", "0.55"), high(ICO, WIKIV, note="husk about 50 %"),
         losses=("husk", "dust"), by_products=("husk",)),
    Step("green", "graded_green", "grade", band("0.85", "0.95", "0.99"), low(GENERAL),
         losses=("sorting", "dust"), by_products=("triage",)),
    Step("fresh_cherry", "green", "mill", band("0.14", "0.165", "0.2"),
         high(QA108, WIKIV, note="6:1 acceptable, 7:1 poor, 5:1 is the ceiling"),
         losses=("pulp", "mucilage", "moisture", "husk", "sorting"), by_products=("floaters", "cherry_pulp", "husk")),
    *_coffee.DRY_MILL_AND_AFTER,
)  # fmt: skip

YIELDS = (
    Yield("green", Per.BEARING_HECTARE_YEAR, (tonnes("0.4"), tonnes("1.2")), tonnes("3"),
          low(GENERAL, note="no measured Lao figure was found"), region="Laos, smallholders"),
    Yield("fresh_cherry", Per.BEARING_HECTARE_YEAR, (tonnes("8"), tonnes("15")), tonnes("25"),
          high(SLCOF, SLCH, SL24, note="Mai Son mean 10-13; a farmer's record is near 20"), region="Son La",
          cap_basis="near 20 t reported, plus 25 %", cap_confidence=Confidence.MEDIUM),
    Yield("green", Per.BEARING_HECTARE_YEAR, (tonnes("1.2"), tonnes("2.4")), tonnes("4"),
          medium(SLCOF, note="a district of 4,975 t on 4,200 ha gives 1.18"), region="Son La"),
)  # fmt: skip

COMMODITY = Commodity(
    key="arabica_coffee",
    scientific_name="Coffea arabica",
    names=names("Arabica coffee", "ກາເຟອາຣາບິກາ", "Cà phê chè (arabica)", "阿拉比卡咖啡",
                th="กาแฟอาราบิกา", ja="アラビカコーヒー"),
    forms=_coffee.FORMS,
    steps=STEPS,
    chains=(("fresh_cherry", "dry_parchment", "green"),),
    yields=YIELDS,
    limits=_coffee.limits(defects_in_300_g="86"),
    seasons=(
        Season("Bolaven", 10, 12, high(LAOMAN)),
        Season("North Laos", 11, 2, low(GENERAL)),
        Season("Son La", 10, 1, high(SLCOF, note="the season ended on 30 January 2024")),
    ),
    grades=_coffee.GRADES,
    label_fields=_coffee.LABEL,
    storage=_coffee.STORAGE,
    fraud_patterns=(
        "Robusta passed as arabica.",
        "Parchment bought across the border and claimed as Bolaven or Son La.",
        "Cherry counted twice: parchment outturn above 0.235, or green above 0.20.",
        "Plots inside forest, or planted after 31 December 2020, declared with a neighbour's old polygon.",
    ),
    eudr=True,
    eudr_note=_coffee.EUDR_NOTE,
    bearing=Bearing(3, 6, "full at 5 to 6 years"),
    trade_units=_coffee.TRADE_UNITS,
)  # fmt: skip
