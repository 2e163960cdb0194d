"""The new harvest as it stands this week, so that whoever signs in finds open work: cherry, a truck, a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from traceability.demo import laongam as second
from traceability.demo import mills
from traceability.demo.laongam import Laongam
from traceability.demo.nong_luang import CHERRY, NongLuang
from traceability.demo.people import Grower
from traceability.demo.scale import form, weigh_day, weigh_in
from traceability.demo.telling import CLIENT_IDS, House
from traceability.domain.facts import AskCorrection, FormLot
from traceability.domain.paper import PaperLine, PaperPage
from traceability.domain.payments import Pay
from traceability.operations.collection import form_lot, record_weigh_in
from traceability.operations.correction import ask_correction
from traceability.operations.money import pay

_MONDAY: Final = date(2026, 10, 26)
LAST_FACT: Final = f"{CLIENT_IDS}last"
"""The client id of the season's last fact: where it is found, the whole season was told."""


def tell_today(nong_luang: NongLuang, laongam: Laongam, exporter: House) -> None:
    """Three weeks of the new harvest, and 16 to 19 November as it happens to be."""
    house, growers = nong_luang.house, nong_luang.growers
    parchment = []
    for week in range(3):
        monday = _MONDAY + timedelta(days=7 * week)
        deliveries = []
        for weekday in range(3):
            coming = [g for place, g in enumerate(growers) if place % 3 == weekday and house.random.randrange(3)]
            deliveries += weigh_day(house, "clerk", monday + timedelta(days=2 * weekday), CHERRY, coming)
        cherry = form(house, "clerk", monday + timedelta(days=5), "NL", deliveries)
        if week < 2:
            parchment.append(mills.wash(house, "clerk", monday + timedelta(days=14 + week), "NW", cherry))
            house.pay_all("manager", monday + timedelta(days=5))
    for weekday in range(4):
        coming = [g for place, g in enumerate(growers) if place % 12 in (weekday, weekday + 5)]
        weigh_day(house, "clerk", date(2026, 11, 16) + timedelta(days=weekday), CHERRY, coming)
    _advance(house, growers[3:6])
    second.load_up(house, "exporter", date(2026, 11, 18), parchment[0], exporter, "NW")
    _expect_a_truck(house, laongam)
    _go_round(house, growers)
    _type_the_book(house, growers)
    doubtful = replace(weigh_in(house, date(2026, 11, 19), 40, CHERRY, growers[7]), grade="B")
    said = house.tell("clerk", record_weigh_in, doubtful)
    question = AskCorrection(
        **house.when(date(2026, 11, 19), 17) | {"client_id": LAST_FACT},
        event=said.event,
        reason="Typed for the wrong farmer; the card was 0009.",
    )
    house.tell("clerk", ask_correction, question)


def _advance(house: House, growers: Sequence[Grower]) -> None:
    """Money for pickers, before the rest of the harvest is weighed in."""
    facts = [
        Pay(**house.when(date(2026, 11, 18), 9), farmer=grower.code, currency="LAK", amount=500_000, purpose="advance")
        for grower in growers
    ]
    house.tell_all("manager", pay, facts)


def _expect_a_truck(house: House, laongam: Laongam) -> None:
    """Parchment of the other cooperative on its way to be hulled here."""
    other, growers = laongam.house, laongam.growers[:12]
    deliveries = [
        delivery
        for day in range(2)
        for delivery in weigh_day(
            other, "clerk-laongam", _MONDAY + timedelta(days=day * 2), second.ARABICA, growers[day::2]
        )
    ]
    cherry = form(other, "clerk-laongam", _MONDAY + timedelta(days=3), "LG", deliveries)
    parchment = mills.wash(other, "clerk-laongam", _MONDAY + timedelta(days=16), "LG", cherry)
    second.load_up(other, "manager-laongam", date(2026, 11, 19), parchment, house, "LG")


def _go_round(house: House, growers: Sequence[Grower]) -> None:
    """The truck collects in the far villages: Tuesday's load lost a little on the way, Thursday's is expected."""
    for day, coming in ((date(2026, 11, 17), growers[12:20]), (date(2026, 11, 19), growers[20:26])):
        facts = [weigh_in(house, day, 20 + turn, CHERRY, grower) for turn, grower in enumerate(coming)]
        done = house.weigh_all("clerk", [replace(fact, vehicle="LS 4521", collector="Khamla") for fact in facts])
        if day.day == 17:
            counted = sum(said["mass_g"] for said in done)
            load = FormLot(
                **house.when(day, 18),
                facility="NL",
                deliveries=tuple(said["lot"] for said in done),
                weighed_g=counted - counted * 6 // 1000 // 100 * 100,
                vehicle="LS 4521",
            )
            house.tell("clerk", form_lot, load)


def _type_the_book(house: House, growers: Sequence[Grower]) -> None:
    """Wednesday evening the phone was empty: a page of the book, typed on Thursday."""
    weights = ((48_600, 51_200), (39_400,), (55_000, 47_800, 20_600), (44_200,))
    lines = tuple(
        PaperLine(line=place + 1, farmer=growers[30 + place].code, bags_g=bags, grade="A")
        for place, bags in enumerate(weights)
    )
    fact = PaperPage(
        **house.when(date(2026, 11, 18), 18, 30),
        facility="NL",
        commodity=CHERRY.commodity,
        form=CHERRY.form,
        page="12",
        total_g=sum(sum(bags) - CHERRY.tare_g * len(bags) for bags in weights),
        lines=lines,
        tare_each_g=CHERRY.tare_g,
        price_per_kg=CHERRY.price_per_kg,
        currency=CHERRY.currency,
    )
    house.type_page("clerk", fact)
