"""What GS1 labels say: an article, its lots and boxes, pallets, places and organisations; and the lists of articles."""

from __future__ import annotations

from string import Template
from typing import Final

from traceability.domain import linkset
from traceability.web.nginx.digital_links import KEYS

_LABELS: Final = Template(
    r"""    location ~ "^/($keys)/.*/index\.html$$" { internal; }
    location ~ "^/01/(?<gtin>[^/]+)" {
        if ($$malformed) { return $bad; }
$finest        if ($$found ~ "^/gtin/") { rewrite ^ $$found/choices last; }
        if ($$found = "") { rewrite ^ /article/$$gtin last; }
        if ($$asked = linkset) { rewrite ^ $$found/linkset.$$spoken.json last; }
        if ($$target) { return 307 $$target; }
        return 406;
    }
    location ~ "^/article/(?<gtin>[0-9]{14})$$" {
        internal;
        if ($$asked = linkset) { rewrite ^ /gtin/$$gtin/linkset.$$spoken.json last; }
        if (!-f $$document_root/gtin/$$gtin/index.html) { return 404; }
        if ($$below_article) { return 307 /gtin/$$below_article; }
        return 406;
    }
    location ~ "^(?<several>/gtin/[0-9]{14}/10/[0-9A-F]+)/choices$$" {  # two organisations say one number
        internal;
        if ($$asked = linkset) { rewrite ^ $$several/linkset.$$spoken.json last; }
        if (!-f $$document_root$$several/$$choosing.$$spoken.$$as_what) { return 406; }
        rewrite ^ $$several last;
    }
    location ~ "^(?<several>/gtin/[0-9]{14}/10/[0-9A-F]+)$$" {
        internal;
        error_page 409 =300 $$several/$$choosing.$$spoken.$$as_what;
        return 409;
    }
    location ~ "^/gtin/[0-9]{14}/10/[0-9A-F]+/[a-zA-Z]+\.[a-z]+\.(html|json)$$" {
        internal;
        types { text/html html; $linkset json; }
    }
    location ~ "^/(00|414|417)/.+$$" {
        if ($$malformed) { return $bad; }
$exact        if ($$found = "") { return 404; }
        if ($$asked = linkset) { rewrite ^ $$found/linkset.$$spoken.json last; }
        if ($$target) { return 307 $$target; }
        return 406;
    }
    location ~ "^/($keys)/.+$$" {
        if ($$malformed) { return $bad; }
        return 404;
    }
    location ~ "^/gtin/(?<gtin>[0-9]{14})$$" {
        if ($$no_gtin) { return $bad; }
        if ($$found_by_label ~ "^/b/") { return 307 $$led_to$$only_l; }
        if ($$found_by_label) { rewrite ^ $$found_by_label/list last; }
        if ($$said_lot) { rewrite ^ /gtin/$$gtin/unknown/page last; }
        try_files /gtin/$$gtin/$$shelf.$$spoken.html =404;
    }
    location ~ "^(?<list>/gtin/[0-9]{14}/10/[0-9A-F]+/list|/gtin/[0-9]{14}/unknown)(/page)?$$" {
        internal;
        try_files $$list/$$shelf.$$spoken.html =404;
    }
    location ~ "^/gtin/(?<gtin>[0-9]{13})$$" { rewrite ^ /gtin/0$$gtin last; }
    location ~ "^/gtin/(?<gtin>[0-9]{12})$$" { rewrite ^ /gtin/00$$gtin last; }
    location ~ "^/gtin/(?<gtin>[0-9]{8})$$" { rewrite ^ /gtin/000000$$gtin last; }
    location ~ "^/gtin/[^/]+$$" { return $bad; }"""
)
# Until nginx reads the map again, a label that was made since leads on by a page of its own.
_NEW: Final = """        if (!-f $document_root$new/index.html) { set $new ""; }
        if ($found) { set $new ""; }
        if ($asked != page) { set $new ""; }
        if ($new) { rewrite ^ $new/index.html last; }
"""
# Where no label of the batch has a number, whatever stands there belongs to somebody else, and is passed by.
_FINEST: Final = (
    """        set $numbered "";
        if (-f $document_root$led_to/21/numbered.$spoken.html) { set $numbered $said_box; }
        if ($numbered) { set $box_here /21/$said_box; }
        set $new $in_plain;
"""
    + _NEW
)
_EXACT: Final = (
    """        set $new $label;
"""
    + _NEW
)
# An application looks a box up, and may know by now of what was made after these files; while it is silent, the page
# of the batch's boxes says so, as it does where the box is asked for by the code of its batch.
_FINEST_ASKED: Final = """        set $box_of "";
        if ($said_box) { set $box_of $found; }
        if ($box_of ~ "^/b/") { rewrite ^ $led_to/21/box last; }
        if ($said_box) { return 404; }
        set $unknown_lot $said_lot;
        if ($found) { set $unknown_lot ""; }
        if ($unknown_lot) { return 404; }
"""
_EXACT_ASKED: Final = """        if ($found_by_label = "") { return 404; }
"""


def locations(before_an_application: bool) -> str:
    """Where they stand. An application is asked what is wrong with a label, and for what it may know by now."""
    return _LABELS.substitute(
        keys=KEYS,
        linkset=linkset.MEDIA_TYPE,
        bad=404 if before_an_application else 400,
        finest=_FINEST_ASKED if before_an_application else _FINEST,
        exact=_EXACT_ASKED if before_an_application else _EXACT,
    )
