"""What the public page of a batch says, for a program and first of all for people."""

from __future__ import annotations

from typing import Any

from tests.web.client import Client, Page


def data(visitor: Client, code: str, query: str = "") -> dict[str, Any]:
    """The page of a batch as JSON."""
    found = visitor.get(f"/b/{code}.json{query}").response.json
    assert isinstance(found, dict)
    return found


def band(page: Page) -> str:
    """What a screen reader says first."""
    (found,) = [box for box in page.root.all("div") if box.attributes.get("role") == "status"]
    return found.text
