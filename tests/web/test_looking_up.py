"""Everything that stands as text on a label or a paper of ours leads to its page, however it is typed."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.cast import World
from tests.web.client import Client
from traceability.domain.identifiers import new_code
from traceability.domain.labelling import BuildPallet, SetGs1
from traceability.domain.reports import Told
from traceability.operations import gs1, pallets
from traceability.operations.reports import receive_report
from traceability.web.guessing import MOST

LAO = str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙")
SITE = "https://trace.example"


@pytest.fixture
def batch(world: World) -> str:
    return world.released(world.sealed(world.packed(count=10)))


def typings(code: str) -> tuple[str, ...]:
    return code, code.lower(), f"{code[:4]} {code[4:]}", f"{code[:4]}-{code[4:].lower()}", code.translate(LAO)


def led(visitor: Client, typed: str) -> str:
    return visitor.get(f"/find?code={quote(typed)}", status=303).location


def test_a_pallet_by_its_code_its_number_and_its_address(visitor: Client, world: World, batch: str) -> None:
    world.do(world.malee, gs1.set_gs1, SetGs1, company_prefix="8850999")
    built = world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=batch, first=1, last=4)
    code, sscc = built["pallet"], built["sscc"]
    for typed in (*typings(code), f"{SITE}/PALLET/{code}", f"{SITE}/pallet/{code.lower()}?l=vi"):
        assert led(visitor, typed) == f"/pallet/{code}"
    spaced = f"(00) {sscc[0]} {sscc[1:8]} {sscc[8:17]} {sscc[17]}"
    for typed in (sscc, f"(00){sscc}", f"00{sscc}", spaced, spaced.translate(LAO), f"{SITE}/00/{sscc}"):
        assert led(visitor, typed) == f"/00/{sscc}"
    wrong = visitor.get(f"/find?code={sscc[:-1]}{9 - int(sscc[-1])}", status=404)
    assert "Its check digit does not fit" in wrong.text
    assert "8 letters and digits. Copy it" not in wrong.text


def test_a_pallet_of_a_batch_that_waits_is_as_unknown_as_one_that_there_never_was(
    visitor: Client, world: World
) -> None:
    hidden = world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=world.sealed(), first=1, last=2)["pallet"]
    assert led(visitor, hidden) == f"/b/{hidden}"
    assert "We do not know this code" in visitor.get(f"/b/{hidden}", status=404).text


def test_coffee_by_the_mark_on_its_bag(visitor: Client, world: World) -> None:
    marked = world.released(world.sealed(world.packed(count=10), ico="105/9901/0017"))
    world.sealed(world.packed(count=5), ico="105/9901/0018")  # not released
    for typed in ("105/9901/0017", "105-9901-17", "105 9901 0017", "105/9901/0017".translate(LAO)):
        assert led(visitor, typed) == f"/b/{marked}"
    for typed in ("105/9901/0018", "105/9901/17 x", "001/9901/0017"):
        assert "Copy it" in visitor.get(f"/find?code={quote(typed)}", status=404).text
    twice = world.sealed(world.packed(count=4), ico="105/9901/0017", confirmed=True)  # as in another year
    again = world.released(twice)
    both = visitor.get("/find?code=105/9901/0017", status=300).html
    assert marked in both
    assert again in both


def test_a_report_by_its_number_shows_what_became_of_it(visitor: Client, world: World, batch: str) -> None:
    told = Told(client_id="stranger-1", differs="seal")
    number = world.database.write(lambda session: receive_report(session, batch, told, None, "en"))
    for typed in (*typings(number), f"{SITE}/b/{batch}/report/{number}"):
        assert led(visitor, typed) == f"/b/{batch}/report/{number}"
    assert "Number of your report" in visitor.get(f"/b/{batch}/report/{number}").text


def test_a_receipt_by_its_code_and_its_address(visitor: Client, world: World) -> None:
    delivery, home = world.delivery(), world.cooperative.org_code
    for typed in (*typings(delivery), f"{SITE}/R/{delivery}"):
        assert led(visitor, typed) == f"/r/{delivery}"
    assert led(visitor, f"{SITE}/r/{home}/phone-0001-weigh-1") == f"/r/{home}/phone-0001-weigh-1"


def test_a_box_an_article_a_card_and_a_certificate(visitor: Client, world: World, batch: str) -> None:
    serial = "0123456789ABCDEFGHJK"
    for typed in (f"{batch} {serial}", f"{SITE}/B/{batch}/21/{serial}"):
        assert led(visitor, typed) == f"/b/{batch}/21/{serial}"
    assert led(visitor, "9506000134352") == "/gtin/09506000134352"
    assert led(visitor, f"{world.amina[:4]} {world.amina[4:].lower()}") == f"/f/{world.amina}"
    assert led(visitor, f"{batch[:4]} {batch[4:].lower()} - 1") == f"/b/{batch}-1"
    assert led(visitor, f"{SITE}/organisation/{world.cooperative.org_code}").endswith(world.cooperative.org_code)


def test_a_line_of_brackets_leads_to_the_box_and_a_lot_with_a_slash_stays_whole(
    visitor: Client, world: World, batch: str
) -> None:
    serial, article = "0123456789ABCDEFGHJK", "(01)09506000134352(10)A1/2"
    assert led(visitor, article) == "/01/09506000134352/10/A1%2F2"
    assert led(visitor, f"{article}(21){serial}") == f"/01/09506000134352/10/A1%2F2/21/{serial}"
    assert visitor.get(f"/find?l=lo&code={quote(article)}", status=303).location.endswith("/10/A1%2F2?l=lo")


def test_trying_codes_here_is_told_to_wait_and_what_is_known_is_not(visitor: Client, world: World, batch: str) -> None:
    for _ in range(MOST):
        assert led(visitor, "00000000") == "/b/00000000"
    visitor.get("/find?code=00000000", status=429)
    assert led(visitor, batch) == f"/b/{batch}"


def test_whoever_tries_numbers_of_any_kind_is_told_to_wait_and_right_ones_are_answered(
    visitor: Client, world: World, batch: str
) -> None:
    tried = (
        f"/pallet/{new_code()}",
        f"/place/{new_code()}",
        f"/organisation/{new_code()}",
        "/01/09506000134376/10/LOT-7",
    )
    for address in (*tried * (MOST // len(tried)),):
        visitor.get(address, status=404)
    for address in tried:
        assert visitor.get(address, status=429).response.headers["Retry-After"] == "60"
    assert visitor.get(f"/b/{batch}").heading == "Green coffee"
