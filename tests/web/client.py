"""A browser for tests that looks at every page it opens, so that no page can forget its heading or a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import Flask
from werkzeug.test import TestResponse

from traceability.words import PUBLIC_LANGUAGES

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
UNLABELLED = frozenset(("hidden", "submit", "button", "reset", "image"))


@dataclass
class Element:
    """One element: its name, attributes, the elements in it, and the text that it shows."""

    name: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    pieces: list[str | Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, with single spaces."""
        parts = [piece if isinstance(piece, str) else piece.text for piece in self.pieces]
        return " ".join(" ".join(parts).replace("\u200b", "").replace("\u2060", "").split())

    def all(self, *names: str) -> list[Element]:
        """Every element below with one of these names, in the order of the page."""
        found: list[Element] = []
        for child in self.children:
            if child.name in names:
                found.append(child)
            found += child.all(*names)
        return found

    def inside(self, name: str) -> bool:
        """Whether an element called `name` is around this one."""
        return self.parent is not None and (self.parent.name == name or self.parent.inside(name))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("document", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(element)
        self.at.pieces.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.at.name == tag, f"<{self.at.name}> is closed by </{tag}>"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.pieces.append(data)


def read_html(html: str) -> Element:
    """The elements of a page; fails on tags that do not match."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.at is reader.root, f"<{reader.at.name}> is never closed"
    return reader.root


class Page:
    """An answer that was opened: its status, its text, and its elements when it is HTML."""

    def __init__(self, response: TestResponse, address: str) -> None:
        self.response, self.address = response, address
        self.status = response.status_code
        self.body = response.get_data()
        response.close()
        kind = response.mimetype or ""
        self.html = self.body.decode("utf-8") if kind.startswith(("text/", "image/svg")) else ""
        is_page = kind == "text/html" and not 300 <= self.status < 400
        self.root = read_html(self.html) if is_page else Element("document", {})
        if is_page:
            inspect(self.root, address)

    @property
    def text(self) -> str:
        """What a person reads in the body."""
        return " ".join(body.text for body in self.root.all("body"))

    @property
    def title(self) -> str:
        """The title of the window."""
        return self.root.all("title")[0].text

    @property
    def heading(self) -> str:
        """The one h1."""
        return self.root.all("h1")[0].text

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.response.headers["Location"]

    def links(self) -> list[str]:
        """The addresses of all links."""
        return [link.attributes["href"] for link in self.root.all("a")]

    def form(self, action: str = "") -> Element:
        """The first form whose action starts with `action`."""
        for form in self.root.all("form"):
            if form.attributes["action"].startswith(action):
                return form
        raise AssertionError(f"{self.address} has no form for {action}")

    def filled_in(self, action: str = "") -> dict[str, list[str]]:
        """What a browser would send from that form if nobody touched it."""
        return _filled_in(self.form(action))


class Client:
    """Opens pages of an application like a browser: keeps cookies, follows a form's own action and hidden fields."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self.http = app.test_client()
        self.language = language

    def get(self, address: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Page:
        """Open an address and inspect what comes."""
        response = self.http.get(address, headers={"Accept-Language": self.language, **(headers or {})})
        return self._opened(response, address, status)

    def post(
        self,
        address: str,
        data: Mapping[str, object] | None = None,
        *,
        status: int = 303,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send a form and inspect what comes; a stored form answers 303."""
        sent = {"Accept-Language": self.language, "Sec-Fetch-Site": "same-origin", **(headers or {})}
        return self._opened(self.http.post(address, data=dict(data or {}), headers=sent), address, status)

    def submit(self, page: Page, action: str = "", /, *, status: int = 303, **typed: object) -> Page:
        """Fill in a form of `page` and send it. A name with dashes goes in as `**{"bags_g-0": "48,6"}`."""
        form = page.form(action)
        assert form.attributes["method"].lower() == "post"
        return self.post(form.attributes["action"], {**_filled_in(form), **typed}, status=status)

    def follow(self, page: Page) -> Page:
        """Open where a redirect leads."""
        return self.get(page.location)

    def sign_in(self, login: str, password: str) -> Client:
        """Sign in through the page, as a person does."""
        self.submit(self.get("/sign-in"), login=login, password=password)
        return self

    def _opened(self, response: TestResponse, address: str, status: int) -> Page:
        page = Page(response, address)
        assert page.status == status, f"{address} answered {page.status}, not {status}: {page.text[:600]}"
        return page


def inspect(root: Element, address: str) -> None:
    """Everything that must be true of every page. Fails with the address and what is wrong."""
    wrong = list(_mistakes(root))
    assert not wrong, f"{address}: " + "; ".join(wrong)


def _unspaced(text: str) -> str:
    """A code that is kept in one piece is an element of its own; what stands right behind it is not read apart."""
    return "".join(text.split())


def _mistakes(root: Element) -> Iterable[str]:
    headings, titles = root.all("h1"), root.all("title")
    if len(headings) != 1:
        yield f"{len(headings)} h1 instead of one"
    elif not titles or _unspaced(headings[0].text) not in _unspaced(titles[0].text) or not headings[0].text:
        yield f"the title does not say the heading {headings[0].text!r}"
    if root.all("html")[0].attributes.get("lang") not in PUBLIC_LANGUAGES:
        yield "no language on html"
    ids = [element.attributes["id"] for element in _everything(root) if "id" in element.attributes]
    yield from (f"id {name!r} is used {times} times" for name, times in Counter(ids).items() if times > 1)
    yield from _form_mistakes(root, set(ids))
    yield from _script_mistakes(root)
    shown = " ".join(body.text for body in root.all("body"))
    if "{" in shown or "}" in shown:
        at = max(shown.find("{"), shown.find("}"))
        yield f"braces that nobody filled: …{shown[max(0, at - 40) : at + 40]}…"


def _form_mistakes(root: Element, ids: set[str]) -> Iterable[str]:
    for form in root.all("form"):
        if not form.attributes.get("action") or not form.attributes.get("method"):
            yield "a form without action or method"
        if form.attributes.get("method", "").lower() not in ("post", "get"):
            yield "a form with a strange method"
    named = {label.attributes.get("for") for label in root.all("label")}
    for control in root.all("input", "select", "textarea"):
        kind = control.attributes.get("type", "text")
        labelled = (
            control.attributes.get("id") in named or control.inside("label") or "aria-label" in control.attributes
        )
        if kind not in UNLABELLED and not labelled:
            yield f"no label for {control.attributes.get('name')!r}"
    for element in _everything(root):
        for other in element.attributes.get("aria-describedby", "").split():
            if other not in ids:
                yield f"described by {other!r}, which is not on the page"
        link = element.attributes.get("href", "")
        if element.name == "a" and link.startswith("#") and link[1:] not in ids:
            yield f"a link to {link}, which is not on the page"


def _script_mistakes(root: Element) -> Iterable[str]:
    for element in _everything(root):
        if element.name == "style" or (element.name == "script" and "src" not in element.attributes):
            yield f"inline {element.name}"
        for name in element.attributes:
            if name == "style" or name.startswith("on"):
                yield f"{name} attribute on {element.name}"
        for name in ("src", "href"):
            if element.name in ("script", "img", "link", "iframe") and "//" in element.attributes.get(name, "")[:8]:
                yield f"{element.name} from another site"


def _everything(root: Element) -> Iterable[Element]:
    for child in root.children:
        yield child
        yield from _everything(child)


def _filled_in(form: Element) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    for control in form.all("input", "select", "textarea"):
        name, kind = control.attributes.get("name"), control.attributes.get("type", "text")
        if not name or (kind in ("checkbox", "radio") and "checked" not in control.attributes):
            continue
        if control.name == "select":
            options = control.all("option")
            chosen = [option for option in options if "selected" in option.attributes] or options[:1]
            sent.setdefault(name, []).extend(option.attributes.get("value", option.text) for option in chosen)
        elif control.name == "textarea":
            sent.setdefault(name, []).append("".join(piece for piece in control.pieces if isinstance(piece, str)))
        else:
            sent.setdefault(name, []).append(control.attributes.get("value", "on" if kind == "checkbox" else ""))
    return sent
