"""Only what changed is written: recalls, photos taken back, pallets, days; and what goes wrong on the way."""

from __future__ import annotations

import itertools
import re
import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.clocks import later
from tests.databases import Databases
from tests.nginx import nginx
from tests.web.publishing.house import (
    GLN,
    GTIN,
    OTHER,
    House,
    of_batch,
    opened,
    paths_of,
    told,
    undated,
)
from traceability import words
from traceability.domain import facts
from traceability.domain.attachments import WithdrawAttachment
from traceability.domain.labelling import BreakPallet, SetGs1
from traceability.exports.site import MANIFEST, AlreadyPublishing, FolderOfOthers, Written, held
from traceability.models import ScanCount
from traceability.models.database import DatabaseSilent
from traceability.operations import gs1, inspection, pallets, registry
from traceability.operations.attachments import withdraw_attachment
from traceability.queries import dossiers
from traceability.queries.published import Published
from traceability.web import batch_sums, batches
from traceability.web.counting import scans_of
from traceability.web.nginx import server_block
from traceability.web.publishing import publish, run
from traceability.web.publishing.said import Said, said_of


def test_a_second_time_nothing_is_written(brief: House) -> None:
    before, visits = paths_of(brief.out), visits_of(brief.app)
    assert brief.publish() == Written()
    (brief.out / "b" / "OLD").mkdir()
    (brief.out / "b" / "OLD" / "withdrawn.jpg").write_bytes(b"nobody remembers it")
    (brief.out / MANIFEST).write_text("damaged", "utf-8")
    done = brief.publish()
    assert set(done.files) == before.keys()  # a list that was lost is made again
    assert done.removed == ["b/OLD/withdrawn.jpg"]  # and what it would not have named goes
    assert paths_of(brief.out).keys() == before.keys()
    assert brief.publish() == Written()
    assert visits_of(brief.app) == visits  # to publish is not to read


def visits_of(app: Flask) -> int:
    scans_of(app).write()
    with app.extensions["database"].reading() as session:
        return len(session.scalars(select(ScanCount)).all())


def test_a_photo_that_is_taken_back_is_gone_and_a_new_one_is_there(brief: House) -> None:
    world, folder = brief.world, brief.out / "b" / brief.ours / "papers"
    assert {path.name for path in folder.iterdir()} == {brief.photo, f"{brief.photo}.jpg", brief.paper}
    said = {"attachment": brief.photo}
    world.do(world.malee, withdraw_attachment, WithdrawAttachment, **said)
    done = brief.publish()
    assert set(done.removed) == {
        f"b/{brief.ours}/papers/{brief.photo}/whole.jpg",
        f"b/{brief.ours}/papers/{brief.photo}.jpg",
    }
    assert {path.name for path in folder.iterdir()} == {brief.paper}
    assert not [path for path, content in paths_of(brief.out).items() if brief.photo.encode() in content]
    assert not of_batch(done.files, brief.sidas)


def test_pallets_and_numbers_of_places_are_followed_though_no_page_of_a_batch_changes(brief: House) -> None:
    world = brief.world
    world.do(world.bakari, pallets.break_pallet, BreakPallet, pallet=brief.pallet, reason="fell")
    done = brief.publish()
    assert {path.partition("/")[0] for path in done.files} == {"pallet"}
    assert b"This pallet was taken apart." in (brief.out / "pallet" / brief.pallet / "chosen.en.html").read_bytes()
    world.do(world.malee, gs1.set_gs1, SetGs1, gln="9506000404066")
    done = brief.publish()
    assert f"417/{GLN}/index.html" in done.removed
    assert "417/9506000404066/index.html" in done.files
    assert not of_batch(done.files, f"b/{brief.ours}")
    assert not list((brief.out / "414").glob(f"{GLN}*"))


@pytest.mark.parametrize("stop", ["farmer", "plot", "lot", "hold"])
def test_a_recall_rewrites_the_files_of_the_batches_that_it_reaches_and_no_other(brief: House, stop: str) -> None:
    world, out = brief.world, brief.out
    before = paths_of(out)
    target = {"farmer": {"farmer": world.amina}, "lot": {"lot": brief.deliveries[1]}}.get(stop, {"lot": brief.ours})
    if stop == "plot":
        target = {"lot": brief.deliveries[0]}
    if stop == "hold":
        world.do(world.ines, inspection.put_on_hold, facts.PutOnHold, lot=brief.ours, reason="smell")
    else:
        said = {"reason": "Residue", "action": "Bring it back"}
        recall = world.do(world.ines, inspection.recall, facts.RecallGoods, **said, **target)["recall"]
    written = brief.publish()
    after = paths_of(out)
    assert after.keys() == before.keys()
    changed = {path for path in after if after[path] != before[path]}
    assert changed == set(written.files)
    assert not of_batch(changed, brief.sidas)
    beside = {path for path in changed if brief.ours not in path}
    assert {path.partition("/")[0] for path in beside} == {"gtin", "pallet"}
    assert not [path for path in beside if path.startswith("pallet/") and brief.pallet not in path]
    whole = [path for path in of_batch(after, brief.ours) if path.endswith(".html") and not path.startswith("01/")]
    whole = [path for path in whole if f"{brief.ours}-" not in path]  # they lead on, as a Digital Link does
    pages = [path for path in whole if "/21/" not in path]
    assert set(whole) <= changed
    assert any("/why/farm-01/" in path for path in pages)
    of_sums = [re.search("/why/.+/", path) is not None for path in written.files]
    assert of_sums == sorted(of_sums)  # sums come after whatever is scanned
    assert {"b", "gtin", "pallet"} <= {path.partition("/")[0] for path in written.files[: of_sums.index(True)]}
    if stop != "hold":
        assert all(b"band--stop" in after[path] for path in whole)
        scanned = [path for path in changed if re.search("(/21/|^pallet/).*html$", path)]
        assert len(scanned) >= 2 * len(words.PUBLIC_LANGUAGES)
        assert all(b"Bring it back" in after[path] for path in scanned)
    if stop == "farmer":
        world.do(world.ines, inspection.lift_recall, facts.LiftRecall, recall=recall, outcome="false alarm")
        lifted = brief.publish()
        assert of_batch(lifted.files, brief.ours)
        assert not of_batch(lifted.files, brief.sidas)
        now = (out / "b" / brief.ours / "index.en.html").read_bytes()
        assert b"No recall." in now
        for kept in (b"Recalled before", b"Residue", b"false alarm"):  # what was lifted stays to be read
            assert kept in now


def test_a_recall_of_several_batches_is_first_on_all_that_is_scanned_and_changes_only_the_bands_of_sums(
    brief: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = brief.world
    said = {"reason": "Residue", "action": "Bring it back"}
    for lot in (brief.ours, brief.sidas):
        world.do(world.ines, inspection.recall, facts.RecallGoods, lot=lot, **said)
    monkeypatch.setattr(batch_sums, "reason_of", lambda *args, **more: pytest.fail("a sum was made again"))
    written = brief.publish().files
    monkeypatch.undo()
    place = {path: at for at, path in enumerate(written)}
    scanned = [f"b/{code}{file}" for code in (brief.ours, brief.sidas) for file in (".json", "/verify/chosen.lo.html")]
    rest = [f"b/{brief.ours}/versions/1/certificate.pdf", *(path for path in written if "/why/" in path)]
    assert max(place[path] for path in scanned) < min(place[path] for path in rest)
    publish(brief.app, tmp_path / "whole")
    whole, after = paths_of(tmp_path / "whole"), paths_of(brief.out)
    sums = [path for path in whole if "/why/" in path and path.endswith(".html")]
    assert [path for path in sums if undated(after[path]) != undated(whole[path])] == []
    assert all(b"band--stop" in after[path] for path in sums if brief.ours in path or brief.sidas in path)


def test_changes_that_never_end_do_not_keep_the_rest_from_being_written(
    brief: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(brief.out)
    clocks = itertools.count(1)
    monkeypatch.setattr(run, "clock_now", lambda database: next(clocks))
    times = itertools.count(0.0)
    monkeypatch.setattr(run, "monotonic", lambda: next(times))
    done = brief.publish()
    assert len(done.files) == len(set(done.files))  # nothing twice
    monkeypatch.undo()
    assert of_batch(brief.publish().files, brief.ours) == []


def test_on_postgresql_it_is_the_same(databases: Databases, tmp_path: Path, few_languages: None) -> None:
    with databases.fresh_postgres("tables") as url:
        whole = told(url, tmp_path)
        first = whole.publish()
        assert (whole.publish(), first.unanswered) == (Written(), [])
        assert {"b", "pallet", "place", "organisation", "00", "414"} <= {path.partition("/")[0] for path in first.files}
        said = {"reason": "Residue", "action": "Bring it back", "lot": whole.deliveries[0]}
        whole.world.do(whole.world.ines, inspection.recall, facts.RecallGoods, **said)
        withdrawn = {"attachment": whole.photo}
        whole.world.do(whole.world.malee, withdraw_attachment, WithdrawAttachment, **withdrawn)
        second = whole.publish()
        assert of_batch(second.removed, whole.photo)
        assert of_batch(second.files, whole.ours)
        assert not of_batch(second.files, whole.sidas)
        assert b"band--stop" in (whole.out / "b" / whole.ours / "why" / "farm-01" / "chosen.lo.html").read_bytes()
        whole.app.extensions["database"].close()


def test_a_day_that_turns_rewrites_only_what_then_reads_otherwise(
    brief: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, timedelta(days=1), run, dossiers)
    assert not brief.publish().parts
    monkeypatch.undo()
    today = (datetime.now(UTC) + timedelta(hours=7)).date()  # where the goods were made
    said = {"scheme": "organic", "number": "LAST-DAY", "issuer": "Fair Check", "custody": "segregated"}
    known = {"valid_from": date(2025, 1, 1), "valid_to": today, "farmers": (brief.world.sida,)}
    brief.world.do(brief.world.malee, registry.register_certificate, facts.RegisterCertificate, **said, **known)
    brief.publish()
    assert b"Expired" not in (brief.out / "b" / brief.sidas / "index.en.html").read_bytes()
    assert "From certified farms" in (brief.out / "b" / brief.sidas / "why" / "claim-1" / "chosen.en.html").read_text()
    later(monkeypatch, timedelta(days=2), run, dossiers)
    assert of_batch(brief.publish().files, brief.sidas)
    assert b"Expired" in (brief.out / "b" / brief.sidas / "index.en.html").read_bytes()


def test_only_one_organisation_is_published_where_one_is_named(brief: House, tmp_path: Path) -> None:
    ours, daos = brief.both  # of one article, and of one lot number
    assert ours in (brief.out / "gtin" / OTHER / "index.en.html").read_text("utf-8")
    removed = publish(brief.app, brief.out, brief.world.outside.org_id).removed
    assert of_batch(removed, brief.ours)
    assert {path.name[:8] for path in (brief.out / "b").iterdir()} == {daos}
    assert not [name for name in ("414", "pallet", "place") if (brief.out / name).exists()]
    names = [code.encode() for code in (ours, brief.ours, brief.sidas)]
    files = paths_of(brief.out)
    assert not [path for path, content in files.items() for name in names if name in content]
    assert daos in files[f"gtin/{OTHER}/index.en.html"].decode()
    with nginx(tmp_path / "nginx", server_block(brief.app.extensions["config"], brief.out)) as server:
        assert server.ask("GET", f"/01/{OTHER}/10/LOT-8").headers["location"] == f"/b/{daos}"  # there it is one batch's
        linkset = server.ask("GET", f"/01/{OTHER}?linkType=linkset", Accept_Language="en").body.decode()
        assert (daos in linkset, "Phou Noy" in linkset) == (True, False)
        answered = opened(server, f"/b/{daos}", f"/gtin/{OTHER}", f"/gtin/{OTHER}?10=LOT-9")
        assert {address: status for address, status in answered.items() if status >= 400} == {}


def test_labels_that_were_made_since_lead_on_before_nginx_reads_its_map_again(brief: House, tmp_path: Path) -> None:
    with nginx(tmp_path / "nginx", server_block(brief.app.extensions["config"], brief.out)) as server:
        world = brief.world
        packed = world.packed(world.lot(world.delivery(100_000, world.sida)))
        made = world.released(world.sealed(packed, gtin=GTIN, own_number="LOT-12"))
        world.do(world.malee, gs1.set_gs1, SetGs1, gln="9506000404066")
        brief.publish()
        house = f"/organisation/{world.cooperative.org_code}"
        for label, leads_to in ((f"/01/{GTIN}/10/LOT-12", f"/b/{made}"), ("/417/9506000404066", house)):
            answer = server.ask("GET", label)
            assert (answer.status, f"url={leads_to}" in answer.body.decode()) == (200, True)
        assert server.ask("GET", f"/01/{GTIN}/10/LOT-7").headers["location"] == f"/b/{brief.ours}"
        assert server.ask("GET", f"/b/{made}").status == 200


def test_two_at_once_and_a_folder_of_others_are_refused(house: House, tmp_path: Path) -> None:
    with held(house.out), pytest.raises(AlreadyPublishing):
        house.publish()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letters.txt").write_text("dear")
    with pytest.raises(FolderOfOthers):
        publish(house.app, tmp_path / "home")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["letters.txt"]


def test_a_run_that_broke_is_gone_on_with(brief: House, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(brief.out)
    looked = said_of
    asked: Counter[str] = Counter()

    def breaks(database: Any, answers: Any, edition: str, batch: Published) -> Said:
        asked[batch.code] += 1
        if batch.code == brief.ours and asked[batch.code] == 2:  # at first only to know what is to be written
            raise DatabaseSilent()
        return looked(database, answers, edition, batch)

    monkeypatch.setattr(run, "said_of", breaks)
    with pytest.raises(DatabaseSilent):
        brief.publish()
    monkeypatch.undo()
    first = set(paths_of(brief.out)) - {".writing"}
    assert of_batch(first, brief.sidas)
    (brief.out / ".new").write_bytes(b"half of a page")
    (brief.out / "b" / brief.sidas / "half.html").write_bytes(b"of a run that was killed")
    done = brief.publish()
    assert set(done.files).isdisjoint(first)
    assert done.removed == [f"b/{brief.sidas}/half.html"]
    assert of_batch(done.files, brief.ours)
    assert brief.publish() == Written()
    assert {path.name for path in brief.out.iterdir() if path.name.startswith(".")} == {
        MANIFEST,
        ".lock",
        ".codes.map",
        ".links.map",
        ".pallets.map",
        ".well-known",
    }


def test_what_cannot_be_answered_is_told_and_asked_for_again(brief: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A photo is taken back between the page that shows it and the question for it."""
    world = brief.world
    said = {"reason": "Residue", "action": "Bring it back"}
    world.do(world.ines, inspection.recall, facts.RecallGoods, lot=brief.ours, **said)
    world.do(world.ines, inspection.recall, facts.RecallGoods, farmer=world.sida, **said)
    brief.app.testing = False
    monkeypatch.setattr("traceability.web.attachments._shown", lambda typed, paper: batches.found_by("NOBATCH"))
    broken = brief.publish()
    assert [address for address in broken.unanswered if f"/b/{brief.ours}/papers/" in address]
    assert of_batch(broken.files, brief.sidas)  # the others are not held up
    monkeypatch.undo()
    done = brief.publish()
    assert (done.unanswered, bool(of_batch(done.files, brief.ours))) == ([], True)
    assert brief.publish() == Written()
