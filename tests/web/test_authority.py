"""A ministry reads those that let it in, by themselves or by law; it learns no names, and it can change nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cast import AMINA, BOLAVEN, SECRETS
from tests.databases import Databases
from tests.web.client import Client
from tests.web.route_policy import POLICY, PUBLIC
from tests.web.staffed import Staffed, staffed
from tests.web.test_every_route import sent, staff_rules
from traceability.domain import facts
from traceability.domain.authority import EndArea, EndReading, GrantArea, SetSample
from traceability.domain.capacity import SetCapacity
from traceability.domain.recalls import AcknowledgeRecall
from traceability.domain.roles import Actor
from traceability.models import Organisation
from traceability.operations import authority, inspection, packing, registry
from traceability.operations.capacity import set_capacity
from traceability.operations.recalls import KnownAlready, acknowledge_recall
from traceability.queries.inspection_queue import chosen
from traceability.web.oversight_tables import TABLES

YEAR = "since=2026-01-01&until=2026-12-31"


@pytest.fixture(scope="module")
def kept(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    folder = tmp_path_factory.mktemp("authority")
    with staffed(databases.fresh_sqlite(folder / "test.sqlite3", "tables"), folder) as opened:
        ministry = _ministry(opened)
        for login, role in (("olga", "auditor"), ("ines2", "inspector"), ("minister", "manager")):
            opened._member(ministry, login, role)  # people of another house
            opened._sessions[login] = opened.sign_in(login)
        opened.keep()
        yield opened


@pytest.fixture
def house(kept: Staffed) -> Staffed:
    """The same house, as it was."""
    kept.restore()
    return kept


@pytest.fixture
def olga(house: Staffed) -> Client:
    """An auditor of the ministry."""
    return house.browser("olga")


def _ministry(house: Staffed) -> Actor:
    with house.database.reading() as session:
        code = house.codes["authority"]
        return registry.machine_actor(session.query(Organisation).filter_by(code=code).one())


def rows_of(client: Client, address: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(address).body.decode("utf-8-sig"), newline="")))


def test_who_was_let_in_reads_every_table_and_no_name_of_a_farmer(house: Staffed, olga: Client) -> None:
    named: Any = {"farmer": house.season.amina, "reason": "residue", "action": "bring it back"}
    house.season.do(house.season.ines, inspection.recall, facts.RecallGoods, **named)
    for what in TABLES:
        page = olga.get(f"/oversight/{what}?{YEAR}")
        file = olga.get(f"/oversight/{what}.csv?{YEAR}").body.decode("utf-8-sig")
        assert "Data as of" in page.text
        assert "Phou Noy Cooperative" in file, what
        for secret in (*SECRETS, "Amina", "Bounmy"):
            assert secret not in page.text, f"{secret} in {what}"
            assert secret not in file, f"{secret} in {what}"
        assert olga.get(f"/oversight/{what}.pdf?{YEAR}").body.startswith(b"%PDF-")
    assert "Dao Trading" not in olga.get("/oversight/organisations").text
    assert [house.season.amina] == [row[0] for row in rows_of(olga, "/oversight/recalls.csv") if "residue" in row[2:3]]


def test_what_was_granted_ends_and_then_there_is_nothing(house: Staffed, olga: Client) -> None:
    malee = house.season.malee
    assert rows_of(olga, f"/oversight/certificates.csv?{YEAR}")[-1][1] == "Phou Noy Cooperative"
    house.season.do(malee, authority.end_reading, EndReading, authority=house.codes["authority"])
    assert "Nobody lets you read yet" in olga.get("/oversight").text
    for what in TABLES:
        assert "Phou Noy" not in olga.get(f"/oversight/{what}.csv?{YEAR}").body.decode(), what
    assert "Nothing here carries this code" in olga.get(f"/oversight/find?q={house.codes['batch']}").text


def test_the_law_lets_it_read_a_province_also_of_who_comes_later(house: Staffed, olga: Client) -> None:
    season, ministry = house.season, _ministry(house)
    house.season.do(ministry, authority.grant_area, GrantArea, country="LA", province="Champasak")
    later = season.fact(facts.RegisterOrganisation, name="Later Mill", kind="mill", prefix="LM", where=BOLAVEN)
    house.database.write(lambda session: registry.register_organisation(session, later))
    shown = olga.get("/oversight/organisations").text
    assert "Later Mill" in shown
    assert "Chiara" not in shown  # another country
    assert "Dao Trading" not in shown  # the same country, no province
    house.season.do(ministry, authority.end_area, EndArea, country="LA", province="Champasak")
    assert "Later Mill" not in olga.get("/oversight/organisations").text


@pytest.mark.parametrize("who", ["olga", "ines2", "minister"])
def test_nobody_of_an_authority_is_told_to_weigh_in_a_first_delivery(house: Staffed, who: str) -> None:
    page = house.browser(who).get("/")
    assert "Three steps to the first receipt" not in page.text
    assert "weighed in today" not in page.text
    assert "/oversight" in page.links()


def test_only_auditors_and_inspectors_of_the_authority_read_others(house: Staffed) -> None:
    assert "Phou Noy" in house.browser("ines2").get("/oversight/organisations").text
    assert "Phou Noy" not in house.browser("minister").get("/oversight/organisations").text
    assert "Phou Noy" not in house.browser("dao").get("/oversight/organisations").text


@pytest.mark.parametrize("who", ["olga", "ines2"])
def test_every_way_to_change_something_is_refused(house: Staffed, who: str) -> None:
    """Empty forms to every address, and every form of the cooperative's own manager with its codes filled in."""
    before = house.counted()
    for rule in staff_rules(house.app, "POST"):
        if rule.endpoint == "account.sign_out" or POLICY[rule.endpoint] == PUBLIC:
            continue
        status = sent(house, who, rule).status_code
        assert status in ((403,) if who == "olga" else (403, 404, 409, 422)), f"{rule.rule} answered {status}"
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint.startswith("oversight."):
            assert not {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())
    assert house.counted() == before


@pytest.mark.parametrize("address", ["/lots/{lot}", "/farmers/{farmer}", "/batches/{batch}", "/receipts/{delivery}"])
def test_reading_tables_opens_no_page_of_the_organisation(house: Staffed, olga: Client, address: str) -> None:
    olga.get(address.format_map(house.codes), status=404)


def test_a_manager_lets_an_authority_in_and_ends_it_on_a_page(house: Staffed) -> None:
    malee = house.browser("manager")
    page = malee.get("/readers")
    assert "Plant Protection" in page.text
    assert "Let in by us" in page.text
    end = f"/readers/{house.codes['authority']}/end"
    malee.submit(malee.get(end), end)
    assert "Nobody outside reads your record" in malee.get("/readers").text
    malee.submit(malee.get("/readers"), "/readers", authority=house.codes["authority"])
    assert "Let in by us" in malee.get("/readers").text


def test_a_day_above_the_capacity_is_flagged_in_the_table_and_in_the_queue(house: Staffed, olga: Client) -> None:
    season = house.season
    season.do(season.malee, set_capacity, SetCapacity, facility=season.mill, capacity_g=50_000)
    season.do(_ministry(house), authority.set_sample, SetSample, percent=0)
    crowded = season.sealed(season.packed())  # 100 kg on one day
    season.do(replace(season.malee, user_id=900), packing.release, facts.Release, batch=crowded)
    assert any(row[-1:] == ["50"] for row in rows_of(olga, f"/oversight/places.csv?{YEAR}"))
    queue = [row for row in rows_of(olga, f"/oversight/queue.csv?{YEAR}") if row and row[0] == crowded]
    assert "above the capacity" in queue[0][-1]


def test_chance_chooses_by_code_and_week_and_is_the_same_for_everybody(house: Staffed, olga: Client) -> None:
    day = datetime(2026, 3, 4, tzinfo=UTC).date()
    codes = [f"K7M2{number:04}" for number in range(2_000)]
    share = sum(chosen(code, day, 5) for code in codes)
    assert 60 <= share <= 140  # about a hundred of two thousand
    assert all(chosen(code, day, 100) for code in codes)
    assert not any(chosen(code, day, 0) for code in codes)
    assert {c for c in codes if chosen(c, day, 5)} <= {c for c in codes if chosen(c, day, 10)}
    house.season.do(_ministry(house), authority.set_sample, SetSample, percent=100)
    first = rows_of(olga, f"/oversight/queue.csv?{YEAR}")
    assert any("Chosen at random" in row[-1] for row in first if row)
    assert first == rows_of(house.browser("ines2"), f"/oversight/queue.csv?{YEAR}")


def test_any_code_on_a_box_is_found_with_whose_it_is(house: Staffed, olga: Client) -> None:
    page = olga.get(f"/oversight/find?q={house.codes['batch'].lower()}")
    assert "Phou Noy Cooperative" in page.text
    assert f"/b/{house.codes['batch']}" in page.links()
    assert AMINA not in page.text
    assert "Nothing here carries this code" in olga.get("/oversight/find?q=Amina").text
    pallet = olga.get(f"/oversight/find?q=https://trace.example/pallet/{house.codes['pallet']}").text
    assert "Bags 1 to" in pallet
    assert "Phou Noy Cooperative" in pallet


def test_a_receiver_says_that_it_knows_and_the_share_grows(house: Staffed, olga: Client) -> None:
    season = house.season
    recalled: Any = {"lot": season.formed, "reason": "residue", "action": "bring it back"}
    code = str(season.do(season.ines, inspection.recall, facts.RecallGoods, **recalled)["recall"])
    head, row = _recall_of(olga, season.formed)
    assert row[head.index("Receivers that know, %")] == "0"
    chiara = house.season.chiara
    season.do(chiara, acknowledge_recall, AcknowledgeRecall, recall=code)
    season.refused(KnownAlready, chiara, acknowledge_recall, AcknowledgeRecall, recall=code)
    head, row = _recall_of(olga, season.formed)
    assert row[head.index("Receivers that know, %")] == "100"


def _recall_of(client: Client, lot: str) -> tuple[list[str], list[str]]:
    rows = [row for row in rows_of(client, "/oversight/recalls.csv") if len(row) > 3]
    return rows[0], next(row for row in rows if "residue" in row)


def test_the_clerk_of_the_receiver_sees_the_recall_of_the_other(house: Staffed) -> None:
    malee = house.browser("manager")
    page = malee.get("/holds")
    assert "Recalls by others that reach your goods" in page.text
    address = f"/recall/acknowledge?recall={house.codes['foreign_recall']}"
    assert address in page.links()
    malee.submit(malee.get(address), "/recall/acknowledge")
    assert "You said that you know" in malee.get("/holds").text
