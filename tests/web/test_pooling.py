"""The pages of tanks and beds: declared with the place, cherries poured in, drawn off, squared with the dipstick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.web.client import Client, Page
from tests.web.stocked import PAKSONG, Stocked, said
from traceability.domain.facts import DrawOff, Pack, PourIn, PutOnHold, RegisterFacility, Release, Seal, Take
from traceability.operations import inspection, packing, pooling, registry

SignedIn = Callable[..., Client]


@dataclass(frozen=True)
class Tank:
    """A tank of the cooperative, and short ways to fill it."""

    stock: Stocked
    code: str

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"/pools/{self.code}"

    def pour(self, lot: str) -> str:
        """All of a lot goes in; the code of what stands there then."""
        fact = PourIn(**said(), facility=self.code, inputs=(Take(lot=lot),))
        return str(self.stock.do(pooling.pour_in, fact)["lot"])


def tank_of(stock: Stocked, rule: str = "pro_rata", prefix: str = "TK") -> Tank:
    fact = RegisterFacility(**said(), name=f"Tank {prefix}", kind="tank", prefix=prefix, where=PAKSONG, pool=rule)
    return Tank(stock, str(stock.do(registry.register_facility, fact)["facility"]))


@pytest.fixture
def tank(stock: Stocked) -> Tank:
    """A tank in which everything mixes."""
    return tank_of(stock)


def words(page: Page) -> str:
    """The text of a page with plain spaces."""
    return " ".join(page.text.replace("\xa0", " ").split())


def offered(page: Page) -> set[str]:
    """What the lists of a page offer to choose."""
    return {option.attributes["value"] for option in page.root.all("option")}


def test_a_manager_declares_a_tank_and_finds_its_page(stock: Stocked, signed_in: SignedIn) -> None:
    manager = signed_in("mali", "manager")
    assert "/pools" not in manager.get("/lots").links()
    assert "No tank or bed yet" in manager.get("/pools").text
    opened = manager.get("/registers/places/new")
    assert opened.filled_in("/registers/places/new")["pool"] == [""], "each lot by itself, unless one says so"
    typed = {"name": "Fermenting tank", "kind": "tank", "prefix": "FT", "country": "LA", "pool": "pro_rata"}
    manager.submit(opened, "/registers/places/new", status=303, **typed)
    (page,) = [link for link in manager.get("/registers/places").links() if link.startswith("/pools/")]
    assert "All mixed, like a tank or a pond" in words(manager.get(page))
    assert "It is empty." in words(manager.get(page))
    for address in ("/lots", "/"):
        assert "/pools" in manager.get(address).links(), address
    assert page in manager.get("/pools").links()


def test_nobody_weighs_in_or_works_in_a_tank(stock: Stocked, tank: Tank, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green()
    tank.pour(stock.delivery())
    for address in ("/weigh-in/buying", f"/split?lot={lot}", f"/process?lot={lot}"):
        assert "Tank TK" not in clerk.get(address).text, address


def test_a_clerk_pours_lots_in_and_sees_what_stands_there(stock: Stocked, tank: Tank, signed_in: SignedIn) -> None:
    clerk, first, second = signed_in("bakari", "clerk"), stock.delivery(600_000), stock.delivery(400_000)
    assert f"/pools?lot={first}" in clerk.get(f"/lots/{first}").links()
    choosing = clerk.get(f"/pools?lot={first}")
    assert f"{tank.page}/pour-in?lot={first}" in choosing.links()
    full = tank_of(stock, prefix="GR")
    full.pour(stock.green())
    assert f"{full.page}/pour-in?lot={first}" not in clerk.get(f"/pools?lot={first}").links(), "green stands there"
    opened = clerk.get(f"{tank.page}/pour-in?lot={first}")
    saved = clerk.submit(
        opened, f"{tank.page}/pour-in", status=303, **{"inputs-1-lot": second, "inputs-1-mass_g": "150"}
    )
    assert saved.location == tank.page
    shown = words(clerk.get(tank.page))
    assert "750 kg of 2 lots that went in" in shown
    assert "Not empty since" in shown
    assert "Poured in" in shown


def test_without_a_lot_the_form_offers_those_that_fit(stock: Stocked, tank: Tank, signed_in: SignedIn) -> None:
    clerk, green, cherries = signed_in("bakari", "clerk"), stock.green(), stock.delivery()
    assert {green, cherries} < offered(clerk.get(f"{tank.page}/pour-in"))
    inside = tank.pour(cherries)
    more = stock.delivery()
    fitting = offered(clerk.get(f"{tank.page}/pour-in"))
    assert more in fitting
    assert green not in fitting, "other goods do not go in"
    assert inside not in fitting, "what stands there is poured nowhere"


def test_other_goods_are_refused_and_what_was_typed_stays(stock: Stocked, tank: Tank, signed_in: SignedIn) -> None:
    clerk, green = signed_in("bakari", "clerk"), stock.green()
    tank.pour(stock.delivery())
    opened = clerk.get(f"{tank.page}/pour-in?lot={green}")
    refused = clerk.submit(opened, f"{tank.page}/pour-in", status=409, **{"inputs-0-mass_g": "12,5"})
    assert "These lots are different goods" in refused.text
    assert refused.filled_in(f"{tank.page}/pour-in")["inputs-0-mass_g"] == ["12,5"]
    empty = clerk.submit(clerk.get(f"{tank.page}/pour-in"), f"{tank.page}/pour-in", status=422)
    assert "inputs-0-lot" in empty.filled_in(f"{tank.page}/pour-in")


def test_drawing_off_makes_a_lot_and_too_much_is_refused(stock: Stocked, tank: Tank, signed_in: SignedIn) -> None:
    clerk = signed_in("bakari", "clerk")
    tank.pour(stock.delivery(500_000))
    opened = clerk.get(f"{tank.page}/draw-off")
    assert "500 kg" in words(opened)
    refused = clerk.submit(opened, f"{tank.page}/draw-off", status=409, mass_g="500,5")
    assert "Tank TK holds 500 kg; 500.5 kg was asked for." in words(refused)
    saved = clerk.submit(refused, f"{tank.page}/draw-off", status=303, mass_g="200")
    assert "200 kg" in words(clerk.get(saved.location))
    assert "300 kg" in words(clerk.get(tank.page))
    clerk.submit(clerk.get(f"{tank.page}/draw-off"), f"{tank.page}/draw-off", status=303)
    assert "It is empty." in words(clerk.get(tank.page))


def test_sending_a_drawing_twice_draws_once(stock: Stocked, tank: Tank, signed_in: SignedIn) -> None:
    clerk = signed_in("bakari", "clerk")
    tank.pour(stock.delivery(500_000))
    opened = clerk.get(f"{tank.page}/draw-off")
    first = clerk.submit(opened, f"{tank.page}/draw-off", mass_g="200")
    assert clerk.submit(opened, f"{tank.page}/draw-off", mass_g="200").location == first.location
    assert "300 kg" in words(clerk.get(tank.page))


def test_the_form_of_one_tank_never_draws_from_another(stock: Stocked, tank: Tank, signed_in: SignedIn) -> None:
    clerk, other = signed_in("bakari", "clerk"), tank_of(stock, prefix="OT")
    tank.pour(stock.delivery(500_000))
    other.pour(stock.delivery(100_000))
    forged = {"facility": other.code, "mass_g": "60", "client_id": "of-the-other-tank"}
    clerk.post(f"{tank.page}/draw-off", forged, status=303)
    assert "440 kg" in words(clerk.get(tank.page))
    assert "100 kg" in words(clerk.get(other.page))


def test_a_tank_is_squared_with_the_dipstick(stock: Stocked, tank: Tank, signed_in: SignedIn) -> None:
    clerk = signed_in("bakari", "clerk")
    tank.pour(stock.delivery(500_000))
    opened = clerk.get(f"{tank.page}/measure")
    asked = clerk.submit(opened, f"{tank.page}/measure", status=422, weighed_g="450")
    assert "beyond the tolerance" in asked.text
    saved = clerk.submit(asked, f"{tank.page}/measure", status=303, weighed_g="450", reason="the tap dripped")
    assert saved.location == tank.page
    assert "450 kg" in words(clerk.get(tank.page))
    assert "Contents measured" in words(clerk.get(tank.page))


def test_layers_are_listed_oldest_first(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, silo = signed_in("bakari", "clerk"), tank_of(stock, "first_in_first_out", "SI")
    layers = [silo.pour(stock.delivery(mass)) for mass in (10_000, 20_000, 30_000)]
    links = [link for link in clerk.get(silo.page).links() if link.startswith("/lots/")]
    assert links[:3] == [f"/lots/{layer}" for layer in layers]
    assert "60 kg of 3 lots that went in" in words(clerk.get(silo.page))


def test_the_lot_that_stands_in_a_tank_leads_there_and_nowhere_else(
    stock: Stocked, tank: Tank, signed_in: SignedIn
) -> None:
    manager, inside = signed_in("mali", "manager"), tank.pour(stock.delivery())
    links = manager.get(f"/lots/{inside}").links()
    assert tank.page in links
    assert f"/dispose?lot={inside}" in links
    assert not [link for link in links if link.startswith(("/process", "/split", "/merge", "/pack", "/shipping/dis"))]
    assert "Draw it off first" in manager.submit(
        manager.get(f"/split?lot={inside}"), "/split", status=409, facility=stock.place, **{"parts-0-mass_g": "1"}
    ).text.replace("\xa0", " ")


def test_a_hold_on_what_was_poured_in_is_said_on_the_page_and_stops_drawing(
    stock: Stocked, tank: Tank, signed_in: SignedIn
) -> None:
    clerk, delivery = signed_in("bakari", "clerk"), stock.delivery(500_000)
    tank.pour(delivery)
    stock.do(inspection.put_on_hold, PutOnHold(**said(), lot=delivery, reason="smell of diesel"))
    assert "Nothing is drawn off until this is settled." in clerk.get(tank.page).text
    refused = clerk.submit(clerk.get(f"{tank.page}/draw-off"), f"{tank.page}/draw-off", status=409, mass_g="1")
    assert "smell of diesel" in refused.text


def test_a_drawing_is_corrected_from_the_page_of_its_lot(stock: Stocked, tank: Tank, signed_in: SignedIn) -> None:
    manager = signed_in("mali", "manager")
    tank.pour(stock.delivery(500_000))
    drawn = stock.do(pooling.draw_off, DrawOff(**said(), facility=tank.code, mass_g=100_000))
    correct = f"/correct?event={drawn.event}"
    assert correct in manager.get(f"/lots/{drawn['lot']}").links()
    manager.submit(manager.get(correct), "/correct", status=303, reason="did_not_occur", note="typed twice")
    assert "500 kg" in words(manager.get(tank.page))


def test_an_outsider_finds_no_tank_and_an_auditor_changes_nothing(
    stock: Stocked, tank: Tank, signed_in: SignedIn, dao: Client
) -> None:
    tank.pour(stock.delivery())
    auditor = signed_in("somsak", "auditor")
    assert f"{tank.page}/draw-off" not in auditor.get(tank.page).links()
    assert "Tank TK" not in dao.get("/pools").text
    dao.get(tank.page, status=404)
    for form in ("pour-in", "draw-off", "measure"):
        dao.get(f"{tank.page}/{form}", status=404)
        dao.post(f"{tank.page}/{form}", {"facility": tank.code, "mass_g": "1"}, status=404)
        auditor.get(f"{tank.page}/{form}", status=403)
        auditor.post(f"{tank.page}/{form}", {"mass_g": "1"}, status=403)


def test_the_public_page_tells_what_came_through_a_tank(
    stock: Stocked, tank: Tank, signed_in: SignedIn, visitor: Client
) -> None:
    for _ in range(3):
        tank.pour(stock.green(40_000))
    drawn = stock.do(pooling.draw_off, DrawOff(**said(), facility=tank.code))["lot"]
    take = (Take(lot=drawn),)
    fact = Pack(**said(), facility=stock.place, inputs=take, form="green", unit="bag", count=2, mass_g=120_000)
    packed = stock.do(packing.pack, fact)["lot"]
    batch = stock.do(packing.seal, Seal(**said(), lot=packed, destination="JP"))["batch"]
    stock.do(packing.release, Release(**said(), batch=batch))
    shown = words(visitor.get(f"/b/{batch}"))
    assert "Poured in" in shown
    assert "3 entries" in shown
    assert "Drawn off" in shown
    assert "Segregated" in shown or "segregated" in shown
    visitor.get(f"/b/{batch}/certificate.pdf")


def test_a_place_without_a_tank_has_no_such_page(stock: Stocked, signed_in: SignedIn) -> None:
    signed_in("bakari", "clerk").get(f"/pools/{stock.place}", status=404)
