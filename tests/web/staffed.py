"""A season in one database, with somebody of every role who can sign in to the pages of it, and Dao who is outside."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.cast import BOLAVEN, event_of
from tests.queries.season import Season
from tests.web.applications import application
from tests.web.client import Client
from traceability.domain import facts
from traceability.domain.approvals import AskCap
from traceability.domain.authority import GrantReading
from traceability.domain.devices import EnrolDevice
from traceability.domain.facts import Where
from traceability.domain.identifiers import new_code
from traceability.domain.labelling import BuildPallet, PrintLabels, SetGs1
from traceability.domain.moments import day_of
from traceability.domain.payments import Pay
from traceability.domain.reports import Told
from traceability.domain.roles import Actor, Role
from traceability.domain.serials import serial_of
from traceability.models import Attachment, Base, Event, LabelRun
from traceability.models.database import Database
from traceability.operations import (
    account,
    approvals,
    devices,
    gs1,
    inspection,
    labels,
    pallets,
    processing,
    registry,
    reports,
    shipping,
)
from traceability.operations import authority as letting_in
from traceability.operations import money as paying

EVERYTHING: Final = "everything"  # the person who has every role
LEFT_BY_VISITS: Final = frozenset({"sign_in", "failed_sign_in", "rendered"})
_COUNTED: Final = [table for table in Base.metadata.sorted_tables if table.name not in LEFT_BY_VISITS]
_SIZES: Final = select(
    *(select(func.count()).select_from(table).scalar_subquery().label(table.name) for table in _COUNTED)
)
PASSWORD: Final = "a long enough password"
READER: Final = "+856 20 5550 7777"


class Staffed:
    """The application, its season, and browsers that are signed in already."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.database: Database = app.extensions["database"]
        self._file = app.extensions["config"].database_url.removeprefix("sqlite:///")
        self.season = Season(self.database)
        self.waiting = self.season.sealed(self.season.packed())
        self.codes = self._codes()
        self._addresses = itertools.count(1)
        everything = [str(role) for role in Role]
        for role in everything:
            self.newcomer(role, role)
        self.newcomer(EVERYTHING, *everything)
        self.newcomer("phoneclerk", "clerk")
        self._member(self.season.outside, "dao", *everything)
        self._sessions = {who: self.sign_in(who) for who in (*everything, EVERYTHING, "dao")}

    def browser(self, who: str = "") -> Client:
        """Of the person with this role, of `everything`, of `dao`, or of nobody; each at an address of its own."""
        client = Client(self.app)
        client.http.environ_base["REMOTE_ADDR"] = f"2001:db8::{next(self._addresses):x}"
        if who:
            client.http.set_cookie("session", self._sessions[who])
        return client

    def sign_in(self, who: str) -> str:
        """Another session of that person, beside the one of `browser`: what stands in its cookie."""
        return account.sign_in(self.database, who, PASSWORD).token

    def sizes(self) -> Mapping[str, int]:
        """The number of rows of every table but for those that a visit leaves."""
        with self.database.reading() as session:
            return session.execute(_SIZES).one()._asdict()

    def ten_more_of_everything(self) -> None:
        """Farmers, deliveries, lots, batches, holds, recalls and consignments of the cooperative."""
        season = self.season
        for place in range(10):
            named = {"name": f"Grower {place}", "nickname": "", "phone": "", "where": BOLAVEN}
            done = season.do(season.bakari, registry.register_farmer, facts.RegisterFarmer, **named)
            farmer = str(done["farmer"])
            season.sealed(season.packed(season.delivery(60_000, farmer), mass_g=60_000, count=1))
            season.dispatched(season.lot(season.delivery(1_000, farmer), season.delivery(2_000, farmer)))
            season.delivery(3_000, farmer)
            stopped = {"lot": season.delivery(4_000, farmer), "reason": "smell"}
            season.do(season.ines, inspection.put_on_hold, facts.PutOnHold, **stopped)
            recalled = {"farmer": farmer, "reason": "residue", "action": "bring it back"}
            season.do(season.ines, inspection.recall, facts.RecallGoods, **recalled)

    def keep(self) -> None:
        """Remember the database as it is, for `restore`."""
        self._kept = sqlite3.connect(":memory:")
        self._copy(to_memory=True)

    def restore(self) -> None:
        """Make the database again what it was at `keep`; SQLite allows that while others have it open."""
        self._copy(to_memory=False)

    def _copy(self, *, to_memory: bool) -> None:
        with closing(sqlite3.connect(self._file)) as live:
            source, target = (live, self._kept) if to_memory else (self._kept, live)
            source.backup(target)

    def newcomer(self, login: str, *roles: str) -> Actor:
        """One more person of the cooperative."""
        return self._member(self.season.cooperative, login, *roles)

    def bearer(self, maker: Actor, scopes: str) -> str:
        """A bearer token that this person made."""
        return self.database.write(lambda session: account.make_token(session, maker, f"to {scopes}", scopes))

    @property
    def day(self) -> str:
        """The day of the open delivery, `codes["lot"]`, where it was made."""
        lot = self.season.row(self.codes["lot"])
        return day_of(lot.made_at, lot.zone_minutes).isoformat()

    def strange_codes(self) -> dict[str, str]:
        """Codes of the same kinds that are well formed and that nothing has."""
        return {name: new_code() for name in self.codes}

    def counted(self) -> Mapping[str, tuple[int, str]]:
        """Every table as it is, but for what a visit leaves: a session's last use, failed sign-ins, kept pages."""
        return {name: found for name, found in self.season.everything().items() if name not in LEFT_BY_VISITS}

    def _member(self, home: Actor, login: str, *roles: str) -> Actor:
        fact = facts.RegisterUser(
            client_id=f"user-{login}",
            occurred_at=datetime.now(UTC),
            login=login,
            name=login.capitalize(),
            password=PASSWORD,
            roles=roles,
        )
        self.database.write(lambda session: account.register_user(session, home, fact))
        with self.database.reading() as session:
            return account.actor_of(session, login, home.org_id)

    def _report(self, session: Session) -> str:
        """Somebody reports the newest batch, with a photo."""
        told = Told(client_id="report-of-a-reader", differs="seal", said="The seal is open", contact=READER)
        return reports.receive_report(session, self.season.newer, told, b"a photo", "en")

    def _codes(self) -> dict[str, str]:
        season = self.season
        open_lot = season.delivery(11_000, season.bounmy, plot=season.bounmy_plot)
        stopped = season.delivery(9_000, season.bounmy)
        reasons: Any = {"lot": stopped, "reason": "smell", "action": "wait"}
        hold = season.do(season.ines, inspection.put_on_hold, facts.PutOnHold, **reasons)
        recall = season.do(season.ines, inspection.recall, facts.RecallGoods, **reasons)
        back: Any = {
            "lot": season.arrived,
            "to_organisation": season.cooperative.org_code,
            "mass_g": 5_000,
            "occurred_at": datetime.now(UTC),
        }
        incoming = season.do(season.chiara, shipping.dispatch, facts.Dispatch, **back)
        sold = season.delivery(8_000, season.bounmy, price_per_kg=1_000, currency="LAK")
        money: Any = {"farmer": season.bounmy, "currency": "LAK", "deliveries": (sold,), "amount": 5_000}
        payment = season.do(season.bakari, paying.pay, Pay, **money)
        named: Any = {"name": "NL-A", "token": "dv_" + "a" * 43}
        phone = season.do(season.bakari, devices.enrol_device, EnrolDevice, **named)
        ministry = self._authority("Plant Protection", "PP")
        self._authority("Customs", "CU")  # whom nobody let in yet
        letting: Any = {"authority": ministry.org_code}
        season.do(season.malee, letting_in.grant_reading, GrantReading, **letting)
        code: Any = {"scheme": "packing_house", "official_code": "LA-9"}
        season.do(season.malee, registry.register_registration, facts.RegisterRegistration, **code)
        days: Any = {"from_on": date(2020, 1, 1), "to_on": date(2020, 1, 2), "reason": "an inspection"}
        season.do(season.malee, registry.suspend_registration, facts.SuspendRegistration, **code, **days)
        with self.database.reading() as session:
            attachment = session.scalars(select(Attachment.code)).first()
            event = session.scalars(
                select(Event.code).where(Event.org_id == season.cooperative.org_id, Event.kind == "weigh_in")
            ).first()
        return {
            "lot": open_lot,
            "packed": season.packed(),
            "pool": season.tank,
            "incoming": str(incoming["transfer"]),
            "formed": season.formed,
            "delivery": season.first,
            "batch": season.newer,
            "waiting": self.waiting,
            "farmer": season.bounmy,
            "plot": season.bounmy_plot,
            "transfer": season.pending,
            "returned": season.road,
            "hold": str(hold["hold"]),
            "recall": str(recall["recall"]),
            "event": str(event),
            "attachment": str(attachment),
            "login": "phoneclerk",
            "loose": event_of(season, open_lot),
            "other": season.sida,
            "request": season.do(
                season.bakari, approvals.ask_cap, AskCap, plot=season.bounmy_plot, cap_g=900_000, reason="new trees"
            ).event,
            "payment": payment.event,
            "device": str(phone["device"]),
            "authority": ministry.org_code,
            "foreign_recall": self._recalled_by_chiara(),
            "report": self.database.write(self._report),
            **self._labelled(),
        }

    def _labelled(self) -> dict[str, str]:
        """One numbered label, one pallet and the GS1 numbers of the cooperative; and a batch with an ICO mark."""
        season = self.season
        numbers: Any = {"gln": "1234567890128", "company_prefix": "1234567"}
        season.do(season.malee, gs1.set_gs1, SetGs1, **numbers)
        boxes: Any = {"batch": season.newer, "first": 1, "last": 1}
        run = season.do(season.bakari, labels.print_labels, PrintLabels, **boxes, of=1, layout="tag")
        pallet = season.do(season.bakari, pallets.build_pallet, BuildPallet, **boxes)
        with self.database.reading() as session:
            seed = session.scalars(select(LabelRun.seed)).one()
        return {
            "run": str(run["run"]),
            "serial": serial_of(seed, 1),
            "pallet": str(pallet["pallet"]),
            "sscc": str(pallet["sscc"]),
            "gln": numbers["gln"],
            "organisation": season.cooperative.org_code,
            "marked": season.sealed(season.packed(), ico="105/3/285"),
        }

    def _authority(self, name: str, prefix: str) -> Actor:
        """A ministry that oversees; whoever lets it in does so on their own page."""
        named: Any = {"name": name, "kind": "authority", "prefix": prefix, "where": Where(country="LA")}
        fact = self.season.fact(facts.RegisterOrganisation, **named)
        return self.database.write(lambda session: registry.register_organisation(session, fact))

    def _recalled_by_chiara(self) -> str:
        """Chiara sent some back, the cooperative received it, and then she recalled it. Answers her recall."""
        season = self.season
        kilo: Any = {"lot": season.arrived, "parts": (facts.Output(form="", mass_g=1_000),), "facility": "TS"}
        part = str(season.do(season.chiara, processing.split, facts.Split, **kilo)["lots"][0])
        back: Any = {"lot": part, "to_organisation": season.cooperative.org_code, "occurred_at": datetime.now(UTC)}
        sent = season.do(season.chiara, shipping.dispatch, facts.Dispatch, **back)["transfer"]
        taken: Any = {"transfer": sent, "weighed_g": 1_000, "facility": season.mill, "occurred_at": datetime.now(UTC)}
        season.do(season.bakari, shipping.receive, facts.Receive, **taken)
        stopped: Any = {"lot": part, "reason": "residue", "action": "bring it back"}
        return str(season.do(season.chiara, inspection.recall, facts.RecallGoods, **stopped)["recall"])


@contextmanager
def staffed(url: str, folder: Path) -> Iterator[Staffed]:
    """A new house on a database with all tables and nothing in them."""
    app = application(url, folder)
    yield Staffed(app)
    app.extensions["database"].close()
