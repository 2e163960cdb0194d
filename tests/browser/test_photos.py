"""A photo as a phone takes it is made small before it is sent, and one that cannot be drawn is still sent."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from tests.browser.conftest import PHONE, Site
from tests.cast import World
from tests.serving import until
from traceability.models import ReportPhoto


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Five megapixels of noise: some four megabytes."""
    path = tmp_path / "bag.jpg"
    Image.effect_noise((2560, 1920), 90).convert("RGB").save(path, quality=90)
    assert path.stat().st_size > 2_500_000
    return path


@pytest.mark.parametrize("waits", [False, True], ids=["at once", "when it is small"])
def test_a_photo_is_sent_as_small_as_it_will_be_kept(site: Site, world: World, photo: Path, waits: bool) -> None:
    code = world.released()
    with site.chromium.new_context(viewport=PHONE, base_url=site.address) as context:
        page = context.new_page()
        sent: list[int] = []
        page.on("request", lambda one: sent.append(len(one.post_data_buffer or b"")) if one.method == "POST" else None)
        page.goto(f"/b/{code}/report")
        page.select_option("#differs", "seal") if page.query_selector("select#differs") else page.check("[value=seal]")
        page.fill("#said", "Torn.")
        page.set_input_files("#photo", photo)
        if waits:
            until(lambda: page.evaluate("document.getElementById('photo').files[0].size") < 1_500_000)
        page.click("button[type=submit], button.button--main")
        page.wait_for_url("**/report/**", timeout=90_000)
    assert [size < 1_500_000 for size in sent] == [True], sent
    with world.database.reading() as session:
        (kept,) = session.scalars(select(ReportPhoto)).all()
        assert Image.open(io.BytesIO(kept.content)).size == (1600, 1200)
