"""What arabica and robusta share: the forms from cherry to roasted, the dry mill, and the limits of the trade."""

from __future__ import annotations

from typing import Final

from traceability.commodities._shape import (
    Form,
    Package,
    QualityLimit,
    Step,
    TradeUnit,
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
)
from traceability.commodities._sources import GENERAL, ICO, ICO420, LAOMAN, LAOMAN8, NAMED, ROAST
from traceability.words import N_

RIPENESS: Final = number_field(
    "ripe_percent", names("Ripe (red) cherries", "ໝາກສຸກ (ແດງ)", "Quả chín (đỏ)", "成熟红果"), "%", "0", "100"
)
MOISTURE: Final = number_field(
    "moisture_percent", names("Moisture", "ຄວາມຊຸ່ມ", "Độ ẩm", "水分"), "%", "5", "65", decimals=1, needs_reader=""
)

_SACK: Final = Package("bag", kg("10"), kg("80"), low(GENERAL, note="a filled sack of wet or fresh coffee"))
_PARCHMENT_BAG: Final = Package("bag", kg("20"), kg("60"), low(GENERAL, note="50 kg farm sack, half full or full"))
_GREEN_BAG: Final = Package("bag", kg("25"), kg("70"), high(ICO, note="60 kg; 50 kg farm sack, 69 kg at most"))

FORMS: Final = (
    Form("fresh_cherry", names("Coffee cherry", "ກາເຟໝາກແດງ", "Cà phê quả tươi", "咖啡鲜果"), "090111",
         package=_SACK, intake=RIPENESS, is_intake=True,
         hs_note="heading 0901 takes coffee in berries as gathered (HS explanatory note); 081090 is also seen"),
    Form("sorted_cherry", names("Sorted cherry", "ກາເຟໝາກແດງຄັດແລ້ວ", "Cà phê quả tươi đã phân loại", "分选咖啡鲜果"),
         "090111", package=_SACK, needs_reader=readers("lo")),
    Form("wet_parchment", names("Wet parchment", "ກາເຟກະລາປຽກ", "Cà phê thóc ướt", "湿带壳豆"), "090111",
         package=_SACK, intake=MOISTURE, is_intake=True, needs_reader=readers("lo")),
    Form("dry_parchment", names("Dry parchment", "ກາເຟກະລາແຫ້ງ", "Cà phê thóc khô", "干带壳豆"), "090111",
         package=_PARCHMENT_BAG, intake=MOISTURE, is_intake=True, is_export=True, needs_reader=readers("lo")),
    Form("dried_cherry", names("Dried cherry", "ກາເຟໝາກແຫ້ງ", "Cà phê quả khô", "咖啡干果"), "090111",
         package=_PARCHMENT_BAG, intake=MOISTURE, is_intake=True, needs_reader=readers("lo")),
    Form("green", names("Green coffee", "ກາເຟດິບ", "Cà phê nhân", "生咖啡豆"), "090111",
         package=_GREEN_BAG, intake=MOISTURE, is_intake=True, is_export=True),
    Form("graded_green", names("Graded green coffee", "ກາເຟດິບຄັດຊັ້ນ", "Cà phê nhân đã phân hạng", "分级生咖啡豆"),
         "090111", package=_GREEN_BAG, is_export=True, needs_reader=readers("lo")),
    Form("decaf_green", names("Decaffeinated green coffee", "ກາເຟດິບບໍ່ມີຄາເຟອີນ", "Cà phê nhân khử caffeine",
                              "脱咖啡因生咖啡豆"), "090112", package=_GREEN_BAG, is_export=True,
         needs_reader=readers("lo")),
    Form("roasted", names("Roasted coffee", "ກາເຟຂົ້ວ", "Cà phê rang", "烘焙咖啡豆"), "090121",
         is_export=True, needs_reader=readers("lo")),
    Form("soluble", names("Soluble coffee", "ກາເຟສຳເລັດຮູບ", "Cà phê hòa tan", "速溶咖啡"), "210111",
         is_export=True, needs_reader=readers("lo")),
    Form("floaters", names("Floating cherry", "ກາເຟໝາກລອຍນ້ຳ", "Quả cà phê nổi", "漂浮果"), "090111",
         is_by_product=True, needs_reader=readers("lo zh")),
    Form("cherry_pulp", names("Cherry pulp", "ເປືອກໝາກກາເຟສົດ", "Vỏ quả cà phê tươi", "咖啡果皮"), "090190",
         is_by_product=True, needs_reader=readers("lo")),
    Form("husk", names("Coffee husk", "ເປືອກກາເຟ", "Vỏ cà phê", "咖啡壳"), "090190",
         is_by_product=True, needs_reader=readers("lo")),
    Form("triage", names("Triage coffee", "ກາເຟຄັດອອກ", "Cà phê loại", "次级咖啡豆"), "090111",
         package=_GREEN_BAG, is_by_product=True, needs_reader=readers("lo vi zh")),
)  # fmt: skip

DRY_MILL_AND_AFTER: Final = (
    Step("dry_parchment", "green", "hull", band("0.78", "0.8", "0.84"), high(ICO, note="husk 16-20 %, broken beans"),
         losses=("husk", "dust", "sorting"), by_products=("husk",)),
    Step("green", "roasted", "roast", band("0.78", "0.84", "0.88"),
         high(ICO, ROAST, note="ICO statistical factor 1/1.19 = 0.84; dark roast loses most"),
         losses=("moisture", "chaff")),
    Step("graded_green", "roasted", "roast", band("0.78", "0.84", "0.88"),
         high(ICO, ROAST, note="as from green: grading changes no bean"), losses=("moisture", "chaff")),
    Step("green", "soluble", "extract", band("0.33", "0.385", "0.45"), medium(ICO, note="ICO factor 1/2.6"),
         losses=("grounds", "moisture")),
    Step("green", "decaf_green", "decaffeinate", band("0.93", "0.952", "0.98"), medium(ICO, note="ICO factor 1/1.05"),
         losses=("extract",)),
)  # fmt: skip


def limits(defects_in_300_g: str) -> tuple[QualityLimit, ...]:
    """The limits of ICC Resolution 420 and the trade; the count of defects is the species' own."""
    return (
        limit(N_("Moisture"), "8", "12.5", "%", "ICC Resolution 420 (ISO 6673)", high(ICO420), form="green"),
        limit(N_("Moisture"), None, "12.5", "%", "TCVN 4193:2014", medium(NAMED), form="green"),
        limit(
            N_("Moisture"), None, "12", "%", N_("FAO manual for Lao PDR"), high(LAOMAN, note="a target"), form="green"
        ),
        limit(N_("Moisture"), "10", "12", "%", N_("usual in the trade"), medium(GENERAL), form="dry_parchment"),
        limit(N_("Defects in 300 g"), None, defects_in_300_g, "", "ICC Resolution 420", high(ICO420), form="green"),
        limit(N_("Ochratoxin A"), None, "3", "µg/kg", "Regulation (EU) 2023/915", low(GENERAL), form="roasted"),
        limit(N_("Ochratoxin A"), None, "5", "µg/kg", "Regulation (EU) 2023/915", low(GENERAL), form="soluble"),
        rule(N_("Lao export standard"), "none found (none in 2005)", "Lao PDR", high(LAOMAN8)),
    )


TRADE_UNITS: Final = (
    TradeUnit("ICO bag", kg("60"), "statistics"),
    TradeUnit("farm sack", kg("50"), "Laos, Viet Nam"),
    TradeUnit("bag of 69 kg", kg("69"), "Central America"),
    TradeUnit("tạ", kg("100"), "Viet Nam"),
    TradeUnit("yến", kg("10"), "Viet Nam"),
)
GRADES: Final = ("A", "B", "R")
LABEL: Final = ("product", "variety", "grade", "crop_year", "origin", "net_mass", "ico_mark", "lot", "unit_count")
STORAGE: Final = (
    "Cherry: the same day. Parchment and green: 10-12 months, under 25 °C and 60-65 % humidity (unconfirmed)."
)
EUDR_NOTE: Final = "HS 0901 is in Annex I; whether soluble coffee (2101) was added by the 2026 review is unconfirmed."
