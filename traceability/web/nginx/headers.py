"""What every answer says of itself: how long it may be kept, who may read it, and where all links are."""

from __future__ import annotations

from string import Template
from typing import Final

from traceability.config import Config
from traceability.domain import linkset
from traceability.web.batches import KEPT_SECONDS
from traceability.web.nginx.digital_links import KEYS
from traceability.web.security import CONTENT_SECURITY_POLICY, HEADERS, POLICY_OF_PAPERS

_MAPS: Final = Template(
    r"""
map "$$status $$uri $$arg_v" $$kept {
    default no-store;
    "~^200 /b/" "max-age=$seconds";
    "~^[23]0[0-9] /static/[^ ]+ [0-9a-f]+$$" "public, max-age=31536000, immutable";
    "~^[23]0[0-9] /static/" "public, max-age=300";
    "~^[0-9]+ /find/" no-store;
    "~^307 /gtin/" no-store;
    "~^404 /b/[^ ]+/21/none" "max-age=$seconds";
    "~^(200|206|300|304|307) " "max-age=$seconds";
}
map $$request_uri $$for_programs_here {
    default "";
    "~*^/(b|pallet|place|organisation)/[^/.?]++(/21/[^/?]++)?/?(\?|$$)" $$for_programs_if_links;
    "~^/($keys|gtin|\.well-known)/[^?]" yes;
}
map $$asked $$for_programs_if_links {
    default yes;
    page "";
}
map $$status $$for_programs {
    default $$for_programs_here;
    405 "";
}
map $$for_programs $$read_by_others {
    default "";
    yes "*";
}
map $$for_programs $$read_by_others_with {
    default "";
    yes "GET, HEAD, OPTIONS";
}
map $$for_programs $$read_by_others_too {
    default "";
    yes Link;
}
map $$status $$taken {
    default "";
    200 $$taken_by_options;
    405 "GET, HEAD, OPTIONS";
}
map $$request_method $$taken_by_options {
    default "";
    OPTIONS "GET, HEAD, OPTIONS";
}
map $$status $$links {
    default "";
    200 $$context;
    300 $$whole_set;
    307 $$whole_set;
}
map $$uri $$context {
    default "";
    "~/linkset\.[a-z]+\.json$$"
        '<$context>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"';
}
map $$anchor $$whole_set {
    default '<$root$$anchor?linkType=linkset>; rel="linkset"; type="$linkset"';
    "" "";
}
map $$request_method $$reads {  # a page that is told instead is read, whatever was sent
    volatile;
    default "";
    GET yes;
    HEAD yes;
}
map $$reads $$silent {  # what is told while an application is silent
    default 503;
    "" not-sent;
}
map $$uri $$policy {  # what strangers sent in is shown, and never run
    default "$policy";
    "~/papers/[0-9A-Z]+/whole\." "$policy_of_papers";
}
map $$uri $$saved_as {
    default "";
    "~/papers/(?<saved>[0-9A-Z]+)/whole\.pdf$$" 'attachment; filename="$$saved.pdf"';
}
"""
)
_SAID: Final = r"""    add_header Content-Security-Policy $policy always;
    add_header Content-Disposition $saved_as;
    add_header Cache-Control $kept always;
    add_header Vary "Accept, Accept-Language" always;
    add_header Access-Control-Allow-Origin $read_by_others always;
    add_header Access-Control-Allow-Methods $read_by_others_with always;
    add_header Access-Control-Expose-Headers $read_by_others_too always;
    add_header Allow $taken always;
    add_header Link $links always;
"""


def maps(root: str) -> str:
    """The maps; `root` is the address of the site."""
    return _MAPS.substitute(
        seconds=KEPT_SECONDS,
        keys=KEYS,
        context=linkset.CONTEXT,
        root=root,
        linkset=linkset.MEDIA_TYPE,
        policy=CONTENT_SECURITY_POLICY,
        policy_of_papers=POLICY_OF_PAPERS,
    )


def said(config: Config) -> str:
    """The headers, for the server."""
    secure = {"Strict-Transport-Security": "max-age=31536000"} if config.secure else {}
    fixed = {name: value for name, value in {**HEADERS, **secure}.items() if value != CONTENT_SECURITY_POLICY}
    return "".join(f'    add_header {name} "{value}" always;\n' for name, value in fixed.items()) + _SAID
