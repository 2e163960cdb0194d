"""What nginx looks up: a code is found by every spelling of it that the application forgives."""

from __future__ import annotations

from traceability.domain.identifiers import new_code, read_code
from traceability.queries.published import Published
from traceability.web.publishing.maps import code_map


def looked_up(batch: Published) -> dict[str, str]:
    lines = code_map([batch], []).decode().replace('"', "").splitlines()
    pairs = (line.removesuffix(";").rpartition(" ") for line in lines)
    return {typed: meant for typed, _, meant in pairs}


def test_a_code_is_found_with_signs_that_look_alike_and_with_something_between() -> None:
    code = new_code(lambda below: below // 3)
    found = looked_up(Published(code, zone_minutes=420, version=1, earlier=(), links=()))
    assert set(found.values()) == {code}
    for typed in found:
        assert read_code(typed.replace("%20", " ").replace("+", " ")) == code
    first = new_code(lambda below: 1)  # 1, and then almost nothing but 0
    assert first.startswith("1000000")
    found = looked_up(Published(first, zone_minutes=420, version=1, earlier=(), links=()))
    for typed in (first, f"I{first[1:]}", f"LOO0-OOO{first[7:]}", f"1OOO {first[4:]}"):
        assert read_code(typed) == found[typed] == first
    assert not [typed for typed in found if len(typed.replace("%20", " ")) not in (8, 9)]
