"""Whoever goes through a page with the Tab key sees where they are: nothing that has the focus lies below the tabs."""

from __future__ import annotations

from typing import Final

import pytest

from tests.browser.conftest import PHONE, Site
from tests.browser.hands import PASSWORD, cooperative
from traceability.models.database import Database

COVERED: Final = """() => {
  const one = document.activeElement, bar = document.querySelector(".tabs");
  if (one === document.body || bar.contains(one)) return "";
  const [is, lies] = [one.getBoundingClientRect(), bar.getBoundingClientRect()];
  return is.bottom + 5 > lies.top && is.top < lies.bottom ? one.outerHTML.slice(0, 120) : "";
}"""


@pytest.mark.parametrize("language", ["en", "lo"])
def test_nothing_that_has_the_focus_is_covered_by_the_bar_below(site: Site, database: Database, language: str) -> None:
    cooperative(database)
    with site.chromium.new_context(viewport=PHONE, base_url=site.address) as context:
        page = context.new_page()
        page.goto(f"/sign-in?l={language}")
        page.fill("#login", "mali")
        page.fill("#password", PASSWORD)
        page.click("button.button--main")
        for address in ("/registers/places/new", "/farmers/new", "/registers/codes/new"):
            page.goto(address)
            covered, reached = [], 0
            for _ in range(60):
                page.keyboard.press("Tab")
                covered.append(str(page.evaluate(COVERED)))
                reached += bool(page.evaluate("() => document.querySelector('main').contains(document.activeElement)"))
            assert reached >= 3, address
            assert not [one for one in covered if one], address
