"""The text that teaches nginx to hand out a published folder: languages, versions, Digital Links, headers as ours."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlsplit

from traceability.config import Config
from traceability.domain import linkset
from traceability.web.batches import KEPT_SECONDS
from traceability.web.security import CONTENT_SECURITY_POLICY, HEADERS, POLICY_OF_PAPERS
from traceability.words import LANGUAGES, PUBLIC_LANGUAGES

_MAPS: Final = Template(
    r"""# For the http block of nginx: it hands out what `traceability publish --out $folder` writes.
# New labels with a GTIN lead on by a page of their own until `nginx -s reload` reads .links.map again.

map_hash_bucket_size 128;
map_hash_max_size 65536;

map $$http_accept_language $$wished {
    default "";
$wished}
map $$wished $$heard {
    default $language;
$spoken}
map $$arg_l $$spoken {
    default $$heard;
$spoken}
map $$spoken $$on_paper {
    default en;
$on_paper}
map $$arg_l $$shelf {
    default index;
$shelf}
map $$arg_version $$version {
    default "";
    "~^0*(?<number>[0-9]{1,6})$$" /versions/$$number;
    "~^[+-]?[0-9]+$$" /versions/none;
}
map $$arg_l $$also {
    default "";
$also}
map $$arg_linkType $$asked {
    default unknown;
    "" "";
    "~^(linkset|all)$$" linkset;
    "~^$kind(defaultLink)$$" "";
    "~^$kind(pip|traceability|recallStatus)$$" ?l=$$spoken;
    "~^$kind(certificationInfo)$$" /certificate.pdf?l=$$spoken;
    "~^$kind(verificationService)$$" /verify?l=$$spoken;
}
map "$$arg_linkType $$http_accept" $$toward {
    default $$asked;
    "~^ .*application/linkset\+json(?!;\s*q=0(\.0*)?\s*(,|$$))" linkset;
}
map "$$arg_linkType $$http_accept" $$as_data {  # a program that would rather have data than a page
    default "";
    "~^ (?!.*$page(?!\s*;\s*q=0))(.*[\s,])?$json" .json;
    "~^ (?!.*$page(?!\s*;\s*q=0(\.0*)?\s*(,|$$)))(.*[\s,])?$json_at_all" .json;
}
map $$args $$but_kind {  # what else was asked goes on with the reader; the kind of link is used up
    default $$args;
    "~^linkType=[^&]*&?(?<behind_kind>.*)$$" $$behind_kind;
    "~^(?<before_kind>.*)&linkType=[^&]*(?<after_kind>.*)$$" $$before_kind$$after_kind;
}
map $$but_kind $$passed {
    default $$but_kind;
    "~^10=[^&]*&?(?<behind_lot>.*)$$" $$behind_lot;
    "~^(?<before_lot>.*)&10=[^&]*(?<after_lot>.*)$$" $$before_lot$$after_lot;
}
map $$passed $$passed_in_language {  # to an address that says the language itself
    default $$passed;
    "~^l=[^&]*&?(?<behind_l>.*)$$" $$behind_l;
    "~^(?<before_l>.*)&l=[^&]*(?<after_l>.*)$$" $$before_l$$after_l;
}
map $$passed $$with_query {
    default ?$$passed;
    "" "";
}
map $$passed_in_language $$with_more {
    default &$$passed_in_language;
    "" "";
}
map $$toward $$onward {
    default $$toward$$with_more;
    "" $$with_query;
}
map $$lot_link $$led_to {
    volatile;  # where an unknown part of a place walks up, it is looked up again
    default "";
    include $folder/.links.map;
}
map "$$as_data$$led_to" $$data {
    volatile;
    default "";
    "~^\.json(?<batch>/b/.+)$$" $$batch.json;
}
map $$arg_code $$code_typed {
    default "";
    include $folder/.codes.map;
}
map $$arg_code $$pasted {  # a whole address
    default "";
    "~*${slash}b$slash(?<pc>[0-9A-Z]{8})${slash}21$slash(?<pb>[0-9A-Z]{20})" /b/$$pc/21/$$pb;
    "~*(^|${slash}b$slash)(?<pc>[0-9A-Z]{8})-(?<pv>[0-9]{1,6})($$|[^0-9A-Z])" /b/$$pc-$$pv;  # a certificate
    "~*${slash}b$slash(?<pc>[0-9A-Z]{8})($$|[^0-9A-Z])" /b/$$pc;
    "~*${slash}01$slash(?<pn>[0-9]{14})${slash}10$slash(?<pl>[0-9A-Z._-]+)${slash}21$slash(?<pb>[0-9A-Z]+)"
        /01/$$pn/10/$$pl/21/$$pb;
    "~*${slash}01$slash(?<pn>[0-9]{14})${slash}10$slash(?<pl>[0-9A-Z._-]+)" /01/$$pn/10/$$pl;
    "~*$slash(?<pf>00|01|414|417)$slash(?<pn>[0-9]{13,18})" /$$pf/$$pn;
}
map $$code_asked $$code_meant {
    default "";
    include $folder/.codes.map;
}
map "$$uri $$arg_v" $$kept {
    default "max-age=$seconds";
    "~^/static/[^ ]+ [0-9a-f]+$$" "public, max-age=31536000, immutable";
    "~^/static/" "public, max-age=300";
}
map $$uri $$read_by_others {
    default "";
    "~^/(00|01|414|417|gtin|\.well-known)/" "*";
    "~/linkset\.[a-z]+\.json$$" "*";
}
map $$uri $$read_by_others_with {
    default "";
    "~^/(00|01|414|417|gtin|\.well-known)/" "GET, HEAD, OPTIONS";
    "~/linkset\.[a-z]+\.json$$" "GET, HEAD, OPTIONS";
}
map $$uri $$context {
    default "";
    "~/linkset\.[a-z]+\.json$$" '<$context>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"';
}
map $$uri $$policy {  # what strangers sent in is shown, and never run
    default "$policy";
    "~/papers/[0-9A-Z]+/whole\." "$policy_of_papers";
}
map $$uri $$saved_as {
    default "";
    "~/papers/(?<saved>[0-9A-Z]+)/whole\.pdf$$" 'attachment; filename="$$saved.pdf"';
}
$upstream"""
)

_SERVER: Final = Template(
    r"""
server {
    listen $port;
    server_name $name;
    root $folder;
    charset utf-8;
    server_tokens off;
    access_log off;  # the pages say that no address is kept
    absolute_redirect off;
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
$headers    add_header Content-Security-Policy $$policy always;
    add_header Content-Disposition $$saved_as;
    add_header Cache-Control $$kept always;
    add_header Vary "Accept, Accept-Language" always;
    add_header Access-Control-Allow-Origin $$read_by_others always;
    add_header Access-Control-Allow-Methods $$read_by_others_with always;
    add_header Link $$context always;
$unknown$box    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})$$" {
        if ($$toward = linkset) { rewrite ^ /b/$$code/linkset.$$spoken.json last; }
        if ($$toward = unknown) { return 404; }
        if ($$toward) { return 307 /b/$$code$$onward; }
$versions
        try_files /b/$$code$$version/$$shelf.$$spoken.html /b/$$code/$$shelf.$$spoken.html =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})-(?<paper_version>[0-9]{1,6})/?$$" {
        if ($$toward = linkset) { rewrite ^ /b/$$code/linkset.$$spoken.json last; }
        if ($$toward = unknown) { return 404; }
        if ($$toward) { return 307 /b/$$code$$toward; }
        return 308 /b/$$code/verify?version=$$paper_version$$also;
    }
    location ~ "^/[bB]/(?<code_asked>[0-9A-Za-z]{4}-?[0-9A-Za-z]{4})-(?<paper_version>[0-9]{1,6})/?$$" {
        if ($$code_meant) { return 308 /b/$$code_meant/verify?version=$$paper_version$$also; }
        return 404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/certificate\.pdf$$" {
$versions
        try_files /b/$$code$$version/certificate.$$on_paper.pdf /b/$$code/certificate.$$on_paper.pdf =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/(?<drawing>qr\.(svg|png))$$" {
        try_files /b/$$code/$$drawing =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})\.json$$" {
$versions
        try_files /b/$$code$$version.json =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/papers/(?<paper>[0-9A-Z]+)$$" {
        try_files /b/$$code/papers/$$paper/whole.jpg /b/$$code/papers/$$paper/whole.pdf =404;
    }
    location ~ "^/b/[0-9A-Z]{8}/papers/[0-9A-Z]+(/thumb)?\.jpg$$" { }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/why/(?<sum>[^/.]+)$$" {
$versions
        if (!-d $$document_root/b/$$code$$version) { rewrite ^ /b/$$code/why/$$sum/chosen.$$spoken.html break; }
        try_files /b/$$code$$version/why/$$sum/chosen.$$spoken.html =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/(?<below>[^.]+)$$" {
$versions
        try_files /b/$$code$$version/$$below/$$shelf.$$spoken.html /b/$$code/$$below/$$shelf.$$spoken.html =404;
    }
    location ~ "^/[bB]/(?<code_asked>[^/.]+)/?$$" {
        if ($$code_meant) { return 308 /b/$$code_meant$$is_args$$args; }
        return 404;
    }
    location ~ "/linkset\.[a-z]+\.json$$" {
        internal;
        types { }
        default_type $linkset;
    }
    location ~ "^(?<lot_link>/01/(?<gtin>[0-9]{14})/10/.+?)/?$$" {
        if ($$toward = linkset) { rewrite ^ $$lot_link/linkset.$$spoken.json last; }
        if ($$toward = unknown) { return 404; }
        if ($$data) { return 307 $$data$$with_query; }
        if ($$led_to) { return 307 $$led_to$$onward; }
        if (-f $$document_root$$lot_link/index.html) { rewrite ^ $$lot_link/index.html last; }
$up        return 404;
    }
    location ~ "^/01/(?<gtin>[0-9]{14})/?$$" {
        if ($$toward = linkset) { rewrite ^ /01/$$gtin/linkset.$$spoken.json last; }
        if ($$toward ~ "^(unknown|/)") { return 404; }
        if (-f $$document_root/gtin/$$gtin/index.html) { return 307 /gtin/$$gtin$$onward; }
        return 404;
    }
    location ~ "^(?<lot_link>/(00/[0-9]{18}|414/[0-9]{13}(/254/[^/]+)?|417/[0-9]{13}))/?$$" {
        if ($$toward = linkset) { rewrite ^ $$lot_link/linkset.$$spoken.json last; }
        if ($$toward ~ "^(unknown|/)") { return 404; }
        if ($$led_to) { return 307 $$led_to$$onward; }
        if (-f $$document_root$$lot_link/index.html) { rewrite ^ $$lot_link/index.html last; }
$finer        return 404;
    }
    location ~ "^(?<lot_link>/(pallet|place|organisation)/[0-9A-Z]{8})$$" {
        if ($$toward = linkset) { rewrite ^ $$lot_link/linkset.$$spoken.json last; }
        if ($$toward ~ "^(unknown|/)") { return 404; }
        if ($$toward) { return 307 $$lot_link$$onward; }
        try_files $$lot_link/chosen.$$spoken.html =404;
    }
    location ~ "^/PALLET/(?<code>[0-9A-Z]{8})$$" { return 308 /pallet/$$code$$is_args$$args; }
    location ~ "^/gtin/(?<gtin>[0-9]{14})$$" {
        try_files /gtin/$$gtin/$$shelf.$$spoken.html =404;
    }
    location ~ "^/(00|01|414|417)/.*/index\.html$$" { internal; }
    location ~ "^/(404|503|no-version)\.[a-z]+\.html$$" { internal; }
    location = /find {
        if ($$code_typed) { return 303 /b/$$code_typed; }
        if ($$pasted) { return 303 $$pasted; }
        if ($$arg_code) { return 404; }
        try_files /find/$$shelf.$$spoken.html =404;
    }
    location = /.well-known/gs1resolver { default_type application/json; }
    location ~ "^/(b|B|00|01|414|417|pallet|place|organisation|gtin|find)/" { return 404; }
    location ~ "/\." { return 404; }
    location /static/ { }
    location = /robots.txt { }
$rest}
"""
)

_ALONE: Final = """    location = / { return 303 /find; }
    location / { return 404; }
"""
# What is asked of the application is asked as it was sent, whatever it was rewritten to here.
_ASK: Final = Template(
    r"""        proxy_pass $scheme://traceability_app$$request_uri;
        proxy_set_header Host $$host;
        proxy_set_header X-Forwarded-For $$remote_addr;
        proxy_set_header X-Forwarded-Proto $$scheme;
        proxy_set_header X-Forwarded-Host $$host;
"""
)
_BEFORE: Final = Template(
    r"""    location / {
$ask        error_page 502 504 =503 /503.$$spoken.html;
    }
    location @app {
$ask        error_page 502 504 =503 /503.$$spoken.html;
    }
"""
)
_UNKNOWN: Final = "    error_page 404 /404.$spoken.html;\n    error_page 410 =404 /no-version.$spoken.html;\n"
_UNKNOWN_ASKED: Final = "    recursive_error_pages on;\n    error_page 404 410 = @app;\n"
# A lot that no batch has leads to the list of its article; an application would be asked first: it may know it by now.
_UP: Final = "        if (-f $document_root/gtin/$gtin/index.html) { return 307 /gtin/$gtin$onward; }\n"
_FINER: Final = '        rewrite "^(/414/[0-9]{13})/254/" $1 last;\n'  # an unknown part of a place leads to the place
# The label of one box: the page says that it is not looked up here, and names the batch. Where no box of the batch has
# a number of its own, whatever stands there belongs to somebody else, and the batch is what is known.
_BOX: Final = r"""    location ~ "^/b/[0-9A-Z]{8}/21/chosen\.[a-z]+\.html$" { internal; }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/21/[^/]+/?$" {
        if ($toward = linkset) { rewrite ^ /b/$code/linkset.$spoken.json last; }
        if ($toward = unknown) { return 404; }
        if ($toward) { return 307 /b/$code$onward; }
        try_files /b/$code/21/chosen.$spoken.html @batch_of_box;
    }
    location @batch_of_box {
        if (-f $document_root/b/$code/index.html) { return 307 /b/$code$is_args$args; }
        return 404;
    }
    location ~ "^(?<lot_link>/01/(?<gtin>[0-9]{14})/10/[^/]+)/21/(?<box>[^/]+)/?$" {
        if ($led_to ~ "^/b/") { return 307 $led_to/21/$box$is_args$args; }
        return 307 $lot_link$is_args$args;
    }
"""
# With an application it is looked up there; while that is silent the page is the same.
_BOX_ASKED: Final = Template(
    r"""    location ~ "^/b/[0-9A-Z]{8}/21/chosen\.[a-z]+\.html$$" {
        internal;
        error_page 404 =503 /503.$$spoken.html;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/21/[^/]+/?$$" {
$ask        error_page 502 504 =503 /b/$$code/21/chosen.$$spoken.html;
    }
"""
)
# A version that a batch never had is nowhere answered with another one: a paper that names it would look checked.
_VERSIONS: Final = """        if (!-f $document_root/b/$code.json) { return 404; }
        if (!-f $document_root/b/$code$version.json) { return 410; }"""
# The languages of a browser by their weights, to a tenth; of those with one weight the first that there is here.
_WEIGHTS: Final = (r"(;\s*q=1(\.0*)?\s*)?", *(rf";\s*q=0\.{tenth}[0-9]*\s*" for tenth in range(9, 0, -1)))
_WISH: Final = r"(^|,)\s*(?<wish>{known})(-[a-z0-9-]*)?\s*{weight}(,|$)"
# Data is wanted where it is named as heartily as anything and no page is, or where no page is named at all.
_PAGE: Final = r"(text/html|text/\*|\*/\*)"
_JSON: Final = r"application/(json|\*)\s*(;\s*q=1(\.0*)?\s*)?(,|$)"
_JSON_AT_ALL: Final = r"application/(json|\*)(?!\s*;\s*q=0(\.0*)?\s*(,|$))\s*(;|,|$)"
_KIND: Final = r"(gs1:|https?://(ref\.gs1\.org|(www\.)?gs1\.org)/voc/)?"


def server_block(config: Config, folder: Path, *, app: str = "", port: int = 80) -> str:
    """A part of an nginx configuration; with `app`, what is not among the files is asked of the application there."""
    known = "|".join(PUBLIC_LANGUAGES)
    asking = urlsplit(app)
    ask = _ASK.substitute(scheme=asking.scheme)
    told = {
        "folder": str(folder),
        "language": config.language,
        "wished": "".join(f'    "~*{_WISH.format(known=known, weight=weight)}" $wish;\n' for weight in _WEIGHTS),
        "spoken": "".join(f"    {code} {code};\n" for code in PUBLIC_LANGUAGES),
        "on_paper": "".join(f"    {code} {code};\n" for code in LANGUAGES),
        "shelf": "".join(f"    {code} chosen;\n" for code in PUBLIC_LANGUAGES),
        "also": "".join(f"    {code} &l={code};\n" for code in PUBLIC_LANGUAGES),
        "kind": _KIND,
        "page": _PAGE,
        "json": _JSON,
        "json_at_all": _JSON_AT_ALL,
        "versions": _VERSIONS,
        "slash": "(/|%2F)",
        "seconds": KEPT_SECONDS,
        "context": linkset.CONTEXT,
        "linkset": linkset.MEDIA_TYPE,
        "policy": CONTENT_SECURITY_POLICY,
        "upstream": f"upstream traceability_app {{ server {asking.netloc}; }}\n" if app else "",
        "port": port,
        "name": urlsplit(config.public_url).hostname or "_",
        "headers": "".join(f'    add_header {name} "{value}" always;\n' for name, value in _headers(config).items()),
        "policy_of_papers": POLICY_OF_PAPERS,
        "unknown": _UNKNOWN_ASKED if app else _UNKNOWN,
        "up": "" if app else _UP,
        "finer": "" if app else _FINER,
        "box": _BOX_ASKED.substitute(ask=ask) if app else _BOX,
        "rest": _BEFORE.substitute(ask=ask) if app else _ALONE,
    }
    return _MAPS.substitute(told) + _SERVER.substitute(told)


def _headers(config: Config) -> dict[str, str]:
    secure = {"Strict-Transport-Security": "max-age=31536000"} if config.secure else {}
    return {name: value for name, value in {**HEADERS, **secure}.items() if value != CONTENT_SECURITY_POLICY}
