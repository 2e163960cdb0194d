"""Who may open what: every route stands in a reviewed table, and is tried by nobody, by Dao, and by every role.

Two organisations share one database: Phou Noy Cooperative with a season of work, and Dao Trading, who is outside. A
new route fails here until somebody decides who may open it and which of its addresses name a record.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import Engine, event, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.cast import AMINA_PHONE, BOUNMY, BOUNMY_PHONE, SIDA, SIDA_PHONE
from tests.databases import Databases
from tests.web.addresses import ADDRESSES
from tests.web.client import Page
from tests.web.program import Program
from tests.web.route_policy import POLICY, PUBLIC, ROLES, SIGNED_IN
from tests.web.staffed import EVERYTHING, READER, Staffed, staffed
from traceability.domain.events import Kind
from traceability.domain.roles import MAY, Role
from traceability.models import User
from traceability.web.guessing import CODES, Misses
from traceability.web.session import access_of

# Boxes that search: what is not found is an empty page, not a missing one.
SEARCHES: Final = ("/search", "/farmers?q", "/weigh-in?q", "/weigh-in/buying", "/find", "/oversight/find")
PRIVATE: Final = (READER, BOUNMY, BOUNMY_PHONE, SIDA, SIDA_PHONE, AMINA_PHONE, "106.2345671", "15.1876543")
CHANGING: Final = re.compile(r'name="(client_id|opened_at)" value="[^"]*"')


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """One house for all tests here: they look, and what they send is refused."""
    folder = tmp_path_factory.mktemp("every-route")
    with staffed(databases.fresh_sqlite(folder / "test.sqlite3", "tables"), folder) as opened:
        yield opened


def rules(app: Flask) -> list[Rule]:
    """Every route but the static files, the API apart."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def staff_rules(app: Flask, method: str) -> list[Rule]:
    """The routes of the pages that take `method`."""
    return [rule for rule in rules(app) if not rule.endpoint.startswith("api.") and method in (rule.methods or ())]


def addresses(named: bool) -> list[tuple[str, str]]:
    """Endpoint and address of every page: those that name a record, or those that do not."""
    return [(endpoint, one) for endpoint, some in ADDRESSES.items() for one in some if ("{" in one) is named]


def allowed(endpoint: str, address: str, role: Role) -> bool:
    """What the tables say of this role."""
    policy = POLICY[endpoint]
    narrow = ROLES.get(address, frozenset(Role))
    return role in narrow and (role in MAY[policy] if isinstance(policy, Kind) else True)


# -- the table --------------------------------------------------------------------------------------------------


def test_every_route_has_a_decision_and_carries_its_mark(house: Staffed) -> None:
    decided = {}
    for rule in rules(house.app):
        if rule.endpoint.startswith("api."):
            continue
        mark = access_of(house.app, rule.endpoint, rule.endpoint.rpartition(".")[0] or None)
        assert mark is not None, f"{rule.rule} does not say who may open it"
        decided[rule.endpoint] = PUBLIC if mark.everybody else (mark.permission or SIGNED_IN)
    assert decided == POLICY


def test_every_page_has_its_addresses_in_the_table(house: Staffed) -> None:
    assert {rule.endpoint for rule in staff_rules(house.app, "GET")} == set(ADDRESSES)
    adapter = house.app.url_map.bind("localhost")
    for endpoint, address in addresses(named=True) + addresses(named=False):
        assert adapter.match(address.format_map(house.codes).partition("?")[0])[0] == endpoint, address


def test_every_route_that_names_a_record_is_tried_with_one(house: Staffed) -> None:
    adapter = house.app.url_map.bind("localhost")
    tried = {
        adapter.match(address.format_map(house.codes).partition("?")[0], return_rule=True)[0].rule
        for _, address in addresses(named=True)
    }
    named = {rule.rule for rule in staff_rules(house.app, "GET") if rule.arguments - {"name", "what"}}
    assert named <= tried


# -- nobody -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("endpoint", "address"), addresses(named=True) + addresses(named=False))
def test_nobody_opens_the_public_pages_and_is_sent_to_sign_in_elsewhere(
    house: Staffed, endpoint: str, address: str
) -> None:
    page = opened(house, "", address.format_map(house.codes))
    if POLICY[endpoint] == PUBLIC:
        assert page.status in (200, 303, 307, 308, 400, 404, 409)
        shown = words_of(page)
        assert not [secret for secret in PRIVATE if secret in shown]
        assert "Set-Cookie" not in page.response.headers
    else:
        assert page.status == 303
        assert page.location.startswith("/sign-in?next=")


def test_nobody_can_send_a_form(house: Staffed) -> None:
    before = house.counted()
    for rule in staff_rules(house.app, "POST"):
        if POLICY[rule.endpoint] != PUBLIC:
            assert sent(house, "", rule).status_code == 401, rule.rule
    assert house.counted() == before


# -- Dao, who is outside ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("endpoint", "address"), addresses(named=True))
def test_dao_learns_nothing_from_a_code_of_ours(house: Staffed, endpoint: str, address: str) -> None:
    strange = house.strange_codes()
    real, random = (opened(house, "dao", address.format_map(codes)) for codes in (house.codes, strange))
    if POLICY[endpoint] == PUBLIC:
        shown = words_of(real)
        assert not [secret for secret in PRIVATE if secret in shown]
        return
    assert real.status == random.status == (200 if address.startswith(SEARCHES) else 404)
    assert without_codes(real, house.codes) == without_codes(random, strange)


def test_dao_sees_nothing_of_ours_in_any_list(house: Staffed) -> None:
    ours = {*house.codes.values(), *PRIVATE, "Bounmy", "Amina", "Nong Luang mill", "Bottega", "Malee"}
    ours -= {house.codes["authority"]}  # anybody may let it in
    for endpoint, address in addresses(named=False):
        if POLICY[endpoint] != PUBLIC:
            shown = words_of(opened(house, "dao", address))
            assert not [name for name in ours if name in shown], address


def test_dao_changes_nothing_with_codes_of_ours(house: Staffed) -> None:
    """He copies the form as our own people see it, every code and hidden field in it, and sends it."""
    ours, dao = house.browser(EVERYTHING), house.browser("dao")
    before, tried = house.counted(), 0
    for _endpoint, address in addresses(named=True):
        page = Page(ours.http.get(address.format_map(house.codes)), address)
        for form in page.root.all("form"):
            if form.attributes.get("method", "get").lower() != "post" or form.attributes["action"] == "/sign-out":
                continue
            action = form.attributes["action"]
            if action.endswith("/match"):  # a button for everybody, which stores nothing of whoever presses it
                continue
            answer = dao.http.post(action, data=page.filled_in(action), headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code in (404, 409, 422), f"{action} answered {answer.status_code}"
            assert not [secret for secret in PRIVATE if secret in answer.text], action
            tried += 1
    assert tried > 20
    assert house.counted() == before


# -- our own people ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_exactly_what_the_table_says(house: Staffed, role: Role) -> None:
    house.app.extensions[CODES] = Misses()  # the unknown codes that the roles before tried, all from one address
    for endpoint, address in addresses(named=True) + addresses(named=False):
        page = opened(house, str(role), address.format_map(house.codes))
        if not allowed(endpoint, address, role):
            assert page.status == 403, f"{role} opens {address}"
        else:
            expected = (200, 303, 307, 308, 400, 404, 409) if POLICY[endpoint] == PUBLIC else (200, 303)
            assert page.status in expected, f"{role} at {address}: {page.status}"


@pytest.mark.parametrize("role", Role)
def test_each_role_may_send_exactly_what_the_table_says(house: Staffed, role: Role) -> None:
    """Empty forms: a role that may not is told so before anything is read."""
    before = house.counted()
    for rule in staff_rules(house.app, "POST"):
        if rule.endpoint == "account.sign_out" or POLICY[rule.endpoint] == PUBLIC:
            continue
        status = sent(house, str(role), rule).status_code
        may = allowed(rule.endpoint, "", role)
        if rule.endpoint.startswith("administration."):
            may = role is Role.ADMINISTRATOR
        elif rule.endpoint == "registers.save":
            may = role in ROLES["/registers/places/new"]
        if rule.endpoint == "administration.end_token" and may:
            assert status == 303  # an unknown token has ended already
        else:
            assert status in ((404, 422) if may else (403,)), f"{role} sends {rule.rule}: {status}"
    assert house.counted() == before


def test_an_auditor_reads_everything_and_writes_nothing(house: Staffed) -> None:
    for endpoint, address in addresses(named=True) + addresses(named=False):
        if POLICY[endpoint] == SIGNED_IN and not address.endswith("/new"):
            assert opened(house, "auditor", address.format_map(house.codes)).status in (200, 303), address
    for rule in staff_rules(house.app, "POST"):
        if rule.endpoint != "account.sign_out" and POLICY[rule.endpoint] != PUBLIC:
            assert sent(house, "auditor", rule).status_code == 403, rule.rule


# -- how much is asked of the database ---------------------------------------------------------------------------


def test_no_list_asks_the_database_once_for_every_row(house: Staffed) -> None:
    """Ten more of everything, and each list is still written from as many statements as before."""
    lists = [address for _, address in addresses(named=False) if "sign-in" not in address]
    house.ten_more_of_everything()
    before = {address: statements_of(house, address) for address in lists}
    house.ten_more_of_everything()
    assert {address: statements_of(house, address) for address in lists} == before


def statements_of(house: Staffed, address: str) -> int:
    """How many statements one visit takes; that somebody is still here is noted beside them every five minutes."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "UPDATE sign_in")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        opened(house, EVERYTHING, address)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


# -- sessions ---------------------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_on_the_server(house: Staffed) -> None:
    token = house.sign_in("auditor")
    assert reads_the_lots(house, token) == 200
    browser = house.browser()
    browser.http.set_cookie("session", token)
    assert browser.http.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert reads_the_lots(house, token) == 303


def test_the_sessions_and_tokens_of_a_closed_user_die_with_it(house: Staffed) -> None:
    leaving = house.newcomer("leaving", *map(str, Role))
    token, program = house.sign_in("leaving"), Program(house.app, house.bearer(leaving, "read write"))
    assert reads_the_lots(house, token) == 200
    program.get("/lots")
    close = update(User).where(User.id == leaving.user_id).values(closed_at=datetime.now(UTC))
    house.database.write(lambda session: session.execute(close))
    assert reads_the_lots(house, token) == 303
    program.get("/lots", status=401)


# -- the API ----------------------------------------------------------------------------------------------------


def test_the_api_asks_reading_and_writing_of_every_route(house: Staffed) -> None:
    """Only the contract is open; a cookie opens nothing; a scope opens no more than it says."""
    plain, cookie = house.app.test_client(use_cookies=False), house.browser(EVERYTHING).http
    person = house.newcomer("programmer", *map(str, Role))
    only = {scope: {"Authorization": f"Bearer {house.bearer(person, scope)}"} for scope in ("read", "write")}
    for rule in rules(house.app):
        if not rule.endpoint.startswith("api.") or rule.endpoint == "api.contract":
            continue
        path = rule.rule.replace("<code>", house.codes["lot"])
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        wrong = only["write" if method == "GET" else "read"]
        right = only["read" if method == "GET" else "write"]
        assert plain.open(path, method=method, json=None).status_code == 401, path
        assert cookie.open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 401, path
        assert plain.open(path, method=method, headers=wrong).status_code == 403, path
        assert plain.open(path, method=method, headers=right).status_code in (200, 400, 404, 415, 422), path


# -- how it is asked --------------------------------------------------------------------------------------------


def opened(house: Staffed, who: str, address: str) -> Page:
    """The page as this person's browser gets it, checked like every page."""
    return Page(house.browser(who).http.get(address, headers={"Accept-Language": "en"}), address)


def sent(house: Staffed, who: str, rule: Rule) -> TestResponse:
    """The answer to an empty form."""
    filled = {"code": house.codes["farmer"], "name": "places", "token": "999", "what": "refuse"}
    path = re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda found: filled[found[1]], rule.rule)
    return house.browser(who).http.post(path, data={}, headers={"Sec-Fetch-Site": "same-origin"})


def words_of(page: Page) -> str:
    """Everything that an answer says: HTML and JSON as sent, a PDF as read."""
    if page.response.mimetype == "application/pdf":
        return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.body)).pages)
    return page.body.decode("utf-8", "replace")


def without_codes(page: Page, codes: dict[str, str]) -> str:
    """What an answer says without the codes that were asked for, and without what differs from time to time."""
    shown = CHANGING.sub("", words_of(page))
    for code in sorted(set(codes.values())):
        shown = shown.replace(code, "CODE")
    return shown


def reads_the_lots(house: Staffed, token: str) -> int:
    """The status of a staff page under a session token."""
    browser = house.browser()
    browser.http.set_cookie("session", token)
    return browser.http.get("/lots").status_code
