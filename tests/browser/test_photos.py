"""A photo as a phone takes it is made small before it is sent, and one that cannot be drawn is still sent."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from tests.browser.conftest import PHONE, Site
from tests.cast import World
from traceability.models import ReportPhoto


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Twelve megapixels of noise: some ten megabytes."""
    path = tmp_path / "bag.jpg"
    Image.effect_noise((4000, 3000), 90).convert("RGB").save(path, quality=90)
    assert path.stat().st_size > 5_000_000
    return path


def test_a_photo_is_sent_as_small_as_it_will_be_kept(site: Site, world: World, photo: Path) -> None:
    code = world.released()
    with site.chromium.new_context(viewport=PHONE, base_url=site.address) as context:
        page = context.new_page()
        sent: list[int] = []
        page.on("request", lambda one: sent.append(len(one.post_data_buffer or b"")) if one.method == "POST" else None)
        page.goto(f"/b/{code}/report")
        page.select_option("#differs", "seal") if page.query_selector("select#differs") else page.check("[value=seal]")
        page.fill("#said", "Torn.")
        page.set_input_files("#photo", photo)
        page.click("button[type=submit], button.button--main")
        page.wait_for_url("**/report/**")
    assert [size < 1_500_000 for size in sent] == [True], sent
    with world.database.reading() as session:
        (kept,) = session.scalars(select(ReportPhoto)).all()
        assert Image.open(io.BytesIO(kept.content)).size == (1600, 1200)
