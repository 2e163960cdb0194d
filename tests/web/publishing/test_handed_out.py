"""What nginx hands out of published files is what the application answers."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.nginx import nginx
from tests.serving import Server
from tests.web.publishing.house import (
    GLN,
    GTIN,
    OF_BATCH,
    PLACE_GLN,
    House,
    paths_of,
    same_as_the_app,
)
from traceability import words
from traceability.web.nginx import server_block
from traceability.words import PUBLIC_LANGUAGES

IN_NO_FILE = "This label cannot be looked up here right now."


def test_nginx_hands_out_what_the_application_answers(house: House, alone: Server) -> None:
    for code in (house.ours, house.sidas):
        for suffix in OF_BATCH:
            between = "&" if "?" in suffix else "?"
            for language in PUBLIC_LANGUAGES:
                spoken = f"es, {language}-XX;q=0.8, de"
                same_as_the_app(house.app, alone, f"/b/{code}{suffix}", Accept_Language=spoken)
                same_as_the_app(house.app, alone, f"/b/{code}{suffix}{between}l={language}", Accept_Language="de")
    assert b"As published on" in same_as_the_app(house.app, alone, f"/b/{house.ours}?l=en")
    suffixes = ("?version=1", "/verify?version=1", "/why?version=1", ".json?version=1")
    earlier = [f"/b/{house.ours}{suffix}" for suffix in suffixes]
    for address in (*earlier, f"/b/{house.ours}?version=1&l=lo", f"/b/{house.ours}/certificate.pdf?version=1"):
        one, two = (alone.ask("GET", asked).body for asked in (address, address.partition("?")[0]))
        assert one != two
        same_as_the_app(house.app, alone, address)
    for version in (1, 2):  # as the QR of a certificate spells it, in each way that somebody may type it
        for code in (house.ours, house.ours.lower(), f"{house.ours[:4]}-{house.ours[4:]}"):
            for rest in ("", "?l=lo", "/"):
                same_as_the_app(house.app, alone, f"/B/{code}-{version}{rest}")
        led = alone.ask("GET", f"/B/{house.ours}-{version}").headers["location"]
        assert (b"band--ok" in alone.ask("GET", led).body) is (version == 2)
        same_as_the_app(house.app, alone, f"/find?code={house.ours}-{version}")
        plain = (house.out / f"B/{house.ours}-{version}/index.html").read_text()
        (to,) = re.findall(r'canonical" href="/([^"]*)"', plain)
        assert f"{house.ours}-{version}" in re.sub(r"<[^>]*>", "", (house.out / to / "index.html").read_text())
    for address in ("/find", "/find?l=zh", f"/gtin/{GTIN}", "/.well-known/gs1resolver", "/static/style.css?v=0a"):
        same_as_the_app(house.app, alone, address, Accept_Language="lo")
    assert alone.ask("GET", f"/b/{house.ours.lower()}").headers["location"] == f"/b/{house.ours}"
    assert alone.ask("HEAD", f"/B/{house.ours}").status == 200
    for hidden in ("/.published.json", "/.codes.map", "/b/", "/b/00000000", "/nowhere", "/404.en.html", "/400.en.html"):
        answer = alone.ask("GET", hidden, Accept_Language="en")
        assert (answer.status, b"We have no lot with this code" in answer.body) == (404, True), hidden
    unchanged = alone.ask("GET", f"/b/{house.ours}", Accept_Encoding="gzip")
    assert (unchanged.headers["content-encoding"], unchanged.headers["cache-control"]) == ("gzip", "max-age=60")
    again = alone.ask("GET", f"/b/{house.ours}", If_None_Match=unchanged.headers["etag"], Accept_Encoding="gzip")
    assert again.status == 304


def test_every_number_of_every_version_opens_its_sum(house: House, alone: Server) -> None:
    for what in ("farm-01", "farm-02", f"lot-{lot_met(house)}"):
        for language in PUBLIC_LANGUAGES:
            address = f"/b/{house.ours}/why/{what}"
            versions = ("?version=1&",) if what == "farm-02" else ("?", "?version=1&")  # the second farm was a mistake
            for version in versions:
                body = same_as_the_app(house.app, alone, f"{address}{version}l={language}")
                assert alone.ask("GET", f"{address}{version}", Accept_Language=language).body == body
    now, before = (alone.ask("GET", f"/b/{house.ours}/why/farm-01?l=en{more}").body for more in ("", "&version=1"))
    assert (b"100.0" in now, b"60.0" in before) == (True, True)
    for gone in ("farm-02", "farm-2", "farm-01/x"):
        assert alone.ask("GET", f"/b/{house.ours}/why/{gone}").status == 404


def lot_met(house: House) -> str:
    """The lot in which the farms met, by code."""
    page = Client(house.app).get(f"/b/{house.ours}").get_data(as_text=True)
    return str(re.findall(r"/why/lot-([0-9A-Z]{8})", page)[0])


def test_photos_and_papers_are_handed_out_as_what_they_are(house: House, alone: Server) -> None:
    base = f"/b/{house.ours}/papers/"
    for name in (house.photo, f"{house.photo}.jpg", house.paper):
        same_as_the_app(house.app, alone, base + name)
    paper, whole = alone.ask("GET", base + house.paper), alone.ask("GET", base + house.photo)
    assert (paper.body, whole.headers["content-type"]) == (b"%PDF-1.4 analysis", "image/jpeg")
    assert paper.headers["content-disposition"] == f'attachment; filename="{house.paper}.pdf"'
    assert "content-disposition" not in whole.headers
    assert alone.ask("GET", base + "00000000").status == 404
    plain = (house.out / "b" / house.ours / "index.html").read_text("utf-8")
    assert f'href="{base}{house.photo}/whole.jpg"' in plain  # a server that knows files only says what it is by that


def test_digital_links_of_lots_pallets_and_places_lead_where_the_application_leads(house: House, alone: Server) -> None:
    machine, home = {"Accept": "application/linkset+json"}, house.world.cooperative.org_code
    lots = (f"/01/{GTIN}/10/LOT-7", f"/01/{GTIN}", f"/b/{house.ours}")
    places = (f"/414/{GLN}", f"/414/{GLN}/254/NL", f"/414/{PLACE_GLN}", f"/417/{GLN}", f"/00/{house.sscc}")
    pages = (f"/pallet/{house.pallet}", f"/place/{house.world.mill}", f"/organisation/{home}")
    for link in (*lots, *places, *pages):
        if link not in pages:
            same_as_the_app(house.app, alone, link)
        same_as_the_app(house.app, alone, link, **machine)
        for kind in ("linkset", "all", "gs1:nonsense"):
            same_as_the_app(house.app, alone, f"{link}?linkType={kind}")
        same_as_the_app(house.app, alone, f"{link}?linkType=pip", Accept_Language="vi")
    for kind in ("gs1:certificationInfo", "https://ref.gs1.org/voc/verificationService"):
        same_as_the_app(house.app, alone, f"/b/{house.ours}?linkType={kind}", Accept_Language="vi")
        same_as_the_app(house.app, alone, f"/01/{GTIN}/10/LOT-7?linkType={kind}", Accept_Language="vi")
    for page in pages:
        for language in PUBLIC_LANGUAGES:
            body = same_as_the_app(house.app, alone, f"{page}?l={language}")
            assert alone.ask("GET", page, Accept_Language=language).body == body
    same_as_the_app(house.app, alone, f"/PALLET/{house.pallet}?l=lo")
    assert alone.ask("GET", f"/414/{GLN}/254/ELSEWHERE").headers["location"] == f"/organisation/{home}"  # walks up
    assert alone.ask("GET", f"/01/{GTIN}/10/A%2FB;7").headers["location"] == f"/b/{house.sidas}"
    assert alone.ask("GET", f"/417/{PLACE_GLN}").status == 404  # a place is no party


@pytest.mark.parametrize("query", ["l=lo", "17=270101", "17=270101&l=lo", "l=lo&x=a&17=270101", "x=%2F&10=LOT-7"])
def test_what_else_was_asked_goes_on_with_the_reader(house: House, alone: Server, query: str) -> None:
    places = (f"/01/{GTIN}", f"/414/{GLN}", f"/417/{GLN}", f"/00/{house.sscc}")
    for link in (f"/01/{GTIN}/10/LOT-7", *(places if query == "l=lo" else ())):
        same_as_the_app(house.app, alone, f"{link}?{query}", Accept_Language="vi")
    for address in (f"/b/{house.ours}", f"/01/{GTIN}/10/LOT-7"):
        for asked in (f"linkType=gs1:verificationService&{query}", f"{query}&linkType=pip"):
            same_as_the_app(house.app, alone, f"{address}?{asked}", Accept_Language="vi")


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "application/*",
        "application/json;q=0.5",
        "text/plain, application/json, text/html;q=0.9",
        "application/json, */*;q=0.1",
        "application/json, */*",
        "application/json;q=0",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/html, application/json",
        "application/jsonp",
    ],
)
def test_a_program_is_led_to_the_data_where_the_application_leads_it(house: House, alone: Server, accept: str) -> None:
    for query in ("", "?l=lo&17=270101", "?linkType=pip"):
        same_as_the_app(house.app, alone, f"/01/{GTIN}/10/LOT-7{query}", Accept=accept, Accept_Language="lo")
    same_as_the_app(house.app, alone, f"/00/{house.sscc}", Accept=accept)


def test_a_version_that_never_was_is_answered_with_no_other(house: House, alone: Server) -> None:
    base = f"/b/{house.ours}"
    pages = ("", "/verify", "/certificate.pdf", ".json", "/why", "/why/farm-01")
    for suffix in pages:
        for version in ("0", "3", "9", "-1", "12345678"):
            same_as_the_app(house.app, alone, f"{base}{suffix}?version={version}", Accept_Language="en")
        for version in ("1", "01", "2", "two"):
            found = alone.ask("GET", f"{base}{suffix}?version={version}&l=en")
            assert found.status == Client(house.app).get(f"{base}{suffix}?version={version}").status_code == 200
        newest, now = (alone.ask("GET", f"{base}{suffix}?{asked}l=en").body for asked in ("version=2&", ""))
        assert newest == now
    invented = alone.ask("GET", f"{base}/verify?version=9&l=lo").body.decode()
    assert ('<html lang="lo"' in invented, 'href="?l=lo"' in invented, "band--ok" in invented) == (True, True, False)
    assert alone.ask("GET", f"{base}/why/farm-02?version=2&l=en").status == 404  # the second farm was a mistake
    for address in ("/no-version.en.html", "/b/00000000?version=1"):
        assert b"We have no lot with this code" in alone.ask("GET", address, Accept_Language="en").body


def test_a_box_is_not_looked_up_in_files_and_its_page_says_so_beside_its_batch(house: House, alone: Server) -> None:
    for language in PUBLIC_LANGUAGES:
        for address in (f"/b/{house.ours}/21/{house.box}", f"/b/{house.ours}/21/{house.box}?l={language}"):
            answer = alone.ask("GET", address, Accept_Language=language)
            text = answer.body.decode()
            assert (answer.status, f'<html lang="{language}"' in text) == (200, True)
            said = words.translate(language, "This label cannot be looked up here right now.")
            assert said in re.sub("<[^>]*>|\u200b", "", text)
            assert f'href="/b/{house.ours}?l={language}"' in text
            assert '<a href="?l=' in text  # other languages of whichever box was asked for
            assert ("LOT-7" in text, house.box in text) == (True, False)
    link = alone.ask("GET", f"/01/{GTIN}/10/LOT-7/21/{house.box}?l=vi")
    assert (link.status, link.headers["location"]) == (307, f"/b/{house.ours}/21/{house.box}?l=vi")
    upper = alone.ask("GET", f"/B/{house.ours}/21/{house.box}?l=vi")
    assert (upper.status, upper.headers["location"]) == (308, f"/b/{house.ours}/21/{house.box}?l=vi")
    for nobodys in (f"/b/{house.sidas}/21/{house.box}", f"/b/{house.ours}/21/640"):
        other = alone.ask("GET", f"{nobodys}?l=en")  # none of its boxes has a number; and this is none
        assert (other.status, b"We know no label with this number." in other.body) == (404, True)
    assert alone.ask("GET", f"/b/00000000/21/{house.box}").status == 404
    serial = house.box.encode()
    assert not [path for path, content in paths_of(house.out).items() if serial in content or house.box in path]


def test_a_folder_with_a_space_in_its_name_is_handed_out(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "the public side"
    shutil.copytree(house.out, folder)
    with nginx(tmp_path / "nginx", server_block(house.app.extensions["config"], folder)) as server:
        for address in (f"/b/{house.ours}", f"/01/{GTIN}/10/LOT-7", f"/b/{house.ours.lower()}", f"/00/{house.sscc}"):
            same_as_the_app(house.app, server, address)


def test_a_box_and_a_pallet_in_files_say_when_they_were_published_where_the_goods_were_made(
    house: House, alone: Server
) -> None:
    for address in (f"/b/{house.ours}/21/{house.box}", f"/pallet/{house.pallet}"):
        text = alone.ask("GET", f"{address}?l=en").body.decode().replace("\xa0", " ").replace("\u200b", "")
        assert re.search(r"As published on [^<]*UTC\+7\. No recall\.", text), address


def test_a_program_that_asks_for_a_box_is_told_of_its_batch_and_never_that_the_box_counts(
    house: House, alone: Server
) -> None:
    for address in (f"/b/{house.ours}/21/{house.box}", f"/b/{house.ours}/21/{house.box}?l=vi"):
        answer = alone.ask("GET", address, Accept="application/json", Accept_Language="en")
        assert (answer.status, answer.headers["content-type"]) == (503, "application/json")  # nobody takes it for a yes
        assert answer.headers["cache-control"] == "no-store"
        told = json.loads(answer.body)
        assert (told["state"], told["counts"], "serial" in told) == ("unchecked", None, False)
        assert told["why"] == words.translate("vi" if "vi" in address else "en", IN_NO_FILE)
        assert (told["batch"]["code"], told["batch"]["status"]) == (house.ours, "released")
    nobodys = alone.ask("GET", f"/b/{house.sidas}/21/{house.box}", Accept="application/json")
    assert (nobodys.status, json.loads(nobodys.body)["counts"]) == (404, False)
    link = f"/01/{GTIN}/10/LOT-7/21/{house.box}"
    assert alone.ask("GET", link, Accept="application/json").headers["location"] == f"/b/{house.ours}/21/{house.box}"
    for address in (link, f"/b/{house.ours}/21/{house.box}"):
        links = alone.ask("GET", address, Accept="application/linkset+json")
        assert (links.status, links.headers["content-type"]) == (200, "application/linkset+json")
        assert house.ours in json.loads(links.body)["linkset"][0]["https://ref.gs1.org/voc/defaultLink"][0]["href"]


def test_what_cannot_be_answered_is_told_to_people_and_to_programs(house: House, alone: Server) -> None:
    wrong = f"/01/{GTIN[:-1]}3/10/LOT-7"
    for address, status, said in (
        (wrong, 400, "The numbers in this address do not fit."),
        (f"/01/{GTIN}/10/LOT-7?10=LOT-8", 400, "The numbers in this address do not fit."),
        ("/b/00000000", 404, "We have no lot with this code."),
        (f"/b/{house.ours}?linkType=gs1:epcis", 404, "There is no link of this kind for this number."),
    ):
        page, problem = (
            alone.ask("GET", address, Accept=kind, Accept_Language="en") for kind in ("*/*", "application/json")
        )
        assert (page.status, said in page.body.decode()) == (status, True), address
        assert problem.headers["content-type"] == "application/problem+json"
        assert json.loads(problem.body)["detail"].startswith(said)
        assert json.loads(problem.body)["status"] == problem.status == status
    unknown = alone.ask("GET", f"/gtin/{GTIN}?10=LOT-9", Accept_Language="en").body
    assert b"We know no such lot of this article." in unknown
    assert b"LOT-7" in unknown
    assert alone.ask("POST", f"/b/{house.ours}", b"x=1").status == 405
    assert alone.ask("OPTIONS", f"/01/{GTIN}").headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


def test_files_too_say_how_the_goods_stand_before_all_else(house: House, alone: Server) -> None:
    base = f"/b/{house.ours}"
    told = [base, f"{base}/verify", f"{base}/why", f"{base}?version=9", f"{base}/21/{house.box}", f"{base}/21/640"]
    for address in (*told, "/b/00000000", "/pallet/00000000", f"/gtin/{GTIN}?10=LOT-9"):
        for language in ("en", "lo", "ar"):
            html = alone.ask("GET", address, Accept_Language=language).body.decode()
            assert f'<html lang="{language}"' in html
            assert html.index(' role="status"') < html.index('class="languages"') < html.index("<footer"), address
            assert 0 < html.index("<main") < html.index(' role="status"'), address  # who skips the frame hears it


def test_a_moved_domain_keeps_the_labels_of_before_working(house: House, alone: Server) -> None:
    """Both names reach this server: who asks by the old one is led on there, and machines learn the new one."""
    for host in ("127.0.0.1", "old-name.example.com", "OLD-NAME.EXAMPLE.COM:443"):
        scanned = alone.ask("GET", f"/01/{GTIN}/10/LOT-7", Host=host)
        assert (scanned.status, scanned.headers["location"]) == (307, f"/b/{house.ours}")
        assert scanned.headers["link"].startswith(f"<http://127.0.0.1/01/{GTIN}/10/LOT-7?linkType=linkset>")
        assert alone.ask("GET", f"/B/{house.ours}", Host=host).status == 200
        machine = alone.ask("GET", f"/b/{house.ours}?linkType=linkset", Host=host)
        assert (machine.status, "old-name" in machine.body.decode().lower()) == (200, False)


def test_a_code_or_an_address_that_is_pasted_is_found(house: House, alone: Server) -> None:
    site = "https%3A%2F%2Ftrace.example%2F"
    for typed, leads in (
        (house.ours.lower(), f"/b/{house.ours}"),
        (f"{house.ours[:4]}-{house.ours[4:]}", f"/b/{house.ours}"),
        (f"{site}b%2F{house.ours}%3Fl%3Dlo", f"/b/{house.ours}"),
        (f"{site}b%2F{house.ours}%2F21%2F{house.box}", f"/b/{house.ours}/21/{house.box}"),
        (f"{site}01%2F{GTIN}%2F10%2FLOT-7", f"/01/{GTIN}/10/LOT-7"),
        (f"{site}00%2F{house.sscc}", f"/00/{house.sscc}"),
    ):
        answer = alone.ask("GET", f"/find?code={typed}")
        assert (answer.status, answer.headers["location"]) == (303, leads), typed
    assert alone.ask("GET", "/find?code=nonsense").status == 404


@pytest.mark.parametrize(
    "header",
    [
        "lo",
        "es, fr;q=0.3, ja;q=0.7, de",
        "en;q=0.1, VI-vn;q=0.9",
        "fr;q=0.5,ar;q=1.0",
        "th;q=0, zh-Hans-CN;q=0.4",
        "lo;q=0.8, vi;q=0.8",
        "es;q=0.9, lo;q=0.05",
        "lo;q=0.05, vi;q=0.1",
        "lo;q=0.00, vi;q=0.001",
        "english, vietnamese, lo-LA",
        "*",
        "q=1, ;;, ja;q=2",
    ],
)
def test_the_languages_of_a_browser_count_by_their_weights(house: House, alone: Server, header: str) -> None:
    wanted = words.pick_language(header, None, "en", PUBLIC_LANGUAGES)
    body = alone.ask("GET", f"/b/{house.ours}", Accept_Language=header).body
    assert f'<html lang="{wanted}"'.encode() in body


def test_everything_that_shrinks_stands_there_compressed_too(house: House) -> None:
    files = paths_of(house.out)
    kinds = (".html", ".json", ".svg", ".css", ".js")
    large = [path for path, content in files.items() if path.endswith(kinds) and len(content) >= 1_000]
    assert {Path(path).suffix for path in large} == set(kinds)
    for path in large:
        assert gzip.decompress(files[f"{path}.gz"]) == files[path]
    assert (
        not {path for path in files if path.startswith(".")}
        - {".codes.map", ".links.map", ".pallets.map"}
        - {
            ".well-known/gs1resolver",
            ".well-known/gs1resolver.gz",
        }
    )


def test_servers_that_know_no_languages_find_a_page_too(house: House) -> None:
    page = (house.out / "B" / house.ours / "index.html").read_text("utf-8")
    assert '<html lang="en"' in page
    for language in PUBLIC_LANGUAGES[1:]:
        assert f'href="/b/{house.ours}/chosen.{language}.html"' in page
    leading = (house.out / "01" / GTIN / "10" / "LOT-7" / "index.html").read_text("utf-8")
    assert f"url=/b/{house.ours}" in leading
    assert not list(house.out.rglob("*A*B;7*"))  # a number that is no name of a folder is for the map only
