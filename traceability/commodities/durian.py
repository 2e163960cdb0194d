"""Durian, fresh and frozen in one file, so that fruit refused as fresh is still followed when it becomes pulp."""

from __future__ import annotations

from typing import Final

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
    ASEANDURI,
    DL20,
    DL40,
    DT361,
    DURIAN1,
    DURIANCN,
    DURINFO,
    GENERAL,
    KRADUM,
    MPS,
    NAMED,
    PAULL,
    TCVNDURI,
    VNE,
)
from traceability.words import N_

DRY_MATTER: Final = number_field(
    "dry_matter_percent", names("Dry matter", "ທາດແຫ້ງ", "Hàm lượng chất khô", "干物质"), "%", "15", "50", decimals=1
)
_CRATE = Package("crate", kg("10"), kg("40"), low(GENERAL, note="field crates are not standard"))
_CARTON = Package("box", kg("9"), kg("20"), medium(GENERAL, note="18 kg to China; 10 and 12 kg also, 4-6 fruit"))
_FROZEN_CARTON = Package("box", kg("5"), kg("20"), low(GENERAL, note="10 kg carton; trays of 400-500 g"))

FORMS = (
    Form("field_fruit", names("Durian from the field", "ທຸລຽນຈາກສວນ", "Sầu riêng tươi tại vườn", "田间榴莲鲜果"),
         "081060", package=_CRATE, intake=DRY_MATTER, is_intake=True, needs_reader=readers("lo zh")),
    Form("graded_fruit", names("Fresh durian", "ທຸລຽນສົດ", "Sầu riêng tươi", "鲜榴莲"), "081060",
         package=_CARTON, is_export=True, needs_reader=readers("lo")),
    Form("ripened_fruit", names("Ripened durian", "ທຸລຽນສຸກ", "Sầu riêng chín", "成熟榴莲"), "081060",
         package=_CRATE, needs_reader=readers("lo")),
    Form("rejected_fruit", names("Rejected durian", "ທຸລຽນທີ່ຄັດອອກ", "Sầu riêng bị loại", "剔除榴莲"), "081060",
         package=_CRATE, is_by_product=True, needs_reader=readers("lo zh")),
    Form("frozen_whole", names("Frozen whole durian", "ທຸລຽນແຊ່ແຂງທັງໝາກ", "Sầu riêng nguyên trái cấp đông",
                               "冷冻整果榴莲"), "081190", package=_FROZEN_CARTON, is_export=True,
         needs_reader=readers("lo")),
    Form("pulp_with_seed", names("Durian pulp with seed", "ເນື້ອທຸລຽນມີເມັດ", "Cơm sầu riêng còn hạt", "带核榴莲果肉"),
         "081190", package=_FROZEN_CARTON, is_export=True, needs_reader=readers("lo"), hs_note="when frozen"),
    Form("seedless_pulp", names("Frozen durian pulp", "ເນື້ອທຸລຽນແຊ່ແຂງ", "Cơm sầu riêng cấp đông", "冷冻榴莲果肉"),
         "081190", package=_FROZEN_CARTON, is_export=True, needs_reader=readers("lo"), hs_note="without seed"),
    Form("puree", names("Durian puree", "ທຸລຽນບົດ", "Sầu riêng xay nhuyễn", "榴莲果泥"), "081190",
         package=_FROZEN_CARTON, is_export=True, needs_reader=readers("lo"),
         hs_note="raw and frozen; cooked or sweetened puree and paste are 200799 or 200899"),
    Form("freeze_dried", names("Freeze-dried durian", "ທຸລຽນອົບແຫ້ງແຊ່ແຂງ", "Sầu riêng sấy thăng hoa", "冻干榴莲"),
         "081340", is_export=True, needs_reader=readers("lo")),
    Form("husk_and_seed", names("Durian husk and seed", "ເປືອກ ແລະ ເມັດທຸລຽນ", "Vỏ và hạt sầu riêng", "榴莲壳与核"),
         is_by_product=True, needs_reader=readers("lo")),
)  # fmt: skip

_WHOLE = ("field_fruit", "graded_fruit", "ripened_fruit", "rejected_fruit")

STEPS = (
    Step("field_fruit", "graded_fruit", "grade", band("0.7", "0.88", "0.97"),
         low(GENERAL, note="C grade, borers, unripe, short locules; rejected fruit must appear as its own lot"),
         losses=("sorting", "spoiled"), by_products=("rejected_fruit",)),
    Step("graded_fruit", "ripened_fruit", "hold", band("0.9", "0.96", "0.99"),
         low(DURIAN1, GENERAL, note="one fruit lost 3.1 % overnight"), losses=("moisture", "spoiled")),
    *(Step(whole, "frozen_whole", "freeze", band("0.94", "0.98", "1"), low(GENERAL), losses=("moisture", "spoiled"))
      for whole in _WHOLE),
    *(Step(whole, "pulp_with_seed", "open", band("0.28", "0.36", "0.45"),
           medium(DURIAN1, DURIANCN, note="husk 55-65 %; one fruit gave 0.39"),
           losses=("peel", "spoiled"), by_products=("husk_and_seed",)) for whole in _WHOLE),
    *(Step(whole, "seedless_pulp", "open", band("0.2", "0.3", "0.35"),
           high(PAULL, DURINFO, DURIANCN, note="Monthong above 0.30, others 0.20-0.28; 0.35 is the published ceiling"),
           losses=("peel", "seed", "spoiled"), by_products=("husk_and_seed",)) for whole in _WHOLE),
    Step("pulp_with_seed", "seedless_pulp", "seed", band("0.7", "0.82", "0.92"), low(GENERAL),
         losses=("seed",), by_products=("husk_and_seed",)),
    Step("seedless_pulp", "puree", "puree", band("0.88", "0.95", "0.99"), low(GENERAL), losses=("fibre", "waste")),
    Step("seedless_pulp", "freeze_dried", "freeze_dry", band("0.28", "0.36", "0.44"), medium(GENERAL),
         losses=("moisture",), only_water_leaves=True),
)  # fmt: skip

YIELDS = (
    Yield("field_fruit", Per.BEARING_HECTARE_YEAR, (tonnes("10"), tonnes("25")), tonnes("40"),
          high(DL20, DL40, note="district mean 20.2; the best gardens of 10-15 years give 35-40"),
          cap_basis="gardens of 35-40 t reported", cap_confidence=Confidence.MEDIUM),
    Yield("field_fruit", Per.PLANTED_HECTARE_YEAR, (tonnes("7"), tonnes("10")), tonnes("25"),
          high(VNE, note="1.2 Mt on 154,000 ha gives 7.8")),
    Yield("field_fruit", Per.TREE_YEAR, (kg("80"), kg("200")), kg("400"),
          medium(DL40, DT361, note="196 and 361 kg reported, mature trees"),
          cap_basis="361 kg reported", cap_confidence=Confidence.MEDIUM),
)  # fmt: skip

LIMITS = (
    limit(N_("Dry matter, Monthong"), "32", None, "%", "Thai TAS 3 (2013)",
          medium(GENERAL, note="a higher export rule may apply")),
    limit(N_("Dry matter, Chanee"), "30", None, "%", "Thai TAS 3", medium(KRADUM)),
    limit(N_("Dry matter, Kradum"), "27", None, "%", "Thai TAS 3", medium(KRADUM)),
    limit(N_("Abnormal pulp"), None, "5", "% of edible part", "ASEAN Stan 1, TCVN 10739:2015",
          high(ASEANDURI, TCVNDURI)),
    limit(N_("Fertile locules, Extra class"), "4", None, "", "ASEAN Stan 1", high(ASEANDURI), form="graded_fruit"),
    rule(N_("Basic Yellow 2"), "not detected", "China GACC", high(MPS)),
    limit(N_("Cadmium"), None, "0.05", "mg/kg", "GB 2762", medium(NAMED)),
    limit(N_("Core temperature"), None, "-18", "°C", N_("Codex quick-frozen practice"), medium(GENERAL),
          form="seedless_pulp"),
    rule(N_("Total plate count, E. coli"), "by buyer", "GB 19295 or buyer", low(GENERAL), form="seedless_pulp"),
)  # fmt: skip

COMMODITY = Commodity(
    key="durian",
    scientific_name="Durio zibethinus",
    names=names("Durian", "ທຸລຽນ", "Sầu riêng", "榴莲", th="ทุเรียน", ja="ドリアン"),
    forms=FORMS,
    steps=STEPS,
    chains=(("field_fruit", "graded_fruit"),),
    yields=YIELDS,
    limits=LIMITS,
    seasons=(
        Season("Bolaven", 5, 8, low(GENERAL)),
        Season("Central Highlands of Viet Nam", 7, 10, low(GENERAL)),
        Season("Mekong delta, main", 4, 6, low(GENERAL)),
        Season("Mekong delta, off-season", 10, 3, low(GENERAL)),
    ),
    grades=("A", "B", "C", "R"),
    label_fields=("product", "variety", "origin", "orchard_registration", "packing_house_registration", "packed_on",
                  "lot", "net_mass", "unit_count", "destination_sentence"),
    storage="Unripe 14-16 °C at 85-90 % humidity, 10-15 days; ripe 13-15 °C, 7-14 days; never below 13 °C "
            "(DOAE, Thailand). Frozen at -18 °C or colder, 18-24 months (unconfirmed).",
    fraud_patterns=(
        "A planting-area code lent, traded or forged, or used above its hectares over all exporters.",
        "False cadmium or Basic Yellow 2 tests.",
        "Immature fruit dipped; harvest outside the season of the zone.",
        "Fruit of another province or country under a code of Viet Nam.",
        "Fruit refused as fresh for Basic Yellow 2 or cadmium, then sent as pulp.",
        "Pulp outturn above 0.35, which hides unregistered fruit.",
    ),
    must_pass={"CN": ("basic_yellow_2", "cadmium")},  # each lot, by laboratories that GACC knows
    eudr=False,
    eudr_note="Out of scope.",
    bearing=Bearing(4, 8, "first fruit at 4 to 5 years, Monthong at 6 to 8"),
    varieties=(
        names("Monthong", "ໝອນທອງ", "Monthong", "金枕", th="หมอนทอง", ja="モントーン"),
        names("Chanee", "ຊະນີ", "Chanee", "青尼", th="ชะนี"),
        names("Kan Yao", "ກ້ານຍາວ", "Kan Yao", "干尧", th="ก้านยาว"),
        names("Musang King", "", "Musang King", "猫山王"),
    ),
    trade_units=(TradeUnit("carton", kg("18"), "Thailand and Viet Nam to China"),
                 TradeUnit("tạ", kg("100"), "Viet Nam")),
)  # fmt: skip
