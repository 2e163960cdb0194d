"""What is answered at which address: the pages of a batch, what labels say, places, and everything else."""

from __future__ import annotations

from string import Template
from typing import Final
from urllib.parse import urlsplit

from traceability.domain import linkset
from traceability.web.nginx.digital_links import KEYS

_SERVER: Final = Template(
    r"""
server {
    listen $port;
    server_name $name;  # names that this site had before go here too: old labels still say them
    root $folder;
    charset utf-8;
    server_tokens off;
    access_log off;  # the pages say that no address is kept
    log_not_found off;
    absolute_redirect off;
    merge_slashes off;  # a lot number may hold two
    open_file_cache max=20000 inactive=60s;
    open_file_cache_valid 1s;
    gzip_static on;
    gzip_vary on;
    types {
        text/html html;
        text/css css;
        text/javascript js;
        text/plain txt;
        application/json json;
        application/pdf pdf;
        image/svg+xml svg;
        image/png png;
        image/jpeg jpg;
        font/woff2 woff2;
    }
    charset_types text/css text/plain text/javascript image/svg+xml;
    default_type application/octet-stream;
$headers    set $$box_here "";
$unanswered
$batches
$labels
    location ~ "^/(pallet|place|organisation)/[0-9A-Z]{8}$$" {
        if (!-f $$document_root$$uri/index.html) { return 404; }
        if ($$asked = linkset) { rewrite ^ $$uri/linkset.$$spoken.json last; }
        if ($$elsewhere = none) { return 406; }
        if ($$elsewhere) { return 307 $$elsewhere; }
        try_files $$uri/chosen.$$spoken.html =404;
    }
    location ~ "^/(?<kind_asked>pallet|place|organisation|PALLET|PLACE|ORGANISATION)/(?<code_asked>[^/.]+)$$" {
        if ($$code_meant = "") { return 404; }
        if ($$asked != page) { rewrite ^ $$code_meant last; }
        return 308 $$code_meant$$only_l;
    }
    location = /find {
        if ($$code_typed) { return 303 /b/$$code_typed$$only_l; }
        if ($$pasted) { return 303 $$pasted; }
        if ($$arg_code) { return 404; }
        try_files /find/$$shelf.$$spoken.html =404;
    }
    location = /.well-known/gs1resolver { default_type application/json; }
    location ~ "^/(b|B|$keys|pallet|place|organisation|gtin|article|find)/" { return 404; }
    location ~ "/\." { return 404; }
    location /static/ { }
    location = /robots.txt { }
$rest}
"""
)
# A version that a batch never had is nowhere answered with another one: a paper that names it would look checked.
_VERSIONS: Final = """        if (!-f $document_root/b/$code.json) { return 404; }
        if (!-f $document_root/b/$code$version.json) { return 410; }"""

_BATCHES: Final = Template(
    r"""$boxes    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})$$" {
        if (!-f $$document_root/b/$$code.json) { return 404; }
        if ($$asked = linkset) { rewrite ^ /b/$$code/linkset.$$spoken.json last; }
        if ($$elsewhere = none) { return 406; }
        if ($$elsewhere) { return 307 $$elsewhere; }
        if (!-f $$document_root/b/$$code$$version.json) { return 410; }
        try_files /b/$$code$$version/$$shelf.$$spoken.html /b/$$code/$$shelf.$$spoken.html =404;
    }
    location ~ "^/[bB]/(?<code_asked>[0-9A-Za-z]{4}[- +]?[0-9A-Za-z]{4})-(?<paper_version>[0-9]{1,6})/?$$" {
        if ($$code_meant = "") { return 404; }
        if ($$asked != page) { rewrite ^ /b/$$code_meant last; }
        return 308 /b/$$code_meant/verify?version=$$paper_version$$also;
    }
    location ~ "^/b/(?<code>[0-9A-Z]{8})/certificate\.pdf$$" {
$versions
        try_files /b/$$code$$version/certificate.$$on_paper.pdf /b/$$code/certificate.$$on_paper.pdf =404;
    }
    location ~ "^/b/(?<code>[0-9A-Z]{8})/(?<drawing>qr\.(svg|png))$$" {
        try_files /b/$$code/$$drawing =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})\.json$$" {
$versions
        try_files /b/$$code$$version.json =404;
    }
    location ~ "^/b/(?<code>[0-9A-Z]{8})/papers/(?<paper>[0-9A-Z]+)$$" {
        try_files /b/$$code/papers/$$paper/whole.jpg /b/$$code/papers/$$paper/whole.pdf =404;
    }
    location ~ "^/b/[0-9A-Z]{8}/papers/[0-9A-Z]+(/thumb)?\.jpg$$" { }
    location ~ "^/b/(?<code>[0-9A-Z]{8})/why/(?<sum>[^/.]+)$$" {
$versions
        if (!-d $$document_root/b/$$code$$version) { rewrite ^ /b/$$code/why/$$sum/chosen.$$spoken.html break; }
        try_files /b/$$code$$version/why/$$sum/chosen.$$spoken.html =404;
    }
    location ~ "^/b/(?<code>[0-9A-Z]{8})/(?<below>[^.]+)$$" {
$versions
        try_files /b/$$code$$version/$$below/$$shelf.$$spoken.html /b/$$code/$$below/$$shelf.$$spoken.html =404;
    }
    location ~ "/linkset\.[a-z]+\.json$$" {
        internal;
        types { }
        default_type $linkset;
    }
    location ~ "^/b/[0-9A-Z]{8}[./]." { return 404; }
    location ~ "^/[bB]/(?<code_asked>[^/.]+)/?$$" {
        if ($$code_meant = "") { return 404; }
        if ($$asked != page) { rewrite ^ /b/$$code_meant last; }
        return 308 /b/$$code_meant$$only_l;
    }
    location ~ "^/b/(?<code_asked>[^/.]+)(?<below>[./].+)$$" {
        if ($$code_meant) { rewrite ^ /b/$$code_meant$$below last; }
        return 404;
    }"""
)
# The number of a box is in no file. Where labels with numbers were printed, the page says that it cannot be looked up
# here and names the batch, and a program gets the same with a status that nobody takes for a yes. Where none were
# printed, and for what cannot be such a number, files know as well as anybody that there is no such box.
_BOXES: Final = r"""    location ~ "^/b/[0-9A-Z]{8}/21/(numbered|none)\.[a-z]+\.(html|json)$" { internal; }
    location ~ "^/(?!b/[0-9A-Z]{8}/)[bB]/(?<code_asked>[^/.]+)/21/(?<box>[0-9A-HJKMNP-TV-Z]{20})$" {
        if ($code_meant = "") { return 404; }
        if ($asked != page) { rewrite ^ /b/$code_meant/21/$box last; }
        return 308 /b/$code_meant/21/$box$only_l;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/21/(?<box>[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{20})$" {
        if (!-f $document_root/b/$code.json) { return 404; }
        if ($asked = linkset) { rewrite ^ /b/$code/linkset.$spoken.json last; }
        if (-f $document_root/b/$code/21/numbered.$spoken.html) { set $box_here /21/$box; }
        if ($asked = page) { rewrite ^ /b/$code/21/$box/$rather_data last; }
        if ($target) { return 307 $target; }
        return 406;
    }
    location ~ "^/b/(?<code>[0-9A-Z]{8})/21/[^/]+/$" {
        internal;
        error_page 404 /b/$code/21/none.$spoken.html;
        try_files /b/$code/21/numbered.$spoken.html =404;
    }
    location ~ "^/b/(?<code>[0-9A-Z]{8})/21/[^/]+/yes$" {
        internal;
        error_page 404 /b/$code/21/none.$spoken.json;
        error_page 503 /b/$code/21/numbered.$spoken.json;
        if (-f $document_root/b/$code/21/numbered.$spoken.json) { return 503; }
        return 404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/21/(?<box>[^/]+)$" {
        if (!-f $document_root/b/$code.json) { return 404; }
        error_page 404 /b/$code/21/none.$spoken.$box_form;
        return 404;
    }
"""
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
# Where no label of the batch has a number, whatever stands there belongs to somebody else, and is passed by.
_FINEST: Final = """        set $numbered "";
        if (-f $document_root$led_to/21/numbered.$spoken.html) { set $numbered $said_box; }
        if ($numbered) { set $box_here /21/$said_box; }
"""
# An application looks a box up, and may know by now of what was made after these files.
_FINEST_ASKED: Final = """        if ($said_box) { return 404; }
        set $unknown_lot $said_lot;
        if ($found) { set $unknown_lot ""; }
        if ($unknown_lot) { return 404; }
"""
_EXACT_ASKED: Final = """        if ($found_by_label = "") { return 404; }
"""
_ALONE: Final = """    location = / { return 303 /find; }
    location / { return 404; }
"""
# What is asked of the application is asked as it was sent, whatever it was rewritten to here, and says its own headers.
_ASK: Final = Template(
    r"""        proxy_pass $scheme://traceability_app$$request_uri;
        proxy_set_header Host $$host;
        proxy_set_header X-Forwarded-For $$remote_addr;
        proxy_set_header X-Forwarded-Proto $$scheme;
        proxy_set_header X-Forwarded-Host $$host;
        add_header Link "";
"""
)
_BEFORE: Final = Template(
    r"""    location / {
$ask        error_page 502 504 =503 /503.$$spoken.$$as_what;
    }
    location @app {
$ask        error_page 502 504 =503 /503.$$spoken.$$as_what;
    }
"""
)
_REFUSALS: Final = r"""    location ~ "^/(400|404|405|503|no-link|no-version)\.[a-z]+\.(html|json)$" {
        internal;
        types { text/html html; application/problem+json json; }
    }
"""
_UNANSWERED: Final = (
    """    error_page 400 /400.$spoken.$as_what;
    error_page 404 /404.$spoken.$as_what;
    error_page 405 /405.$spoken.$as_what;
    error_page 406 =404 /no-link.$spoken.$as_what;
    error_page 410 =404 /no-version.$spoken.$as_what;
    if ($request_method = OPTIONS) { return 200; }
    if ($request_method !~ "^(GET|HEAD)$") { return 405; }
"""
    + _REFUSALS
)
_UNANSWERED_ASKED: Final = (
    """    recursive_error_pages on;
    error_page 404 405 406 410 = @app;
    if ($request_method !~ "^(GET|HEAD)$") { return 405; }
"""
    + _REFUSALS
)
# With an application boxes are looked up there; while that is silent the page is the same.
_BOXES_ASKED: Final = Template(
    r"""    location ~ "^/b/[0-9A-Z]{8}/21/numbered\.[a-z]+\.(html|json)$$" {
        internal;
        error_page 404 =503 /503.$$spoken.$$as_what;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/21/[^/]+/?$$" {
$ask        error_page 502 504 =503 /b/$$code/21/numbered.$$spoken.$$box_form;
    }
"""
)


def block(folder: str, name: str, port: int, headers: str, app: str) -> str:
    """The server; with `app`, the address of an application, what is not among the files is asked of it."""
    ask = _ASK.substitute(scheme=urlsplit(app).scheme)
    boxes = _BOXES_ASKED.substitute(ask=ask) if app else _BOXES
    labels = _LABELS.substitute(
        keys=KEYS,
        linkset=linkset.MEDIA_TYPE,
        bad=404 if app else 400,  # the application says what is wrong with it
        finest=_FINEST_ASKED if app else _FINEST,
        exact=_EXACT_ASKED if app else "",
    )
    return _SERVER.substitute(
        port=port,
        name=name,
        folder=folder,
        headers=headers,
        keys=KEYS,
        unanswered=_UNANSWERED_ASKED if app else _UNANSWERED,
        batches=_BATCHES.substitute(boxes=boxes, versions=_VERSIONS, linkset=linkset.MEDIA_TYPE),
        labels=labels,
        rest=_BEFORE.substitute(ask=ask) if app else _ALONE,
    )
