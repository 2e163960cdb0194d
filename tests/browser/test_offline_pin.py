"""A phone with a PIN: what it keeps cannot be read without it, a wrong PIN is told, a forgotten one costs nothing."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page, Playwright, expect
from sqlalchemy import select

from tests.browser.hands import PASSWORD
from tests.browser.phones import begin, chip_says, keeps, kill, phone, weigh
from tests.browser.villages import Village
from traceability.models import Lot

PIN = "4711"
# everything that lies on the phone, as text; what is encrypted is shown byte by byte
ALL_KEPT = """async () => {
  const request = indexedDB.open("traceability", 1);
  const database = await new Promise((done) => (request.onsuccess = () => done(request.result)));
  let told = "";
  for (const name of ["kept", "shelves", "outbox"]) {
    const found = database.transaction(name).objectStore(name).getAll();
    const values = await new Promise((done) => (found.onsuccess = () => done(found.result)));
    told += JSON.stringify(values, (key, value) => value instanceof ArrayBuffer
      ? new TextDecoder("latin1").decode(value) : value);
  }
  database.close();
  return told;
}"""


def set_pin(page: Page, pin: str = PIN) -> None:
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="PIN of this phone").click()
    page.fill("#pin", pin)
    page.fill("#pin-again", pin)
    page.get_by_role("button", name="Set the PIN").click()
    page.locator("#pin-old").wait_for()


def unlock(page: Page, pin: str = PIN) -> None:
    page.fill("#pin-typed", pin)
    page.get_by_role("button", name="Open", exact=True).click()


def locked_again(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/offline")
    page.locator("#pin-typed").wait_for()
    return page


def test_without_the_pin_nothing_on_the_phone_can_be_read_and_with_it_nothing_is_lost(
    village: Village, playwright: Playwright
) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.set_offline(True)
        first = weigh(page, "48,6")
        assert "Amina" in page.evaluate(ALL_KEPT)
        page.locator("details.menu summary").click()
        page.get_by_role("button", name="PIN of this phone").click()
        page.fill("#pin", "12")
        page.get_by_role("button", name="Set the PIN").click()
        expect(page.locator("[data-is=pin-problem]")).to_contain_text("at least four digits")
        page.fill("#pin", PIN)
        page.fill("#pin-again", "4712")
        page.get_by_role("button", name="Set the PIN").click()
        expect(page.locator("[data-is=pin-problem]")).to_contain_text("not the same")
        page.fill("#pin-again", PIN)
        page.get_by_role("button", name="Set the PIN").click()
        expect(page.locator("[data-is=pin-state]")).to_contain_text("the server keeps no spare key")
        page.fill("#pin-old", PIN)
        page.press("#pin-old", "Enter")  # it turns off what is seen, as its button does
        expect(page.locator("[data-is=pin-state]")).to_contain_text("The PIN is off")
        assert "Amina" in page.evaluate(ALL_KEPT)
        page.get_by_role("button", name="Weigh in").last.click()
        set_pin(page)
        page.get_by_role("button", name="Weigh in").last.click()
        second = weigh(page, "49")
        kill(village.profile)
    with phone(playwright, village.profile, village.address) as context:
        context.set_offline(True)
        page = locked_again(context)
        kept = page.evaluate(ALL_KEPT)
        for secret in ("Amina", "Nong Luang", "dv_", "48600", "49000", first, second, "farmer"):
            assert secret not in kept
        chip_says(page, "2 waiting")
        unlock(page, "0000")
        expect(page.locator("[data-is=locked-problem]")).to_contain_text("This PIN is wrong")
        unlock(page)
        page.get_by_role("link", name="Amina").wait_for()
        third = weigh(page, "50")
        with village.served():
            context.set_offline(False)
            chip_says(page, "All sent")
    assert village.record() == [first, second, third]


def test_after_ten_wrong_ones_nobody_may_try_at_once(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        set_pin(begin(context, village))
        page = locked_again(context)
        for _ in range(9):
            unlock(page, "0000")
            expect(page.locator("#pin-typed")).to_have_value("")
            expect(page.locator("[data-is=locked-problem]")).to_contain_text("This PIN is wrong")
        unlock(page, "0000")
        expect(page.locator("[data-is=locked-problem]")).to_contain_text(re.compile(r"Wait (30|2\d) seconds"))
        page = locked_again(context)
        unlock(page)  # the right one has to wait, too
        expect(page.locator("[data-is=locked-problem]")).to_contain_text("Wrong too often")


def test_a_forgotten_pin_is_replaced_for_the_password_and_nothing_is_lost(
    village: Village, playwright: Playwright
) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        set_pin(page)
        expect(page.locator("[data-is=pin-state]")).to_contain_text("A PIN is set")
        page.get_by_role("button", name="Weigh in").last.click()
        context.set_offline(True)
        number = weigh(page, "48,6")
        context.set_offline(False)
        page = locked_again(context)
        page.get_by_role("button", name="Forgotten").click()
        page.fill("#pin-new", "2580")
        page.fill("#pin-new-again", "2580")
        page.fill("#pin-password", "not my password")
        page.get_by_role("button", name="Open with a new PIN").click()
        expect(page.locator("[data-is=forgotten-problem]")).to_be_visible()
        page.fill("#pin-password", PASSWORD)
        page.get_by_role("button", name="Open with a new PIN").click()
        page.get_by_role("link", name="Amina").wait_for()
        chip_says(page, "All sent")
        page = locked_again(context)
        unlock(page, "2580")
        page.get_by_role("link", name="Amina").wait_for()
    assert village.record() == [number]


def test_it_locks_itself_and_another_page_of_staff_shows_what_waits(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        set_pin(page)
        page.get_by_role("button", name="Weigh in").last.click()
        context.route("**/api/v1/weigh-ins", lambda route: route.abort())
        weigh(page, "48,6")
        staff = context.new_page()
        staff.goto("/weigh-in")
        expect(staff.locator("[data-outbox]")).to_contain_text("1 waiting")
        staff.locator("details.menu summary").click()
        staff.get_by_role("button", name="Sign out").click()
        expect(staff.locator("details.menu [role=alert]")).to_contain_text("1 entries of this phone would be lost")
        page.evaluate("Date.now = ((now) => () => now() + 6 * 60_000)(Date.now)")
        page.locator("#pin-typed").wait_for(timeout=20_000)
        assert page.get_by_role("link", name="Amina").count() == 0
        context.unroute("**/api/v1/weigh-ins")
        unlock(page)
        chip_says(page, "All sent")
    assert len(village.record()) == 1


def test_lots_are_locked_as_everything_else_is_and_arrive_in_order_after_the_pin(
    village: Village, playwright: Playwright
) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        set_pin(page)
        page.get_by_role("button", name="Weigh in").last.click()
        context.set_offline(True)
        first = weigh(page, "48,6")
        page.get_by_role("link", name="Lots", exact=True).click()
        page.fill("#lot-weighed", "48,55")
        page.get_by_role("button", name="Close the lot").click()
        number = page.locator("[data-is=stored-number]")
        expect(number).to_be_visible()
        lot = number.inner_text()
        page.get_by_role("button", name="Dispatch it").click()
        page.fill("#away-vehicle", "LS 1234")
        keeps(page, "road-drafts", "LS 1234")
        kill(village.profile)
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = locked_again(context)
        kept = page.evaluate(ALL_KEPT)
        for secret in (first, lot, "48550", "LS 1234", "Nong Luang", "arabica"):
            assert secret not in kept
        chip_says(page, "2 waiting")
        unlock(page)
        chip_says(page, "All sent")
        page.get_by_role("link", name="Road").click()
        expect(page.locator("[data-is=leaving] li")).to_contain_text([lot])
        expect(page.locator("[data-is=leaving] li")).to_contain_text(["Draft"])
        page.locator("[data-is=leaving] a").click()
        expect(page.locator("#away-vehicle")).to_have_value("LS 1234")
    assert village.record() == [first]
    with village.database.reading() as session:
        assert session.scalars(select(Lot.made_g).where(Lot.number == lot)).one() == 48_550
