"""Somebody with a bag in the hand says that it does not match, and Malee answers. Dao learns nothing of either.

The batch B of `Amina 60 + Bounmy 40` is released; a reader reports its seal with a photo and a phone number.
"""

from __future__ import annotations

import io
import logging
import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.cast import World
from tests.web.client import Client, Page
from tests.web.sending import OURS, shown_in
from traceability.domain import facts
from traceability.domain.identifiers import new_code
from traceability.domain.scans import Noted, What
from traceability.models import Base, Event, Report, Reporter, ReportPhoto
from traceability.operations import account, reports, scans
from traceability.operations.pictures import MOST_PHOTO_BYTES
from traceability.queries.audit import audit
from traceability.queries.reports import heard_of
from traceability.web.counting import scans_of
from traceability.web.guessing import Misses
from traceability.words import lookup

PHONE, SAID, ADDRESS = "+856 20 5550 7777", "The seal is open and <b>wet</b>", "115.84.99.123"
PASSWORD = "a long enough password"

pytestmark = pytest.mark.usefixtures("database")  # the application is tried on both databases


@pytest.fixture
def reader(app: Flask) -> Client:
    return at(app, ADDRESS)


def at(app: Flask, address: str) -> Client:
    """Somebody who has not signed in."""
    made = Client(app)
    made.http.environ_base["REMOTE_ADDR"] = address
    return made


def member(app: Flask, world: World, login: str, *roles: str, home: str = "cooperative") -> Client:
    named = {"login": login, "name": login.capitalize(), "password": PASSWORD, "roles": roles}
    fact = world.fact(facts.RegisterUser, **named, client_id=f"user-{login}")
    world.database.write(lambda session: account.register_user(session, getattr(world, home), fact))
    return Client(app).sign_in(login, PASSWORD)


def photo(kind: str = "JPEG") -> tuple[io.BytesIO, str]:
    """A photo that knows where it was taken, and by which phone."""
    drawn, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Needle Phones"
    Image.new("RGB", (60, 40), (20, 90, 60)).save(drawn, kind, exif=exif)
    drawn.seek(0)
    return drawn, "bag.jpg"


def send(reader: Client, code: str, *, status: int = 303, **typed: Any) -> Page:
    page = reader.get(f"/b/{code}/report")
    return reader.submit(page, f"/b/{code}/report", status=status, **{"differs": "seal", **typed})


def count(world: World, *tables: type[Base]) -> list[int]:
    return [world.count(table) for table in tables]


# --- anybody ----------------------------------------------------------------------------------------------------


def test_a_report_is_sent_without_signing_in_and_without_a_cookie(
    app: Flask, world: World, code: str, reader: Client
) -> None:
    page = reader.get(f"/b/{code}")
    assert f"/b/{code}/report" in page.links()

    answer = send(reader, code, said=SAID, contact=PHONE, photo=photo())
    thanks = reader.follow(answer)

    number = thanks.location if thanks.status == 303 else answer.location.rpartition("/")[2]
    assert "Thank you" in thanks.heading
    assert f"{number[:4]} {number[4:]}" in thanks.text
    assert "New" in thanks.text
    for one in (answer, thanks):
        assert "Set-Cookie" not in one.response.headers
    assert count(world, Report, Reporter, ReportPhoto) == [1, 1, 1]
    with world.database.reading() as session:
        kept = session.scalars(select(ReportPhoto.content)).one()
    assert b"Needle" not in kept
    assert Image.open(io.BytesIO(kept)).size == (60, 40)


def test_what_is_missing_is_said_and_what_was_typed_is_kept(world: World, code: str, reader: Client) -> None:
    page = send(reader, code, status=422, differs="", said=SAID, contact=PHONE)

    assert "What is different: Fill this in." in page.text
    assert page.filled_in(f"/b/{code}/report")["said"] == [SAID]
    assert page.filled_in(f"/b/{code}/report")["contact"] == [PHONE]
    assert count(world, Report, Reporter) == [0, 0]


def test_a_form_sent_twice_is_one_report(world: World, code: str, reader: Client) -> None:
    page = reader.get(f"/b/{code}/report")
    answers = [reader.submit(page, f"/b/{code}/report", differs="weight", contact=PHONE) for _ in range(2)]

    assert answers[0].location == answers[1].location
    assert count(world, Report, Reporter) == [1, 1]


def test_a_form_that_we_did_not_make_or_that_lay_open_is_not_taken(
    world: World, code: str, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.released()
    forged = reader.get(f"/b/{other}/report").filled_in(f"/b/{other}/report")
    for token in ("", "x", forged["token"][0], "\ud800"):
        page = send(reader, code, status=422, token=token.encode("utf-8", "replace"))
        assert "lay open for too long" in page.text
    assert reader.post(f"/b/{code}/report", {"differs": "seal"}, status=422).status == 422
    answer = reader.post(f"/b/{code}/match", headers={"Sec-Fetch-Site": "cross-site"}, status=403)
    assert "another website" in answer.text

    page = reader.get(f"/b/{code}/report")
    with monkeypatch.context() as later:
        later.setattr("traceability.web.reports.OPEN_FOR", -1)
        page = reader.submit(page, f"/b/{code}/report", differs="seal", said=SAID, status=422)
    assert "lay open for too long" in page.text
    assert count(world, Report) == [0]
    assert reader.submit(page, f"/b/{code}/report").status == 303  # sent once more, as the page says
    assert count(world, Report) == [1]


def test_the_box_that_no_person_sees_stays_empty(world: World, code: str, reader: Client) -> None:
    assert "must stay empty" in send(reader, code, status=422, website="http://spam.example").text
    assert count(world, Report) == [0]


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"x" * (MOST_PHOTO_BYTES + 1)]
)
def test_what_is_no_photo_is_refused_with_a_sentence(world: World, code: str, reader: Client, content: bytes) -> None:
    sent = reader.get(f"/b/{code}/report").filled_in(f"/b/{code}/report")
    form = {name: values[0] for name, values in sent.items()} | {"differs": "seal", "said": SAID}
    kind, body = encode_multipart({**form, "photo": FileStorage(io.BytesIO(content), "a.jpg")})
    answer = reader.http.post(
        f"/b/{code}/report", data=body, content_type=f"multipart/form-data; boundary={kind}", headers=OURS
    )

    assert answer.status_code == 422
    assert shown_in(answer)["said"] == SAID
    assert 'href="#photo"' in answer.text
    assert 'id="photo-problem"' in answer.text
    assert not re.search(r"\bPDFs?\b", answer.text), "no paper can be sent here"  # codes hold these letters by chance
    assert count(world, Report) == [0]


def test_a_film_gets_a_page_that_says_so(code: str, reader: Client) -> None:
    form = {"differs": "seal", "said": SAID, "photo": FileStorage(io.BytesIO(b"x" * 17 * 1024 * 1024), "film.jpg")}
    kind, body = encode_multipart(form)
    answer = reader.http.post(
        f"/b/{code}/report?l=lo", data=body, content_type=f"multipart/form-data; boundary={kind}", headers=OURS
    )
    assert answer.status_code == 413
    assert lookup("lo", "The file or form is larger than we take. Send a smaller one.") in answer.text


def test_a_flood_is_told_to_wait(
    app: Flask, world: World, code: str, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(10):
        send(reader, code)
    assert "came from your network" in send(reader, code, status=429, said=SAID).text
    send(at(app, "2001:db8::7"), code)

    monkeypatch.setattr(reports, "MOST_A_DAY", 11)
    page = send(at(app, "2001:db8::8"), code, status=429, said=SAID)
    assert "reported this batch today" in page.text
    assert page.filled_in(f"/b/{code}/report")["said"] == [SAID]
    assert count(world, Report) == [11]


def test_a_network_that_changes_its_addresses_is_one_sender(app: Flask, world: World, code: str) -> None:
    for last in range(10):
        send(at(app, f"2001:db8::{last + 1:x}"), code)
    assert "came from your network" in send(at(app, "2001:db8::ffff:7"), code, status=429).text
    assert count(world, Report) == [10]


def test_nobody_alone_uses_up_the_reports_of_a_batch(app: Flask, world: World, code: str, reader: Client) -> None:
    app.extensions["report_senders"] = Misses(1_000)  # as if each ten minutes had passed
    for _ in range(30):
        send(reader, code)
    assert "Try again tomorrow" in send(reader, code, status=429).text
    send(reader, world.released())
    send(at(app, "115.84.99.124"), code)
    assert count(world, Report) == [32]


def test_of_a_flood_no_photo_is_opened(
    app: Flask, world: World, code: str, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []

    def kept(content: bytes) -> bytes:
        opened.append(content)
        return content

    monkeypatch.setattr("traceability.web.reports.drawn_anew", kept)
    for status in [303] * 10 + [429] * 2:
        send(reader, code, status=status, photo=photo())
    assert len(opened) == 10


def test_a_photo_that_would_take_a_gigabyte_is_refused_beside_its_field(
    world: World, code: str, reader: Client
) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (7_000, 7_000)).save(drawn, "WEBP", lossless=True)
    drawn.seek(0)
    page = send(reader, code, status=422, said=SAID, photo=(drawn, "bag.webp"))
    assert "Photo: The picture has more points than can be opened here." in page.text
    assert page.filled_in(f"/b/{code}/report")["said"] == [SAID]
    assert count(world, Report) == [0]


def test_what_is_not_released_cannot_be_reported(world: World, code: str, reader: Client) -> None:
    for unknown in (world.sealed(), new_code()):
        for address in (f"/b/{unknown}/report", f"/b/{unknown}/match"):
            assert "We have no lot with this code" in reader.get(address, status=404).text
        assert reader.post(f"/b/{unknown}/match", status=404).status == 404
        assert reader.post(f"/b/{unknown}/report", {"differs": "seal"}, status=404).status == 404
    assert reader.get("/b/AAAA/report", status=404).status == 404
    number = send(reader, code).location.rpartition("/")[2]
    other = world.released()
    assert reader.get(f"/b/{other}/report/{number}", status=404).status == 404
    assert reader.get(f"/b/{code}/report/{new_code()}", status=404).status == 404


def test_it_matches_is_counted_once_and_thanked_for(app: Flask, world: World, code: str, reader: Client) -> None:
    page = reader.get(f"/b/{code}")
    for _ in range(3):
        thanks = reader.follow(reader.submit(page, f"/b/{code}/match"))
    assert "Thank you for comparing" in thanks.heading
    malee = member(app, world, "malee", "manager")
    scans_of(app).write()

    staff = malee.get(f"/batches/{code}").text
    assert "It matches 1" in staff
    assert "Lao PDR 1" in staff


# --- our own people ---------------------------------------------------------------------------------------------


def test_a_report_reaches_the_manager_and_is_answered(app: Flask, world: World, code: str, reader: Client) -> None:
    malee = member(app, world, "malee", "manager")
    assert "reports say" not in malee.get("/").text
    sent = send(reader, code, said=SAID, contact=PHONE, photo=photo(), serial="A1").location
    send(reader, code, differs="damaged")

    home = malee.get("/")
    assert "2 reports say that goods do not match" in home.text
    listed = malee.get("/reports")
    assert "The seal" in listed.text
    address = next(link for link in listed.links() if link == f"/reports/{sent.rpartition('/')[2]}")
    page = malee.get(address)
    for shown in (SAID, PHONE, "A1", "English"):
        assert shown in page.text
    assert "<b>wet" not in page.html
    picture = malee.http.get(f"{address}/photo")
    assert (picture.status_code, picture.mimetype, picture.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")

    assert "before you know more" in reader.get(sent).text
    silent = malee.submit(page, address, status=422, state="answered", answer="")
    assert "Say why" in silent.text
    malee.submit(page, address, state="answered", answer="It was opened by customs.", forget="1")

    assert "One report says that goods do not match" in malee.get("/").text
    page = reader.get(f"{sent}?l=lo")
    assert [one.text for one in page.root.all("bdi") if one.attributes.get("lang") == "en"] == [
        "It was opened by customs."  # typed in English, and said so to a reader of Lao
    ]
    answered = reader.get(sent).text
    assert "It was opened by customs." in answered
    assert "before you know more" not in answered
    assert count(world, Report, Reporter, ReportPhoto) == [2, 0, 0]
    assert PHONE not in malee.get(address).text
    assert malee.http.get(f"{address}/photo").status_code == 404
    assert "The seal 1" in malee.get(f"/batches/{code}").text
    with world.database.reading() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert event is not None
        assert (event.kind, event.kdes["state"], event.kdes["forgotten"]) == ("handle_report", "answered", True)
        today = datetime.now(UTC).date()
        (tally,) = heard_of(session, [world.cooperative.org_id], today, today, 0)
    assert list(audit(world.database)) == []
    assert (tally.code, tally.reports, tally.open) == (code, 2, 1)


def test_only_those_who_may_handle_reports_see_them(app: Flask, world: World, code: str, reader: Client) -> None:
    number = send(reader, code, contact=PHONE, photo=photo()).location.rpartition("/")[2]
    clerk = member(app, world, "bakari", "clerk")
    dao = member(app, world, "dao", "manager", "exporter", "inspector", home="outside")

    assert "goods do not match" not in clerk.get("/").text
    assert "goods do not match" not in dao.get("/").text
    for address in ("/reports", f"/reports/{number}", f"/reports/{number}/photo", "/scans", "/scans.csv"):
        assert clerk.get(address, status=403).status == 403
    auditor = member(app, world, "vanna", "auditor")  # reads everything and changes nothing
    assert f"/reports/{number}" in auditor.get("/reports").links()
    read = auditor.get(f"/reports/{number}")
    assert PHONE not in read.html
    assert "/photo" not in read.html
    assert 'name="state"' not in read.html
    assert auditor.get("/scans").status == auditor.get("/scans.csv").status == 200
    assert auditor.get(f"/reports/{number}/photo", status=403).status == 403
    for address in (f"/reports/{number}", f"/reports/{number}/photo"):
        assert dao.get(address, status=404).status == 404
    assert number not in dao.get("/reports").html
    form = {"report": number, "state": "looked_at", "client_id": "dao-tries-it", "forget": "1"}
    assert dao.post(f"/reports/{number}", form, status=404).status == 404
    assert count(world, Report, Reporter, ReportPhoto) == [1, 1, 1]


class Clock(datetime):
    """A clock that can be put forward."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Clock:
        return cls.fromtimestamp((datetime.now(tz) + cls.ahead).timestamp(), tz)


def test_contact_and_photo_go_when_their_time_is_over(
    app: Flask, world: World, code: str, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a year after the last word about a report, and after 400 days where nobody ever said one."""
    monkeypatch.setattr("traceability.web.counting.datetime", Clock)
    assert "deleted 180 days after" in reader.get(f"/b/{code}/report").text
    malee = member(app, world, "malee", "manager")
    handled, waiting = (
        send(reader, code, said=SAID, contact=PHONE, photo=photo()).location.rpartition("/")[2] for _ in range(2)
    )
    address = f"/reports/{handled}"
    malee.submit(malee.get(address), address, state="looked_at")

    for days, left in ((0, 2), (179, 2), (182, 1), (399, 1), (402, 0)):
        monkeypatch.setattr(Clock, "ahead", timedelta(days=days))
        scans_of(app).write()  # nobody reads anything: whoever serves begins the day all the same
        assert count(world, Report, Reporter, ReportPhoto) == [2, left, left], days
        gone = malee.get(address).text
        assert (PHONE in gone, "that came with it was deleted" in gone) == (left == 2, left < 2), days
        assert malee.http.get(f"{address}/photo").status_code == (200 if left == 2 else 404)
        assert list(audit(world.database)) == []
    assert SAID in malee.get(f"/reports/{waiting}").text  # the report itself stays


def test_nothing_is_told_as_deleted_that_never_was_there(
    app: Flask, world: World, code: str, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.web.counting.datetime", Clock)
    monkeypatch.setattr(Clock, "ahead", timedelta(days=402))
    address = f"/reports/{send(reader, code).location.rpartition('/')[2]}"
    malee = member(app, world, "malee", "manager")
    malee.submit(malee.get(address), address, state="looked_at", forget="1")
    scans_of(app).write()

    assert "was deleted" not in malee.get(address).text
    assert list(audit(world.database)) == []


def test_a_copied_label_reaches_the_manager_with_its_evidence(app: Flask, world: World, code: str) -> None:
    malee = member(app, world, "malee", "manager")
    visits = [Noted(code, "=SERIAL1", What.SCAN, country, "en", f"{country} {n}") for country in ("IT", "CN")
              for n in range(10)]  # fmt: skip
    world.database.write(lambda session: scans.store(session, visits, datetime.now(UTC).date()))

    assert "One label or batch was read too widely" in malee.get("/").text
    page = malee.get("/scans")
    for shown in ("Label =SERIAL1", "read by more devices than one label should be", "China 10", "Italy 10",
                  "read in a country that it was not shipped to"):  # fmt: skip
        assert shown in page.text
    file = malee.http.get("/scans.csv")
    assert file.mimetype == "text/csv"
    assert "'=SERIAL1" in file.text
    assert "Italy 10" in file.text
    for text in (page.text, file.text):
        assert "fake" not in text.lower()


def test_nothing_of_a_reporter_is_public_logged_or_counted(
    app: Flask, world: World, code: str, reader: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    needles = (PHONE, "5550 7777", "open and", ADDRESS, "Needle")
    sent = send(reader, code, said=SAID, contact=PHONE, photo=photo()).location
    scans_of(app).write()

    outside = [reader.http.get(f"/b/{code}{rest}").text for rest in ("", ".json", "/report", "/match", "/verify")]
    outside += [reader.http.get(sent).text, caplog.text]
    with world.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in ("reporter", "report"):
                outside.append(repr(session.execute(select(table)).all()))
        assert ADDRESS not in repr(session.execute(select(Report.__table__)).all())
    for needle in needles:
        assert not [text for text in outside if needle in text], needle
