"""The whole weigh-in without a signal: a new farmer, the quality box, undo, taking back, mending, receipts."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import zxingcpp
from PIL import Image
from playwright.sync_api import Error, Playwright, Route, expect
from sqlalchemy import select

from tests.browser.hands import PASSWORD
from tests.browser.phones import begin, chip_says, choose, finish, keeps, outbox, phone, register, weigh
from tests.browser.villages import Village
from traceability.domain.settings import SetPrice
from traceability.models import Event, Lot, Person
from traceability.operations.account import sign_in
from traceability.operations.settings import set_price


def facts(village: Village, kind: str = "weigh_in") -> list[dict[str, Any]]:
    with village.database.reading() as session:
        return [
            dict(kdes) for kdes in session.scalars(select(Event.kdes).where(Event.kind == kind).order_by(Event.seq))
        ]


def test_a_new_farmer_is_usable_at_once_and_sent_before_the_weigh_in(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.set_offline(True)
        page.get_by_role("button", name="New farmer").click()
        page.fill("#new-name", "Noy Vongsa")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("[data-is=newcomer-problem]")).to_contain_text("A name and a village are needed")
        page.fill("#new-village", "Lak 30")
        page.get_by_role("button", name="Save", exact=True).click()
        page.fill("#bag", "48,6")
        page.locator("#quality").fill("120")
        page.get_by_role("button", name="Check with farmer").click()
        expect(page.locator("[data-is=quality-problem]")).to_contain_text("must be between 0 and 100")
        page.locator("#quality").fill("92,5")
        page.locator("summary", has_text="Place, tare, price, note").click()
        page.fill("#variety", "Typica")
        page.fill("#at-price", "14.000")
        page.fill("#note", "wet")
        finish(page)
        page.get_by_role("link", name="Noy").click()
        page.fill("#bag", "50")
        finish(page)
        outbox(page)
        expect(page.locator("[data-is=entries]")).to_contain_text("It is sent after Noy Vongsa.")
        context.set_offline(False)
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "All sent")
    with village.database.reading() as session:
        assert [person.name for person in session.scalars(select(Person))] == ["Amina Phommachan", "Noy Vongsa"]
    first, second = facts(village)
    noy = facts(village, "register_farmer")[-1]["farmer"]
    assert first["farmer"] == second["farmer"] == noy
    assert [(one["property"], one["value"]) for one in first["measured"]] == [("ripe_percent", "92.5")]
    assert (first["price_per_kg"], second["price_per_kg"]) == (14_000, None)


def test_weights_typed_in_ta_arrive_as_grams(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.set_offline(True)
        page.locator("[data-is=bought]").click()
        page.fill("#tare", "0,5")
        page.select_option("#weight-unit", "ta")
        expect(page.locator("#tare")).to_have_value("0,005")  # the same half kilogram
        expect(page.locator("[data-is=tare-unit]")).to_have_text("tạ")
        page.fill("#tare", "")
        page.get_by_role("button", name="Start weighing").click()
        expect(page.locator("[data-is=bought]")).to_contain_text("tạ")
        choose(page)
        expect(page.locator("[data-is=bag-unit]")).to_have_text("tạ")
        page.fill("#bag", "1.250")
        page.get_by_role("button", name="Add bag").click()
        expect(page.locator("[data-is=bag-choices] button").first).to_have_text(
            "1\u00a0250\u00a0tạ = 125\u00a0000\u00a0kg"
        )
        expect(page.locator("[data-is=bag-problem]")).to_contain_text("1.25\u00a0tạ = 125\u00a0kg")
        page.fill("#bag", "0,486")
        expect(page.locator("[data-is=sums]")).to_contain_text("net 48.6\u00a0kg")
        keeps(page, "draft", '"typed":"0,486"')
        page.reload()  # as a phone does that was switched off: the draft keeps its unit
        page.locator("[data-is=bought]").click()
        page.select_option("#weight-unit", "g")
        page.get_by_role("button", name="Start weighing").click()
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("[data-is=bag-unit]")).to_have_text("tạ")
        expect(page.locator("#bag")).to_have_value("0,486")
        finish(page)
        choose(page)
        page.fill("#bag", "48.650")  # a gram has no decimals: only thousands can be meant
        finish(page)
        context.set_offline(False)
        outbox(page)
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "All sent")
    assert [(said["bags_g"], said["tare_g"]) for said in facts(village)] == [([48_600], 0), ([48_650], 0)]


def listed(village: Village, **of_grades: int) -> None:
    """The manager's price list of today for cherry."""
    mali = sign_in(village.database, "mali", PASSWORD).actor
    for grade, price in of_grades.items():
        fact = SetPrice(
            client_id=f"price-{grade}",
            occurred_at=datetime.now(UTC),
            commodity="arabica_coffee",
            form="fresh_cherry",
            grade="" if grade == "all" else grade,
            from_on=date(2026, 1, 1),
            price_per_kg=price,
        )
        village.database.write(partial(set_price, actor=mali, fact=fact))


def test_the_price_that_was_said_holds_and_what_was_paid_is_paid_on_every_receipt(
    village: Village, playwright: Playwright
) -> None:
    listed(village, all=15_000, B=11_000)
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.set_offline(True)
        choose(page)
        page.fill("#bag", "41,2")
        page.get_by_role("radio", name="B").check()  # nobody said a price: the list has one for this grade
        page.get_by_role("button", name="Check with farmer").click()
        expect(page.locator("[data-is=amount]")).to_have_text("11\xa0000 LAK/kg = 453\xa0200 LAK")
        expect(page.get_by_role("radio", name="owed")).to_be_checked()
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("button", name="Next farmer").click()
        page.locator("[data-is=bought]").click()
        expect(page.locator("#price")).to_have_value("15000")
        page.fill("#price", "1.400.000")
        page.get_by_role("button", name="Start weighing").click()
        choose(page)
        page.fill("#bag", "41,1")
        page.get_by_role("radio", name="B").check()
        page.get_by_role("button", name="Check with farmer").click()
        warned = "1\xa0400\xa0000 LAK per kg? Usual is 11\xa0000 LAK."
        expect(page.locator("[data-is=warning-words]")).to_have_text(warned)
        page.get_by_role("button", name="Change").click()
        page.locator("summary", has_text="Place, tare, price, note").click()
        page.fill("#at-price", "14000")
        page.get_by_role("button", name="Check with farmer").click()
        expect(page.locator("[data-is=amount]")).to_have_text("14\xa0000 LAK/kg = 575\xa0400 LAK")
        expect(page.locator("[data-is=warnings]")).to_be_hidden()
        page.get_by_role("radio", name="paid now").check()
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("button", name="Receipt").click()
        expect(page.locator("[data-is=receipt-facts]")).to_contain_text("Paymentpaid")
        page.get_by_role("button", name="Outbox").click()
        context.set_offline(False)
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "All sent")
        with village.database.reading() as session:
            lots = session.scalars(select(Lot.code).order_by(Lot.id)).all()
        for lot, payment in zip(lots, ("owed", "paid"), strict=True):
            page.goto(f"/receipts/{lot}")
            assert f"Payment {payment}" in " ".join(page.locator("main").inner_text().split())
    assert [said["price_per_kg"] for said in facts(village)] == [11_000, 14_000]
    assert [said["amount"] for said in facts(village, "pay")] == [575_400]


def test_undo_takes_back_and_what_waits_is_taken_back_with_a_reason(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        choose(page)
        page.fill("#bag", "48,6")
        page.get_by_role("button", name="Check with farmer").click()
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("[data-is=undone]")).to_contain_text("It counts no longer")
        page.get_by_role("button", name="Next farmer").click()
        context.set_offline(True)
        register(page)
        page.fill("#bag", "49")
        finish(page)
        outbox(page)
        farmer = page.locator("[data-is=entries] li", has_text="New farmer: Noy")
        farmer.get_by_role("button", name="Take back").click()
        page.select_option("#why", "twice")
        page.get_by_role("button", name="Take it back").click()
        expect(page.locator("[data-is=remove-problem]")).to_contain_text("Another entry is about this farmer")
        page.get_by_role("button", name="Cancel").last.click()
        page.locator("[data-is=entries] li", has_text="49 kg").get_by_role("button", name="Take back").click()
        page.get_by_role("button", name="Take it back").click()
        expect(page.locator("[data-is=remove-problem]")).to_contain_text("Say what is wrong")
        page.select_option("#why", "other")
        page.fill("#why-note", "the sack was empty")
        page.get_by_role("button", name="Take it back").click()
        expect(page.locator("[data-is=entries]")).to_contain_text("the sack was empty")
        context.set_offline(False)
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "All sent")
        expect(page.locator("[data-is=entries]")).to_contain_text("Undone")
    assert village.record() == []


def test_the_answer_that_got_lost_is_no_reason_to_take_it_back(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)

        def lost(route: Route) -> None:
            with suppress(Error):  # the page may have given up meanwhile
                route.fetch()
                route.abort()

        context.route("**/api/v1/weigh-ins", lost)
        weigh(page, "48,6")
        outbox(page)
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("[data-is=send-words]")).to_contain_text("No signal")
        page.get_by_role("button", name="Take back").click()
        page.select_option("#why", "twice")
        page.get_by_role("button", name="Take it back").click()
        expect(page.locator("[data-is=remove-problem]")).to_contain_text("The server may have it already")
        context.unroute("**/api/v1/weigh-ins")
        page.get_by_role("button", name="Cancel").last.click()
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "All sent")
        page.get_by_role("link", name="Correct").click()
        page.wait_for_url("**/correct?event=*")
    assert len(village.record()) == 1


def test_everything_of_a_refused_entry_can_be_changed(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.route("**/api/v1/weigh-ins", refuse)
        weigh(page, "48,6")
        chip_says(page, "1 need you")
        context.unroute("**/api/v1/weigh-ins")
        outbox(page)
        page.get_by_role("button", name="Fix").click()
        page.get_by_role("button", name="Change").last.click()
        page.get_by_role("button", name="Remove bag 1").click()
        page.fill("#bag", "51")
        page.get_by_role("button", name="Add bag").click()
        page.locator("[data-is=grades] label").first.click()
        page.locator("summary", has_text="Place, tare, price, note").click()
        page.select_option("#at-place", "ML")
        page.fill("#at-price", "9000")
        page.get_by_role("button", name="Another farmer").click()
        expect(page.locator("[data-is=found]")).to_contain_text("Choose whose these bags are")
        page.get_by_role("button", name="New farmer").click()
        page.fill("#new-name", "Noy")
        page.fill("#new-village", "Lak 30")
        page.get_by_role("button", name="Save", exact=True).click()
        finish(page)
        chip_says(page, "All sent")
    (said,) = facts(village)
    assert (said["bags_g"], said["price_per_kg"]) == ([51_000], 9_000)
    assert said["farmer"] == facts(village, "register_farmer")[-1]["farmer"]


def refuse(route: Route) -> None:
    body = {"name": "MassNeeded", "status": 422, "detail": "Say how much it is."}
    route.fulfill(status=422, content_type="application/problem+json", body=json.dumps(body))


def test_the_receipt_is_shown_with_a_square_that_leads_to_its_check(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.set_offline(True)
        choose(page)
        page.fill("#bag", "48,6")
        page.get_by_role("button", name="Check with farmer").click()
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("button", name="Receipt").click()
        square = page.locator("[data-is=receipt-qr]")
        square.wait_for()
        address = square.get_attribute("data-address")
        picture = Image.open(io.BytesIO(square.screenshot()))
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [address]
        page.emulate_media(media="print")
        assert page.locator("header.bar").is_hidden()
        assert square.is_visible()
        page.emulate_media(media="screen")
        context.set_offline(False)
        page.get_by_role("button", name="Next farmer").last.click()
        chip_says(page, "All sent")
        assert address is not None
        page.goto(address)
        assert "Valid" in page.inner_text("main")
