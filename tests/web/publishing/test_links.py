"""Where published pages lead to: to files alone, or to an application behind them, which may be silent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

from tests.databases import Databases
from tests.demo import demo_season
from tests.nginx import nginx
from tests.serving import Server
from tests.web.publishing.house import (
    GLN,
    GTIN,
    OF_BATCH,
    PLACE_GLN,
    House,
    application,
    opened,
    same_as_the_app,
)
from traceability import words
from traceability.demo import make_demo
from traceability.exports.site import Written
from traceability.web.nginx import server_block
from traceability.web.publishing import publish


def scanned(house: House) -> list[str]:
    """Whatever can be read off a label or a pallet, or is linked from elsewhere."""
    pages = (f"/B/{house.ours}", f"/b/{house.sidas}", f"/B/{house.ours}/21/{house.box}", f"/PALLET/{house.pallet}")
    links = (f"/00/{house.sscc}", f"/414/{PLACE_GLN}", f"/417/{GLN}", f"/01/{GTIN}/10/LOT-7/21/{house.box}")
    return [*pages, *links, "/", f"/place/{house.world.mill}"]


def test_files_that_stand_alone_lead_nowhere_that_is_not_there(house: House, alone: Server) -> None:
    answered = opened(alone, *scanned(house))
    assert {address: status for address, status in answered.items() if status >= 400} == {}
    assert {
        f"/b/{house.ours}/why",
        f"/b/{house.ours}/why/farm-01",
        f"/b/{house.ours}/why/place-1",
        f"/b/{house.ours}/why/farm-02?version=1",
        f"/b/{house.ours}?l=ar",
        f"/b/{house.ours}/papers/{house.photo}.jpg",
        f"/b/{house.ours}/papers/{house.paper}",
        f"/pallet/{house.pallet}?l=ar",
        f"/organisation/{house.world.cooperative.org_code}",
        "/find",
        "/static/style.css",
    } <= {re.sub(r"\?v=.*", "", address) for address in answered}
    body = alone.ask("GET", f"/b/{house.ours}", Accept_Language="en").body
    assert b"This visit is not counted." in body
    assert b"It does not match" not in body


@contextmanager
def answering(app: Flask) -> Iterator[str]:
    """The application at an address of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_before_an_application_the_pages_lead_to_what_it_answers(other: House, tmp_path: Path) -> None:
    publish(other.app, other.out, alone=False)
    assert not list(other.out.rglob("report*"))
    with answering(other.app) as address:
        block = server_block(other.app.extensions["config"], other.out, app=address)
        with nginx(tmp_path / "nginx", block) as server:
            answered = opened(server, f"/b/{other.ours}?l=ar")
            assert answered.pop(f"/b/{other.ours}/match?l=ar") == 200
            assert {address: status for address, status in answered.items() if status >= 400} == {}
            assert f"/b/{other.ours}/report?l=ar" in answered
            assert server.ask("POST", f"/b/{other.ours}/match").headers["location"].endswith("/match")
            photo = server.ask("POST", f"/b/{other.ours}/report", bytes(3_000_000), Content_Type="image/jpeg")
            assert (photo.status, b"nginx" in photo.body) == (422, False)  # told by the application, whatever it says
            assert b"It does not match" in server.ask("GET", f"/b/{other.ours}", Accept_Language="en").body
            assert b"1 of 2" in server.ask("GET", f"/b/{other.ours}/21/{other.box}", Accept_Language="en").body
            assert server.ask("GET", f"/b/{other.ours}/21/0123456789ABCDEFGHJK").status == 404  # nobody printed it
            for status, version in ((404, 9), (200, 1), (200, 2)):
                verified = server.ask("GET", f"/b/{other.ours}/verify?version={version}", Accept_Language="en")
                assert (verified.status, b"no such version" in verified.body) == (status, status == 404)
            box = f"/01/{GTIN}/10/LOT-7/21/{other.box}"
            finest = server.ask("GET", f"{box}?linkType=linkset")  # is asked for as it was sent, and so is a box
            assert (finest.status, other.box.encode() in finest.body) == (200, True)
            assert server.ask("GET", box).headers["location"].endswith(f"/b/{other.ours}/21/{other.box}")
        silent = server_block(other.app.extensions["config"], other.out, app=address)
    with nginx(tmp_path / "nginx", silent) as server:  # and while it is silent
        for address in (f"/b/{other.ours}/21/{other.box}", box, f"/01/{GTIN}/21/{other.box}?10=LOT-7"):
            lost = server.ask("GET", address, Accept_Language="en")
            assert (lost.status, b"This label cannot be looked up here right now." in lost.body) == (503, True), address
            assert f"/b/{other.ours}".encode() in lost.body, address
            told = server.ask("GET", address, Accept="application/json")
            assert (told.status, json.loads(told.body)["batch"]["code"]) == (503, other.ours), address
        for address in ("/sign-in", "/b/00000000", f"/b/{other.sidas}/21/{other.box}", f"/b/{other.ours}/report"):
            lost = server.ask("GET", address, Accept_Language="en")
            assert (lost.status, b"Do not take that for a yes or a no." in lost.body) == (503, True), address
        for address in (f"/b/{other.ours}/report", f"/b/{other.ours}/match", "/sign-in"):  # what was sent got nowhere
            lost = server.ask("POST", address, b"text=Mould", Accept_Language="en")
            assert (lost.status, b"go back and send it again" in lost.body) == (503, True), address
            assert (b"nginx" in lost.body, lost.headers["cache-control"]) == (False, "no-store"), address
        lost = server.ask("POST", f"/b/{other.ours}/report", b"text=Mould", Accept="application/json")
        assert (lost.status, json.loads(lost.body)["name"]) == (503, "NotSent")
        assert server.ask("GET", f"/b/{other.ours}/why/farm-01").status == 200


def test_the_demo_season_is_published_whole(databases: Databases, tmp_path: Path, few_languages: None) -> None:
    app = application(demo_season(databases, tmp_path), tmp_path)
    summary = make_demo(app.extensions["database"])
    assert not summary.made
    publish(app, tmp_path / "site")
    assert publish(app, tmp_path / "site") == Written()
    with nginx(tmp_path / "nginx", server_block(app.extensions["config"], tmp_path / "site")) as server:
        for found in summary.batches[::4]:  # all are published; some are compared, each in all of these languages
            for language in words.PUBLIC_LANGUAGES:
                if found.status != "not_yet_public":
                    for suffix in OF_BATCH if language == "lo" else OF_BATCH[:2]:
                        same_as_the_app(app, server, f"/b/{found.code}{suffix}", Accept_Language=language)
                else:
                    assert server.ask("GET", f"/b/{found.code}").status == 404
        everything = [f"/b/{found.code}?l=lo" for found in summary.batches if found.status != "not_yet_public"]
        answered = opened(server, *everything, languages="lo")
        assert {address: status for address, status in answered.items() if status >= 400} == {}
        assert sum("/why/" in address for address in answered) > len(everything)
    app.extensions["database"].close()
