"""The words all commodities share, in four languages: losses, additions, verbs and counting units.

Every Lao phrase here that was put together from single words awaits a native reader (NEEDS_READER).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from traceability.commodities._shape import names
from traceability.domain.dossier import Names
from traceability.words import N_

NEEDS_READER: Final = frozenset({"lo"})

# Mass that leaves and is not kept as a lot of its own.
LOSSES: Final[Mapping[str, Names]] = {
    "moisture":   names("Moisture",            "ຄວາມຊຸ່ມ",          "Hơi ẩm",                 "水分"),
    "pulp":       names("Pulp",                "ເນື້ອໝາກ",           "Thịt quả",               "果肉"),
    "mucilage":   names("Mucilage",            "ຢາງເມືອກ",          "Nhớt",                   "果胶"),
    "husk":       names("Husk",                "ເປືອກແຫ້ງ",          "Vỏ trấu",                "外壳"),
    "peel":       names("Peel",                "ເປືອກ",             "Vỏ",                     "果皮"),
    "seed":       names("Seed or stone",       "ເມັດ",              "Hạt",                    "果核"),
    "stalk":      names("Stalk and leaf",      "ກ້ານ ແລະ ໃບ",        "Cuống và lá",            "枝叶"),
    "sorting":    names("Sorted out",          "ຄັດອອກ",            "Loại bỏ khi phân loại",  "挑选剔除"),
    "spoiled":    names("Spoiled",             "ເສຍຫາຍ",            "Hư hỏng",                "变质"),
    "trimming":   names("Trimmings",           "ເສດຕັດແຕ່ງ",         "Phần cắt tỉa",           "修整损耗"),
    "dust":       names("Dust and crumbs",     "ຂີ້ຝຸ່ນ ແລະ ເສດ",       "Bụi và vụn",             "粉尘碎屑"),
    "chaff":      names("Chaff and gas",       "ເຫຍື່ອ ແລະ ອາຍ",      "Vỏ lụa và khí",          "银皮与气体"),
    "grounds":    names("Spent grounds",       "ກາກກາເຟ",           "Bã cà phê",              "咖啡渣"),
    "extract":    names("Caffeine and waxes",  "ຄາເຟອີນ ແລະ ຂີ້ເຜິ້ງ",   "Caffeine và sáp",        "咖啡因与蜡质"),
    "fibre":      names("Fibre",               "ເສັ້ນໃຍ",            "Xơ",                     "纤维"),
    "dead":       names("Dead on arrival",     "ຕາຍກ່ອນຮອດ",        "Chết khi đến nơi",       "到货死亡"),
    "blood":      names("Blood",               "ເລືອດ",             "Máu",                    "血水"),
    "drip":       names("Drip",                "ນ້ຳຢົດ",             "Nước rỉ",                "滴水损失"),
    "transit":    names("Lost on the way",     "ສູນເສຍລະຫວ່າງທາງ",     "Hao hụt vận chuyển",     "途中损耗"),
    "weighing":   names("Weighing difference", "ສ່ວນຕ່າງການຊັ່ງ",      "Chênh lệch cân",         "称量差额"),
    "waste":      names("Waste",               "ສິ່ງເສດເຫຼືອ",         "Phế thải",               "废料"),
    "sample":     names("Samples",             "ຕົວຢ່າງ",            "Mẫu",                    "样品"),
    "processing": names("Processing, not named", "ການແປຮູບ, ບໍ່ໄດ້ລະບຸ", "Chế biến, không ghi rõ", "加工损耗（未注明）"),
    "packing":    names("Packing, not named",  "ການຫຸ້ມຫໍ່, ບໍ່ໄດ້ລະບຸ",  "Đóng gói, không ghi rõ", "包装损耗（未注明）"),
    "destroyed":  names("Destroyed",           "ທຳລາຍ",             "Tiêu hủy",               "销毁"),
    "unrecorded": names("Not recorded",        "ບໍ່ໄດ້ບັນທຶກ",         "Không được ghi chép",    "未记录"),
    "adjustment": names("Count adjustment",    "ປັບຍອດ",            "Điều chỉnh kiểm kê",     "盘点调整"),
}  # fmt: skip

# Mass that is put in, and must be booked as an input of its own.
ADDITIONS: Final[Mapping[str, Names]] = {
    "sugar": names("Sugar",       "ນ້ຳຕານ",    "Đường",         "糖"),
    "water": names("Soak water",  "ນ້ຳແຊ່",     "Nước ngâm",     "浸泡水"),
    "glaze": names("Glaze",       "ນ້ຳກ້ອນເຄືອບ", "Lớp mạ băng",   "镀冰衣"),
    "steam": names("Steam",       "ອາຍນ້ຳ",    "Hơi nước",      "蒸汽"),
}  # fmt: skip

# What people do to one form to get the next.
VERBS: Final[Mapping[str, Names]] = {
    "sort":         names("Sort",               "ຄັດແຍກ",             "Phân loại",              "挑选"),
    "grade":        names("Grade",              "ຈັດຊັ້ນ",              "Phân hạng",              "分级"),
    "wet_mill":     names("Pulp and wash",      "ປອກເປືອກ ແລະ ລ້າງ",    "Xát vỏ và rửa",          "脱皮水洗"),
    "dry":          names("Dry",                "ຕາກແຫ້ງ",            "Phơi/sấy khô",           "干燥"),
    "hull":         names("Hull",               "ສີເອົາເປືອກອອກ",       "Xát vỏ trấu",            "脱壳"),
    "mill":         names("Mill",               "ແປຮູບກາເຟດິບ",        "Chế biến thành nhân",    "加工成生豆"),
    "roast":        names("Roast",              "ຂົ້ວ",                "Rang",                   "烘焙"),
    "extract":      names("Extract",            "ສະກັດ",              "Trích ly",               "萃取"),
    "decaffeinate": names("Decaffeinate",       "ເອົາຄາເຟອີນອອກ",      "Khử caffeine",           "脱咖啡因"),
    "hold":         names("Ripen in store",     "ບົ່ມໃຫ້ສຸກ",            "Ủ chín",                 "存放后熟"),
    "open":         names("Open the fruit",     "ແກະໝາກ",             "Tách múi",               "开果取肉"),
    "peel":         names("Peel and stone",     "ປອກເປືອກ ເອົາເມັດອອກ",  "Gọt vỏ, bỏ hạt",         "去皮去核"),
    "seed":         names("Take out the seed",  "ເອົາເມັດອອກ",          "Tách hạt",               "去核"),
    "puree":        names("Make puree",         "ປັ່ນ",                "Nghiền nhuyễn",          "打浆"),
    "freeze":       names("Freeze",             "ແຊ່ແຂງ",             "Cấp đông",               "冷冻"),
    "freeze_dry":   names("Freeze-dry",         "ແຊ່ແຂງອົບແຫ້ງ",        "Sấy thăng hoa",          "冻干"),
    "sugar_dry":    names("Infuse and dry",     "ແຊ່ນ້ຳຕານ ແລະ ອົບແຫ້ງ",  "Ngâm đường và sấy",      "糖渍干燥"),
    "strip":        names("Strip and grade",    "ປິດຂົ້ວ ແລະ ຈັດຊັ້ນ",     "Bứt cuống và phân hạng", "去梗分级"),
    "fix":          names("Fix",                "ຄົ້ວຂ້າຂຽວ",           "Diệt men",               "杀青"),
    "wither":       names("Wither",             "ຜຶ່ງໃຫ້ຫ່ຽວ",           "Làm héo",                "萎凋"),
    "make_tea":     names("Make tea",           "ແປຮູບຊາ",            "Chế biến chè",           "制茶"),
    "press":        names("Steam and press",    "ໜຶ້ງ ແລະ ອັດກ້ອນ",      "Hấp và ép bánh",         "蒸压"),
    "haul":         names("Haul",               "ຂົນສົ່ງປາ",           "Vận chuyển cá",          "活鱼运输"),
    "fillet":       names("Fillet",             "ແລ່ປາ",              "Phi lê",                 "切片"),
    "trim":         names("Skin and trim",      "ລອກໜັງ ຕັດແຕ່ງ",       "Lạng da, chỉnh hình",    "去皮修整"),
    "soak":         names("Soak",               "ແຊ່ນ້ຳ",              "Ngâm quay",              "浸泡"),
    "glaze":        names("Freeze and glaze",   "ແຊ່ແຂງ ແລະ ເຄືອບນ້ຳກ້ອນ", "Cấp đông và mạ băng",    "冷冻镀冰"),
    "render":       names("Render",             "ແຍກນ້ຳມັນ",           "Nấu tách mỡ",            "炼制"),
}  # fmt: skip

# What goods are counted in beside their mass.
UNITS: Final[Mapping[str, Names]] = {
    "bag":    names("Bag",    "ເປົາ",   "Bao",   "袋"),
    "box":    names("Box",    "ກ່ອງ",   "Thùng", "箱"),
    "crate":  names("Crate",  "ລັງ",    "Sọt",   "筐"),
    "basket": names("Basket", "ກະຕ່າ",  "Rổ",    "篮"),
}  # fmt: skip

# What a label of this commodity must carry, in words for the screen that says what is missing.
LABEL_FIELDS: Final[Mapping[str, str]] = {
    "product": N_("Product"),
    "variety": N_("Variety"),
    "grade": N_("Grade"),
    "origin": N_("Origin"),
    "crop_year": N_("Crop year"),
    "lot": N_("Lot"),
    "net_mass": N_("Net weight"),
    "unit_count": N_("Unit number"),
    "packed_on": N_("Packing date"),
    "best_before": N_("Best before"),
    "ico_mark": N_("ICO mark"),
    "orchard_registration": N_("Orchard registration number"),
    "packing_house_registration": N_("Packing house registration number"),
    "plant_registration": N_("Plant registration number"),
    "pond_registration": N_("Pond registration number"),
    "destination_sentence": N_("Destination sentence"),
    "glaze": N_("Glaze"),
    "storage_temperature": N_("Storage temperature"),
}
