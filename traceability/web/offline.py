"""Work without a signal: the page that a phone keeps, the worker that keeps it, and what makes it installable.

The page is the same for everybody and holds nothing of anybody: what a phone knows it fetches with its own token.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Final

from flask import Blueprint, Response, g, jsonify, url_for

from traceability import paths, words
from traceability.domain import quantity
from traceability.errors import NotEnoughLeft, ReasonNeeded
from traceability.queries.usual_prices import UNUSUAL_PRICE
from traceability.schemas.inspection import WEIGH_IN_REASONS
from traceability.web.language import current_language
from traceability.web.pages import page
from traceability.web.session import actor_of_cookie, public
from traceability.web.weighing import OUT_OF_RANGE
from traceability.words import N_

blueprint = Blueprint("offline", __name__)

FOLDER: Final = paths.STATIC / "offline"
WORKER: Final = "service-worker.js"
ENTRIES: Final = ("app.js", "chip.js")  # what pages load; these load the rest
CAMERA: Final = ("scan/scan.js", "scan/qr-scanner.min.js", "scan/qr-scanner-worker.js")
LOOKS: Final = ("style.css", "work.css", "weighing.css", "offline/offline.css")
REASONS: Final = (*WEIGH_IN_REASONS, ("other", N_("Something else")))  # to take back what was not sent
NUMBERS: Final = (
    quantity.NotANumber,
    quantity.NothingTyped,
    quantity.NotACount,
    quantity.NoCountTyped,
    quantity.NotPositive,
    quantity.BelowZero,
    quantity.TooLarge,
    quantity.FinerThanAGram,
)
GOODS: Final = (NotEnoughLeft, ReasonNeeded)
UNUSUAL: Final = {  # as `operations.collection` says it
    "odd_bag": N_("{mass_g} in one bag? Usual is {low_g} to {high_g}."),
    "odd_price": UNUSUAL_PRICE,
    "again": N_("This farmer delivered exactly the same weight minutes ago. Is it another delivery?"),
    "out_of_range": OUT_OF_RANGE,
    "AmbiguousNumber": " ".join((quantity.AmbiguousNumber.__doc__ or "").split()),
}


@blueprint.get("/offline")
@public
def shell() -> Response:
    """The page that works without a signal, with every sentence its scripts say in the reader's language."""
    if actor_of_cookie() is not None:
        g.staff_page = True  # so that the choice of a language is kept
    language = current_language()
    said = {refusal.__name__: " ".join((refusal.__doc__ or "").split()) for refusal in (*NUMBERS, *GOODS)}
    return page(
        "offline/shell.html",
        refusals={**said, **UNUSUAL},
        reasons=REASONS,
        decimal_mark=words.decimal(language, 15, 1)[1],
        units=quantity.ENTRY_UNITS.values(),
        mass_unit=words.mass(language, 1_000).rpartition(words.NO_BREAK)[2],
    )


@blueprint.get("/service-worker.js")
@public
def worker() -> Response:
    """At the root, because a worker looks after the addresses below its own. Changed by a byte, it is fetched anew."""
    shell = {"version": version(), "page": url_for("offline.shell"), "files": _files()}
    script = f"const SHELL = {json.dumps(shell)};\n{(FOLDER / WORKER).read_text('utf-8')}"
    answer = Response(script, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What the phone shows when the page is put on its home screen."""
    sizes = ("192x192", "512x512")
    icons = [
        {"src": url_for("static", filename=f"offline/icon-{size[:3]}.png"), "sizes": size, "type": "image/png"}
        for size in sizes
    ]
    name = words.translate(current_language(), N_("Weigh in"))
    answer = jsonify(
        name=name,
        short_name=name,
        start_url=url_for("offline.shell"),
        scope="/",
        display="standalone",
        background_color="#fbfaf5",
        theme_color="#1e6b45",
        icons=icons,
    )
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@cache
def version() -> str:
    """A digest of everything that a phone keeps of us: templates, scripts, look and sentences."""
    found = hashlib.sha256()
    folders = (FOLDER, paths.TEMPLATES / "offline", paths.TEMPLATES / "layouts", paths.TEMPLATES / "components")
    files = [path for folder in folders for path in folder.iterdir()]
    files += [*(paths.STATIC / name for name in (*LOOKS, *CAMERA)), *words.catalogue_files()]
    for path in sorted(files):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _files() -> list[str]:
    """The addresses as pages and scripts ask for them: an entry by its hashed one, what it loads by its plain one."""
    scripts = sorted(path.name for path in FOLDER.glob("*.js") if path.name not in (*ENTRIES, WORKER))
    hashed = [*(f"offline/{name}" for name in ENTRIES), *LOOKS, *CAMERA, "favicon.svg"]
    plain = [url_for("static", filename=f"offline/{name}").partition("?")[0] for name in scripts]
    return [url_for("static", filename=name) for name in hashed] + plain
