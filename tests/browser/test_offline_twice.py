"""One form that is saved twice: nothing typed is lost, nothing counts twice unsaid."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect
from sqlalchemy import select

from tests.browser.phones import begin, chip_says, choose, open_app, outbox, phone, register, weigh
from tests.browser.test_offline_weighing import refuse
from tests.browser.villages import Village
from traceability.models import Event, Person


def bags(village: Village) -> list[Any]:
    with village.database.reading() as session:
        found = session.scalars(select(Event.kdes).where(Event.kind == "weigh_in").order_by(Event.seq))
        return [kdes["bags_g"] for kdes in found]


def check_and_save(page: Page, taps: int = 1) -> str:
    """The number that is shown then; the screen stays."""
    page.get_by_role("button", name="Check with farmer").click()
    page.get_by_role("button", name="Save", exact=True).evaluate(
        "(button, taps) => { for (let tap = 0; tap < taps; tap += 1) button.click(); }", taps
    )
    expect(page.locator("[data-is=saved-number]")).not_to_be_empty()
    page.locator("[data-screen=saved]").wait_for()
    return page.inner_text("[data-is=saved-number]")


def test_what_was_changed_before_its_entry_was_taken_back_is_a_new_entry(
    village: Village, playwright: Playwright
) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.route("**/api/v1/weigh-ins", refuse)
        refused = weigh(page, "48,6")
        chip_says(page, "1 need you")
        context.unroute("**/api/v1/weigh-ins")
        outbox(page)
        page.get_by_role("button", name="Fix").click()
        page.get_by_role("button", name="Change").last.click()
        page.fill("#bag", "51")
        outbox(page)
        page.get_by_role("button", name="Take back").click()
        page.select_option("#why", "twice")
        page.get_by_role("button", name="Take it back").click()
        page.locator("[data-screen=outbox]").wait_for()
        page.goto("/offline#who")
        page.get_by_role("button", name="Continue").click()
        number = check_and_save(page, taps=2)
        assert number != refused
        expect(page.locator("[data-is=saved-beside]")).to_contain_text(f"{refused} stays taken back")
        page.get_by_role("button", name="Next farmer").click()
        expect(page.get_by_role("button", name="Continue")).to_be_hidden()
        chip_says(page, "All sent")
    assert village.record() == [number]
    assert bags(village) == [[48_600, 51_000]]


@pytest.mark.parametrize("undone", [False, True])
def test_a_bag_that_another_tab_added_is_not_lost(village: Village, playwright: Playwright, *, undone: bool) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        first = begin(context, village)
        context.set_offline(True)
        choose(first)
        first.fill("#bag", "31,5")
        first.get_by_role("button", name="Add bag").click()
        first.get_by_role("button", name="Remove bag 1").wait_for()
        second = open_app(context)
        second.get_by_role("button", name="Continue").click()
        second.locator("#bag").wait_for()
        number = check_and_save(first)
        if undone:
            first.get_by_role("button", name="Undo").click()
            expect(first.locator("[data-is=undone]")).to_be_visible()
        second.fill("#bag", "20")
        other = check_and_save(second)
        assert other != number
        said = f"{number} stays taken back" if undone else f"saved before, as {number}. Both count now"
        expect(second.locator("[data-is=saved-beside]")).to_contain_text(said)
        outbox(second)
        for shown in (number, other):
            expect(second.locator("[data-is=entries]")).to_contain_text(shown)
        context.set_offline(False)
        first.get_by_role("button", name="Next farmer").click()  # nobody can undo it any more
        second.get_by_role("button", name="Send now").click()
        chip_says(second, "All sent")
    assert sorted(village.record()) == ([other] if undone else [number, other])
    assert sorted(bags(village)) == ([] if undone else [[31_500]]) + [[31_500, 20_000]]


def test_a_bag_typed_in_another_tab_waits_there_unfinished(village: Village, playwright: Playwright) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        first = begin(context, village)
        choose(first)
        first.fill("#bag", "31,5")
        first.get_by_role("button", name="Check with farmer").click()
        first.locator("[data-screen=check]").wait_for()
        second = open_app(context)
        second.get_by_role("button", name="Continue").click()
        second.fill("#bag", "20")
        second.get_by_role("button", name="Add bag").click()
        second.get_by_role("button", name="Remove bag 2").wait_for()
        second.close()
        first.get_by_role("button", name="Save", exact=True).click()
        first.get_by_role("button", name="Next farmer").click()
        expect(first.locator("[data-is=draft-words]")).to_contain_text("Amina Phommachan, bags: 2")
        first.get_by_role("button", name="Discard").click()
        expect(first.get_by_role("button", name="Continue")).to_be_hidden()
        chip_says(first, "All sent")
    assert bags(village) == [[31_500]]


def change_refused(page: Page, name: str) -> None:
    """The form of the farmer whom the server refused, with another name, not yet saved."""
    outbox(page)
    page.get_by_role("button", name="Fix").click()
    page.get_by_role("button", name="Change").last.click()
    page.fill("#new-name", name)


@pytest.mark.parametrize("sent", [False, True])
def test_a_refused_farmer_who_is_changed_in_two_tabs_stays_one(
    village: Village, playwright: Playwright, *, sent: bool
) -> None:
    """Noy becomes Noi in one tab and Noui in the other: the last counts, unless the first is on record already"""
    farmers = "**/api/v1/farmers"
    with village.served(), phone(playwright, village.profile, village.address) as context:
        first = begin(context, village)
        context.route(farmers, refuse)
        register(first, "Noy")
        chip_says(first, "1 need you")
        second = open_app(context)
        change_refused(first, "Noi")
        change_refused(second, "Noui")
        if sent:
            context.unroute(farmers)
        else:
            context.set_offline(True)
        first.get_by_role("button", name="Save", exact=True).click()
        first.locator("[data-screen=outbox]").wait_for()
        if sent:
            first.get_by_role("button", name="Send now").click()
            chip_says(first, "All sent")
        second.get_by_role("button", name="Save", exact=True).click()
        if sent:
            problem = second.locator("[data-is=newcomer-problem]")
            expect(problem).to_contain_text("This farmer was saved before, as Noi of Lak 30.")
        else:
            second.locator("[data-screen=outbox]").wait_for()
            expect(second.locator("[data-is=entries]")).to_contain_text("New farmer: Noui")
            context.unroute(farmers)
            context.set_offline(False)
            second.get_by_role("button", name="Send now").click()
        chip_says(second, "All sent")
    with village.database.reading() as session:
        names = list(session.scalars(select(Person.name)))
    assert names == ["Amina Phommachan", "Noi" if sent else "Noui"]
