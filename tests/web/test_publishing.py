"""The public side as files: what nginx hands out of them is what the application answers, and a recall reaches them.

`Amina 60 + Bounmy 40 -> A` with an article number, corrected once, so that there are two versions; `Sida -> S`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.test import Client

from tests.cast import World, event_of
from tests.nginx import nginx
from tests.serving import Server
from tests.web.applications import application
from traceability.demo import make_demo
from traceability.domain import facts
from traceability.domain.attachments import WithdrawAttachment
from traceability.domain.facts import CorrectOrigin
from traceability.exports.site import MANIFEST, AlreadyPublishing, FolderOfOthers, Written, held
from traceability.models import ScanCount
from traceability.models.database import Database, DatabaseSilent
from traceability.models.migrate import migrate
from traceability.operations import attachments, inspection, registry
from traceability.operations.correction import correct_origin
from traceability.queries import dossiers
from traceability.web import publishing
from traceability.web.counting import scans_of
from traceability.web.nginx import server_block
from traceability.web.publishing import publish
from traceability.words import PUBLIC_LANGUAGES

GTIN = "09506000134352"
SITE = "http://127.0.0.1"
MOMENT = re.compile(rb'<p class="small">[^<]*</p>')
# what files that stand alone do not say: the two buttons, whether a visit is counted, how to sign in
LEFT_OUT = re.compile(
    rb'<form class="buttons".*?</form>|<p>[^\n]*</p>\s*(?=</footer>)|<p><a href="/sign-in[^\n]*</p>|\s', re.DOTALL
)
ONE_SUM = re.compile(rb"(/b/[0-9A-Z]{8}/why)/[^\"?]*")
OF_BATCH = ("", "/verify", "/why", "/certificate.pdf", ".json", "/qr.svg", "/qr.png", "?linkType=linkset")


class House(NamedTuple):
    """The application, its people, and the folder that it publishes into."""

    app: Flask
    world: World
    out: Path
    ours: str
    sidas: str
    deliveries: tuple[str, str]

    def publish(self) -> Written:
        return publish(self.app, self.out)


@pytest.fixture
def house(database: Database, database_url: str, tmp_path: Path) -> Iterator[House]:
    app = application(database_url, tmp_path, public_url=SITE)
    world = World(app.extensions["database"])
    deliveries = world.delivery(60_000), world.delivery(40_000, world.bounmy)
    ours = world.released(world.sealed(world.packed(world.lot(*deliveries)), gtin=GTIN, own_number="LOT-7"))
    fruit = world.lot(world.delivery(100_000, world.sida))
    sidas = world.released(world.sealed(world.packed(fruit), gtin=GTIN, own_number="A/B;7"))
    yield House(app, world, tmp_path / "site", ours, sidas, deliveries)
    app.extensions["database"].close()


def paths_of(folder: Path) -> dict[str, bytes]:
    """Every file but the list of them."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name not in (MANIFEST, ".lock"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def of_batch(paths: Any, code: str) -> list[str]:
    return [path for path in paths if code in path]


# --- what stands there --------------------------------------------------------------------------------------------


def without_moment(body: bytes) -> bytes:
    return ONE_SUM.sub(rb"\1", LEFT_OUT.sub(b"", MOMENT.sub(b"", body, count=1)))


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


def test_nginx_hands_out_what_the_application_answers(house: House, tmp_path: Path) -> None:
    said = {"farmer": house.world.amina, "reason": "wrong card", "confirmed": True}
    event = event_of(house.world, house.deliveries[1])
    house.world.do(house.world.malee, correct_origin, CorrectOrigin, event=event, **said)
    house.publish()
    with nginx(tmp_path / "nginx", server_block(house.app.extensions["config"], house.out)) as server:
        for code in (house.ours, house.sidas):
            for suffix in OF_BATCH:
                between = "&" if "?" in suffix else "?"
                for language in PUBLIC_LANGUAGES:
                    spoken = f"es, {language}-XX;q=0.8, de"
                    same_as_the_app(house.app, server, f"/b/{code}{suffix}", Accept_Language=spoken)
                    same_as_the_app(house.app, server, f"/b/{code}{suffix}{between}l={language}", Accept_Language="de")
        assert b"As published on" in same_as_the_app(house.app, server, f"/b/{house.ours}?l=en")
        earlier = [f"/b/{house.ours}{suffix}" for suffix in ("?version=1", "/verify?version=1", ".json?version=1")]
        for address in (*earlier, f"/b/{house.ours}?version=1&l=lo", f"/b/{house.ours}/certificate.pdf?version=1"):
            one, two = (server.ask("GET", asked).body for asked in (address, address.partition("?")[0]))
            assert one != two
            same_as_the_app(house.app, server, address)
        machine = {"Accept": "application/linkset+json"}
        for link in (f"/01/{GTIN}/10/LOT-7", f"/01/{GTIN}", f"/b/{house.ours}"):
            same_as_the_app(house.app, server, link)
            same_as_the_app(house.app, server, link, **machine)
            for kind in ("linkset", "all", "gs1:nonsense"):
                same_as_the_app(house.app, server, f"{link}?linkType={kind}")
        for kind in ("pip", "gs1:certificationInfo", "https://ref.gs1.org/voc/verificationService"):
            same_as_the_app(house.app, server, f"/b/{house.ours}?linkType={kind}", Accept_Language="vi")
            same_as_the_app(house.app, server, f"/01/{GTIN}/10/LOT-7?linkType={kind}", Accept_Language="vi")
        for address in ("/find", "/find?l=zh", f"/gtin/{GTIN}", "/.well-known/gs1resolver", "/static/style.css?v=0a"):
            same_as_the_app(house.app, server, address, Accept_Language="lo")
        assert server.ask("GET", f"/01/{GTIN}/10/A%2FB;7").headers["location"] == f"/b/{house.sidas}"
        assert server.ask("GET", f"/b/{house.ours.lower()}").headers["location"] == f"/b/{house.ours}"
        assert server.ask("GET", f"/find?code={house.ours.lower()}").headers["location"] == f"/b/{house.ours}"
        assert server.ask("HEAD", f"/B/{house.ours}").status == 200
        for hidden in ("/.published.json", "/.codes.map", "/b/", "/b/00000000", "/nowhere", "/404.en.html"):
            answer = server.ask("GET", hidden, Accept_Language="en")
            assert (answer.status, b"We have no lot with this code" in answer.body) == (404, True), hidden
        unchanged = server.ask("GET", f"/b/{house.ours}", Accept_Encoding="gzip")
        assert (unchanged.headers["content-encoding"], unchanged.headers["cache-control"]) == ("gzip", "max-age=60")
        again = server.ask("GET", f"/b/{house.ours}", If_None_Match=unchanged.headers["etag"], Accept_Encoding="gzip")
        assert again.status == 304


def test_photos_and_papers_are_files_too_until_they_are_taken_back(house: House, tmp_path: Path) -> None:
    world, shown = house.world, Image.new("RGB", (640, 480), "#c6a26c")
    drawn = BytesIO()
    shown.save(drawn, "JPEG")
    kept = [
        world.do(
            world.bakari, inspection.attach, facts.Attach, lot=house.ours, title=title, content=content, public=True
        )
        for title, content in (("Bags", drawn.getvalue()), ("Pallet", drawn.getvalue()), ("Report", b"%PDF-1.4 x"))
    ]
    bags, pallet, report = (f"/b/{house.ours}/papers/{done['attachment']}" for done in kept)
    house.publish()
    with nginx(tmp_path / "nginx", server_block(house.app.extensions["config"], house.out)) as server:
        for address in (bags, f"{pallet}.jpg", f"{bags}/thumb.jpg", report):  # the newest stands first on the page
            assert same_as_the_app(house.app, server, address)
        saved = server.ask("GET", report).headers
        assert saved["content-disposition"] == f'attachment; filename="{kept[2]["attachment"]}.pdf"'
        assert saved["content-security-policy"] == "default-src 'none'; sandbox"
        assert "content-disposition" not in server.ask("GET", f"/b/{house.ours}").headers
        answered = opened(server, f"/b/{house.ours}")
        assert {bags, pallet, report} <= set(answered)
        assert {address: status for address, status in answered.items() if status != 200} == {}
        # where no server leads on, the folder does
        assert f"url={report}/whole.pdf" in (house.out / report[1:] / "index.html").read_text("utf-8")
        gone = {"attachment": kept[2]["attachment"]}
        world.do(world.malee, attachments.withdraw_attachment, WithdrawAttachment, **gone)
        house.publish()
        assert server.ask("GET", report).status == 404
        assert server.ask("GET", bags).status == 200
    assert not (house.out / report[1:]).exists()


def test_the_demo_season_is_published_whole(tmp_path: Path) -> None:
    app = application(f"sqlite:///{tmp_path / 'demo.sqlite3'}", tmp_path, public_url=SITE)
    migrate(app.extensions["database"])
    summary = make_demo(app.extensions["database"])
    publish(app, tmp_path / "site")
    assert not publish(app, tmp_path / "site").files
    with nginx(tmp_path / "nginx", server_block(app.extensions["config"], tmp_path / "site")) as server:
        for found in summary.batches[::4]:  # all are published; some are compared, each in languages of three kinds
            for language in ("en", "lo", "ar"):
                if found.status != "not_yet_public":
                    for suffix in OF_BATCH if language == "lo" else OF_BATCH[:2]:
                        same_as_the_app(app, server, f"/b/{found.code}{suffix}", Accept_Language=language)
                else:
                    assert server.ask("GET", f"/b/{found.code}").status == 404
    app.extensions["database"].close()


def test_servers_that_know_no_languages_find_a_page_too(house: House) -> None:
    house.publish()
    page = (house.out / "B" / house.ours / "index.html").read_text("utf-8")
    assert '<html lang="en"' in page
    for language in PUBLIC_LANGUAGES[1:]:
        assert f'href="/b/{house.ours}/chosen.{language}.html"' in page
    leading = (house.out / "01" / GTIN / "10" / "LOT-7" / "index.html").read_text("utf-8")
    assert f"url=/b/{house.ours}" in leading
    assert not list(house.out.rglob("*A*B;7*"))  # a number that is no name of a folder is for the map only


HREFS = re.compile(rb'(?:href|src|action)="(/[^"]*)"')


def opened(server: Server, start: str) -> dict[str, int]:
    """Every address that can be come to by links from one, in English or Arabic, and how it was answered."""
    found: dict[str, int] = {}
    waiting = [start]
    while waiting:
        address = waiting.pop()
        if address in found or re.search(r"[?&]l=(?!ar)", address):
            continue
        answer = server.ask("GET", address, Accept_Language="en")
        found[address] = answer.status
        links = HREFS.findall(answer.body) if "text/html" in answer.headers.get("content-type", "") else []
        waiting += {link.decode().partition("#")[0].replace("&amp;", "&") for link in links}
    return found


def test_files_that_stand_alone_lead_nowhere_that_is_not_there(house: House, tmp_path: Path) -> None:
    house.publish()
    with nginx(tmp_path / "nginx", server_block(house.app.extensions["config"], house.out)) as server:
        answered = opened(server, f"/b/{house.ours}")
        assert {address: status for address, status in answered.items() if status != 200} == {}
        assert {f"/b/{house.ours}/why", f"/b/{house.ours}?l=ar", "/find", "/static/style.css"} <= {
            re.sub(r"\?v=.*", "", address) for address in answered
        }
        body = server.ask("GET", f"/b/{house.ours}", Accept_Language="en").body
        assert b"This visit is not counted." in body
        assert b"It does not match" not in body
        box = server.ask("GET", f"/B/{house.ours}/21/0123456789ABCDEFGHJK")
        assert (box.status, box.headers["location"]) == (307, f"/b/{house.ours}")
    scans = scans_of(house.app)
    scans.write()
    with house.app.extensions["database"].reading() as session:
        assert not session.scalars(select(ScanCount)).all()  # to publish is not to read


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


def test_before_an_application_the_pages_lead_to_what_it_answers(house: House, tmp_path: Path) -> None:
    publish(house.app, house.out, alone=False)
    assert not list(house.out.rglob("report*"))
    with answering(house.app) as address:
        block = server_block(house.app.extensions["config"], house.out, app=address)
        with nginx(tmp_path / "nginx", block) as server:
            answered = opened(server, f"/b/{house.ours}?l=ar")
            assert answered.pop(f"/b/{house.ours}/match?l=ar") == 200
            assert {address: status for address, status in answered.items() if status >= 400} == {}
            assert f"/b/{house.ours}/report?l=ar" in answered
            assert any(f"/b/{house.ours}/why/farm-" in address for address in answered)
            assert server.ask("POST", f"/b/{house.ours}/match").headers["location"].endswith("/match")
            assert b"It does not match" in server.ask("GET", f"/b/{house.ours}", Accept_Language="en").body
            assert server.ask("GET", f"/b/{house.ours}/21/0123456789ABCDEFGHJK").status == 404  # nobody printed it


# --- only what changed ----------------------------------------------------------------------------------------------


def test_a_second_time_nothing_is_written(house: House) -> None:
    assert house.publish().files
    before = {path: (house.out / path).stat().st_mtime_ns for path in paths_of(house.out)}
    assert house.publish() == Written()
    (house.out / MANIFEST).write_text("damaged", "utf-8")
    assert set(house.publish().files) == before.keys()  # a list that was lost is made again


@pytest.mark.parametrize("stop", ["farmer", "plot", "lot", "hold"])
def test_a_recall_rewrites_the_files_of_the_batches_that_it_reaches_and_no_other(house: House, stop: str) -> None:
    world, out = house.world, house.out
    house.publish()
    before = paths_of(out)
    target = {"farmer": {"farmer": world.bounmy}, "lot": {"lot": house.deliveries[1]}}.get(stop, {"lot": house.ours})
    if stop == "plot":
        target = {"lot": house.deliveries[0]}
    if stop == "hold":
        world.do(world.ines, inspection.put_on_hold, facts.PutOnHold, lot=house.ours, reason="smell")
    else:
        said = {"reason": "Residue", "action": "Bring it back"}
        recall = world.do(world.ines, inspection.recall, facts.RecallGoods, **said, **target)["recall"]
    written = house.publish()
    after = paths_of(out)
    assert after.keys() == before.keys()
    changed = {path for path in after if after[path] != before[path]}
    assert changed == set(written.files)
    assert not of_batch(changed, house.sidas)
    assert {path for path in changed if house.ours not in path} <= {path for path in after if path.startswith("gtin/")}
    pages = [path for path in of_batch(after, house.ours) if path.endswith(".html") and not path.startswith("01/")]
    assert set(pages) <= changed
    if stop != "hold":
        assert all(b"band--stop" in after[path] for path in pages)
        world.do(world.ines, inspection.lift_recall, facts.LiftRecall, recall=recall, outcome="false alarm")
        lifted = house.publish()
        assert of_batch(lifted.files, house.ours)
        assert not of_batch(lifted.files, house.sidas)
        now = (out / "b" / house.ours / "index.en.html").read_bytes()
        assert b"No recall." in now
        for kept in (b"Recalled before", b"Residue", b"false alarm"):  # what was lifted stays to be read
            assert kept in now


def later(monkeypatch: pytest.MonkeyPatch, ahead: timedelta, *rooms: Any) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + ahead

    for room in rooms:
        monkeypatch.setattr(room, "datetime", Later)


def test_a_day_that_turns_rewrites_only_what_then_reads_otherwise(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.publish()
    later(monkeypatch, timedelta(days=1), publishing, dossiers)
    assert not house.publish().parts
    monkeypatch.undo()
    today = (datetime.now(UTC) + timedelta(hours=7)).date()  # where the goods were made
    said = {"scheme": "organic", "number": "LAST-DAY", "issuer": "Fair Check", "custody": "segregated"}
    known = {"valid_from": date(2025, 1, 1), "valid_to": today, "farmers": (house.world.sida,)}
    house.world.do(house.world.malee, registry.register_certificate, facts.RegisterCertificate, **said, **known)
    house.publish()
    assert b"Expired" not in (house.out / "b" / house.sidas / "index.en.html").read_bytes()
    later(monkeypatch, timedelta(days=2), publishing, dossiers)
    assert of_batch(house.publish().files, house.sidas)
    assert b"Expired" in (house.out / "b" / house.sidas / "index.en.html").read_bytes()


def test_only_one_organisation_is_published_where_one_is_named(house: House) -> None:
    publish(house.app, house.out, house.world.outside.org_id)
    assert not of_batch(paths_of(house.out), house.ours)
    house.publish()
    assert of_batch(paths_of(house.out), house.ours)
    removed = publish(house.app, house.out, house.world.outside.org_id).removed
    assert of_batch(removed, house.ours)
    assert not of_batch(paths_of(house.out), house.ours)
    assert not (house.out / "b").exists()


# --- what goes wrong ------------------------------------------------------------------------------------------------


def test_two_at_once_and_a_folder_of_others_are_refused(house: House, tmp_path: Path) -> None:
    with held(house.out), pytest.raises(AlreadyPublishing):
        house.publish()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letters.txt").write_text("dear")
    with pytest.raises(FolderOfOthers):
        publish(house.app, tmp_path / "home")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["letters.txt"]


def test_a_run_that_broke_is_gone_on_with(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: Callable[..., Any] = dossiers.dossier_of

    def breaks(session: Any, code: str, **more: Any) -> Any:
        if code == house.ours:
            raise DatabaseSilent()
        return looked(session, code, **more)

    monkeypatch.setattr(publishing, "dossier_of", breaks)
    with pytest.raises(DatabaseSilent):
        house.publish()
    monkeypatch.undo()
    first = set(paths_of(house.out))
    assert of_batch(first, house.sidas)
    rest = set(house.publish().files)
    assert rest.isdisjoint(first)
    assert of_batch(rest, house.ours)
    assert house.publish() == Written()
