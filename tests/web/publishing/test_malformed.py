"""nginx refuses the Digital Links that cannot be, and no other: its patterns against the reader of `domain.gs1`."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.serving import Server, asked
from tests.web.publishing.house import GLN, GTIN
from traceability.domain.gs1 import PATH_SEQUENCES, read_digital_link
from traceability.errors import Refusal
from traceability.web.nginx.malformed import of_path, of_query

WITH_LOT = f"/01/{GTIN}/10/LOT-7"
STARTS = (WITH_LOT, f"/01/{GTIN}", f"/01/{GTIN}/21/5", "/00/123456789012345675", f"/414/{GLN}", f"/417/{GLN}")
FIELDS = """
    00 01 02 10 15 17 21 22 30 37 99 235 251 254 400 402 403 410 414 422 423 426 427 3103 3109 7006 7007 8008 8017 8020
"""
VALUES = """
    09506000134352 123456789012345675 9506000404042 270101 270230 000100 240229 26010112 270101270102 418 5 A a%2Fb x+y
    %20 . %2e%2E 4181 12345678901234567 LOT-7
"""


def addresses(choose: random.Random) -> Iterator[str]:
    """Numbers with right and wrong check digits, and fields that fit together and do not.

    No path has dots alone in it: every server, and every browser before it, takes those for the way back.
    """
    fields, values = FIELDS.split(), VALUES.split()
    for _ in range(900):
        said = "&".join(f"{choose.choice(fields)}={choose.choice(values)}" for _ in range(choose.choice((1, 1, 2))))
        yield f"{choose.choice(STARTS)}?{said}"
    for key in ("00", "01", "414", "417", "402", "8017"):
        for length in (8, 12, 13, 14, 17, 18):
            yield from (f"/{key}/{choose.randrange(10**length):0{length}}" for _ in range(15))
    for key, sequences in PATH_SEQUENCES.items():
        for field in {field for sequence in sequences for field in sequence} | {"10", "21"}:
            one, two = (choose.choice([value for value in values if value not in (".", "%2e%2E")]) for _ in range(2))
            yield f"/{key}/{one}/{field}/{two}"


def test_nginx_refuses_the_addresses_that_the_application_refuses(alone: Server) -> None:
    counted = {True: 0, False: 0}
    with alone.connection() as connection:
        for address in addresses(random.Random(4)):
            try:
                read_digital_link(f"http://127.0.0.1{address}")
                sound = True
            except Refusal:
                sound = False
            counted[sound] += 1
            assert (asked(connection, "GET", address).status != 400) is sound, address
    assert min(counted.values()) > 60


def test_a_pattern_is_one_word_of_the_configuration() -> None:
    for pattern in (*of_path("https://trace.example.org"), *of_query()):
        assert len(pattern) < 4_000  # nginx reads no longer word
        assert '"' not in pattern
        assert "\\\\" not in pattern
