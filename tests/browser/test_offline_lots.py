"""No signal at the collection point: lots, dispatches and receipts survive a killed browser and arrive once, in order.

A 48.6 + B 51.2 -> lot A0001 -> the mill, all on the phone; meanwhile the office may have done something else
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect
from sqlalchemy import select

from tests.browser.hands import HOME, PASSWORD, cooperative
from tests.browser.phones import chip_says, enrol, finish, keeps, kill, open_app, outbox, phone, register, weigh
from tests.browser.ready import Ready
from tests.browser.test_axe import AXE, RUN, TALL, issues
from tests.browser.villages import Served
from tests.serving import Server, free_port, until
from traceability.domain.facts import Dispatch, FormLot, RegisterFacility, RegisterFarmer, RegisterOrganisation, WeighIn
from traceability.domain.roles import Actor
from traceability.models import Event, Lot, Transfer
from traceability.models.migrate import migrate, open_database
from traceability.operations.account import sign_in
from traceability.operations.collection import form_lot, record_weigh_in
from traceability.operations.registry import register_facility, register_farmer, register_organisation
from traceability.operations.shipping import dispatch

YEAR = datetime.now().astimezone().year  # as the phone counts, which keeps the time of this machine
FIRST_LOT = f"LA-BT-{YEAR}-A0001"


@dataclass(frozen=True)
class Village(Served):
    """A cooperative and a mill that buys from it and sells to it."""

    mill: Actor

    def do(self, actor: Actor, operation: Any, fact: Any) -> Any:
        return self.database.write(partial(operation, actor=actor, fact=fact))

    def office(self) -> Actor:
        return sign_in(self.database, "mali", PASSWORD).actor

    def record(self) -> list[tuple[str, str]]:
        """What was entered by phone, in the order of the journal: kind, and the number or the code that it made."""
        with self.database.reading() as session:
            wanted = Event.kind.in_(("weigh_in", "form_lot", "dispatch", "receive"))
            found = session.scalars(select(Event).where(wanted).order_by(Event.id)).all()
            return [(event.kind, event.answer.get("transfer") or event.answer["number"]) for event in found]


def now(client_id: str) -> dict[str, Any]:
    return {"client_id": client_id, "occurred_at": datetime.now(UTC)}


@pytest.fixture
def village(sqlite_url: str, tmp_path: Path, ready: Ready) -> Iterator[Village]:
    database = open_database(sqlite_url)
    migrate(database)
    cooperative(database)
    opened = RegisterOrganisation(**now("mill-0001"), name="Pakse Dry Mill", kind="mill", prefix="PD", where=HOME)
    mill = database.write(partial(register_organisation, fact=opened))
    yield Village(sqlite_url, tmp_path, free_port(), database, ready, mill)
    database.close()


def on_the_road(village: Village, grams: int = 100_000) -> str:
    """The mill sends goods to the cooperative; the code of the delivery note."""
    place = RegisterFacility(**now("mill-place"), name="Pakse", kind="dry_mill", prefix="PK", where=HOME)
    village.do(village.mill, register_facility, place)
    farmer = village.do(village.mill, register_farmer, RegisterFarmer(**now("mill-farmer"), name="Sida", where=HOME))
    coffee = {"facility": "PK", "farmer": farmer["farmer"], "commodity": "arabica_coffee", "form": "fresh_cherry"}
    weighed = WeighIn(**now("mill-weigh"), **coffee, bags_g=(grams,), tare_g=0, confirmed=True)
    lot = village.do(village.mill, record_weigh_in, weighed)["lot"]
    sent = Dispatch(**now("mill-send"), lot=lot, to_organisation=village.office().org_code, vehicle="LS 1234")
    return str(village.do(village.mill, dispatch, sent)["transfer"])


def gone(server: Server) -> None:
    server.process.kill()
    server.process.wait()


def form(page: Page, weighed: str = "") -> str:
    """Every delivery that is offered becomes a lot; its number."""
    page.get_by_role("link", name="Lots", exact=True).click()
    page.locator("#lot-weighed").fill(weighed)
    page.get_by_role("button", name="Close the lot").click()
    return stored(page)


def stored(page: Page) -> str:
    number = page.locator("[data-is=stored-number]")
    expect(number).to_be_visible()
    return number.inner_text().replace("\xa0", "")


def take_back(page: Page, row: str) -> None:
    page.locator("[data-is=entries] li", has_text=row).get_by_role("button", name="Take back").click()
    page.select_option("#why", "other")
    page.fill("#why-note", "The office did it")
    page.get_by_role("button", name="Take it back").click()


def test_a_lot_of_two_weigh_ins_sets_out_without_a_signal_and_survives_a_killed_browser(
    village: Village, playwright: Playwright
) -> None:
    with village.served() as server, phone(playwright, village.profile, village.address) as context:
        page = enrol(context)
        gone(server)
        receipts = [weigh(page, "48,6"), weigh(page, "51,2")]
        page.get_by_role("link", name="Lots", exact=True).click()
        expect(page.locator("[data-is=lot-total]")).to_have_text(re.compile(r"99.8\skg"))
        expect(page.locator("[data-is=lot-rows] input:checked")).to_have_count(2)
        page.locator("#lot-weighed").fill("90")
        expect(page.locator("[data-is=lot-difference]")).to_contain_text("9.8 %")
        page.get_by_role("button", name="Close the lot").click()
        expect(page.locator("[data-is=lot-reason-problem]")).to_contain_text("beyond the tolerance")
        page.locator("#lot-reason").fill("A bag burst")
        keeps(page, "lot-draft", "A bag burst")
        kill(village.profile)
    with phone(playwright, village.profile, village.address) as context:
        page = open_app(context)
        page.locator("[data-is=chip]").click()
        expect(page.locator("[data-is=drafts]")).to_have_text(re.compile("Draft.*A lot is unfinished."))
        page.get_by_role("link", name="Lots", exact=True).click()
        expect(page.locator("#lot-reason")).to_have_value("A bag burst")
        page.get_by_role("button", name="Close the lot").click()
        assert stored(page) == FIRST_LOT
        page.get_by_role("button", name="Dispatch it").click()
        page.select_option("#away-to", label="Pakse Dry Mill")
        page.fill("#away-vehicle", "LS 1234")
        page.get_by_role("button", name="Dispatch", exact=True).click()
        code = stored(page)
        chip_says(page, "4 waiting")
        kill(village.profile)
    assert village.record() == []
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = open_app(context)
        chip_says(page, "All sent")
        page.get_by_role("link", name="Road").click()
        expect(page.locator("[data-is=leaving-none]")).to_contain_text("There is no open lot")
    deliveries = [("weigh_in", number) for number in receipts]
    assert village.record() == [*deliveries, ("form_lot", FIRST_LOT), ("dispatch", code)]
    with village.database.reading() as session:
        transfer = session.scalars(select(Transfer)).one()
        lot = session.scalars(select(Lot).where(Lot.number == FIRST_LOT)).one()
        assert (transfer.mass_g, transfer.vehicle, lot.made_g, lot.balance_g) == (90_000, "LS 1234", 90_000, 0)


def test_goods_are_received_without_a_signal_and_a_difference_wants_a_reason(
    village: Village, playwright: Playwright
) -> None:
    code = on_the_road(village)
    with village.served() as server, phone(playwright, village.profile, village.address) as context:
        page = enrol(context)
        page.get_by_role("link", name="Road").click()
        expect(page.locator("[data-is=arriving]")).to_contain_text("Pakse Dry Mill")
        gone(server)
        page.locator("[data-is=arriving] a").click()
        page.fill("#taken-mass", "95")
        expect(page.locator("[data-is=taken-difference]")).to_contain_text(re.compile(r"5\skg less \(5.0\s%\)"))
        page.get_by_role("button", name="Accept").click()
        expect(page.locator("[data-is=taken-reason-problem]")).to_contain_text("beyond the tolerance")
        page.fill("#taken-reason", "Wet sacks")
        page.get_by_role("button", name="Accept").click()
        assert stored(page) == FIRST_LOT
        chip_says(page, "1 waiting")
        page.get_by_role("link", name="Road").click()
        expect(page.locator("[data-is=arriving-none]")).to_contain_text("Nothing is on the road to you")
        kill(village.profile)
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = open_app(context)
        chip_says(page, "All sent")
    assert village.record()[2:] == [("receive", code)]
    with village.database.reading() as session:
        lot = session.scalars(select(Lot).where(Lot.number == FIRST_LOT)).one()
        assert (lot.made_g, session.scalars(select(Transfer.state)).one()) == (95_000, "received")


def test_what_the_office_did_meanwhile_is_a_conflict_that_holds_up_what_builds_on_it_and_is_mended(
    village: Village, playwright: Playwright
) -> None:
    """The office puts one of three deliveries into a lot of its own; the phone's lot of all three is refused."""
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = enrol(context)
        first = weigh(page, "48,1")
        chip_says(page, "All sent")
        context.set_offline(True)
        page.goto("/lots")  # the page of the phone opens in its place
        expect(page.locator("[data-is=lot-rows] input:checked")).to_have_count(1)
        page.get_by_role("link", name="Weigh in").click()
        weigh(page, "48,2")
        weigh(page, "48,3")
        assert form(page) == FIRST_LOT
        page.get_by_role("button", name="Dispatch it").click()
        page.select_option("#away-to", label="Pakse Dry Mill")
        page.get_by_role("button", name="Dispatch", exact=True).click()
        code = stored(page)
        chip_says(page, "4 waiting")
        office = FormLot(**now("office-lot"), facility="NL", deliveries=(first,))
        village.do(village.office(), form_lot, office)
        context.set_offline(False)
        page.locator("[data-is=chip]").click()
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "1 need you")
        reasons = page.locator("[data-is=entries] .problem:visible")
        expect(reasons).to_contain_text([f"Lot {first} is empty", f"It builds on {FIRST_LOT}"])
        kinds = [kind for kind, _ in village.record()]
        assert kinds == ["weigh_in", "form_lot", "weigh_in", "weigh_in"], "nothing was overwritten"

        page.locator("li", has_text="is empty").get_by_role("button", name="Fix").click()
        page.get_by_role("button", name="Change").click()
        expect(page.locator("[data-is=lot-rows] input:checked")).to_have_count(2)
        page.get_by_role("button", name="Close the lot").click()
        assert stored(page) == FIRST_LOT
        # the dispatch was of the lot as it was entered: it is looked at before it goes
        chip_says(page, "1 need you")
        page.locator("[data-is=chip]").click()
        expect(page.locator("[data-is=entries]")).to_contain_text("held 144.6")
        page.get_by_role("button", name="Fix").click()
        page.get_by_role("button", name="Change").click()
        page.get_by_role("button", name="Dispatch", exact=True).click()
        chip_says(page, "All sent")
    assert village.record()[4:] == [("form_lot", FIRST_LOT), ("dispatch", code)]


def test_what_was_refused_can_be_taken_back_and_what_builds_on_it_before_it(
    village: Village, playwright: Playwright
) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = enrol(context)
        first = weigh(page, "48,1")
        chip_says(page, "All sent")
        context.set_offline(True)
        form(page)
        page.get_by_role("button", name="Dispatch it").click()
        page.select_option("#away-to", label="Pakse Dry Mill")
        page.get_by_role("button", name="Dispatch", exact=True).click()
        village.do(village.office(), form_lot, FormLot(**now("office-lot"), facility="NL", deliveries=(first,)))
        context.set_offline(False)
        page.locator("[data-is=chip]").click()
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "1 need you")
        take_back(page, "is empty")
        expect(page.locator("[data-is=remove-problem]")).to_contain_text("Another entry builds on this")
        page.get_by_role("button", name="Cancel").click()
        take_back(page, "It builds on")
        chip_says(page, "1 need you")
        take_back(page, "is empty")
        chip_says(page, "All sent")
        page.get_by_role("link", name="Lots", exact=True).click()
        expect(page.locator("[data-is=lots-none]")).to_contain_text("Every delivery is in a lot")
    assert [kind for kind, _ in village.record()] == ["weigh_in", "form_lot"]


def test_a_new_farmer_a_weigh_in_and_a_lot_arrive_in_order_and_a_held_up_lot_goes_on_without_what_was_refused(
    village: Village, playwright: Playwright
) -> None:
    """Noy is refused by the server; the lot goes on without her delivery, and hers once she is registered."""
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = enrol(context)
        context.set_offline(True)
        register(page)
        page.fill("#bag", "40")
        hers = finish(page)
        other = weigh(page, "48,6")
        assert form(page) == FIRST_LOT
        chip_says(page, "4 waiting")
        refused = {"name": "Forbidden", "status": 403, "title": "No", "detail": "Not like this."}
        kind = "application/problem+json"
        page.context.route("**/api/v1/farmers", lambda way: way.fulfill(status=403, content_type=kind, json=refused))
        context.set_offline(False)
        outbox(page)
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "1 need you")
        row = page.locator("[data-is=entries] li", has_text=FIRST_LOT)
        expect(row).to_contain_text(f"It builds on {hers}")
        until(lambda: village.record() == [("weigh_in", other)])
        page.context.unroute("**/api/v1/farmers")

        row.get_by_role("button", name="Fix").click()
        page.get_by_role("button", name="Change").click()
        page.locator("[data-is=lot-rows] label", has_text=hers).click()
        page.get_by_role("button", name="Close the lot").click()
        assert stored(page) == FIRST_LOT
        expect(page.locator("[data-is=stored-state]")).to_have_text("Sent")
        assert village.record()[1:] == [("form_lot", FIRST_LOT)]
        outbox(page)
        page.locator("li", has_text="Not like this").get_by_role("button", name="Fix").click()
        page.get_by_role("button", name="Try again").click()
        chip_says(page, "All sent")
    assert village.record()[2:] == [("weigh_in", hers)]


def test_every_screen_for_goods_can_be_read_by_everybody_and_fits_a_small_phone(
    village: Village, playwright: Playwright
) -> None:
    on_the_road(village)
    with village.served(), phone(playwright, village.profile, village.address, bypass_csp=True) as context:
        page = enrol(context)
        context.set_offline(True)
        weigh(page, "48,6")
        page.evaluate(AXE)
        page.set_viewport_size(TALL)
        wrong: list[str] = []

        def look(screen: str) -> None:
            expect(page.locator(f"[data-screen={screen}]")).to_be_visible()
            wrong.extend(f"{screen}: {issue}" for issue in issues(page, RUN))
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, screen

        page.get_by_role("link", name="Lots", exact=True).click()
        page.fill("#lot-weighed", "1.250")
        page.get_by_role("button", name="Close the lot").click()
        expect(page.locator("[data-is=lot-weighed-choices] button")).to_have_count(2)
        look("lots")
        page.fill("#lot-weighed", "")
        page.get_by_role("button", name="Close the lot").click()
        look("stored")
        page.get_by_role("link", name="Road").click()
        look("road")
        page.locator("[data-is=leaving] a").click()
        page.get_by_role("button", name="Dispatch", exact=True).click()
        expect(page.locator("[data-is=away-to-problem]")).to_have_text("Say where it goes.")
        look("dispatch")
        page.get_by_role("button", name="Road").click()
        page.locator("[data-is=arriving] a").click()
        page.fill("#taken-mass", "95")
        look("receive")
        page.get_by_role("button", name="Road").click()
        expect(page.locator("[data-is=arriving]")).to_contain_text("Draft")
    assert not wrong, "\n".join(wrong)
