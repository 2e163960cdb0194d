"""What a page weighs on a slow phone: everything it loads the first time, and the page alone when its files are kept.

Weighed as served: compressed where the server compresses. Of scripts also what they import before they run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import urljoin

import pytest

from tests.databases import Databases
from tests.web.addresses import ADDRESSES
from tests.web.client import Client
from tests.web.staffed import EVERYTHING, Staffed, staffed
from tests.web.stocked import Stocked, said
from traceability.domain.facts import WeighIn
from traceability.domain.moments import day_of
from traceability.domain.roles import Role
from traceability.operations.collection import record_weigh_ins

MOST_AT_FIRST: Final = 60_000  # bytes
MOST_AFTER: Final = 15_000
LOADED: Final = re.compile(r"""<(?:link rel="(?:stylesheet|icon)" href|script[^>]* src|img[^>]* src)="([^"]+)\"""")
IMPORTED: Final = re.compile(r"""^(?:import|export)\b[^;"]*"(\.[^"]+)";""", re.MULTILINE)
SMALL: Final = {"Accept-Encoding": "gzip"}


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    folder = tmp_path_factory.mktemp("weight")
    with staffed(databases.fresh_sqlite(folder / "test.sqlite3", "tables"), folder) as opened:
        yield opened


def files_of(client: Client, address: str, html: str) -> set[str]:
    """Everything that a browser fetches for a page, each file once."""
    found: set[str] = set()
    waiting = [urljoin(address, one.replace("&amp;", "&")) for one in LOADED.findall(html)]
    while waiting:
        file = waiting.pop()
        if file in found or file.startswith("data:"):
            continue
        found.add(file)
        if ".js" in file:
            answer = client.http.get(file)
            waiting += [urljoin(file, one) for one in IMPORTED.findall(answer.get_data(as_text=True))]
            answer.close()
    return found


def weights(house: Staffed, who: str) -> Iterator[tuple[str, int, int]]:
    """For each page that somebody may open: its address, its bytes the first time, and those of the page alone."""
    client = house.browser(who)

    @cache
    def size(file: str) -> int:
        answer = client.http.get(file, headers=SMALL)
        assert answer.status_code == 200, file
        bytes_ = len(answer.get_data())
        answer.close()
        return bytes_

    for some in ADDRESSES.values():
        for one in some:
            path = one.format_map(house.codes)
            plain = client.http.get(path)
            if plain.status_code != 200 or plain.mimetype != "text/html":
                plain.close()
                continue
            page = len(client.http.get(path, headers=SMALL).get_data())
            files = files_of(client, path, plain.get_data(as_text=True))
            yield path, page + sum(map(size, files)), page


@pytest.mark.parametrize("who", [EVERYTHING, *(str(role) for role in Role)])
def test_no_page_weighs_more_than_a_slow_phone_can_bear(house: Staffed, who: str) -> None:
    weighed = list(weights(house, who))
    print(*sorted(weighed, key=lambda row: -row[1])[:5], *sorted(weighed, key=lambda row: -row[2])[:5], sep="\n")
    assert len(weighed) > 20
    assert not [row for row in weighed if row[1] > MOST_AT_FIRST or row[2] > MOST_AFTER]


def test_scripts_that_are_imported_are_weighed_too(house: Staffed) -> None:
    """Else the sums above would say nothing: the chip of the outbox imports most of what a clerk's page loads."""
    client = house.browser("clerk")
    files = files_of(client, "/", client.get("/").html)
    assert any("/static/style.css" in file for file in files)
    assert any("/offline/outbox.js" in file for file in files)


def test_a_long_list_is_no_heavier_for_being_long(stock: Stocked, signed_in: Callable[..., Client]) -> None:
    clerk = signed_in("bakari", "clerk")
    goods: Any = {"commodity": "arabica_coffee", "form": "fresh_cherry", "tare_g": 0, "confirmed": True}
    days_ago = datetime.now(UTC) - timedelta(days=3)
    facts = [
        WeighIn(
            **{**said(), "occurred_at": days_ago}, facility=stock.place, farmer=stock.farmer, bags_g=(mass,), **goods
        )
        for mass in range(40_000, 40_000 + 320)
    ]
    stock.database.write(lambda session: record_weigh_ins(session, stock.actor, facts))
    day = day_of(days_ago, stock.actor.zone_minutes)
    for address in (f"/deliveries?day={day}", "/deliveries?show=open", "/deliveries?show=no-plot", "/today/waiting"):
        first = clerk.get(address)
        assert len(clerk.http.get(address, headers=SMALL).get_data()) <= MOST_AFTER
        following = next(link for link in first.links() if "page=2" in link)
        assert "Page 2 of" in clerk.get(following).text
        assert "320" in first.text  # the sentence above counts all of them
