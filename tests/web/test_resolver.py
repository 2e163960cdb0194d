"""The resolver: what a scanner and a machine get for a GS1 Digital Link, and for our own short codes.

`L1 -> B "LOT-7"` and `L2 -> B2` are two batches of one article of the cooperative; Dao once types the same two numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask

from tests.cast import BOLAVEN, SECRETS, World
from tests.web.applications import application
from tests.web.client import Client, inspect, read_html
from traceability.domain import facts
from traceability.domain.facts import Take
from traceability.domain.gs1 import PATH_SEQUENCES, digital_link, lot_keys, with_check_digit
from traceability.domain.identifiers import new_code
from traceability.domain.linkset import CONTEXT, MEDIA_TYPE, Rel
from traceability.models.database import Database
from traceability.operations import account, collection, inspection, packing, registry
from traceability.web.anchors import TARGETS
from traceability.web.guessing import CODES, Misses
from traceability.words import PUBLIC_LANGUAGES

GTIN = "09506000134352"
OTHER = "09506000134376"
VOC = "https://ref.gs1.org/voc/"
PASSWORD = "a long enough password"
SITE = "https://trace.example.la"
MACHINE = {"Accept": MEDIA_TYPE}
TYPES = ("pip", "traceability", "recallStatus", "certificationInfo", "verificationService")
Sealed = Callable[..., str]


@pytest.fixture
def app(database: Database, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application behind the address that stands on the labels, on both databases; `database` made the tables."""
    app = application(database_url, tmp_path, public_url=SITE)
    yield app
    app.extensions["database"].close()


@pytest.fixture
def released(world: World) -> Sealed:
    """A released batch of the article, with its own number when one is said."""

    def make(own_number: str = "", gtin: str = GTIN, **more: Any) -> str:
        return world.released(world.sealed(gtin=gtin, own_number=own_number, **more))

    return make


@pytest.fixture
def batch(released: Sealed) -> str:
    return released("LOT-7")


def daos(world: World, own_number: str) -> str:
    """Dao packs and releases a batch of his own and types the same article number."""
    dao, place = world.dao, world.dao_place
    known = {"name": "Kham", "nickname": "", "phone": "", "where": BOLAVEN}
    farmer = world.do(dao, registry.register_farmer, facts.RegisterFarmer, **known)["farmer"]
    fruit = {"facility": place, "farmer": farmer, "plot": "", "commodity": "arabica_coffee", "form": "green"}
    weighed = {**fruit, "bags_g": (50_000,), "tare_g": 0, "confirmed": True}
    delivery = world.do(dao, collection.record_weigh_in, facts.WeighIn, **weighed)["lot"]
    lot = world.do(dao, collection.form_lot, facts.FormLot, facility=place, deliveries=(delivery,))["lot"]
    bags = {"inputs": (Take(lot=lot),), "form": "green", "unit": "bag", "count": 1, "mass_g": 50_000}
    packed = world.do(dao, packing.pack, facts.Pack, facility=place, confirmed=True, **bags)["lot"]
    sealed = world.do(dao, packing.seal, facts.Seal, lot=packed, gtin=GTIN, own_number=own_number)["batch"]
    return str(world.do(dao, packing.release, facts.Release, batch=sealed)["batch"])


def links_of(visitor: Client, address: str, **headers: str) -> list[dict[str, Any]]:
    page = visitor.get(address, headers=headers or MACHINE)
    assert page.response.mimetype == MEDIA_TYPE
    found = json.loads(page.body)["linkset"]
    assert isinstance(found, list)
    return found


def led(visitor: Client, address: str, headers: dict[str, str] | None = None) -> str:
    """Where the address leads, which is never another site."""
    location = visitor.get(address, status=307, headers=headers).location
    assert location.startswith(f"{SITE}/")
    return location.removeprefix(SITE)


# --- a scanner --------------------------------------------------------------------------------------------------


def test_every_spelling_of_a_lot_leads_to_the_page_of_its_batch(visitor: Client, world: World, batch: str) -> None:
    number = world.row(batch).number
    for lot in (
        number,
        number.lower(),
        batch,
        batch.lower(),
        "LOT-7",
        "lot-7",
        quote("LOT-7".replace("-", "%2D"), safe="%"),
    ):
        for more in ("", "/", "/21/640", "/21/12%2F640"):
            assert led(visitor, f"/01/{GTIN}/10/{lot}{more}") == f"/b/{batch}", (lot, more)
    assert led(visitor, f"/01/{GTIN}/22/2A/10/LOT-7") == f"/b/{batch}"
    assert led(visitor, f"/01/{GTIN}?10=LOT-7") == f"/b/{batch}"
    page = visitor.get(f"/b/{batch}")
    assert page.heading == "Green coffee"


def test_a_lot_number_with_signs_survives_its_way_through_an_address(visitor: Client, released: Sealed) -> None:
    for own in ("12/640", "A//B", "/7", "7/", "12 641", "!\"%&'()*+,-./:;<=>?_", "１２Ａ"):
        code, (key,) = released(own), lot_keys(own)
        address = digital_link("", GTIN, key)
        assert led(visitor, address) == led(visitor, address.replace("%2F", "%2f")) == f"/b/{code}", own


def test_the_digital_link_that_we_make_ourselves_is_one_that_we_answer(
    visitor: Client, world: World, batch: str
) -> None:
    address = digital_link(SITE, GTIN, world.row(batch).number, "640")
    assert led(visitor, address.removeprefix(SITE)) == f"/b/{batch}"
    assert led(visitor, address.removeprefix(SITE).upper()) == f"/b/{batch}"


def test_the_people_of_the_batch_are_told_its_address_for_a_label(
    app: Flask, world: World, batch: str, visitor: Client
) -> None:
    login = world.fact(facts.RegisterUser, login="bakari", name="Bakari", password=PASSWORD, roles=("clerk",))
    world.database.write(lambda session: account.register_user(session, world.cooperative, login))
    page = Client(app).sign_in("bakari", PASSWORD).get(f"/batches/{batch}")
    (address,) = [link for link in page.links() if "/01/" in link]
    assert led(visitor, address.removeprefix(SITE)) == f"/b/{batch}"
    assert visitor.get(f"/find?code={quote(address)}", status=303).location == address.removeprefix(SITE)
    assert visitor.get(f"/find?code={quote('//evil.example' + address)}", status=303).location.startswith("/01/")


def test_a_lot_that_no_label_can_say_is_found_by_its_public_code(visitor: Client, released: Sealed) -> None:
    code = released("ລັອດ 7")
    assert led(visitor, f"/01/{GTIN}/10/{code}") == f"/b/{code}"
    page = visitor.get(f"/01/{GTIN}/10/{quote('ລັອດ7')}", status=400)
    assert "cannot stand in the GS1 field 10" in page.text


def test_an_article_alone_leads_to_its_released_batches_and_tells_of_no_other(
    visitor: Client, world: World, batch: str, released: Sealed
) -> None:
    other, waiting = released(), world.sealed(gtin=GTIN, own_number="SECRET-9")
    page = visitor.get(led(visitor, f"/01/{GTIN}"))
    assert page.heading == f"Article {GTIN}"
    assert [link for link in page.links() if link.startswith("/b/")] == [f"/b/{other}", f"/b/{batch}"]
    assert f"LOT-7 · {world.row(batch).number}" in page.text
    for hidden in (waiting, world.row(waiting).number, "SECRET-9", *SECRETS):
        assert hidden not in page.html
    assert "Set-Cookie" not in page.response.headers
    assert [one["href"] for one in links_of(visitor, f"/01/{GTIN}")[0]["item"]] == [
        f"{SITE}/b/{other}",
        f"{SITE}/b/{batch}",
    ]


def test_a_recalled_batch_is_recalled_in_the_list_too(visitor: Client, world: World, batch: str) -> None:
    said = {"lot": batch, "reason": "Residue found", "action": "Bring it back", "phone": "+856 20 5550 9999"}
    world.do(world.malee, inspection.recall, facts.RecallGoods, **said)
    assert "Recalled" in visitor.get(f"/gtin/{GTIN}").text
    assert led(visitor, f"/01/{GTIN}/10/{batch}?linkType=gs1:recallStatus") == f"/b/{batch}?l=en"
    assert "Residue found" in visitor.get(f"/b/{batch}?l=en").text


def test_a_lot_that_nobody_knows_never_opens_the_page_of_another(visitor: Client, world: World, batch: str) -> None:
    """Where there is one batch only, a made-up lot number must not look genuine."""
    waiting = world.sealed(gtin=GTIN, own_number="LOT-8")
    answers = {lot: led(visitor, f"/01/{GTIN}/10/{lot}") for lot in ("LOT-9", "LOT-8", waiting, new_code())}
    for lot, address in answers.items():
        assert address == f"/gtin/{GTIN}?10={lot}"
        page = visitor.get(address)
        assert f"We know no lot {lot} of this article." in page.text
        assert [link for link in page.links() if link.startswith("/b/")] == [f"/b/{batch}"]


def test_what_waits_for_its_release_is_as_unknown_as_what_there_never_was(visitor: Client, world: World) -> None:
    waiting = world.sealed(gtin=GTIN, own_number="LOT-8")
    visitor.http.application.extensions[CODES] = Misses(10_000)
    for tail in ("", f"/10/{waiting}", "/10/LOT-8"):
        for more in ("", "?linkType=linkset", "?linkType=gs1:pip"):
            ours, nobodys = (visitor.get(f"/01/{gtin}{tail}{more}", status=404) for gtin in (GTIN, OTHER))
            assert ours.html.replace(GTIN, "") == nobodys.html.replace(OTHER, "")
    assert visitor.get(f"/gtin/{GTIN}", status=404).heading == "We do not know this code"
    strange = visitor.get(f"/b/{new_code()}?linkType=linkset", status=404, headers={"Accept": MEDIA_TYPE})
    held_back = visitor.get(f"/b/{waiting}?linkType=linkset", status=404, headers={"Accept": MEDIA_TYPE})
    assert strange.body == held_back.body
    assert strange.response.mimetype == "application/problem+json"


def test_two_organisations_with_the_same_numbers_are_both_named(visitor: Client, world: World, batch: str) -> None:
    theirs = daos(world, "lot-7")
    for more in ("", "?linkType=gs1:pip", "?linkType=gs1:defaultLink"):
        response = visitor.http.get(f"/01/{GTIN}/10/LOT-7{more}", headers={"Accept-Language": "en"})
        assert response.status_code == 300
        assert "Location" not in response.headers
        root = read_html(response.text)
        inspect(root, "300")
        assert "Which batch is it?" in response.text
        found = [link.attributes["href"] for link in root.all("a") if "/b/" in link.attributes["href"]]
        assert found == [f"{SITE}/b/{batch}?l=en", f"{SITE}/b/{theirs}?l=en"]
        assert "Phou Noy Cooperative" in response.text
        assert "Dao Trading" in response.text
    machine = visitor.get(f"/01/{GTIN}/10/LOT-7", status=300, headers={"Accept": "application/json"})
    assert len(json.loads(machine.body)["linkset"][0][f"{VOC}pip"]) == 2
    lot = links_of(visitor, f"/01/{GTIN}/10/LOT-7")[0]
    (default,) = lot[f"{VOC}defaultLink"]
    assert default["href"] in {link["href"] for link in lot[f"{VOC}pip"]}
    page = visitor.get(default["href"].removeprefix(SITE))
    assert "Choose the one whose sender stands on your label." in page.text
    assert len([link for link in page.links() if link.startswith("/b/")]) == 2
    assert led(visitor, f"/01/{GTIN}/10/{theirs}") == f"/b/{theirs}"


# --- a machine --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["?linkType=linkset", "?linkType=all", ""])
def test_a_machine_gets_every_link_of_every_level(visitor: Client, world: World, batch: str, asked: str) -> None:
    headers = {} if asked else MACHINE
    page = visitor.get(f"/01/{GTIN}/10/LOT-7/21/640{asked}", headers=headers)
    lot, article = json.loads(page.body)["linkset"]
    assert page.response.mimetype == MEDIA_TYPE
    assert CONTEXT in page.response.headers["Link"]
    assert (lot["anchor"], article["anchor"]) == (f"{SITE}/01/{GTIN}/10/LOT-7", f"{SITE}/01/{GTIN}")
    assert lot["itemDescription"] == f"Green coffee · {world.row(batch).number} · Phou Noy Cooperative"
    for level in (lot, article):
        (default,) = level[f"{VOC}defaultLink"]
        assert set(default) == {"href", "title"}
        targets = {link["href"] for key, links in level.items() if isinstance(links, list) for link in links}
        assert all(link["title"] for key, links in level.items() if isinstance(links, list) for link in links)
        assert default["href"] in {link["href"] for link in level[f"{VOC}pip"]}
        assert all(target.startswith(f"{SITE}/") for target in targets)
    assert {key.removeprefix(VOC) for key in lot} == {"anchor", "itemDescription", "defaultLink", *TYPES, "related"}
    assert [link.get("hreflang") for link in lot[f"{VOC}pip"]] == [None, *([one] for one in PUBLIC_LANGUAGES)]
    assert {link["type"] for link in lot[f"{VOC}traceability"]} == {"text/html", "application/json"}
    assert {link["type"] for link in lot["related"]} == {"image/svg+xml", "image/png"}


def test_every_target_of_a_linkset_is_there_and_is_what_it_says(visitor: Client, batch: str) -> None:
    for level in links_of(visitor, f"/01/{GTIN}/10/{batch}"):
        for links in (links for links in level.values() if isinstance(links, list)):
            for link in links:
                page = visitor.get(link["href"].removeprefix(SITE))
                assert page.response.mimetype == link.get("type", "text/html")
                if link.get("hreflang") and page.root.children:
                    assert [page.root.all("html")[0].attributes["lang"]] == link["hreflang"]


def test_our_own_short_code_has_the_same_links_and_needs_no_article_number(visitor: Client, world: World) -> None:
    code = world.released()
    for address in (f"/b/{code}", f"/B/{code}", f"/b/{code.lower()}", f"/b/{code}/"):
        (level,) = links_of(visitor, address)
        assert level["anchor"] == f"{SITE}/b/{code}"
        assert {key.removeprefix(VOC) for key in level} == {
            "anchor",
            "itemDescription",
            "defaultLink",
            *TYPES,
            "related",
        }
    answer = visitor.get(f"/b/{code}?linkType=linkset")
    assert answer.response.mimetype == MEDIA_TYPE
    assert answer.response.headers["Access-Control-Allow-Origin"] == "*"
    assert led(visitor, f"/b/{code}?linkType=gs1:certificationInfo") == f"/b/{code}/certificate.pdf?l=en"
    assert led(visitor, f"/b/{code}?linkType=gs1:defaultLink") == f"/b/{code}"
    visitor.get(f"/b/{code}?linkType=gs1:epcis", status=404)
    assert visitor.get(f"/b/{code}").heading == "Green coffee"


ASKED: tuple[tuple[str, dict[str, str], str], ...] = (
    ("", {}, ""),
    ("", {"Accept": "*/*"}, ""),
    ("", {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, ""),
    ("", {"Accept": "application/json"}, ".json"),
    ("?linkType=gs1:pip", {}, "?l=en"),
    ("?linkType=pip", {"Accept-Language": "lo-LA,en;q=0.5"}, "?l=lo"),
    ("?linkType=gs1:pip&l=vi", {"Accept-Language": "lo"}, "?l=vi"),
    (f"?linkType={quote(VOC)}pip", {"Accept-Language": "de"}, "?l=en"),
    ("?linkType=https://gs1.org/voc/pip", {}, "?l=en"),
    ("?linkType=gs1:traceability", {"Accept": "application/json"}, ".json"),
    ("?linkType=gs1:traceability", {"Accept": "text/html"}, "?l=en"),
    ("?linkType=gs1:recallStatus", {"Accept": "application/json;q=0.9,text/html;q=0.1"}, ".json"),
    (
        "?linkType=gs1:certificationInfo",
        {"Accept": "text/html", "Accept-Language": "zh-Hans-CN"},
        "/certificate.pdf?l=zh",
    ),
    ("?linkType=gs1:verificationService", {}, "/verify?l=en"),
    ("?linkType=gs1:defaultLink", {}, ""),
)


def test_the_link_that_was_asked_for_in_the_language_and_form_that_was_asked_for(visitor: Client, batch: str) -> None:
    for asked, headers, tail in ASKED:
        assert led(visitor, f"/01/{GTIN}/10/LOT-7{asked}", headers) == f"/b/{batch}{tail}", (asked, headers)


def test_a_kind_of_link_that_there_is_not_is_not_found(visitor: Client, batch: str) -> None:
    assert led(visitor, f"/01/{GTIN}/10/LOT-7") == f"/b/{batch}"
    for kind in ("gs1:epcis", "gs1:none", "item", "gs1:item", "related", "", "javascript:alert(1)", "gs1:PIP"):
        address = f"/01/{GTIN}/10/LOT-7?linkType={quote(kind)}"
        assert "There is no link of the kind" in visitor.get(address, status=404).text
        assert json.loads(visitor.get(address, status=404, headers=MACHINE).body)["name"] == "NoSuchLink"


def test_a_kind_that_only_the_lot_has_is_not_found_for_the_article(visitor: Client, batch: str) -> None:
    visitor.get(f"/01/{GTIN}?linkType=gs1:certificationInfo", status=404)
    visitor.get(f"/01/{GTIN}/10/LOT-9?linkType=gs1:certificationInfo", status=404)
    assert led(visitor, f"/01/{GTIN}/10/LOT-9?linkType=gs1:pip") == f"/gtin/{GTIN}?l=en&10=LOT-9"
    (level,) = links_of(visitor, f"/01/{GTIN}/10/LOT-9")
    assert level["anchor"] == f"{SITE}/01/{GTIN}"


def test_a_machine_that_also_takes_anything_else_gets_the_linkset(visitor: Client, batch: str) -> None:
    for accept in (f"{MEDIA_TYPE}, */*", f"application/json;q=0.5, {MEDIA_TYPE}", f"text/html;q=0.9, {MEDIA_TYPE}"):
        assert len(links_of(visitor, f"/01/{GTIN}/10/LOT-7", Accept=accept)) == 2
    assert led(visitor, f"/01/{GTIN}/10/LOT-7", {"Accept": f"text/html, {MEDIA_TYPE};q=0.5"}) == f"/b/{batch}"
    assert "Accept" in visitor.get(f"/b/{batch}").response.headers["Vary"].split(", ")


def test_the_resolver_says_what_it_resolves(visitor: Client) -> None:
    answer = visitor.get("/.well-known/gs1resolver").response
    assert answer.mimetype == "application/json"
    assert answer.json is not None
    assert (answer.json["resolverRoot"], answer.json["supportedPrimaryKeys"]) == (SITE, ["00", "01", "414", "417"])
    assert answer.json["name"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


# --- the protocol -------------------------------------------------------------------------------------------------


def test_a_redirect_names_its_linkset_and_is_kept_as_long_as_the_page(visitor: Client, batch: str) -> None:
    answer = visitor.get(f"/01/{GTIN}/10/LOT-7", status=307).response.headers
    page = visitor.get(f"/b/{batch}").response.headers
    assert answer["Link"] == f'<{SITE}/01/{GTIN}/10/LOT-7?linkType=linkset>; rel="linkset"; type="{MEDIA_TYPE}"'
    assert answer["Cache-Control"] == page["Cache-Control"] == "max-age=60"
    assert {"Accept", "Accept-Language"} <= {name.strip() for name in answer["Vary"].split(",")}
    assert "Set-Cookie" not in answer
    first = visitor.get(f"/01/{GTIN}/10/LOT-7?linkType=linkset").response.headers
    assert first["Cache-Control"] == "max-age=60"
    visitor.get(f"/01/{GTIN}/10/LOT-7?linkType=linkset", status=304, headers={"If-None-Match": first["ETag"]})


def test_head_and_options_answer_and_every_site_may_read_the_answers(visitor: Client, batch: str) -> None:
    for address, status in (
        (f"/01/{GTIN}/10/LOT-7", 307),
        (f"/01/{GTIN}/10/LOT-7?linkType=linkset", 200),
        (f"/01/{OTHER}/10/LOT-7", 404),
        ("/01/09506000134353", 400),
        ("/414/9506000134376", 404),
    ):
        seen = visitor.http.get(address)
        head = visitor.http.head(address)
        assert (seen.status_code, head.status_code, head.data) == (status, status, b"")
        options = visitor.http.options(address)
        assert options.status_code == 200
        for answer in (seen, head, options):
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
            assert "Set-Cookie" not in answer.headers
    assert visitor.http.post(f"/01/{GTIN}/10/LOT-7").status_code == 405


def test_what_else_stands_in_the_query_is_passed_on_and_names_no_target(visitor: Client, batch: str) -> None:
    evil = "https://evil.example"
    address = f"/01/{GTIN}/10/LOT-7?17=261231&utm_source=a%20b&url={quote(evil)}&next=//evil.example&linkType=gs1:pip"
    location = led(visitor, address)
    assert location == (
        f"/b/{batch}?l=en&17=261231&utm_source=a+b&url=https%3A%2F%2Fevil.example&next=%2F%2Fevil.example"
    )
    assert visitor.get(location).heading == "Green coffee"
    split = led(visitor, f"/01/{GTIN}/10/LOT-7?x=%0D%0ASet-Cookie:%20a=b&%0D%0AX:y=1")
    assert "\n" not in split
    assert "\r" not in split


def test_a_moved_domain_keeps_the_labels_of_before_working(app: Flask, batch: str) -> None:
    """Both names reach this server: labels say the old one, and lead to pages of the one in the settings."""
    for host in ("trace.example.la", "old-name.example.com", "OLD-NAME.EXAMPLE.COM:443"):
        http = app.test_client()
        told = {"Host": host, "Accept-Language": "en"}
        scanned = http.get(f"/01/{GTIN}/10/LOT-7", headers=told)
        assert (scanned.status_code, scanned.headers["Location"]) == (307, f"{SITE}/b/{batch}")
        assert host.lower() == "trace.example.la" or host not in scanned.headers["Link"]
        short = http.get(f"/B/{batch}", headers=told)
        assert short.status_code == 200
        assert "Genuine lot" in short.text
        machine = http.get(f"/b/{batch}?linkType=linkset", headers=told)
        assert machine.text.count(SITE) > 10
        assert "old-name" not in machine.text.lower()
        known = http.get("/.well-known/gs1resolver", headers=told)
        assert known.json is not None
        assert known.json["resolverRoot"] == SITE


# --- what is no Digital Link --------------------------------------------------------------------------------------


MALFORMED = (
    (f"/01/{GTIN[:-1]}3", "Its check digit does not fit"),
    (f"/01/{GTIN[:-1]}3/10/LOT-7?linkType=linkset", "Its check digit does not fit"),
    ("/01/9506000134352", "cannot stand in the GS1 field 01"),
    (f"/01/{GTIN}0", "cannot stand in the GS1 field 01"),
    (f"/01/{GTIN}/10/" + "A" * 21, "cannot stand in the GS1 field 10"),
    (f"/01/{GTIN}/10/" + "A" * 3000, "There is no GS1 number"),
    (f"/01/{GTIN}/10/A%0AB", "cannot stand in the GS1 field 10"),
    (f"/01/{GTIN}/10/A%00B", "cannot stand in the GS1 field 10"),
    (f"/01/{GTIN}/10/%FF%FE", "cannot stand in the GS1 field 10"),
    (f"/01/{GTIN}/10/%E2%80%AEAB", "cannot stand in the GS1 field 10"),
    (f"/01/{GTIN}/10/A%20B", "cannot stand in the GS1 field 10"),
    (f"/01/{GTIN}/10/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "cannot stand in the GS1 field 10"),
    (f"/01/{GTIN}/10/LOT-7/22/2A", "cannot stand there"),
    (f"/01/{GTIN}/21/1/10/LOT-7", "cannot stand there"),
    (f"/01/{GTIN}/10/LOT-7/10/LOT-8", "cannot stand there"),
    (f"/01/{GTIN}/99/X", "cannot stand there"),
    (f"/01/{GTIN}/10", "There is no GS1 number"),
    (f"/01/{GTIN}/10/LOT-7?10=LOT-8", "says the GS1 field 10 twice"),
    (f"/01/{GTIN}/10/LOT-7?8765=1", "cannot stand there"),
    (f"/01/{GTIN}/10/LOT-7?17=269931", "cannot stand in the GS1 field 17"),
    (f"/01/x/414/{with_check_digit('950600013437')}", "cannot stand there"),
    ("/01/anything", "cannot stand in the GS1 field 01"),
    ("/00/123456789012345676", "Its check digit does not fit"),
    ("/414/9506000134377", "Its check digit does not fit"),
    ("/417/95060001343", "cannot stand in the GS1 field 417"),
    ("/gtin/09506000134353", "Its check digit does not fit"),
    ("/gtin/abc", "is not an article number"),
    (f"/gtin/{GTIN}?10=%0A", "cannot stand in the GS1 field 10"),
)


def test_what_is_malformed_is_said_in_a_sentence(visitor: Client, batch: str) -> None:
    assert led(visitor, f"/01/{GTIN}/10/LOT-7") == f"/b/{batch}"
    for path, said in MALFORMED:
        page = visitor.get(path, status=400)
        assert said in page.text, path
        assert "<script>alert" not in page.html
        machine = visitor.get(path, status=400, headers=MACHINE).response
        assert machine.mimetype == "application/problem+json"
        assert machine.json is not None
        assert machine.json["detail"]


def test_keys_of_which_nothing_is_on_record_are_well_formed_and_unknown(visitor: Client, batch: str) -> None:
    paths = ("/00/123456789012345675", "/414/1234567890128", "/417/1234567890128/7040/1ABC", "/8004/ASSET-1")
    for path, name in zip(paths, ("UnknownPallet", "UnknownPlace", "UnknownParty", "UnknownBatch"), strict=True):
        page = visitor.get(path, status=404)
        assert page.heading == "We do not know this code"
        assert json.loads(visitor.get(path, status=404, headers=MACHINE).body)["name"] == name


def test_every_path_of_the_syntax_engine_is_read_as_it_reads_it(visitor: Client, shared_data: Path) -> None:
    from tests.domain.test_gs1 import VALUES

    vectors = json.loads((shared_data / "gs1dl" / "dl_path_sequences.json").read_text("utf-8"))["vectors"]
    assert len(vectors) > 20
    visitor.http.application.extensions[CODES] = Misses(10_000)
    for vector in vectors:
        fields = vector["path"]
        if fields and fields[0] in PATH_SEQUENCES and set(fields) <= set(VALUES):
            address = "".join(f"/{field}/{quote(VALUES[field], safe='')}" for field in fields)
            visitor.get(address, status=404 if vector["valid"] else 400)


def test_every_kind_of_target_has_a_title_in_every_language(visitor: Client, batch: str) -> None:
    assert {target.rel for target in TARGETS} == set(Rel) - {Rel.DEFAULT, Rel.ITEM, Rel.LOCATION, Rel.MASTER_DATA}
    whoever_comes, *titles = [link["title"] for link in links_of(visitor, f"/b/{batch}")[0][f"{VOC}pip"]]
    assert len(set(titles)) == len(PUBLIC_LANGUAGES)
    assert whoever_comes in titles


def test_a_server_that_does_not_hand_over_the_address_as_sent_is_served_by_the_path(app: Flask, batch: str) -> None:
    for sent in ("", "/somewhere/else", f"http://{urlsplit(SITE).netloc}/01/{GTIN}/10/LOT-7"):
        environ = {"RAW_URI": sent, "REQUEST_URI": sent}
        answer = app.test_client().get(f"/01/{GTIN}/10/LOT-7", environ_overrides=environ)
        assert answer.headers["Location"] == f"{SITE}/b/{batch}"
