"""What is said while a run is writing is written next, wherever the batch stands in the order of the rest."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.web.publishing.house import House, of_batch, paths_of, told, undated
from traceability.domain import facts
from traceability.exports.site import MANIFEST, Written
from traceability.operations import inspection
from traceability.web.publishing import publish, run

Step = Callable[[], object]
Heard = Callable[[Written], bool]


@pytest.fixture(autouse=True)
def looking_takes_less_time_than_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may look at four batches for longer than it writes one of them, and then it writes on."""
    longer_and_longer = itertools.accumulate(itertools.count())
    monkeypatch.setattr(run, "monotonic", lambda: next(longer_and_longer))


@pytest.fixture
def on_postgres(databases: Databases, tmp_path: Path, few_languages: None) -> Iterator[House]:
    with databases.fresh_postgres("tables") as url:
        house = told(url, tmp_path)
        house.publish()
        yield house
        house.app.extensions["database"].close()


def recalled(house: House) -> Any:
    said = {"reason": "Residue", "action": "Bring it back", "lot": house.ours}
    return house.world.do(house.world.ines, inspection.recall, facts.RecallGoods, **said)["recall"]


def updated(house: House) -> None:
    """As if a program of before had written it: every part tells other facts, in files that differ."""
    known = json.loads((house.out / MANIFEST).read_text("utf-8"))
    for part in known["parts"].values():
        part.update(facts="of before", files=dict.fromkeys(part["files"], "of before"))
    (house.out / MANIFEST).write_text(json.dumps({**known, "stamp": ""}), "utf-8")


def any_sum(written: Written) -> bool:
    return any("/why/" in path for path in written.files)


def any_page(written: Written) -> bool:
    return bool(written.files)


def published_with(house: House, *steps: tuple[Heard, Step]) -> list[list[str]]:
    """Publish; each step is taken once, as soon as what was written makes it do so. Files in the order of writing, cut
    where a step was taken.
    """
    waiting, cuts = list(steps), [0]

    def tell(written: Written) -> None:
        if waiting and waiting[0][0](written):
            waiting.pop(0)[1]()
            cuts.append(len(written.files))

    written = publish(house.app, house.out, tell=tell)
    assert (written.unanswered, waiting) == ([], [])
    return [written.files[at:to] for at, to in zip(cuts, [*cuts[1:], None], strict=True)]


def steady(page: bytes) -> bytes:
    """Without the moment, and without the place in the journal: both are true of when it was published."""
    return re.sub(rb"<dd>\d+</dd>", b"", undated(page))


def same_as_made_anew(house: House, folder: Path) -> None:
    """What stands is what a run says that finds an empty folder, and there is nothing left to do."""
    publish(house.app, folder)
    whole, after = paths_of(folder), paths_of(house.out)
    assert after.keys() == whole.keys()
    pages = [path for path in whole if path.endswith(".html")]
    assert [path for path in pages if steady(after[path]) != steady(whole[path])] == []
    assert house.publish() == Written()


def standing(house: House) -> object:
    return json.loads((house.out / "b" / f"{house.ours}.json").read_bytes())["status"]


def before_any_other(files: list[str], house: House) -> set[str]:
    """What of the first batch is written before anything that tells of others alone."""
    others = [at for at, path in enumerate(files) if of_batch([path], house.sidas) or of_batch([path], house.both[0])]
    return set(files[: min(others)])


def test_a_recall_that_comes_while_sums_are_written_does_not_wait_for_the_rest_of_them(
    brief: House, tmp_path: Path
) -> None:
    shutil.rmtree(brief.out)
    before, since = published_with(brief, (any_sum, lambda: recalled(brief)))
    assert [path for path in since if "/why/" in path]  # there was more to do
    assert of_batch(before, brief.ours)  # and its pages had been written
    first_sum = min(at for at, path in enumerate(since) if "/why/" in path)
    at_once = set(since[:first_sum])
    assert {f"b/{brief.ours}{end}" for end in (".json", "/chosen.lo.html", "/certificate.pdf")} <= at_once
    assert [path for path in at_once if path.startswith(f"b/{brief.ours}/21/")]
    pages = [path for path in paths_of(brief.out) if re.fullmatch(f"b/{brief.ours}/.*html", path)]
    assert all(b"band--stop" in (brief.out / path).read_bytes() for path in pages)
    same_as_made_anew(brief, tmp_path / "whole")


@pytest.mark.parametrize("kind", ["brief", "on_postgres"])
def test_a_recall_of_the_oldest_batch_while_an_update_writes_all_anew_is_written_next(
    kind: str, request: pytest.FixtureRequest
) -> None:
    house: House = request.getfixturevalue(kind)
    updated(house)
    before, since = published_with(house, (any_page, lambda: recalled(house)))
    assert not of_batch(before, house.ours)
    at_once = before_any_other(since, house)
    stopped = [path for path in paths_of(house.out) if re.fullmatch(f"b/{house.ours}/.*html", path)]
    assert {f"b/{house.ours}{end}" for end in (".json", "/certificate.pdf")} | set(stopped) <= at_once
    assert [path for path in at_once if path.startswith(f"b/{house.ours}/versions/1/why/")]
    assert {path for path in at_once if house.pallet in path}
    assert all(b"band--stop" in (house.out / path).read_bytes() for path in stopped)
    assert house.publish() == Written()


def test_what_was_under_recall_before_an_update_is_written_first(brief: House) -> None:
    recalled(brief)
    updated(brief)
    files = brief.publish().files
    assert f"b/{brief.ours}.json" in before_any_other(files, brief)
    assert of_batch(files, brief.sidas)


def test_a_hold_that_is_lifted_again_within_one_run_is_in_no_file(brief: House, tmp_path: Path) -> None:
    world, holds = brief.world, list[str]()
    updated(brief)

    def held() -> None:
        said = {"lot": brief.ours, "reason": "smell"}
        holds.append(str(world.do(world.ines, inspection.put_on_hold, facts.PutOnHold, **said)["hold"]))

    def lifted() -> None:
        assert standing(brief) == "on_hold"
        said = {"hold": holds[0], "passed": True, "outcome": "clean"}
        world.do(world.ines, inspection.close_hold, facts.CloseHold, **said)

    def told_so(written: Written) -> bool:
        return f"b/{brief.ours}.json" in written.files

    *_, since = published_with(brief, (any_page, held), (told_so, lifted))
    assert f"b/{brief.ours}.json" in before_any_other(since, brief)
    assert standing(brief) == "released"
    same_as_made_anew(brief, tmp_path / "whole")
