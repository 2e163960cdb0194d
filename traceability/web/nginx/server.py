"""The server as a whole: what stands beside batches and labels, and what is answered where nothing is found."""

from __future__ import annotations

from string import Template
from typing import Final
from urllib.parse import urlsplit

from traceability.web.nginx import batches, labels
from traceability.web.nginx.digital_links import KEYS

_SERVER: Final = Template(
    r"""
server {
    listen $port;
    server_name $name;  # names that this site had before go here too: old labels still say them
    root "$folder";
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
    location ~ "^(?<slashless>/b/[0-9A-Za-z-]+/(verify|why(/[0-9A-Za-z-]+)?))/$$" {
        return 308 $$slashless$$is_args$$args;
    }
$batches
$labels
    location ~ "^/(pallet|place|organisation)/[0-9A-HJKMNP-TV-Z]{8}$$" {
        if (!-f $$document_root$$uri/index.html) { return 404; }
        if ($$asked = linkset) { rewrite ^ $$uri/linkset.$$spoken.json last; }
        if ($$elsewhere = none) { return 406; }
        if ($$elsewhere) { return 307 $$elsewhere; }
        if ($$data_of_pallet) { rewrite ^ $$data_of_pallet last; }
        try_files $$uri/chosen.$$spoken.html =404;
    }
    location ~ "^/pallet/[0-9A-HJKMNP-TV-Z]{8}\.json$$" { }
    location ~ "^/(?<kind_asked>pallet|PALLET)/(?<code_asked>[^/.]+)\.json$$" {
        if ($$code_meant) { rewrite ^ $$code_meant.json last; }
        return 404;
    }
    location ~ "^/(?<kind_asked>pallet|place|organisation|PALLET|PLACE|ORGANISATION)/(?<code_asked>[^/.]+)/?$$" {
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
    r"""    client_max_body_size 64m;  # photos of phones; what the application finds too large gets its page
    location / {
$ask        error_page 502 504 =503 /$$silent.$$spoken.$$as_what;
    }
    location @app {
$ask        error_page 502 504 =503 /$$silent.$$spoken.$$as_what;
    }
"""
)
_REFUSALS: Final = r"""    location ~ "^/(400|404|405|503|no-link|no-version|not-sent)\.[a-z]+\.(html|json)$" {
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
    if ($reads = "") { return 405; }
"""
    + _REFUSALS
)
_UNANSWERED_ASKED: Final = (
    """    recursive_error_pages on;
    error_page 404 405 406 410 = @app;
    if ($reads = "") { return 405; }
"""
    + _REFUSALS
)


def block(folder: str, name: str, port: int, headers: str, app: str) -> str:
    """The server; with `app`, the address of an application, what is not among the files is asked of it."""
    ask = _ASK.substitute(scheme=urlsplit(app).scheme) if app else ""
    return _SERVER.substitute(
        port=port,
        name=name,
        folder=folder,
        headers=headers,
        keys=KEYS,
        unanswered=_UNANSWERED_ASKED if app else _UNANSWERED,
        batches=batches.locations(ask),
        labels=labels.locations(bool(app)),
        rest=_BEFORE.substitute(ask=ask) if app else _ALONE,
    )
