"""Where a lot comes from, why, by which method, and a drill of a recall: as people at work see it, and Chiara not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from tests.cast import BOUNMY, SIDA
from tests.databases import Databases
from tests.web.client import Page
from tests.web.staffed import Staffed, staffed
from traceability.domain import facts
from traceability.domain.methods import By
from traceability.models import Lot
from traceability.operations import account
from traceability.web import origins


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """One house for all tests here: they look, and what one of them adds hides nothing from those after it."""
    folder = tmp_path_factory.mktemp("origins")
    with staffed(databases.fresh_sqlite(folder / "test.sqlite3", "tables"), folder) as opened:
        yield opened


def seen(house: Staffed, address: str, who: str = "clerk", status: int = 200) -> Page:
    """A page as somebody of the cooperative sees it."""
    return house.browser(who).get(address, status=status)


def words(page: Page) -> str:
    return page.text.replace("\u00a0", " ")


def rows_of(page: Page) -> list[list[str]]:
    """The cells of every row of the first table."""
    body = page.root.all("tbody")[0]
    return [[cell.text.replace("\u00a0", " ") for cell in row.all("td")] for row in body.all("tr")]


def test_the_page_of_a_lot_leads_to_where_it_comes_from(house: Staffed) -> None:
    code = house.codes["batch"]
    lot = seen(house, f"/lots/{code}")
    assert f"/lots/{code}/origins" in lot.links()
    page = seen(house, f"/lots/{code}/origins")
    assert page.heading == "Where it comes from"
    assert rows_of(page) == [
        ["0001 Amina Vongsavath", "17.4 kg", "60.0 %"],
        ["0002 Bounmy Keosana", "11.6 kg", "40.0 %"],
    ]
    assert page.root.all("tfoot")[0].text.replace("\u00a0", " ") == "Total 29 kg 100.0 %"


@pytest.mark.parametrize("by", By)
def test_every_number_that_can_be_opened_says_why(house: Staffed, by: By) -> None:
    code = house.codes["batch"]
    page = seen(house, f"/lots/{code}/origins?by={by}")
    chips = [link for link in page.root.all("a") if link.attributes.get("class") == "chip"]
    assert [f"by={by}" in link.attributes["href"] for link in chips if "aria-current" in link.attributes] == [True]
    reasons = [(link.text, link.attributes["href"]) for link in page.root.all("a") if "/why" in link.attributes["href"]]
    assert reasons
    for mass, address in reasons:
        why = seen(house, address)
        assert why.heading == "Why this number"
        assert mass in why.text
        assert why.root.all("strong")[0].text in page.text  # what was opened has the same name here


def test_the_arithmetic_is_read_from_lot_to_lot(house: Staffed) -> None:
    code, amina = house.codes["batch"], house.season.amina
    page = seen(house, f"/lots/{code}/origins/why?of={amina}")
    tables = page.root.all("table")
    assert len(tables) >= 3
    assert rows_of(page) == [["NL-0105-001", "60 kg", "100.0 %", "60 kg"]]
    said = words(page)
    assert "60 kg of the 100 kg that went in = 60.0 %" in said
    assert "60.0 % of 29 kg is 17.4 kg." in said
    assert f"/lots/{house.season.first}" in page.links()
    assert "NotInThere" not in said
    assert "Take a code from the list" in words(seen(house, f"/lots/{code}/origins/why?of=0003", status=404))


def test_days_that_are_not_asked_for_are_told_apart(house: Staffed) -> None:
    page = seen(house, f"/lots/{house.codes['batch']}/origins?until=2020-01-01")
    assert rows_of(page) == [["Through other days", "29 kg", "100.0 %"]]
    assert page.filled_in(f"/lots/{house.codes['batch']}/origins") == {
        "by": ["farm"],
        "since": [""],
        "until": ["2020-01-01"],
    }
    for link in page.links():
        if "origins?by=" in link:
            assert "until=2020-01-01" in link
    refused = seen(house, f"/lots/{house.codes['batch']}/origins?since=soon&by=moon", status=422)
    assert "Write the day as year-month-day" in refused.text


def test_the_methods_stand_in_one_table_and_say_why_they_say_nothing(house: Staffed) -> None:
    code = house.codes["batch"]
    page = seen(house, f"/lots/{code}/origins/methods")
    heads = [head.text for head in page.root.all("th")]
    assert heads == ["Name", "By mass", "First in, first out", "Could be in it"]
    amina, bounmy, *others = rows_of(page)
    assert amina[:2] == ["0001 Amina Vongsavath", "17.4 kg"]
    assert sum(float(row[2].removesuffix(" kg")) for row in (amina, bounmy)) == 29
    [name] = [row[0] for row in others]
    assert re.fullmatch(rf"0003 {SIDA} Lot NL-\S+ lay at Nong Luang mill on \d+ January 2026\.", name)
    assert others[0][3] == "Yes"
    said = words(page)
    assert "Identity preserved: It does not hold: 2 origins are in it." in said
    assert "The chain of custody does not allow it" in said
    assert "Came in" not in said


def test_a_balance_is_shown_to_those_who_ask_and_where_custody_allows_it(house: Staffed) -> None:
    code = house.codes["batch"]
    asked = words(seen(house, f"/lots/{code}/origins/methods?not_allowed=1"))
    assert "The chain of custody does not allow it" in asked
    assert "1 January 2026 – 31 March 2026" in asked
    mixed = update(Lot).where(Lot.code == code).values(custody="mass_balance")
    house.database.write(lambda session: session.execute(mixed))
    page = seen(house, f"/lots/{code}/origins/methods?period=crop_year")
    assert "The chain of custody does not allow it" not in words(page)
    assert "2025/26" in words(page)
    assert "Mass balance" in [head.text for head in page.root.all("th")]


def test_a_drill_says_what_would_stop_and_where_it_is_and_stores_nothing(house: Staffed) -> None:
    before = house.counted()
    season = house.season
    typed = seen(house, f"/recall/drill?of={season.first}%0A{season.second}")
    said = words(typed)
    assert "On the road 5 kg" in said
    assert "Shipped 8 kg" in said
    assert "shipped to Bottega: 8 kg" in said
    assert "Chiara Caffè: " in said
    assert season.arrived not in typed.html  # of another organisation's lots only that there are some
    assert words(seen(house, f"/recall/drill?of={season.first}、{season.second}")) == said
    ticked = typed.filled_in("/recall/drill")
    assert ticked["of"] == [season.first, season.second, ""]
    again = seen(house, f"/recall/drill?of={season.first}&of={season.second}&of=")
    assert words(again) == said
    assert house.counted() == before


def test_a_drill_starts_from_a_place_in_some_days(house: Staffed) -> None:
    mill = house.season.mill
    said = words(seen(house, f"/recall/drill?place={mill}&since=2026-01-05&until=2026-01-05"))
    assert "Nong Luang mill: " in said
    nothing = words(seen(house, f"/recall/drill?place={mill}&until=2020-01-01"))
    assert "Nothing was made there on those days." in nothing
    empty = seen(house, "/recall/drill")
    assert "What would stop, and where it is." in words(empty)
    assert "In stock" not in words(empty)


def test_whoever_may_not_recall_is_not_led_there(house: Staffed) -> None:
    address, recall = f"/recall/drill?of={house.season.first}", f"/recall?of={house.season.first}"
    assert recall in seen(house, address, "inspector").links()
    assert recall not in seen(house, address, "clerk").links()


def test_a_long_list_goes_on_over_pages_and_loses_nobody(house: Staffed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "ROWS", 1)
    code = house.codes["batch"]
    first, second = (seen(house, f"/lots/{code}/origins?page={number}") for number in (1, 2))
    assert [rows_of(page)[0][0] for page in (first, second)] == ["0001 Amina Vongsavath", f"0002 {BOUNMY}"]
    assert any("page=2" in link for link in first.links())
    assert rows_of(seen(house, f"/lots/{code}/origins?page=999")) == rows_of(second)


def test_another_organisation_stays_one_line(house: Staffed) -> None:
    """Chiara's lot, seen by Chiara: everything of it came through the cooperative."""
    season = house.season
    fact = season.fact(
        facts.RegisterUser, login="chiara", name="Chiara", password="a long enough password", roles=("manager",)
    )
    house.database.write(lambda session: account.register_user(session, season.importer, fact))
    browser = house.browser()
    browser.http.set_cookie("session", house.sign_in("chiara"))
    for by in By:
        page = browser.get(f"/lots/{season.arrived}/origins?by={by}")
        assert rows_of(page) == [["Phou Noy Cooperative", "20 kg", "100.0 %"]]
        [link] = [link for link in page.links() if "/why" in link]
        assert [row[0] for row in rows_of(browser.get(link))] == ["Phou Noy Cooperative"]
    methods = browser.get(f"/lots/{season.arrived}/origins/methods")
    assert [row[0] for row in rows_of(methods)] == ["Phou Noy Cooperative"]
    browser.get(f"/recall/drill?of={season.amina}", status=404)
