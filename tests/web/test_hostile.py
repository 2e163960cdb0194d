"""Nonsense at every door: damaged, huge, foreign and malicious input is answered with a sentence, and never stored.

The house is that of `test_every_route`: a season of work, and one person who may do everything sends the nonsense. The
application runs as in tests, where nothing unforeseen is caught: any failure inside fails the test with its trace.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_from_bytes

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.clocks import standing
from tests.databases import Databases
from tests.web.client import Client, Page
from tests.web.nonsense import (
    ASKING_PAGES,
    FOR_CHOICES,
    FORM_PAGES,
    NO_FORM_PAGE,
    NONSENSE,
    ODD_BODIES,
    REFUSED_FILES,
    ROOMS,
    ROUGH,
    TRICKS,
    picture,
)
from tests.web.program import Program
from tests.web.sending import FORM, OURS, as_bytes, form_on, ids, post, shown_in
from tests.web.staffed import EVERYTHING, Staffed, staffed
from traceability.domain.roles import Role
from traceability.models import Attachment
from traceability.web import batches, served


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """One house for all tests here; what little the nonsense may store does not disturb the next test."""
    folder = tmp_path_factory.mktemp("hostile")
    with staffed(databases.fresh_sqlite(folder / "test.sqlite3", "tables"), folder) as opened:
        opened.keep()
        yield opened


@pytest.fixture(scope="module")
def everybody(house: Staffed) -> Client:
    """The browser of the person who may do everything."""
    return house.browser(EVERYTHING)


# -- forms ------------------------------------------------------------------------------------------------------


def test_every_form_of_the_house_is_tried(house: Staffed, everybody: Client) -> None:
    adapter = house.app.url_map.bind("localhost")
    tried = {
        adapter.match(form_on(house, everybody, address).action.partition("?")[0], method="POST")[0]
        for address in FORM_PAGES
    }
    rules = [rule for rule in house.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert {rule.endpoint for rule in rules if not rule.endpoint.startswith("api.")} - NO_FORM_PAGE == tried


@pytest.mark.parametrize("address", FORM_PAGES)
def test_nonsense_in_a_form_stands_in_it_again_and_is_never_half_stored(
    house: Staffed, everybody: Client, address: str
) -> None:
    form = form_on(house, everybody, address)
    before = house.sizes()
    for what, nonsense in NONSENSE.items():
        answer = post(everybody, form.action, {**as_bytes(form.sent), **{name: [nonsense] for name in form.typed}})
        judge(house, answer, before, what)
        if answer.status_code in (409, 422) and what not in ROUGH:
            shown = shown_in(answer)
            for name in form.typed - {"password"}:
                assert shown.get(name, "").strip("\n") == nonsense.decode(), f"{what} in {name}"
            assert not shown.get("password")
        if form.chosen and what in FOR_CHOICES:
            answer = post(everybody, form.action, {**as_bytes(form.sent), **{name: [nonsense] for name in form.chosen}})
            judge(house, answer, before, what)


def judge(house: Staffed, answer: TestResponse, before: Mapping[str, int], what: str) -> None:
    """Stored and led on, or refused with a page that is safe to look at and nothing stored."""
    assert answer.status_code in (200, 303, 403, 404, 409, 422), f"{what}: {answer.status_code}"
    assert not [mark for mark in (b"<script>alert", b"<img src=x", b"class 'str'") if mark in answer.data], what
    if answer.status_code >= 400:
        assert house.sizes() == before, what
    else:
        house.restore()


@pytest.mark.parametrize("address", FORM_PAGES)
def test_missing_repeated_and_countless_fields_are_answered(house: Staffed, everybody: Client, address: str) -> None:
    form = form_on(house, everybody, address)
    names, before = form.typed | form.chosen, house.sizes()
    rows = {re.sub(r"-\d+(?=-|$)", "-{}", name, count=1) for name in names if re.search(r"-\d+(-|$)", name)}
    tries: list[dict[str, list[bytes]]] = [{}, {name: [b"1", b"<2>", b"-3"] for name in names}]
    tries += [{key: value for key, value in as_bytes(form.sent).items() if key != name} for name in names]
    tries += [{**as_bytes(form.sent), **{row.format(place): [b"7"] for row in rows for place in range(600)}}]
    tries += [{**as_bytes(form.sent), **{f"{name}-9999-x": [b"1"] for name in names}}]
    for client_id in (b"", b"\x00", b"x" * 5_000, "໑".encode(), b"\xed\xa0\x80"):
        odd = {"client_id": [client_id], "opened_at": [b"9999-99-99"], "chosen": [b"=="]}
        tries.append({**as_bytes(form.sent), **odd})
    for sent in tries:
        judge(house, post(everybody, form.action, sent), before, str(sent)[:200])


def test_a_form_in_no_form_is_refused(house: Staffed, everybody: Client) -> None:
    cut = b'--x\r\nContent-Disposition: form-data; name="lot"; filename="\r\n\r\n\xff'
    bodies = (
        (b'{"lot": 1}', "application/json"),
        (b"lot=1", "text/plain"),
        (b"lot=1", ""),
        (b"lot=%ZZ&%&=&&;;=%00", FORM),
        (b"lot=1", f"{FORM}; charset=utf-7"),
        (b"lot=1", f"{FORM}; charset=nonsense"),
        (cut, "multipart/form-data; boundary=x"),
        (cut, "multipart/form-data"),
        (b"", "multipart/form-data; boundary="),
        (b"--x--", "multipart/form-data; boundary=x"),
        (b"--" + b"x" * 900, "multipart/form-data; boundary=" + "x" * 300),
        (
            b'--x\r\nContent-Disposition: form-data; name="lot"; filename="a"\r\n\r\n1\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
    )
    before = house.sizes()
    for rule in house.app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.arguments and rule.endpoint not in NO_FORM_PAGE:
            for body, kind in bodies:
                answer = everybody.http.post(rule.rule, data=body, content_type=kind, headers=OURS)
                assert 400 <= answer.status_code < 500 or rule.endpoint.startswith("patterns."), f"{rule.rule} {kind}"
    assert house.sizes() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost@evil.example"},
    ],
)
def test_what_another_site_sends_is_refused_at_every_door(
    house: Staffed, everybody: Client, headers: dict[str, str]
) -> None:
    before = house.sizes()
    for rule in house.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            path = re.sub(r"<[^>]*>", "1", rule.rule)
            assert everybody.http.open(path, method=method, headers=headers).status_code == 403, rule.rule
    assert house.sizes() == before


# -- addresses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_in_a_path_leads_anywhere(house: Staffed, everybody: Client, trick: str) -> None:
    """As typed, percent-encoded once and twice, and as the raw bytes that a crude program sends."""
    visitor = house.browser()
    endings = [("/b/", end) for end in ("/", ".json", "/certificate.pdf", "/verify")] + [("/farmers/", "/card.svg")]
    for before, after in [*((room, "") for room in ROOMS), *endings]:
        raw = f"{before}{trick}{after}"
        for browser in (visitor, everybody):
            once, twice = quote(raw), quote(quote(raw))
            answers = [browser.http.get(address, headers=OURS) for address in (once, twice)]
            crude = raw.encode("utf-8", "replace").decode("latin-1")
            answers.append(browser.http.get("/", headers=OURS, environ_overrides={"PATH_INFO": crude}))
            for answer in answers:
                assert answer.status_code in (200, 303, 308, 404, 429), f"{raw!r}: {answer.status_code}"
                assert "root:" not in answer.text
                assert "<script>alert" not in answer.text
                assert "stolen" not in answer.headers.get("Set-Cookie", "")
                assert answer.headers.get("Location", "/").startswith("/")
                assert not answer.headers.get("Location", "/").startswith(("//", "/\\"))
                answer.close()


@pytest.mark.parametrize("address", ASKING_PAGES)
def test_nonsense_in_the_query_of_a_page_is_answered(house: Staffed, everybody: Client, address: str) -> None:
    path, _, names = address.format(**house.codes).partition("?")
    for what, nonsense in NONSENSE.items():
        query = "&".join(f"{name}={quote_from_bytes(nonsense)}" for name in [*names.split("&"), "l"])
        answer = everybody.http.get(f"{path}?{query}", headers=OURS)
        assert answer.status_code in (200, 303, 404, 422, 429), f"{what}: {answer.status_code}"
        assert b"<script>alert" not in answer.data
        assert b"class 'str'" not in answer.data
        assert answer.headers.get("Location", "/").startswith("/")


def test_every_route_knows_its_methods(house: Staffed, everybody: Client) -> None:
    for rule in house.app.url_map.iter_rules():
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        known = set().union(
            *(other.methods or () for other in house.app.url_map.iter_rules() if other.rule == rule.rule)
        )
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "BREW"} - known:
            answer = everybody.http.open(path, method=method, headers=OURS)
            assert answer.status_code in (404, 405), f"{method} {path}: {answer.status_code}"
            if answer.status_code == 405:
                assert "Allow" in answer.headers
        options = everybody.http.options(path)
        assert options.status_code in (200, 401, 404), path
        if "GET" in known:
            whole, head = (everybody.http.open(path, method=method) for method in ("GET", "HEAD"))
            assert (head.status_code, head.data) == (whole.status_code, b""), path
            whole.close()
            head.close()


@pytest.mark.parametrize("path", ["/b/{batch}", "/b/{batch}.json", "/b/{batch}/qr.svg", "/b/{batch}/certificate.pdf"])
def test_a_public_answer_is_asked_for_again_by_its_tag(
    house: Staffed, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing(monkeypatch, served, batches)
    address, visitor = path.format(**house.codes), house.browser().http
    first = visitor.get(address)
    again = visitor.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for odd in ("", '"', "W/", '"x"', "x" * 5_000, "\xff", '"a", "b', "{}"):
        assert visitor.get(address, headers={"If-None-Match": odd}).status_code == 200


# -- leading people elsewhere -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\r\nSet-Cookie: stolen=1",
        "\x00//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "/%0d%0aSet-Cookie: stolen=1",
        "/ /evil.example",
        "/\u2028/evil.example",
        "/@evil.example",
        "http://[",
        "/" + "x" * 5_000,
    ],
)
def test_no_sign_in_leads_to_another_site(house: Staffed, everybody: Client, onward: str) -> None:
    address = f"/sign-in?next={quote(onward)}"
    there = everybody.http.get(address, headers=OURS)
    assert there.status_code == 303
    assert re.match(r"/(?![/\\])", there.headers["Location"])
    assert "stolen" not in there.headers.get("Set-Cookie", "")
    form = Page(house.browser().http.get(address, headers=OURS), address).filled_in("/sign-in")
    assert re.match(r"/(?![/\\])", form["next"][0])


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "localhost:99999", "<script>", "a b", "[::", "", "x" * 999]
)
def test_the_name_that_a_caller_gives_us_is_never_repeated(house: Staffed, host: str) -> None:
    for path in ("/find", f"/b/{house.codes['batch']}", "/nowhere", "/farmers", "/api/v1/openapi.json"):
        answer = house.browser().http.get(path, headers={"Host": host})
        assert answer.status_code in (200, 303, 400, 404)
        if len(host) > 3:
            assert host not in answer.text
            assert host not in answer.headers.get("Location", "")


@pytest.mark.parametrize("path", ["/b//{batch}", "/b/{batch}//verify?l=lo", "/static//style.css", "/batches//{batch}"])
def test_an_address_that_is_put_right_stays_on_this_site(house: Staffed, path: str) -> None:
    asked = path.format(**house.codes)
    answer = house.browser().http.get(asked, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (308, asked.replace("//", "/"))


def test_a_file_that_is_missing_is_kept_by_nobody(house: Staffed) -> None:
    """After an update it may be there, and a page that had a copy of its absence would miss it for a year."""
    for asked in ("/static/none.css", "/static/none.css?v=0123456789", "/static/../app.py"):
        answer = house.browser().http.get(asked)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store"), asked


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 9_000, "\xff\xfe", "a\x00b", "'; DROP TABLE sign_in;--", "{}", "\u0e81"]
)
def test_a_made_up_session_or_token_opens_nothing(house: Staffed, token: str) -> None:
    visitor, sent = house.browser().http, token.encode("utf-8").decode("latin-1")
    cookie = visitor.get("/lots", headers={"Cookie": f"session={sent}; __Host-session={sent}; language={sent}"})
    assert cookie.status_code == 303
    for word in ("Bearer ", "bearer", "Basic ", ""):
        assert visitor.get("/api/v1/lots", headers={"Authorization": f"{word}{sent}"}).status_code == 401


# -- files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", REFUSED_FILES)
def test_a_hostile_file_is_refused_and_nothing_of_it_is_kept(house: Staffed, everybody: Client, what: str) -> None:
    before = house.sizes()
    answer = send_file(house, everybody, REFUSED_FILES[what], "photo.png")
    assert answer.status_code == 422
    assert shown_in(answer)["title"] == "Scale ticket"
    assert house.sizes() == before


@pytest.mark.parametrize("name", ["../../../x.html", "a\x00.png", "<script>.svg", "x" * 5_000, "", "\u202egnp.exe"])
def test_the_name_and_the_tail_of_a_picture_are_forgotten(house: Staffed, everybody: Client, name: str) -> None:
    """A picture with a page of HTML behind it comes back as pixels only, to be saved and never run."""
    answer = send_file(house, everybody, picture() + b"<script>alert(1)</script>", name)
    if answer.status_code == 422:  # a name of nothing is no file
        assert name == ""
        return
    assert answer.status_code == 303
    with house.database.reading() as session:
        kept = session.scalars(select(Attachment).order_by(Attachment.id.desc())).first()
        assert kept is not None
        code = kept.code
    back = everybody.http.get(f"/attachments/{code}")
    assert back.data.startswith(b"\xff\xd8\xff")
    assert b"script" not in back.data
    assert back.headers["Content-Disposition"] == f'attachment; filename="{code}.jpg"'
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in back.headers["Content-Security-Policy"]
    house.restore()


def send_file(house: Staffed, browser: Client, content: bytes, name: str) -> TestResponse:
    """The answer to a file sent with an otherwise honest form, byte by byte: a name may be anything."""
    data = {"lot": house.codes["lot"], "title": "Scale ticket", "client_id": f"file-{next(ids)}"}
    parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in data.items()]
    parts.append(f'name="content"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'.encode() + content)
    body = b"".join(b"--cut\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--cut--\r\n"
    return browser.http.post("/attach", data=body, content_type="multipart/form-data; boundary=cut", headers=OURS)


# -- the API ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def program(house: Staffed) -> Program:
    """A program of somebody who may do everything."""
    made = Program(house.app, house.bearer(house.newcomer("robot", *map(str, Role)), "read write"))
    house.keep()
    return made


def test_a_program_that_talks_nonsense_is_told_so(house: Staffed, program: Program) -> None:
    before = house.sizes()
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and "POST" in (rule.methods or ()):
            for body in ODD_BODIES:
                answer = program.send_text(rule.rule.removeprefix("/api/v1"), body)
                assert answer.status_code in (400, 422), f"{rule.rule} {body[:60]!r}: {answer.status_code}"
                assert answer.mimetype == "application/problem+json"
    assert house.sizes() == before


def test_a_value_of_the_wrong_kind_in_any_field_is_told_at_that_field(house: Staffed, program: Program) -> None:
    contract = program.get("/openapi.json")
    before = house.sizes()
    for path, methods in contract["paths"].items():
        if "post" not in methods:
            continue
        schema = methods["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        names = contract["components"]["schemas"][schema]["properties"]
        odd: object
        for odd in ("\ud800", "a\x00b", -1, 10**30, 1.5, [], {}, None, True, ["x"] * 600, "x" * 10_000):
            body: dict[str, object] = {**dict.fromkeys(names, odd), "client_id": f"odd-{next(ids)}"}
            answer = program.send_text(path.removeprefix("/api/v1"), json.dumps(body).encode())
            assert answer.status_code in (400, 404, 422), (
                f"{path} {odd!r:.40}: {answer.status_code} {answer.text[:200]}"
            )
    assert house.sizes() == before
