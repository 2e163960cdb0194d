"""Photos and papers on the page of a batch: which are shown, how heavy they are, and how one is taken back."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from tests.queries.season import Season
from tests.web.client import Client
from traceability import paths
from traceability.documents.small_photo import SHOWN, THUMB, small_photo
from traceability.domain import facts
from traceability.domain.attachments import WithdrawAttachment
from traceability.errors import NotFound
from traceability.operations import inspection
from traceability.operations.attachments import NotShown, withdraw_attachment
from traceability.queries.attachments import NoSuchPaper

PDF = b"%PDF-1.4 analysis"


def noise(width: int = 1600, height: int = 1200) -> bytes:
    """The heaviest photo there is."""
    pixels = random.Random(4).randbytes(width * height * 3)
    kept = io.BytesIO()
    Image.frombytes("RGB", (width, height), pixels).save(kept, "JPEG", quality=60)
    return kept.getvalue()


@pytest.fixture
def season(app: Flask) -> Season:
    return Season(app.extensions["database"])


def attached(season: Season, lot: str, title: str, content: bytes, public: bool = True) -> str:
    said: dict[str, Any] = {"lot": lot, "title": title, "content": content, "public": public}
    return str(season.do(season.bakari, inspection.attach, facts.Attach, **said)["attachment"])


@pytest.fixture
def house(season: Season) -> dict[str, str]:
    """`delivery -> lot -> packed = batch`, with photos and papers on each, and a lot beside it."""
    delivery = season.delivery(60_000, plot=season.amina_plot)
    lot = season.lot(delivery, season.delivery(40_000, season.bounmy))
    beside = season.lot(season.delivery(10_000))
    packed = season.packed(lot, mass_g=100_000, count=1)
    batch = season.released(season.sealed(packed))
    return {
        "batch": batch,
        "waiting": season.sealed(season.packed(beside, mass_g=10_000, count=1)),
        "above": attached(season, lot, "Drying <beds>", noise()),
        "own": attached(season, packed, "The bags", noise(900, 1600)),
        "paper": attached(season, lot, "Residue analysis", PDF),
        "inside": attached(season, packed, "Price list", PDF + b"!", public=False),
        "of_delivery": attached(season, delivery, "The farmer", noise(400, 300)),
        "beside": attached(season, beside, "Other goods", noise(400, 300)),
    }


def test_the_page_shows_what_everybody_may_see_and_nothing_else(house: dict[str, str], visitor: Client) -> None:
    page = visitor.get(f"/b/{house['batch']}").html
    own, above = page.index(f"papers/{house['own']}.jpg"), page.index(f"papers/{house['above']}/thumb.jpg")
    assert own < above < page.index("The bag in your hand")
    assert 'alt="The bags" width="480" height="360"' in page
    assert 'alt="Drying &lt;beds&gt;" width="160" height="120" loading="lazy"' in page
    assert f"papers/{house['paper']}" in page[page.index("For inspectors") :]
    for hidden in ("inside", "of_delivery", "beside"):
        assert house[hidden] not in page
    said = json.loads(visitor.http.get(f"/b/{house['batch']}.json").data)["papers"]
    assert [one["code"] for one in said] == [house["own"], house["paper"], house["above"]]
    assert said[1]["digest"] == hashlib.sha256(PDF).hexdigest()
    assert set(said[0]) == {"code", "title", "title_language", "media_type", "digest", "lot_number"}


def test_photos_and_papers_are_handed_to_everybody(house: dict[str, str], visitor: Client) -> None:
    base = f"/b/{house['batch']}/papers/"
    for name, size in ((f"{house['own']}.jpg", SHOWN), (f"{house['above']}/thumb.jpg", THUMB)):
        small = visitor.http.get(base + name)
        assert small.mimetype == "image/jpeg"
        assert len(small.data) <= size.most
        assert Image.open(io.BytesIO(small.data)).size == (size.width, size.height)
        assert small.headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age=60" in small.headers["Cache-Control"]
        assert "Set-Cookie" not in small.headers
        again = visitor.http.get(base + name, headers={"If-None-Match": small.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    paper = visitor.http.get(base + house["paper"])
    assert paper.data == PDF
    assert paper.headers["Content-Disposition"].startswith("attachment")
    assert visitor.http.get(base + house["above"]).mimetype == "image/jpeg"


def test_what_is_not_shown_is_not_handed_out(house: dict[str, str], visitor: Client) -> None:
    for hidden in ("inside", "of_delivery", "beside"):
        for ending in ("", ".jpg", "/thumb.jpg"):
            assert visitor.http.get(f"/b/{house['batch']}/papers/{house[hidden]}{ending}").status_code == 404
    assert visitor.http.get(f"/b/{house['waiting']}/papers/{house['beside']}").status_code == 404
    assert visitor.http.get(f"/b/{house['batch']}/papers/{house['paper']}.jpg").status_code == 404
    assert visitor.http.get(f"/b/{house['batch']}/papers/NOTHING0").status_code == 404


def test_a_photo_taken_back_is_gone_from_the_next_scan_on(
    season: Season, house: dict[str, str], visitor: Client
) -> None:
    address = f"/b/{house['batch']}"
    assert house["own"] in visitor.get(address).html
    gone = {"attachment": house["own"]}
    season.refused(NoSuchPaper, season.chiara, withdraw_attachment, WithdrawAttachment, **gone)
    season.do(season.malee, withdraw_attachment, WithdrawAttachment, **gone)
    assert house["own"] not in visitor.get(address).html
    assert f"papers/{house['above']}.jpg" in visitor.get(address).html
    assert visitor.http.get(f"{address}/papers/{house['own']}.jpg").status_code == 404
    season.refused(NotShown, season.malee, withdraw_attachment, WithdrawAttachment, **gone)
    inside = {"attachment": house["inside"]}
    season.refused(NotShown, season.malee, withdraw_attachment, WithdrawAttachment, **inside)
    assert issubclass(NoSuchPaper, NotFound)


def test_the_first_view_with_photos_is_light(season: Season, house: dict[str, str], visitor: Client) -> None:
    """Four of the heaviest photos, the page and everything that it loads."""
    for title in ("Third", "Fourth", "Fifth"):
        attached(season, house["batch"], title, noise())
    page = visitor.get(f"/b/{house['batch']}").html
    addresses = [part.split('src="')[1].split('"')[0] for part in page.split("<img")[1:]]
    assert len(addresses) == 4
    weight = sum(len(visitor.http.get(address).data) for address in addresses)
    weight += len(gzip.compress(page.encode())) + len(gzip.compress((paths.STATIC / "style.css").read_bytes()))
    weight += len(gzip.compress((paths.STATIC / "favicon.svg").read_bytes()))
    assert weight <= 50_000


def test_even_noise_fits() -> None:
    for size in (SHOWN, THUMB):
        assert 500 < len(small_photo(noise(), size)) <= size.most
