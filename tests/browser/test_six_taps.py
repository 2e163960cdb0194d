"""A weigh-in on the phone it is made for: six taps from the card to saved, on a slow processor and a slow network.

Chromium with a finger at 360 x 640, its processor slowed down six times, the network 400 kbit/s with 400 ms there and
back. Every tap is recorded with what it brought over the network; `.github/six-taps.md` is one such recording.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.browser.conftest import PHONE, Site
from tests.browser.hands import told
from tests.browser.test_weighing import amina, phone

__all__ = ["phone"]  # the clerk's phone, as a fixture

MOST_TAPS: Final = 6
MOST_BYTES: Final = 60_000  # of the whole way, with nothing kept by the browser before
SLOWER: Final = 6
BYTES_A_SECOND: Final = 400_000 // 8
ROUND_TRIP_MS: Final = 400


@dataclass
class Tap:
    """One tap: what was touched, how long until the page was there, what came over the network for it."""

    what: str
    seconds: float = 0
    answers: int = 0
    bytes: int = 0


@dataclass
class SlowPhone:
    """A page that counts its taps, and what each brought over the network: files, and bodies as they were sent."""

    page: Page
    wire: CDPSession
    taps: list[Tap] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)  # requests that the browser answered itself

    def __post_init__(self) -> None:
        self.wire.send("Network.enable")
        self.wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        speed = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND, "latency": ROUND_TRIP_MS}
        self.wire.send("Network.emulateNetworkConditions", {"offline": False, **speed})
        self.wire.on("Network.requestServedFromCache", lambda event: self.kept.add(event["requestId"]))
        self.wire.on("Network.responseReceived", self._arrived)

    def _arrived(self, event: dict[str, Any]) -> None:
        answer = event["response"]
        if event["requestId"] in self.kept or answer.get("fromDiskCache") or not answer["url"].startswith("http"):
            return
        self.taps[-1].answers += 1
        self.taps[-1].bytes += int(answer["headers"]["Content-Length"])

    def opens(self, address: str) -> None:
        """The card is scanned: no tap in the page."""
        self._count("the card is scanned", lambda: self.page.goto(address, wait_until="networkidle"))

    def key(self, key: str) -> None:
        self._count(f"key {key}", self.page.locator(f".keys button[value='{key}']").tap)

    def on(self, selector: str) -> None:
        """A tap that leads to the next page."""
        button = self.page.locator(selector)
        words = button.inner_text().strip()

        def tap() -> None:
            with self.page.expect_navigation(wait_until="networkidle"):
                button.tap()

        self._count(words, tap)

    def _count(self, what: str, work: Any) -> None:
        self.taps.append(Tap(what))
        began = time.monotonic()
        work()
        self.taps[-1].seconds = time.monotonic() - began

    def recording(self) -> str:
        """The taps as a table."""
        lines = [
            f"| {place or ''} | {tap.what} | {tap.seconds:.1f} | {tap.answers} | {tap.bytes:,} |"
            for place, tap in enumerate(self.taps)
        ]
        whole = f"| | **together** | {sum(tap.seconds for tap in self.taps):.1f} | {sum(t.answers for t in self.taps)} "
        return "\n".join(
            [
                "| tap | what | s | files | bytes |",
                "|---:|---|---:|---:|---:|",
                *lines,
                f"{whole}| {sum(tap.bytes for tap in self.taps):,} |",
                "",
            ]
        )


@pytest.fixture
def slow(site: Site, phone: BrowserContext) -> Iterator[SlowPhone]:
    """The phone of Bakari, who is signed in; its browser has kept no file of the site."""
    known: Any = phone.storage_state()
    context = site.chromium.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, base_url=site.address, locale="en-GB", storage_state=known
    )
    page = context.new_page()
    yield SlowPhone(page, context.new_cdp_session(page))
    context.close()


def test_from_the_card_to_saved_in_six_taps_on_a_slow_phone(site: Site, slow: SlowPhone, tmp_path: Path) -> None:
    slow.opens(f"/f/{amina(site)}")
    for key in "48.6":
        slow.key(key)
    slow.on("button[value=check]")
    assert "48.6 kg" in told(slow.page)
    slow.on("button[value=save]")
    assert "NL-" in slow.page.inner_text("h1")
    recording = slow.recording()
    (tmp_path / "six-taps.md").write_text(recording, "utf-8")
    print(recording)
    assert len(slow.taps) - 1 <= MOST_TAPS
    assert 0 < sum(tap.bytes for tap in slow.taps) <= MOST_BYTES
    assert all(tap.bytes == 0 for tap in slow.taps if tap.what.startswith("key "))  # typing asks nobody
