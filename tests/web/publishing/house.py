"""The batches of a house that publishes, and how files are compared with what its application answers.

`Amina 60 + Bounmy 40 -> A` with an article number, corrected once, so that there are two versions, with photos and a
paper, numbered boxes and a pallet; `Sida -> S`. Of another article there is a batch `LOT-8`, and Dao says that too.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import Client

from tests.cast import BOLAVEN, World, event_of
from tests.serving import Server, asked
from traceability.app import create_app
from traceability.config import Config
from traceability.domain import facts, serials
from traceability.domain.facts import CorrectOrigin
from traceability.domain.labelling import BuildPallet, PrintLabels, SetGs1
from traceability.exports.site import MANIFEST, Written
from traceability.models import LabelRun
from traceability.operations import collection, gs1, inspection, labels, packing, pallets, registry
from traceability.operations.rebooking import correct_origin
from traceability.web.publishing import publish

GTIN = "09506000134352"
OTHER = "09506000134376"
GLN, PLACE_GLN = "9506000404042", "9506000404059"
MOMENT = re.compile(rb'<p class="small">.*?</p>')  # in Chinese its day is in a piece of its own
# what files that stand alone do not say: the two buttons, whether a visit is counted, how to sign in
LEFT_OUT = re.compile(
    rb'<form class="buttons".*?</form>|<p>[^\n]*</p>\s*(?=</footer>)|<p><a href="/sign-in[^\n]*</p>|\s', re.DOTALL
)
OF_BATCH = ("", "/verify", "/why", "/certificate.pdf", ".json", "/qr.svg", "/qr.png", "?linkType=linkset")
HREFS = re.compile(rb'(?:href|src|action)="([/?][^"]*)"')


class House(NamedTuple):
    """The application, its people, and the folder that it publishes into."""

    app: Flask
    world: World
    out: Path
    ours: str
    sidas: str
    deliveries: tuple[str, str]
    photo: str
    paper: str
    pallet: str
    box: str  # the number on its label
    both: tuple[str, str]  # of two organisations that say one number: ours, and Dao's

    def publish(self) -> Written:
        return publish(self.app, self.out)

    @property
    def sscc(self) -> str:
        return next(path.name for path in (self.out / "00").iterdir())


def application(url: str, folder: Path) -> Flask:
    settings = Config(data_dir=folder, database_url=url, secret_key="only for tests", public_url="http://127.0.0.1")
    app = create_app(settings)
    app.testing = True
    return app


def photo() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (900, 600), "green").save(kept, "JPEG")
    return kept.getvalue()


def told(url: str, folder: Path) -> House:
    """The story above, published by nobody yet."""
    app = application(url, folder)
    world = World(app.extensions["database"])
    deliveries = world.delivery(60_000), world.delivery(40_000, world.bounmy)
    ours = world.released(world.sealed(world.packed(world.lot(*deliveries)), gtin=GTIN, own_number="LOT-7"))
    fruit = world.lot(world.delivery(100_000, world.sida))
    sidas = world.released(world.sealed(world.packed(fruit), gtin=GTIN, own_number="A/B;7"))
    more = world.packed(world.lot(world.delivery(100_000, world.sida)))
    both = world.released(world.sealed(more, gtin=OTHER, own_number="LOT-8")), daos(world, OTHER, "LOT-8")
    said = {"farmer": world.amina, "reason": "wrong card", "confirmed": True}
    world.do(world.malee, correct_origin, CorrectOrigin, event=event_of(world, deliveries[1]), **said)

    def attached(title: str, content: bytes) -> str:
        shown: dict[str, Any] = {"lot": ours, "title": title, "content": content, "public": True}
        return str(world.do(world.bakari, inspection.attach, facts.Attach, **shown)["attachment"])

    world.do(world.malee, gs1.set_gs1, SetGs1, gln=GLN, company_prefix="8850999")
    world.do(world.malee, gs1.set_gs1, SetGs1, facility=world.mill, gln=PLACE_GLN)
    boxes = {"batch": ours, "first": 1, "last": 2, "of": 2, "layout": "tag"}
    world.do(world.bakari, labels.print_labels, PrintLabels, **boxes)
    built = world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=ours, first=1, last=2)
    with world.database.reading() as session:
        box = serials.serial_of(session.scalars(select(LabelRun.seed)).one(), 1)
    papers = attached("The bags", photo()), attached("Residue analysis", b"%PDF-1.4 analysis")
    return House(app, world, folder / "site", ours, sidas, deliveries, *papers, str(built["pallet"]), box, both)


def daos(world: World, gtin: str, own_number: str) -> str:
    """A released batch of Dao, whose house is another one."""
    dao, place = world.dao, world.dao_place
    known = {"name": "Kham", "nickname": "", "phone": "", "where": BOLAVEN}
    farmer = world.do(dao, registry.register_farmer, facts.RegisterFarmer, **known)["farmer"]
    fruit = {"facility": place, "farmer": farmer, "plot": "", "commodity": "arabica_coffee", "form": "green"}
    weighed = {**fruit, "bags_g": (50_000,), "tare_g": 0, "confirmed": True}
    delivery = world.do(dao, collection.record_weigh_in, facts.WeighIn, **weighed)["lot"]
    lot = world.do(dao, collection.form_lot, facts.FormLot, facility=place, deliveries=(delivery,))["lot"]
    bags = {"inputs": (facts.Take(lot=lot),), "form": "green", "unit": "bag", "count": 1, "mass_g": 50_000}
    packed = world.do(dao, packing.pack, facts.Pack, facility=place, confirmed=True, **bags)["lot"]
    sealed = world.do(dao, packing.seal, facts.Seal, lot=packed, gtin=gtin, own_number=own_number)["batch"]
    return str(world.do(dao, packing.release, facts.Release, batch=sealed)["batch"])


def paths_of(folder: Path) -> dict[str, bytes]:
    """Every file but the list of them."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name not in (MANIFEST, ".lock"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def of_batch(paths: Any, code: str) -> list[str]:
    return [path for path in paths if code in path]


def undated(page: bytes) -> bytes:
    """A page as it reads whenever it was published."""
    return MOMENT.sub(b"", page)


def without_moment(body: bytes) -> bytes:
    return LEFT_OUT.sub(b"", MOMENT.sub(b"", body, count=1))


def same_as_the_app(app: Flask, server: Server, address: str, **asked: Any) -> bytes:
    """The body of both, which is the same but for the moment; so are status, kind and the headers that keep safe."""
    headers = {name.replace("_", "-"): value for name, value in asked.items()}
    ours, theirs = server.ask("GET", address, **asked), Client(app).get(address, headers=headers)
    body = theirs.get_data()
    theirs.close()
    assert ours.status == theirs.status_code, address
    if theirs.status_code < 300:
        assert without_moment(ours.body) == without_moment(body), (address, asked)
    if theirs.status_code in (303, 307, 308):
        assert ours.headers["location"] == theirs.headers["Location"].removeprefix("http://127.0.0.1"), address
    for name in ("Content-Type", "Link", "Access-Control-Allow-Origin", *publishing_headers(theirs)):
        if theirs.status_code < 300:
            assert ours.headers.get(name.lower()) == theirs.headers.get(name), (address, name)
    return ours.body


def publishing_headers(answer: Any) -> list[str]:
    found = [name for name, _ in answer.headers if name.endswith("-Policy") or name.startswith("X-")]
    assert "Content-Security-Policy" in found
    return found


def opened(server: Server, *starts: str, languages: str = "ar") -> dict[str, int]:
    """Every address that can be come to by links, in English or these languages, and how it was answered."""
    found: dict[str, int] = {}
    waiting = list(starts)
    with server.connection() as connection:
        while waiting:
            address = waiting.pop().partition("#")[0]
            if address in found or re.search(rf"[?&]l=(?!{languages})", address):
                continue
            answer = asked(connection, "GET", address, Accept_Language="en")
            found[address] = answer.status
            waiting += [answer.headers["location"]] if "location" in answer.headers else []
            links = HREFS.findall(answer.body) if "text/html" in answer.headers.get("content-type", "") else []
            here = address.partition("?")[0]
            plain = (link.decode().replace("&amp;", "&") for link in links)
            waiting += {here + link if link.startswith("?") else link for link in plain}
    return found
