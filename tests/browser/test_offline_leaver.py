"""A clerk leaves while the phone is without a signal, and comes back: nothing is lost, and nothing is taken unseen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.browser.hands import PASSWORD
from tests.browser.phones import begin, chip_says, outbox, phone, weigh
from tests.browser.test_offline_trouble import sign_in as signs_in
from tests.browser.villages import Village
from traceability.domain.members import CloseMember, OpenMember
from traceability.models.database import Database
from traceability.operations.account import sign_in
from traceability.operations.members import close_member, open_member


def leaves(database: Database) -> None:
    manager = sign_in(database, "mali", PASSWORD).actor
    now = datetime.now(UTC)
    fact = CloseMember(client_id="bakari-leaves", occurred_at=now, login="bakari", reason="moved away")
    database.write(partial(close_member, actor=manager, fact=fact))


def comes_back(database: Database) -> None:
    manager = sign_in(database, "mali", PASSWORD).actor
    fact = OpenMember(client_id="bakari-comes-back", occurred_at=datetime.now(UTC), login="bakari")
    database.write(partial(open_member, actor=manager, fact=fact))


def test_whoever_left_is_told_what_to_do_with_what_waits_and_whoever_comes_back_sends_it(
    village: Village, playwright: Playwright
) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.set_offline(True)
        numbers = [weigh(page, kilograms) for kilograms in ("48,6", "51,2")]
        leaves(village.database)
        context.set_offline(False)
        outbox(page)
        page.get_by_role("button", name="Send now").click()
        chip_says(page, "2 need you")
        expect(page.locator("[data-is=entries] .problem")).to_contain_text(["The access of Bakari was closed on"] * 2)
        expect(page.locator("[data-is=trouble]")).to_contain_text("Export what is unsent and show your manager.")
        assert page.get_by_role("button", name="Fix").count() == 0
        with page.expect_download() as download:
            page.get_by_role("button", name="Export unsent").click()
        exported = json.loads(Path(download.value.path()).read_text("utf-8"))
        assert [entry["receipt_number"] for entry in exported["entries"]] == numbers
        page.goto("/offline#who")  # the names of farmers have left the phone
        expect(page.locator("[data-is=trouble]")).to_contain_text("The access of Bakari was closed on")
        assert page.get_by_role("link", name="Amina").count() == 0
        assert village.record() == []

        comes_back(village.database)
        page.get_by_role("link", name="Sign in").click()
        signs_in(page, "bakari")
        chip_says(page, "All sent")
        expect(page.get_by_role("link", name="Amina")).to_be_visible()
    assert village.record() == numbers


def test_who_was_back_before_the_phone_had_a_signal_signs_in_on_it_and_sends(
    village: Village, playwright: Playwright
) -> None:
    with village.served(), phone(playwright, village.profile, village.address) as context:
        page = begin(context, village)
        context.set_offline(True)
        number = weigh(page, "48,6")
        leaves(village.database)
        comes_back(village.database)
        context.set_offline(False)
        outbox(page)
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("[data-is=trouble]")).to_contain_text("Sign in on it again, then everything that waits")
        page.get_by_role("link", name="Sign in").click()
        signs_in(page, "bakari")
        chip_says(page, "All sent")
    assert village.record() == [number]
