"""The ten states of a public page: what each says first, in every language, and that none is taken for another.

`Amina 60 + Bounmy 40 -> L -> packed in 2 bags on 5 January -> B`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import update

from tests.cast import World
from tests.web.applications import nowhere
from tests.web.client import Client, Page
from tests.web.public_pages import band, data
from traceability.domain import facts
from traceability.domain.identifiers import new_code
from traceability.domain.labelling import BuildPallet, PrintLabels
from traceability.domain.moments import day_of
from traceability.models import Organisation
from traceability.operations import inspection, labels, packing, pallets, registry
from traceability.operations.labels import FailedIsNotLabelled
from traceability.words import LANGUAGES

AUTHORITY = {"authority": "Food and Drug Department", "authority_link": "https://fdd.gov.example/recalls/7?lot=1"}


def tone(page: Page) -> str:
    (found,) = [box.attributes["class"] for box in page.root.all("div") if box.attributes.get("role") == "status"]
    return found.removeprefix("band band--")


def certified(world: World, number: str, ends: date) -> None:
    said = {"scheme": "organic", "number": number, "issuer": "Fair Check", "custody": "segregated"}
    fact = world.fact(facts.RegisterCertificate, **said, valid_from=date(2025, 1, 1), valid_to=ends)
    world.say(world.cooperative, registry.register_certificate, fact)


def recalled(world: World, **named: str) -> str:
    said = {"reason": "Residue found", "action": "Bring it back", "phone": "+856 20 5550 9999", **named}
    return str(world.do(world.malee, inspection.recall, facts.RecallGoods, **said)["recall"])


def on_hold(world: World, code: str) -> None:
    said = {"lot": code, "reason": "A sample smells", "action": "Keep it apart"}
    world.do(world.malee, inspection.put_on_hold, facts.PutOnHold, **said)


def failed(world: World, code: str) -> None:
    said = {"lot": code, "reason": "A sample smells", "action": "Wait for the laboratory"}
    hold = world.do(world.malee, inspection.put_on_hold, facts.PutOnHold, **said)["hold"]
    outcome = {"hold": hold, "passed": False, "outcome": "Cadmium 4.2 mg/kg"}
    world.do(world.malee, inspection.close_hold, facts.CloseHold, **outcome)


def superseded(world: World, code: str) -> None:
    newer = world.released()
    world.do(world.malee, packing.supersede, facts.Supersede, old=code, new=newer, reason="packed again")


STATES: list[tuple[str, str, Callable[[World, str], object]]] = [
    ("ok", "Genuine lot, released for sale", lambda _world, _code: None),
    ("hold", "This lot is on hold. Do not sell it yet.", on_hold),
    ("stop", "This lot failed its check. Do not eat or sell.", failed),
    ("stop", "Recalled. Do not eat or sell.", lambda world, _code: recalled(world, farmer=world.bounmy)),
    ("hold", "Replaced by a newer batch", superseded),
]


@pytest.mark.parametrize(("colour", "says", "happens"), STATES, ids=[says for _, says, _ in STATES])
def test_a_state_is_the_first_thing_said_in_every_language(
    visitor: Client, world: World, code: str, colour: str, says: str, happens: Callable[[World, str], object]
) -> None:
    happens(world, code)
    for language in LANGUAGES:
        page = visitor.get(f"/b/{code}?l={language}")
        assert tone(page) == colour
        assert page.html.index('role="status"') < page.html.index("<h1>")
    assert band(visitor.get(f"/b/{code}")).startswith(says)


def marked(page: Page, language: str) -> set[str]:
    """Everything that the page says is in this language, but for its own links to other languages."""
    found = [one for tag in ("p", "bdi") for one in page.root.all(tag) if one.attributes.get("lang") == language]
    return {one.text.replace("\u200b", "") for one in found}


@pytest.mark.parametrize("language", ["en", "lo", "ar"])
def test_reasons_stand_on_every_page_with_the_language_they_were_typed_in(
    visitor: Client, world: World, code: str, language: str
) -> None:
    """A voice would read Lao as English, and a line of it would break anywhere."""
    first = recalled(world, farmer=world.bounmy, reason="ພົບສານຕົກຄ້າງ", action="ສົ່ງຄືນ")
    world.do(world.malee, inspection.lift_recall, facts.LiftRecall, recall=first, outcome="样品弄错了")
    said = {"lot": code, "reason": "Mẫu có mùi lạ", "action": "Keep it apart"}
    world.do(world.malee, inspection.put_on_hold, facts.PutOnHold, **said)
    page = visitor.get(f"/b/{code}?l={language}")
    assert marked(page, "lo") >= {"ພົບສານຕົກຄ້າງ"}
    assert marked(page, "zh") >= {"样品弄错了"}
    assert marked(page, "vi") >= {"Mẫu có mùi lạ"}
    assert marked(page, "en") >= {"Keep it apart"}
    told = data(visitor, code)
    assert [told["alerts"][0][f"{name}_language"] for name in ("reason", "action")] == ["vi", "en"]
    assert [told["lifted"][0][f"{name}_language"] for name in ("reason", "outcome")] == ["lo", "zh"]


# --- recalled ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recall_says_what_why_what_to_do_and_who_to_ask(
    visitor: Client, world: World, code: str, language: str
) -> None:
    number = world.row(code).number
    recalled(world, farmer=world.bounmy, **AUTHORITY)
    page = visitor.get(f"/b/{code}?l={language}")
    for said in (number, "2026", "2 ", "Residue found", "Bring it back", "+856 20 5550 9999", AUTHORITY["authority"]):
        assert said in band(page), said
    (link,) = [one for one in page.root.all("a") if one.text == AUTHORITY["authority"]]
    assert link.attributes["href"] == AUTHORITY["authority_link"]
    assert "Bounmy" not in page.html
    assert data(visitor, code)["alerts"][0]["authority_link"] == AUTHORITY["authority_link"]


def test_every_recall_has_its_own_phone_and_the_page_that_of_who_answers_for_it(
    visitor: Client, world: World, code: str
) -> None:
    ours = "+856 31 212 345"
    house = update(Organisation).where(Organisation.id == world.cooperative.org_id).values(phone=ours)
    world.database.write(lambda session: session.execute(house))
    recalled(world, farmer=world.bounmy)
    other = {"reason": "Glass was found", "action": "Open no bag", "phone": "+856 20 5550 1111"}
    recalled(world, lot=code, **other)
    page = visitor.get(f"/b/{code}")
    first, *rest = page.html.split('href="tel:')
    numbers = [part.partition('"')[0] for part in rest]
    assert numbers == ["+8562055509999", "+8562055501111", "+85631212345"]
    assert "Residue found" in first
    assert "Glass was found" in rest[0]
    assert "Glass was found" not in first
    said = page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert f"and call {ours}" in said
    assert f"Report a problem: {ours}" in said


def test_what_was_recalled_upstream_is_named_by_its_lot(visitor: Client, world: World) -> None:
    lot = world.lot()
    code = world.released(world.sealed(world.packed(lot)))
    recalled(world, lot=lot)
    shown = band(visitor.get(f"/b/{code}"))
    assert f"Affected: Lot {world.row(code).number} · packed" in shown
    assert f"through lot {world.row(lot).number} , which it was made from" in shown


def test_a_hold_is_told_beside_a_recall_that_is_worse(visitor: Client, world: World, code: str) -> None:
    """Everywhere that somebody looks: when the recall is lifted, the goods still may not be sold."""
    on_hold(world, code)
    recall = recalled(world, lot=code)
    for address in (f"/b/{code}", f"/b/{code}/verify", f"/b/{code}/why"):
        said = band(visitor.get(address))
        assert said.startswith("Recalled. Do not eat or sell."), address
        assert "On hold · Since" in said, address
        assert "A sample smells" in said, address
        assert "Bring it back" in said
        assert "Keep it apart" not in said, "what to do, the recall says"
    paper = PdfReader(BytesIO(visitor.get(f"/b/{code}/certificate.pdf").body))
    text = "".join(page.extract_text() for page in paper.pages)
    assert "On hold" in text
    assert "A sample smells" in text
    world.do(world.malee, inspection.lift_recall, facts.LiftRecall, recall=recall, outcome="The sample was mixed up")
    assert "Keep it apart" in band(visitor.get(f"/b/{code}"))


def test_a_lifted_recall_stays_to_be_read(visitor: Client, world: World, code: str) -> None:
    recall = recalled(world, farmer=world.bounmy)
    world.do(world.malee, inspection.lift_recall, facts.LiftRecall, recall=recall, outcome="The sample was mixed up")
    page = visitor.get(f"/b/{code}")
    assert band(page).startswith("Genuine lot, released for sale")
    for said in ("Recalled before", "Residue found", "Lifted: The sample was mixed up"):
        assert said in page.text
    (lifted,) = data(visitor, code)["lifted"]
    assert (lifted["reason"], lifted["outcome"]) == ("Residue found", "The sample was mixed up")
    assert "Bounmy" not in page.html
    other = world.released(world.sealed(world.packed(world.lot(world.delivery(100_000, world.sida)))))
    assert "Recalled before" not in visitor.get(f"/b/{other}").text


@pytest.mark.parametrize(
    "link", ["http://fdd.example", "javascript:alert(1)", "https://", 'https://x"onclick=', "fdd.example"]
)
def test_a_page_of_an_authority_is_an_address_of_a_page(
    visitor: Client, signed_in: Callable[..., Client], stock: object, link: str
) -> None:
    inspector = signed_in("ines", "inspector", "manager")
    farmer = stock.farmer  # type: ignore[attr-defined]
    form = inspector.get(f"/recall?farmer={farmer}")
    again = inspector.submit(form, "/recall", status=422, reason="residue", action="bring it back", authority_link=link)
    assert "It begins with https://" in again.text
    assert again.filled_in("/recall")["authority_link"] == [link]
    assert again.filled_in("/recall")["reason"] == ["residue"]


# --- failed -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("database")
def test_goods_that_failed_their_check_are_no_goods_that_wait(visitor: Client, world: World) -> None:
    """`L on hold, failed -> packed -> B` was released before: everybody reads what was found, and nobody to wait."""
    lot = world.lot()
    code = world.released(world.sealed(world.packed(lot)))
    pallet = world.do(world.malee, pallets.build_pallet, BuildPallet, batch=code, first=1, last=2)["pallet"]
    on_hold(world, code)
    failed(world, lot)
    for address in (f"/b/{code}", f"/b/{code}/verify", f"/b/{code}/why", f"/pallet/{pallet}"):
        shown = visitor.get(address)
        assert tone(shown) == "stop", address
        assert "Cadmium 4.2 mg/kg" in band(shown)
        for waits in ("Do not sell it yet", "Wait for the laboratory", "No recall"):
            assert waits not in shown.text
    said = data(visitor, code)
    assert (said["status"], [alert["kind"] for alert in said["alerts"]]) == ("failed", ["failed", "on_hold"])
    printing = {"batch": code, "first": 1, "last": 2, "of": 2, "layout": "tag", "confirmed": True}
    world.refused(FailedIsNotLabelled, world.malee, labels.print_labels, PrintLabels, **printing)


# --- expired ----------------------------------------------------------------------------------------------------


def test_a_certificate_past_its_day_is_said_before_anything_is_opened(visitor: Client, world: World, code: str) -> None:
    today = day_of(datetime.now(UTC), 420)
    certified(world, "OLD-1", today - timedelta(days=1))
    certified(world, "NEW-2", today + timedelta(days=10))
    page = visitor.get(f"/b/{code}")
    assert "Certificate expired" in page.text[: page.text.index("Green coffee")]
    assert "Organic: OLD-1 · valid to" in page.text[: page.text.index("Green coffee")]
    assert "NEW-2" not in page.text[: page.text.index("Green coffee")]
    assert band(page).startswith("Genuine lot"), "the goods were certified when they were delivered"


def test_a_certificate_is_good_all_day_on_its_last_day(visitor: Client, world: World, code: str) -> None:
    certified(world, "TODAY-1", day_of(datetime.now(UTC), 420))
    assert "Certificate expired" not in visitor.get(f"/b/{code}").text


def test_the_holder_of_a_certificate_is_called_by_its_name_in_the_readers_language(
    visitor: Client, world: World, code: str
) -> None:
    certified(world, "NEW-2", day_of(datetime.now(UTC), 420) + timedelta(days=10))
    named = update(Organisation).where(Organisation.code == world.malee.org_code).values(names={"lo": "ສະຫະກອນພູນ້ອຍ"})
    world.database.write(lambda session: session.execute(named))
    assert "Fair Check · ສະຫະກອນພູນ້ອຍ" in visitor.get(f"/b/{code}?l=lo").text.replace("\u200b", "")
    assert "Fair Check · Phou Noy Cooperative" in visitor.get(f"/b/{code}?l=fr").text
    assert [paper["holder"] for paper in data(visitor, code)["certificates"]] == ["Phou Noy Cooperative"]


# --- not ours to sell -------------------------------------------------------------------------------------------


def test_a_demonstration_says_so_before_everything_else(app: Flask, visitor: Client, code: str) -> None:
    app.extensions["config"] = replace(app.extensions["config"], demo=True)
    for address in (f"/b/{code}", f"/b/{code}/verify", f"/b/{code}/why"):
        page = visitor.get(address)
        assert page.text.removeprefix("Skip to the content ").startswith("Demonstration. Nothing here is real.")


def test_what_is_not_released_says_only_that(visitor: Client, world: World) -> None:
    page = visitor.get(f"/b/{world.sealed()}")
    assert band(page).startswith("Not released yet. Do not trade on it.")
    assert tone(page) == "info"
    assert "kg" not in page.text


@pytest.mark.parametrize("happens", [recalled, on_hold], ids=["recalled", "on hold"])
def test_what_stops_goods_that_are_not_released_is_told_and_nothing_else(
    visitor: Client, world: World, happens: Callable[..., object]
) -> None:
    """`Amina 60 -> L -> packed -> sealed`, and recalled: whoever has the goods reads why, and no more of the batch."""
    batch = world.sealed()
    before = data(visitor, batch)
    if happens is recalled:
        recall = recalled(world, farmer=world.amina)
        told = ["Recalled. Do not eat or sell.", "2026", "Residue found", "Bring it back", "+856 20 5550 9999"]
    else:
        on_hold(world, batch)
        told = ["This lot is on hold.", "2026", "A sample smells", "Keep it apart"]
    for address in (f"/b/{batch}", f"/b/{batch}/verify", f"/b/{batch}/why"):
        page = visitor.get(address)
        assert [said for said in told if said not in band(page)] == [], address
        assert "kg" not in page.text
        assert world.row(batch).number not in page.text.replace(band(page), "")
    said = data(visitor, batch)
    (alert,) = said.pop("alerts")
    assert [words for words in (alert["reason"], alert["action"]) if words not in told] == []
    assert said.pop("status") != before.pop("status")
    assert said == before
    if happens is recalled:
        world.do(world.malee, inspection.lift_recall, facts.LiftRecall, recall=recall, outcome="mixed up")
        assert set(data(visitor, batch)) == {"code", "status", "demo", "as_of"}


def test_an_unknown_code_is_no_verdict_and_asks_to_look_again(visitor: Client, code: str) -> None:
    unknown = new_code()
    page = visitor.get(f"/b/{unknown}", status=404)
    assert "Check the last characters" in page.text
    assert "If the label looks original, report it" in page.text
    assert page.filled_in("/find") == {"code": [unknown]}
    assert code not in page.html, "never a guess"
    assert not [box for box in page.root.all("div") if "band--ok" in box.attributes.get("class", "")]


def test_a_moment_without_the_database_is_no_verdict_either(tmp_path: Path, code: str) -> None:
    silent = Client(nowhere(tmp_path))
    for address in (f"/b/{code}", f"/b/{code}/why", f"/b/{code}/why/farm-01"):
        page = silent.get(address, status=503)
        assert code in page.text
        assert "Do not take that for a yes or a no." in page.text
