"""A yearly limit that was raised is told on every batch of that season's fruit, by nobody's name (fraud scenario F3).

`Amina 60 (of her plot) + Bounmy 40 (of his) -> L -> P -> B`; Bakari asks, Malee approves.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.cast import SECRETS, World
from traceability.domain import facts
from traceability.domain.approvals import Approve, AskCap, Refuse
from traceability.domain.dossier import Dossier
from traceability.domain.moments import day_of
from traceability.domain.raised import Checked
from traceability.domain.roles import Actor
from traceability.domain.seasons import SetSeason
from traceability.operations import packing
from traceability.operations.approvals import approve, ask_cap, refuse
from traceability.operations.seasons import set_season
from traceability.queries.dossiers import dossier_of
from traceability.web.journey_words import limits


def limit(world: World, plot: str, cap_g: int | None, asks: Actor | None = None, on: datetime | None = None) -> None:
    """Asked for and approved, an hour after the last entry or on a day that is said."""
    said = {"occurred_at": on} if on else {}
    asked = world.do(asks or world.bakari, ask_cap, AskCap, plot=plot, cap_g=cap_g, reason="trees bear", **said)
    world.do(world.malee, approve, Approve, request=asked.event, **said)


def batch(world: World) -> str:
    fruit = world.delivery(60_000, plot=world.amina_plot), world.delivery(40_000, world.bounmy, plot=world.bounmy_plot)
    return world.released(world.sealed(world.packed(world.lot(*fruit))))


def dossier(world: World, code: str) -> Dossier:
    with world.database.reading() as session:
        return dossier_of(session, code)


def told(world: World, code: str) -> tuple[int, list[Checked]]:
    found = dossier(world, code)
    return found.raised_farms, [one.checked for one in found.raised]


def test_a_batch_says_that_a_limit_was_raised_by_two_persons_and_names_nobody(world: World) -> None:
    limit(world, world.amina_plot, 100_000)
    code = batch(world)
    assert told(world, code) == (0, []), "a first limit is not a raised one"
    assert limits(dossier(world, code), "en") == []

    limit(world, world.amina_plot, 200_000)
    assert told(world, code) == (1, [Checked.BY_ANOTHER])
    said = limits(dossier(world, code), "en")
    assert said[0] == "One of 2 farms had its yearly limit raised in the season of this batch."
    today = day_of(datetime.now(UTC), 420)
    assert said[1].startswith("Asked for by one person and approved by another: ")
    assert str(today.year) in said[1]
    assert not [secret for secret in SECRETS if secret in " ".join(said)]


def test_only_batches_with_fruit_of_that_plot_say_it(world: World) -> None:
    limit(world, world.amina_plot, 100_000)
    limit(world, world.amina_plot, None)  # nothing limits it any more: that is raised as well
    without = world.packed(world.lot(world.delivery(100_000, world.bounmy, plot=world.bounmy_plot)))
    unknown = world.packed(world.lot(world.delivery(100_000)))  # Amina's, of a plot that was not said
    assert told(world, world.released(world.sealed(without))) == (0, [])
    assert told(world, world.released(world.sealed(unknown))) == (0, [])
    assert told(world, batch(world)) == (1, [Checked.BY_ANOTHER])


def test_a_refused_and_a_lowered_limit_say_nothing(world: World) -> None:
    limit(world, world.amina_plot, 500_000)
    limit(world, world.amina_plot, 300_000)
    asked = world.do(world.bakari, ask_cap, AskCap, plot=world.amina_plot, cap_g=900_000, reason="more")
    world.do(world.malee, refuse, Refuse, request=asked.event, reason="no new trees were seen")
    assert told(world, batch(world)) == (0, [])
    limit(world, world.amina_plot, 400_000)
    assert told(world, batch(world))[0] == 1, "above what counted last, though below the first"


def test_who_raises_alone_is_told_apart(world: World) -> None:
    code = batch(world)
    for plot in (world.amina_plot, world.bounmy_plot):
        limit(world, plot, 100_000)
    limit(world, world.amina_plot, 200_000)
    limit(world, world.bounmy_plot, 200_000, asks=world.malee)
    assert told(world, code) == (2, [Checked.BY_ANOTHER, Checked.BY_NOBODY_ELSE])
    said = limits(dossier(world, code), "en")
    assert said[0] == "2 of 2 farms had their yearly limit raised in the season of this batch."
    assert [line.partition(":")[0] for line in said[1:]] == [
        "Asked for by one person and approved by another",
        "By one person alone",
    ]


def test_what_was_raised_in_another_season_says_nothing(world: World) -> None:
    """An approval counts in the season of the day that it says and of the day on which it was recorded."""
    code = batch(world)
    limit(world, world.amina_plot, 100_000, on=datetime(2024, 11, 1, tzinfo=UTC))
    limit(world, world.amina_plot, 200_000, on=datetime(2024, 12, 1, tzinfo=UTC))
    assert told(world, code) == (0, [])

    def main(to_on: date) -> None:
        days = {"name": "Main", "from_on": date(2024, 10, 1), "to_on": to_on}
        world.do(world.malee, set_season, SetSeason, commodity="arabica_coffee", **days)

    main(date(2026, 4, 30))
    assert told(world, code) == (1, [Checked.BY_ANOTHER]), "it is as long as the cooperative says"
    main(date(2025, 4, 30))
    assert told(world, code) == (0, [])


def test_a_batch_of_another_organisation_says_it_too(world: World) -> None:
    """The cooperative's fruit is dispatched to Chiara, who packs and releases it."""
    limit(world, world.amina_plot, 100_000)
    fruit = world.lot(world.delivery(100_000, plot=world.amina_plot))
    received = world.received(world.dispatched(fruit), 100_000)
    goods = {"facility": world.warehouse, "inputs": (facts.Take(lot=received),), "form": "green", "unit": "bag"}
    bag = world.do(world.chiara, packing.pack, facts.Pack, **goods, count=2, mass_g=100_000, confirmed=True)["lot"]
    world.do(world.chiara, packing.seal, facts.Seal, lot=bag)
    world.do(world.chiara, packing.release, facts.Release, batch=bag)
    limit(world, world.amina_plot, 150_000)
    assert told(world, bag) == (1, [Checked.BY_ANOTHER])
    assert limits(dossier(world, bag), "en")[0] == "The farm had its yearly limit raised in the season of this batch."
