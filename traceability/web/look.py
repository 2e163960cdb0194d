"""What the templates see on every page: icons, menu, languages, who is signed in, and whether it is a demo."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from markupsafe import Markup

from traceability import paths
from traceability.web.language import current_language, language_links
from traceability.web.pages import MENU_LENGTH, Entry, config, menu_entries
from traceability.web.session import actor_of_cookie

_POINT_ON = ("arrow", "back")  # the way the reader reads
_SYMBOL = re.compile(r'<symbol id="([a-z-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


@cache
def icons(sprite: Path = paths.STATIC / "icons.svg") -> dict[str, str]:
    """The drawings of the sprite by name. Pages carry the ones they use, which saves a request on a slow phone."""
    return {name: " ".join(drawing.split()) for name, drawing in _SYMBOL.findall(sprite.read_text("utf-8"))}


def icon(name: str, extra: str = "") -> Markup:
    """An icon of the sprite as inline SVG. It is decoration: the word beside it carries the meaning."""
    more = "turns" if name in _POINT_ON else ""
    return Markup('<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>').format(
        " ".join(filter(None, (more, extra))), Markup(icons()[name])
    )


def menu() -> list[Entry]:
    """The entries of the menu that this person may open."""
    actor = actor_of_cookie()
    if actor is None:
        return []
    allowed = [entry for entry in menu_entries() if entry.permission is None or actor.may(entry.permission)]
    return allowed[:MENU_LENGTH]


def _context() -> dict[str, Any]:
    """Names that every template may use without being given them."""
    return {
        "language": current_language(),
        "languages": language_links(),
        "demo": config().demo,
        "actor": actor_of_cookie() if g.get("staff_page") else None,
        "blueprint": request.blueprint,
    }


def install(app: Flask) -> None:
    """Give the templates their pictures and their surroundings."""
    app.jinja_env.globals.update(icon=icon, icon_names=lambda: sorted(icons()), menu=menu)
    app.context_processor(_context)
