"""The audit of what is set up and of money: phones, scales, prices, choices, codes, certificates, every payment row."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cast import World
from tests.databases import KINDS, Databases
from tests.queries.test_audit import Tampering, _tamper
from traceability.domain import facts
from traceability.domain.devices import EnrolDevice, RevokeDevice
from traceability.domain.payments import AgreePrice, Pay
from traceability.domain.seasons import SetSeason
from traceability.domain.settings import RegisterScale, RetireScale, SetFields, SetGrades, SetPrice
from traceability.models.database import Database
from traceability.models.migrate import migrate
from traceability.operations import devices, money, registry, settings
from traceability.operations.seasons import set_season
from traceability.queries.audit import audit, page

DAY = date(2026, 1, 1)


class House(World):
    """A cooperative with one of everything that is set up, and a farmer who was paid in three ways."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        for letter in "ab":
            named: Any = {"name": f"NL-{letter}", "token": f"dv_{letter * 43}"}
            phone = self.do(self.bakari, devices.enrol_device, EnrolDevice, **named)["device"]
        self.do(self.malee, devices.revoke_device, RevokeDevice, device=phone)
        for name in ("Hook", "Platform"):
            scale = self.do(
                self.malee, settings.register_scale, RegisterScale, facility=self.mill, name=name, step_g=100
            )
        self.do(self.malee, settings.retire_scale, RetireScale, scale=scale["scale"])
        self.do(self.malee, settings.set_fields, SetFields, facility=self.mill, shown=("grade",))
        self.do(self.malee, settings.set_grades, SetGrades, commodity="arabica_coffee", grades=("1", "2"))
        price: Any = {"commodity": "arabica_coffee", "form": "green", "from_on": DAY, "price_per_kg": 14_000}
        self.do(self.malee, settings.set_price, SetPrice, **price)
        season: Any = {"commodity": "arabica_coffee", "from_on": DAY, "to_on": date(2026, 3, 31)}
        for name, withdrawn in (("Main", False), ("Fly", False), ("Fly", True)):
            late: Any = {"from_on": date(2026, 5, 1), "to_on": date(2026, 6, 30)} if name == "Fly" else {}
            told: Any = {**season, **late, "name": name, "withdrawn": withdrawn}
            self.do(self.malee, set_season, SetSeason, **told)
        self._papers()
        self._money()
        self.batch = self.sealed(self.packed(), best_before=date(2028, 1, 5))

    def _papers(self) -> None:
        code: Any = {"scheme": "growing_area", "official_code": "LA-1", "authority": "DoA"}
        area: Any = {"plots": (self.amina_plot,), "facilities": (self.mill,), "valid_from": DAY}
        self.do(self.malee, registry.register_registration, facts.RegisterRegistration, **code, **area)
        pause: Any = {"scheme": "growing_area", "official_code": "LA-1", "from_on": DAY, "to_on": None, "reason": "x"}
        self.do(self.malee, registry.suspend_registration, facts.SuspendRegistration, **pause)
        paper: Any = {"scheme": "organic", "number": "1", "issuer": "Check", "custody": "segregated"}
        covers: Any = {"farmers": (self.amina,), "plots": (self.bounmy_plot,), "valid_from": DAY}
        self.do(self.malee, registry.register_certificate, facts.RegisterCertificate, **paper, **covers)

    def _money(self) -> None:
        priced = self.delivery(10_000, price_per_kg=1_000, currency="LAK")
        later = self.delivery(20_000)
        agreed: Any = {"deliveries": (later,), "price_per_kg": 1_000, "currency": "LAK"}
        self.do(self.malee, money.agree_price, AgreePrice, **agreed)
        paid: Any = {"farmer": self.amina, "currency": "LAK"}
        self.do(self.bakari, money.pay, Pay, **paid, deliveries=(priced,))
        self.do(self.bakari, money.pay, Pay, **paid, amount=5_000)
        self.do(self.bakari, money.pay, Pay, **paid, amount=7_000, purpose="advance")


@pytest.fixture(params=KINDS)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    database = Database(request.getfixturevalue(f"{request.param}_url"))
    migrate(database)
    yield House(database)
    database.close()


@pytest.fixture(scope="module")
def kept(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> House:
    database = Database(databases.fresh_sqlite(tmp_path_factory.mktemp("house") / "kept.sqlite3"))
    migrate(database)
    made = House(database)
    database.close()
    return made


def test_an_honest_house_gives_no_finding(house: House) -> None:
    assert list(audit(house.database)) == []


CHANGED: dict[str, Tampering] = {
    "whose a payment is": (
        "update payment set party_id = (select id from party where code = '{bounmy}') where purpose = 'advance'"
    ),
    "a payment's currency": "update payment set currency = 'USD' where purpose = 'advance'",
    "what a payment is for": "update payment set lot_id = null where lot_id is not null",
    "two payments that sum to the same": (
        "update payment set amount = amount + case when purpose = 'advance' then 1 else -1 end where lot_id is null"
    ),
    "a payment less": "delete from payment where purpose = 'advance'",
    "a due's currency": "update due set currency = 'USD'",
    "a due's delivery": "update due set lot_id = (select min(lot_id) from due)",
    "a phone's letter": "update device set letter = 'Z' where revoked_at is null",
    "whose a phone is": "update device set user_id = 102",
    "a phone that works again": "update device set revoked_at = null",
    "a phone less": "delete from device where revoked_at is null",
    "a scale's division": "update scale set step_g = 1",
    "a scale that works again": "update scale set retired_at = null",
    "a price": "update price set price_per_kg = 1",
    "the day of a price": "update price set from_on = 'tomorrow'",
    "a price less": "delete from price",
    "a season's last day": "update season set to_on = '2026-04-30' where name = 'Main'",
    "a season's name": "update season set name = 'Other' where name = 'Main'",
    "a season's product": "update season set commodity = 'robusta_coffee' where name = 'Main'",
    "a season that counts again": "update season set withdrawn = 0",
    "a season less": "delete from season where name = 'Main'",
    "what a point asks": "update buying_choice set chosen = '[]' where about = 'fields'",
    "the grades": "update buying_choice set chosen = '[\"9\"]' where about = 'grades'",
    "a code's end": "update registration set valid_to = '2020-01-01'",
    "a code's first day": "update registration set valid_from = 'soon'",
    "a code's authority": "update registration set authority = 'Nobody'",
    "a code's plot": "delete from registration_cover where plot_id is not null",
    "a suspension less": "delete from suspension",
    "a suspension's reason": "update suspension set reason = 'none'",
    "a certificate's issuer": "update certificate set issuer = 'Nobody'",
    "a certificate's custody": "update certificate set custody = 'mass_balance'",
    "a certificate's farmer": "delete from certificate_cover where party_id is not null",
    "a best-before that is another day": "update batch set best_before = '2030-01-01'",
    "a best-before that is no day": "update batch set best_before = 'tomorrow'",
    "a packing day that is no day": "update batch set packed_on = 'tomorrow', best_before = 'x'",
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_was_changed_behind_the_record_is_found(kept: House, tmp_path: Path, name: str) -> None:
    shutil.copyfile(str(kept.database.url.database), tmp_path / "copy.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    _tamper(database, kept, CHANGED[name])  # type: ignore[arg-type]  # names of its codes, as a season's

    found = list(audit(database))

    assert {finding.what for finding in found} & {page.DIFFERS, page.MISSING, page.EXTRA}
    database.close()


def test_a_price_on_the_other_database_is_found_too(house: House) -> None:
    _tamper(house.database, house, "update price set price_per_kg = 1")  # type: ignore[arg-type]
    assert [finding.what for finding in audit(house.database)] == [page.DIFFERS]
