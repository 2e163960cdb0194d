"""Pangasius (tra): pond to fillet, where soak water and glaze are inputs of their own."""

from __future__ import annotations

from traceability.commodities._shape import (
    Choice,
    Commodity,
    Confidence,
    Form,
    Package,
    Per,
    QualityLimit,
    Season,
    Step,
    TradeUnit,
    Yield,
    band,
    choice_field,
    high,
    kg,
    limit,
    low,
    medium,
    names,
    readers,
    rule,
    tonnes,
)
from traceability.commodities._sources import (
    GENERAL,
    PAN2,
    PAN26,
    PAN40,
    PAN300,
    PANGLZ,
    PANPOND,
)
from traceability.words import N_

# Harvest size is 0.8-1.1 kg (seafood-tip, in _sources); the classes round it are general knowledge.
SIZE_CLASS = choice_field(
    "size_class",
    names("Size class", "ຂະໜາດປາ", "Cỡ cá", "规格"),
    Choice("800_1100", names("0.8 to 1.1 kg", "0,8 ຫາ 1,1 ກກ", "0,8 đến 1,1 kg", "0.8至1.1公斤"), readers("lo")),
    Choice("over_1100", names("Over 1.1 kg", "ເກີນ 1,1 ກກ", "Trên 1,1 kg", "1.1公斤以上"), readers("lo")),
    Choice("under_800", names("Under 0.8 kg", "ຕ່ຳກວ່າ 0,8 ກກ", "Dưới 0,8 kg", "0.8公斤以下"), readers("lo")),
)
_CARTON = Package("box", kg("4"), kg("22"), low(GENERAL, note="IQF 10 kg carton: 4 x 2.5 kg or 2 x 5 kg"))
_FISH_BASKET = Package("basket", kg("20"), kg("120"), low(GENERAL, note="live fish is weighed basket by basket"))

FORMS = (
    Form("live_fish", names("Live pangasius", "ປາສວາຍເປັນ", "Cá tra sống", "活巴沙鱼"), "030199",
         package=_FISH_BASKET, intake=SIZE_CLASS, is_intake=True, needs_reader=readers("lo")),
    Form("bled_fish", names("Bled pangasius", "ປາສວາຍປ່ອຍເລືອດ", "Cá tra đã cắt tiết", "放血巴沙鱼"), "030272",
         needs_reader=readers("lo")),
    Form("fillet_skin_on", names("Skin-on fillet", "ຊີ້ນປາຕິດໜັງ", "Phi lê còn da", "带皮鱼片"), "030432",
         needs_reader=readers("lo")),
    Form("trimmed_fillet", names("Trimmed fillet", "ຊີ້ນປາຕັດແຕ່ງ", "Phi lê đã chỉnh hình", "修整鱼片"), "030432",
         package=_CARTON, is_export=True, needs_reader=readers("lo")),
    Form("soaked_fillet", names("Soaked fillet", "ຊີ້ນປາແຊ່ນ້ຳ", "Phi lê đã ngâm quay", "浸泡鱼片"), "030432",
         needs_reader=readers("lo")),
    Form("frozen_fillet", names("Frozen pangasius fillet", "ຊີ້ນປາສວາຍແຊ່ແຂງ", "Cá tra phi lê đông lạnh", "冷冻巴沙鱼片"),
         "030462", package=_CARTON, is_export=True, needs_reader=readers("lo")),
    Form("by_products", names("Head, bone, skin and fat", "ຫົວ ກ້າງ ໜັງ ແລະ ໄຂມັນ", "Đầu, xương, da và mỡ",
                              "鱼头骨皮油脂"), is_by_product=True, needs_reader=readers("lo")),
    Form("fish_meal", names("Fish meal", "ປາປົ່ນ", "Bột cá", "鱼粉"), "230120", is_export=True,
         needs_reader=readers("lo")),
    Form("fish_oil", names("Fish oil", "ນ້ຳມັນປາ", "Mỡ cá", "鱼油"), "150420", is_export=True,
         needs_reader=readers("lo")),
)  # fmt: skip

STEPS = (
    Step("live_fish", "bled_fish", "haul", band("0.94", "0.975", "0.995"), low(GENERAL), losses=("dead", "blood")),
    Step("live_fish", "fillet_skin_on", "fillet", band("0.43", "0.49", "0.53"),
         high(PAN2, note="untrimmed; industry 1.9-2.2 kg per kg"), losses=("blood", "waste"),
         by_products=("by_products",)),
    Step("fillet_skin_on", "trimmed_fillet", "trim", band("0.65", "0.76", "0.92"),
         low(GENERAL, note="skin 4-6 % of the fish, red meat, belly fat"), losses=("trimming",),
         by_products=("by_products",)),
    Step("live_fish", "trimmed_fillet", "fillet", band("0.3", "0.38", "0.45"),
         high(PAN26, PAN40, note="2.6:1; well trimmed 0.30-0.33"), losses=("blood", "trimming", "waste"),
         by_products=("by_products",)),
    Step("trimmed_fillet", "soaked_fillet", "soak", band("1", "1.1", "1.25"),
         low(PANGLZ, GENERAL, note="water is added: book it; moisture at most 86 %"), added=("water",)),
    *(Step(fillet, "frozen_fillet", "glaze", band("0.98", "1.1", "1.25"),
           high(PANGLZ, note="glaze at most 20 % of gross; drip 1-2 %"), losses=("drip",), added=("glaze",))
      for fillet in ("soaked_fillet", "trimmed_fillet")),
    Step("live_fish", "by_products", "fillet", band("0.5", "0.6", "0.68"), high(PAN40), losses=("blood",)),
    Step("by_products", "fish_meal", "render", band("0.2", "0.27", "0.32"), medium(PAN26), losses=("moisture",)),
    Step("by_products", "fish_oil", "render", band("0.12", "0.2", "0.24"), medium(PAN26), losses=("moisture",)),
)  # fmt: skip

YIELDS = (
    Yield("live_fish", Per.WATER_HECTARE_CROP, (tonnes("150"), tonnes("350")), tonnes("500"),
          high(PAN300, PAN40, note="300 on three of four farms; national 213 over area"),
          cap_basis="300 t usual and 650 t a year reported", cap_confidence=Confidence.MEDIUM),
    Yield("live_fish", Per.WATER_HECTARE_YEAR, (tonnes("200"), tonnes("500")), tonnes("700"), high(PANPOND),
          cap_basis="650 t a year reported", cap_confidence=Confidence.MEDIUM),
    Yield("live_fish", Per.SQUARE_METRE_CROP, (kg("15"), kg("35")), kg("50"), high(PAN300)),
    Yield("live_fish", Per.FISH, (kg("0.8"), kg("1.1")), kg("1.6"), high(PANPOND)),
)  # fmt: skip

_RESIDUES = medium(GENERAL, note="the European Union, the United States and Japan each set their own")
LIMITS: tuple[QualityLimit, ...] = (
    limit(N_("Glaze"), None, "20", "% of gross", "QCVN 02-27:2017", high(PANGLZ), form="frozen_fillet"),
    limit(N_("Moisture"), None, "86", "% of net", "QCVN 02-27:2017", high(PANGLZ), form="frozen_fillet"),
    limit(N_("Core temperature"), None, "-18", "°C", "QCVN 02-27:2017; EU", high(PANGLZ), form="frozen_fillet"),
    *(rule(substance, "not detected, or within the limit of the market", "EU, US, JP", _RESIDUES)
      for substance in (N_("Malachite green"), N_("Enrofloxacin"), N_("Chloramphenicol"))),
)  # fmt: skip

COMMODITY = Commodity(
    key="pangasius",
    scientific_name="Pangasianodon hypophthalmus",
    names=names("Pangasius", "ປາສວາຍ", "Cá tra", "巴沙鱼", th="ปลาสวาย", ja="パンガシウス"),
    forms=FORMS,
    steps=STEPS,
    chains=(("live_fish", "fillet_skin_on", "trimmed_fillet"),),
    yields=YIELDS,
    limits=LIMITS,
    seasons=(Season("Mekong delta", 1, 12, high(PANPOND, note="all year, main April to September")),),
    grades=("A", "B", "R"),
    label_fields=("product", "grade", "origin", "pond_registration", "plant_registration", "packed_on", "best_before",
                  "lot", "net_mass", "glaze", "storage_temperature", "unit_count"),
    storage="-20 °C, within 2 °C, 24 months.",
    fraud_patterns=(
        "Soak and glaze above the declared; net weight with ice.",
        "The pond code of another farm; fish bought to fill a certified lot.",
        "Pangasius sold as sole or dory.",
    ),
    eudr=False,
    eudr_note="Out of scope; soy in the feed is the importer's question.",
    trade_units=(TradeUnit("carton", kg("10"), "IQF fillet"),),
)  # fmt: skip
