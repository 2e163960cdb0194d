"""The shell of the web: who gets in, what every answer carries, how refusals look, and whether colours can be read."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Blueprint, Flask, Response

from tests.web.client import Client, inspect, read_html
from tests.web.conftest import PASSWORD
from traceability import paths
from traceability.domain.events import Kind
from traceability.errors import Conflict
from traceability.models.database import Database
from traceability.web.session import public, safe_next
from traceability.web.session import signed_in as for_signed_in

SignedIn = Callable[..., Client]


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application with one more area: an open door, a forgotten one, one for members, one for managers."""
    area = Blueprint("doors", "doors")
    area.get("/doors/open", endpoint="open")(public(_says("open")))
    area.get("/doors/forgotten", endpoint="forgotten")(_says("forgotten"))
    area.get("/doors/members", endpoint="members")(for_signed_in()(_says("members")))
    area.post("/doors/members", endpoint="post")(for_signed_in()(_says("stored")))
    area.get("/doors/managers", endpoint="managers")(for_signed_in(Kind.RELEASE)(_says("managers")))
    area.get("/api/doors", endpoint="api")(public(_conflict))
    area.get("/doors/conflict", endpoint="conflict")(public(_conflict))
    app.register_blueprint(area)
    return app


def _says(word: str) -> Callable[[], Response]:
    return lambda: Response(word, mimetype="text/plain")


def _conflict() -> str:
    raise Conflict(at="lot")


def test_a_view_that_forgot_to_say_who_may_open_it_stays_shut(visitor: Client, signed_in: SignedIn) -> None:
    visitor.get("/doors/forgotten", status=403)
    signed_in("bakari", "manager").get("/doors/forgotten", status=403)
    assert visitor.get("/doors/open").html == "open"


def test_a_stranger_is_sent_to_sign_in_and_back_again(visitor: Client, signed_in: SignedIn) -> None:
    sent = visitor.get("/doors/members?day=1", status=303)
    assert sent.location == "/sign-in?next=/doors/members?day%3D1"
    signed_in("bakari", "clerk")
    back = visitor.submit(visitor.follow(sent), login="bakari", password=PASSWORD)
    assert back.location == "/doors/members?day=1"
    assert visitor.follow(back).html == "members"


def test_a_clerk_may_not_open_what_managers_may(signed_in: SignedIn) -> None:
    assert signed_in("chiara", "manager").get("/doors/managers").html == "managers"
    assert "Ask a manager" in signed_in("bakari", "clerk").get("/doors/managers", status=403).text


def test_a_wrong_password_keeps_the_name_and_never_the_password(visitor: Client, signed_in: SignedIn) -> None:
    signed_in("bakari", "clerk")
    again = visitor.submit(visitor.get("/sign-in"), status=403, login="bakari", password="not this one")
    assert again.title.startswith("Error:")
    assert again.filled_in("/sign-in")["login"] == ["bakari"]
    assert again.filled_in("/sign-in")["password"] == [""]
    assert visitor.get("/doors/members", status=303).location.startswith("/sign-in")


def test_signing_out_ends_the_session_for_a_copied_cookie_too(signed_in: SignedIn) -> None:
    bakari = signed_in("bakari", "clerk")
    copied = bakari.http.get_cookie("session")
    assert copied is not None
    bakari.post("/sign-out")
    bakari.http.set_cookie("session", copied.value)
    bakari.get("/doors/members", status=303)


def test_a_form_sent_after_the_session_ended_is_still_there_after_signing_in(
    visitor: Client, signed_in: SignedIn
) -> None:
    signed_in("bakari", "clerk")
    asked = visitor.post("/doors/members", {"gross_g": "48,6", "bag": ["1", "2"]}, status=401)
    signed = visitor.submit(asked, "/sign-in", status=200, login="bakari", password=PASSWORD)
    assert signed.filled_in("/doors/members") == {"gross_g": ["48,6"], "bag": ["1", "2"]}
    assert visitor.submit(signed, "/doors/members", status=200).html == "stored"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: Client, signed_in: SignedIn) -> None:
    signed_in("bakari", "clerk")
    answer = visitor.submit(visitor.get("/sign-in"), login="bakari", password=PASSWORD)
    cookie = answer.response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
def test_another_site_cannot_send_our_forms(signed_in: SignedIn, headers: dict[str, str]) -> None:
    bakari = signed_in("bakari", "clerk")
    assert "another website" in bakari.post("/doors/members", headers=headers, status=403).text
    assert bakari.post("/doors/members", status=200).html == "stored"


def test_an_old_browser_is_judged_by_its_origin(app: Flask, signed_in: SignedIn) -> None:
    bakari = signed_in("bakari", "clerk").http
    assert bakari.post("/doors/members", headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert bakari.post("/doors/members", headers={"Origin": "null"}).status_code == 403
    assert bakari.post("/doors/members", headers={"Origin": "http://localhost"}).status_code == 200


def test_a_network_that_changes_its_addresses_guesses_as_one(visitor: Client) -> None:
    for number, status in enumerate([403] * 10 + [429]):
        visitor.http.environ_base["REMOTE_ADDR"] = f"2001:db8:1:2::{number + 1:x}"
        visitor.submit(visitor.get("/sign-in"), status=status, login=f"name{number}", password="not the password")
    visitor.http.environ_base["REMOTE_ADDR"] = "2001:db8:1:3::1"
    visitor.submit(visitor.get("/sign-in"), status=403, login="another", password="not the password")


@pytest.mark.parametrize(
    "address",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "", "/a\nb", "x"],
)
def test_a_sign_in_never_leads_to_another_site(address: str) -> None:
    assert safe_next(address) == "/"


def test_every_answer_forbids_inline_scripts_and_framing(visitor: Client) -> None:
    headers = visitor.get("/sign-in").response.headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers
    assert headers["Vary"] == "Accept-Language, Cookie, Accept-Encoding"


def test_static_files_are_kept_for_a_year_under_the_hash_of_their_content(visitor: Client) -> None:
    link = visitor.get("/sign-in").root.all("link")[0].attributes["href"]
    assert "?v=" in link
    assert "immutable" in visitor.get(link).response.headers["Cache-Control"]
    assert "immutable" not in visitor.get("/static/style.css").response.headers["Cache-Control"]


def test_a_program_gets_its_refusal_as_a_problem_and_a_person_as_a_page(visitor: Client) -> None:
    answer = visitor.get("/api/doors", status=409).response
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert (answer.json["name"], answer.json["at"], answer.json["status"]) == ("Conflict", "lot", 409)
    assert visitor.get("/doors/conflict", status=409).heading == "This does not fit the record"
    asked = visitor.get("/doors/conflict", status=409, headers={"Accept": "application/json"}).response
    assert asked.mimetype == "application/problem+json"


def test_an_unknown_address_says_what_to_do(visitor: Client) -> None:
    assert "search for it" in visitor.get("/no/such/page", status=404).text


def test_an_unforeseen_error_shows_no_trace(app: Flask, visitor: Client) -> None:
    app.testing = False
    app.add_url_rule("/broken", view_func=public(lambda: str(1 // 0)), endpoint="broken")
    page = visitor.get("/broken", status=500)
    assert page.heading == "Something broke on our side"
    assert "Traceback" not in page.html


def test_too_large_a_request_is_refused_with_a_sentence(app: Flask, visitor: Client) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    assert "larger than we take" in visitor.post("/sign-in", {"login": "x" * 2000}, status=413).text


def test_the_process_and_the_database_say_that_they_are_up(visitor: Client) -> None:
    assert visitor.get("/healthz").response.json == {"status": "up"}
    assert visitor.get("/readyz").response.json == {"status": "ready"}


def test_a_database_that_is_gone_is_503_for_whoever_watches(app: Flask, visitor: Client, tmp_path: Path) -> None:
    app.extensions["database"] = Database(f"postgresql+psycopg://amina@/season?host={tmp_path}")
    gone = visitor.get("/readyz", status=503).response
    assert gone.mimetype == "application/problem+json"
    assert (gone.json or {})["detail"] == "Nothing is lost. Try again in a minute."
    assert visitor.get("/healthz").response.json == {"status": "up"}


def test_the_chosen_language_wins_and_stays_with_a_signed_in_device(app: Flask, signed_in: SignedIn) -> None:
    reader = Client(app, language="lo-LA,en;q=0.5")
    assert reader.get("/sign-in").root.all("html")[0].attributes["lang"] == "lo"
    assert reader.get("/sign-in?l=vi").root.all("html")[0].attributes["lang"] == "vi"
    assert "Set-Cookie" not in reader.get("/sign-in?l=vi").response.headers
    bakari = signed_in("bakari", "clerk")
    bakari.get("/doors/members?l=zh")
    assert bakari.get("/patterns").root.all("html")[0].attributes["lang"] == "zh"


def test_language_links_keep_the_rest_of_the_address(visitor: Client) -> None:
    assert "/sign-in?next=%2Fx&l=lo" in visitor.get("/sign-in?next=/x").links()


def test_the_patterns_are_for_insiders(visitor: Client, signed_in: SignedIn) -> None:
    visitor.get("/patterns", status=404)
    assert signed_in("bakari", "clerk").get("/patterns").heading == "Patterns"


def test_the_inspecting_client_sees_what_is_wrong() -> None:
    page = (
        '<html><head><title>Other</title></head><body><h1>One</h1><h1>Two</h1><p id="a" style="x"></p><p id="a">{n}</p>'
        '<form><input name="login"></form><a href="#gone">x</a><script>1</script></body></html>'
    )
    with pytest.raises(AssertionError) as found:
        inspect(read_html(page), "/page")
    for mistake in (
        "2 h1",
        "no language",
        "'a' is used 2 times",
        "braces",
        "without action",
        "'login'",
        "#gone",
        "inline",
    ):
        assert mistake in str(found.value)


# --- colours -------------------------------------------------------------------------------------------------

STYLE = (paths.STATIC / "style.css").read_text("utf-8")
TEXT_PAIRS = [
    (front, back) for front in ("ink", "soft", "leaf", "clay", "amber", "river") for back in ("paper", "card")
]
TEXT_PAIRS += [(name, f"{name}-tint") for name in ("leaf", "clay", "amber", "river")]
TEXT_PAIRS += [("ink", f"{name}-tint") for name in ("leaf", "clay", "amber", "river")]
TEXT_PAIRS += [("on-fill", f"{name}-fill") for name in ("leaf", "clay", "amber", "river")]


def _tokens(dark: bool) -> dict[str, str]:
    light, _, rest = STYLE.partition("@media (prefers-color-scheme: dark)")
    tokens = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    return tokens | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rest.split("/* ground")[0])) if dark else tokens


def _contrast(one: str, other: str) -> float:
    """The WCAG 2.2 contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_pair_of_colours_can_be_read(dark: bool) -> None:
    tokens = _tokens(dark)
    for front, back in TEXT_PAIRS:
        assert _contrast(tokens[front], tokens[back]) >= 4.5, f"{front} on {back}"
    for edge, back in (("edge", "paper"), ("edge", "card")):
        assert _contrast(tokens[edge], tokens[back]) >= 3, f"{edge} on {back}"


def test_the_look_fits_one_congestion_window() -> None:
    assert len(gzip.compress(STYLE.encode(), 9)) <= 6_000
