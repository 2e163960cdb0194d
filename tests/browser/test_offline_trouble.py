"""What goes wrong without a signal: a revoked phone, a network of others, a lost answer; and a page for everybody."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error, Page, Playwright, Route, expect

from tests.browser.hands import PASSWORD
from tests.browser.phones import begin, chip_says, choose, finish, outbox, phone, register, weigh
from tests.browser.test_axe import AXE, COLOURS, RUN, issues
from tests.browser.villages import Village, revoke


def test_a_revoked_phone_signs_out_once_its_file_is_safe_and_a_manager_enters_it(
    village: Village, playwright: Playwright
) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.set_offline(True)
        register(page)
        page.fill("#bag", "49")
        number = finish(page)
        revoke(village.database)
        context.set_offline(False)
        outbox(page)
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "2 need you")
        with page.expect_download() as download:
            page.get_by_role("button", name="Export unsent").click()
        content = Path(download.value.path()).read_bytes()
        page.goto("/sign-in")
        sign_in(page, "bakari")
        page.locator("details.menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.locator("details.menu [role=alert]")).to_contain_text("2 entries of this phone would be lost")
        page.goto("/offline#outbox")
        with page.expect_download():
            page.get_by_role("button", name="Export unsent").click()
        page.get_by_role("button", name="The file is safe").click()
        expect(page.locator("[data-is=send-words]")).to_contain_text("You may sign out on this phone now")
        page.goto("/deliveries")
        page.locator("details.menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in**")
        sign_in(page, "mali")
        page.goto("/devices/rescue")
        page.set_input_files("#content", {"name": "unsent.json", "mimeType": "application/json", "buffer": content})
        page.get_by_role("button", name="Enter it").click()
        assert "Everything in the file is on record" in page.inner_text("main")
    assert village.record() == [number]


def sign_in(page: Page, login: str) -> None:
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("button.button--main")
    page.wait_for_load_state()


def test_a_proxy_that_answers_is_told_as_one(new_village: Village, playwright: Playwright) -> None:
    with new_village.served(), phone(playwright, new_village.profile, new_village.address) as context:
        page = context.pages[0] if context.pages else context.new_page()
        page.goto("/sign-in")
        sign_in(page, "bakari")
        page.goto("/offline")
        context.route(
            "**/devices.json", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi")
        )
        page.fill("#name", "NL-B")
        page.get_by_role("button", name="Enrol this phone").click()
        expect(page.locator("[data-is=enrol-problem]")).to_contain_text("Not our server answered (200)")
        context.unroute("**/devices.json")
        context.route("**/devices.json", lambda route: route.fulfill(status=502, content_type="text/html", body="bad"))
        page.get_by_role("button", name="Enrol this phone").click()
        expect(page.locator("[data-is=enrol-problem]")).to_contain_text("(502)")
        context.unroute("**/devices.json")
        page.get_by_role("button", name="Enrol this phone").click()
        page.get_by_role("link", name="Amina").wait_for()
        context.route("**/api/**", lambda route: route.fulfill(status=511, content_type="text/html", body="Wi-Fi"))
        weigh(page, "48,6")
        outbox(page)
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("[data-is=send-words]")).to_contain_text("Not our server answered (511)")
        context.unroute("**/api/**")
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "All sent")


def test_a_renewal_whose_answer_got_lost_locks_nobody_out(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)

        def lost(route: Route) -> None:
            with suppress(Error):  # the page may have given up meanwhile
                route.fetch()
                route.abort()

        context.route("**/renew.json", lost)
        page.goto("/offline?renew=1")
        page.get_by_role("link", name="Amina").wait_for()
        weigh(page, "48,6")
        chip_says(page, "All sent")
    assert len(village.record()) == 1


def test_the_page_is_usable_by_everybody_in_light_and_dark(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        wrong = [*looked_at(page, "who")]
        page.get_by_role("button", name="New farmer").click()
        wrong += looked_at(page, "newcomer")
        page.get_by_role("button", name="Cancel").first.click()
        choose(page)
        page.fill("#bag", "48,6")
        page.locator("summary", has_text="Place, tare, price, note").click()
        wrong += looked_at(page, "bags")
        page.get_by_role("button", name="Check with farmer").click()
        wrong += looked_at(page, "check")
        page.get_by_role("button", name="Save", exact=True).click()
        wrong += looked_at(page, "saved")
        page.get_by_role("button", name="Receipt").click()
        wrong += looked_at(page, "receipt")
        outbox(page)
        wrong += looked_at(page, "outbox")
    assert not wrong, "\n".join(wrong)


def looked_at(page: Page, name: str) -> list[str]:
    found = []
    page.evaluate(AXE)
    page.emulate_media(reduced_motion="reduce")
    for scheme, run in (("light", RUN), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += [f"{name} {scheme}: {issue}" for issue in issues(page, run)]
    page.emulate_media(color_scheme="light")
    return found
