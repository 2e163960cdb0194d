"""What the address of a GS1 Digital Link says, and which of the published folders belongs to it."""

from __future__ import annotations

from string import Template
from typing import Final

from traceability.domain.gs1 import PATH_SEQUENCES
from traceability.web.nginx import malformed

KEYS: Final = "|".join(PATH_SEQUENCES)

_MAPS: Final = Template(
    r"""
map $$request_uri $$malformed {
    default "";
$of_path    "~\?(.*&)?[0-9]" $$malformed_query;
}
map $$request_uri $$malformed_query {
    default "";
$of_query}
map $$uri $$no_gtin {
    volatile;
    default "";
    "~$no_gtin" yes;
}
map $$request_uri $$said_gtin {
    default "";
    "~^/(01|gtin)/(?<gtin_said>[0-9]{14})([/?]|$$)" $$gtin_said;
}
map $$request_uri $$said_lot {
    default "";
    "~^/01/[0-9]+(/22/[^/?]+)?/10/(?<lot_said>[^/?]+)" $$lot_said;
    "~^/(01|gtin)/[^?]*\?(.*&)?10=(?<lot_said>[^&]+)" $$lot_said;
}
map $$request_uri $$said_box {
    default "";
    "~^/01/[0-9]+(/22/[^/?]+)?(/10/[^/?]+)?/21/(?<box_said>[^/?]+)" $$box_said;
    "~^/01/[^?]*\?(.*&)?21=(?<box_said>[^&]+)" $$box_said;
}
map $$request_uri $$label {  # as it is written in .links.map
    default /01/$$said_gtin/10/$$said_lot;
    "~^(?<element>/(00|414|417)/[0-9]+(/254/[^/?]+)?)" $$element;
}
map $$label $$found_by_label {
    default "";
    include "$folder/.links.map";
}
map $$uri $$in_plain {
    default "";
    "~^/01/(?<gtin_plain>[0-9]{14})(/22/[^/]+)?/10/(?<lot_plain>.+?)(/21/[^/]+)?/?$$" /01/$$gtin_plain/10/$$lot_plain;
    "~^(?<whole_place>/414/[0-9]+)/254/" $$whole_place;
}
map $$in_plain $$found_in_plain {  # signs that were coded without need, or the place without its part
    default "";
    include "$folder/.links.map";
}
map $$found_by_label $$found_by_either {
    default $$found_by_label;
    "" $$found_in_plain;
}
map $$uri $$found {
    volatile;
    default $$found_by_either;
    "~^/[bB]/(?<own_code>[0-9A-Z]{8})(/|$$)" /b/$$own_code;
    "~^(?<own_page>/(pallet|place|organisation)/[0-9A-Z]{8})(/|$$)" $$own_page;
}
map "$$found_by_either $$request_uri" $$anchor {  # the finest address of all that is known
    default $$led_to;
    "~ /gtin/" "";
    "~^/[^ ]+ /01/" /01/$$said_gtin/10/$$said_lot;
    "~^ /01/" /01/$$said_gtin;
    "~^/place/[^ ]+/254/[^ ]+ (?<whole>/414/[0-9]+/254/[^/?]+)" $$whole;
    "~^/[^ ]+ (?<element_known>/(00|414|417)/[0-9]+)" $$element_known;
}
"""
)


def maps(folder: str, root: str) -> str:
    """The maps; `folder` holds what was published, and `root` is the address of the site."""
    path, query = (
        "".join(f'    "~{pattern}" yes;\n' for pattern in found)
        for found in (malformed.of_path(root), malformed.of_query())
    )
    return _MAPS.substitute(folder=folder, of_path=path, of_query=query, no_gtin=malformed.not_a_gtin("/gtin/"))
