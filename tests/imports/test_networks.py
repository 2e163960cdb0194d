"""Networks of others as they are read: what is kept, what is filled in, and what a broken or hostile file is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.imports.files import workbook
from tests.imports.networks import BAKERY, LOT, MILL, MOVEMENTS, PALLET, epcis, foodchainlab, happening, quantity
from traceability.imports.epcis import read_epcis
from traceability.imports.foodchainlab import read_foodchainlab
from traceability.imports.movements import Method, read_movements
from traceability.imports.network import (
    NOMINAL_G,
    Good,
    Input,
    Network,
    Step,
    checked,
    short_number,
    whole_grams,
)
from traceability.imports.network_files import read_network
from traceability.imports.network_masses import weighed
from traceability.imports.refusals import (
    MovementAmbiguous,
    MovementUnreadable,
)

TODAY = date(2026, 1, 1)


def links(network: Network) -> dict[tuple[str, str], int | None]:
    """(made, made of) -> grams, where the file says them."""
    return {(made, of): mass for made, parents in network.made_of.items() for of, mass in parents.items()}


# -- FoodChain-Lab ------------------------------------------------------------------------------------------------


def test_a_delivery_is_a_lot_of_the_station_that_sent_it() -> None:
    network = read_foodchainlab(BAKERY)
    assert network.by_key["D3"] == Good("D3", "D3", "mill", "Flour", date(2020, 6, 5), 20_000)
    assert {place.key: (place.name, place.country) for place in network.places}["mill"] == ("Firm mill", "DE")
    assert [good.key for good in network.sources] == ["D1", "D2", "D4", "D7"]


def test_a_relation_that_stands_twice_links_once_and_is_counted() -> None:
    network = read_foodchainlab(BAKERY)
    assert network.said["relations"] == 7
    assert network.links == 6
    assert [str(note) for note in network.notes] == ["Links that stand in the file more than once, read once: 1."]


def test_pieces_and_pallets_are_no_mass_and_an_amount_with_a_unit_apart_is() -> None:
    apart = {"Amount": "2.0 paletts 18.4kg", "_Lieferungen.Delivery_Amount": "36.799999999999997"}
    network = read_foodchainlab(
        foodchainlab(
            {
                "D1": {**apart, "_Lieferungen.Delivery_Unit": "kg"},
                "D2": {"Amount": "25.0 bags 20kg"},
                "D3": {"Amount": "5 Litres"},
                "D4": {"Amount": "1,5 t"},
                "D5": {"Amount": "0 kg"},
                "D6": {"Amount": 12.5},
            },
            [],
        )
    )
    masses = {good.key: good.mass_g for good in network.goods}
    assert masses == {"D1": 36_800, "D2": None, "D3": None, "D4": 1_500_000, "D5": None, "D6": None}


def test_a_link_between_deliveries_that_do_not_meet_is_kept_and_counted() -> None:
    rows = {"D1": {"from": "A", "to": "B"}, "D2": {"from": "C", "to": "D"}}
    network = read_foodchainlab(foodchainlab(rows, [("D1", "D2")]))
    assert links(network) == {("D2", "D1"): None}
    assert "do not meet at one place" in str(network.notes[0])


def test_addresses_and_positions_of_stations_are_not_kept() -> None:
    station = {"ID": "A", "Name": "Firm", "Address": "Secret street 1", "Latitude": 52.1234567, "Country": "Germany"}
    network = read_foodchainlab(foodchainlab({"D1": {"from": "A", "to": "A"}}, [], stations=[station]))
    assert "Secret" not in repr(network)
    assert "52.12" not in repr(network)
    assert network.places[0].country == "DE"


# -- EPCIS --------------------------------------------------------------------------------------------------------


def test_a_transformation_makes_its_outputs_of_its_inputs_in_grams() -> None:
    network = read_epcis(MILL)
    green, husk = LOT + "022222.GREEN", LOT + "033333.HUSK"
    assert network.by_key[green].mass_g == 80_500
    shared = links(network)
    assert shared[green, LOT + "011111.CHERRY"] == 229_181  # 400 kg to 80.5 and 60
    assert shared[husk, LOT + "011111.CHERRY"] == 170_819


def test_two_events_of_one_transformation_are_one() -> None:
    network = read_epcis(MILL)
    roasted = LOT + "066666.ROASTED"
    assert links(network)[roasted, LOT + "022222.GREEN"] == 50_000
    assert links(network)[roasted, LOT + "055555.OTHER"] == 10_000


def test_a_lot_that_is_made_and_commissioned_weighs_once_and_one_that_is_added_to_weighs_all() -> None:
    def added(day: int, kilograms: int, lot: str) -> dict[str, object]:
        return happening("Object", day, action="ADD", quantityList=[quantity(lot, kilograms)])

    made = happening(
        "Transformation", 1, inputQuantityList=[quantity("1.A", 9)], outputQuantityList=[quantity("1.B", 8)]
    )
    network = read_epcis(epcis(made, added(2, 8, "1.B"), added(3, 5, "1.C"), added(4, 6, "1.C")))
    assert {good.key: good.mass_g for good in network.goods} == {
        LOT + "1.A": 9_000, LOT + "1.B": 8_000, LOT + "1.C": 11_000,
    }  # fmt: skip


def test_an_empty_transformation_id_joins_nothing() -> None:
    events = [
        happening("Transformation", day, transformationID="", inputQuantityList=[quantity(f"1.IN{day}", 1)],
                  outputQuantityList=[quantity(f"1.OUT{day}", 1)])
        for day in (1, 2)
    ]  # fmt: skip
    assert links(read_epcis(epcis(*events))).keys() == {(f"{LOT}1.OUT{day}", f"{LOT}1.IN{day}") for day in (1, 2)}


def test_a_container_that_is_emptied_and_filled_again_is_another_lot() -> None:
    network = read_epcis(MILL)
    assert network.made_of[PALLET] == {LOT + "022222.GREEN": 80_000}
    assert network.made_of[f"{PALLET} filled 2"] == {LOT + "066666.ROASTED": 48_000}
    assert network.by_key[PALLET].mass_g == 80_000


def test_a_container_that_is_partly_emptied_still_holds_the_rest() -> None:
    def packed(action: str, day: int, *lots: str) -> dict[str, object]:
        return happening(
            "Aggregation", day, action=action, parentID=PALLET, childQuantityList=[quantity(lot) for lot in lots]
        )

    network = read_epcis(epcis(packed("ADD", 1, "1.A", "1.B"), packed("DELETE", 2, "1.A"), packed("ADD", 3, "1.C")))
    assert network.made_of.keys() == {PALLET}
    assert network.made_of[PALLET].keys() == {LOT + "1.A", LOT + "1.B", LOT + "1.C"}
    emptied = epcis(packed("ADD", 1, "1.A", "1.B"), packed("DELETE", 2, "1.A"), packed("DELETE", 3, "1.B"),
                    packed("ADD", 4, "1.C"))  # fmt: skip
    assert read_epcis(emptied).made_of.keys() == {PALLET, f"{PALLET} filled 2"}


def test_what_is_packed_into_what_is_packed_is_followed() -> None:
    case = "urn:epc:id:sgtin:4012345.011111.1"
    network = read_epcis(
        epcis(
            happening("Aggregation", 1, action="ADD", parentID=case, childQuantityList=[quantity("1.A", 5)]),
            happening("Aggregation", 2, action="ADD", parentID=PALLET, childEPCs=[case]),
            happening("Transformation", 3, inputEPCList=[PALLET], outputQuantityList=[quantity("1.B", 4)]),
        )
    )
    assert links(network).keys() == {(case, LOT + "1.A"), (PALLET, case), (LOT + "1.B", PALLET)}


def test_goods_named_by_kind_only_are_others_in_every_event() -> None:
    kind = "https://id.gs1.org/01/04012345066663"
    events = [happening("Object", day, action="OBSERVE", quantityList=[quantity(kind, day)]) for day in (1, 2)]
    network = read_epcis(epcis(*events))
    assert [good.mass_g for good in network.goods] == [1_000, 2_000]
    assert "named by kind only" in str(network.notes[0])


@pytest.mark.parametrize(
    ("uom", "grams"), [("KGM", 2_500), ("GRM", 3), ("TNE", 2_500_000), ("LBR", 1_134), ("LTR", None), (None, None)]
)
def test_a_quantity_is_a_mass_only_in_a_unit_of_mass(uom: str | None, grams: int | None) -> None:
    lot = {"epcClass": LOT + "1.A", "quantity": 2.5, **({"uom": uom} if uom else {})}
    network = read_epcis(epcis(happening("Object", 1, action="ADD", quantityList=[lot])))
    assert network.goods[0].mass_g == grams


def test_names_of_goods_and_places_are_taken_from_the_master_data() -> None:
    def named(key: str, attribute: str, said: str) -> dict[str, object]:
        return {"id": key, "attributes": [{"id": f"urn:epcglobal:cbv:mda#{attribute}", "attribute": said}]}

    elements = [
        named("urn:epc:idpat:sgtin:4012345.011111.*", "descriptionShort", "Coffee cherry"),
        named("urn:epc:id:sgln:4012345.00001.0", "name", "Hill mill"),
    ]
    vocabulary = [{"type": "urn:epcglobal:epcis:vtype:EPCClass", "vocabularyElementList": elements}]
    harvest = happening("Object", 1, action="ADD", quantityList=[quantity("011111.CHERRY", 5)])
    network = read_epcis(epcis(harvest, epcisHeader={"epcisMasterData": {"vocabularyList": vocabulary}}))
    assert network.goods[0].item == "Coffee cherry"
    assert network.places[0].name == "Hill mill"


# -- movements ----------------------------------------------------------------------------------------------------


def moved(*rows: str, title: str = "From,To,Item,Date,Quantity", method: Method = Method.FIRST_IN_FIRST_OUT) -> Network:
    return read_movements("\n".join([title, *rows]).encode(), method=method)


def test_first_in_first_out_takes_the_oldest_and_leaves_the_rest() -> None:
    network = read_movements(MOVEMENTS.encode())
    assert links(network) == {
        ("row 4", "row 2"): 10_000,
        ("row 4", "row 3"): 5_000,
        ("row 6", "row 3"): 15_000,
        ("row 6", "row 5"): 7_000,
        ("row 6", "row 6 start"): 8_000,
    }


def test_an_arrival_of_the_same_day_can_have_left_whatever_stands_first_in_the_file() -> None:
    network = moved("B,C,x,2024-01-01,5", "A,B,x,2024-01-01,5", "C,D,x,2024-01-01,5")
    assert links(network) == {("row 2", "row 3"): 5_000, ("row 4", "row 2"): 5_000}


def test_an_arrival_of_the_day_after_cannot_have_left() -> None:
    network = moved("B,C,x,2024-01-01,5", "A,B,x,2024-01-02,5")
    assert links(network) == {}
    assert len(network.sources) == 2


def test_what_goes_round_in_a_day_starts_with_the_row_written_first() -> None:
    network = moved("A,B,x,2024-01-01,5", "B,A,x,2024-01-01,5", "A,C,x,2024-01-02,5", "B,D,x,2024-01-01,5")
    assert links(network) == {("row 3", "row 2"): 5_000, ("row 4", "row 3"): 5_000}


def test_another_item_is_never_drawn_on() -> None:
    assert links(moved("A,B,rice,2024-01-01,5", "B,C,beans,2024-01-02,5")) == {}


@given(
    st.lists(st.tuples(*[st.sampled_from("ABCD")] * 2, st.integers(1, 9), st.integers(1, 500)), min_size=1, max_size=25)
)
def test_no_method_takes_more_than_arrived_or_anything_from_the_future(rows: list[tuple[str, str, int, int]]) -> None:
    lines = [f"{sender},{sender}{receiver},x,2024-01-0{day},{mass} g" for sender, receiver, day, mass in rows]
    lines += [f"{sender}{receiver},{sender},x,2024-01-0{day},{mass} g" for sender, receiver, day, mass in rows]
    for method in Method:
        network = moved(*lines, method=method)
        taken: dict[str, int] = {}
        for (made, of), mass in links(network).items():
            assert mass is not None
            taken[of] = taken.get(of, 0) + mass
            child, parent = network.by_key[made], network.by_key[of]
            assert child.day is not None
            assert parent.day is not None
            assert parent.day <= child.day
        for made, parents in network.made_of.items():
            assert sum(mass or 0 for mass in parents.values()) == network.by_key[made].mass_g
        assert all(mass <= (network.by_key[of].mass_g or 0) for of, mass in taken.items())


@pytest.mark.parametrize(
    ("title", "cell", "grams"),
    [
        ("Quantity", "2.5", 2_500),
        ("Quantity", "2.5 t", 2_500_000),
        ("Quantity (g)", "250", 250),
        ("mass_t", "3", 3_000_000),
        ("Quantity (g)", "2 kg", 2_000),
    ],
)
def test_a_quantity_takes_its_unit_from_the_cell_or_the_title(title: str, cell: str, grams: int) -> None:
    network = moved(f"A,B,x,2024-01-01,{cell}", title=f"From,To,Item,Date,{title}")
    assert network.goods[0].mass_g == grams


def test_a_mark_with_three_digits_is_read_as_the_rest_of_the_column_writes_it() -> None:
    assert [good.mass_g for good in moved("A,B,x,2024-01-01,1.250", "A,B,x,2024-01-01,0.5").goods] == [1_250, 500]
    semicolons = "From;To;Item;Date;Quantity"
    commas = moved("A;B;x;2024-01-01;1.250", "A;B;x;2024-01-01;0,5", title=semicolons)
    assert [good.mass_g for good in commas.goods] == [1_250_000, 500]
    with pytest.raises(MovementAmbiguous):
        moved("A,B,x,2024-01-01,1.250")


def test_titles_in_another_language_and_a_workbook_are_understood() -> None:
    titles = ["Nơi gửi", "Nơi nhận", "Hàng hóa", "Ngày", "Khối lượng", "Số lô"]
    network = read_network(workbook([titles, ["A", "B", "Cà phê", "2024-01-01", "5 kg", "L1"]]))
    assert [(good.number, good.item, good.mass_g) for good in network.goods] == [("L1", "Cà phê", 5_000)]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (",B,x,2024-01-01,5", "From"),
        ("A,,x,2024-01-01,5", "To"),
        ("A,B,,2024-01-01,5", "Item"),
        ("A,B,x,some day,5", "Date"),
        ("A,B,x,2024-01-01,much", "Quantity"),
        ("A,B,x,2024-01-01,0", "Quantity"),
        ("A,B,x,2024-01-01,-5", "Quantity"),
        ("A,B,x,2024-01-01,99999999999999999 t", "Quantity"),
    ],
)
def test_a_row_that_cannot_be_read_refuses_the_file_because_a_trace_with_a_hole_misleads(row: str, field: str) -> None:
    with pytest.raises(MovementUnreadable) as refused:
        moved("A,B,x,2024-01-01,5", row)
    assert f"Row 3 has no {field} " in str(refused.value)


# -- what a file leaves out ---------------------------------------------------------------------------------------


def network_of(masses: Mapping[str, int | None], *steps: Step) -> Network:
    goods = tuple(Good(key, key, "", "", None, mass) for key, mass in masses.items())
    return checked(Network("test", (), goods, steps))


def test_a_lot_gives_all_it_holds_in_proportion_to_what_was_made_of_it() -> None:
    """A (100 g) -> X (1 kg) and Y (3 kg)."""
    network = network_of({"A": 100, "X": 1_000, "Y": 3_000}, Step(("X", "Y"), (Input("A"),)))
    assert {item.good.key: item.takes for item in weighed(network, TODAY)} == {
        "A": (), "X": (("A", 25),), "Y": (("A", 75),),
    }  # fmt: skip


def test_a_lot_never_gives_more_than_it_holds_whatever_the_file_says() -> None:
    network = network_of({"A": 100, "X": 80, "Y": 80}, *(Step((made,), (Input("A", 80),)) for made in "XY"))
    booked = {item.good.key: item for item in weighed(network, TODAY)}
    assert booked["X"].takes == booked["Y"].takes == (("A", 50),)
    assert booked["X"].mass_g == 80


def test_grams_that_the_file_says_are_taken_as_said_and_others_share_the_rest() -> None:
    steps = Step(("X",), (Input("A", 30),)), Step(("Y", "Z"), (Input("A"),))
    network = network_of({"A": 100, "X": None, "Y": None, "Z": None}, *steps)
    assert {item.good.key: item.mass_g for item in weighed(network, TODAY)} == {"A": 100, "X": 30, "Y": 35, "Z": 35}


masses = st.one_of(st.none(), st.integers(1, 50))


@given(st.lists(masses, min_size=2, max_size=8), st.data())
def test_every_network_without_a_loop_balances(sizes: list[int | None], data: st.DataObject) -> None:
    """No lot gives more than it holds, every link carries at least a gram, and nobody comes before its parents."""
    steps = [
        Step(
            (str(made),),
            tuple(Input(str(of), data.draw(masses)) for of in data.draw(st.sets(st.integers(0, made - 1)))),
        )
        for made in range(1, len(sizes))
    ]
    network = network_of({str(key): mass for key, mass in enumerate(sizes)}, *(step for step in steps if step.takes))
    given_away: dict[str, int] = {}
    seen: dict[str, int] = {}
    for item in weighed(network, TODAY):
        assert {of for of, _ in item.takes} == set(network.made_of.get(item.good.key, ()))
        for of, mass in item.takes:
            assert of in seen
            assert mass > 0
            given_away[of] = given_away.get(of, 0) + mass
        seen[item.good.key] = item.mass_g
        if item.good.mass_g is None and not item.takes:
            assert item.mass_g == NOMINAL_G
    assert all(mass <= seen[of] for of, mass in given_away.items())


def test_a_number_is_the_id_as_people_type_it_and_short() -> None:
    assert short_number("-697533458") == "-697533458"
    assert short_number("Bc_200610 ") == "BC_200610"
    assert len(short_number("x" * 300)) <= 32
    assert whole_grams(Fraction(1, 1_000)) == 1
