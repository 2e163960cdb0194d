"""A batch and what stands below it: pages in all versions, papers, data, and its boxes.

A code has no I, L, O or U: what has one, or a small letter, was typed by somebody, and is looked up as `codes` says.
"""

from __future__ import annotations

import re
from string import Template
from typing import Final

from traceability.documents.qr import DRAWINGS
from traceability.domain import linkset

# A version that a batch never had is nowhere answered with another one: a paper that names it would look checked.
_VERSIONS: Final = """        if (!-f $document_root/b/$code.json) { return 404; }
        if (!-f $document_root/b/$code$version.json) { return 410; }"""

_DRAWINGS: Final = "|".join(map(re.escape, DRAWINGS))
_BATCHES: Final = Template(
    r"""    location ~ "^/[bB]/(?<code>[0-9A-HJKMNP-TV-Z]{8})$$" {
        if (!-f $$document_root/b/$$code.json) { return 404; }
        if ($$asked = linkset) { rewrite ^ /b/$$code/linkset.$$spoken.json last; }
        if ($$elsewhere = none) { return 406; }
        if ($$elsewhere) { return 307 $$elsewhere; }
        if (!-f $$document_root/b/$$code$$version.json) { return 410; }
        if ($$rather_data) { rewrite ^ /b/$$code.json last; }
        try_files /b/$$code$$version/$$shelf.$$spoken.html /b/$$code/$$shelf.$$spoken.html =404;
    }
$boxes    location ~ "^/[bB]/(?<code_asked>[0-9A-Za-z]{4}[- +]?[0-9A-Za-z]{4})-(?<paper_version>[0-9]{1,6})/?$$" {
        if ($$code_meant = "") { return 404; }
        if ($$asked != page) { rewrite ^ /b/$$code_meant last; }
        if ($$rather_data) { return 308 /b/$$code_meant.json?version=$$paper_version$$also; }
        return 308 /b/$$code_meant/verify?version=$$paper_version$$also;
    }
    location ~ "^/b/(?<code>[0-9A-HJKMNP-TV-Z]{8})/certificate\.pdf$$" {
$versions
        try_files /b/$$code$$version/certificate.$$on_paper.pdf /b/$$code/certificate.$$on_paper.pdf =404;
    }
    location ~ "^/b/(?<code>[0-9A-HJKMNP-TV-Z]{8})/(?<drawing>$drawings)$$" {
        try_files /b/$$code/$$drawing =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-HJKMNP-TV-Z]{8})\.json$$" {
$versions
        try_files /b/$$code$$version.json =404;
    }
    location ~ "^/b/(?<code>[0-9A-HJKMNP-TV-Z]{8})/papers/(?<paper>[0-9A-Z]+)$$" {
        try_files /b/$$code/papers/$$paper/whole.jpg /b/$$code/papers/$$paper/whole.pdf =404;
    }
    location ~ "^/b/[0-9A-HJKMNP-TV-Z]{8}/papers/[0-9A-Z]+(/thumb)?\.jpg$$" { }
    location ~ "^/b/(?<code>[0-9A-HJKMNP-TV-Z]{8})/why/(?<sum>[^/.]+)$$" {
$versions
        if (!-d $$document_root/b/$$code$$version) { rewrite ^ /b/$$code/why/$$sum/chosen.$$spoken.html break; }
        try_files /b/$$code$$version/why/$$sum/chosen.$$spoken.html =404;
    }
    location ~ "^/b/(?<code>[0-9A-HJKMNP-TV-Z]{8})/(?<below>[^.]+)$$" {
$versions
        try_files /b/$$code$$version/$$below/$$shelf.$$spoken.html /b/$$code/$$below/$$shelf.$$spoken.html =404;
    }
    location ~ "/linkset\.[a-z]+\.json$$" {
        internal;
        types { }
        default_type $linkset;
    }
    location ~ "^/b/[0-9A-HJKMNP-TV-Z]{8}[./]." { return 404; }
    location ~ "^/[bB]/(?<code_asked>[^/.]+)/?$$" {
        if ($$code_meant = "") { return 404; }
        if ($$asked != page) { rewrite ^ /b/$$code_meant last; }
        return 308 /b/$$code_meant$$is_args$$args;
    }
    location ~ "^/b/(?<code_asked>[^/.]+)(?<below>[./].+)$$" {
        if ($$code_meant) { rewrite ^ /b/$$code_meant$$below last; }
        return 404;
    }"""
)
# The number of a box is in no file. Where labels with numbers were printed, the page says that it cannot be looked up
# here and names the batch, and a program gets the same with a status that nobody takes for a yes. Where none were
# printed, and for what cannot be such a number, files know as well as anybody that there is no such box.
_BOXES: Final = r"""    location ~ "^/b/[0-9A-HJKMNP-TV-Z]{8}/21/(numbered|none)\.[a-z]+\.(html|json)$" { internal; }
    location ~ "^/(?!b/[0-9A-HJKMNP-TV-Z]{8}/)[bB]/(?<code_asked>[^/.]+)/21/(?<box>[0-9A-HJKMNP-TV-Z]{20})$" {
        if ($code_meant = "") { return 404; }
        if ($asked != page) { rewrite ^ /b/$code_meant/21/$box last; }
        return 308 /b/$code_meant/21/$box$only_l;
    }
    location ~ "^/[bB]/(?<code_asked>[^/.]+)/21/(?<box>[0-9A-Za-z-]+)/$" {
        if ($code_meant = "") { return 404; }
        if ($asked != page) { rewrite ^ /b/$code_meant/21/$box last; }
        return 308 /b/$code_meant/21/$box$only_l;
    }
    location ~ "^/[bB]/(?<code>[0-9A-HJKMNP-TV-Z]{8})/21/(?<box>[0-9A-TV-Za-tv-z]{20})$" {
        if (!-f $document_root/b/$code.json) { return 404; }
        if ($asked = linkset) { rewrite ^ /b/$code/linkset.$spoken.json last; }
        if (-f $document_root/b/$code/21/numbered.$spoken.html) { set $box_here /21/$box; }
        if ($asked = page) { rewrite ^ /b/$code/21/$box/$box_form last; }
        if ($target) { return 307 $target; }
        return 406;
    }
    location ~ "^/b/(?<code>[0-9A-HJKMNP-TV-Z]{8})/21/[^/]+/html$" {
        internal;
        error_page 404 /b/$code/21/none.$spoken.html;
        try_files /b/$code/21/numbered.$spoken.html =404;
    }
    location ~ "^/b/(?<code>[0-9A-HJKMNP-TV-Z]{8})/21/[^/]+/json$" {
        internal;
        error_page 404 /b/$code/21/none.$spoken.json;
        error_page 503 /b/$code/21/numbered.$spoken.json;
        if (-f $document_root/b/$code/21/numbered.$spoken.json) { return 503; }
        return 404;
    }
    location ~ "^/b/(?<code>[0-9A-HJKMNP-TV-Z]{8})/21/none/none$" {
        internal;
        error_page 404 /b/$code/21/none.$spoken.$box_form;
        return 404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-HJKMNP-TV-Z]{8})/21/[^/]+$" {
        if (!-f $document_root/b/$code.json) { return 404; }
        if ($asked = linkset) { rewrite ^ /b/$code/linkset.$spoken.json last; }
        if ($asked = page) { rewrite ^ /b/$code/21/none/none last; }
        if ($target) { return 307 $target; }
        return 406;
    }
"""
# With an application boxes are looked up there; while that is silent the page is the same.
_BOXES_ASKED: Final = Template(
    r"""    location ~ "^/b/[0-9A-HJKMNP-TV-Z]{8}/21/numbered\.[a-z]+\.(html|json)$$" {
        internal;
        error_page 404 =503 /503.$$spoken.$$as_what;
    }
    location ~ "^/[bB]/(?<code>[0-9A-HJKMNP-TV-Z]{8})/21/[^/]+/?$$" {
$ask        error_page 502 504 =503 /b/$$code/21/numbered.$$spoken.$$box_form;
    }
"""
)


def locations(ask: str) -> str:
    """Where they stand; `ask` says how an application is asked, where there is one: it looks boxes up."""
    boxes = _BOXES_ASKED.substitute(ask=ask) if ask else _BOXES
    return _BATCHES.substitute(boxes=boxes, drawings=_DRAWINGS, versions=_VERSIONS, linkset=linkset.MEDIA_TYPE)
