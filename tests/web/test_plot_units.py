"""Land is typed in the unit that people there measure it in, and kept in square metres."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.client import Client
from tests.web.stocked import Stocked

SignedIn = Callable[..., Client]


@pytest.mark.parametrize(
    ("unit", "typed", "shown"),
    [
        ("ha", "1,5", "1.5 ha"),
        ("m2", "400", "0.04 ha"),
        ("rai", "2,5", "0.4 ha"),
        ("sao_north", "10", "0.36 ha"),
        ("sao_centre", "10", "0.5 ha"),
        ("cong", "7", "0.7 ha"),
    ],
)
def test_an_area_is_typed_in_the_units_of_the_place(
    stock: Stocked, signed_in: SignedIn, unit: str, typed: str, shown: str
) -> None:
    clerk = signed_in("bakari", "clerk")
    page = clerk.get(f"/farmers/{stock.farmer}/plots/new")
    clerk.submit(page, "/farmers", name="Lower field", area_m2=typed, area_unit=unit)
    assert f"Lower field: {shown}" in clerk.get(f"/farmers/{stock.farmer}").text.replace("\xa0", " ")
    again = clerk.get(f"/farmers/{stock.farmer}/plots/new")
    assert again.filled_in("/farmers")["area_unit"] == [unit]


def test_a_doubtful_area_is_asked_about_in_its_unit(stock: Stocked, signed_in: SignedIn) -> None:
    clerk = signed_in("bakari", "clerk")
    page = clerk.get(f"/farmers/{stock.farmer}/plots/new")
    asked = clerk.submit(page, "/farmers", status=422, name="Lower", area_m2="1.250", area_unit="rai")
    button = next(one for one in asked.root.all("button") if one.attributes.get("name") == "chosen")
    clerk.submit(asked, "/farmers", chosen=button.attributes["value"])
    assert "200 ha" in clerk.get(f"/farmers/{stock.farmer}").text.replace("\xa0", " ")


def test_without_a_script_a_button_shows_the_hectares_and_stores_nothing(stock: Stocked, signed_in: SignedIn) -> None:
    clerk = signed_in("bakari", "clerk")
    page = clerk.get(f"/farmers/{stock.farmer}/plots/new")
    typed = {"name": "Lower field", "area_m2": "2,5", "area_unit": "rai", "go": "check"}
    shown = clerk.submit(page, "/farmers", status=200, **typed)
    assert "= 0.4 ha" in shown.text.replace("\xa0", " ")
    assert shown.filled_in("/farmers")["area_m2"] == ["2,5"]
    assert "Lower field" not in clerk.get(f"/farmers/{stock.farmer}").text
    clerk.submit(shown, "/farmers")
    assert "Lower field: 0.4 ha" in clerk.get(f"/farmers/{stock.farmer}").text.replace("\xa0", " ")
