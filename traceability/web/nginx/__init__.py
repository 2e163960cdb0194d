"""The text that teaches nginx to hand out a published folder: what is asked for, and how the application answers it.

readers        who asks: languages, and programs that would rather have data
kinds          what is asked for: pages, data, papers, lists of links
codes          codes as people type them
digital_links  what a GS1 Digital Link says, and the folder that belongs to it
malformed      what no Digital Link can say
headers        what an answer says of itself
batches        where a batch and its boxes are answered
labels         where GS1 labels are answered
server         the server as a whole
"""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlsplit

from traceability.config import Config
from traceability.web.nginx import codes, digital_links, headers, kinds, readers, server

__all__ = ["server_block"]

_HEAD: Final = Template(
    r"""# For the http block of nginx: it hands out what `traceability publish --out $folder` writes.
# New labels with a GTIN lead on by a page of their own until `nginx -s reload` reads .links.map again.

map_hash_bucket_size 256;
map_hash_max_size 65536;
variables_hash_max_size 2048;
"""
)


def server_block(config: Config, folder: Path, *, app: str = "", port: int = 80) -> str:
    """A part of an nginx configuration; with `app`, what is not among the files is asked of the application there."""
    root = config.public_url.rstrip("/")
    name = urlsplit(config.public_url).hostname or "_"
    parts = (
        _HEAD.substitute(folder=folder),
        readers.maps(config.language),
        kinds.maps(str(folder)),
        codes.maps(str(folder)),
        digital_links.maps(str(folder), root),
        headers.maps(root),
        f"upstream traceability_app {{ server {urlsplit(app).netloc}; }}\n" if app else "",
        server.block(str(folder), name, port, headers.said(config), app),
    )
    return "".join(parts)
