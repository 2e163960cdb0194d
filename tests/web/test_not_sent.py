"""A save that could not be stored keeps the form and says so; sent again, it is stored once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.web.client import Client
from tests.web.stocked import Stocked
from traceability.models.database import DatabaseSilent


def test_a_save_that_the_database_did_not_answer_keeps_what_was_typed(
    app: Flask, stock: Stocked, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = signed_in("malee", "manager")
    lot = stock.green()
    page = manager.get(f"/split?lot={lot}")
    form: dict[str, object] = {"parts-0-mass_g": "12,5", "note": "for the roaster"}
    database = app.extensions["database"]
    storing = database.write

    def silent(work: Any) -> Any:
        raise DatabaseSilent()

    monkeypatch.setattr(database, "write", silent)
    refused = manager.submit(page, "/split", status=503, **form)
    assert "Not saved yet" in refused.text
    assert refused.filled_in("/split")["parts-0-mass_g"] == ["12,5"]
    assert refused.filled_in("/split")["note"] == ["for the roaster"]

    monkeypatch.setattr(database, "write", storing)
    stored = manager.submit(refused, "/split")
    again = manager.submit(refused, "/split")
    assert again.location == stored.location
