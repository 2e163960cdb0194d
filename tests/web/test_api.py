"""The main job through the API alone, and what a program may rely on when it says something twice."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.web.program import Program, organisation, token_of
from traceability.domain.roles import Actor

COFFEE = {"commodity": "arabica_coffee", "form": "dry_parchment"}
HERE = {"country": "LA", "province": "Champasak", "village": "Ban Nong Luang"}
PERSONAL = ("Amina Vongsavath", "+856 20 5550 1001")


@pytest.fixture
def bakari(app: Flask, cooperative: Actor) -> Program:
    """The program of Bakari's cooperative."""
    return Program(app, token_of(app, cooperative, "bakari"))


@pytest.fixture
def chiara(app: Flask) -> Program:
    """The program of Chiara, who imports."""
    return Program(app, token_of(app, organisation(app, "Chiara Trading", "CT"), "chiara"))


@pytest.fixture
def mill(bakari: Program) -> str:
    """The code of the cooperative's mill."""
    done = bakari.say("/facilities", name="Nong Luang mill", kind="dry_mill", prefix="NL", **HERE)
    return str(done["answer"]["facility"])


@pytest.fixture
def amina(bakari: Program) -> str:
    """The code of Amina, who grows."""
    done = bakari.say("/farmers", name=PERSONAL[0], phone=PERSONAL[1], **HERE)
    return str(done["answer"]["farmer"])


def delivery(bakari: Program, mill: str, farmer: str, *bags_g: int, **more: object) -> str:
    said = {"facility": mill, "farmer": farmer, "bags_g": list(bags_g), **COFFEE, **more}
    return str(bakari.say("/weigh-ins", **said)["answer"]["lot"])


def test_a_weigh_in_becomes_a_released_batch_of_another_organisation(
    bakari: Program, chiara: Program, mill: str, amina: str
) -> None:
    """`60 D1 + 40 D2 -> L1; L1 -> 80 W1 + 20 husk; W1 -> road -> R1; R1 -> B1`."""
    plot = bakari.say("/plots", farmer=amina, name="Upper", commodity="arabica_coffee", area_m2=12_000, country="LA")[
        "answer"
    ]["plot"]
    bounmy = bakari.say("/farmers", name="Bounmy Keosana", **HERE)["answer"]["farmer"]
    first = delivery(bakari, mill, amina, 60_000, plot=plot)
    second = delivery(bakari, mill, bounmy, 40_000)
    lot = bakari.say("/lots", facility=mill, deliveries=[first, second])["answer"]["lot"]
    green = bakari.say(
        "/processings",
        facility=mill,
        inputs=[{"lot": lot}],
        outputs=[{"form": "green", "mass_g": 80_000}],
        losses=[{"name": "husk", "mass_g": 20_000}],
    )["answer"]["lots"][0]
    house = chiara.say("/facilities", name="Trieste", kind="packing_house", prefix="TS", country="IT")

    sent = bakari.say("/dispatches", lot=green, to_organisation=code_of(chiara), vehicle="A 1234")["answer"]["transfer"]
    assert [row["code"] for row in chiara.get("/transfers")["items"]] == [sent]
    received = chiara.say("/receipts", transfer=sent, weighed_g=80_000)["answer"]["lot"]
    packed = chiara.say(
        "/packings",
        facility=house["answer"]["facility"],
        inputs=[{"lot": received}],
        form="green",
        unit="bag",
        count=2,
        mass_g=80_000,
    )["answer"]["lot"]
    maker = {"brand": "Caffè Chiara", "model": "Classic 250", "serial": "CC-0417"}
    marks = {"destination": "IT", "container": "MSKU1234565", **maker}
    assert chiara.say("/batches", 422, lot=packed, **{**marks, "brand": "x" * 81})["errors"].keys() == {"brand"}
    batch = chiara.say("/batches", lot=packed, **marks)["answer"]["batch"]
    kept = chiara.get(f"/batches/{batch}")
    assert kept["version"] == 0
    assert {name: kept["marks"][name] for name in maker} == maker
    chiara.say("/releases", batch=batch)

    dossier = chiara.get(f"/batches/{batch}/dossier")
    assert {name: dossier["marks"][name] for name in maker} == maker
    assert dossier["status"] == "released"
    assert sum(share["mass_g"] for share in dossier["shares"]) == dossier["mass_g"] == 80_000
    assert dossier["journey"][0]["kind"] == "weigh_in"
    back = chiara.get(f"/lots/{batch}/trace-back")
    assert [farm["mass_g"] for farm in back["farms"]] == [48_000, 32_000]
    assert {farm["name"] + farm["code"] + farm["number"] for farm in back["farms"]} == {""}
    forward = bakari.get(f"/lots/{first}/trace-forward")["rows"]
    assert [row["code"] for row in forward] == [first, lot, green, received, packed]
    assert forward[-1]["affected_g"] == 48_000
    assert forward[-1]["stock_g"] is None
    assert forward[0]["stock_g"] == 0
    events = chiara.get(f"/lots/{packed}/events")["items"]
    assert [event["kind"] for event in events] == ["pack", "seal", "release"]
    assert [line["mass_g"] for line in events[0]["postings"]] == [-80_000, 80_000]


def test_the_origins_of_a_released_batch_are_those_that_were_kept_with_it(
    bakari: Program, mill: str, amina: str
) -> None:
    """60 Amina + 40 Bounmy -> L -> P, counted first in first out, with a release each question says what it read"""
    bounmy = bakari.say("/farmers", name="Bounmy Keosana", number="0002", country="LA")["answer"]["farmer"]
    first, second = delivery(bakari, mill, amina, 60_000), delivery(bakari, mill, bounmy, 40_000)
    lot = bakari.say("/lots", facility=mill, deliveries=[first, second])["answer"]["lot"]
    house = bakari.say("/facilities", name="House", kind="packing_house", prefix="HS", country="LA")["answer"]
    bags = {"facility": house["facility"], "form": "green", "unit": "bag", "count": 2, "mass_g": 80_000}
    hulled = {"outputs": [{"form": "green", "mass_g": 80_000}], "losses": [{"name": "husk", "mass_g": 20_000}]}
    green = bakari.say("/processings", facility=mill, inputs=[{"lot": lot}], **hulled)["answer"]["lots"][0]
    packed = bakari.say("/packings", **bags, inputs=[{"lot": green}])["answer"]["lot"]
    refused = bakari.say("/batches", 409, lot=packed, counted_by="in_excess")
    assert (refused["name"], refused["status"]) == ("MethodRefused", 409)
    assert "not how many grams of each" in refused["detail"]
    assert bakari.say("/batches", 422, lot=packed, counted_by="by_luck")["errors"].keys() == {"counted_by"}
    batch = bakari.say("/batches", lot=packed, counted_by="first_in_first_out")["answer"]["batch"]
    assert bakari.get(f"/batches/{batch}")["counted_by"] == "first_in_first_out"
    before = bakari.get(f"/lots/{batch}/origins")
    assert (before["method"], before["frozen_version"]) == ("first_in_first_out", None)
    bakari.say("/releases", batch=batch)
    for by in ("farm", "plot", "organisation"):
        kept = bakari.get(f"/lots/{batch}/origins", by=by)
        assert (kept["method"], kept["frozen_version"]) == ("first_in_first_out", 1)
    assert bakari.get(f"/lots/{batch}/origins")["rows"] == before["rows"]
    for how, value in (("by", "input"), ("by", "day"), ("since", "2020-01-01")):
        traced = bakari.get(f"/lots/{batch}/origins", 200, **{how: value})
        assert (traced["method"], traced["frozen_version"]) == ("pro_rata", None)
    why = bakari.get(f"/lots/{batch}/why", of=amina)
    assert (why["method"], why["frozen_version"]) == ("pro_rata", None)
    methods = {row["method"]: row for row in bakari.get(f"/lots/{batch}/methods")["methods"]}
    assert {name: (row["counts"], row["frozen_version"]) for name, row in methods.items()} == {
        "pro_rata": (False, 1),
        "first_in_first_out": (True, 1),
        "identity_preserved": (False, None),
        "mass_balance": (False, None),
        "in_excess": (False, None),
    }
    back = bakari.get(f"/lots/{batch}/trace-back")
    assert (back["method"], back["frozen_version"]) == ("first_in_first_out", 1)
    assert bakari.get(f"/batches/{batch}/dossier")["origin_method"] == "first_in_first_out"


def code_of(program: Program) -> str:
    """The code of a program's organisation: its journal names it in the first entry."""
    return str(program.get("/events", limit=1)["items"][0]["kdes"]["organisation"])


def test_saying_the_same_again_changes_nothing_and_is_marked(bakari: Program, mill: str, amina: str) -> None:
    said = {"client_id": "receipt-0001", "facility": mill, "farmer": amina, "bags_g": [48_500], **COFFEE}

    first, again = bakari.send("/weigh-ins", said), bakari.send("/weigh-ins", said)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert again.get_json() == {**first.get_json(), "replayed": True}
    assert len(bakari.get("/lots")["items"]) == 1


def test_other_contents_under_the_same_client_id_are_refused(bakari: Program, mill: str, amina: str) -> None:
    said = {"client_id": "receipt-0001", "facility": mill, "farmer": amina, "bags_g": [48_500], **COFFEE}
    bakari.send("/weigh-ins", said)

    refused = bakari.send("/weigh-ins", {**said, "bags_g": [48_600]})

    assert refused.status_code == 422
    assert refused.get_json()["type"] == "/problems/SaidDifferently"
    assert bakari.get("/lots")["items"][0]["made_g"] == 48_500


def test_the_client_id_may_stand_in_the_header(bakari: Program) -> None:
    said = {"name": "Sida Phanthavong", **HERE}

    first = bakari.send("/farmers", said, Idempotency_Key='"form-of-sida"')
    again = bakari.send("/farmers", said, Idempotency_Key="form-of-sida")

    assert first.get_json()["client_id"] == "form-of-sida"
    assert again.headers["Idempotent-Replayed"] == "true"
    missing = bakari.send("/farmers", said)
    assert missing.get_json()["errors"] == {"client_id": ["Fill this in."]}


def test_what_has_no_time_happened_now_where_the_organisation_is(bakari: Program, mill: str, amina: str) -> None:
    lot = bakari.get(f"/lots/{delivery(bakari, mill, amina, 48_500)}")

    assert abs(datetime.fromisoformat(lot["made_at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert lot["zone_minutes"] == 420


def test_a_time_keeps_its_zone_and_the_future_is_refused(bakari: Program, mill: str, amina: str) -> None:
    code = delivery(bakari, mill, amina, 48_500, occurred_at="2026-11-02T08:15:00+05:30")
    lot = bakari.get(f"/lots/{code}")
    assert (lot["made_at"], lot["zone_minutes"]) == ("2026-11-02T02:45:00+00:00", 330)

    said = {"facility": mill, "farmer": amina, "bags_g": [48_500], **COFFEE}
    refused = bakari.say("/weigh-ins", 422, **said, occurred_at="2126-11-02T08:15:00+07:00")
    assert (refused["name"], refused["at"]) == ("FromTheFuture", "occurred_at")


def test_what_looks_unusual_is_asked_and_taken_when_confirmed(bakari: Program, mill: str, amina: str) -> None:
    said = {"client_id": "heavy-bag", "facility": mill, "farmer": amina, "bags_g": [480_000], **COFFEE}

    asked = bakari.say("/weigh-ins", 422, **said)
    assert asked["name"] == "NeedsConfirming"
    assert [said.replace("\xa0", " ") for said in asked["warnings"]] == ["480 kg in one bag? Usual is 20 kg to 60 kg."]

    assert bakari.say("/weigh-ins", **said, confirmed=True)["answer"]["mass_g"] == 480_000


def test_a_list_goes_on_where_it_ended_and_new_rows_come_at_the_end(bakari: Program, amina: str) -> None:
    names = ["B", "C", "D", "E"]
    for name in names[:3]:
        bakari.say("/farmers", name=name, **HERE)

    first = bakari.get("/farmers", limit=2)
    bakari.say("/farmers", name=names[3], **HERE)
    rest = bakari.get("/farmers", limit=10, after=first["next"])

    assert [row["name"] for row in first["items"] + rest["items"]] == [PERSONAL[0], *names]
    assert first["next"] == first["items"][-1]["code"]
    assert rest["next"] is None
    assert bakari.get("/farmers", 422, after="NOWHERE")["name"] == "NoSuchCursor"
    assert bakari.get("/farmers", 422, limit=1000)["errors"] == {"limit": ["This must be 200 or less."]}


def test_official_codes_and_certificates_say_what_they_cover(bakari: Program, mill: str, amina: str) -> None:
    for code in ("LA/1", "LA/2"):
        bakari.say("/registrations", scheme="packing_house", official_code=code, facilities=[mill])
    bakari.say("/suspensions", scheme="packing_house", official_code="LA/1", from_on="2026-10-01", reason="Audit")
    bakari.say(
        "/certificates",
        scheme="organic",
        number="ORG-7",
        issuer="Certifier",
        custody="segregated",
        valid_from="2026-01-01",
        farmers=[amina],
    )

    first = bakari.get("/registrations", limit=1)
    assert first["items"][0]["facilities"] == [mill]
    assert first["items"][0]["suspensions"] == [
        {"from_on": "2026-10-01", "to_on": None, "reason": "Audit", "in_error": False}
    ]
    rest = bakari.get("/registrations", after=first["next"])
    assert [row["official_code"] for row in rest["items"]] == ["LA/2"]
    assert bakari.get("/certificates")["items"][0]["farmers"] == [amina]


def test_a_hold_a_recall_and_a_correction_are_said_and_read(bakari: Program, mill: str, amina: str) -> None:
    said = {"facility": mill, "farmer": amina, "bags_g": [48_500], **COFFEE}
    done = bakari.say("/weigh-ins", **said)
    lot = done["answer"]["lot"]

    hold = bakari.say("/holds", lot=lot, reason="Smells of smoke")["answer"]["hold"]
    assert bakari.say("/disposals", 201, lot=lot, mass_g=500, reason="Sample burnt")["kind"] == "dispose"
    assert bakari.get(f"/holds/{hold}")["closed_at"] is None
    bakari.say("/closed-holds", hold=hold, passed=True, outcome="Cupped, clean")
    of_farm = bakari.say("/holds", farmer=amina, reason="Wrong spray")["answer"]["hold"]
    kept = bakari.get(f"/holds/{of_farm}")
    assert (kept["lot"], kept["plot"], kept["farmer"]) == (None, None, amina)
    assert bakari.say("/holds", 422, reason="Wrong spray")["status"] == 422
    bakari.say("/closed-holds", hold=of_farm, passed=True, outcome="It was another farm")
    recall = bakari.say("/recalls", farmer=amina, reason="Wrong spray", action="Send it back")["answer"]["recall"]
    bakari.say("/lifted-recalls", recall=recall, outcome="It was another farm")

    assert bakari.get(f"/holds/{hold}")["passed"] is True
    assert bakari.get(f"/recalls/{recall}")["farmer"] == amina
    kinds = [event["kind"] for event in bakari.get(f"/lots/{lot}/events")["items"]]
    assert kinds == ["weigh_in", "hold", "dispose", "close_hold"]
    wrong = bakari.say("/weigh-ins", **{**said, "bags_g": [48_700]})
    bakari.say("/error-declarations", event=wrong["event"], reason="did_not_occur", note="Typed twice")
    assert bakari.get(f"/lots/{wrong['answer']['lot']}")["void"] is True


def test_every_answer_names_its_own_entry_also_where_it_is_about_another(
    bakari: Program, mill: str, amina: str
) -> None:
    weighed = bakari.say("/weigh-ins", facility=mill, farmer=amina, bags_g=[48_500], **COFFEE)

    asked = bakari.say("/correction-requests", event=weighed["event"], mass_g=4_000, reason="a slip", confirmed=True)
    approved = bakari.say("/approvals", request=asked["event"])
    twice = bakari.say("/weigh-ins", facility=mill, farmer=amina, bags_g=[48_600], **COFFEE)
    declared = bakari.say("/error-declarations", event=twice["event"], reason="twice")

    said = {event["code"]: event["kind"] for event in bakari.get("/events")["items"]}
    for done, kind in ((asked, "ask_correction"), (approved, "approve"), (declared, "declare_error")):
        assert (done["kind"], said[done["event"]]) == (kind, kind)
    assert declared["answer"]["event"] == twice["event"]
    lot = weighed["answer"]["lot"]
    assert [event["kind"] for event in bakari.get(f"/lots/{lot}/events")["items"]][:2] == ["weigh_in", "correct_weight"]


def test_whose_a_weigh_in_was_is_corrected(bakari: Program, mill: str, amina: str) -> None:
    sida = bakari.say("/farmers", name="Sida Phanthavong", **HERE)["answer"]["farmer"]
    weighed = bakari.say("/weigh-ins", facility=mill, farmer=amina, bags_g=[48_500], **COFFEE)
    said = {"event": weighed["event"], "farmer": sida, "reason": "Amina carried the bags"}

    done = bakari.say("/origin-corrections", **said)

    assert done["answer"] == {**done["answer"], "lot": weighed["answer"]["lot"], "batches": [], "others": 0}
    kinds = [event["kind"] for event in bakari.get(f"/lots/{weighed['answer']['lot']}/events")["items"]]
    assert kinds == ["weigh_in", "correct_origin"]
    assert bakari.say("/origin-corrections", 422, **said)["name"] == "SameOrigin"


def test_a_paper_is_kept_and_what_is_no_paper_is_not(bakari: Program, mill: str, amina: str) -> None:
    lot = delivery(bakari, mill, amina, 48_500)
    paper = {"lot": lot, "title": "Weighing list"}

    kept = bakari.say("/attachments", **paper, content=base64.b64encode(b"%PDF-1.4 a list").decode())
    assert kept["answer"]["lot"] == lot
    assert bakari.get(f"/lots/{lot}/events")["items"][-1]["kind"] == "attach"
    for content in ("", "not base64!", "ກ", 5):
        assert list(bakari.say("/attachments", 422, **paper, content=content)["errors"]) == ["content"]
    program = base64.b64encode(b"MZ a program").decode()
    assert bakari.say("/attachments", 422, **paper, content=program)["name"] == "NotAPictureOrPaper"


def test_a_lot_is_counted_explained_and_compared_over_the_api(
    bakari: Program, chiara: Program, mill: str, amina: str
) -> None:
    """60 Amina + 40 Bounmy -> L -> on the road to Chiara, who sees where it comes from as one line"""
    bounmy = bakari.say("/farmers", name="Bounmy Keosana", number="0002", country="LA")["answer"]["farmer"]
    first, second = delivery(bakari, mill, amina, 60_000), delivery(bakari, mill, bounmy, 40_000)
    lot = bakari.say("/lots", facility=mill, deliveries=[first, second])["answer"]["lot"]
    by_farm = bakari.get(f"/lots/{lot}/origins")
    assert [(row["code"], row["mass_g"], row["tenths"]) for row in by_farm["rows"]] == [
        (amina, 60_000, 600),
        (bounmy, 40_000, 400),
    ]
    assert [row["code"] for row in bakari.get(f"/lots/{lot}/origins", by="input")["rows"]] == [first, second]
    never = bakari.get(f"/lots/{lot}/origins", by="day", until="2020-01-01")
    assert (never["rows"], never["outside_g"], never["outside_tenths"]) == ([], 100_000, 1_000)
    assert bakari.get(f"/lots/{lot}/origins", 422, by="moon", since="soon")["errors"].keys() == {"by", "since"}
    why = bakari.get(f"/lots/{lot}/why", of=amina)
    assert (why["asked_g"], [row["whole_g"] for row in why["rows"]]) == (60_000, [100_000])
    assert bakari.get(f"/lots/{lot}/why", 404, of=lot[::-1] + "X")["name"] == "NotInThere"
    methods = bakari.get(f"/lots/{lot}/methods", not_allowed="1")
    assert [row["method"] for row in methods["methods"]][-1] == "in_excess"
    assert {row["code"]: row["mass_g"]["first_in_first_out"] for row in methods["farms"]} == {
        amina: 60_000,
        bounmy: 40_000,
    }
    sent = bakari.say("/dispatches", lot=lot, to_organisation=code_of(chiara))["answer"]["transfer"]
    received = chiara.say("/receipts", transfer=sent, weighed_g=100_000)["answer"]["lot"]
    for by in ("farm", "plot", "organisation", "input", "day"):
        [line] = chiara.get(f"/lots/{received}/origins", by=by)["rows"]
        assert (line["organisation"], line["number"], line["name"], line["mass_g"]) == (
            code_of(bakari),
            "",
            "",
            100_000,
        )
    assert chiara.get(f"/lots/{received}/why", 404, of=amina)["name"] == "NotInThere"
    [row] = chiara.get(f"/lots/{received}/why", of=code_of(bakari))["rows"]
    assert [(term["code"], term["number"]) for term in row["terms"]] == [("", "")]
    assert [farm["name"] for farm in chiara.get(f"/lots/{received}/methods")["farms"]] == [""]
    assert chiara.get(f"/lots/{lot}/origins", 404)["name"] == "NoSuchLot"


def test_a_trace_forward_over_the_api_starts_from_many(bakari: Program, chiara: Program, mill: str, amina: str) -> None:
    first, second = (delivery(bakari, mill, amina, mass) for mass in (60_000, 40_000))
    lot = bakari.say("/lots", facility=mill, deliveries=[first, second])["answer"]["lot"]
    rows = bakari.get("/trace-forward", of=f"{first}, {second}")["rows"]
    assert [(row["code"], row["source"], row["affected_g"]) for row in rows] == [
        (first, True, 60_000),
        (second, True, 40_000),
        (lot, False, 100_000),
    ]
    assert len(bakari.get("/trace-forward", place=mill)["rows"]) == 3
    assert bakari.get("/trace-forward", place=mill, until="2020-01-01")["rows"] == []
    assert bakari.get("/trace-forward")["rows"] == []
    assert chiara.get("/trace-forward", 404, of=first)["name"] == "NothingMeant"
    assert chiara.get("/trace-forward", 404, place=mill)["name"] == "NoSuchFacility"
