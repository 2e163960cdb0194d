"""One list of requests, asked of the application and of nginx that has nothing but the files."""

from __future__ import annotations

from pathlib import Path

from tests.nginx import nginx
from tests.serving import Server
from tests.web.publishing.answers import Asked, told_by, told_by_app
from tests.web.publishing.differences import DIFFERENCES
from tests.web.publishing.house import House
from tests.web.publishing.requests import all_requests, of_a_recall
from tests.web.publishing.test_links import answering
from traceability.domain import facts
from traceability.operations import inspection
from traceability.web.guessing import Misses
from traceability.web.nginx import server_block
from traceability.web.publishing import publish


def compared(house: House, server: Server, requests: list[Asked]) -> tuple[list[str], set[str]]:
    """What differs and is on no list, and which entries of the list were met."""
    house.app.extensions["misses"] = Misses(most=10_000_000)  # nobody is guessing here
    unlisted, met = [], set()
    for asked in dict.fromkeys(requests):
        files, app = told_by(server, asked), told_by_app(house.app, asked)
        differs = files.differs(app)
        if not differs:
            continue
        listed = [one.why for one in DIFFERENCES if one.covers(asked, files, app, set(differs))]
        met.update(listed[:1])
        if not listed:
            unlisted.append(f"{asked}: {differs}")
    return unlisted, met


def test_files_alone_answer_as_the_application_does_but_for_a_short_list(house: House, alone: Server) -> None:
    unlisted, met = compared(house, alone, list(all_requests(house)))
    assert unlisted == []
    assert [one.why for one in DIFFERENCES if one.why not in met] == []  # what no longer differs leaves the list


def test_a_recalled_batch_answers_as_the_application_does(other: House, tmp_path: Path) -> None:
    said = {"reason": "Residue", "action": "Bring it back", "lot": other.ours}
    other.world.do(other.world.ines, inspection.recall, facts.RecallGoods, **said)
    other.publish()
    requests = list(of_a_recall(other))
    with nginx(tmp_path / "nginx", server_block(other.app.extensions["config"], other.out)) as server:
        unlisted, _ = compared(other, server, requests)
        assert unlisted == []
        for asked in requests:
            answer = server.ask("GET", asked.address, Accept=asked.accept or "*/*")
            assert answer.status in (200, 307, 308) or (answer.status == 503 and b"recalled" in answer.body), asked
            assert answer.headers["cache-control"] in ("max-age=60", "no-store"), asked  # nobody keeps what was before


def test_before_an_application_everything_is_answered_as_by_itself(other: House, tmp_path: Path) -> None:
    publish(other.app, other.out, alone=False)
    other.app.extensions["misses"] = Misses(most=10_000_000)
    requests = [asked for asked in all_requests(other) if not asked.accept and "linkType" not in asked.address]
    with answering(other.app) as address:
        block = server_block(other.app.extensions["config"], other.out, app=address)
        with nginx(tmp_path / "nginx", block) as server:
            unlisted, _ = compared(other, server, requests)
    assert unlisted == []
