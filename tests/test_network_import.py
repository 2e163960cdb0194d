"""Networks of others, stored and traced: every lot has exactly the ancestors and descendants that their file says.

What is compared with is walked over the raw JSON (`tests.imports.raw_walks`), or counted gram by gram in the test.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.cast import World
from tests.imports.networks import BAKERY, MILL, MOVEMENTS, PALLET, epcis, foodchainlab, happening, quantity
from tests.imports.raw_walks import Links, above, epcis_events, epcis_links, foodchainlab_links, turned
from traceability.cli import main
from traceability.domain.lineage import LineageLoop
from traceability.errors import FromTheFuture, Refusal, SaidDifferently
from traceability.imports.movements import Method
from traceability.imports.network import NOMINAL_G, Network
from traceability.imports.network_files import read_network
from traceability.models import Edge, Event, Facility, Lot, Party, Posting
from traceability.models.database import Database
from traceability.operations.networks import Source, store_network
from traceability.queries.audit import audit
from traceability.queries.edges import Spelling
from traceability.queries.lineage import trace_back, trace_forward
from traceability.queries.meanings import lot_meant_by
from traceability.queries.traces import trace_back_rows

GDST = Path("real") / "gdst_epcis"
EXAMPLES = Path("epcis") / "examples"
FOODCHAINLAB = Path("real") / "foodchainlab"
SCENARIOS = ("ExampleData.json", "Scenario_1_Outbreak-Baby-Tea.json")
EPCIS_FILES = (
    *(GDST / f"{name}.jsonld" for name in (
        "EPCISQueryDocument_duplicate_eventIDs", "ErrorDeclarationAndCorrectiveEvent", "all_wholechain_events",
        "farm_harvest_event_object", "gdst_data_withmasterdata")),
    *(EXAMPLES / f"Example_9.6.{name}.jsonld" for name in (
        "1-ObjectEvent", "1-ObjectEvent-with-error-declaration", "1-ObjectEvent-with-pseudo-SBDH-headers",
        "1-ObjectEventWithDigitalLink", "1-with-comment", "2-ObjectEvent", "2-ObjectEventWithDigitalLink",
        "3-AggregationEvent", "3-AggregationEventWithDigitalLink", "4-TransformationEvent",
        "4-TransformationEventWithDigitalLink")),
    EXAMPLES / "WithErrorDeclaration" / "ErrorDeclarationAndCorrectiveEvent.jsonld",
    EXAMPLES / "WithErrorDeclaration" / "Example_9.6.1-ObjectEvent-with-error-declaration.jsonld",
)  # fmt: skip


def stored(world: World, content: bytes, method: Method = Method.FIRST_IN_FIRST_OUT) -> Network:
    """Read the file, and store it in Chiara's organisation."""
    network = read_network(content, method=method)
    source = Source(hashlib.sha256(content).hexdigest(), "other_goods", "goods")
    codes = store_network(world.database, world.chiara, network, source)
    assert codes.keys() == {good.key for good in network.goods}
    return network


def lots_by_id(session: Session) -> dict[int, tuple[Lot, str]]:
    """Every reported lot with the id that its file gives it."""
    rows = session.execute(select(Lot, Event).join(Event, Event.id == Lot.made_by_id))
    return {lot.id: (lot, event.kdes["reported_as"]) for lot, event in rows if "reported_as" in event.kdes}


def assert_traced(database: Database, lots: set[str], links: Links) -> None:
    """Each lot's ancestors and descendants are those of the links, in both spellings; its origins sum to its mass."""
    behind, ahead = above(links, lots), above(turned(links), lots)
    with database.reading() as session:
        known = lots_by_id(session)
        assert sorted(name for _, name in known.values()) == sorted(lots)
        for lot, name in known.values():
            for spelling in Spelling:
                back = trace_back(session, lot, spelling=spelling)
                forward = trace_forward(session, [lot.id], spelling=spelling)
                assert {known[key][1] for key in back.through} == behind[name] | {name}
                assert {known[key][1] for key in forward.lots} == ahead[name] | {name}
                assert sum(back.shares_g.values()) == lot.made_g
                assert (lot.origin_party_id is not None) == (not behind[name])
        assert session.scalar(select(func.count()).select_from(Edge)) == len(links)
    assert not list(audit(database))


def assert_a_second_time_changes_nothing(world: World, content: bytes) -> None:
    before = world.everything()
    stored(world, content)
    assert world.everything() == before


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_delivery_of_a_foodchainlab_scenario_is_traced_as_its_relations_say(
    world: World, shared_data: Path, name: str
) -> None:
    content = (shared_data / FOODCHAINLAB / name).read_bytes()
    document = json.loads(content)
    network = stored(world, content)
    tables = {name: len(document["data"][name]["data"]) for name in ("stations", "deliveries", "deliveryRelations")}
    assert network.said == {
        "stations": tables["stations"],
        "deliveries": tables["deliveries"],
        "relations": tables["deliveryRelations"],
    }
    assert len(network.places) == tables["stations"]
    lots, links = foodchainlab_links(document)
    assert len(lots) == tables["deliveries"]
    assert_traced(world.database, lots, links)
    assert_a_second_time_changes_nothing(world, content)


@pytest.mark.parametrize("path", EPCIS_FILES, ids=lambda path: "/".join(path.parts[-2:]))
def test_every_good_of_an_epcis_file_is_traced_as_its_events_say(world: World, shared_data: Path, path: Path) -> None:
    content = (shared_data / path).read_bytes()
    document = json.loads(content)
    events = epcis_events(document)
    network = stored(world, content)
    ids = [event["eventID"] for event in events]
    wrong = {event["eventID"] for event in events if "errorDeclaration" in event}
    assert network.said["events"] == len(events)
    assert network.said["in_error"] == sum(name in wrong for name in ids)
    assert network.said["repeated"] == sum(name in ids[:place] for place, name in enumerate(ids) if name not in wrong)
    assert_traced(world.database, *epcis_links(document))
    assert_a_second_time_changes_nothing(world, content)


def test_there_is_no_other_file_of_these_collections(shared_data: Path) -> None:
    found = {
        path.relative_to(shared_data)
        for folder in (GDST, EXAMPLES)
        for path in (shared_data / folder).rglob("*.jsonld")
    }
    assert found == set(EPCIS_FILES)


def test_a_mass_that_the_file_says_is_the_mass_of_the_lot(world: World, shared_data: Path) -> None:
    """10 t of feed and 1 t of fry grew into 12 t of tuna; 5 t of cans were packed, twice, on a pallet."""
    stored(world, (shared_data / GDST / "gdst_data_withmasterdata.jsonld").read_bytes())
    with world.database.reading() as session:
        masses = {name.rpartition(":")[2]: lot.made_g for lot, name in lots_by_id(session).values()}
        gained = session.scalar(select(func.sum(Posting.mass_g)).where(Posting.account == "gain"))
        items = set(session.scalars(select(Lot.variety)))
    assert masses["fishfarm.1u.farmed-tuna-01192022"] == 12_000_000
    assert masses["processor.2u.v1-0122-2022"] == 5_000_000
    assert masses["08600031303.0004"] == masses["08600031303.0004 filled 2"] == 5_000_000
    assert gained is not None
    assert gained < 0
    assert {"Can of Tuna", "Fish Feed", "Whole Yellowfin Tuna"} <= items


def test_a_bakery_is_traced_without_any_file_of_others(world: World) -> None:
    """D1 + D2 -> D3; D3 + D4 -> D5; D3 + D4 -> D6; D7 goes nowhere."""
    stored(world, BAKERY)
    assert_traced(world.database, *foodchainlab_links(json.loads(BAKERY)))
    assert_a_second_time_changes_nothing(world, BAKERY)


def test_the_events_of_a_mill_are_traced_without_any_file_of_others(world: World) -> None:
    """CHERRY -> GREEN + HUSK; GREEN -> pallet; GREEN + OTHER -> ROASTED -> pallet filled again; a kind -> one piece."""
    network = stored(world, MILL)
    assert network.said == {
        "events": 13, "object": 2, "aggregation": 3, "transformation": 4, "other": 1, "repeated": 1, "in_error": 2,
    }  # fmt: skip
    goods, links = epcis_links(json.loads(MILL))
    assert {PALLET, f"{PALLET} filled 2"} <= goods
    assert not [name for name in goods if "DUST" in name]
    assert_traced(world.database, goods, links)
    assert_a_second_time_changes_nothing(world, MILL)


def test_the_files_of_these_tests_are_what_their_formats_ask_for(shared_data: Path) -> None:
    for content, schema in (
        (BAKERY, FOODCHAINLAB / "schema-v1.json"),
        (MILL, Path("epcis") / "schema" / "EPCIS-JSON-Schema.json"),
    ):
        validator = jsonschema_rs.validator_for(json.loads((shared_data / schema).read_text("utf-8")))
        assert not [str(error) for error in validator.iter_errors(json.loads(content))]


# -- movements ----------------------------------------------------------------------------------------------------

Row = tuple[str, str, str, date, int]  # from, to, item, day, grams


def as_csv(rows: list[Row]) -> bytes:
    lines = ["Sender;Receiver;Product;Date;Mass (g)"]
    lines += [f"{sender};{receiver};{item};{day.isoformat()};{mass}" for sender, receiver, item, day, mass in rows]
    return "\n".join(lines).encode()


def drawn_gram_by_gram(rows: list[Row]) -> tuple[set[str], Links, dict[tuple[str, str], int]]:
    """First in, first out, of single grams: each knows the row that brought it. Days of rows must differ."""
    lots, links, masses = set(), set(), defaultdict[tuple[str, str], int](int)
    heaps: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number, (sender, receiver, item, _, mass) in sorted(enumerate(rows, start=2), key=lambda row: row[1][3]):
        name, heap = f"row {number}", heaps[sender, item]
        came = [heap.pop(0) for _ in range(min(mass, len(heap)))]
        if came and len(came) < mass:
            came += [f"{name} start"] * (mass - len(came))
        for gram in came:
            links.add((name, gram))
            masses[name, gram] += 1
        lots |= {name, *came}
        heaps[receiver, item] += [name] * mass
    return lots, links, masses


@pytest.mark.parametrize("seed", range(2))
def test_movements_draw_on_the_grams_that_arrived_first(world: World, seed: int) -> None:
    chance = random.Random(seed)
    days = chance.sample(range(200), 30)
    rows: list[Row] = []
    for day in days:
        sender, receiver = chance.sample("ABCDE", 2)
        on = date(2024, 1, 1) + timedelta(day)
        rows.append((sender, receiver, chance.choice(["rice", "beans"]), on, chance.randint(1, 60)))
    lots, links, masses = drawn_gram_by_gram(rows)
    stored(world, as_csv(rows))
    assert_traced(world.database, lots, links)
    with world.database.reading() as session:
        named = {key: name for key, (_, name) in lots_by_id(session).items()}
        edges = {(named[row.child_id], named[row.parent_id]): row.mass_g for row in session.scalars(select(Edge))}
    assert edges == masses


def test_what_arrives_after_a_departure_has_no_part_in_it_and_the_same_day_has(world: World) -> None:
    """A1 and B1 came by the 2nd, when 15 kg left; C1 came the day after and is in the second departure only."""
    stored(world, MOVEMENTS.encode())
    links = {("row 4", "row 2"), ("row 4", "row 3"), ("row 6", "row 3"), ("row 6", "row 5"), ("row 6", "row 6 start")}
    assert_traced(world.database, {*(f"row {number}" for number in range(2, 8)), "row 6 start"}, links)
    with world.database.reading() as session:
        lot = lot_meant_by(session, "row 6")
        farms = {farm.name: farm.mass_g for farm in trace_back_rows(session, lot).farms}
    assert farms == {"farm B": 15_000, "farm C": 7_000, "mill": 8_000}
    assert_a_second_time_changes_nothing(world, MOVEMENTS.encode())


def test_another_method_for_a_file_that_is_on_record_is_refused(world: World) -> None:
    stored(world, MOVEMENTS.encode())
    before = world.everything()
    with pytest.raises(SaidDifferently):
        stored(world, MOVEMENTS.encode(), Method.PRO_RATA)
    assert world.everything() == before


def test_in_proportion_everything_that_lies_there_leaves_with_it(world: World) -> None:
    stored(world, MOVEMENTS.encode(), Method.PRO_RATA)
    with world.database.reading() as session:
        named = {key: name for key, (_, name) in lots_by_id(session).items()}
        edges = {(named[row.child_id], named[row.parent_id]): row.mass_g for row in session.scalars(select(Edge))}
    assert edges == {
        ("row 4", "row 2"): 5_000,
        ("row 4", "row 3"): 10_000,
        ("row 6", "row 2"): 5_000,
        ("row 6", "row 3"): 10_000,
        ("row 6", "row 5"): 7_000,
        ("row 6", "row 6 start"): 8_000,
    }
    assert not list(audit(world.database))


# -- masses and days that a file leaves out -----------------------------------------------------------------------


def reported(world: World, name: str) -> tuple[Lot, Mapping[str, Any], list[tuple[str, str, int]]]:
    """A lot, what the journal says beside its lines, and the lines that are no lots."""
    with world.database.reading() as session:
        lot = next(lot for lot, key in lots_by_id(session).values() if key == name)
        event = session.get_one(Event, lot.made_by_id)
        lines = session.scalars(select(Posting).where(Posting.event_id == event.id, Posting.account != "lot"))
        return lot, event.kdes, [(line.account, line.ref, line.mass_g) for line in lines]


def test_what_went_in_and_never_came_out_was_not_recorded(world: World) -> None:
    stored(world, BAKERY)
    flour, _, lines = reported(world, "D3")
    assert (flour.made_g, lines) == (20_000, [("loss", "unrecorded", 380_000)])
    shop, _, lines = reported(world, "D6")
    assert shop.made_g == 30_000
    assert [(account, ref) for account, ref, _ in lines] == [("gain", "unrecorded")]


def test_a_lot_without_a_mass_weighs_what_went_in_and_a_source_its_nominal_kilogram(world: World) -> None:
    stored(world, BAKERY)
    eggs, said, _ = reported(world, "D4")
    assert (eggs.made_g, said["mass_known"], said["stated_g"]) == (NOMINAL_G, False, None)
    cake, said, lines = reported(world, "D5")
    assert (said["mass_known"], lines) == (False, [])
    wheat, said, _ = reported(world, "D1")
    assert (wheat.made_g, said["mass_known"], said["stated_g"]) == (300_000, True, 300_000)
    with world.database.reading() as session:
        went_in = session.scalar(select(func.sum(Edge.mass_g)).where(Edge.child_id == cake.id))
    assert cake.made_g == went_in


def test_two_grams_that_went_into_five_lots_gain_three_that_nobody_recorded(world: World) -> None:
    made = {f"M{number}": {"Amount": "1 kg"} for number in range(5)}
    stored(world, foodchainlab({"S": {"Amount": "2 g"}, **made}, [("S", name) for name in made]))
    saffron, said, lines = reported(world, "S")
    assert (saffron.made_g, said["stated_g"]) == (5, 2)
    assert sorted((account, mass) for account, _, mass in lines) == [("gain", -3), ("party", -2)]
    assert not list(audit(world.database))


def test_a_lot_dated_before_what_it_was_made_of_is_booked_on_the_later_day(world: World) -> None:
    days = {"S": {"Date Delivery Arrival": "2020-05-09"}, "M": {"Date Delivery Arrival": "2020-05-01"}}
    stored(world, foodchainlab(days, [("S", "M")]))
    lot, said, _ = reported(world, "M")
    assert (lot.made_at.date(), said["stated_on"]) == (date(2020, 5, 9), "2020-05-01")


def test_two_places_of_one_name_stay_two_and_a_place_of_another_file_is_found_again(world: World) -> None:
    places = world.count(Facility)
    twins = [{"ID": key, "Name": "Corner shop", "Country": "DE"} for key in ("1", "2")]
    rows = {"D1": {"from": "1", "to": "2"}, "D2": {"from": "2", "to": "1"}}
    stored(world, foodchainlab(rows, [], stations=twins))
    assert (world.count(Facility), world.count(Lot)) == (places + 2, 2)
    stored(world, foodchainlab({**rows, "D3": {"from": "1", "to": "2"}}, [], stations=twins))
    assert (world.count(Facility), world.count(Lot)) == (places + 2, 5)
    with world.database.reading() as session:
        numbers = set(session.scalars(select(Lot.number)))
        names = set(session.scalars(select(Party.name).where(Party.kind == "supplier")))
    assert numbers == {"D1", "D2", "D1-1", "D2-2", "D3"}
    assert names == {"Corner shop (1)", "Corner shop (2)"}


def test_an_import_that_was_interrupted_goes_on_where_it_stopped(world: World) -> None:
    rows = {f"D{number}": {"from": "A", "to": "B"} for number in range(1, 61)}
    content = foodchainlab(rows, list(pairwise(rows)))
    source = Source(hashlib.sha256(content).hexdigest(), "other_goods", "goods")

    def pull_the_plug(_: int) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store_network(world.database, world.chiara, read_network(content), source, pull_the_plug)
    assert world.count(Lot) == 50
    stored(world, content)
    assert (world.count(Lot), world.count(Edge)) == (60, 59)
    assert not list(audit(world.database))


# -- what stores nothing ------------------------------------------------------------------------------------------

BAD: dict[str, tuple[type[Refusal], Callable[[], bytes]]] = {
    "a ring of deliveries": (
        LineageLoop, lambda: foodchainlab({"D1": {}, "D2": {}, "D3": {}}, [("D1", "D2"), ("D2", "D3"), ("D3", "D1")])),
    "a delivery made of itself": (LineageLoop, lambda: foodchainlab({"D1": {}}, [("D1", "D1")])),
    "a lot reworked into itself": (
        LineageLoop, lambda: epcis(happening("Transformation", 1, inputQuantityList=[quantity("1.A", 1)],
                                             outputQuantityList=[quantity("1.A", 1)]))),
    "a day to come": (FromTheFuture, lambda: foodchainlab({"D1": {"Date Delivery Arrival": "2099-01-01"}}, [])),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_is_refused_and_nothing_is_stored(world: World, case: str) -> None:
    refusal, content = BAD[case]
    before = world.everything()
    with pytest.raises(refusal):
        stored(world, content())
    assert world.everything() == before


# -- the command line ---------------------------------------------------------------------------------------------


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with one organisation."""
    monkeypatch.setenv("TRACEABILITY_DATA_DIR", str(tmp_path))
    assert run("init").exit_code == 0
    assert run("organisation", "add", "--name", "Tracers", "--kind", "authority", "--prefix", "TR", "--country", "DE")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["--language", "en", *words])


def test_a_file_is_looked_at_then_stored_then_traced(at_home: Path) -> None:
    file = at_home / "bakery.json"
    file.write_bytes(BAKERY)
    looked = run("import", "network", str(file))
    assert looked.exit_code == 0
    assert "Read as foodchainlab: 7 places, 7 lots, 4 of them sources, 6 links between lots." in looked.stdout
    assert "Lots without a mass in the file: 2." in looked.stdout
    assert "Nothing was stored." in looked.stdout
    assert run("trace", "back", "D6").exit_code == 1
    assert "7 lots are on record." in run("import", "network", str(file), "--commit").stdout
    back = json.loads(run("trace", "back", "D6", "--json").stdout)
    assert {farm["name"] for farm in back["farms"]} == {"Firm grower", "Firm other grower", "Firm hens"}
    forward = json.loads(run("trace", "forward", "D1", "--json").stdout)
    assert {row["number"] for row in forward["lots"]} == {"D1", "D3", "D5", "D6"}
    assert "Findings: 0." in run("audit").stdout


def test_a_table_with_titles_of_its_own_is_read_with_a_word_of_help_and_its_odd_dates_are_said(at_home: Path) -> None:
    file = at_home / "moves.csv"
    file.write_text("Whence,To,Item,Date,Quantity (g)\nA,B,x,2024-01-01,5\nB,C,x,2024-01-02,5\n")
    words = ["import", "network", str(file), "--column", "from=Whence", "--method", "pro_rata", "--json"]
    assert json.loads(run(*words).stdout)["links"] == 1
    late = at_home / "late.json"
    days = {"S": {"Date Delivery Arrival": "2020-05-09"}, "M": {"Date Delivery Arrival": "2020-05-01"}}
    late.write_bytes(foodchainlab(days, [("S", "M")]))
    told = run("import", "network", str(late)).stdout
    assert "Lots dated before what they were made of, to stand on the later day: 1." in told


def test_what_is_no_network_is_refused_in_one_line(at_home: Path) -> None:
    for content in (b'{"type": "FeatureCollection"}', b"[1, 2]", b"Name,Village\nA,B\n", b'{"epcisBody": {}}'):
        file = at_home / "file"
        file.write_bytes(content)
        refused = run("import", "network", str(file), "--commit")
        assert refused.exit_code == 1
        assert refused.stdout == ""
        assert refused.stderr.count("\n") == 1
