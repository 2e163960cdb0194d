"""A certificate whose batch was corrected since: the old paper is genuine and replaced, the new one says its day."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.cast import World, event_of
from tests.web.client import Client
from tests.web.public_pages import band, data
from traceability import words
from traceability.domain import facts
from traceability.domain.moments import day_of
from traceability.operations import inspection
from traceability.operations.rebooking import correct_origin


def check_number(visitor: Client, batch: str, version: int) -> str:
    return str(data(visitor, batch, f"?version={version}")["certificate"]["check_number"])


def plain(text: str) -> str:
    """Without what only says where a line may be broken, or which way a word runs."""
    return re.sub("[\u200b\u2060\u2068\u2069 \u00a0]", "", text)


def day_there(at: datetime) -> str:
    return words.day("en", day_of(at, 420)).replace(words.NO_BREAK, " ")


def replaced(world: World) -> str:
    """`Amina 60 + Bounmy 40 -> released`, version 1; Bounmy's were Amina's -> version 2."""
    deliveries = world.delivery(60_000), world.delivery(40_000, world.bounmy)
    batch = world.released(world.sealed(world.packed(world.lot(*deliveries))))
    said = {"farmer": world.amina, "reason": "wrong card", "confirmed": True}
    world.do(world.malee, correct_origin, facts.CorrectOrigin, event=event_of(world, deliveries[1]), **said)
    return batch


def test_a_paper_of_an_earlier_version_is_genuine_and_replaced(visitor: Client, world: World) -> None:
    batch = replaced(world)
    number, newest = f"{batch}-1", f"{batch}-2"
    check, now = (check_number(visitor, batch, version) for version in (1, 2))
    page = visitor.get(f"/b/{batch}/verify")
    assert f"A paper that says {number} and {check} is genuine, and replaced: ask for the new one." in page.text
    assert f"Replaces version {number}" in page.text
    assert "cut from another paper" not in page.text
    assert now in page.text

    older = visitor.get(f"/b/{batch}/verify?version=1")
    today = day_there(datetime.now(UTC))
    assert band(older).startswith(f"Superseded by {newest} on {today}. Ask for the new paper.")
    assert "band--hold" in older.html
    assert "band--ok" not in older.html
    assert check in older.text
    assert now not in older.text
    assert f"/b/{batch}/verify" in older.links()
    said = {"reason": "Residue found", "action": "Bring it back", "phone": "+856 20 5550 9999", "farmer": world.amina}
    recall = str(world.do(world.malee, inspection.recall, facts.RecallGoods, **said)["recall"])
    stopped = visitor.get(f"/b/{batch}/verify?version=1").text
    assert -1 < stopped.find("Recalled. Do not eat or sell.") < stopped.find("Superseded by")
    world.do(world.malee, inspection.lift_recall, facts.LiftRecall, recall=recall, outcome="mixed up")
    first = visitor.get(f"/b/{world.released()}/verify").text
    assert "Replaces version" not in first
    assert "Superseded" not in first


def test_the_qr_of_a_certificate_leads_to_its_own_version(visitor: Client, world: World) -> None:
    batch = replaced(world)
    for version in (1, 2):
        check = check_number(visitor, batch, version)
        for typed in (f"{batch}-{version}", f"{batch[:4]}-{batch[4:]}-{version}".lower(), f"{batch}-{version}/"):
            led = visitor.get(f"/B/{typed}?l=en", status=308)
            assert led.location == f"/b/{batch}/verify?version={version}&l=en"
            assert check in visitor.follow(led).text
        for typed in (f"{batch}-{version}", f"https://x.example/B/{batch}-{version}"):
            assert visitor.get(f"/find?code={typed}", status=303).location == f"/b/{batch}-{version}"
    visitor.get(f"/b/{batch}/verify?version=3", status=404)


def test_a_new_version_is_dated_by_its_own_day(visitor: Client, world: World) -> None:
    batch = replaced(world)
    today = day_there(datetime.now(UTC))
    released = day_there(datetime.fromisoformat(data(visitor, batch)["released_at"]))
    said = {}
    for version in (1, 2):
        paper = PdfReader(BytesIO(visitor.get(f"/b/{batch}/certificate.pdf?version={version}").body))
        first = paper.pages[0].extract_text().replace(words.NO_BREAK, " ")
        said[version] = visitor.get(f"/b/{batch}/verify?version={version}").text, first
    assert [f"Issued {today}" in text for text in said[2]] == [True, True]
    assert [f"Issued {today}" in text for text in said[1]] == [False, False]
    assert [f"Issued {released}" in text for text in said[1]] == [True, True]
    assert "Replaces version 1" in said[2][1]
    assert said[2][1].count(f"Released for sale on {released}") == 1


@pytest.mark.parametrize("page", ["", "/why"])
@pytest.mark.parametrize("language", ["en", "lo", "ar"])
def test_an_earlier_version_says_first_that_it_is_one_and_how_the_batch_stands_now(
    visitor: Client, world: World, page: str, language: str
) -> None:
    """Nothing green comes before it; what stops the goods comes before that."""
    batch = replaced(world)
    address = f"/b/{batch}{page}?version=1&l={language}"
    older, said = visitor.get(address), words.translate
    (first,) = [box for box in older.root.all("div") if box.attributes.get("role") == "status"]
    assert first.attributes["class"] == "band band--hold"
    assert plain(first.text).startswith(
        plain(said(language, "This is version {n}. The origin was corrected since.", n=1))
    )
    assert plain(said(language, "Genuine lot, released for sale")) in plain(first.text)
    assert f"/b/{batch}?l={language}" in older.links()
    if page == "":
        assert said(language, "Open version {n}", n=1) not in older.text  # which is open
    assert "<button" not in older.html  # it is compared with the version that counts

    hold = {"lot": batch, "reason": "A sample smells", "action": "Keep it apart"}
    world.do(world.malee, inspection.put_on_hold, facts.PutOnHold, **hold)
    held = [box for box in visitor.get(address).root.all("div") if box.attributes.get("role") == "status"]
    verdict = said(language, "This lot is on hold. Do not sell it yet.")
    assert [plain(box.text).startswith(plain(verdict)) for box in held] == [True, False]
    goods = {"lot": batch, "reason": "Residue", "action": "Bring it back"}
    world.do(world.malee, inspection.recall, facts.RecallGoods, **goods)
    first = next(box for box in visitor.get(address).root.all("div") if box.attributes.get("role") == "status")
    assert first.attributes["class"] == "band band--stop"
    told = data(visitor, batch, "?version=1")
    assert (told["version"], told["newest"], told["status"]) == (1, 2, "recalled")
