"""The text that teaches nginx to hand out a published folder: languages, versions, Digital Links, headers as ours."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlsplit

from traceability.config import Config
from traceability.domain import linkset
from traceability.web.batches import KEPT_SECONDS
from traceability.web.security import HEADERS, POLICY_OF_PAPERS
from traceability.words import LANGUAGES, PUBLIC_LANGUAGES

_MAPS: Final = Template(
    r"""# For the http block of nginx: it hands out what `traceability publish --out $folder` writes.
# New labels with a GTIN lead on by a page of their own until `nginx -s reload` reads .links.map again.

map_hash_bucket_size 128;
map_hash_max_size 65536;

map $$http_accept_language $$heard {
    default $language;
$heard}
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
    "~^(?<number>[0-9]{1,6})$$" /versions/$$number;
}
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
map $$lot_link $$led_to {
    default "";
    include $folder/.links.map;
}
map $$arg_code $$code_typed {
    default "";
    include $folder/.codes.map;
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
map $$uri $$policy {
    default "$policy";
    "~/papers/[0-9A-Z]{8}/whole\." "$policy_of_papers";
}
map $$uri $$saved_as {
    default "";
    "~/papers/(?<paper_saved>[0-9A-Z]{8})/whole\.pdf$$" 'attachment; filename="$$paper_saved.pdf"';
}
map $$uri $$read_by_others {
    default "";
    "~^/(01|gtin|\.well-known)/" "*";
    "~/linkset\.[a-z]+\.json$$" "*";
}
map $$uri $$read_by_others_with {
    default "";
    "~^/(01|gtin|\.well-known)/" "GET, HEAD, OPTIONS";
    "~/linkset\.[a-z]+\.json$$" "GET, HEAD, OPTIONS";
}
map $$uri $$context {
    default "";
    "~/linkset\.[a-z]+\.json$$" '<$context>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"';
}
"""
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
        image/jpeg jpg;
        image/png png;
        font/woff2 woff2;
    }
    charset_types text/css text/plain text/javascript image/svg+xml;
    default_type application/octet-stream;
$headers    add_header Content-Security-Policy $$policy always;
    add_header Content-Disposition $$saved_as always;
    add_header Cache-Control $$kept always;
    add_header Vary "Accept, Accept-Language" always;
    add_header Access-Control-Allow-Origin $$read_by_others always;
    add_header Access-Control-Allow-Methods $$read_by_others_with always;
    add_header Link $$context always;
$unknown$box    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})$$" {
        if ($$toward = linkset) { rewrite ^ /b/$$code/linkset.$$spoken.json last; }
        if ($$toward = unknown) { return 404; }
        if ($$toward) { return 307 /b/$$code$$toward; }
        try_files /b/$$code$$version/$$shelf.$$spoken.html /b/$$code/$$shelf.$$spoken.html =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/certificate\.pdf$$" {
        try_files /b/$$code$$version/certificate.$$on_paper.pdf /b/$$code/certificate.$$on_paper.pdf =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/(?<drawing>qr\.(svg|png))$$" {
        try_files /b/$$code/$$drawing =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/papers/(?<photo>[0-9A-Z]{8}(/thumb)?\.jpg)$$" {
        try_files /b/$$code/papers/$$photo =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/papers/(?<paper>[0-9A-Z]{8})(/whole\.(jpg|pdf))?$$" {
        try_files /b/$$code/papers/$$paper/whole.jpg /b/$$code/papers/$$paper/whole.pdf =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})\.json$$" {
        try_files /b/$$code$$version.json /b/$$code.json =404;
    }
    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/(?<below>[^.]+)$$" {
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
        if ($$led_to) { return 307 $$led_to$$toward; }
        if (-f $$document_root$$lot_link/index.html) { rewrite ^ $$lot_link/index.html last; }
$up        return 404;
    }
    location ~ "^/01/(?<gtin>[0-9]{14})/?$$" {
        if ($$toward = linkset) { rewrite ^ /01/$$gtin/linkset.$$spoken.json last; }
        if ($$toward ~ "^(unknown|/)") { return 404; }
        if (-f $$document_root/gtin/$$gtin/index.html) { return 307 /gtin/$$gtin$$toward; }
        return 404;
    }
    location ~ "^/gtin/(?<gtin>[0-9]{14})$$" {
        try_files /gtin/$$gtin/$$shelf.$$spoken.html =404;
    }
    location ~ "^/01/.*/index\.html$$" { internal; }
    location = /find {
        if ($$code_typed) { return 303 /b/$$code_typed; }
        if ($$arg_code) { return 404; }
        try_files /find/$$shelf.$$spoken.html =404;
    }
    location = /.well-known/gs1resolver { default_type application/json; }
    location ~ "^/(b|B|01|gtin|find)/" { return 404; }
    location ~ "/\." { return 404; }
    location /static/ { }
    location = /robots.txt { }
$rest}
"""
)

_ALONE: Final = Template(
    r"""    location = / { return 303 /find; }
    location ~ "^/404\.[a-z]+\.html$$" { internal; }
    location / { return 404; }
"""
)
_BEFORE: Final = Template(
    r"""    location / {
        proxy_pass $app;
        proxy_set_header Host $$host;
        proxy_set_header X-Forwarded-For $$remote_addr;
        proxy_set_header X-Forwarded-Proto $$scheme;
        proxy_set_header X-Forwarded-Host $$host;
    }
    location @app {
        proxy_pass $app;
        proxy_set_header Host $$host;
        proxy_set_header X-Forwarded-For $$remote_addr;
        proxy_set_header X-Forwarded-Proto $$scheme;
        proxy_set_header X-Forwarded-Host $$host;
    }
"""
)
# A lot that no batch has leads to the list of its article; an application would be asked first: it may know it by now.
_UP: Final = "        if (-f $document_root/gtin/$gtin/index.html) { return 307 /gtin/$gtin$toward; }\n"
# The label of one box, where nothing can say which box it is: its batch.
_BOX: Final = """    location ~ "^/[bB]/(?<code>[0-9A-Z]{8})/21/[^/]+/?$" {
        if (-f $document_root/b/$code/index.html) { return 307 /b/$code$is_args$args; }
        return 404;
    }
"""
_POLICY: Final = "Content-Security-Policy"
_KIND: Final = r"(gs1:|https?://(ref\.gs1\.org|(www\.)?gs1\.org)/voc/)?"


def server_block(config: Config, folder: Path, *, app: str = "", port: int = 80) -> str:
    """A part of an nginx configuration; with `app`, what is not among the files is asked of the application there."""
    known, codes = "|".join(PUBLIC_LANGUAGES), PUBLIC_LANGUAGES
    told = {
        "folder": str(folder),
        "language": config.language,
        "heard": "".join(f'    "~*^(\\s*+(?!({known})\\b)[^,]*,)*+\\s*{code}\\b" {code};\n' for code in codes),
        "spoken": "".join(f"    {code} {code};\n" for code in codes),
        "on_paper": "".join(f"    {code} {code};\n" for code in LANGUAGES),
        "shelf": "".join(f"    {code} chosen;\n" for code in codes),
        "kind": _KIND,
        "seconds": KEPT_SECONDS,
        "context": linkset.CONTEXT,
        "linkset": linkset.MEDIA_TYPE,
        "port": port,
        "name": urlsplit(config.public_url).hostname or "_",
        "headers": "".join(f'    add_header {name} "{value}" always;\n' for name, value in _headers(config).items()),
        "policy": HEADERS[_POLICY],
        "policy_of_papers": POLICY_OF_PAPERS,
        "unknown": "    error_page 404 = @app;\n" if app else "    error_page 404 /404.$spoken.html;\n",
        "up": "" if app else _UP,
        "box": "" if app else _BOX,
        "rest": (_BEFORE if app else _ALONE).substitute(app=app),
    }
    return _MAPS.substitute(told) + _SERVER.substitute(told)


def _headers(config: Config) -> dict[str, str]:
    secure = {"Strict-Transport-Security": "max-age=31536000"} if config.secure else {}
    return {**{name: value for name, value in HEADERS.items() if name != _POLICY}, **secure}
