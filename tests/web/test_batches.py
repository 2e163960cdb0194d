"""The public page: what a person with a bag in the hand reads, in every state, and what nobody may learn from it.

`Amina 60 + Bounmy 40 -> L -> packed in 2 bags -> B`, sealed for Italy and released by Malee.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from tests.cast import AMINA, BOLAVEN, SECRETS, World
from tests.web import stocked
from tests.web.applications import nowhere
from tests.web.client import Client
from tests.web.public_pages import band, data
from traceability import paths
from traceability.domain import facts
from traceability.domain.dossier import Dossier
from traceability.domain.identifiers import new_code, show_code
from traceability.domain.moments import day_of
from traceability.operations import account, inspection, packing, registry
from traceability.queries.dossiers import dossier_of
from traceability.web import guessing
from traceability.web.guessing import MOST, SECONDS, Misses
from traceability.words import PUBLIC_LANGUAGES

PASSWORD = "a long enough password"


def dossier(world: World, code: str) -> Dossier:
    with world.database.reading() as session:
        return dossier_of(session, code)


def member(app: Flask, world: World) -> Client:
    fact = world.fact(
        facts.RegisterUser, login="bakari", name="Bakari", password=PASSWORD, roles=("clerk",), client_id="user-bakari"
    )
    world.database.write(lambda session: account.register_user(session, world.cooperative, fact))
    return Client(app).sign_in("bakari", PASSWORD)


def hold(world: World, lot: str) -> None:
    world.do(
        world.malee, inspection.put_on_hold, facts.PutOnHold, lot=lot, reason="A sample smells", action="Keep it apart"
    )


# --- first sight ----------------------------------------------------------------------------------------------


def test_the_page_says_first_what_matters_first(visitor: Client, code: str) -> None:
    page = visitor.get(f"/b/{code}")
    headings = [heading.text for heading in page.root.all("h1", "h2")]
    assert headings == [
        "Green coffee",
        "The bag in your hand should show:",
        "About this batch",
        "Where it grew",
        "Journey",
        "Who grew it",
        "Certificates and claims",
        "For inspectors",
    ]
    assert page.html.index('role="status"') < page.html.index('class="languages"') < page.html.index("<h1>")
    assert "Genuine lot, released for sale" in band(page)
    assert "No recall." in band(page)
    assert "UTC+7" in band(page)


def test_the_bag_can_be_compared_with_the_page(visitor: Client, world: World, code: str) -> None:
    found = dossier(world, code)
    text = visitor.get(f"/b/{code}").text
    for shown in (show_code(code).replace("\N{NO-BREAK SPACE}", " "), found.lot_number, "2 bags × 50 kg", "100 kg"):
        assert shown in text, shown


def test_the_journey_is_told_from_the_scale_to_the_release(visitor: Client, code: str) -> None:
    journey = visitor.get(f"/b/{code}").root.all("ol")[0].text
    verbs = ("Weighed in", "Lot formed", "Packed", "Released")
    assert [journey.index(verb) for verb in verbs] == sorted(journey.index(verb) for verb in verbs)
    assert "Phou Noy Cooperative" in journey
    assert "January 2026" in journey


def test_the_books_add_up(visitor: Client, world: World, code: str) -> None:
    books = dossier(world, code).balance
    assert books.received_g + books.gained_g == sum(books.losses_g.values()) + books.by_products_g + books.batch_g
    assert "Received for this batch" in visitor.get(f"/b/{code}").text


# --- every state ----------------------------------------------------------------------------------------------


def test_a_hold_stands_on_top_with_what_to_do(visitor: Client, world: World, code: str) -> None:
    hold(world, code)
    shown = band(visitor.get(f"/b/{code}"))
    for said in ("on hold", "A sample smells", "Keep it apart", dossier(world, code).lot_number):
        assert said in shown
    assert "No recall" not in shown
    assert data(visitor, code)["status"] == "on_hold"


@pytest.mark.parametrize("language", ["en", "lo", "vi", "zh"])
def test_a_recalled_farm_turns_the_page_red_in_every_language(
    visitor: Client, world: World, code: str, language: str
) -> None:
    other = world.released(world.sealed(world.packed(world.lot(world.delivery(100_000, world.sida)))))
    said = {"reason": "Residue found", "action": "Bring it back", "phone": "+856 20 5550 9999", "farmer": world.bounmy}
    world.do(world.malee, inspection.recall, facts.RecallGoods, **said)
    page = visitor.get(f"/b/{code}?l={language}")
    for sentence in ("Residue found", "Bring it back", "+856 20 5550 9999"):
        assert sentence in band(page)
    assert 'href="tel:+8562055509999"' in page.html
    assert "band--stop" in page.html
    assert "Bounmy" not in page.html
    assert data(visitor, code)["alerts"][0]["reason"] == "Residue found"
    assert "Genuine" in band(visitor.get(f"/b/{other}"))


def test_an_older_batch_leads_to_the_newer_one(visitor: Client, world: World, code: str) -> None:
    newer = world.released()
    world.do(world.malee, packing.supersede, facts.Supersede, old=code, new=newer, reason="packed again")
    page = visitor.get(f"/b/{code}?l=vi")
    assert f"/b/{newer}?l=vi" in page.links()
    assert data(visitor, code)["superseded_by"] == newer


def test_before_its_release_only_the_members_see_a_batch(app: Flask, visitor: Client, world: World) -> None:
    code = world.sealed()
    page = visitor.get(f"/b/{code}")
    assert page.heading == "Not released yet"
    assert "noindex" in page.html
    assert "100 kg" not in page.text
    assert set(data(visitor, code)) == {"code", "status", "demo", "as_of"}
    visitor.get(f"/b/{code}/certificate.pdf", status=409)
    seen = member(app, world).get(f"/b/{code}")
    assert "100 kg" in seen.text
    assert seen.response.headers["Cache-Control"] == "no-store"


def test_a_certificate_stands_as_it_does_today(visitor: Client, world: World, code: str) -> None:
    today = day_of(datetime.now(UTC), 420)
    for number, ends in (("OLD-1", date(2026, 2, 1)), ("SOON-2", today + timedelta(days=10))):
        said = {"scheme": "organic", "number": number, "issuer": "Fair Check", "custody": "segregated"}
        fact = world.fact(facts.RegisterCertificate, **said, valid_from=date(2025, 1, 1), valid_to=ends)
        world.say(world.cooperative, registry.register_certificate, fact)
    text = visitor.get(f"/b/{code}").text
    assert "Organic: OLD-1 Expired" in text
    assert "Organic: SOON-2 Expires in 10 days" in text
    assert "May be said of this batch" in text
    assert "Every origin is certified." in text


def test_a_demonstration_says_so(app: Flask, visitor: Client, code: str) -> None:
    assert "Demonstration" not in visitor.get(f"/b/{code}").text
    app.extensions["config"] = replace(app.extensions["config"], demo=True)
    assert "Demonstration. Nothing here is real." in visitor.get(f"/b/{code}").text


# --- codes as people type them --------------------------------------------------------------------------------


def test_a_code_may_be_typed_as_people_type(visitor: Client, code: str) -> None:
    small, spaced = code.lower(), f"{code[:4]}%20{code[4:]}"
    for address in (f"/b/{small}", f"/b/{spaced}", f"/b/{code[:4]}-{code[4:]}", f"/b/{code}/", f"/B/{small}/"):
        answer = visitor.get(address, status=308)
        assert answer.location == f"/b/{code}", address
    assert visitor.get(f"/b/{small}?l=lo", status=308).location == f"/b/{code}?l=lo"
    assert visitor.get(f"/B/{code}").heading == "Green coffee"
    assert visitor.get(f"/b/%{ord(code[0]):x}{code[1:]}").heading == "Green coffee"


def test_an_unknown_code_gets_a_helpful_page(visitor: Client) -> None:
    page = visitor.get(f"/b/{new_code()}", status=404)
    assert "We have no lot with this code" in page.text
    assert page.form("/find")
    answer = visitor.get(f"/b/{new_code()}.json", status=404).response
    assert answer.mimetype == "application/problem+json"


def test_a_mistyped_code_is_called_a_typo_and_never_leads_elsewhere(visitor: Client, code: str) -> None:
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert "typo" in visitor.get(f"/b/{wrong}", status=404).text
    for address in ("/b/x", "/b/%00", "/b/<script>", "/b/" + "A" * 500, "/b/ກຂຄ"):
        page = visitor.get(address, status=404)
        assert "<script>" not in page.html


def test_a_version_that_never_was_is_not_there_and_the_newest_is_linked(visitor: Client, code: str) -> None:
    for suffix in ("", "/verify", "/certificate.pdf", "/why"):
        page = visitor.get(f"/b/{code}{suffix}?version=9", status=404)
        assert ("This batch has no such version." in page.text, "no lot with" in page.text) == (True, False)
        assert f"/b/{code}" in page.links()
    problem = visitor.get(f"/b/{code}.json?version=9", status=404).body
    assert json.loads(problem)["name"] == "NoSuchVersion"


def test_guessing_is_told_to_wait_while_a_right_code_is_answered(visitor: Client, code: str) -> None:
    for _ in range(MOST):
        visitor.get(f"/b/{new_code()}", status=404)
    waiting = visitor.get(f"/b/{new_code()}", status=429).response
    assert waiting.headers["Retry-After"] == "60"
    assert visitor.get(f"/b/{code}").heading == "Green coffee"
    misses = Misses()
    assert not any(misses.are_too_many("a", now=1.0) for _ in range(MOST))
    assert misses.are_too_many("a", now=2.0)
    assert not misses.are_too_many("b", now=2.0)
    assert not misses.are_too_many("a", now=1.0 + SECONDS)


def test_letters_at_random_are_told_to_wait_too_and_a_slip_of_the_finger_is_not(visitor: Client, code: str) -> None:
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    for _ in range(MOST // 2):
        assert "do not fit together" in visitor.get(f"/b/{wrong}", status=404).text
        assert "do not fit together" in visitor.get(f"/find?code={wrong}", status=404).text
    for address in (f"/b/{wrong}", f"/b/{wrong}.json", f"/find?code={wrong}", f"/b/{new_code()}"):
        visitor.get(address, status=429)
    assert "8 letters and digits" in visitor.get("/b/QQQ", status=404).text, "what can be no code is no guess"
    assert visitor.get(f"/b/{code}").heading == "Green coffee"


def test_a_crowd_of_addresses_does_not_free_the_one_that_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "ADDRESSES", 5)
    misses = Misses()
    for _ in range(MOST):
        assert not misses.are_too_many("a", now=1.0)
    for n in range(40):
        assert not misses.are_too_many(f"other {n}", now=1.0)
        assert misses.are_too_many("a", now=1.0)
    assert len(misses._by_address) <= 5


def test_a_silent_database_echoes_the_code(tmp_path: Path, code: str) -> None:
    visitor = Client(nowhere(tmp_path))
    page = visitor.get(f"/b/{code}", status=503)
    assert code in page.text
    assert "Try again" in page.text
    assert visitor.get(f"/b/{code}.json", status=503).response.mimetype == "application/problem+json"


def test_the_field_for_a_code_finds_the_page(visitor: Client, code: str) -> None:
    page = visitor.get("/find?l=lo")
    assert page.form("/find").attributes["method"] == "get"
    for typed in (code.lower(), f"{code[:4]} {code[4:]}", f"HTTPS://TRACE.EXAMPLE/B/{code}?l=vi"):
        assert visitor.get(f"/find?code={typed.replace(' ', '+').replace('?', '%3F')}", status=303).location == (
            f"/b/{code}"
        )
    again = visitor.get("/find?code=QQQ", status=404)
    assert again.filled_in("/find") == {"code": ["QQQ"]}
    assert "8 letters and digits" in again.text
    assert "/find" in visitor.get("/sign-in").links()


def test_the_number_of_a_lot_finds_its_page_as_it_is_printed(visitor: Client, world: World, code: str) -> None:
    number = world.row(code).number
    assert len(number.rpartition("-")[0].replace("-", "")) == 8, "it looks like the number of a certificate"
    for typed in (number, number.lower(), number.replace("-", "\u2013"), f" {number} "):
        assert visitor.get(f"/find?code={quote(typed)}", status=303).location == f"/b/{code}"
    waiting = world.row(world.sealed()).number
    assert "code" in visitor.get(f"/find?code={waiting}", status=404).text
    for _ in range(MOST - 5):
        visitor.get(f"/find?code={number}", status=303)
    visitor.get(f"/find?code={number}", status=429)  # numbers follow each other: nobody walks from one to the next
    assert visitor.get(f"/b/{code}").heading == "Green coffee"


def test_where_two_organisations_gave_one_number_both_are_offered(app: Flask, visitor: Client) -> None:
    def released(name: str) -> str:
        fact = facts.RegisterOrganisation(**stocked.said(), name=name, kind="mill", prefix="ZZ", where=BOLAVEN)
        database = app.extensions["database"]
        actor = database.write(lambda session: registry.register_organisation(session, fact))
        return stocked.stocked(app, actor).released()

    first, second = released("Mill of Dao"), released("Mill of Noy")
    number = max(re.findall(r"LA-ZZ-[0-9]{4}-[0-9]+", visitor.get(f"/b/{first}").text))  # its lot came last
    offered = visitor.get(f"/find?code={number}", status=300).response.text
    assert "Which batch is it?" in offered
    assert {first, second} <= set(re.findall(r'href="/b/([0-9A-Z]{8})"', offered))


# --- what nobody may learn --------------------------------------------------------------------------------------


def everything_public(visitor: Client, code: str) -> dict[str, str]:
    """All public answers about a batch as text."""
    found = {
        address: visitor.get(f"/b/{code}{address}").html for address in ("", "?l=lo", "?l=zh", "/verify", "/qr.svg")
    }
    found[".json"] = visitor.get(f"/b/{code}.json").body.decode()
    paper = PdfReader(BytesIO(visitor.get(f"/b/{code}/certificate.pdf").body))
    found[".pdf"] = " ".join(sheet.extract_text() for sheet in paper.pages) + str(paper.metadata)
    return found


def test_no_farmer_no_phone_and_no_position_is_public(visitor: Client, code: str) -> None:
    for address, text in everything_public(visitor, code).items():
        for secret in SECRETS:
            assert secret not in text, f"{secret} in {address}"


def test_a_farmer_who_agreed_is_named_and_nobody_else(visitor: Client, world: World, code: str) -> None:
    said = {"farmer": world.amina, "named_in_public": True, "text": "read aloud in Lao, Malee was there"}
    world.do(world.malee, registry.change_consent, facts.ChangeConsent, **said)
    text = visitor.get(f"/b/{code}").text
    assert AMINA in text
    assert "Bounmy" not in text
    assert [share["name"] for share in data(visitor, code)["shares"]] == [AMINA, ""]


def test_two_farms_of_a_village_do_not_betray_it(visitor: Client, code: str) -> None:
    assert [share["place"]["village"] for share in data(visitor, code)["shares"]] == ["", ""]


def test_reading_leaves_no_trace_and_needs_nothing_from_elsewhere(visitor: Client, code: str) -> None:
    for address in ("", "?l=lo", ".json", "/qr.svg", "/qr.png", "/certificate.pdf", "/verify"):
        page = visitor.get(f"/b/{code}{address}")
        assert "Set-Cookie" not in page.response.headers, address
        assert not page.root.all("script", "iframe", "img", "object", "embed")
    links = visitor.get(f"/b/{code}").root.all("link")
    assert all(link.attributes["href"].startswith("/") for link in links)


# --- numbers ----------------------------------------------------------------------------------------------------


def test_shares_sum_in_the_table_and_in_the_data(visitor: Client, code: str) -> None:
    found = data(visitor, code)
    assert sum(share["mass_g"] for share in found["shares"]) == found["mass_g"] == 100_000
    assert sum(share["tenths"] for share in found["shares"]) == 1000
    table = visitor.get(f"/b/{code}").root.all("table")[0]
    percents = [cell.text for cell in table.all("td") if cell.text.endswith("%")]
    assert percents == ["60.0 %", "40.0 %", "100.0 %"]


def test_a_batch_of_seventy_farms_fits_one_congestion_window(visitor: Client, world: World) -> None:
    deliveries = []
    for at in range(70):
        fact = {"name": f"Nobody {at}", "where": BOLAVEN}
        farmer = world.do(world.bakari, registry.register_farmer, facts.RegisterFarmer, **fact)["farmer"]
        deliveries.append(world.delivery(20_000 + 137 * at, str(farmer)))
    lots = [world.lot(*deliveries[first : first + 10]) for first in range(0, 70, 10)]
    code = world.released(world.sealed(world.packed(*lots, mass_g=sum(20_000 + 137 * at for at in range(70)))))
    page = visitor.get(f"/b/{code}")
    assert "50 other farms" in page.text
    assert "70 farms; the largest gave" in page.text
    assert "Nong Luang" in page.root.all("table")[0].text, "a village of seventy farms may be named"
    assert len(page.root.all("table")[0].all("tr")) == 1 + 20 + 1 + 1
    found = data(visitor, code)
    assert len(found["shares"]) == 70
    assert sum(share["tenths"] for share in found["shares"]) == 1000
    style = (paths.STATIC / "style.css").read_bytes()
    for language in ("en", "lo", "vi", "zh"):
        html = visitor.get(f"/b/{code}?l={language}").body
        weight = len(gzip.compress(html, 6)) + len(gzip.compress(style, 6))
        assert weight <= 14 * 1024, f"{weight} bytes in {language}"
    fetched = [link for link in page.root.all("link") if link.attributes["rel"] in ("stylesheet", "icon")]
    assert 1 + len(fetched) <= 3


def test_the_data_says_what_the_page_says(visitor: Client, code: str) -> None:
    found, text = data(visitor, code), visitor.get(f"/b/{code}").text
    assert found["form_names"]["en"] in text
    assert found["lot_number"] in text
    assert found["digest"] in text
    assert found["certificate"]["number"] in text
    assert found["certificate"]["check_number"] in text
    for step in found["journey"]:
        for grams in (step["in_g"], step["out_g"]):
            assert not grams or f"{grams // 1000} kg" in text
    for paper in found["certificates"]:
        assert paper["number"] in text
    assert isinstance(found["mass_g"], int)


def test_masses_and_codes_are_never_broken_over_two_lines(visitor: Client, code: str) -> None:
    html = visitor.get(f"/b/{code}").html
    assert "100\N{NO-BREAK SPACE}kg" in html
    assert not re.search(r"\d kg", html)


# --- papers -----------------------------------------------------------------------------------------------------


def test_the_qr_leads_to_the_page(app: Flask, visitor: Client, code: str) -> None:
    picture = Image.open(BytesIO(visitor.get(f"/b/{code}/qr.png").body))
    (read,) = zxingcpp.read_barcodes(picture)
    for name, dpi in (("qr", 300), ("qr-203", 203), ("qr-600", 600)):  # placed on paper it is 25 mm wide, or 23
        printed = Image.open(BytesIO(visitor.get(f"/b/{code}/{name}.png").body))
        assert round(printed.info["dpi"][0]) == dpi
        assert 23 < printed.width / dpi * 25.4 < 26
        assert [one.text for one in zxingcpp.read_barcodes(printed)] == [read.text]
    visitor.get(f"/b/{code}/qr-72.png", status=404)
    assert read.text == f"{app.extensions['config'].public_url.upper()}/B/{code}"
    path = read.text.partition("://")[2].partition("/")[2]
    assert visitor.get(f"/{path}").heading == "Green coffee"
    assert visitor.get(f"/b/{code}/qr.svg").html.startswith("<svg")


def test_a_paper_can_be_checked_against_the_page(visitor: Client, code: str) -> None:
    numbers = data(visitor, code)["certificate"]
    paper = PdfReader(BytesIO(visitor.get(f"/b/{code}/certificate.pdf").body)).pages[0].extract_text()
    checked = visitor.get(f"/b/{code}/verify").text
    for number in numbers.values():
        assert number in checked
        assert number in paper
    assert "100 kg" in checked


def test_labels_are_for_the_people_who_packed(app: Flask, visitor: Client, world: World, code: str) -> None:
    visitor.get(f"/b/{code}/labels.pdf", status=303)
    bakari = member(app, world)
    sheet = bakari.get(f"/b/{code}/labels.pdf?count=2").response
    assert sheet.mimetype == "application/pdf"
    bakari.get(f"/b/{code}/labels.pdf?count=99999", status=422)
    bakari.get(f"/b/{new_code()}/labels.pdf", status=404)


# --- languages and caches ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "kilograms"), [("en", "kg"), ("lo", "ກກ"), ("vi", "kg"), ("zh", "公斤")])
def test_the_page_speaks_the_readers_language(
    app: Flask, visitor: Client, code: str, language: str, kilograms: str
) -> None:
    for page in (visitor.get(f"/b/{code}?l={language}"), Client(app, language).get(f"/b/{code}")):
        assert page.root.all("html")[0].attributes["lang"] == language
        assert f"100 {kilograms}" in page.text
    others = [link for link in visitor.get(f"/b/{code}?l={language}").links() if link.startswith(f"/b/{code}?l=")]
    assert len(others) == len(PUBLIC_LANGUAGES) - 1


def test_an_unchanged_answer_is_not_sent_twice(visitor: Client, world: World, code: str) -> None:
    for address in (".json", "/qr.svg", "/qr.png", "/certificate.pdf"):
        first = visitor.get(f"/b/{code}{address}").response.headers
        assert first["Cache-Control"] == "max-age=60"
        assert "Accept-Language" in first["Vary"]
        again = visitor.get(f"/b/{code}{address}", status=304, headers={"If-None-Match": first["ETag"]})
        assert again.body == b""
    page = visitor.get(f"/b/{code}").response.headers
    assert page["Cache-Control"] == "max-age=60"
    tag = visitor.get(f"/b/{code}.json").response.headers["ETag"]
    hold(world, code)
    visitor.get(f"/b/{code}.json", status=200, headers={"If-None-Match": tag})


# --- the farmer card --------------------------------------------------------------------------------------------


def test_a_farmer_card_tells_a_stranger_only_whose_it_is(visitor: Client, world: World) -> None:
    page = visitor.get(f"/f/{world.amina}")
    assert "This is a farmer card of Phou Noy Cooperative." in page.text
    for secret in (*SECRETS, "Nong Luang"):
        assert secret not in page.html
    visitor.get(f"/f/{new_code()}", status=404)
    assert visitor.get(f"/F/{world.amina.lower()}").heading == "A farmer card"


def test_a_farmer_card_leads_the_clerk_to_the_scale(app: Flask, world: World) -> None:
    sent = member(app, world).get(f"/f/{world.amina}", status=303).location
    assert sent.endswith(f"farmer={world.amina}")
