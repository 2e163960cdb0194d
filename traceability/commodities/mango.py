"""Mango: fresh from Son La and the delta, dried plain or with sugar, freeze-dried, puree."""

from __future__ import annotations

from traceability.commodities._shape import (
    Bearing,
    Commodity,
    Confidence,
    Form,
    Package,
    Per,
    Season,
    Step,
    TradeUnit,
    Yield,
    band,
    high,
    kg,
    limit,
    low,
    medium,
    names,
    number_field,
    readers,
    rule,
    tonnes,
)
from traceability.commodities._sources import (
    CXS184,
    DDP25,
    GENERAL,
    MANGOBY,
    MANGODN,
    MANGODT,
    MANGOFD,
    MANGOORG,
    MANGOPD,
    MANGOSL,
    MANGOZA,
)
from traceability.words import N_

DRY_MATTER = number_field(
    "dry_matter_percent", names("Dry matter", "ທາດແຫ້ງ", "Hàm lượng chất khô", "干物质"), "%", "5", "35", decimals=1
)
_CRATE = Package("crate", kg("10"), kg("30"), low(GENERAL, note="20 kg crate"))
_CARTON = Package("box", kg("4"), kg("12"), low(GENERAL, note="5 kg and 10 kg cartons"))

FORMS = (
    Form("fresh", names("Mango from the field", "ໝາກມ່ວງຈາກສວນ", "Xoài tươi tại vườn", "田间芒果鲜果"), "080450",
         package=_CRATE, intake=DRY_MATTER, is_intake=True, needs_reader=readers("lo zh")),
    Form("graded_fresh", names("Fresh mango", "ໝາກມ່ວງສົດ", "Xoài tươi", "鲜芒果"), "080450",
         package=_CARTON, is_export=True, needs_reader=readers("lo")),
    Form("slices", names("Mango slices", "ໝາກມ່ວງຊອຍ", "Xoài cắt lát", "芒果片"), "080450",
         package=_CRATE, needs_reader=readers("lo")),
    Form("dried_plain", names("Dried mango", "ໝາກມ່ວງແຫ້ງ", "Xoài sấy", "芒果干"), "080450",
         package=_CARTON, is_export=True, needs_reader=readers("lo")),
    Form("dried_with_sugar", names("Sweet dried mango", "ໝາກມ່ວງແຫ້ງໃສ່ນ້ຳຕານ", "Xoài sấy dẻo có đường", "加糖芒果干"),
         "200899", package=_CARTON, is_export=True, needs_reader=readers("lo"),
         hs_note="candied and drained: 200600"),
    Form("puree", names("Mango puree", "ໝາກມ່ວງບົດ", "Xoài nghiền (puree)", "芒果果泥"), "200799",
         is_export=True, needs_reader=readers("lo"), hs_note="cooked; 200899 is also seen"),
    Form("freeze_dried", names("Freeze-dried mango", "ໝາກມ່ວງອົບແຫ້ງແຊ່ແຂງ", "Xoài sấy thăng hoa", "冻干芒果"), "080450",
         is_export=True, needs_reader=readers("lo")),
    Form("rejected_fruit", names("Rejected mango", "ໝາກມ່ວງທີ່ຄັດອອກ", "Xoài bị loại", "剔除芒果"), "080450",
         package=_CRATE, is_by_product=True, needs_reader=readers("lo zh")),
    Form("peel_and_stone", names("Mango peel and stone", "ເປືອກ ແລະ ເມັດໝາກມ່ວງ", "Vỏ và hạt xoài", "芒果皮与核"),
         is_by_product=True, needs_reader=readers("lo")),
)  # fmt: skip

_WHOLE = ("fresh", "graded_fresh", "rejected_fruit")  # one set of figures, whichever whole fruit goes in

STEPS = (
    Step("fresh", "graded_fresh", "grade", band("0.7", "0.85", "0.95"),
         low(GENERAL, note="latex burn, small fruit, fruit fly; hot water"),
         losses=("sorting", "spoiled"), by_products=("rejected_fruit",)),
    *(Step(whole, "slices", "peel", band("0.5", "0.6", "0.72"),
           high(MANGOORG, MANGOPD, MANGOBY, note="skin 11-18 %, stone 14-22 %; 0.565-0.713 measured by variety"),
           losses=("peel", "seed", "trimming"), by_products=("peel_and_stone",)) for whole in _WHOLE),
    Step("slices", "dried_plain", "dry", band("0.13", "0.18", "0.25"),
         medium(MANGOFD, MANGOZA, note="0.175 freeze-dried at 6-7 %; more at 15-22 % moisture"),
         losses=("moisture",), only_water_leaves=True),
    *(Step(whole, "dried_plain", "dry", band("0.07", "0.1", "0.15"),
           high(MANGOZA, note="13:1 reported; 8-12:1 in the region is general knowledge"),
           losses=("peel", "seed", "moisture"), by_products=("peel_and_stone",)) for whole in _WHOLE),
    Step("slices", "dried_with_sugar", "sugar_dry", band("0.25", "0.38", "0.6"),
         low(GENERAL, note="sugar comes in: book it as an input of its own"), losses=("moisture",), added=("sugar",)),
    *(Step(whole, "puree", "puree", band("0.42", "0.52", "0.62"), medium(GENERAL, MANGOBY),
           losses=("peel", "seed", "fibre"), by_products=("peel_and_stone",)) for whole in _WHOLE),
    Step("slices", "freeze_dried", "freeze_dry", band("0.13", "0.17", "0.2"), medium(MANGOFD),
         losses=("moisture",), only_water_leaves=True),
)  # fmt: skip

YIELDS = (
    Yield("fresh", Per.BEARING_HECTARE_YEAR, (tonnes("8"), tonnes("15")), tonnes("35"),
          high(MANGODT, MANGODN, note="Dong Thap 11, good groups 20"), region="Mekong delta",
          cap_basis="20 t reported, plus 75 %", cap_confidence=Confidence.MEDIUM),
    Yield("fresh", Per.BEARING_HECTARE_YEAR, (tonnes("4"), tonnes("10")), tonnes("25"),
          medium(MANGOSL, note="Mai Son 5.4 over planted area"), region="Son La"),
)  # fmt: skip

LIMITS = (
    rule(N_("Minimum quality"), "clean, firm, no marked bruise", "CXS 184-1993; ASEAN Stan 2:2006", high(CXS184),
         form="graded_fresh"),
    limit(N_("Moisture"), None, "15", "%", "UNECE DDP-25",
          low(DDP25, note="about 15 plain, to 35 with preservative; the limits were not read"), form="dried_plain"),
    limit(N_("Moisture"), None, "22", "%", N_("trade, South Africa"), medium(MANGOZA), form="dried_plain"),
    limit(N_("Sulphur dioxide"), None, "1000", "mg/kg", "Codex GSFA", low(GENERAL), form="dried_plain"),
    limit(N_("Sulphur dioxide"), None, "350", "mg/kg", "GB 2760", low(GENERAL), form="dried_with_sugar"),
)  # fmt: skip

COMMODITY = Commodity(
    key="mango",
    scientific_name="Mangifera indica",
    names=names("Mango", "ໝາກມ່ວງ", "Xoài", "芒果", th="มะม่วง", ja="マンゴー"),
    forms=FORMS,
    steps=STEPS,
    chains=(("fresh", "graded_fresh"),),
    yields=YIELDS,
    limits=LIMITS,
    seasons=(
        Season("Bolaven", 3, 5, low(GENERAL)),
        Season("North Laos", 4, 6, low(GENERAL)),
        Season("Son La", 5, 8, high(MANGOSL, note="late May; June is the sourced month")),
        Season("Mekong delta, main", 4, 5, high(MANGODT, note="off-season on most of the area")),
    ),
    grades=("A", "B", "C", "R"),
    label_fields=("product", "variety", "origin", "orchard_registration", "packing_house_registration", "packed_on",
                  "lot", "net_mass", "unit_count", "destination_sentence"),
    storage="Fresh 10-13 °C at 85-95 % humidity, 2-3 weeks; dried 12 months, cool and dry (unconfirmed).",
    fraud_patterns=(
        "Fruit of another country under codes of Viet Nam in the season gap of the delta.",
        "Sugar not booked, so that the dried outturn looks too high.",
        "A code used after its season.",
    ),
    eudr=False,
    eudr_note="Out of scope.",
    bearing=Bearing(3, None, "3 to 4 years, grafted"),
    varieties=(names("Nam Dok Mai", "ນ້ຳດອກໄມ້", "Nam Dok Mai", "南多迈", th="น้ำดอกไม้", ja="ナムドクマイ"),),
    trade_units=(TradeUnit("tạ", kg("100"), "Viet Nam"),),
)  # fmt: skip
