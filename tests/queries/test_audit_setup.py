"""The audit of what is set up, of money and of reports: phones, scales, prices, codes, papers, every payment row."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cast import World, event_of
from tests.databases import KINDS, Databases
from tests.queries.test_audit import _tamper
from traceability.domain import facts
from traceability.domain.cards import ReplaceCard
from traceability.domain.devices import EnrolDevice, RevokeDevice
from traceability.domain.members import ChangeMember, CloseMember, OpenMember
from traceability.domain.payments import AgreePrice, Pay
from traceability.domain.reports import HandleReport, Told
from traceability.domain.seasons import SetSeason
from traceability.domain.settings import RegisterScale, RetireScale, SetFields, SetGrades, SetPrice
from traceability.domain.suspensions import EndSuspension
from traceability.models.database import Database
from traceability.models.migrate import migrate
from traceability.operations import account, correction, devices, members, money, registry, reports, settings
from traceability.operations.cards import replace_card
from traceability.operations.seasons import set_season
from traceability.operations.suspensions import end_suspension
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
        self._members()
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
        self.do(self.malee, replace_card, ReplaceCard, farmer=self.amina)
        self._papers()
        self._money()
        self.batch = self.released(self.sealed(self.packed(), best_before=date(2028, 1, 5)))
        self._reports()

    def _members(self) -> None:
        """Noy inspects instead, and leaves; Keo leaves and comes back; Somsak stays."""
        for login in ("noy", "keo", "somsak"):
            told: Any = {"login": login, "name": login.title(), "password": "mango boat river", "roles": ("clerk",)}
            self.do(self.cooperative, account.register_user, facts.RegisterUser, **told)
        inspects: Any = {"login": "noy", "roles": ("inspector",)}
        self.do(self.cooperative, members.change_member, ChangeMember, **inspects)
        for login in ("noy", "keo"):
            self.do(self.cooperative, members.close_member, CloseMember, login=login, reason="moved away")
        self.do(self.cooperative, members.open_member, OpenMember, login="keo")

    def _papers(self) -> None:
        code: Any = {"scheme": "growing_area", "official_code": "LA-1", "authority": "DoA"}
        area: Any = {"plots": (self.amina_plot,), "facilities": (self.mill,), "valid_from": DAY}
        self.do(self.malee, registry.register_registration, facts.RegisterRegistration, **code, **area)
        pause: Any = {"scheme": "growing_area", "official_code": "LA-1", "from_on": DAY, "to_on": None, "reason": "x"}
        for _ in range(3):
            self.do(self.malee, registry.suspend_registration, facts.SuspendRegistration, **pause)
        for ended in ({"number": 2, "last_on": DAY}, {"number": 3, "in_error": True}):
            named: Any = {"scheme": "growing_area", "official_code": "LA-1", "reason": "lifted", **ended}
            self.do(self.malee, end_suspension, EndSuspension, **named)
        paper: Any = {"scheme": "organic", "number": "1", "issuer": "Check", "custody": "segregated"}
        covers: Any = {"farmers": (self.amina,), "plots": (self.bounmy_plot,), "valid_from": DAY}
        self.do(self.malee, registry.register_certificate, facts.RegisterCertificate, **paper, **covers)

    def _reports(self) -> None:
        """Nobody looked at the first; the second was looked at, then answered; of the third the contact went."""
        self.untouched, self.answered, self.forgotten = (self._report(f"form-{n}") for n in range(3))
        for report, state, answer, forget in (
            (self.answered, "looked_at", "", False),
            (self.answered, "answered", "Customs opened it.", False),
            (self.forgotten, "looked_at", "", True),
        ):
            told: Any = {"report": report, "state": state, "answer": answer, "forget": forget}
            self.do(self.malee, reports.handle_report, HandleReport, **told)

    def _report(self, form: str) -> str:
        told = Told(client_id=form, differs="seal", said="open", contact="+856 20 5550 7777")
        return self.database.write(lambda session: reports.receive_report(session, self.batch, told, b"a photo", "en"))

    def _money(self) -> None:
        priced = self.delivery(10_000, price_per_kg=1_000, currency="LAK")
        later = self.delivery(20_000)
        agreed: Any = {"deliveries": (later,), "price_per_kg": 1_000, "currency": "LAK", "confirmed": True}
        self.do(self.malee, money.agree_price, AgreePrice, **agreed)
        paid: Any = {"farmer": self.amina, "currency": "LAK"}
        self.do(self.bakari, money.pay, Pay, **paid, deliveries=(priced,))
        self.do(self.bakari, money.pay, Pay, **paid, amount=5_000)
        self.do(self.bakari, money.pay, Pay, **paid, amount=7_000, purpose="advance")
        self._corrected(later)

    def _corrected(self, wrong: str) -> None:
        """20 kg were 19, without a price again and so agreed again; no, 18."""
        usual: Any = {"facility": self.mill, "farmer": self.amina, "commodity": "arabica_coffee", "form": "green"}
        agreed: Any = {"price_per_kg": 1_000, "currency": "LAK"}
        for kilograms, price in ((19, {}), (18, agreed)):
            right = self.fact(facts.WeighIn, **usual, bags_g=(kilograms * 1000,), tare_g=0, confirmed=True, **price)
            said: Any = {"event": event_of(self, wrong), "reason": "wrong_weight", "replacement": right}
            done = self.do(self.malee, correction.declare_error, facts.DeclareError, **said)
            wrong = str(done["replacement"]["lot"])
            if not price:
                self.do(self.malee, money.agree_price, AgreePrice, deliveries=(wrong,), confirmed=True, **agreed)


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


# what is changed by hand, and where the finding is
CHANGED: dict[str, tuple[str, str]] = {
    "whose a payment is": (
        "update payment set party_id = (select id from party where code = '{bounmy}') where purpose = 'advance'",
        "money",
    ),
    "a payment's currency": ("update payment set currency = 'USD' where purpose = 'advance'", "money"),
    "what a payment is for": ("update payment set lot_id = null where lot_id is not null", "money"),
    "two payments that sum to the same": (
        "update payment set amount = amount + case when purpose = 'advance' then 1 else -1 end where lot_id is null",
        "money",
    ),
    "a payment less": ("delete from payment where purpose = 'advance'", "money"),
    "a due's currency": ("update due set currency = 'USD'", "money"),
    "what a delivery of a price agreed later replaced": (
        "update due set instead_of_id = null where made_by_id in (select id from event where kind = 'agree_price')",
        "money",
    ),
    "what a corrected delivery replaced": (
        "update due set instead_of_id = null where made_by_id in (select id from event where kind = 'weigh_in')",
        "money",
    ),
    "what a delivery replaced that is no correction": (
        "update due set instead_of_id = (select max(id) from lot) where instead_of_id is null",
        "money",
    ),
    "the first of all that a delivery replaced": (
        "update due set instead_of_id = instead_of_id + 1 where id = (select max(id) from due)",
        "money",
    ),
    "a due's delivery": ("update due set lot_id = (select min(lot_id) from due)", "money"),
    "a phone's letter": ("update device set letter = 'Z' where revoked_at is null", "phone .+, letter"),
    "whose a phone is": ("update device set user_id = 102", "phone .+, user"),
    "a phone that works again": ("update device set revoked_at = null", "phone .+, revoked"),
    "a phone less": ("delete from device where revoked_at is null", "phone \\w{8}"),
    "a scale's division": ("update scale set step_g = 1", "scale .+, step_g"),
    "a scale that works again": ("update scale set retired_at = null", "scale .+, retired"),
    "a price": ("update price set price_per_kg = 1", "price .+, price_per_kg"),
    "the day of a price": ("update price set from_on = 'tomorrow'", "price .+, from_on"),
    "a price less": ("delete from price", "price \\w{8}"),
    "a season's last day": ("update season set to_on = '2026-04-30' where name = 'Main'", "season .+, to_on"),
    "a season's name": ("update season set name = 'Other' where name = 'Main'", "season .+, name"),
    "a season's product": (
        "update season set commodity = 'robusta_coffee' where name <> 'Fly'",
        "season .+, commodity",
    ),
    "a season that counts again": ("update season set withdrawn = (name = 'Other')", "season .+, withdrawn"),
    "the code on a farmer's card": ("update farmer_card set code = 'ZZZZZZZZ'", "farmer card .+, card"),
    "whose card it is": (
        "update farmer_card set party_id = (select id from party where code = '{bounmy}')",
        "farmer card .+, farmer",
    ),
    "a card less": ("delete from farmer_card", "farmer card \\w{8}"),
    "a season less": ("delete from season where name = 'Main'", "season \\w{8}"),
    "what a point asks": ("update buying_choice set chosen = '[]' where about = 'fields'", "choice .+, chosen"),
    "the grades": ("update buying_choice set chosen = '[\"9\"]' where about = 'grades'", "choice .+, chosen"),
    "a code's end": ("update registration set valid_to = '2020-01-01'", "official code .+, valid_to"),
    "a code's first day": ("update registration set valid_from = 'soon'", "official code .+, valid_from"),
    "a code's authority": ("update registration set authority = 'Nobody'", "official code .+, authority"),
    "a code's plot": ("delete from registration_cover where plot_id is not null", "official code .+, plots"),
    "a suspension less": ("delete from suspension", "official code .+, suspensions"),
    "a suspension that was not ended": ("update suspension set to_on = null", "official code .+, suspensions"),
    "a suspension taken back": ("update suspension set in_error = true", "official code .+, suspensions"),
    "a suspension's reason": ("update suspension set reason = 'none'", "official code .+, suspensions"),
    "a certificate's issuer": ("update certificate set issuer = 'Nobody'", "certificate .+, issuer"),
    "a certificate's custody": ("update certificate set custody = 'mass_balance'", "certificate .+, custody"),
    "a certificate's farmer": ("delete from certificate_cover where party_id is not null", "certificate .+, farmers"),
    "a best-before that is another day": ("update batch set best_before = '2030-01-01'", "batch .+, best_before"),
    "a best-before that is no day": ("update batch set best_before = 'tomorrow'", "batch .+, best_before"),
    "a packing day that is no day": (
        "update batch set packed_on = 'tomorrow', best_before = 'x'",
        "batch .+, best_before",
    ),
    "a report that nobody answered": (
        "update report set state = 'answered' where code = '{untouched}'",
        "report .+, state",
    ),
    "a report that is new again": ("update report set state = 'new' where code = '{answered}'", "report .+, state"),
    "the answer to a report": (
        "update report set answer = 'It is fake.' where code = '{answered}'",
        "report .+, answer",
    ),
    "who handled a report": ("update report set handled_by_id = 1 where code = '{answered}'", "report .+, handled_by"),
    "a contact that was deleted in secret": (
        "update report set forgotten_at = made_at where code = '{answered}'",
        "report .+, deleted_at",
    ),
    "a deletion that nobody sees": (
        "update report set forgotten_at = null where code = '{forgotten}'",
        "report .+, deleted_at",
    ),
    "a contact that came back": (
        "insert into reporter (org_id, report_id, contact) "
        "select org_id, id, 'x' from report where code = '{forgotten}'",
        "report .+, still kept",
    ),
    "a report less": ("delete from report where code = '{forgotten}'", "report \\w{8}"),
}
CHANGED |= {
    "who left and signs in again": ("update \"user\" set closed_at = null where login = 'noy'", "user .+, closed"),
    "who works here and may not": (
        "update \"user\" set closed_at = created_at where login = 'somsak'",
        "user .+, closed",
    ),
    "a clerk who made himself a manager": (
        "insert into membership (org_id, user_id, role) "
        "select org_id, user_id, 'manager' from membership where user_id = "
        "(select id from \"user\" where login = 'keo')",
        "user .+, roles",
    ),
    "a clerk let in next door": (
        "insert into membership (org_id, user_id, role) select max(organisation.id), \"user\".id, 'clerk' "
        'from organisation, "user" where login = \'keo\' group by "user".id',
        "user \\d+ \\d+",
    ),
}
NO_DAYS = {"the day of a price", "a code's first day", "a best-before that is no day", "a packing day that is no day"}


@pytest.mark.parametrize("name", CHANGED)
def test_what_was_changed_behind_the_record_is_found(kept: House, tmp_path: Path, name: str) -> None:
    shutil.copyfile(str(kept.database.url.database), tmp_path / "copy.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    statement, where = CHANGED[name]
    _tamper(database, kept, statement)  # type: ignore[arg-type]  # names of its codes, as a season's

    assert re.search(f"{where}$", _places(database), re.MULTILINE)
    database.close()


@pytest.mark.parametrize("less", [False, True], ids=["changed", "deleted"])
def test_all_of_it_is_found_on_the_other_database_too(house: House, less: bool) -> None:
    """At once, but for days that are none, which PostgreSQL does not take."""
    at_once = [name for name in CHANGED if name.endswith(" less") is less and name not in NO_DAYS]
    for name in at_once:
        _tamper(house.database, house, CHANGED[name][0])  # type: ignore[arg-type]

    places = _places(house.database)

    assert [name for name in at_once if not re.search(f"{CHANGED[name][1]}$", places, re.MULTILINE)] == []


def _places(database: Database) -> str:
    """Where something is not as the journal says, a line each."""
    return "\n".join(one.where for one in audit(database) if one.what in (page.DIFFERS, page.MISSING, page.EXTRA))
