"""One label on two hundred boxes, one photo in a message group, one script against a label: what is said of each.

`L1 -> packed in 10 bags -> B`, sent to Italy; the serial of bag 5 is what is copied, photographed or tried.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import World
from tests.web.client import Client, Page
from tests.web.test_boxes import printed
from tests.web.test_reports import member
from traceability.domain.identifiers import ALPHABET
from traceability.domain.scans import Noted, What
from traceability.domain.serials import serial_of
from traceability.models import ScanCount, ScanDevice
from traceability.operations.scans import store
from traceability.web.counting import scans_of
from traceability.web.guessing import MOST

PLACES = ("115.84.99", "183.182.100", "113.160.1", "49.228.1", "36.99.1")  # two in Laos, Viet Nam, Thailand, China
SHARED = "It may be copied or shared."
JUDGING = re.compile(r"fake|counterfeit|forged|fraud", re.IGNORECASE)

pytestmark = pytest.mark.usefixtures("database")  # the application is tried on both databases


@pytest.fixture
def batch(world: World) -> str:
    return world.released(world.sealed(world.packed(count=10)))


@pytest.fixture
def label(world: World, batch: str) -> str:
    return f"/b/{batch}/21/{serial_of(printed(world, batch), 5)}"


def read(app: Flask, label: str, address: str, agent: str = "Phone", status: int = 200) -> Page:
    visitor = Client(app)
    visitor.http.environ_base["REMOTE_ADDR"] = address
    return visitor.get(label, headers={"User-Agent": agent}, status=status)


def seen(app: Flask, label: str) -> Page:
    """The page as it is now, read by somebody who is not counted."""
    scans_of(app).write()
    return Client(app).get(label, headers={"DNT": "1"})


def spread(n: int) -> Iterator[str]:
    """So many addresses, in each of the places in turn."""
    return (f"{PLACES[one % len(PLACES)]}.{one}" for one in range(n))


def test_two_hundred_copies_in_five_places_are_told_at_once_to_readers_programs_and_the_manager(
    app: Flask, world: World, label: str
) -> None:
    malee = member(app, world, "malee", "manager")
    told_after = 0
    for n, address in enumerate(spread(200), 1):  # of an hour, in which eighteen seconds pass from one to the next
        read(app, label, address, f"Phone {n}")
        if n % 10 == 0 and not told_after and SHARED in seen(app, label).text:
            told_after = n
    assert told_after == 20  # six minutes after the first

    page = seen(app, label)
    assert SHARED in page.text
    assert f"{label.partition('/21/')[0]}/report?serial={label[-20:]}" in page.html
    assert "Devices that read it within 30 days: 200. On one day: 200 at most. Countries: 4." in page.text
    data = json.loads(Client(app).get(label, headers={"Accept": "application/json", "DNT": "1"}).body)
    assert (data["state"], data["counts"], data["seen_widely"]) == ("printed", True, True)
    assert data["seen"] == {
        "devices": 200,
        "days": 1,
        "most": 200,
        "countries": {"LA": 80, "CN": 40, "TH": 40, "VN": 40},
    }
    for address in ("/", "/reports"):
        assert "One label or batch was read too widely" in malee.get(address).text
    listed = malee.get("/scans")
    for words in ("read by more devices than one label should be", "read in more countries than one label should be",
                  "read in a country that it was not shipped to", "Lao PDR 80", "China 40"):  # fmt: skip
        assert words in listed.text, words
    assert label[-20:] in malee.http.get("/scans.csv").text
    for answer in (page, listed):
        assert not JUDGING.search(answer.text)


def test_a_photo_in_a_message_group_is_copied_or_shared_and_no_more(app: Flask, world: World, label: str) -> None:
    for n in range(40):
        read(app, label, f"115.84.99.{n}", f"Phone {n}")
    for n in range(40):  # what the messengers' machines fetch is nobody's reading
        read(app, label, f"157.240.{n}.1", "WhatsApp/2.23.20.0 A")

    page = seen(app, label)
    assert SHARED in page.text
    assert "Devices that read it within 30 days: 40. On one day: 40 at most. Countries: 1." in page.text
    assert "A photo of an honest label that was passed on looks the same" in page.text
    listed = member(app, world, "malee", "manager").get("/scans")
    assert "1, most devices on one day: 40" in listed.text
    assert "a photo was often passed on" in listed.text
    for answer in (page, listed):
        assert not JUDGING.search(answer.text)


def test_devices_of_which_nobody_knows_where_they_are_are_in_no_country(app: Flask, label: str) -> None:
    for n in range(40):
        read(app, label, f"198.51.100.{n}", f"Phone {n}")
    assert "On one day: 40 at most. Countries: not known." in seen(app, label).text
    for n in range(40):
        read(app, label, f"115.84.99.{n}", f"Phone {n}")
    assert "On one day: 80 at most. Countries: 1." in seen(app, label).text


def test_a_family_and_its_friends_hear_nothing(app: Flask, world: World, label: str) -> None:
    for n in range(9):
        read(app, label, "115.84.99.1", f"Phone {n}")
        read(app, label, f"115.84.100.{n}")

    page = seen(app, label)
    assert SHARED not in page.text
    assert "Devices that read it" not in page.text
    assert "No label was read too widely." in member(app, world, "malee", "manager").get("/scans").text


def test_where_labels_are_read_more_readily_more_may_read_one_and_the_manager_sees_from_how_many_on(
    app: Flask, world: World, batch: str, label: str
) -> None:
    malee = member(app, world, "malee", "manager")
    before = malee.get("/scans").text
    assert "A label is shown here when more than 14 devices read it." in before
    assert "Once 100 of your labels were read within 30 days, the limit follows" in before

    def visits(serial: str, n: int, first: int = 0) -> list[Noted]:
        return [Noted(batch, serial, What.SCAN, "IT", "it", f"reader {one}") for one in range(first, first + n)]

    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    labels = [one for n in range(100) for one in visits(f"A{n}", 7)]
    world.database.write(lambda session: store(session, labels, yesterday))
    for n in range(25):
        read(app, label, f"115.84.99.{n}")
    assert SHARED not in seen(app, label).text  # with the first visits of a day it is reckoned what is usual
    listed = malee.get("/scans").text
    assert "No label was read too widely." in listed
    assert "nine in ten are read by 6.9 devices or fewer; one is shown here when more than 25 read it." in listed

    read(app, label, "115.84.99.25")
    assert "Devices that read it within 30 days: 26." in seen(app, label).text
    assert "An honest label rarely has more than 25." in seen(app, label).text
    assert "One label or batch was read too widely" in malee.get("/").text
    assert label[-20:] in malee.get("/scans").text
    assert "Devices that may read a label,25" in malee.http.get("/scans.csv").text


def test_a_script_behind_one_connection_does_not_make_an_honest_label_look_copied(app: Flask, label: str) -> None:
    for n in range(60):
        read(app, label, "115.84.99.1", f"Invented browser {n}")
        read(app, label, f"2405:4800:1:2::{n:x}", f"Invented browser {n}")

    assert SHARED not in seen(app, label).text


def test_trying_numbers_at_random_is_told_to_wait_and_is_no_news_for_the_manager(
    app: Flask, world: World, batch: str, label: str
) -> None:
    chance = random.Random(5)
    answers = []
    for _ in range(3 * MOST):
        guess = "".join(chance.choices(ALPHABET, k=20))
        visitor = Client(app)
        answers.append(visitor.http.get(f"/b/{batch}/21/{guess}", headers={"User-Agent": f"Browser {guess}"}))
    assert [answer.status_code for answer in answers] == [404] * MOST + [429] * 2 * MOST
    assert answers[-1].headers["Retry-After"] == "60"
    assert "Too many unknown codes" in answers[-1].text
    assert Client(app).get(label).heading == "Bag 5 of 10"  # what is right is always answered

    scans_of(app).write()
    with world.database.reading() as session:
        assert session.scalars(select(ScanCount.n).where(ScanCount.what == "unprinted")).all() == [MOST]
        assert len(session.scalars(select(ScanDevice.serial).where(ScanDevice.what == "unprinted")).all()) == 1
    malee = member(app, world, "malee", "manager")
    assert "No label was read too widely." in malee.get("/scans").text
    assert "read too widely" not in malee.get("/").text


def test_made_up_numbers_that_many_people_ask_for_are_one_line_of_the_list(
    app: Flask, world: World, batch: str
) -> None:
    for n, address in enumerate(spread(20)):
        read(app, f"/b/{batch}/21/{'0' * 18}{n:02}", address, status=404)
    scans_of(app).write()

    malee = member(app, world, "malee", "manager")
    listed = malee.get("/scans")
    assert listed.text.count("asked for with serial numbers that were never printed") == 1
    assert "Never printed 20" in listed.text
    (row,) = [line for line in malee.get("/scans.csv").body.decode("utf-8-sig").splitlines() if line.startswith(batch)]
    assert "20" in row.split(","), "the file of evidence says so too"
