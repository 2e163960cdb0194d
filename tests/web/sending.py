"""Forms sent byte by byte, as no browser would, and what stands in the boxes of the answer."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import quote, quote_from_bytes

from werkzeug.test import TestResponse

from tests.web.client import Client, Element, Page, read_html
from tests.web.staffed import Staffed

OURS: Final = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
FORM: Final = "application/x-www-form-urlencoded"
ids = itertools.count(1)


class Opened(NamedTuple):
    """A form as it was opened: where it goes, what it sends untouched, and its boxes."""

    action: str
    sent: dict[str, list[str]]
    typed: set[str]  # names of what people type
    chosen: set[str]  # of everything else: hidden codes, choices, ticks


def form_on(house: Staffed, browser: Client, address: str) -> Opened:
    """The form of a page."""
    page = Page(browser.http.get(address.format(**house.codes, day=house.day), headers=OURS), address)
    assert page.status == 200, f"{address} answered {page.status}"
    for form in page.root.all("form"):
        action = form.attributes["action"]
        if form.attributes.get("method", "get").lower() == "post" and action != "/sign-out":
            return Opened(action, page.filled_in(action), *boxes(form))
    raise AssertionError(f"{address} has no form")


def post(browser: Client, action: str, values: Mapping[str, list[bytes]], **headers: str) -> TestResponse:
    """The answer to a form sent byte by byte; it must not be a failure."""
    body = "&".join(f"{quote(name)}={quote_from_bytes(value)}" for name, some in values.items() for value in some)
    answer = browser.http.post(action, data=body, content_type=FORM, headers={**OURS, **headers})
    assert answer.status_code < 500, f"{action} answered {answer.status_code}"
    assert "stolen" not in answer.headers.get("Set-Cookie", "")
    return answer


def as_bytes(sent: Mapping[str, list[str]]) -> dict[str, list[bytes]]:
    """A form as it goes over the wire, under a client id of its own."""
    fresh = {name: [value.encode() for value in some] for name, some in sent.items()}
    if "client_id" in fresh:
        fresh["client_id"] = [f"hostile-{next(ids):06d}".encode()]
    return fresh


def boxes(form: Element) -> tuple[set[str], set[str]]:
    """The names of what people type, and of everything else that is sent."""
    typed: set[str] = set()
    chosen: set[str] = set()
    for control in form.all("input", "select", "textarea"):
        name, kind = control.attributes.get("name", ""), control.attributes.get("type", "text")
        if not name or name in ("client_id", "opened_at"):
            continue
        hidden = control.name == "select" or kind in ("hidden", "checkbox", "radio", "file")
        (chosen if hidden else typed).add(name)
    return typed, chosen - typed


def shown_in(answer: TestResponse) -> dict[str, str]:
    """What stands in the boxes of a page that shows somebody else's nonsense, by name."""
    found = {}
    for box in read_html(answer.text).all("input", "textarea", "select"):
        value = box.attributes.get("value", "")
        if box.name == "textarea":
            value = "".join(piece for piece in box.pieces if isinstance(piece, str))
        elif box.name == "select":
            chosen = [option for option in box.all("option") if "selected" in option.attributes]
            value = chosen[0].attributes["value"] if chosen else ""
        found[box.attributes.get("name", "")] = value
    return found
