"""Measuring, holds, recalls and papers: D1 -> G1 -> P1 is stopped at D1 and everything below it shows it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.web.client import Client, Page
from tests.web.sending import OURS
from tests.web.stocked import Stocked, said
from traceability.domain.facts import RecallGoods
from traceability.operations import inspection

SignedIn = Callable[..., Client]


def plain(page: Page) -> str:
    return page.text.replace("\xa0", " ")


def test_a_result_is_kept_with_its_verdict(stock: Stocked, signed_in: SignedIn) -> None:
    inspector, lot = signed_in("vieng", "inspector"), stock.green()
    typed: dict[str, Any] = {
        "measured-0-property": "moisture_percent",
        "measured-0-value": "11.5",
        "measured-0-passed": "yes",
    }
    saved = inspector.submit(inspector.get(f"/measure?lot={lot}"), "/measure", **typed)
    assert saved.location == f"/lots/{lot}"
    assert "Moisture: 11.5" in plain(inspector.get(f"/lots/{lot}"))
    empty = inspector.submit(inspector.get(f"/measure?lot={lot}"), "/measure", status=422)
    assert "Fill this in" in empty.text
    assert "ຄວາມຊຸ່ມ: 11,5" in plain(inspector.get(f"/lots/{lot}?l=lo"))


def test_a_hold_stops_a_lot_until_somebody_says_how_it_ended(stock: Stocked, signed_in: SignedIn) -> None:
    inspector, clerk, lot = signed_in("vieng", "inspector"), signed_in("bakari", "clerk"), stock.green()
    inspector.submit(inspector.get(f"/hold?lot={lot}"), "/hold", reason="smells of smoke")
    stopped = clerk.submit(clerk.get(f"/split?lot={lot}"), "/split", status=409, **{"parts-0-mass_g": "10"})
    assert "smells of smoke" in stopped.text
    listed = inspector.get("/holds")
    assert "smells of smoke" in listed.text
    close = next(link for link in listed.links() if link.startswith("/hold/close"))
    unsaid = inspector.submit(inspector.get(close), "/hold/close", status=422, outcome="cupped again")
    assert "Fill this in" in unsaid.text
    inspector.submit(unsaid, "/hold/close", passed="1")
    clerk.submit(clerk.get(f"/split?lot={lot}"), "/split", status=303, **{"parts-0-mass_g": "10"})


def test_a_hold_of_a_farmer_says_how_far_it_reaches_and_is_closed(
    stock: Stocked, signed_in: SignedIn, visitor: Client
) -> None:
    inspector, batch = signed_in("vieng", "inspector"), stock.released(2)
    page = inspector.get(f"/hold?farmer={stock.farmer}")
    assert "Amina" in page.heading
    assert "120 kg" in plain(page)
    refused = inspector.submit(page, "/hold", status=422, reason="")
    assert "Fill this in" in refused.text
    done = inspector.submit(refused, "/hold", reason="smells of smoke", action="keep it apart")
    assert done.location == "/holds"
    shown = visitor.get(f"/b/{batch}")
    assert "This lot is on hold" in shown.text
    assert "keep it apart" in shown.text
    assert "Amina" not in shown.html[: shown.html.index("smells of smoke") + 200]
    listed = inspector.get("/holds")
    assert "Amina" in listed.text
    close = next(link for link in listed.links() if link.startswith("/hold/close"))
    closing = inspector.get(close)
    assert "Amina" in closing.text
    assert "Goods" not in [term.text for term in closing.root.all("dt")]  # of a lot only
    inspector.submit(closing, "/hold/close", passed="1", outcome="cupped, clean")
    assert "This lot is on hold" not in visitor.get(f"/b/{batch}").text


def test_a_hold_of_a_plot_is_asked_for_beside_the_lots(stock: Stocked, signed_in: SignedIn, dao: Client) -> None:
    inspector = signed_in("vieng", "inspector")
    stock.green()
    for name in ("farmer", "plot"):
        assert f'name="{name}"' in inspector.get("/hold").html
    asked = inspector.get(f"/hold?plot={stock.plot}")
    assert "Upper field" in asked.heading
    inspector.submit(asked, "/hold", reason="sprayed too late")
    assert "Upper field" in inspector.get("/holds").text
    dao.get(f"/hold?farmer={stock.farmer}", status=404)
    dao.get(f"/hold?plot={stock.plot}", status=404)
    inspector.get("/hold?farmer=NOBODYS", status=404)
    assert f"/hold?farmer={stock.farmer}" in signed_in("mali", "manager").get(f"/farmers/{stock.farmer}").links()


def test_a_recall_says_how_far_it_reaches_before_it_happens(
    stock: Stocked, signed_in: SignedIn, visitor: Client
) -> None:
    manager, batch = signed_in("mali", "manager"), stock.released(2)
    asked = manager.get(f"/recall?farmer={stock.farmer}")
    assert "120 kg" in plain(asked)
    assert "Amina" in asked.text
    assert "Recalled" not in visitor.get(f"/b/{batch}").text
    refused = manager.submit(asked, "/recall", status=422, reason="wrong pesticide")
    manager.submit(refused, "/recall", action="do not sell")
    for language in ("en", "lo"):  # what was typed on an English page is called English on all
        marked = visitor.get(f"/b/{batch}?l={language}").root.all("p")
        assert {one.text for one in marked if one.attributes.get("lang") == "en"} == {"wrong pesticide", "do not sell"}
    lift = next(link for link in manager.get("/holds").links() if link.startswith("/recall/lift"))
    manager.submit(manager.get(lift), "/recall/lift", outcome="the laboratory found none")
    page = visitor.get(f"/b/{batch}")
    assert "wrong pesticide" not in page.html[: page.html.index("<h1>")]
    assert "Recalled before" in page.text


def test_the_phone_of_a_recall_is_a_number(stock: Stocked, signed_in: SignedIn, visitor: Client) -> None:
    manager, batch = signed_in("mali", "manager"), stock.released(1)
    said: dict[str, Any] = {"reason": "residue", "action": "send it back"}
    asked = manager.get(f"/recall?lot={batch}")
    for wrong in ("call us", "12", "+856 20 5550 0101 / 020 5550 0102", "020 5550 call", "+"):
        refused = manager.submit(asked, "/recall", status=422, phone=wrong, **said)
        assert "Write one phone number, in digits." in refused.text
        assert refused.filled_in("/recall")["phone"] == [wrong]
    manager.submit(asked, "/recall", phone="໐໒໐ 5550-0101", **said)
    assert "tel:0205550-0101" in visitor.get(f"/b/{batch}").links()


def test_a_recall_of_no_known_page_is_in_the_language_of_its_country(stock: Stocked, visitor: Client) -> None:
    batch = stock.released(1)
    stock.do(inspection.recall, RecallGoods(**said(farmer=stock.farmer, reason="ສານຕົກຄ້າງ", action="ສົ່ງຄືນ")))
    marked = visitor.get(f"/b/{batch}?l=vi").root.all("p")
    assert len([one for one in marked if one.attributes.get("lang") == "lo"]) == 2


def test_a_recalled_batch_is_nowhere_green_on_its_lots_page(stock: Stocked, signed_in: SignedIn) -> None:
    manager = signed_in("mali", "manager")
    lot = stock.released()
    manager.submit(manager.get(f"/recall?lot={lot}"), "/recall", reason="glass", action="send it back")
    page = manager.get(f"/lots/{lot}")
    assert "band--stop" in page.html
    assert "band--ok" not in page.html


def test_a_recall_of_a_plot_or_a_lot_shows_its_target(stock: Stocked, signed_in: SignedIn) -> None:
    manager, lot = signed_in("mali", "manager"), stock.green(60_000)
    assert "Upper field" in manager.get(f"/recall?plot={stock.plot}").heading
    assert "60 kg" in plain(manager.get(f"/recall?lot={lot}"))
    assert manager.get("/recall").heading == "Recall goods"


def test_what_a_drill_started_from_is_recalled_at_once_and_only_once(
    stock: Stocked, signed_in: SignedIn, dao: Client
) -> None:
    manager, lot, other = signed_in("mali", "manager"), stock.green(60_000), stock.green(40_000)
    drill = manager.get(f"/recall/drill?of={lot}&of={other}")
    asked = manager.get(next(link for link in drill.links() if link.startswith("/recall?of=")))
    assert "100 kg" in plain(asked)
    manager.submit(asked, "/recall", status=422, reason="residue")
    for _ in range(2):
        manager.submit(asked, "/recall", reason="residue", action="send it back")
    listed = manager.get("/holds")
    assert sum(link.startswith("/recall/lift") for link in listed.links()) == 2
    for stopped in (lot, other):
        assert "band--stop" in manager.get(f"/lots/{stopped}").html


def test_where_one_of_many_is_nobodys_none_is_recalled(stock: Stocked, signed_in: SignedIn, dao: Client) -> None:
    manager, lot = signed_in("mali", "manager"), stock.green(60_000)
    manager.get(f"/recall?of={lot}&of=NOBODYS", status=404)
    dao.get(f"/recall?of={lot}", status=404)
    asked = manager.get(f"/recall?of={lot},{stock.plot}")
    assert "Upper field" in asked.heading
    manager.submit(asked, "/recall", status=404, of=f"{lot},NOBODYS", reason="residue", action="send it back")
    assert not any(link.startswith("/recall/lift") for link in manager.get("/holds").links())


def test_a_photo_is_kept_small_and_served_as_a_file(stock: Stocked, signed_in: SignedIn, dao: Client) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green()
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    picture.seek(0)
    clerk.submit(clerk.get(f"/attach?lot={lot}"), "/attach", title="Scale", content=(picture, "../../scale.png"))
    link = next(link for link in clerk.get(f"/lots/{lot}").links() if link.startswith("/attachments/"))
    kept = clerk.get(link)
    assert kept.response.mimetype == "image/jpeg"
    assert kept.response.headers["Content-Disposition"].startswith("attachment;")
    assert kept.response.headers["X-Content-Type-Options"] == "nosniff"
    dao.get(link, status=404)


def test_what_is_no_picture_and_no_paper_is_refused(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green()
    page = clerk.get(f"/attach?lot={lot}")
    script = (io.BytesIO(b"<script>alert(1)</script>"), "paper.pdf")
    refused = clerk.submit(page, "/attach", status=422, title="Paper", content=script)
    assert "Only pictures" in refused.text
    assert refused.filled_in("/attach")["title"] == ["Paper"]
    assert "#content" in refused.links()
    missing = clerk.submit(page, "/attach", status=422, title="Paper")
    assert "Choose a photo" in missing.text
    assert "#content" in missing.links()


def test_a_file_that_is_too_large_is_told_its_own_size(stock: Stocked, signed_in: SignedIn) -> None:
    clerk = signed_in("bakari", "clerk")
    form = clerk.get(f"/attach?lot={stock.green()}").filled_in("/attach")
    large = FileStorage(io.BytesIO(b"%PDF-" + bytes(3_999_995)), "paper.pdf")
    kind, body = encode_multipart({**{name: values[0] for name, values in form.items()}, "content": large})
    sent = f"multipart/form-data; boundary={kind}"
    answer = clerk.http.post("/attach", data=body, content_type=sent, headers=OURS)
    assert answer.status_code == 422
    assert "The file has 4 000 kB; 3 000 kB is the most" in answer.text.replace("\xa0", " ")


def test_an_outsider_finds_nothing_and_an_auditor_changes_nothing(
    stock: Stocked, signed_in: SignedIn, dao: Client
) -> None:
    lot = stock.green()
    for address in ("measure", "hold", "recall", "attach"):
        dao.get(f"/{address}?lot={lot}", status=404)
    dao.get(f"/recall?farmer={stock.farmer}", status=404)
    dao.get("/hold/close?hold=AAAAAAAA", status=404)
    auditor = signed_in("somsak", "auditor")
    assert "Nothing is on hold" in auditor.get("/holds").text
    for address in ("measure", "hold", "hold/close", "recall", "recall/lift", "attach"):
        auditor.post(f"/{address}", {"lot": lot}, status=403)
