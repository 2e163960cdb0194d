"""Which kinds of entry can change a page that is open: every other kind is shown to change not one byte of any.

`Amina 60 + Bounmy 40 -> L -> X + Y`, `X -> graded + triage -> packed -> B`, and what is left of each moves on after
the release of B. A season of everything else comes first. Every open page is read after every single entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from tests.cast import BOLAVEN, Operation, event_of
from tests.imports.networks import BAKERY
from tests.queries.season import Season
from tests.web.applications import application
from traceability.domain import facts
from traceability.domain.approvals import Approve, AskCap, AskOrigin, Refuse
from traceability.domain.attachments import WithdrawAttachment
from traceability.domain.authority import EndArea, EndReading, GrantArea, GrantReading, SetSample
from traceability.domain.capacity import SetCapacity
from traceability.domain.cards import ReplaceCard
from traceability.domain.devices import EnrolDevice, RevokeDevice
from traceability.domain.events import KINDS, Kind, is_public
from traceability.domain.facts import Fact, Loss, Measured, Output, Take
from traceability.domain.labelling import BreakPallet, BuildPallet, PrintLabels, SetGs1, VoidLabels
from traceability.domain.members import ChangeMember, CloseMember, OpenMember, ReplacePassword
from traceability.domain.payments import AgreePrice, Pay
from traceability.domain.recalls import AcknowledgeRecall
from traceability.domain.reports import HandleReport, Told
from traceability.domain.roles import Actor
from traceability.domain.seasons import SetSeason
from traceability.domain.settings import RegisterScale, RetireScale, SetFields, SetGrades, SetPrice
from traceability.domain.suspensions import EndSuspension
from traceability.imports.network_files import read_network
from traceability.models import Batch, Event, Lot
from traceability.models.database import Database
from traceability.operations import (
    account,
    approvals,
    attachments,
    authority,
    cards,
    correction,
    devices,
    gs1,
    inspection,
    labels,
    members,
    money,
    packing,
    pallets,
    processing,
    registry,
    reports,
    seasons,
    settings,
    shipping,
)
from traceability.operations.capacity import set_capacity
from traceability.operations.ledger import Done
from traceability.operations.networks import Source, store_network
from traceability.operations.recalls import acknowledge_recall
from traceability.operations.suspensions import end_suspension
from traceability.queries.rendered import clock_now
from traceability.web.rendering import ENVIRON_KEY, Rendering

ADDRESSES = ("/b/{}", "/b/{}.json")  # the QR is drawn of the code and nothing else


class Watched(Season):
    """A season of which every open page is read after every entry."""

    def __init__(self, app: Flask) -> None:
        self._visitor = Client(app.extensions["served"].inside)
        self.seen: set[Kind] = set()
        self.changed: set[Kind] = set()
        self._pages: dict[str, bytes] = {}
        database: Database = app.extensions["database"]
        super().__init__(database)

    def say(self, actor: Actor, operation: Operation, fact: Fact) -> Done:
        """The entry, after making sure that it changes no open page, or is of a kind that may."""
        before, clock = self._pages, clock_now(self.database)
        done = super().say(actor, operation, fact)
        kind = Kind(done.kind)
        with self.database.reading() as session:
            said = session.scalars(select(Event.kdes).where(Event.code == done.event)).one()
        public = is_public(kind, said)
        self.seen.add(kind)
        self._pages = self.pages()
        if any(self._pages[address] != page for address, page in before.items()):
            assert public, f"{kind} changed a page"
        if any(_said(self._pages[address]) != _said(page) for address, page in before.items() if "json" in address):
            self.changed.add(kind)
        assert (clock_now(self.database) > clock) == public
        return done

    def pages(self) -> dict[str, bytes]:
        """Every open page, with a blank for the moment of reading."""
        with self.database.reading() as session:
            codes = session.scalars(
                select(Lot.code).join(Batch, Batch.lot_id == Lot.id).where(Batch.released_at.is_not(None))
            ).all()
        addresses = [address.format(code) for code in codes for address in ADDRESSES]
        asked = {ENVIRON_KEY: Rendering()}
        return {address: self._visitor.get(address, environ_overrides=asked).get_data() for address in addresses}


def _said(page: bytes) -> dict[str, Any]:
    return {name: value for name, value in json.loads(page).items() if name != "journal_seq"}


@pytest.fixture
def season(sqlite_url: str, tmp_path: Path) -> Iterator[Watched]:
    app = application(sqlite_url, tmp_path)
    app.extensions["database"].create_all()
    yield Watched(app)
    app.extensions["database"].close()


def test_only_public_kinds_change_an_open_page(season: Watched) -> None:
    one, other = season.delivery(60_000, plot=season.amina_plot), season.delivery(40_000, season.bounmy)
    kept, split_off = season.split(season.lot(one, other), 60_000, 40_000)
    graded = season.do(
        season.bakari,
        processing.process,
        facts.Process,
        facility=season.mill,
        inputs=(Take(lot=kept, mass_g=50_000),),
        outputs=(Output(form="graded_green", mass_g=45_000), Output(form="triage", mass_g=4_000, by_product=True)),
        losses=(Loss(name="dust", mass_g=1_000),),
        confirmed=True,
    )
    inputs = (Take(lot=str(graded["lot"]), mass_g=30_000),)
    packed = {"facility": season.mill, "inputs": inputs, "form": "green", "unit": "bag", "count": 1, "mass_g": 30_000}
    lot = season.do(season.bakari, packing.pack, facts.Pack, **packed, confirmed=True)
    batch = season.released(season.sealed(str(lot["lot"])))

    _what_is_left_moves_on(season, kept, split_off, str(graded["lot"]), batch)
    _others_are_registered(season)
    _everything_is_looked_at_and_stopped(season, one, kept, batch)
    _a_batch_is_destroyed(season)
    _papers_come(season)
    _a_phone_comes_and_goes(season)
    _a_farmer_is_paid(season)
    _newcomers_come(season)
    _boxes_are_labelled(season, batch)
    _an_authority_reads(season)

    assert season.seen == set(Kind)
    may = {kind for kind, known in KINDS.items() if known.public}
    assert may - season.changed == {Kind.RELEASE}  # of open pages it changes the position in the journal, no more


def _what_is_left_moves_on(season: Watched, kept: str, split_off: str, graded: str, batch: str) -> None:
    first, second, third = season.split(split_off, 10_000, 10_000, 20_000)
    season.merge(first, second)
    rebagged = {"facility": season.mill, "lot": third, "unit": "bag", "count": 1}
    season.do(season.bakari, processing.rebag, facts.Rebag, **rebagged)
    season.do(season.malee, processing.dispose, facts.Dispose, lot=kept, mass_g=1_000, reason="mould")
    road = season.dispatched(kept, 5_000)
    season.received(road, 4_000, refused_g=1_000, reason="wet")
    season.do(season.malee, shipping.take_back, facts.TakeBack, transfer=road, weighed_g=900, reason="dried")
    season.do(
        season.bakari,
        processing.process,
        facts.Process,
        facility=season.mill,
        inputs=(Take(lot=graded, mass_g=5_000),),
        outputs=(Output(form="green", mass_g=5_000),),
        measured=(Measured(property="moisture", value="11.0"),),
        confirmed=True,
    )
    season.sealed(season.packed(graded, mass_g=10_000, count=1))
    sold = {"batch": batch, "buyer": season.buyer, "mass_g": 30_000, "count": 1}
    season.do(season.malee, shipping.ship, facts.Ship, **sold)
    season.packed(season.lot(season.delivery(50_000, plot=season.amina_plot), season.delivery(50_000, season.bounmy)))


def _others_are_registered(season: Watched) -> None:
    newcomer = {"name": "Noy", "nickname": "", "phone": "", "where": BOLAVEN, "named_in_public": True}
    farmer = season.do(season.bakari, registry.register_farmer, facts.RegisterFarmer, **newcomer)
    ground = {"name": "Lower", "commodity": "arabica_coffee", "area_m2": 9_000, "where": BOLAVEN}
    for owner in (season.amina, str(farmer["farmer"])):
        season.do(season.bakari, registry.register_plot, facts.RegisterPlot, farmer=owner, **ground)
    season.do(season.bakari, cards.replace_card, ReplaceCard, farmer=season.amina)
    hook = {"facility": season.mill, "name": "Hook", "step_g": 100}
    scale = season.do(season.malee, settings.register_scale, RegisterScale, **hook)
    season.do(season.malee, settings.retire_scale, RetireScale, scale=scale["scale"])
    told = Told(client_id="report-of-a-reader", differs="seal")
    number = season.database.write(lambda s: reports.receive_report(s, season.newer, told, None, "en"))
    season.do(season.malee, reports.handle_report, HandleReport, report=number, state="looked_at")
    season.do(season.malee, settings.set_fields, SetFields, facility=season.mill, shown=("grade",))
    season.do(season.malee, settings.set_grades, SetGrades, commodity="arabica_coffee", grades=("1", "2"))
    price = {"commodity": "arabica_coffee", "form": "green", "from_on": datetime(2026, 1, 1, tzinfo=UTC).date()}
    season.do(season.malee, settings.set_price, SetPrice, **price, price_per_kg=14_000)
    days = {"from_on": datetime(2025, 10, 1, tzinfo=UTC).date(), "to_on": datetime(2026, 4, 30, tzinfo=UTC).date()}
    season.do(season.malee, seasons.set_season, SetSeason, commodity="arabica_coffee", name="Main", **days)
    house = {"name": "Second mill", "kind": "dry_mill", "prefix": "SM", "where": BOLAVEN}
    season.do(season.malee, registry.register_facility, facts.RegisterFacility, **house)
    season.do(season.malee, set_capacity, SetCapacity, facility=season.mill, capacity_g=1_000_000)
    buyer = {"name": "Second buyer", "kind": "buyer", "where": BOLAVEN}
    season.do(season.malee, registry.register_party, facts.RegisterParty, **buyer)


def _reweighed(session: Session, actor: Actor, fact: Approve) -> Done:
    """Approving says the corrected weight in the same transaction: it is that which changes a page."""
    return replace(approvals.approve(session, actor, fact), kind=str(Kind.CORRECT_WEIGHT))


def _everything_is_looked_at_and_stopped(season: Watched, delivery: str, lot: str, batch: str) -> None:
    for code in (delivery, lot, batch):
        measured = (Measured(property="moisture", value="11.5"),)
        season.do(season.ines, inspection.inspect, facts.Inspect, lot=code, measured=measured)
        paper = {"lot": code, "title": "Report", "content": b"%PDF-1.4 " + code.encode(), "public": True}
        kept = season.do(season.bakari, inspection.attach, facts.Attach, **paper)
        season.do(season.bakari, inspection.attach, facts.Attach, **{**paper, "public": False})
        gone = {"attachment": kept["attachment"]}
        season.do(season.malee, attachments.withdraw_attachment, WithdrawAttachment, **gone)
        stopped = {"lot": code, "reason": "smell", "action": "wait"}
        hold = season.do(season.ines, inspection.put_on_hold, facts.PutOnHold, **stopped)
        outcome = {"hold": hold["hold"], "passed": True, "outcome": "fresh"}
        season.do(season.ines, inspection.close_hold, facts.CloseHold, **outcome)
        recall = season.do(season.ines, inspection.recall, facts.RecallGoods, **stopped)
        over = {"recall": recall["recall"], "outcome": "false alarm"}
        season.do(season.ines, inspection.lift_recall, facts.LiftRecall, **over)
    for cap_g in (10**9, 2 * 10**9):  # the second raises the limit of a farm in the batch
        more = {"plot": season.amina_plot, "cap_g": cap_g, "reason": "trees"}
        capped = season.do(season.bakari, approvals.ask_cap, AskCap, **more)
        season.do(season.malee, approvals.approve, Approve, request=capped.event)
    first_day = datetime(2026, 1, 5, tzinfo=UTC).date()  # of the weigh-ins: what was raised later is of another season
    days = {"from_on": datetime(2025, 10, 1, tzinfo=UTC).date(), "to_on": first_day}
    season.do(season.malee, seasons.set_season, SetSeason, commodity="arabica_coffee", name="Main", **days)
    other = {"event": event_of(season, season.delivery(7_000)), "farmer": season.sida, "reason": "other card"}
    booked = season.do(season.bakari, approvals.ask_origin, AskOrigin, **other)
    season.do(season.malee, approvals.refuse, Refuse, request=booked.event, reason="no")
    wrong = season.do(season.malee, processing.dispose, facts.Dispose, lot=lot, mass_g=100, reason="mould")
    asked = {"event": wrong.event, "reason": "a typing mistake"}
    season.do(season.bakari, correction.ask_correction, facts.AskCorrection, **asked)
    lighter = {"event": event_of(season, delivery), "mass_g": 50_000, "reason": "a typing mistake", "confirmed": True}
    weight = season.do(season.bakari, correction.ask_correction, facts.AskCorrection, **lighter)
    season.do(season.malee, _reweighed, Approve, request=weight.event)
    season.do(
        season.malee, correction.declare_error, facts.DeclareError, event=wrong.event, reason="did_not_occur", note="no"
    )


def _a_batch_is_destroyed(season: Watched) -> None:
    gone = season.released()
    said = {"lot": gone, "mass_g": season.left(gone)[0], "reason": "fire in the warehouse"}
    season.do(season.malee, processing.dispose, facts.Dispose, **said)


def _papers_come(season: Watched) -> None:
    code = {"scheme": "growing_area", "official_code": "LA-0417", "plots": (season.amina_plot,)}
    season.do(season.malee, registry.register_registration, facts.RegisterRegistration, **code)
    pause: dict[str, Any] = {"scheme": "growing_area", "official_code": "LA-0417", "reason": "pests", "to_on": None}
    pause["from_on"] = datetime(2026, 1, 1, tzinfo=UTC).date()
    season.do(season.malee, registry.suspend_registration, facts.SuspendRegistration, **pause)
    end = {
        "scheme": "growing_area",
        "official_code": "LA-0417",
        "number": 1,
        "in_error": True,
        "reason": "another code",
    }
    season.do(season.malee, end_suspension, EndSuspension, **end)
    paper = {"scheme": "organic", "number": "OC-1", "issuer": "Fair Check", "custody": "segregated"}
    paper["valid_from"] = datetime(2025, 1, 1, tzinfo=UTC).date()  # type: ignore[assignment]
    season.do(season.malee, registry.register_certificate, facts.RegisterCertificate, **paper)


def _a_phone_comes_and_goes(season: Watched) -> None:
    enrolled = season.do(season.bakari, devices.enrol_device, EnrolDevice, name="NL-A", token="dv_" + "a" * 43)
    season.do(season.malee, devices.revoke_device, RevokeDevice, device=enrolled["device"])


def _a_farmer_is_paid(season: Watched) -> None:
    unpriced = season.delivery(10_000, season.bounmy)
    price: Any = {"deliveries": (unpriced,), "price_per_kg": 1_000, "currency": "LAK"}
    season.do(season.malee, money.agree_price, AgreePrice, **price, confirmed=True)  # far from what was paid before
    season.do(season.malee, money.pay, Pay, farmer=season.bounmy, currency="LAK", amount=5_000)


def _boxes_are_labelled(season: Watched, batch: str) -> None:
    numbers = {"gln": "1234567890128", "company_prefix": "1234567"}
    season.do(season.malee, gs1.set_gs1, SetGs1, **numbers)
    boxes = {"batch": batch, "first": 1, "last": 1}
    run = season.do(season.bakari, labels.print_labels, PrintLabels, **boxes, of=1, layout="tag")["run"]
    season.do(season.bakari, labels.void_labels, VoidLabels, run=run, first=1, last=1, reason="torn")
    pallet = season.do(season.bakari, pallets.build_pallet, BuildPallet, **boxes)["pallet"]
    season.do(season.bakari, pallets.break_pallet, BreakPallet, pallet=pallet, reason="wrong")


def _an_authority_reads(season: Watched) -> None:
    named: dict[str, Any] = {"name": "Plant Protection", "kind": "authority", "prefix": "PP", "where": BOLAVEN}
    opened = season.fact(facts.RegisterOrganisation, **named)
    ministry = season.database.write(lambda session: registry.register_organisation(session, opened))
    for operation, kind in ((authority.grant_reading, GrantReading), (authority.end_reading, EndReading)):
        season.do(season.malee, operation, kind, authority=ministry.org_code)
    season.do(ministry, authority.grant_area, GrantArea, country="LA")
    season.do(ministry, authority.end_area, EndArea, country="LA")
    season.do(ministry, authority.set_sample, SetSample, percent=10)
    sent = season.lot(season.delivery(5_000))
    season.received(season.dispatched(sent), 5_000)
    stopped = {"lot": sent, "reason": "smell", "action": "wait"}
    recall = season.do(season.ines, inspection.recall, facts.RecallGoods, **stopped)
    season.do(season.chiara, acknowledge_recall, AcknowledgeRecall, recall=recall["recall"])


def _newcomers_come(season: Watched) -> None:
    """Who comes by another way than an entry of somebody who is here already."""
    before, clock = season.pages(), clock_now(season.database)
    user = season.fact(facts.RegisterUser, login="noy", name="Noy", password="a long enough password", roles=("clerk",))
    season.database.write(lambda session: account.register_user(session, season.cooperative, user))
    other = season.fact(ChangeMember, login="noy", roles=("inspector",))
    season.database.write(lambda session: members.change_member(session, season.cooperative, other))
    leaves = season.fact(CloseMember, login="noy", reason="moved away")
    season.database.write(lambda session: members.close_member(session, season.cooperative, leaves))
    comes_back = season.fact(OpenMember, login="noy")
    season.database.write(lambda session: members.open_member(session, season.cooperative, comes_back))
    word = season.fact(ReplacePassword, login="noy", password="another long password")
    season.database.write(lambda session: members.replace_password(session, season.cooperative, word))
    newcomer = season.fact(facts.RegisterOrganisation, name="Mill of Noy", kind="mill", prefix="MN", where=BOLAVEN)
    season.database.write(lambda session: registry.register_organisation(session, newcomer))
    source = Source(hashlib.sha256(BAKERY).hexdigest(), "other_goods", "goods")
    store_network(season.database, season.cooperative, read_network(BAKERY), source)
    assert season.pages() == before
    assert clock_now(season.database) == clock
    season.seen |= {Kind.CHANGE_MEMBER, Kind.CLOSE_MEMBER, Kind.OPEN_MEMBER, Kind.REPLACE_PASSWORD}
    season.seen |= {Kind.REGISTER_USER, Kind.REGISTER_ORGANISATION, Kind.REPORT_DELIVERY, Kind.REPORT_LOT}
