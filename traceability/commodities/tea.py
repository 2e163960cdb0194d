"""Tea: green, black, oolong and old-tree shan, from one leaf or its own; the made tea says which it is."""

from __future__ import annotations

from traceability.commodities._shape import (
    Bearing,
    Choice,
    Commodity,
    Form,
    Package,
    Per,
    Season,
    Step,
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
    tonnes,
)
from traceability.commodities._sources import (
    GENERAL,
    OOLGB,
    TEACN,
    TEADE,
    TEAHAM,
    TEAHG,
    TEAISO,
    TEAVN,
    TEAWITH,
)
from traceability.words import N_

LEAF_GRADE = choice_field(
    "leaf_grade",
    names("Leaf grade", "ຊັ້ນໃບຊາ", "Loại búp chè", "鲜叶等级"),
    Choice("A", names("One bud, two leaves", "ຍອດ 1 ໃບ 2", "1 tôm 2 lá", "一芽二叶"), readers("lo")),
    Choice("B", names("One bud, three leaves", "ຍອດ 1 ໃບ 3", "1 tôm 3 lá", "一芽三叶"), readers("lo")),
    Choice("C", names("Coarse leaf", "ໃບແກ່", "Lá già", "粗老叶"), readers("lo")),
)
_LEAF_BASKET = Package("basket", kg("3"), kg("40"), low(GENERAL, note="plucking baskets and sacks differ"))
_KRAFT_BAG = Package("bag", kg("15"), kg("45"), low(GENERAL, note="20-40 kg kraft bag"))

FORMS = (
    Form("fresh_leaf", names("Fresh tea leaf", "ໃບຊາສົດ", "Chè búp tươi", "茶鲜叶"),
         package=_LEAF_BASKET, intake=LEAF_GRADE, is_intake=True, needs_reader=readers("lo")),
    Form("shan_fresh_leaf", names("Old-tree fresh leaf", "ໃບຊາຕົ້ນເກົ່າສົດ", "Búp chè Shan tuyết tươi", "古树茶鲜叶"),
         package=_LEAF_BASKET, intake=LEAF_GRADE, is_intake=True, needs_reader=readers("lo zh")),
    Form("fixed_leaf", names("Fixed leaf", "ໃບຊາຄົ້ວແລ້ວ", "Chè diệt men", "杀青叶"), needs_reader=readers("lo")),
    Form("withered_leaf", names("Withered leaf", "ໃບຊາຫ່ຽວ", "Chè héo", "萎凋叶"), needs_reader=readers("lo")),
    Form("oolong_withered_leaf", names("Withered oolong leaf", "ໃບຊາອູຫຼົງຫ່ຽວ", "Chè ô long héo", "乌龙茶萎凋叶"),
         needs_reader=readers("lo")),
    Form("raw_green_tea", names("Raw green tea", "ຊາຂຽວດິບ", "Chè xanh bán thành phẩm", "绿毛茶"), "090220",
         package=_KRAFT_BAG, needs_reader=readers("lo")),
    Form("raw_black_tea", names("Raw black tea", "ຊາດຳດິບ", "Chè đen bán thành phẩm", "红毛茶"), "090240",
         package=_KRAFT_BAG, needs_reader=readers("lo")),
    Form("raw_oolong_tea", names("Raw oolong tea", "ຊາອູຫຼົງດິບ", "Chè ô long bán thành phẩm", "乌龙毛茶"), "090240",
         package=_KRAFT_BAG, needs_reader=readers("lo")),
    Form("raw_shan_tea", names("Raw old-tree tea", "ຊາຕົ້ນເກົ່າດິບ", "Chè Shan tuyết bán thành phẩm", "古树毛茶"), "090220",
         package=_KRAFT_BAG, needs_reader=readers("lo zh")),
    Form("green_tea", names("Green tea", "ຊາຂຽວ", "Chè xanh", "绿茶"), "090220", "090210",
         package=_KRAFT_BAG, is_export=True),
    Form("black_tea", names("Black tea", "ຊາດຳ", "Chè đen", "红茶"), "090240", "090230",
         package=_KRAFT_BAG, is_export=True, needs_reader=readers("lo")),
    Form("oolong_tea", names("Oolong tea", "ຊາອູຫຼົງ", "Chè ô long", "乌龙茶"), "090240", "090230",
         package=_KRAFT_BAG, is_export=True, needs_reader=readers("lo")),
    Form("shan_tea", names("Old-tree shan tea", "ຊາຕົ້ນເກົ່າ", "Chè Shan tuyết cổ thụ", "古树茶"), "090220", "090210",
         package=_KRAFT_BAG, is_export=True, needs_reader=readers("lo zh"),
         hs_note="green or raw; black, white or yellow is 090240 by ruling"),
    Form("shan_cake", names("Pressed old-tree tea", "ຊາຕົ້ນເກົ່າອັດກ້ອນ", "Bánh trà Shan tuyết", "古树饼茶"),
         "090220", "090210", is_export=True, needs_reader=readers("lo zh"), hs_note="as shan tea"),
    Form("stem_and_dust", names("Tea stem and dust", "ກ້ານ ແລະ ຝຸ່ນຊາ", "Cẫng và vụn chè", "茶梗茶末"),
         package=_KRAFT_BAG, is_by_product=True, needs_reader=readers("lo vi")),
)  # fmt: skip

STEPS = (
    # green
    Step("fresh_leaf", "fixed_leaf", "fix", band("0.6", "0.75", "0.95"), low(GENERAL), losses=("moisture",),
         only_water_leaves=True),
    Step("fixed_leaf", "raw_green_tea", "make_tea", band("0.24", "0.3", "0.4"), low(GENERAL), losses=("moisture",),
         only_water_leaves=True),
    Step("fresh_leaf", "raw_green_tea", "make_tea", band("0.165", "0.215", "0.265"),
         high(TEACN, TEAVN, TEADE, note="4-5:1; dry spell 3.8, rain-wet leaf 6; water 75-80 %"),
         losses=("moisture", "dust"), only_water_leaves=True),
    Step("raw_green_tea", "green_tea", "sort", band("0.6", "0.9", "0.98"),
         medium(TEACN, note="stem, yellow leaf, dust"), losses=("sorting", "dust"), by_products=("stem_and_dust",)),
    # black
    Step("fresh_leaf", "withered_leaf", "wither", band("0.45", "0.6", "0.75"), medium(TEAWITH, note="water 25-55 %"),
         losses=("moisture",), only_water_leaves=True),
    Step("withered_leaf", "raw_black_tea", "make_tea", band("0.3", "0.37", "0.48"), low(GENERAL),
         losses=("moisture", "dust"), only_water_leaves=True),
    Step("fresh_leaf", "raw_black_tea", "make_tea", band("0.18", "0.22", "0.26"),
         high(TEADE, TEAVN, TEACN, note="23 % in a lexicon; 20 % over all Viet Nam"),
         losses=("moisture", "dust"), only_water_leaves=True),
    Step("raw_black_tea", "black_tea", "sort", band("0.85", "0.94", "0.99"),
         low(GENERAL, note="fibre, dust, refuse tea"), losses=("sorting", "dust"), by_products=("stem_and_dust",)),
    # oolong
    Step("fresh_leaf", "oolong_withered_leaf", "wither", band("0.7", "0.82", "0.92"), low(GENERAL),
         losses=("moisture",), only_water_leaves=True),
    Step("fresh_leaf", "raw_oolong_tea", "make_tea", band("0.18", "0.22", "0.27"), medium(TEACN),
         losses=("moisture", "dust"), only_water_leaves=True),
    Step("raw_oolong_tea", "oolong_tea", "sort", band("0.6", "0.8", "0.93"),
         medium(TEACN, note="0.6 of raw when the stems are picked; roast loss"),
         losses=("sorting", "moisture", "dust"), by_products=("stem_and_dust",)),
    # old-tree shan
    Step("shan_fresh_leaf", "raw_shan_tea", "make_tea", band("0.17", "0.215", "0.26"), medium(TEACN, GENERAL),
         losses=("moisture", "dust"), only_water_leaves=True),
    Step("raw_shan_tea", "shan_tea", "sort", band("0.8", "0.92", "0.98"), low(GENERAL, note="yellow leaf, stem"),
         losses=("sorting", "dust"), by_products=("stem_and_dust",)),
    Step("shan_tea", "shan_cake", "press", band("0.96", "0.99", "1.02"), low(GENERAL, note="crumbs; takes up steam"),
         losses=("dust",), added=("steam",)),
)  # fmt: skip

YIELDS = (
    Yield("fresh_leaf", Per.BEARING_HECTARE_YEAR, (tonnes("5"), tonnes("12")), tonnes("25"),
          high(TEAVN, note="for green tea; mean of Viet Nam 8 in 2014"), region="green tea gardens"),
    Yield("fresh_leaf", Per.BEARING_HECTARE_YEAR, (tonnes("6"), tonnes("14")), tonnes("28"),
          medium(TEAVN, GENERAL), region="black tea gardens"),
    Yield("fresh_leaf", Per.BEARING_HECTARE_YEAR, (tonnes("6"), tonnes("12")), tonnes("22"), low(GENERAL),
          region="oolong gardens"),
    Yield("shan_fresh_leaf", Per.BEARING_HECTARE_YEAR, (tonnes("2"), tonnes("5")), tonnes("10"),
          high(TEAHG, note="67,250 t on 18,070 ha gives 3.7"), region="Ha Giang, mixed shan"),
    Yield("shan_fresh_leaf", Per.TREE_YEAR, (kg("3"), kg("15")), kg("40"),
          low(GENERAL, note="register old trees one by one; no measured page was found")),
)  # fmt: skip

LIMITS = (
    limit(N_("Water extract"), "32", None, "%", "ISO 3720, ISO 11287", high(TEAISO)),
    limit(N_("Total ash"), "4", "8", "%", "ISO 3720, ISO 11287", high(TEAISO)),
    limit(N_("Crude fibre"), None, "16.5", "%", "ISO 3720, ISO 11287", high(TEAISO)),
    limit(N_("Moisture"), None, "7.5", "%", N_("trade of Viet Nam; TCVN 9740 (ISO 11287)"), medium(TEAHAM),
          form="green_tea"),
    limit(N_("Moisture"), None, "7.5", "%", "TCVN 1454 (ISO 3720)", low(GENERAL, note="7 to 7.5"), form="black_tea"),
    limit(N_("Moisture"), None, "7", "%", "GB/T 30357.1-2013", low(OOLGB, note="not read"), form="oolong_tea"),
    limit(N_("Polyphenols"), "11", None, "%", "ISO 11287", medium(TEAISO, note="the columns of the page are in doubt"),
          form="green_tea"),
    limit(N_("Polyphenols"), "9", None, "%", "ISO 3720", medium(TEAISO), form="black_tea"),
)  # fmt: skip

COMMODITY = Commodity(
    key="tea",
    scientific_name="Camellia sinensis",
    names=names("Tea", "ຊາ", "Chè", "茶叶", th="ชา", ja="茶"),
    forms=FORMS,
    steps=STEPS,
    chains=(("fresh_leaf", "raw_green_tea", "green_tea"), ("fresh_leaf", "raw_black_tea", "black_tea"),
            ("fresh_leaf", "raw_oolong_tea", "oolong_tea"), ("shan_fresh_leaf", "raw_shan_tea", "shan_tea")),
    yields=YIELDS,
    limits=LIMITS,
    seasons=(
        Season("Bolaven", 1, 12, low(GENERAL, note="peak May to November")),
        Season("North Laos", 3, 11, low(GENERAL)),
        Season("Son La", 3, 11, low(GENERAL)),
        Season("Son La, old trees, spring", 3, 5, low(GENERAL)),
        Season("Son La, old trees, autumn", 8, 10, low(GENERAL)),
    ),
    grades=("A", "B", "C", "R"),
    label_fields=("product", "variety", "grade", "origin", "plant_registration", "packed_on", "best_before", "lot",
                  "net_mass", "unit_count"),
    storage="Under 6-7 % moisture, dry and dark: green 12-18 months, black 24-36 (unconfirmed).",
    fraud_patterns=(
        "Leaf of sprayed gardens bought into a VietGAP lot.",
        "Old leaf dyed or scented; refuse tea blended back; coarse winter leaf declared as grade A.",
        "A famous name on leaf of another province; Vietnamese oolong sent on as Taiwan high-mountain tea.",
        "Garden shan sold as hundred-year tree; volume above the registered trees.",
        "Leaf of Phongsaly sold as Yunnan Pu'er, and the reverse.",
    ),
    eudr=False,
    eudr_note="Out of scope.",
    bearing=Bearing(3, 8, "full at 6 to 8 years; planted shan bears at 4 to 5"),
)  # fmt: skip
