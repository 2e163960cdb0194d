"""How far a recall or a hold is seen: on every open page below it at the very next read, and on no other.

Amina's plot 60 -> D1 -+-> L1 -> A         A is split off, packed and released
Bounmy's plot 40 -> D2 -+            and merged: L1 + L2 -> M -> C
Sida 100 -> D3 -> L2 -> S
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import Client

from tests.cast import World
from tests.databases import KINDS, Databases
from tests.web.applications import application
from traceability.domain import facts
from traceability.models import Event, Recall
from traceability.operations import inspection
from traceability.web.line_breaks import breakable_text
from traceability.words import translate

LANGUAGES = ("en", "lo", "ar")  # one that breaks between syllables, one from right to left
NAMES = [breakable_text(translate(language, "Position in the journal")) for language in LANGUAGES]
LABELS = "|".join(map(re.escape, NAMES))
POSITION = re.compile(rf'"journal_seq":\s*[0-9]+|(?:{LABELS})</dt><dd[^>]*>(?:<bdi[^>]*>)?[^<]*')
MOMENT = re.compile(r'<p class="small">[^<]*')
STOPPED = {"recall": "Recalled. Do not eat or sell.", "hold": "This lot is on hold. Do not sell it yet."}


class Season(NamedTuple):
    app: Flask
    world: World
    lots: dict[str, str]  # by the names of the drawing

    @property
    def batches(self) -> dict[str, str]:
        return {name: self.lots[name] for name in "ASC"}

    def read(self, address: str) -> str:
        """What anybody is answered, without the moment and the position in the journal, which are those of now."""
        with Client(self.app).get(address, headers={"Accept-Language": "en"}) as answer:
            assert answer.status_code == 200
            return MOMENT.sub("", POSITION.sub("", answer.get_data().decode("utf-8", "replace")), count=1)

    def everything(self) -> dict[str, dict[str, str]]:
        """All that is open of each batch, by its name and address."""
        kinds = ("", ".json", "/verify", "/qr.svg", "/qr.png", *(f"?l={language}" for language in LANGUAGES[1:]))
        return {name: {kind: self.read(f"/b/{code}{kind}") for kind in kinds} for name, code in self.batches.items()}


@pytest.fixture(scope="module", params=KINDS)
def season(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Season]:
    """The drawing, once on each kind of database: a test ends what it stops."""
    folder = tmp_path_factory.mktemp("season")
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = databases.fresh_sqlite(folder / "test.sqlite3", "tables")
        else:
            url = stack.enter_context(databases.fresh_postgres("tables"))
        app = application(url, folder)
        stack.callback(app.extensions["database"].close)
        world = World(app.extensions["database"])
        yield Season(app, world, drawn(world))


def drawn(world: World) -> dict[str, str]:
    """The lots of the drawing, by their names."""
    lots = {"D1": world.delivery(60_000, plot=world.amina_plot)}
    lots["D2"] = world.delivery(40_000, world.bounmy, plot=world.bounmy_plot)
    lots["D3"] = world.delivery(100_000, world.sida)
    lots["L1"], lots["L2"] = world.lot(lots["D1"], lots["D2"]), world.lot(lots["D3"])
    parts, others = world.split(lots["L1"], 50_000, 50_000), world.split(lots["L2"], 50_000, 50_000)
    lots["M"] = world.merge(parts[1], others[1])
    for name, packed, mass_g in (("A", parts[0], 50_000), ("S", others[0], 50_000), ("C", lots["M"], 100_000)):
        lots[name] = world.released(world.sealed(world.packed(packed, mass_g=mass_g)))
    return lots


REACH = {
    "D1": "AC",
    "D2": "AC",
    "D3": "SC",
    "L1": "AC",
    "L2": "SC",
    "M": "C",
    "A": "A",
    "amina": "AC",
    "bounmy": "AC",
    "sida": "SC",
    "amina_plot": "AC",
    "bounmy_plot": "AC",
}


def told(season: Season, about: str) -> dict[str, str]:
    if about in season.lots:
        return {"lot": season.lots[about]}
    return {"plot" if about.endswith("plot") else "farmer": getattr(season.world, about)}


def the_very_next_read(season: Season, before: dict[str, dict[str, str]], reached: str, words: str) -> None:
    after = season.everything()
    for name in season.batches:
        if name not in reached:
            assert after[name] == before[name], name
            continue
        assert words in after[name][""]
        assert words in after[name]["/verify"]
        assert '"status":"released"' not in after[name][".json"]
        for kind in ("", ".json", "/verify", *(f"?l={language}" for language in LANGUAGES[1:])):
            assert after[name][kind] != before[name][kind], (name, kind)
        assert after[name]["/qr.svg"] == before[name]["/qr.svg"]


@pytest.mark.parametrize("about", REACH)
def test_a_recall_reaches_what_it_is_in_and_nothing_else(season: Season, about: str) -> None:
    before = season.everything()
    said: dict[str, Any] = {"reason": "Residue found", "action": "Bring it back", **told(season, about)}
    recall = season.world.do(season.world.ines, inspection.recall, facts.RecallGoods, **said)["recall"]
    the_very_next_read(season, before, REACH[about], STOPPED["recall"])
    lift = {"recall": recall, "outcome": "The second sample was clean"}
    season.world.do(season.world.ines, inspection.lift_recall, facts.LiftRecall, **lift)
    lifted = season.everything()
    for name in season.batches:
        assert STOPPED["recall"] not in lifted[name][""]
        if name not in REACH[about]:
            assert lifted[name] == before[name]
    with season.world.database.reading() as session:
        kept = session.scalars(select(Recall).where(Recall.code == recall)).one()
        entries = session.scalars(select(Event.kind).order_by(Event.id.desc()).limit(2)).all()
    assert (kept.reason, kept.outcome, entries) == (said["reason"], lift["outcome"], ["lift_recall", "recall"])


@pytest.mark.parametrize("about", ["D1", "L2", "M", "A", "amina", "sida", "amina_plot", "bounmy_plot"])
def test_a_hold_reaches_what_it_is_in_and_nothing_else(season: Season, about: str) -> None:
    before = season.everything()
    said = {"reason": "It smells", **told(season, about)}
    hold = season.world.do(season.world.ines, inspection.put_on_hold, facts.PutOnHold, **said)["hold"]
    the_very_next_read(season, before, REACH[about], STOPPED["hold"])
    closed = {"hold": hold, "passed": True, "outcome": "It was the bag"}
    season.world.do(season.world.ines, inspection.close_hold, facts.CloseHold, **closed)
    after = season.everything()
    for name in season.batches:
        assert STOPPED["hold"] not in after[name][""]
        if name not in REACH[about]:
            assert after[name] == before[name]
