"""Longan: fresh, dried whole, and the dried flesh called long nhãn, which are two different outturns."""

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
from traceability.commodities._sources import CXS220, FAOLONGAN, GENERAL, LN10, LN20, LNPOST, LNTH
from traceability.words import N_

SWEETNESS = number_field(
    "brix", names("Sweetness (Brix)", "ຄວາມຫວານ (Brix)", "Độ ngọt (Brix)", "糖度 (Brix)"), "°Bx", "5", "30", decimals=1
)
_BASKET = Package("basket", kg("8"), kg("25"), low(GENERAL, note="11.5 kg basket, Thailand to China"))
_CARTON = Package("box", kg("4"), kg("13"), low(GENERAL, note="5 and 10 kg cartons"))

FORMS = (
    Form("fresh_bunch", names("Longan in bunches", "ໝາກຍຳໄຍເປັນພວງ", "Nhãn chùm tươi", "带枝鲜龙眼"), "081090",
         package=_BASKET, intake=SWEETNESS, is_intake=True, is_export=True, needs_reader=readers("lo")),
    Form("fresh_loose", names("Fresh longan", "ໝາກຍຳໄຍສົດ", "Nhãn tươi", "鲜龙眼"), "081090",
         package=_CARTON, intake=SWEETNESS, is_intake=True, is_export=True, needs_reader=readers("lo")),
    Form("dried_whole", names("Dried whole longan", "ໝາກຍຳໄຍແຫ້ງ", "Nhãn sấy khô nguyên quả", "桂圆干"), "081340",
         package=_CARTON, is_export=True, needs_reader=readers("lo")),
    Form("fresh_aril", names("Longan flesh", "ເນື້ອໝາກຍຳໄຍສົດ", "Cùi nhãn tươi", "鲜龙眼肉"),
         needs_reader=readers("lo")),
    Form("dried_aril", names("Dried longan flesh", "ເນື້ອໝາກຍຳໄຍແຫ້ງ", "Long nhãn", "龙眼肉"), "081340",
         package=_CARTON, is_export=True, needs_reader=readers("lo")),
    Form("stripped_off", names("Stalks and small fruit", "ກ້ານ ແລະ ໝາກນ້ອຍ", "Cuống và quả nhỏ", "枝梗与小果"),
         is_by_product=True, needs_reader=readers("lo")),
    Form("peel_and_stone", names("Longan peel and stone", "ເປືອກ ແລະ ເມັດໝາກຍຳໄຍ", "Vỏ và hạt nhãn", "龙眼壳与核"),
         is_by_product=True, needs_reader=readers("lo")),
)  # fmt: skip

STEPS = (
    Step("fresh_bunch", "fresh_loose", "strip", band("0.8", "0.9", "0.96"),
         low(GENERAL, note="stalk 4-8 %, small and split fruit"),
         losses=("stalk", "sorting"), by_products=("stripped_off",)),
    Step("fresh_loose", "dried_whole", "dry", band("0.28", "0.33", "0.4"),
         medium(GENERAL, LNPOST, note="about 3:1; from 70 to 16 % moisture gives 0.357"),
         losses=("moisture",), only_water_leaves=True),
    Step("fresh_loose", "fresh_aril", "peel", band("0.5", "0.6", "0.7"),
         low(GENERAL, note="skin 12-20 %, stone 15-25 %"), losses=("peel", "seed"), by_products=("peel_and_stone",)),
    Step("fresh_aril", "dried_aril", "dry", band("0.14", "0.18", "0.24"),
         low(LNPOST, GENERAL, note="to at most 18 % moisture"), losses=("moisture",), only_water_leaves=True),
    Step("fresh_loose", "dried_aril", "dry", band("0.08", "0.1", "0.13"),
         high(LN20, LN10, note="two Song Ma sources agree on 10:1"),
         losses=("peel", "seed", "moisture"), by_products=("peel_and_stone",)),
)  # fmt: skip

YIELDS = (
    Yield("fresh_bunch", Per.BEARING_HECTARE_YEAR, (tonnes("6"), tonnes("12")), tonnes("25"),
          high(LN20, note="70,000 t on 6,650 ha gives 10.5"), region="Song Ma"),
    Yield("fresh_bunch", Per.BEARING_HECTARE_YEAR, (tonnes("2.5"), tonnes("6")), tonnes("20"),
          high(LNTH, note="747 kg a rai gives 4.7; Lamphun 5.6"), region="Thailand"),
    Yield("fresh_bunch", Per.TREE_YEAR, (kg("60"), kg("150")), kg("220"),
          high(FAOLONGAN, note="trees over 10 years"), cap_basis="150-200 kg reported",
          cap_confidence=Confidence.MEDIUM),
)  # fmt: skip

LIMITS = (
    limit(N_("Sweetness at harvest"), "15.5", None, "°Bx", N_("research, Thailand"), high(LNPOST), form="fresh_bunch"),
    limit(N_("Moisture"), None, "18", "%", N_("usual practice"), high(LNPOST), form="dried_aril"),
    limit(N_("Sulphur dioxide in the flesh"), None, "50", "mg/kg", N_("China import"), low(GENERAL),
          form="fresh_loose"),
    rule(N_("Minimum quality"), "whole, sound", "CXS 220-1999", high(CXS220), form="fresh_loose"),
)  # fmt: skip

COMMODITY = Commodity(
    key="longan",
    scientific_name="Dimocarpus longan",
    names=names("Longan", "ໝາກຍຳໄຍ", "Nhãn", "龙眼", th="ลำไย", ja="リュウガン"),
    forms=FORMS,
    steps=STEPS,
    chains=(("fresh_bunch", "fresh_loose"),),
    yields=YIELDS,
    limits=LIMITS,
    seasons=(
        Season("North Laos", 7, 8, low(GENERAL)),
        Season("Son La", 7, 9, high(LN20, note="from the middle of July")),
        Season("Mekong delta", 1, 12, low(GENERAL, note="all year by induction")),
    ),
    grades=("A", "B", "C", "R"),
    label_fields=("product", "variety", "origin", "orchard_registration", "packing_house_registration", "packed_on",
                  "lot", "net_mass", "unit_count", "destination_sentence"),
    storage="At 25-31 °C it browns in 3-4 days; with sulphur dioxide at 4 °C it keeps 20-30 days (unconfirmed).",
    fraud_patterns=(
        "Fruit of the delta under Son La codes.",
        "Thai fruit relabelled.",
        "Long nhãn outturn above 0.13.",
    ),
    eudr=False,
    eudr_note="Out of scope.",
    bearing=Bearing(4, None, "from a marcot"),
    trade_units=(TradeUnit("basket", kg("11.5"), "Thailand to China"),),
)  # fmt: skip
