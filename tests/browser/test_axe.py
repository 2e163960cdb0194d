"""axe-core on every page of the house in light and in dark: no serious issue, for no role.

A page is looked at again for another role where that role sees an element that nobody saw there before, and in dark
where it holds an element that was on no page in dark before. The engine is axe-core 4.14.1 (MPL-2.0) as published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.databases import Databases
from tests.serving import served
from tests.web.addresses import ADDRESSES
from tests.web.route_policy import POLICY, PUBLIC
from tests.web.staffed import EVERYTHING, Staffed, staffed
from traceability.domain.roles import Role

AXE: Final = (Path(__file__).parent / "vendored" / "axe.min.js").read_text("utf-8")
SERIOUS: Final = ("serious", "critical")
NO_PAGE: Final = (
    ".json",
    ".svg",
    ".png",
    ".pdf",
    ".bin",
    "gs1resolver",
    "healthz",
    "readyz",
    "linkset",
    "attachments/",
)
TALL: Final = ViewportSize(width=360, height=4000)  # the bar at the bottom lies over nothing that can be scrolled
MAIN: Final = re.compile(rb"<main.*</main>", re.DOTALL)
# an element as it looks and as it is read: the values of other attributes are what the page is about
ELEMENT: Final = re.compile(rb"<[a-z][^>]*>")
ABOUT: Final = re.compile(rb'(?<= )(?!class|type|role)([a-z-]+)="[^"]*"')
RUN: Final = "axe.run({resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"

COLOURS: Final = "axe.run({resultTypes: ['violations'], runOnly: {type: 'rule', values: ['color-contrast']}})"


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    folder = tmp_path_factory.mktemp("axe")
    with staffed(databases.fresh_sqlite(folder / "test.sqlite3", "tables"), folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(house: Staffed) -> Iterator[str]:
    with served(house.app) as server:
        yield f"http://127.0.0.1:{server.effective_port}"


def pages_of(house: Staffed, who: str, seen: dict[str, set[bytes]]) -> Iterator[tuple[str, set[bytes]]]:
    """The addresses of the pages that this person may open with an element that nobody before saw there; those."""
    client = house.browser(who)
    for endpoint, some in ADDRESSES.items():
        for one in some:
            path = one.format_map(house.codes)
            if any(part in path for part in NO_PAGE) or (POLICY[endpoint] == PUBLIC and who != EVERYTHING):
                continue
            answer = client.http.get(path)
            main = MAIN.search(answer.data)
            elements = {ABOUT.sub(rb"\1", one) for one in ELEMENT.findall(main[0] if main else b"")}
            known = seen.setdefault(one, set())
            if answer.status_code == 200 and answer.mimetype == "text/html" and not elements <= known:
                yield path, elements - known
                known |= elements


def issues(page: Page, run: str) -> list[str]:
    """What axe calls serious or critical: the rule, and the first element that breaks it."""
    found: dict[str, Any] = page.evaluate(run)
    return [
        f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:140]} {one['nodes'][0]['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]


def test_no_page_of_anybody_has_a_serious_issue_in_light_or_in_dark(
    house: Staffed, address: str, chromium: Browser
) -> None:
    wrong: list[str] = []
    looked = 0
    seen: dict[str, set[bytes]] = {}
    in_dark: set[bytes] = set()
    for who in (EVERYTHING, *(str(role) for role in Role)):
        context = chromium.new_context(viewport=TALL, base_url=address, reduced_motion="reduce", bypass_csp=True)
        context.add_cookies([{"name": "session", "value": house.sign_in(who), "url": address}])
        page = context.new_page()
        for path, elements in pages_of(house, who, seen):
            page.emulate_media(color_scheme="light")
            page.goto(path)
            looked += 1
            page.evaluate(AXE)
            wrong += [f"{who} {path}: {issue}" for issue in issues(page, RUN)]
            if elements <= in_dark:
                continue
            in_dark |= elements
            page.emulate_media(color_scheme="dark")  # only colours differ
            wrong += [f"dark {who} {path}: {issue}" for issue in issues(page, COLOURS)]
        context.close()
    assert looked > 60
    assert not wrong, f"{len(wrong)} issues on {looked} pages\n" + "\n".join(wrong)
