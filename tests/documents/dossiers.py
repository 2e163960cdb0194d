"""Sample dossiers for the tests of paper and page: invented people, codes and companies, real words and lengths.

`coffee()` 42 farms on the Bolaven plateau -> one batch of 26 bags; `mango()` a Son La cooperative; `durian()` a
Champasak packing house sending to China; `longest()` the longest names a clerk will ever type.
"""

# Tables of facts read best as lines.
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from traceability.domain.dossier import (
    Alert,
    Balance,
    Certificate,
    ClaimResult,
    Dossier,
    Marks,
    Measurement,
    Names,
    Place,
    RegistrationMark,
    Share,
    Standing,
    Status,
    Step,
    Who,
)
from traceability.errors import Sentence

BOLAVEN = Place("LA", "ຈຳປາສັກ", "ປາກຊ່ອງ")
SON_LA = Place("VN", "Sơn La", "", "Bản Nà Lạc, xã Mường Bú")
PHONE = "+856 20 5550 0142"


def names(en: str, lo: str = "", vi: str = "", zh: str = "") -> Names:
    """Names in the languages given."""
    by_language = {"en": en, "lo": lo, "vi": vi, "zh": zh}
    return Names({language: text for language, text in by_language.items() if text})


def shares(mass_g: int, farms: int, place: Place, village: str) -> tuple[Share, ...]:
    """`farms` shares that fall from large to small and sum to `mass_g` and to 1000 tenths exactly."""
    weights = [2 * farms - at for at in range(farms)]
    masses = [mass_g * weight // sum(weights) for weight in weights]
    masses[0] += mass_g - sum(masses)
    tenths = [mass * 1000 // mass_g for mass in masses]
    for at in range(1000 - sum(tenths)):
        tenths[at % farms] += 1
    return tuple(
        Share(
            label=f"{at + 1:02d}",
            name="Amina Phommachan" if at == 1 else "",
            place=replace(place, village=village),
            area_m2=9_000 + 350 * at if at % 5 else None,
            plot_known=bool(at % 7),
            mass_g=masses[at],
            tenths=tenths[at],
        )
        for at in range(farms)
    )


def step(kind: str, day: datetime, who: Names, place: Place, in_g: int, out_g: int, **more: object) -> Step:
    """One line of the journey, at UTC+7."""
    values: dict[str, object] = {"events": 1, "detail": "", "last_at": day} | more
    return Step(
        event_code=f"E{kind[:3].upper()}{day:%m%d}",
        kind=kind,
        first_at=day,
        zone_minutes=420,
        who=who,
        place=place,
        in_g=in_g,
        out_g=out_g,
        **values,  # type: ignore[arg-type]
    )


def coffee() -> Dossier:
    """42 farms -> cherry 9 750 kg -> parchment 2 010 kg -> green 1 560 kg in 26 bags of 60 kg."""
    who = names("Bolaven Highland Coffee Cooperative", "ສະຫະກອນກາເຟພູພຽງບໍລະເວນ", "", "波罗芬高原咖啡合作社")
    miller = names("Paksong Dry Mill", "ໂຮງສີກາເຟປາກຊ່ອງ")
    village = "ບ້ານ ໜອງຫຼວງ"
    start = datetime(2026, 1, 12, 2, 30, tzinfo=UTC)
    mass = 1_560_000
    return Dossier(
        code="7K3QX9MB",
        lot_number="BHC-2026-0417",
        version=2,
        status=Status.RELEASED,
        alerts=(),
        superseded_by="",
        demo=False,
        issuer=Who(who, "cooperative", BOLAVEN, PHONE, "ບ້ານ ໜອງຫຼວງ, ເມືອງ ປາກຊ່ອງ, ແຂວງ ຈຳປາສັກ"),
        commodity="arabica_coffee",
        commodity_names=names("Arabica coffee", "ກາເຟອາຣາບິກາ", "Cà phê Arabica", "阿拉比卡咖啡"),
        form="green",
        form_names=names("Green coffee", "ກາເຟດິບ", "Cà phê nhân", "生咖啡豆"),
        variety="Catimor",
        grade="Grade 1, screen 16+",
        hs="090111",
        custody="segregated",
        mass_g=mass,
        unit="bag",
        unit_count=26,
        unit_mass_g=60_000,
        marks=Marks(ico="105/3/285", container="TGHU 481223 7", seal="004512"),
        destination="DE",
        crop_year="2025/26",
        harvested_from=date(2025, 11, 20),
        harvested_to=date(2026, 1, 14),
        packed_on=date(2026, 3, 2),
        best_before=None,
        sealed_at=datetime(2026, 3, 2, 8, 15, tzinfo=UTC),
        released_at=datetime(2026, 3, 4, 2, 40, tzinfo=UTC),
        zone_minutes=420,
        origin=BOLAVEN,
        farms=42,
        plots=51,
        area_m2=583_000,
        journey=(
            step("weigh_in", start, who, replace(BOLAVEN, village=village), 9_750_000, 9_750_000, events=96,
                 last_at=start + timedelta(days=9)),
            step("form_lot", start + timedelta(days=9), who, BOLAVEN, 9_750_000, 9_750_000),
            step("process", start + timedelta(days=10), who, BOLAVEN, 9_750_000, 2_010_500, form=names("Parchment")),
            step("dispatch", start + timedelta(days=40), who, BOLAVEN, 2_010_500, 2_010_500, detail="ກຂ 4417"),
            step("receive", start + timedelta(days=41), miller, BOLAVEN, 2_010_500, 2_009_000),
            step("process", start + timedelta(days=44), miller, BOLAVEN, 2_009_000, mass, form=names("Green coffee")),
            step("pack", start + timedelta(days=49), who, BOLAVEN, mass, mass, detail="26 × 60 kg"),
        ),
        shares=shares(mass, 42, BOLAVEN, village),
        nodes=(),
        edges=(),
        claims=(
            ClaimResult("Organic (EU)", "segregated", True, mass, mass, Sentence("Organic (EU): the whole batch.")),
        ),
        certificates=(
            Certificate("Organic (EU)", "LA-BIO-149-0042", "Mekong Certification", who,
                        date(2025, 9, 1), date(2026, 8, 31), Standing.EXPIRING, 20),
            Certificate("Fairtrade", "FLO 90417", "Fair Check", who,
                        date(2025, 5, 1), date(2028, 4, 30), Standing.VALID, 700),
        ),
        registrations=(RegistrationMark("ico_exporter", "105-0003", who, Standing.VALID),),
        measurements=(
            Measurement("moisture", "11.8", "%", date(2026, 2, 27), "Paksong Dry Mill", "ISO 6673", True, "BHC-2026-0417"),
            Measurement("sca_score", "86.25", "", date(2026, 3, 1), "Bakari's cupping table", "SCA", True, "BHC-2026-0417"),
            Measurement("water_activity", "0.55", "aw", date(2026, 3, 1), "Paksong Dry Mill", "", None, "BHC-2026-0417"),
        ),
        balance=Balance(9_750_000, {"pulp": 7_739_500, "husk": 421_000, "sorting": 28_000}, 0, 0, mass),
        changes=(),
        findings=(),
        as_of=date(2026, 11, 20),
        journal_seq=4_211,
        digest=sha256(b"coffee").hexdigest(),
    )  # fmt: skip


def mango() -> Dossier:
    """18 households of a Son La cooperative -> 4 812,5 kg of graded mango in 481 boxes, and a loose rest."""
    who = names("Mường Bú Mango Cooperative", "", "Hợp tác xã Xoài Mường Bú", "孟布芒果合作社")
    start = datetime(2026, 6, 3, 0, 20, tzinfo=UTC)
    mass = 4_812_500
    return replace(
        coffee(),
        code="M4WQ2RTZ",
        lot_number="XMB-0603-02",
        version=1,
        issuer=Who(who, "cooperative", SON_LA, "+84 912 555 014", "Bản Nà Lạc, xã Mường Bú, tỉnh Sơn La"),
        commodity="mango",
        commodity_names=names("Mango", "ໝາກມ່ວງ", "Xoài", "芒果"),
        form="graded_fresh",
        form_names=names("Fresh mango", "ໝາກມ່ວງສົດ", "Xoài tươi", "鲜芒果"),
        variety="Đài Loan (GL4)",
        grade="Loại 1",
        hs="080450",
        mass_g=mass,
        unit="box",
        unit_count=482,
        unit_mass_g=None,
        marks=Marks(vehicle="26C-115.47"),
        destination="JP",
        crop_year="2026",
        harvested_from=date(2026, 6, 1),
        harvested_to=date(2026, 6, 2),
        packed_on=date(2026, 6, 3),
        best_before=date(2026, 6, 24),
        released_at=datetime(2026, 6, 3, 9, 5, tzinfo=UTC),
        origin=SON_LA,
        farms=18,
        plots=18,
        area_m2=201_000,
        journey=(
            step("weigh_in", start, who, SON_LA, 5_940_000, 5_940_000, events=18),
            step("process", start + timedelta(hours=4), who, SON_LA, 5_940_000, mass, detail="Xoài loại 1"),
            step("pack", start + timedelta(hours=8), who, SON_LA, mass, mass),
        ),
        shares=shares(mass, 18, SON_LA, "Bản Nà Lạc"),
        claims=(),
        certificates=(
            Certificate("VietGAP", "VG-TT-20-26-0142", "Trung tâm Chứng nhận Tây Bắc", who,
                        date(2025, 2, 1), date(2027, 1, 31), Standing.VALID, 400),
        ),
        registrations=(
            RegistrationMark("growing_area", "VN-SLOR-0142", who, Standing.VALID),
            RegistrationMark("packing_house", "VN-SLPH-014", who, Standing.VALID),
        ),
        measurements=(
            Measurement("brix", "12.5", "°Bx", date(2026, 6, 3), "Hợp tác xã Xoài Mường Bú", "", True, "XMB-0603-02"),
        ),
        digest=sha256(b"mango").hexdigest(),
    )  # fmt: skip


def durian() -> Dossier:
    """9 orchards -> 17 928 kg of durian in 996 boxes of 18 kg, by rail to China."""
    place = Place("LA", "Champasak", "Paksong")
    who = names("Champa Fruit Packing Co., Ltd", "ບໍລິສັດ ຈຳປາ ໝາກໄມ້ ຈຳກັດ", "", "占巴水果包装有限公司")
    start = datetime(2026, 5, 13, 1, 0, tzinfo=UTC)
    mass = 17_928_000
    return replace(
        coffee(),
        code="D8RN5KHC",
        lot_number="26134-03",
        version=1,
        issuer=Who(who, "packing_house", place, "+856 20 5550 0177", "ທາງເລກ 16, ເມືອງ ປາກຊ່ອງ, ແຂວງ ຈຳປາສັກ"),
        commodity="durian",
        commodity_names=names("Durian", "ທຸລຽນ", "Sầu riêng", "榴莲"),
        form="fresh",
        form_names=names("Fresh durian", "ທຸລຽນສົດ", "Sầu riêng tươi", "鲜榴莲"),
        variety="Monthong",
        variety_names=names("Monthong", "ໝອນທອງ", "", "金枕"),
        grade="A",
        hs="081060",
        mass_g=mass,
        unit="box",
        unit_count=996,
        unit_mass_g=18_000,
        marks=Marks(container="CRXU 733104 2", seal="LA0091177"),
        destination="CN",
        crop_year="2026",
        harvested_from=date(2026, 5, 11),
        harvested_to=date(2026, 5, 13),
        packed_on=date(2026, 5, 14),
        best_before=None,
        released_at=datetime(2026, 5, 14, 11, 0, tzinfo=UTC),
        origin=place,
        farms=9,
        plots=11,
        area_m2=412_000,
        journey=(
            step("weigh_in", start, who, place, 19_240_000, 19_240_000, events=31),
            step("process", start + timedelta(hours=20), who, place, 19_240_000, mass, detail="Grade A"),
            step("inspect", start + timedelta(hours=24), who, place, 0, 0),
            step("pack", start + timedelta(hours=28), who, place, mass, mass),
            step("ship", start + timedelta(hours=40), who, place, mass, mass, detail="CRXU 733104 2"),
        ),
        shares=shares(mass, 9, place, "Ban Lak 40"),
        claims=(),
        certificates=(),
        registrations=(
            RegistrationMark("growing_area", "LA-CPS-DUR-0007", who, Standing.VALID),
            RegistrationMark("packing_house", "LA-PH-0016", who, Standing.VALID),
        ),
        measurements=(
            Measurement("cadmium", "0.012", "mg/kg", date(2026, 5, 14), "Vientiane Food Laboratory", "GB 5009.15", True, "26134-03"),
            Measurement("basic_yellow_2", "not detected", "", date(2026, 5, 14), "Vientiane Food Laboratory", "", True, "26134-03"),
        ),
        digest=sha256(b"durian").hexdigest(),
    )  # fmt: skip


LONG_ADDRESS = (
    "ບ້ານ ໂພນສະຫວັນໃຕ້ ໜ່ວຍ 14 ຖະໜົນ ໄກສອນ ພົມວິຫານ ເມືອງ ໄກສອນ ພົມວິຫານ ແຂວງ ສະຫວັນນະເຂດ ສາທາລະນະລັດ ປະຊາທິປະໄຕ ປະຊາຊົນລາວ"
)
HOSTILE = 'Dao & Sons <b <img src="file:///etc/passwd">'


def longest() -> Dossier:
    """120 farms, the longest names that are allowed, mark-up typed as a name: everything at its limit."""
    place = Place("LA", "ສະຫວັນນະເຂດ", "ໄກສອນ ພົມວິຫານ", "ບ້ານ ໂພນສະຫວັນໃຕ້")
    who = names(
        "Savannakhet Smallholder Speciality Coffee Growers Union Ltd.",
        "ສະຫະພັນຊາວສວນກາເຟຄຸນນະພາບສູງ ແຂວງສະຫວັນນະເຂດ ຈຳກັດຜູ້ດຽວ",
    )
    start = datetime(2026, 1, 2, 1, 0, tzinfo=UTC)
    mass = 123_456_789
    journey = tuple(
        step(kind, start + timedelta(days=5 * at), who, place, mass + 1_000 * (9 - at), mass + 1_000 * (8 - at),
             detail=HOSTILE)
        for at, kind in enumerate(
            ("weigh_in", "form_lot", "process", "split", "merge", "rebag", "dispatch", "receive", "inspect", "pack")
        )
    )  # fmt: skip
    base = coffee()
    return replace(
        base,
        code="Z9YXWVTS",
        lot_number="SVK-KAYSONE-2026-00000417-B",
        version=14,
        demo=True,
        issuer=Who(who, "cooperative", place, PHONE, LONG_ADDRESS, demo=True),
        variety="Catimor, Java, Typica, Bourbon, Geisha, SL28, Caturra, Catuaí",
        grade=HOSTILE,
        mass_g=mass,
        unit_count=2_058,
        unit_mass_g=None,
        marks=Marks("105/3/VL7285-005", "TGHU 481223 7 / MSKU 990411 2", "004512, 004513", "ກຂ 4417 / ບຄ 0091", "08851234567890"),
        origin=place,
        farms=120,
        plots=261,
        area_m2=1_204_500,
        journey=journey,
        shares=shares(mass, 120, place, "ບ້ານ ໂພນສະຫວັນໃຕ້"),
        certificates=base.certificates * 4,
        registrations=base.registrations * 6,
        measurements=base.measurements * 4,
        digest=sha256(b"longest").hexdigest(),
    )  # fmt: skip


def with_status(dossier: Dossier, status: Status) -> Dossier:
    """The same batch recalled, on hold or replaced, with the alert that says so."""
    alert = Alert(
        status,
        datetime(2026, 11, 18, 3, 0, tzinfo=UTC),
        420,
        "Residue above the limit in a sample of lot BHC-2026-0301",
        "Do not eat or sell. Keep it apart and call us",
        PHONE,
        "BHC-2026-0301",
        inherited=True,
    )
    alerts = (alert,) if status in (Status.RECALLED, Status.FAILED, Status.ON_HOLD) else ()
    newer = "N3WERCDE" if status is Status.SUPERSEDED else ""
    gone = datetime(2026, 11, 19, 3, 0, tzinfo=UTC) if status is Status.DESTROYED else None
    return replace(dossier, status=status, destroyed_at=gone, alerts=alerts, superseded_by=newer)
