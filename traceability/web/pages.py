"""What every page needs: the database, the render call with its status, and the menu that the areas declare."""

from __future__ import annotations

from typing import NamedTuple, cast

from flask import Response, current_app, make_response, render_template, request

from traceability.config import Config
from traceability.domain.events import Kind
from traceability.models.database import Database


class Entry(NamedTuple):
    """One line of the menu: its msgid, its endpoint, an icon of the sprite, and the permission it takes.

    Entries are ordered by `place`; the menu shows the first six that the person may open.
    """

    label: str
    endpoint: str
    icon: str
    permission: Kind | None = None
    place: int = 50


MENU_LENGTH = 6


def database() -> Database:
    """The database of the running application."""
    return cast(Database, current_app.extensions["database"])


def config() -> Config:
    """The configuration of the running application."""
    return cast(Config, current_app.extensions["config"])


def page(template: str, *, status: int = 200, **context: object) -> Response:
    """A rendered template with its status."""
    return make_response(render_template(template, **context), status)


def pdf(content: bytes, name: str) -> Response:
    """A paper to look at and print."""
    response = current_app.response_class(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{name}.pdf")
    return response


def page_asked() -> int:
    """The page of a long list that the address asks for, from one."""
    number = request.args.get("page", "1")
    return max(1, int(number)) if number.isascii() and number.isdecimal() and len(number) < 7 else 1


def menu_entries() -> list[Entry]:
    """Every entry that an area declared, in order."""
    return cast("list[Entry]", current_app.extensions["menu"])
