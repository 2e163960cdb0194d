"""No signal at the collection point: killed browsers and servers, two tabs, a lost phone; every entry arrives once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, expect

from tests.browser.phones import begin, chip_says, choose, finish, keeps, kill, open_app, phone, save, waiting, weigh
from tests.browser.villages import Village, revoke
from tests.serving import Server, until
from traceability.errors import NumberTaken
from traceability.words import translate

HOW_MANY = 30


def gone(server: Server) -> None:
    server.process.kill()
    server.process.wait()


def test_thirty_weigh_ins_survive_a_killed_browser_and_a_killed_server(
    village: Village, playwright: Playwright
) -> None:
    numbers = []
    with village.served() as server, phone(playwright, village.profile, village.address) as context:
        begin(context, village)
        gone(server)
        page = open_app(context)
        numbers += [weigh(page, f"48,{place:02}") for place in range(1, HOW_MANY // 2 + 1)]
        choose(page)
        page.fill("#bag", "50,5")
        page.get_by_role("button", name="Add bag").click()
        page.fill("#bag", "51")
        keeps(page, "draft", '"typed":"51"')
        kill(village.profile)
    with phone(playwright, village.profile, village.address) as context:
        page = open_app(context)
        chip_says(page, f"{HOW_MANY // 2} waiting")
        expect(page.locator("[data-is=draft-words]")).to_contain_text("Unfinished: Amina Phommachan, bags: 1")
        page.get_by_role("link", name="Amina").click()
        expect(page.locator("[data-is=found]")).to_contain_text("Continue what is unfinished")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("#bag")).to_have_value("51")
        numbers.append(finish(page))
        numbers += [weigh(page, f"49,{place:02}") for place in range(1, HOW_MANY // 2)]
        chip_says(page, f"{HOW_MANY} waiting")
        assert village.record() == []
        with village.served() as server:
            page.locator("[data-is=chip]").click()
            page.get_by_role("button", name="Send now").click()
            until(lambda: len(village.record()) > 3)
            gone(server)
        assert len(set(numbers)) == HOW_MANY
        with village.served():
            page.get_by_role("button", name="Send now").click()
            chip_says(page, "All sent")
    assert village.record() == numbers


def test_two_tabs_and_five_replays_make_one_record(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        first = begin(context, village)
        sent: list[Any] = []
        context.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
        choose(first)
        first.fill("#bag", "48,6")
        first.get_by_role("button", name="Check with farmer").click()
        first.locator("[data-screen=check]").wait_for()
        second = open_app(context)
        second.get_by_role("button", name="Continue").click()
        second.get_by_role("button", name="Check with farmer").click()
        for page in (first, second):
            page.get_by_role("button", name="Save", exact=True).click()
        for page in (first, second):
            page.locator("[data-is=saved-number]").wait_for()
        chip_says(first, "All sent")
        said = next(request for request in sent if request.url.endswith("/weigh-ins"))
        answers = []
        for _ in range(5):
            headers = {name: said.headers[name] for name in ("authorization", "content-type")}
            answers.append(context.request.post("/api/v1/weigh-ins", data=said.post_data, headers=headers))
        assert [answer.status for answer in answers] == [200] * 5
        assert first.inner_text("[data-is=saved-number]") == second.inner_text("[data-is=saved-number]")
    assert len(village.record()) == 1


def test_what_a_revoked_phone_sends_is_refused_before_the_eyes_of_the_clerk(
    village: Village, playwright: Playwright
) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.set_offline(True)
        numbers = [weigh(page, kilograms) for kilograms in ("48,6", "51,2")]
        chip_says(page, "2 waiting")
        page.goto("/")  # another page of staff, without a signal: the phone's own opens in its place
        chip_says(page, "2 waiting")
        revoke(village.database)
        choose(page)
        page.fill("#bag", "50")
        numbers.append(save(page))  # it can still be undone when the others are sent, and is refused with them
        page = open_app(context)
        context.set_offline(False)
        page.locator("[data-is=chip]").click()
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "3 need you")
        expect(page.locator("[data-is=entries] .problem")).to_contain_text(["This phone was revoked on"] * 3)
        with page.expect_download() as download:
            page.get_by_role("button", name="Export unsent").click()
        exported = json.loads(Path(download.value.path()).read_text("utf-8"))
        assert [entry["receipt_number"] for entry in exported["entries"]] == numbers
        page.reload()
        expect(page.locator("[data-is=trouble]")).to_contain_text("This phone was revoked on")
        assert page.get_by_role("link", name="Amina").count() == 0
    assert village.record() == []


def sign_out_is_refused(page: Page) -> None:
    page.goto("/weigh-in")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("details.menu [role=alert]")).to_contain_text("1 entries of this phone would be lost")
    page.goto("/weigh-in")
    assert page.url.endswith("/weigh-in")


def test_a_refusal_holds_up_nothing_else_and_can_be_mended(village: Village, playwright: Playwright) -> None:
    """A number that is taken: the reason is shown, nobody signs out over it, and the next entry goes through."""
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.set_offline(True)
        first = weigh(page, "48,1")
        context.set_offline(False)
        chip_says(page, "All sent")
        page.evaluate(
            "import('/static/offline/store.js').then(({ keep }) => keep('given', {}).then(() => keep('numbers', {})))"
        )
        weigh(page, "48,2")
        weigh(page, "48,3")
        until(lambda: waiting(page) == 0)
        chip_says(page, "1 need you")
        sign_out_is_refused(page)
        page.goto("/offline#outbox")
        expect(page.locator("[data-is=entries]")).to_contain_text(f"The number {first} is already in use")
        page.goto("/offline?l=lo#outbox")  # the reason follows the language, and the server knows what is left
        in_lao = translate("lo", " ".join((NumberTaken.__doc__ or "").split()), number=first)
        expect(page.locator("[data-is=entries]")).to_contain_text(in_lao)
        until(lambda: village.unsent() == 1)
        page.goto("/offline?l=en#outbox")
        expect(page.locator("[data-is=entries]")).to_contain_text(f"The number {first} is already in use")
        page.get_by_role("button", name="Fix").click()
        page.get_by_role("button", name="Give it a new number").click()
        chip_says(page, "All sent")
    counters = sorted(number[-4:] for number in village.record())
    assert counters == ["A001", "A002", "A003"]
