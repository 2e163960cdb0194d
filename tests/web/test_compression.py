"""Text is compressed for those who take it, and is the same text."""

from __future__ import annotations

import gzip

from flask import Flask


def test_a_page_and_the_stylesheet_are_compressed_for_browsers_that_take_it(app: Flask) -> None:
    visitor = app.test_client()
    for address in ("/find", "/static/style.css"):
        plain = visitor.get(address)
        small = visitor.get(address, headers={"Accept-Encoding": "gzip, br"})
        assert small.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(small.data) == plain.data
        assert len(small.data) < len(plain.data) * 0.6
        assert int(small.headers["Content-Length"]) == len(small.data)
        assert "Accept-Encoding" in plain.headers["Vary"]
        plain.close()
        small.close()


def test_what_is_small_or_unwanted_stays_as_it_is(app: Flask) -> None:
    visitor = app.test_client()
    assert "Content-Encoding" not in visitor.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers
    assert "Content-Encoding" not in visitor.get("/sign-in", headers={"Accept-Encoding": "gzip;q=0"}).headers
    head = visitor.head("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert head.data == b""
